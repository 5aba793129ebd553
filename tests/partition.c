/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <talloc.h>

#include "spapr/drc.h"
#include "spapr/vm.h"
#include "tests/partition.h"

#define NOISE 0xa5a5a5a5a5a5a500ull
#define GUARD 0xc3		/* in memory that nobody is to write */
#define GUARDS 16

static size_t console_write(void *vmm, uint32_t unit, const void *data,
			    size_t len)
{
	struct partition *p = vmm;

	assert_int_equal(unit, VTY);
	if (p->console_full)
		return 0;
	assert_true(p->console_len + len < sizeof(p->console));
	memcpy(p->console + p->console_len, data, len);
	p->console_len += len;
	p->console_last = len;
	return len;
}

static size_t console_read(void *vmm, uint32_t unit, void *data, size_t len)
{
	struct partition *p = vmm;
	size_t n = strlen(p->typed);

	assert_int_equal(unit, VTY);
	if (n > len)
		n = len;
	memcpy(data, p->typed, n);
	p->typed += n;
	return n;
}

static uint64_t clock_ns(void *vmm)
{
	return ((struct partition *)vmm)->clock_ns;
}

static int random_bytes(void *vmm, void *data, size_t len)
{
	struct partition *p = vmm;

	assert_int_equal(len, sizeof(p->random));
	memcpy(data, &p->random, len);
	return p->random_err;
}

static void start_cpu(void *vmm, struct papr_vcpu *vcpu)
{
	((struct partition *)vmm)->started = vcpu;
}

static void event(void *vmm, enum papr_event e, const char *text)
{
	struct partition *p = vmm;

	p->events++;
	p->event = e;
	snprintf(p->event_text, sizeof(p->event_text), "%s", text);
}

static void hcall(void *vmm, struct papr_vcpu *vcpu, struct papr_hcall *call)
{
	struct partition *p = vmm;

	assert_ptr_equal(papr_vcpu_vm(vcpu), p->vm);
	p->vmm_calls++;
	call->args[0] = papr_vcpu_index(vcpu);
	call->ret = (uint64_t)p->vmm_ret;
}

static int mmio(void *vmm, uint64_t gpa, uint64_t *data, uint32_t len,
		bool write)
{
	struct partition *p = vmm;

	p->mmios++;
	p->mmio_gpa = gpa;
	p->mmio_len = len;
	p->mmio_write = write;
	if (write)
		p->mmio_value = *data;
	else
		*data = p->mmio_value;
	return p->mmio_err;
}

static void assert_last_logged(struct partition *p, const char *line)
{
	const char *log = fake_host_log(p->fake);
	size_t len = strlen(line), all = strlen(log);

	assert_true(all > len);
	assert_memory_equal(log + all - 1 - len, line, len);
}

static void dirty(void *vmm, uint64_t gpa, uint64_t len)
{
	struct partition *p = vmm;

	if (p->held_when_dirty)
		assert_last_logged(p, p->held_when_dirty);
	assert_true(p->n_dirty < MAX_DIRTY);
	p->dirty[p->n_dirty++] = (struct gpa_range){ gpa, len };
}

static void log_line(void *vmm, enum papr_log level, const char *line)
{
	struct partition *p = vmm;

	(void)level;
	p->logs++;
	snprintf(p->log, sizeof(p->log), "%s", line);
}

static void trace(void *vmm, const struct papr_trace *t)
{
	struct partition *p = vmm;

	p->traces++;
	papr_trace_format(t, p->trace, sizeof(p->trace));
}

static void injected(void *vmm, struct papr_vcpu *vcpu,
		     const struct papr_injected *what)
{
	struct partition *p = vmm;

	p->n_injected++;
	p->injected_index = papr_vcpu_index(vcpu);
	p->injected = *what;
}

static void interlock(void *vmm, struct papr_vcpu *vcpu)
{
	struct partition *p = vmm;

	p->interlocks++;
	p->interlock_index = papr_vcpu_index(vcpu);
}

static void watchdog(void *vmm)
{
	((struct partition *)vmm)->asked++;
}

static uint64_t uptime_ns(void *vmm)
{
	return ((struct partition *)vmm)->uptime_ns;
}

