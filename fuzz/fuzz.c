/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fwnmi/fwnmi.h"
#include "hcalls/catalogue.h"
#include "spapr/event-queue.h"
#include "spapr/rest.h"
#include "hcalls/handlers.h"
#include "spapr/util.h"

#define LIOBN 0x1000
#define VIO_UNIT 0x1000
#define ERRINJCT_TOKEN 1
#define HPT_ENTRIES (1u << (18 - 4))
#define TOO_HARD 9999		/* KVM's, no guest must see it */

struct fuzz_vm {
	struct papr_vm *vm;
	struct papr_vio *vio;
	uint8_t *ram;
	uint64_t regs[PAPR_REGS];
	struct papr_regs interrupted;
	uint64_t area[PAPR_AREA_SLB + 1];
};

static const struct {
	const char *host;
	enum papr_mmu mmu;
} kinds[] = {
	{ "power10", PAPR_MMU_RADIX },
	{ "power10", PAPR_MMU_HASH },
	{ "power9", PAPR_MMU_RADIX },
	{ "power8", PAPR_MMU_HASH },
};

/* A host that says yes to everything. */
static int describe(void *host, struct papr_host *info)
{
	return papr_host_model(host, info, NULL);
}

static int configure_mmu(void *host, uint64_t flags, uint64_t table)
{
	(void)host;
	(void)flags;
	return table & 1 ? -22 : 0;
}

static int get_reg(void *cpu, enum papr_reg reg, uint64_t *value)
{
	*value = ((struct fuzz_vm *)cpu)->regs[reg];
	return 0;
}

static int update_reg(void *cpu, enum papr_reg reg, uint64_t mask,
		      uint64_t value)
{
	uint64_t *r = &((struct fuzz_vm *)cpu)->regs[reg];

	*r = (*r & ~mask) | (value & mask);
	return 0;
}

static int enable_fwnmi(void *cpu)
{
	(void)cpu;
	return 0;
}

static int get_regs(void *cpu, struct papr_regs *regs)
{
	*regs = ((struct fuzz_vm *)cpu)->interrupted;
	return 0;
}

static int set_regs(void *cpu, const struct papr_regs *regs)
{
	((struct fuzz_vm *)cpu)->interrupted = *regs;
	return 0;
}

static int name_regs(void *cpu, struct papr_named_reg *regs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		regs[i] = (struct papr_named_reg){
			{ "GPR00" }, ((struct fuzz_vm *)cpu)->interrupted.r3
		};
	return n;
}

static int reset_cpu(void *cpu)
{
	(void)cpu;
	return 0;
}

static void wake(void *cpu)
{
	(void)cpu;
}

static int get_area(void *cpu, enum papr_area area, uint64_t *gpa)
{
	*gpa = ((struct fuzz_vm *)cpu)->area[area];
	return 0;
}

static int set_area(void *cpu, enum papr_area area, uint64_t gpa,
		    uint32_t len)
{
	(void)len;
	((struct fuzz_vm *)cpu)->area[area] = gpa;
	return 0;
}

static int interrupt(void *cpu, bool raise)
{
	(void)cpu;
	(void)raise;
	return 0;
}

static void hold(void *cpu, bool hold)
{
	(void)cpu;
	(void)hold;
}

/* One page table for all: what a guest finds there may be anything. */
static struct papr_hpte hpt[HPT_ENTRIES];

static int setup_hpt(void *host, uint32_t order)
{
	(void)host;
	if (1u << order != sizeof(hpt))
		abort();
	memset(hpt, 0, sizeof(hpt));
	return 0;
}

static int open_hpt(void *host)
{
	(void)host;
	return 0;
}

static int read_hpt(void *host, uint64_t index, struct papr_hpte *entry,
		    uint32_t n)
{
	(void)host;
	memcpy(entry, &hpt[index], n * sizeof(*entry));
	return 0;
}

static int write_hpt(void *host, uint64_t index, const struct papr_hpte *entry)
{
	(void)host;
	hpt[index] = *entry;
	return 0;
}

static int get_state(void *cpu, struct papr_saved_reg *regs, size_t n)
{
	(void)cpu, (void)regs, (void)n;
	return 0;
}

static int set_state(void *cpu, const struct papr_saved_reg *regs, size_t n,
		     uint64_t *culprit)
{
	(void)cpu, (void)regs, (void)n, (void)culprit;
	return 0;
}

static int set_timebase(void *host, uint64_t tb)
{
	(void)host, (void)tb;
	return 0;
}

