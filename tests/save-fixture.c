/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <libfdt.h>

#include "spapr/rest.h"
#include "tests/of-fixture.h"
#include "tests/save-fixture.h"

static enum papr_vio_answer send(void *arg, uint64_t high, uint64_t low)
{
	(void)arg, (void)high, (void)low;
	return PAPR_VIO_SUCCESS;
}

static void add_device(struct partition *p)
{
	static const struct papr_vio_ops ops = {
		.size = sizeof(ops), .send = send,
	};
	static const struct papr_vio_config config = {
		.size = sizeof(config), .unit = SAVE_UNIT, .irq = 0x1101,
		.liobn = SAVE_LIOBN, .name = "v-scsi",
		.compatible = "IBM,v-scsi",
	};

	assert_int_equal(papr_vm_add_tce(p->vm, SAVE_LIOBN, 0, 12, 16), 0);
	assert_int_equal(papr_vm_add_vio(p->vm, &config, &ops, p, NULL), 0);
}

struct partition *save_new(const char *host, const char *policy)
{
	struct papr_error error;
	struct partition *p;

	if (partition_make(&(struct partition_setup){
			.host = host, .policy = policy, .nvram = true,
			.config = { .cores = 2, .max_cores = 3, .vsmt = 8 } },
			   &p, &error))
		fail_msg("%s", error.text);
	add_device(p);
	if (papr_vm_seal(p->vm))
		fail_msg("%s", papr_vm_error(p->vm));
	partition_attach(p, 0);
	partition_attach(p, 1);
	p->n_dirty = 0;
	fake_host_clear_log(p->fake);
	return p;
}

static void start(struct partition *p, unsigned int i)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, i);
	struct papr_entry entry = { .pc = 0x100 + i, .r3 = 1 };

	assert_int_equal(papr_vcpu_start(vcpu, &entry), 0);
	papr_vcpu_take_entry(vcpu, &entry);
	*fake_cpu_regs(papr_vcpu_host(vcpu)) = (struct papr_regs){
		.pc = 0xc0001000 + i, .msr = 0x8000000000001032ull,
		.r3 = 3, .srr0 = 4, .srr1 = 5, .dar = 6, .dsisr = 7,
	};
}

static void make_queue(struct partition *p)
{
	memset(p->ram + SAVE_PAGE, 0, PAGE_4K);
	HCALL(p, H_PUT_TCE, SAVE_LIOBN, SAVE_QUEUE, SAVE_PAGE | 3);
	assert_int_equal(HCALL(p, H_REG_CRQ, SAVE_UNIT, SAVE_QUEUE, PAGE_4K),
			 H_SUCCESS);
	assert_int_equal(HCALL(p, H_VIO_SIGNAL, SAVE_UNIT, 1), H_SUCCESS);
	papr_vio_put(vio_find(p->vm, SAVE_UNIT), 0x8001ull << 48, 0);
}

static void inject(struct partition *p, unsigned int i, uint64_t hcall)
{
	const struct papr_mc_info info = {
		.size = sizeof(info), .type = PAPR_MC_SLB, .subtype = 1,
		.initiator = PAPR_ELOG_CPU, .effective_valid = true,
		.effective_address = 0xc0ffee,
	};
	const struct papr_injection what = {
		.size = sizeof(what), .info = &info, .hcall = hcall,
		.trigger = PAPR_TRIGGER_HCALL, .count = 4,
	};
	uint64_t id;

	assert_int_equal(papr_vcpu_inject_when(papr_vm_vcpu(p->vm, i), &what,
					       &id, NULL), 0);
}

/* Of each kind that is told in a way of its own. */
static void put_events(struct partition *p)
{
	const struct papr_epow epow = {
		.size = sizeof(epow), .action = PAPR_EPOW_WARN_POWER,
	};
	const struct papr_internal_error internal = {
		.size = sizeof(internal), .severity = PAPR_ELOG_EVENT,
		.scan = true,
	};

	assert_int_equal(papr_vm_event_epow(p->vm, &epow, NULL), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(papr_vm_event_internal_error(p->vm, &internal,
							      NULL), 0);
	RTAS(p, RTAS_TOKEN_event_scan, 4, 1, UINT32_MAX, 0, 0x9800, 8);
}

/* A call that has failed, and a lamp that was lit. */
static void put_trouble(struct partition *p)
{
	p->nvram_err = -EIO;
	assert_int_equal(RTAS(p, RTAS_TOKEN_nvram_store, 3, 2, 0x80, 0x8000,
			      4), -1);
	p->nvram_err = 0;
	RTAS(p, RTAS_TOKEN_set_indicator, 3, 1, PAPR_INDICATOR_IDENTIFY, 0, 1);
}

/* A small tree, and a client in the middle of its work. */
static void put_firmware(struct partition *p)
{
	struct papr_error error;
	uint8_t tree[1024];
	uint32_t chosen;

	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	fdt_add_subnode(tree, 0, "chosen");
	if (papr_vm_set_tree(p->vm, tree, &error))
		fail_msg("%s", error.text);
	chosen = of_device(p, "/chosen");
	strcpy((char *)p->ram + OF_BUFFER, "kept");
	assert_int_equal(OF(p, "setprop", 4, chosen, of_text(p, "own"),
			    OF_BUFFER, 5), 5);
	assert_int_equal(OF(p, "claim", 3, SAVE_CLAIM, PAGE_4K, 0),
			 SAVE_CLAIM);
	assert_int_not_equal(OF(p, "open", 1, of_text(p, "/chosen")), 0);
}

void save_busy(struct partition *p)
{
	bool hash = papr_vm_mmu(p->vm) == PAPR_MMU_HASH;

	start(p, 0);
	start(p, 1);
	make_queue(p);
	atomic_store(&p->vm->rtas_base, 0x110000);
	HCALL(p, H_SET_SPRG0, 42);
	HCALL(p, H_SET_MODE, 1, 4, 0, 0);
	if (!hash)
		HCALL(p, H_REGISTER_PROC_TBL, 0x1d, 0x10000, 0, 4);
	HCALL(p, H_WATCHDOG, 0x102, 2, 5000);
	papr_vm_offer_suspend(p->vm, 4711, NULL);
	rest_prod(papr_vm_vcpu(p->vm, 1));
	RTAS(p, RTAS_TOKEN_ibm_nmi_register, 2, 1, 0x1920, 0x1990);
	RTAS(p, RTAS_TOKEN_ibm_open_errinjct, 0, 2);
	RTAS(p, RTAS_TOKEN_set_time_of_day, 7, 1, 2001, 2, 3, 4, 5, 6, 7);
	memcpy(p->ram + 0x8000, "kept", 5);
	RTAS(p, RTAS_TOKEN_nvram_store, 3, 2, 0x40, 0x8000, 4);
	put_events(p);
	memcpy(p->ram + 0x8000, "\0\1\1", 3);
	RTAS(p, RTAS_TOKEN_ibm_set_system_parameter, 2, 1, 21, 0x8000);
	p->vm->drcs.drc[0].indicator = 3;
	p->vm->firmware.agreed = (struct agreed){ true, 0x0f000005, { 7 } };
	put_trouble(p);
	put_firmware(p);
	inject(p, 0, H_RANDOM);
	assert_int_equal(papr_vcpu_system_reset(papr_vm_vcpu(p->vm, 1)), 0);
	fake_cpu_set_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, 0)), PAPR_REG_TB,
			 0x123456789);
	p->n_dirty = 0;
}

