/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM as a host: what concerns the whole VM. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <talloc.h>
#include <unistd.h>

#include "spapr/kvm.h"
#include "spapr/util.h"

int kvm_ioctl(int fd, unsigned long request, void *arg)
{
	int r = ioctl(fd, request, arg);

	return r < 0 ? -errno : r;
}

int kvm_get_one_reg(int fd, uint64_t id, void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return kvm_ioctl(fd, KVM_GET_ONE_REG, &reg);
}

int kvm_set_one_reg(int fd, uint64_t id, void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return kvm_ioctl(fd, KVM_SET_ONE_REG, &reg);
}

int kvm_get_structures(int fd, struct kvm_regs *regs, struct kvm_sregs *sregs)
{
	int r = kvm_ioctl(fd, KVM_GET_REGS, regs);

	return r ? r : kvm_ioctl(fd, KVM_GET_SREGS, sregs);
}

int kvm_enable_cap(int fd, uint32_t cap, uint64_t arg0, uint64_t arg1)
{
	struct kvm_enable_cap enable = {
		.cap = cap,
		.args = { arg0, arg1 },
	};

	return kvm_ioctl(fd, KVM_ENABLE_CAP, &enable);
}

static int host_describe(void *host, struct papr_host *info)
{
	const struct papr_kvm *kvm = host;

	return sized_fill(info, &kvm->info, sizeof(kvm->info));
}

static void describe_radix(const struct papr_kvm *kvm,
			   struct papr_host_mmu *mmu)
{
	struct kvm_ppc_rmmu_info info = { 0 };

	/* EINVAL where the host itself does not use radix. */
	if (kvm_ioctl(kvm->vm_fd, KVM_PPC_GET_RMMU_INFO, &info) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(mmu->radix_ap); i++)
		if (info.ap_encodings[i])
			mmu->radix_ap[mmu->radix_aps++] = info.ap_encodings[i];
}

/*
 * A page larger than those that hold the guest's RAM is refused when the
 * guest enters it, which kills Linux before its first message.
 */
static void describe_hash_size(const struct kvm_ppc_one_seg_page_size *size,
			       uint64_t backing, struct papr_host_mmu *mmu)
{
	uint32_t n = mmu->hash_sizes, pages = 0;

	for (size_t i = 0; i < ARRAY_SIZE(size->enc); i++) {
		uint32_t shift = size->enc[i].page_shift;

		if (!shift || 1ull << shift > backing)
			continue;
		mmu->hash[n].page[pages].shift = shift;
		mmu->hash[n].page[pages].pte_encoding = size->enc[i].pte_enc;
		pages++;
	}
	if (!size->page_shift || !pages)
		return;
	mmu->hash[n].shift = size->page_shift;
	mmu->hash[n].slb_encoding = size->slb_enc;
	mmu->hash[n].pages = pages;
	mmu->hash_sizes++;
}

static int host_describe_mmu(void *host, struct papr_host_mmu *mmu)
{
	const struct papr_kvm *kvm = host;
	struct kvm_ppc_smmu_info info = { 0 };
	uint64_t backing = sysconf(_SC_PAGESIZE);
	int r;

	*mmu = (struct papr_host_mmu){ 0 };
	describe_radix(kvm, mmu);
	r = kvm_ioctl(kvm->vm_fd, KVM_PPC_GET_SMMU_INFO, &info);
	if (r < 0)
		return r;
	if (info.flags & KVM_PPC_NO_HASH)
		return 0;
	mmu->slb = info.slb_size;
	mmu->segment_1t = info.flags & KVM_PPC_1T_SEGMENTS;
	for (size_t i = 0; i < ARRAY_SIZE(mmu->hash); i++)
		describe_hash_size(&info.sps[i], backing, mmu);
	return 0;
}

/*
 * What the kernel does not know must not look like "not affected": then it is
 * better not to answer, and the guest keeps all its mitigations.
 */
static int host_describe_cpu(void *host, uint64_t *character,
			     uint64_t *behaviour)
{
	const struct papr_kvm *kvm = host;
	struct kvm_ppc_cpu_char info = { 0 };
	int r = kvm_ioctl(kvm->vm_fd, KVM_PPC_GET_CPU_CHAR, &info);

	if (r < 0)
		return r;
	if (!info.behaviour_mask)
		return -ENODATA;
	*character = info.character & info.character_mask;
	*behaviour = info.behaviour | ~info.behaviour_mask;
	return 0;
}

static int host_enable_hcall(void *host, uint32_t number, bool enable)
{
	const struct papr_kvm *kvm = host;

	return kvm_enable_cap(kvm->vm_fd, KVM_CAP_PPC_ENABLE_HCALL, number,
			      enable);
}

static int host_set_smt(void *host, uint32_t mode)
{
	const struct papr_kvm *kvm = host;

	return kvm_enable_cap(kvm->vm_fd, KVM_CAP_PPC_SMT, mode, 0);
}

static int host_enable_nested(void *host)
{
	const struct papr_kvm *kvm = host;

	return kvm_enable_cap(kvm->vm_fd, KVM_CAP_PPC_NESTED_HV, 1, 0);
}