static const struct papr_host_ops host_ops = {
	.size = sizeof(host_ops),
	.describe = describe,
	.configure_mmu = configure_mmu,
	.get_reg = get_reg,
	.update_reg = update_reg,
	.enable_fwnmi = enable_fwnmi,
	.get_regs = get_regs,
	.set_regs = set_regs,
	.wake = wake,
	.interrupt = interrupt,
	.hold = hold,
	.setup_hpt = setup_hpt,
	.open_hpt = open_hpt,
	.read_hpt = read_hpt,
	.write_hpt = write_hpt,
	.get_area = get_area,
	.set_area = set_area,
	.name_regs = name_regs,
	.reset_cpu = reset_cpu,
	.get_state = get_state,
	.set_state = set_state,
	.set_timebase = set_timebase,
};

static size_t console_write(void *vmm, uint32_t unit, const void *data,
			    size_t len)
{
	const uint8_t *c = data;

	(void)vmm;
	(void)unit;
	/* The sanitizer sees it if there are fewer than said. */
	for (size_t i = 0; i < len; i++)
		if (c[i] == 0xff)
			return 0;
	return len;
}

static size_t console_read(void *vmm, uint32_t unit, void *data, size_t len)
{
	(void)vmm;
	(void)unit;
	memset(data, 'x', len / 2);
	return len / 2;
}

static uint64_t clock_ns(void *vmm)
{
	(void)vmm;
	return 1000000000000000000;
}

static void watchdog(void *vmm)
{
	(void)vmm;
}

static void event(void *vmm, enum papr_event e, const char *text)
{
	(void)vmm;
	(void)e;
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			abort();
}

/* Every line must come out whole, whatever the guest passes. */
static void trace(void *vmm, const struct papr_trace *t)
{
	char line[1024];

	(void)vmm;
	if (papr_trace_format(t, line, sizeof(line)) != strlen(line))
		abort();
}

static const struct papr_vmm_ops vmm_ops = {
	.size = sizeof(vmm_ops),
	.console_write = console_write,
	.console_read = console_read,
	.clock_ns = clock_ns,
	.event = event,
	.trace = trace,
	.watchdog = watchdog,
};

/* A device that sends everything back; a full queue drops it. */
static enum papr_vio_answer vio_send(void *device, uint64_t high, uint64_t low)
{
	struct fuzz_vm *vm = device;

	return papr_vio_put(vm->vio, high, low) ? PAPR_VIO_DROPPED :
						  PAPR_VIO_SUCCESS;
}

static const struct papr_vio_ops vio_ops = {
	.size = sizeof(vio_ops),
	.send = vio_send,
};

static const struct papr_vio_config vio_config = {
	.size = sizeof(vio_config),
	.unit = VIO_UNIT,
	.irq = 0x1101,
	.liobn = LIOBN,
	.name = "echo",
	.compatible = "papr,echo",
};

static void check(int r)
{
	if (r < 0)
		abort();
}

/* --- a bus whose guest may make a window */

static int dma_query(void *bus, const struct papr_pci_function *f,
		     struct papr_dma_limits *limits)
{
	struct fuzz_vm *vm = bus;

	limits->windows = papr_vm_tce_in_kernel(vm->vm, LIOBN + 1) < 0;
	limits->pages = 1u << 10;
	limits->page_sizes = 0x1000 | 0x10000;
	return f->buid ? -ENODEV : 0;
}

static int dma_create(void *bus, const struct papr_pci_function *f,
		      struct papr_dma_window *w)
{
	struct fuzz_vm *vm = bus;

	(void)f;
	w->liobn = LIOBN + 1;
	w->bus = 1ull << 59;
	return papr_vm_create_tce(vm->vm, w->liobn, w->bus, w->page_shift,
				  w->pages, NULL);
}

static int dma_remove(void *bus, uint32_t liobn)
{
	return papr_vm_remove_tce(((struct fuzz_vm *)bus)->vm, liobn, NULL);
}

static int dma_reset(void *bus, const struct papr_pci_function *f)
{
	(void)f;
	papr_vm_remove_tce(((struct fuzz_vm *)bus)->vm, LIOBN + 1, NULL);
	return 0;
}

static const struct papr_pci_ops pci_ops = {
	.size = sizeof(pci_ops), .dma_query = dma_query,
	.dma_create = dma_create, .dma_remove = dma_remove,
	.dma_reset = dma_reset,
};