static int nvram_store(void *vmm, size_t offset, const void *bytes,
		       size_t len)
{
	struct partition *p = vmm;

	assert_true(offset <= sizeof(p->nvram) &&
		    len <= sizeof(p->nvram) - offset);
	p->nvram_stores++;
	if (!p->nvram_err)
		memcpy(p->nvram + offset, bytes, len);
	return p->nvram_err;
}

static int plug(void *vmm, const struct papr_connector *c)
{
	struct partition *p = vmm;
	uint32_t threads = p->vm->config.threads;

	p->plugs++;
	if (p->plug_err || p->plugs_nothing)
		return p->plug_err;
	for (uint32_t i = 0; c->kind == PAPR_CONNECTOR_CORE && i < threads; i++)
		if (!papr_vcpu_host(papr_vm_vcpu(p->vm,
						 c->number * threads + i)))
			partition_attach(p, c->number * threads + i);
	return 0;
}

static void connector(void *vmm, const struct papr_connector *c)
{
	struct partition *p = vmm;

	p->n_told++;
	p->told = *c;
}

static int power_on_at(void *vmm, uint64_t ns)
{
	struct partition *p = vmm;

	p->power_on_ns = ns;
	return p->power_on_err;
}

static void indicator(void *vmm, enum papr_indicator what, uint32_t state)
{
	struct partition *p = vmm;

	p->indicators++;
	p->indicator = what;
	p->indicator_state = state;
}

static const struct papr_vmm_ops vmm_ops = {
	.size = sizeof(vmm_ops),
	.console_write = console_write,
	.console_read = console_read,
	.clock_ns = clock_ns,
	.random = random_bytes,
	.start_cpu = start_cpu,
	.event = event,
	.hcall = hcall,
	.mmio = mmio,
	.dirty = dirty,
	.log = log_line,
	.trace = trace,
	.injected = injected,
	.interlock = interlock,
	.watchdog = watchdog,
	.uptime_ns = uptime_ns,
	.nvram_store = nvram_store,
	.plug = plug,
	.connector = connector,
	.power_on_at = power_on_at,
	.indicator = indicator,
};

/* Of malloc, so that the sanitizer sees every byte beyond the ends. */
static uint8_t *add_ram(struct partition *p, uint64_t gpa, uint64_t len,
			uint32_t flags)
{
	uint8_t *mem = malloc(len);

	assert_non_null(mem);
	memset(mem, GUARD, len);
	assert_int_equal(papr_vm_add_ram(p->vm, gpa, len, mem, flags), 0);
	return mem;
}

