/* SPDX-License-Identifier: BSD-2-Clause */
/* Making a partition: what is asked for, checked against what the host has. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <talloc.h>

#include "hcalls/handlers.h"
#include "rtas/handlers.h"
#include "spapr/decrementer.h"
#include "spapr/event-queue.h"
#include "spapr/routing.h"
#include "spapr/util.h"
#include "spapr/vio.h"
#include "spapr/vm.h"
#include "spapr/vsmt.h"
#include "spapr/xive.h"

#define RTAS_ALIGN 0x10000u
#define RTAS_LIMIT 0x80000000ull

void vm_log(struct papr_vm *vm, enum papr_log level, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (!vm->vmm_ops.log)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	vm->vmm_ops.log(vm->vmm, level, line);
}

int64_t vm_clock_ns(struct papr_vm *vm)
{
	struct timespec now;

	if (vm->vmm_ops.clock_ns)
		return (int64_t)vm->vmm_ops.clock_ns(vm->vmm);
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int check_config(const struct papr_vm_config *c,
			struct papr_error *error)
{
	if (!c->cores || !IS_POWER_OF_2(c->threads) || c->threads > 8)
		return error_set(error, -EINVAL, "%u cores of %u threads: "
				 "there must be a core, and 1, 2, 4 or 8 "
				 "threads in it", c->cores, c->threads);
	if (c->max_cores && c->max_cores < c->cores)
		return error_set(error, -EINVAL, "%u cores are more than the "
				 "%u that there may be", c->cores,
				 c->max_cores);
	if (c->cores > PAPR_MAX_VCPUS / c->threads ||
	    c->max_cores > PAPR_MAX_VCPUS / c->threads)
		return error_set(error, -EINVAL, "%u cores of %u threads are "
				 "more than %d vCPUs",
				 c->max_cores > c->cores ? c->max_cores :
				 c->cores, c->threads, PAPR_MAX_VCPUS);
	if (c->rtas_base % RTAS_ALIGN || c->rtas_base >= RTAS_LIMIT)
		return error_set(error, -EINVAL, "RTAS at 0x%llx: it must be "
				 "a multiple of 64 KiB below 2 GiB",
				 (unsigned long long)c->rtas_base);
	if (c->mmu > PAPR_MMU_HASH || c->nested_hv > PAPR_SWITCH_OFF ||
	    c->fwnmi > PAPR_SWITCH_OFF || c->gtse > PAPR_SWITCH_OFF ||
	    c->interrupts > PAPR_INTERRUPTS_DUAL)
		return error_set(error, -EINVAL, "an MMU mode, switch or "
				 "interrupt controller has no such value");
	return 0;
}

static int check_ops(const struct papr_host_ops *ops, struct papr_error *error)
{
	if (!ops->describe || !ops->get_reg || !ops->update_reg)
		return error_set(error, -EINVAL, "a host needs describe, "
				 "get_reg and update_reg");
	return 0;
}

static bool host_has_hash(const struct papr_host *info)
{
	return info->isa < 300 || info->cap[PAPR_CAP_MMU_HASH_V3] > 0;
}

static int choose_mmu(struct papr_vm *vm, struct papr_error *error)
{
	const struct papr_host *info = &vm->info;
	bool radix = info->cap[PAPR_CAP_MMU_RADIX] > 0;

	vm->mmu = vm->config.mmu;
	if (vm->mmu == PAPR_MMU_AUTO)
		vm->mmu = radix ? PAPR_MMU_RADIX : PAPR_MMU_HASH;

	if (vm->mmu == PAPR_MMU_RADIX && !radix)
		return error_set(error, -EOPNOTSUPP, "radix guests: this "
				 "host's KVM has no radix MMU%s",
				 info->isa < 300 ? ", as POWER8 has none" : "");
	if (vm->mmu == PAPR_MMU_HASH && info->flavour == PAPR_FLAVOUR_NESTED)
		return error_set(error, -EOPNOTSUPP, "hash guests: KVM inside "
				 "a partition has radix guests only");
	if (vm->mmu == PAPR_MMU_HASH && info->flavour == PAPR_FLAVOUR_PR &&
	    !vm->host_ops.use_hpt)
		return error_set(error, -EOPNOTSUPP, "hash guests of KVM-PR "
				 "need a page table in userspace, which the "
				 "program's host operations do not use");
	if (vm->mmu == PAPR_MMU_HASH && !host_has_hash(info))
		return error_set(error, -EOPNOTSUPP, "hash guests: this "
				 "host's KVM has none (KVM_CAP_PPC_MMU_HASH_V3 "
				 "is 0)");
	return 0;
}

/* The kernel's reasons in the order in which it tests them. */
static const char *nested_refusal(const struct papr_host *info)
{
	if (info->flavour != PAPR_FLAVOUR_HV &&
	    info->flavour != PAPR_FLAVOUR_NESTED)
		return "only KVM-HV can nest (EINVAL)";
	if (info->nested_param == 0)
		return "it is switched off by the module parameter "
		       "kvm_hv.nested (EPERM)";
	if (info->isa < 300)
		return "it needs POWER9 or newer (ENODEV)";
	if (info->cap[PAPR_CAP_MMU_RADIX] <= 0)
		return "the host does not use the radix MMU (ENODEV)";
	return "the kernel does not offer it";
}