static void make(struct fuzz_vm *vm, size_t kind)
{
	const struct papr_numa numa = {
		.size = sizeof(numa), .nodes = 2,
		.mem = (const uint64_t[]){ FUZZ_RAM, 0 },
		.core_node = (const uint32_t[]){ 0, 1 },
		.distance = (const uint8_t[]){ 10, 15, 30, 10 },
	};
	struct papr_vm_config config = {
		.size = sizeof(config), .cores = 2, .threads = 1, .vsmt = 1,
		.mmu = kinds[kind].mmu, .rtas_base = FUZZ_RAM / 2,
		.kernel_dump = true, .numa = &numa,
	};
	static const uint8_t nvram[PAPR_NVRAM_MIN];

	vm->ram = calloc(1, FUZZ_RAM);
	if (!vm->ram)
		abort();
	check(papr_vm_new(&config, &host_ops, (void *)kinds[kind].host,
			  &vmm_ops, NULL, &vm->vm, NULL));
	check(papr_vm_add_ram(vm->vm, 0, FUZZ_RAM, vm->ram, 0));
	check(papr_vm_add_tce(vm->vm, LIOBN, 0, 12, 16));
	check(papr_vm_add_vio(vm->vm, &vio_config, &vio_ops, vm, &vm->vio));
	check(papr_vm_add_nvram(vm->vm, nvram, sizeof(nvram)));
	check(papr_vm_set_pci(vm->vm, &pci_ops, vm));
	check(papr_vm_seal(vm->vm));
	for (uint32_t i = 0; i < papr_vm_vcpus(vm->vm); i++)
		check(papr_vcpu_attach(papr_vm_vcpu(vm->vm, i), vm));
	fuzz_vm_reset(vm);
}

struct fuzz_vm *fuzz_vm_get(uint8_t choice)
{
	static struct fuzz_vm vms[ARRAY_SIZE(kinds)];
	size_t kind = choice % ARRAY_SIZE(kinds);

	if (!vms[kind].vm)
		make(&vms[kind], kind);
	return &vms[kind];
}

uint8_t *fuzz_vm_ram(struct fuzz_vm *vm)
{
	return vm->ram;
}

struct papr_vm *fuzz_vm_partition(struct fuzz_vm *vm)
{
	return vm->vm;
}

/* For either call one, and one that is longer than many a buffer. */
static void put_events(struct papr_vm *vm)
{
	struct papr_internal_error internal = { .size = sizeof(internal) };

	event_queue_clear(vm->events);
	check(papr_vm_event_epow(vm, &(struct papr_epow){
		.size = sizeof(struct papr_epow) }, NULL));
	check(papr_vm_event_internal_error(vm, &internal, NULL));
	internal.scan = true;
	check(papr_vm_event_internal_error(vm, &internal, NULL));
}

void fuzz_vm_reset(struct fuzz_vm *vm)
{
	struct papr_entry entry = { 0 };

	memset(hpt, 0, sizeof(hpt));
	for (uint32_t i = 0; i < papr_vm_vcpus(vm->vm); i++) {
		struct papr_vcpu *vcpu = papr_vm_vcpu(vm->vm, i);

		papr_vcpu_take_entry(vcpu, &entry);
		rest_reset(vcpu);
		check(papr_vcpu_machine_check(vcpu, false));
		vm->interrupted = (struct papr_regs){
			.msr = MSR_SF | MSR_ME | MSR_RI
		};
		check(papr_vcpu_take_interrupt(vcpu));
	}
	vm->regs[PAPR_REG_MSR] = 0;
	fwnmi_reset(vm->vm);
	vm->vm->dump.state = KDUMP_NONE;
	xics_reset(vm->vm->xics);
	put_events(vm->vm);
	hcalls_reset_vio(vm->vm);
	check(tce_reset(vm->vm, NULL));
	hcalls_reset_watchdogs(vm->vm);
	memset(vm->ram, 0, FUZZ_RAM);
	papr_vcpu_start(papr_vm_vcpu(vm->vm, 0), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(vm->vm, 0), &entry);
	/* An input is one call, and cannot open it for another. */
	atomic_store(&vm->vm->errinjct_open, ERRINJCT_TOKEN);
}

/* Calls whose results mean something when they fail, too. */
static bool says_how_far(const struct papr_hcall *hcall)
{
	return hcall->nr == H_BULK_REMOVE;
}

void fuzz_hcall(struct fuzz_vm *vm, struct papr_hcall *hcall)
{
	const struct papr_call_info *call = papr_hcall_by_number(hcall->nr);
	const struct papr_hcall before = *hcall;
	int64_t ret;

	papr_vcpu_hcall(papr_vm_vcpu(vm->vm, 0), hcall);
	/* What the call has sent to the vCPU itself. */
	vm->interrupted = (struct papr_regs){ .msr = MSR_SF | MSR_ME | MSR_RI };
	check(papr_vcpu_take_interrupt(papr_vm_vcpu(vm->vm, 0)));
	ret = (int64_t)hcall->ret;
	if (ret == TOO_HARD || hcall->nr != before.nr)
		abort();
	for (unsigned int i = 0; i < PAPR_HCALL_ARGS; i++)
		if (hcall->args[i] != before.args[i] &&
		    (!call || (ret < 0 && !says_how_far(hcall)) ||
		     i >= call->out_count ||
		     call->out[i].kind == PAPR_ARG_KEEP))
			abort();
}

void fuzz_rtas(struct fuzz_vm *vm, uint64_t gpa)
{
	struct papr_hcall hcall = { .nr = H_RTAS, .args = { gpa } };

	fuzz_hcall(vm, &hcall);
}