/* --- files */

static int write_bytes(void *arg, const void *bytes, size_t len)
{
	struct file *file = arg;

	if (file->write_err)
		return file->write_err;
	/* Twice as much each time: sanitizers copy all of it at each. */
	if (file->len + len > file->room) {
		file->room = 2 * (file->len + len);
		file->bytes = realloc(file->bytes, file->room);
		assert_non_null(file->bytes);
	}
	memcpy(file->bytes + file->len, bytes, len);
	file->len += len;
	return 0;
}

static int read_bytes(void *arg, void *bytes, size_t len)
{
	struct file *file = arg;

	if (len > file->len - file->at)
		return -ENODATA;
	memcpy(bytes, file->bytes + file->at, len);
	file->at += len;
	return 0;
}

const struct papr_save_ops file_save = {
	.size = sizeof(file_save), .write = write_bytes,
};

const struct papr_load_ops file_load = {
	.size = sizeof(file_load), .read = read_bytes,
};

void file_free(struct file *file)
{
	free(file->bytes);
	free(file);
}

struct file *save_to_file(struct partition *p)
{
	struct file *file = calloc(1, sizeof(*file));
	struct papr_error error;

	assert_non_null(file);
	if (papr_vm_save(p->vm, &file_save, file, &error))
		fail_msg("%s", error.text);
	return file;
}

void load_from_file(struct partition *p, struct file *file)
{
	struct papr_error error;

	file->at = 0;
	if (papr_vm_load(p->vm, &file_load, file, &error))
		fail_msg("%s", error.text);
}

void load_must_fail(struct partition *p, struct file *file, int err,
		    const char *sentence)
{
	struct papr_error error = { "" };
	size_t len, tail = strlen(sentence);
	int r;

	file->at = 0;
	r = papr_vm_load(p->vm, &file_load, file, &error);
	len = strlen(error.text);
	if (len < tail || strcmp(error.text + len - tail, sentence))
		fail_msg("\"%s\" instead of \"%s\"", error.text, sentence);
	assert_int_equal(r, err);
}

uint8_t *file_section(struct file *file, const char *name, unsigned int n,
		      uint8_t **payload)
{
	size_t at = SAVE_HEAD_SIZE;

	while (at < file->len) {
		uint8_t *head = file->bytes + at;

		if (!strcmp((char *)head, name) && !n--) {
			*payload = head + SAVE_SECTION_SIZE;
			return head;
		}
		at += SAVE_SECTION_SIZE + load_be64(head + SECTION_LEN);
	}
	fail_msg("there is no section %s", name);
	return NULL;
}

void file_mend(struct file *file)
{
	size_t at = SAVE_HEAD_SIZE;

	store_be32(file->bytes + 12, save_sum(file->bytes, 12));
	while (at < file->len) {
		uint8_t *head = file->bytes + at;
		uint64_t len = load_be64(head + SECTION_LEN);

		store_be32(head + SECTION_SUM,
			   save_sum(head + SAVE_SECTION_SIZE, len));
		store_be32(head + SECTION_HEAD_SUM,
			   save_sum(head, SECTION_HEAD_SUM));
		at += SAVE_SECTION_SIZE + len;
	}
}

void assert_same_file(struct partition *one, struct partition *two)
{
	struct file *a = save_to_file(one), *b = save_to_file(two);

	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->bytes, b->bytes, a->len);
	file_free(a);
	file_free(b);
}

struct file *save_busy_file(void)
{
	struct partition *p = save_new(NULL, NULL);
	struct file *file;

	save_busy(p);
	file = save_to_file(p);
	partition_free(p);
	return file;
}

int save_file_start(void **state)
{
	*state = save_busy_file();
	return 0;
}

int save_file_end(void **state)
{
	file_free(*state);
	return 0;
}
