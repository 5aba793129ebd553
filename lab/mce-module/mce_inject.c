/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Turns an exit of a guest of KVM-HV into a machine check, for tests: what
 * KVM and all above it see is what the processor would have left behind.
 * KVM_RUN returns KVM_EXIT_NMI then, or KVM sends the guest to its vector
 * 0x200 if firmware-assisted NMI is off.
 *
 * In debugfs, mce_inject/:
 *
 *	srr1, dsisr, dar	what the registers say; of srr1 the cause alone
 *	disposition		0 KVM has recovered it, 1 it has not, 2 no
 *				event is recorded, as by KVM in a partition
 *	vcpu			the vCPU it is for, by KVM's id
 *	msr_mask, msr		it waits until the guest's MSR, masked with
 *				the one, is the other
 *	count			1 arms it; it is 0 again once one was sent
 *	done			how many were sent
 *
 * No exit is lost: only those are replaced after which the guest does the same
 * again, or which the host has dealt with.  Unless it is told otherwise, it
 * waits for MSR[RI]: without, the guest is using the registers that a machine
 * check overwrites.
 *
 * While it is loaded, guests have breakpoints on hosts whose emulator leaves
 * HEIR empty, too.
 */
#include <linux/debugfs.h>
#include <linux/kprobes.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/string.h>
#include <asm/mce.h>
#include <asm/reg.h>

/* The bits of SRR1 that are a cause, not a copy of the MSR. */
#define SRR1_CAUSE 0x083c0000ull

enum { RECOVERED, NOT_RECOVERED, NO_EVENT };

static u64 srr1 = 0x200000, dsisr = 0x8000, dar;
static u64 msr_mask = MSR_RI, msr_wanted = MSR_RI;
static u32 disposition = NOT_RECOVERED;
static u32 vcpu_id;
static atomic_t count, done;
static struct dentry *folder;
static struct kprobe probe;

static bool loses_nothing(u32 trap)
{
	switch (trap) {
	case 0x500:	/* external interrupt */
	case 0x980:	/* hypervisor decrementer */
	case 0xe00:	/* hypervisor data storage: the access is repeated */
	case 0xe20:	/* hypervisor instruction storage, too */
	case 0xe80:	/* hypervisor doorbell */
	case 0xea0:	/* hypervisor virtualization */
		return true;
	default:
		return false;
	}
}

static void record_event(struct machine_check_event *event, u64 pc, u64 msr)
{
	memset(event, 0, sizeof(*event));
	if (disposition == NO_EVENT)
		return;
	event->version = MCE_V1;
	event->in_use = 1;
	event->disposition = disposition == RECOVERED ?
			     MCE_DISPOSITION_RECOVERED :
			     MCE_DISPOSITION_NOT_RECOVERED;
	event->srr0 = pc;
	event->srr1 = msr;
}

/*
 * HEIR tells KVM which instruction was illegal, but QEMU 7.2 does not set it,
 * nor does a hypervisor below: KVM is made to read the instruction from the
 * guest's memory.
 */
static void repair_heir(struct kvm_vcpu_arch *arch)
{
	if (arch->trap != BOOK3S_INTERRUPT_H_EMUL_ASSIST)
		return;
	arch->emul_inst = KVM_INST_FETCH_FAILED;
	arch->last_inst = KVM_INST_FETCH_FAILED;
}

static int before_exit(struct kprobe *p, struct pt_regs *regs)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)regs->gpr[3];
	struct kvm_vcpu_arch *arch = &vcpu->arch;
	u64 msr = arch->shregs.msr;

	repair_heir(arch);
	if (vcpu->vcpu_id != vcpu_id || !loses_nothing(arch->trap) ||
	    (msr & msr_mask) != msr_wanted ||
	    atomic_dec_if_positive(&count) < 0)
		return 0;
	msr = (msr & ~SRR1_CAUSE) | (srr1 & SRR1_CAUSE);
	arch->shregs.msr = msr;
	arch->shregs.srr0 = arch->regs.nip;
	arch->shregs.srr1 = msr;
	arch->shregs.dar = dar;
	arch->shregs.dsisr = dsisr;
	arch->fault_dar = dar;
	arch->fault_dsisr = dsisr;
	record_event(&arch->mce_evt, arch->regs.nip, msr);
	arch->trap = BOOK3S_INTERRUPT_MACHINE_CHECK;
	atomic_inc(&done);
	return 0;
}
NOKPROBE_SYMBOL(before_exit);

/* It is a static function: the compiler may have given it a suffix. */
static int register_probe(void)
{
	static const char *const names[] = {
		"kvmppc_handle_exit_hv",
		"kvmppc_handle_exit_hv.constprop.0",
		"kvmppc_handle_exit_hv.isra.0",
	};
	int i, r = -ENOENT;

	for (i = 0; r && i < ARRAY_SIZE(names); i++) {
		memset(&probe, 0, sizeof(probe));
		probe.symbol_name = names[i];
		probe.pre_handler = before_exit;
		r = register_kprobe(&probe);
	}
	if (r)
		pr_err("mce_inject: KVM-HV's exit handler is not found: %d\n",
		       r);
	return r;
}

static int __init mce_inject_init(void)
{
	int r = register_probe();

	if (r)
		return r;
	folder = debugfs_create_dir("mce_inject", NULL);
	debugfs_create_x64("srr1", 0600, folder, &srr1);
	debugfs_create_x64("dsisr", 0600, folder, &dsisr);
	debugfs_create_x64("dar", 0600, folder, &dar);
	debugfs_create_x64("msr_mask", 0600, folder, &msr_mask);
	debugfs_create_x64("msr", 0600, folder, &msr_wanted);
	debugfs_create_u32("disposition", 0600, folder, &disposition);
	debugfs_create_u32("vcpu", 0600, folder, &vcpu_id);
	debugfs_create_atomic_t("count", 0600, folder, &count);
	debugfs_create_atomic_t("done", 0400, folder, &done);
	return 0;
}

static void __exit mce_inject_exit(void)
{
	debugfs_remove(folder);
	unregister_kprobe(&probe);
}

module_init(mce_inject_init);
module_exit(mce_inject_exit);
MODULE_DESCRIPTION("Machine checks of KVM-HV guests, for tests");
MODULE_LICENSE("Dual BSD/GPL");