static int host_define_rtas(void *host, const char *name, uint32_t token)
{
	const struct papr_kvm *kvm = host;
	struct kvm_rtas_token_args args = { .token = token };
	int len = snprintf(args.name, sizeof(args.name), "%s", name);

	if ((size_t)len >= sizeof(args.name))
		return -ENOENT;
	return kvm_ioctl(kvm->vm_fd, KVM_PPC_RTAS_DEFINE_TOKEN, &args);
}

static int host_setup_hpt(void *host, uint32_t order)
{
	const struct papr_kvm *kvm = host;

	/* Linux 6.1 crashes on 0: it is the order of the table not there. */
	if (!order && kvm->info.flavour == PAPR_FLAVOUR_HV)
		return -EINVAL;
	return kvm_ioctl(kvm->vm_fd, KVM_PPC_ALLOCATE_HTAB, &order);
}

static int host_configure_mmu(void *host, uint64_t flags, uint64_t table)
{
	const struct papr_kvm *kvm = host;
	struct kvm_ppc_mmuv3_cfg config = {
		.flags = flags,
		.process_table = table,
	};

	return kvm_ioctl(kvm->vm_fd, KVM_PPC_CONFIGURE_V3_MMU, &config);
}

static void kvm_hold(void *cpu, bool hold)
{
	if (hold)
		kvm_cpu_hold(cpu);
	else
		kvm_cpu_release(cpu);
}

const struct papr_host_ops *papr_kvm_host_ops(void)
{
	static const struct papr_host_ops ops = {
		.size = sizeof(ops),
		.describe = host_describe,
		.describe_mmu = host_describe_mmu,
		.describe_cpu = host_describe_cpu,
		.enable_hcall = host_enable_hcall,
		.set_smt = host_set_smt,
		.enable_nested = host_enable_nested,
		.setup_irqs = kvm_irqs_setup,
		.define_rtas = host_define_rtas,
		.setup_hpt = host_setup_hpt,
		.configure_mmu = host_configure_mmu,
		.irq_line = kvm_irqs_line,
		.enable_fwnmi = kvm_cpu_enable_fwnmi,
		.get_reg = kvm_cpu_get_reg,
		.update_reg = kvm_cpu_update_reg,
		.get_regs = kvm_cpu_get_regs,
		.set_regs = kvm_cpu_set_regs,
		.hold = kvm_hold,
		.trap = kvm_cpu_trap,
		.get_area = kvm_cpu_get_area,
		.set_area = kvm_cpu_set_area,
		.wake = kvm_cpu_wake,
		.reset_cpu = kvm_cpu_reset,
		.reset_irqs = kvm_irqs_reset,
		.interrupt = kvm_cpu_raise,
		.open_hpt = kvm_hpt_open,
		.read_hpt = kvm_hpt_read,
		.write_hpt = kvm_hpt_write,
		.make_tce = kvm_tce_make,
		.drop_tce = kvm_tce_drop,
		.use_hpt = kvm_cpu_use_hpt,
		.drop_irqs = kvm_irqs_drop,
		.get_icp = kvm_cpu_get_icp,
		.set_icp = kvm_cpu_set_icp,
		.get_source = kvm_irqs_get_source,
		.set_source = kvm_irqs_set_source,
		.get_state = kvm_cpu_get_state,
		.set_state = kvm_cpu_set_state,
		.set_timebase = kvm_set_timebase,
		.xive = &kvm_xive_ops,
		.log_dirty = kvm_log_dirty,
		.read_dirty = kvm_read_dirty,
		.name_regs = kvm_cpu_name_regs,
		.dec_bits = kvm_probe_dec_bits,
	};

	return &ops;
}

int papr_kvm_new(int kvm_fd, int vm_fd, struct papr_kvm **out,
		 struct papr_error *error)
{
	struct papr_host info = { .size = sizeof(info) };
	struct papr_kvm *kvm;
	int r;

	if (vm_fd < 0)
		return error_set(error, -EINVAL, "a KVM host needs a VM");
	r = papr_kvm_probe(kvm_fd, vm_fd, &info, error);
	if (r < 0)
		return r;
	kvm = talloc_zero(NULL, struct papr_kvm);
	if (!kvm)
		return error_set(error, -ENOMEM, "out of memory");
	kvm->kvm_fd = kvm_fd;
	kvm->vm_fd = vm_fd;
	kvm->irqs_fd = -1;
	kvm->hpt_fd = -1;
	kvm->info = info;
	pthread_mutex_init(&kvm->lock, NULL);
	pthread_mutex_init(&kvm->slots_lock, NULL);
	*out = kvm;
	return 0;
}

void papr_kvm_free(struct papr_kvm *kvm)
{
	if (!kvm)
		return;
	while (kvm->cpus) {
		struct kvm_cpu *cpu = kvm->cpus;

		kvm->cpus = cpu->next;
		kvm_cpu_free(cpu);
	}
	kvm_irqs_drop(kvm);
	kvm_xive_free(kvm);
	if (kvm->hpt_fd >= 0)
		close(kvm->hpt_fd);
	kvm_tce_free(kvm);
	kvm_memory_free(kvm);
	pthread_mutex_destroy(&kvm->lock);
	talloc_free(kvm);
}
