/* SPDX-License-Identifier: BSD-2-Clause */
/* Which pages of RAM have changed. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "spapr/vio.h"
#include "tests/partition.h"

#define PAGES (RAM_SIZE / PAGE_4K)
#define ZERO (1ull << (63 - 48))	/* of H_PAGE_INIT */

/* What a program has that copies RAM: a page is copied once it was told. */
struct copy {
	struct partition *p;
	uint8_t *ram, *top;
	uint64_t told;			/* pages, of all times */
	uint64_t end;			/* of the last range */
	int err;
};

static int take(void *arg, uint64_t gpa, uint64_t len)
{
	struct copy *copy = arg;

	assert_true(len && gpa % PAGE_4K == 0 && len % PAGE_4K == 0);
	assert_true(gpa >= copy->end);
	copy->end = gpa + len;
	copy->told += len / PAGE_4K;
	if (copy->err)
		return copy->err;
	if (gpa >= TOP_BASE)
		memcpy(copy->top + (gpa - TOP_BASE),
		       copy->p->top + (gpa - TOP_BASE), len);
	else if (gpa < RAM_SIZE)
		memcpy(copy->ram + gpa, copy->p->ram + gpa, len);
	return 0;
}

static struct copy *begin(struct partition *p)
{
	struct copy *copy = calloc(1, sizeof(*copy));
	struct papr_error error;

	*copy = (struct copy){ p, malloc(RAM_SIZE), malloc(TOP_SIZE),
			       0, 0, 0 };
	memcpy(copy->ram, p->ram, RAM_SIZE);
	memcpy(copy->top, p->top, TOP_SIZE);
	if (papr_vm_log_dirty(p->vm, true, &error))
		fail_msg("%s", error.text);
	return copy;
}

/* How many pages were told. */
static uint64_t update(struct copy *copy)
{
	uint64_t before = copy->told;
	struct papr_error error;

	copy->end = 0;
	if (papr_vm_read_dirty(copy->p->vm, take, copy, &error))
		fail_msg("%s", error.text);
	return copy->told - before;
}

static void assert_same(const struct copy *copy)
{
	for (uint64_t gpa = 0; gpa < RAM_SIZE; gpa += PAGE_4K)
		if (memcmp(copy->ram + gpa, copy->p->ram + gpa, PAGE_4K))
			fail_msg("0x%llx has changed, and nobody was told",
				 (unsigned long long)gpa);
	assert_memory_equal(copy->top, copy->p->top, TOP_SIZE);
}

static void end(struct copy *copy)
{
	free(copy->ram);
	free(copy->top);
	free(copy);
}

/* --- what is told */

static void at_first_nothing_has_changed(void **state)
{
	struct copy *copy = begin(*state);

	assert_int_equal(update(copy), 0);
	end(copy);
}

static void what_the_guest_has_written_is_told_once(void **state)
{
	struct partition *p = *state;
	struct copy *copy = begin(p);

	p->ram[5 * PAGE_4K + 7] ^= 1;
	fake_host_wrote(p->fake, 5 * PAGE_4K);
	fake_host_wrote(p->fake, TOP_BASE);
	assert_int_equal(update(copy), 2);
	assert_same(copy);
	assert_int_equal(update(copy), 0);
	end(copy);
}

static void what_the_library_has_written_is_told_once(void **state)
{
	struct partition *p = *state;
	struct copy *copy = begin(p);

	/* Over the end of a page, and the last one of all. */
	HCALL(p, H_LOGICAL_MEMOP, 2 * PAGE_4K - 8, 0, 3, 2, 0);
	HCALL(p, H_PAGE_INIT, ZERO, TOP_BASE + TOP_SIZE - PAGE_4K, 0);
	assert_int_equal(update(copy), 3);
	assert_same(copy);
	assert_int_equal(update(copy), 0);
	end(copy);
}

static void pages_side_by_side_are_one_range(void **state)
{
	struct partition *p = *state;
	struct copy *copy = begin(p);

	for (uint64_t page = 60; page < 70; page++)
		HCALL(p, H_PAGE_INIT, ZERO, page * PAGE_4K, 0);
	copy->err = -EPERM;
	assert_int_equal(papr_vm_read_dirty(p->vm, take, copy, NULL), -EPERM);
	assert_int_equal(copy->told, 10);
	end(copy);
}

static void what_nobody_took_is_told_again(void **state)
{
	struct partition *p = *state;
	struct copy *copy = begin(p);
	struct papr_error error;

	HCALL(p, H_PAGE_INIT, ZERO, 0x9000, 0);
	fake_host_wrote(p->fake, 0x20000);
	copy->err = -EPERM;
	assert_int_equal(papr_vm_read_dirty(p->vm, take, copy, &error), -EPERM);
	assert_string_equal(error.text, "the program does not take the pages "
			    "that have changed: Operation not permitted");
	copy->err = 0;
	fake_host_fail(p->fake, FAKE_READ_DIRTY, 2, EIO);
	assert_int_equal(papr_vm_read_dirty(p->vm, take, copy, &error), -EIO);
	assert_string_equal(error.text, "the host does not tell which pages "
			    "have changed: Input/output error");
	assert_int_equal(update(copy), 2);
	assert_same(copy);
	assert_int_equal(update(copy), 0);
	end(copy);
}