static int choose_nested(struct papr_vm *vm, struct papr_error *error)
{
	bool can = vm->info.cap[PAPR_CAP_NESTED_HV] > 0;

	vm->nested_hv = vm->config.nested_hv != PAPR_SWITCH_OFF && can &&
			vm->mmu == PAPR_MMU_RADIX;
	if (vm->config.nested_hv != PAPR_SWITCH_ON || vm->nested_hv)
		return 0;
	if (can)
		return error_set(error, -EOPNOTSUPP, "nested KVM-HV: the "
				 "guest must use the radix MMU");
	return error_set(error, -EOPNOTSUPP, "nested KVM-HV: %s",
			 nested_refusal(&vm->info));
}

static int choose_fwnmi(struct papr_vm *vm, struct papr_error *error)
{
	bool can = vm->info.cap[PAPR_CAP_FWNMI] > 0 &&
		   vm->host_ops.enable_fwnmi && vm->host_ops.get_regs &&
		   vm->host_ops.set_regs && vm->host_ops.wake;

	vm->fwnmi = vm->config.fwnmi != PAPR_SWITCH_OFF && can;
	if (vm->config.fwnmi == PAPR_SWITCH_ON && !can)
		return error_set(error, -EOPNOTSUPP, "FWNMI: this host's KVM "
				 "does not have KVM_CAP_PPC_FWNMI");
	return 0;
}

static int choose_gtse(struct papr_vm *vm, struct papr_error *error)
{
	vm->gtse = vm->config.gtse != PAPR_SWITCH_OFF;
	if (vm->config.gtse == PAPR_SWITCH_ON && vm->mmu != PAPR_MMU_RADIX)
		return error_set(error, -EOPNOTSUPP, "GTSE: the guest must use "
				 "the radix MMU");
	return 0;
}

static int check_dump(struct papr_vm *vm, struct papr_error *error)
{
	if (vm->config.kernel_dump &&
	    (!vm->host_ops.name_regs || !vm->host_ops.reset_cpu))
		return error_set(error, -EOPNOTSUPP, "kernel dumps: the host "
				 "does not tell the registers of vCPUs, or "
				 "cannot reset them");
	return 0;
}

static int choose_vsmt(struct papr_vm *vm, struct papr_error *error)
{
	int r = vsmt_choose(&vm->config, &vm->info, error);

	if (r < 0)
		return r;
	vm->vsmt = r;
	return 0;
}

/* A tree of its own for each vCPU: talloc trees are not thread-safe. */
static int make_vcpus(struct papr_vm *vm, struct papr_error *error)
{
	uint32_t n = vm->config.max_cores * vm->config.threads;

	vm->vcpus = talloc_zero_array(vm, struct papr_vcpu *, n);
	if (!vm->vcpus)
		return error_set(error, -ENOMEM, "out of memory");
	for (; vm->n_vcpus < n; vm->n_vcpus++) {
		uint32_t i = vm->n_vcpus;
		struct papr_vcpu *vcpu = talloc_zero(NULL, struct papr_vcpu);

		if (!vcpu)
			return error_set(error, -ENOMEM, "out of memory");
		vcpu->vm = vm;
		vcpu->index = i;
		vcpu->id = vsmt_vcpu_id(i, vm->config.threads, vm->vsmt);
		vm->vcpus[i] = vcpu;
		if (i >= vm->config.cores * vm->config.threads)
			vcpu_set_absent(vcpu, true);
	}
	return 0;
}