/* As a machine has it, of which next to nothing is touched. */
static void add_mem(struct partition *p, uint64_t mem)
{
	p->ram = mmap(NULL, mem, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(p->ram, MAP_FAILED);
	p->mem = mem;
	assert_int_equal(papr_vm_add_ram(p->vm, 0, mem, p->ram, 0), 0);
}

static void add_pieces(struct partition *p)
{
	p->ram = add_ram(p, 0, RAM_SIZE, 0);
	p->rom = add_ram(p, ROM_BASE, ROM_SIZE, PAPR_RAM_READONLY);
	p->top = add_ram(p, TOP_BASE, TOP_SIZE, 0);
}

/* Nearly nothing of it is ever touched. */
static void add_lmbs(struct partition *p, uint32_t n)
{
	p->lmbs_len = n * PAPR_LMB_SIZE;
	p->lmbs = mmap(NULL, p->lmbs_len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(p->lmbs, MAP_FAILED);
	if (papr_vm_add_pluggable_ram(p->vm, LMB_BASE, p->lmbs_len, p->lmbs))
		fail_msg("%s", papr_vm_error(p->vm));
}

static enum papr_vio_answer take_message(void *device, uint64_t high,
					 uint64_t low)
{
	(void)device;
	(void)high;
	(void)low;
	return PAPR_VIO_SUCCESS;
}

/* Its window is as large as QEMU's. */
static void add_vio(struct papr_vm *vm, const struct papr_vio_config *config)
{
	static const struct papr_vio_ops ops = {
		.size = sizeof(ops), .send = take_message,
	};

	assert_int_equal(papr_vm_add_tce(vm, config->liobn, 0, 12, 0x10000),
			 0);
	if (papr_vm_add_vio(vm, config, &ops, NULL, NULL))
		fail_msg("%s", papr_vm_error(vm));
}

static void set_policy(struct papr_vm *vm, const char *text)
{
	struct papr_policy *policy;
	struct papr_error error;

	if (papr_policy_parse(text, strlen(text), "test", &policy, &error))
		fail_msg("%s", error.text);
	if (papr_vm_set_policy(vm, policy))
		fail_msg("%s", papr_vm_error(vm));
	papr_policy_free(policy);
}

int partition_make(const struct partition_setup *setup, struct partition **out,
		   struct papr_error *error)
{
	struct partition *p = talloc_zero(NULL, struct partition);
	struct papr_vm_config config = setup->config;
	struct papr_host_ops host = *fake_host_ops();
	struct papr_vmm_ops vmm = vmm_ops;
	int r;

	assert_non_null(p);
	p->fake = fake_host_new(p, setup->host ? setup->host : "power10");
	p->typed = "";
	config.size = config.size ? config.size : sizeof(config);
	config.cores = config.cores ? config.cores : 1;
	config.threads = config.threads ? config.threads : 1;
	config.rtas_base = config.rtas_base ? config.rtas_base : RTAS_BASE;
	if (setup->tweak)
		setup->tweak(p, &host, &vmm);
	r = papr_vm_new(&config, &host, p->fake, &vmm, p, &p->vm, error);
	if (r) {
		talloc_free(p);
		return r;
	}
	if (setup->mem)
		add_mem(p, setup->mem);
	else
		add_pieces(p);
	if (setup->lmbs)
		add_lmbs(p, setup->lmbs);
	if (setup->vio)
		add_vio(p->vm, setup->vio);
	if (setup->policy)
		set_policy(p->vm, setup->policy);
	if (setup->nvram) {
		papr_nvram_format(p->nvram, sizeof(p->nvram));
		assert_int_equal(papr_vm_add_nvram(p->vm, p->nvram,
						   sizeof(p->nvram)), 0);
	}
	if (setup->pci)
		assert_int_equal(papr_vm_set_pci(p->vm, &fake_pci_ops,
						 &p->pci), 0);
	*out = p;
	return 0;
}

struct fake_cpu *partition_attach(struct partition *p, uint32_t index)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, index);
	struct fake_cpu *cpu = fake_cpu_new(p->fake, papr_vcpu_id(vcpu));

	assert_int_equal(papr_vcpu_attach(vcpu, cpu), 0);
	return cpu;
}

struct partition *partition_unsealed(void)
{
	struct partition *p = NULL;
	struct papr_error error;

	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	return p;
}

struct partition *partition_new(const struct partition_setup *setup)
{
	struct papr_entry entry = { 0 };
	struct partition *p = NULL;
	struct papr_error error;

	if (partition_make(setup, &p, &error))
		fail_msg("%s", error.text);
	if (papr_vm_seal(p->vm))
		fail_msg("%s", papr_vm_error(p->vm));
	for (uint32_t i = 0; i < papr_vm_vcpus(p->vm); i++)
		if (papr_vcpu_is_there(papr_vm_vcpu(p->vm, i)))
			partition_attach(p, i);
	papr_vcpu_start(papr_vm_vcpu(p->vm, 0), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 0), &entry);
	p->n_dirty = 0;
	p->n_told = 0;
	p->logs = 0;
	fake_host_clear_log(p->fake);
	return p;
}

void partition_free(struct partition *p)
{
	papr_vm_free(p->vm);
	if (p->mem)
		munmap(p->ram, p->mem);
	else
		free(p->ram);
	if (p->lmbs)
		munmap(p->lmbs, p->lmbs_len);
	free(p->rom);
	free(p->top);
	talloc_free(p);
}

int reroute(struct partition *p, const char *text, struct papr_error *error)
{
	struct papr_policy *policy;
	int r;

	error->text[0] = '\0';
	if (papr_policy_parse(text, strlen(text), "test", &policy, error))
		fail_msg("%s", error->text);
	r = papr_vm_change_policy(p->vm, policy, error);
	papr_policy_free(policy);
	return r;
}

void must_reroute(struct partition *p, const char *text)
{
	struct papr_error error;

	if (reroute(p, text, &error))
		fail_msg("%s", error.text);
}

int partition_start(void **state)
{
	*state = partition_new(&(struct partition_setup){ 0 });
	return 0;
}

int partition_end(void **state)
{
	partition_free(*state);
	return 0;
}