static void an_lmb_has_changed_when_it_comes(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.lmbs = 2 });
	struct copy *copy = begin(p);
	struct papr_error error;

	(void)state;
	if (papr_vm_plug(p->vm, PAPR_CONNECTOR_LMB, LMB_FIRST + 1, &error))
		fail_msg("%s", error.text);
	assert_int_equal(update(copy), PAPR_LMB_SIZE / PAGE_4K);
	assert_true(copy->end == LMB_BASE + 2 * PAPR_LMB_SIZE);
	assert_int_equal(update(copy), 0);
	end(copy);
	partition_free(p);
}

/* --- while somebody writes */

static struct copy *early;

/* The library tells of a page before it writes it. */
static void read_early(void *vmm, uint64_t gpa, uint64_t len)
{
	(void)vmm, (void)gpa, (void)len;
	if (early)
		update(early);
}

static void tweak_early(struct partition *p, struct papr_host_ops *host_ops,
			struct papr_vmm_ops *vmm_ops)
{
	(void)p, (void)host_ops;
	vmm_ops->dirty = read_early;
}

static const struct papr_vio_config vio_config = {
	.size = sizeof(vio_config), .unit = 0x71000001, .irq = 0x1101,
	.liobn = 0x71000001, .name = "v-scsi", .compatible = "IBM,v-scsi",
};

static void call(struct partition *p)
{
	HCALL(p, H_PAGE_INIT, ZERO, 0x9000, 0);
}

static void put_message(struct partition *p)
{
	memset(p->ram + 0x8000, 0, PAGE_4K);
	fake_host_wrote(p->fake, 0x8000);
	HCALL(p, H_PUT_TCE, vio_config.liobn, 0, 0x8003);
	HCALL(p, H_REG_CRQ, vio_config.unit, 0, PAGE_4K);
	assert_int_equal(papr_vio_put(vio_find(p->vm, vio_config.unit),
				      0x8001ull << 48, 1), 0);
}

static void check_machine(struct partition *p)
{
	const struct papr_mc_info info = {
		.size = sizeof(info), .type = PAPR_MC_SLB, .subtype = 1,
		.initiator = PAPR_ELOG_CPU,
	};
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, 0);

	RTAS(p, RTAS_TOKEN_ibm_nmi_register, 2, 1, 0x1920, 0x1990);
	fake_cpu_regs(papr_vcpu_host(vcpu))->msr = 0x8000000000001002ull;
	assert_int_equal(papr_vcpu_inject(vcpu, &info, NULL), 0);
	papr_vcpu_take_interrupt(vcpu);
}

static void reset(struct partition *p)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, 0);

	RTAS(p, RTAS_TOKEN_ibm_nmi_register, 2, 1, 0x1920, 0x1990);
	assert_int_equal(papr_vcpu_system_reset(vcpu), 0);
	papr_vcpu_take_interrupt(vcpu);
}

/* Each with a page that is read too early, and what else it writes. */
static const struct {
	const char *what;
	void (*act)(struct partition *p);
} writers[] = {
	{ "a call", call },
	{ "a device", put_message },
	{ "a machine check", check_machine },
	{ "a system reset", reset },
};

static void a_page_that_was_read_too_early_is_told_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++) {
		struct partition *p = partition_new(&(struct partition_setup){
			.tweak = tweak_early, .vio = &vio_config });
		struct copy *copy = early = begin(p);

		writers[i].act(p);
		if (!copy->told)
			fail_msg("%s writes nothing", writers[i].what);
		if (!memcmp(copy->ram, p->ram, RAM_SIZE))
			fail_msg("%s: nothing was read early", writers[i].what);
		early = NULL;
		update(copy);
		assert_same(copy);
		assert_int_equal(update(copy), 0);
		end(copy);
		partition_free(p);
	}
}

/* --- everything, and the memory compared */

static uint64_t seed;

static uint64_t any(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return seed >> 20;
}

/* Addresses more than anything else. */
static uint64_t any_value(void)
{
	switch (any() % 8) {
	case 0:
		return any() % 16;
	case 1:
		return 1ull << any() % 64;
	case 2:
		return any();
	case 3:
		return TOP_BASE + any() % TOP_SIZE;
	case 4:
		return any() % RAM_SIZE;
	default:
		return any() % PAGES * PAGE_4K;
	}
}

/* A block for any RTAS call, with what fits into a cell. */
static uint64_t put_block(struct partition *p, struct copy *copy)
{
	const struct papr_call_info *c = &rtas_table[any() % RTAS_ROWS];
	uint64_t gpa = any() % (RAM_SIZE - 0x100);

	store_be32(p->ram + gpa, c->number);
	store_be32(p->ram + gpa + 4, c->in_count);
	store_be32(p->ram + gpa + 8, c->out_count + 1);
	for (unsigned int i = 0; i < RTAS_CELLS; i++)
		store_be32(p->ram + gpa + 12 + 4 * i, any_value());
	/* It is the guest that has done this. */
	memcpy(copy->ram + gpa, p->ram + gpa, 12 + 4 * RTAS_CELLS);
	return gpa;
}