static int vm_destroy(struct papr_vm *vm)
{
	for (uint32_t i = 0; vm->n_traps && i < vm->n_vcpus; i++)
		traps_remove(vm->vcpus[i]);
	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		free(atomic_load(&vm->vcpus[i]->stats.times));
		talloc_free(vm->vcpus[i]);
	}
	free((void *)vm->hpt_table);
	tce_end(vm);
	firmware_end(&vm->firmware);
	talloc_free(vm->policy);
	routing_end(vm);
	pthread_mutex_destroy(&vm->dirty.lock);
	pthread_mutex_destroy(&vm->drcs.lock);
	pthread_mutex_destroy(&vm->inject_lock);
	pthread_mutex_destroy(&vm->routes_lock);
	pthread_mutex_destroy(&vm->nvram_lock);
	pthread_mutex_destroy(&vm->sysparm_lock);
	pthread_mutex_destroy(&vm->dump.lock);
	pthread_mutex_destroy(&vm->mmu_lock);
	pthread_mutex_destroy(&vm->hpt_lock);
	pthread_mutex_destroy(&vm->watchdogs.lock);
	pthread_mutex_destroy(&vm->irqs_lock);
	return 0;
}

/* The caller's strings may go away. */
static int keep_string(struct papr_vm *vm, const char **text, const char *what,
		       struct papr_error *error)
{
	if (!*text)
		return 0;
	if (!**text || strlen(*text) > PAPR_NAME_MAX)
		return error_set(error, -EINVAL, "%s has 1 to %u bytes", what,
				 PAPR_NAME_MAX);
	*text = talloc_strdup(vm, *text);
	return *text ? 0 : error_set(error, -ENOMEM, "out of memory");
}

static int keep_identity(struct papr_vm *vm, struct papr_error *error)
{
	struct papr_vm_config *c = &vm->config;
	int r = keep_string(vm, &c->name, "a partition's name", error);

	if (!r)
		r = keep_string(vm, &c->host_model, "a host's model", error);
	if (!r)
		r = keep_string(vm, &c->host_serial, "a host's serial number",
				error);
	if (r)
		return r;
	if (c->uuid) {
		c->uuid = talloc_memdup(vm, c->uuid, PAPR_UUID_LEN);
		if (!c->uuid)
			return error_set(error, -ENOMEM, "out of memory");
	}
	return sysparm_setup(vm) ?
	       error_set(error, -ENOMEM, "out of memory") : 0;
}

static int vm_init(struct papr_vm *vm, const struct papr_vm_config *config,
		   const struct papr_host_ops *host_ops,
		   const struct papr_vmm_ops *vmm_ops, struct papr_error *error)
{
	int r;

	if (sized_copy(&vm->config, sizeof(vm->config), config) ||
	    sized_copy(&vm->host_ops, sizeof(vm->host_ops), host_ops) ||
	    (vm->host_ops.xive && sized_copy(&vm->xive_ops,
	     sizeof(vm->xive_ops), vm->host_ops.xive)) ||
	    sized_copy(&vm->vmm_ops, sizeof(vm->vmm_ops), vmm_ops))
		return error_set(error, -E2BIG, "a structure has no size, or "
				 "uses members this library does not know");
	vm->info.size = sizeof(vm->info);
	atomic_init(&vm->nmi_system_reset, NMI_UNREGISTERED);
	atomic_init(&vm->nmi_machine_check, NMI_UNREGISTERED);
	atomic_init(&vm->nmi_holder, NMI_FREE);
	vm->watchdogs.told_ns = UINT64_MAX;
	atomic_init(&vm->rtas_base, vm->config.rtas_base);

	r = check_config(&vm->config, error);
	if (!vm->config.max_cores)
		vm->config.max_cores = vm->config.cores;
	if (!r)
		r = keep_identity(vm, error);
	if (!r)
		r = check_ops(&vm->host_ops, error);
	if (r)
		return r;
	r = vm->host_ops.describe(vm->host, &vm->info);
	if (r)
		return error_set(error, r, "the host does not describe "
				 "itself: %s", strerror(-r));

	r = choose_mmu(vm, error);
	if (!r)
		r = choose_nested(vm, error);
	if (!r)
		r = choose_fwnmi(vm, error);
	if (!r)
		r = choose_gtse(vm, error);
	if (!r)
		r = dec_choose(vm, error);
	if (!r)
		r = check_dump(vm, error);
	if (!r)
		r = xive_choose(vm, error);
	if (!r)
		r = choice_begin(vm, error);
	if (!r)
		r = choose_vsmt(vm, error);
	if (!r)
		r = numa_init(&vm->numa, vm->config.numa, vm->config.cores,
			      vm->config.max_cores, error);
	vm->config.numa = NULL;	/* it is the caller's */
	if (!r)
		r = make_vcpus(vm, error);
	vm->events = event_queue_new(vm);
	if (!r && (!vm->events || vio_add_terminal(vm)))
		r = error_set(error, -ENOMEM, "out of memory");
	return r;
}