/*
 * Results are in the registers of the call's row, and nowhere on failure; but
 * H_BULK_REMOVE says which of its entries failed.
 */
static bool may_change(const struct papr_call_info *call, int64_t ret,
		       unsigned int i)
{
	return (ret >= 0 || call->number == H_BULK_REMOVE) &&
	       i < call->out_count && call->out[i].kind != PAPR_ARG_KEEP;
}

int64_t partition_hcall(struct partition *p, uint64_t nr,
			uint64_t args[PAPR_HCALL_ARGS])
{
	const struct papr_call_info *call = papr_hcall_by_number(nr);
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, p->on);
	struct papr_hcall hcall = { .nr = nr, .ret = NOISE };
	unsigned int vmm_calls = p->vmm_calls;

	for (unsigned int i = call ? call->in_count : PAPR_HCALL_ARGS;
	     i < PAPR_HCALL_ARGS && !call->in_unspecified; i++)
		args[i] = NOISE + i;
	memcpy(hcall.args, args, sizeof(hcall.args));
	papr_vcpu_hcall(vcpu, &hcall);

	assert_true(hcall.nr == nr);
	for (unsigned int i = 0; i < PAPR_HCALL_ARGS; i++)
		if (hcall.args[i] != args[i] && vmm_calls == p->vmm_calls &&
		    !(call && may_change(call, (int64_t)hcall.ret, i)))
			fail_msg("%s = %lld changed r%u",
				 call ? call->name : "an unknown call",
				 (long long)hcall.ret, i + 4);
	memcpy(args, hcall.args, sizeof(hcall.args));
	return (int64_t)hcall.ret;
}

static uint8_t *memory_at(struct partition *p, uint64_t gpa)
{
	if (gpa >= TOP_BASE)
		return p->top + (gpa - TOP_BASE);
	return gpa >= ROM_BASE ? p->rom + (gpa - ROM_BASE) : p->ram + gpa;
}

int64_t partition_rtas(struct partition *p, uint64_t gpa, uint32_t token,
		       uint32_t nargs, uint32_t nrets, uint32_t *cells)
{
	uint8_t *block = memory_at(p, gpa);
	size_t used = 12 + 4 * (size_t)(nargs + nrets);
	uint8_t before[12 + 4 * RTAS_CELLS + GUARDS];
	size_t room = gpa < RAM_SIZE && RAM_SIZE - gpa < used + GUARDS ?
		      used : used + GUARDS;
	int64_t ret;

	assert_true(nargs + nrets <= RTAS_CELLS);
	memset(block, GUARD, room);
	store_be32(block, token);
	store_be32(block + 4, nargs);
	store_be32(block + 8, nrets);
	for (uint32_t i = 0; i < nargs; i++)
		store_be32(block + 12 + 4 * i, cells[i]);
	memcpy(before, block, room);
	ret = HCALL(p, H_RTAS, gpa);

	assert_memory_equal(block, before, 12 + 4 * nargs);
	assert_memory_equal(block + used, before + used, room - used);
	for (uint32_t i = nargs; i < nargs + nrets; i++)
		cells[i] = load_be32(block + 12 + 4 * i);
	return ret;
}

int32_t partition_rtas_status(struct partition *p, uint32_t token,
			      uint32_t nargs, uint32_t nrets, uint32_t *cells)
{
	assert_int_equal(partition_rtas(p, RTAS_BLOCK, token, nargs, nrets,
					cells), H_SUCCESS);
	return (int32_t)cells[nargs];
}

void partition_plug(struct partition *p, uint32_t kind, uint32_t number,
		    uint32_t index)
{
	assert_int_equal(papr_vm_plug(p->vm, kind, number, NULL), 0);
	assert_int_equal(drc_move(p->vm, index, DRC_SET_USABLE), DRC_OK);
	assert_int_equal(drc_move(p->vm, index, DRC_UNISOLATE), DRC_OK);
}

void assert_dirty(struct partition *p, uint64_t gpa, uint64_t len)
{
	assert_int_equal(p->n_dirty, 1);
	assert_int_equal(p->dirty[0].gpa, gpa);
	assert_int_equal(p->dirty[0].len, len);
	p->n_dirty = 0;
}

void assert_clean(struct partition *p)
{
	assert_int_equal(p->n_dirty, 0);
}