static void any_call(struct partition *p, struct copy *copy)
{
	struct papr_hcall hcall = {
		.nr = hcall_table[any() % HCALL_ROWS].number,
	};

	for (int i = 0; i < PAPR_HCALL_ARGS; i++)
		hcall.args[i] = any_value();
	if (any() % 2) {
		hcall.nr = H_RTAS;
		hcall.args[0] = put_block(p, copy);
	}
	papr_vcpu_hcall(papr_vm_vcpu(p->vm, 0), &hcall);
}

static void tweak_silent(struct partition *p, struct papr_host_ops *host_ops,
			 struct papr_vmm_ops *vmm_ops)
{
	(void)p, (void)host_ops;
	vmm_ops->dirty = NULL;
}

static void all_calls_tell_all_they_write(const char *host, const char *policy)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = host, .policy = policy, .tweak = tweak_silent,
		.vio = &vio_config, .nvram = true, .pci = true });
	struct copy *copy = begin(p);

	seed = 1;
	for (int i = 0; i < 400; i++) {
		for (int n = 0; n < 100; n++)
			any_call(p, copy);
		update(copy);
		assert_same(copy);
	}
	assert_true(copy->told > 1000);
	end(copy);
	partition_free(p);
}

static void on_a_radix_host_all_calls_tell_all_they_write(void **state)
{
	(void)state;
	all_calls_tell_all_they_write("power10", NULL);
}

static void on_a_hash_host_all_calls_tell_all_they_write(void **state)
{
	(void)state;
	all_calls_tell_all_they_write("power8", "default: user");
}

/* --- and from several threads at once */

#define THREADS 3
#define ROUNDS 20000

static void *write_pages(void *arg)
{
	struct papr_vcpu *vcpu = arg;
	uint64_t mine = papr_vcpu_index(vcpu) * 64;

	for (uint64_t i = 0; i < ROUNDS; i++) {
		uint64_t to = (mine + i % 64) * PAGE_4K + i % 4096 / 8 * 8;
		uint64_t from = i * 7919 % PAGES * PAGE_4K;
		struct papr_hcall hcall = {
			.nr = H_LOGICAL_MEMOP, .args = { to, from, 3, 1, 1 },
		};

		papr_vcpu_hcall(vcpu, &hcall);
	}
	return NULL;
}

static void what_runs_meanwhile_is_not_missed(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = THREADS }, .tweak = tweak_silent });
	pthread_t thread[THREADS];
	struct copy *copy;

	(void)state;
	copy = begin(p);
	for (unsigned int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, write_pages,
						papr_vm_vcpu(p->vm, i)), 0);
	for (int i = 0; i < 200; i++)
		update(copy);
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	update(copy);
	assert_same(copy);
	end(copy);
	partition_free(p);
}

/* --- when it cannot be done */

static void it_is_off_until_it_is_on(void **state)
{
	struct partition *p = *state;
	struct copy *copy = begin(p);
	struct papr_error error;

	call(p);
	assert_int_equal(papr_vm_log_dirty(p->vm, true, &error), 0);
	assert_int_equal(update(copy), 0);
	assert_int_equal(papr_vm_log_dirty(p->vm, false, &error), 0);
	call(p);
	assert_int_equal(papr_vm_read_dirty(p->vm, take, copy, &error),
			 -EINVAL);
	assert_string_equal(error.text, "nobody notes which pages change");
	assert_int_equal(papr_vm_log_dirty(p->vm, false, &error), 0);
	end(copy);
}

static void a_host_that_cannot_is_told(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	fake_host_fail(p->fake, FAKE_LOG_DIRTY, 1, EIO);
	assert_int_equal(papr_vm_log_dirty(p->vm, true, &error), -EIO);
	assert_string_equal(error.text, "the host does not note which pages "
			    "change: Input/output error");
	p->vm->host_ops.read_dirty = NULL;
	assert_int_equal(papr_vm_log_dirty(p->vm, true, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "the host does not know which pages "
			    "change");
}

static void before_the_seal_it_is_refused(void **state)
{
	struct papr_error error;
	struct partition *p;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	assert_int_equal(papr_vm_log_dirty(p->vm, true, &error), -EBUSY);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(at_first_nothing_has_changed),
		partition_test(what_the_guest_has_written_is_told_once),
		partition_test(what_the_library_has_written_is_told_once),
		partition_test(pages_side_by_side_are_one_range),
		partition_test(what_nobody_took_is_told_again),
		cmocka_unit_test(an_lmb_has_changed_when_it_comes),
		cmocka_unit_test(a_page_that_was_read_too_early_is_told_again),
		cmocka_unit_test(on_a_radix_host_all_calls_tell_all_they_write),
		cmocka_unit_test(on_a_hash_host_all_calls_tell_all_they_write),
		cmocka_unit_test(what_runs_meanwhile_is_not_missed),
		partition_test(it_is_off_until_it_is_on),
		partition_test(a_host_that_cannot_is_told),
		cmocka_unit_test(before_the_seal_it_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