int papr_vm_new(const struct papr_vm_config *config,
		const struct papr_host_ops *host_ops, void *host,
		const struct papr_vmm_ops *vmm_ops, void *vmm,
		struct papr_vm **vmp, struct papr_error *error)
{
	struct papr_vm *vm = talloc_zero(NULL, struct papr_vm);
	int r;

	if (!vm)
		return error_set(error, -ENOMEM, "out of memory");
	pthread_mutex_init(&vm->dirty.lock, NULL);
	pthread_mutex_init(&vm->drcs.lock, NULL);
	pthread_mutex_init(&vm->inject_lock, NULL);
	pthread_mutex_init(&vm->routes_lock, NULL);
	pthread_mutex_init(&vm->mmu_lock, NULL);
	firmware_begin(&vm->firmware);
	pthread_mutex_init(&vm->nvram_lock, NULL);
	pthread_mutex_init(&vm->sysparm_lock, NULL);
	pthread_mutex_init(&vm->dump.lock, NULL);
	pthread_mutex_init(&vm->hpt_lock, NULL);
	pthread_mutex_init(&vm->watchdogs.lock, NULL);
	pthread_mutex_init(&vm->join_lock, NULL);
	pthread_mutex_init(&vm->irqs_lock, NULL);
	tce_begin(&vm->tce_locks);
	talloc_set_destructor(vm, vm_destroy);
	vm->host = host;
	vm->vmm = vmm;
	r = vm_init(vm, config, host_ops, vmm_ops, error);
	if (r) {
		talloc_free(vm);
		return r;
	}
	*vmp = vm;
	return 0;
}

void papr_vm_free(struct papr_vm *vm)
{
	talloc_free(vm);
}

const char *papr_vm_error(const struct papr_vm *vm)
{
	return vm->error.text;
}

const struct papr_host *papr_vm_host(const struct papr_vm *vm)
{
	return &vm->info;
}

int papr_vm_route(const struct papr_vm *vm, size_t index,
		  struct papr_route_report *report)
{
	if (index >= HCALL_ROWS)
		return -EINVAL;
	/* It is const for the caller alone. */
	pthread_mutex_lock((pthread_mutex_t *)&vm->routes_lock);
	*report = vm->routes[index];
	pthread_mutex_unlock((pthread_mutex_t *)&vm->routes_lock);
	return 0;
}

enum papr_mmu papr_vm_mmu(const struct papr_vm *vm)
{
	return vm->mmu;
}

enum papr_interrupts papr_vm_interrupts(const struct papr_vm *vm)
{
	return vm->interrupts;
}

uint32_t papr_vm_vsmt(const struct papr_vm *vm)
{
	return vm->vsmt;
}

bool papr_vm_nested_hv(const struct papr_vm *vm)
{
	return vm->nested_hv;
}

struct papr_host vm_host_granted(const struct papr_vm *vm)
{
	struct papr_host host = vm->info;

	host.cap[PAPR_CAP_NESTED_HV] = vm->nested_hv;
	host.cap[vm_has_xive(vm) ? PAPR_CAP_IRQ_XICS : PAPR_CAP_IRQ_XIVE] = 0;
	return host;
}

bool papr_vm_fwnmi(const struct papr_vm *vm)
{
	return vm->fwnmi;
}

uint32_t papr_vm_vcpus(const struct papr_vm *vm)
{
	return vm->n_vcpus;
}

struct papr_vcpu *papr_vm_vcpu(struct papr_vm *vm, uint32_t index)
{
	return index < vm->n_vcpus ? vm->vcpus[index] : NULL;
}
