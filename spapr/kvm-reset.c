/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM as a host: a vCPU that has run becomes what it was when it was attached.
 *
 * What KVM keeps of a guest and has no way to take back:
 *
 *	KVM_CAP_PPC_FWNMI	once on it is on: a machine check comes to
 *				papr_vcpu_machine_check() with no handler
 *				registered, which goes to the vector then
 *	H_PROD			one that was not used yet lets the next H_CEDE
 *				return at once, which it may at any time
 *	the timebase		goes on
 *	nested guests		their page tables, until the new guest uses
 *				their numbers, which it begins with a flush
 */
#include "config.h"

#include <errno.h>
#include <talloc.h>

#include "spapr/kvm.h"
#include "spapr/util.h"

#define MSR_SF 0x8000000000000000ull
#define MSR_ME 0x0000000000001000ull

/*
 * What a guest can change and KVM_SET_REGS leaves alone.  A kernel or a
 * processor may be without some.  The areas are first: KVM keeps no VPA
 * registered without an address, but a log or buffer hangs on it.
 */
const uint64_t kvm_reset_ids[] = {
	KVM_REG_PPC_VPA_DTL, KVM_REG_PPC_VPA_SLB, KVM_REG_PPC_VPA_ADDR,

	KVM_REG_PPC_LPCR_64, KVM_REG_PPC_PTCR, KVM_REG_PPC_ONLINE,
	KVM_REG_PPC_DPDES, KVM_REG_PPC_PSSCR,

	KVM_REG_PPC_DAR, KVM_REG_PPC_DSISR, KVM_REG_PPC_PID,
	KVM_REG_PPC_TIDR, KVM_REG_PPC_AMR, KVM_REG_PPC_UAMOR,
	KVM_REG_PPC_IAMR, KVM_REG_PPC_DSCR, KVM_REG_PPC_PPR,
	KVM_REG_PPC_TAR, KVM_REG_PPC_FSCR, KVM_REG_PPC_PSPB,
	KVM_REG_PPC_ACOP, KVM_REG_PPC_WORT, KVM_REG_PPC_CSIGR,
	KVM_REG_PPC_TACR, KVM_REG_PPC_TCSCR,

	KVM_REG_PPC_DABR, KVM_REG_PPC_DABRX, KVM_REG_PPC_CIABR,
	KVM_REG_PPC_DAWR, KVM_REG_PPC_DAWRX, KVM_REG_PPC_DAWR1,
	KVM_REG_PPC_DAWRX1,

	KVM_REG_PPC_PURR, KVM_REG_PPC_SPURR, KVM_REG_PPC_IC, KVM_REG_PPC_VTB,
	KVM_REG_PPC_MMCR0, KVM_REG_PPC_MMCR1, KVM_REG_PPC_MMCR2,
	KVM_REG_PPC_MMCR3, KVM_REG_PPC_MMCRA, KVM_REG_PPC_MMCRS,
	KVM_REG_PPC_PMC1, KVM_REG_PPC_PMC2, KVM_REG_PPC_PMC3,
	KVM_REG_PPC_PMC4, KVM_REG_PPC_PMC5, KVM_REG_PPC_PMC6,
	KVM_REG_PPC_PMC7, KVM_REG_PPC_PMC8, KVM_REG_PPC_SPMC1,
	KVM_REG_PPC_SPMC2, KVM_REG_PPC_SIAR, KVM_REG_PPC_SDAR,
	KVM_REG_PPC_SIER, KVM_REG_PPC_SIER2, KVM_REG_PPC_SIER3,
	KVM_REG_PPC_EBBHR, KVM_REG_PPC_EBBRR, KVM_REG_PPC_BESCR,

	KVM_REG_PPC_TFHAR, KVM_REG_PPC_TFIAR, KVM_REG_PPC_TEXASR,
	KVM_REG_PPC_FPSCR, KVM_REG_PPC_VSCR, KVM_REG_PPC_VRSAVE,
};
const size_t kvm_reset_ids_n = ARRAY_SIZE(kvm_reset_ids);

#define VECTORS 32

/* Up to 128 bits of a register. */
struct wide {
	uint64_t half[2];
};

struct kvm_fresh {
	struct kvm_sregs sregs;
	bool has[ARRAY_SIZE(kvm_reset_ids)];
	struct wide value[ARRAY_SIZE(kvm_reset_ids)];
};

int kvm_cpu_remember(struct kvm_cpu *cpu)
{
	struct kvm_fresh *fresh = talloc_zero(cpu, struct kvm_fresh);

	if (!fresh)
		return -ENOMEM;
	cpu->fresh = fresh;
	for (size_t i = 0; i < ARRAY_SIZE(kvm_reset_ids); i++)
		fresh->has[i] = !kvm_get_one_reg(cpu->fd, kvm_reset_ids[i],
						 &fresh->value[i]);
	return kvm_ioctl(cpu->fd, KVM_GET_SREGS, &fresh->sregs);
}

/* Floating point and vectors; a processor without VSX has none to clear. */
static void clear_vectors(struct kvm_cpu *cpu)
{
	struct wide zero = { { 0 } };

	for (unsigned int n = 0; n < VECTORS; n++) {
		kvm_set_one_reg(cpu->fd, KVM_REG_PPC_VSR(n), &zero);
		kvm_set_one_reg(cpu->fd, KVM_REG_PPC_VR(n), &zero);
	}
}

/* As on a new vCPU: it is over now.  Older kernels do not tell. */
static int expire_decrementer(struct kvm_cpu *cpu)
{
	uint64_t tb = __builtin_ppc_get_timebase(), offset, expiry;

	if (kvm_get_one_reg(cpu->fd, KVM_REG_PPC_DEC_EXPIRY, &expiry) ||
	    kvm_get_one_reg(cpu->fd, KVM_REG_PPC_TB_OFFSET, &offset))
		return 0;
	expiry = tb + offset;
	return kvm_set_one_reg(cpu->fd, KVM_REG_PPC_DEC_EXPIRY, &expiry);
}

static int restore(struct kvm_cpu *cpu)
{
	struct kvm_fresh *fresh = cpu->fresh;
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kvm_reset_ids) && !r; i++)
		if (fresh->has[i])
			r = kvm_set_one_reg(cpu->fd, kvm_reset_ids[i],
					    &fresh->value[i]);
	if (!r)
		r = kvm_ioctl(cpu->fd, KVM_SET_SREGS, &fresh->sregs);
	return r;
}

/*
 * A hypercall is left to the next start, which finishes it in the vCPU's own
 * thread before it sets the general registers: KVM waits for all processors
 * when a vCPU is run by another thread than the last time.
 */
static int finish_load(struct kvm_cpu *cpu)
{
	if (cpu->run->exit_reason == KVM_EXIT_PAPR_HCALL)
		return 0;
	return kvm_cpu_finish_call(cpu);
}

int kvm_cpu_reset(void *arg)
{
	struct kvm_cpu *cpu = arg;
	struct kvm_regs regs = { .msr = MSR_SF | MSR_ME };
	int r;

	if (!kvm_cpu_forget(cpu))
		return -EBUSY;
	r = finish_load(cpu);
	if (!r)
		r = kvm_ioctl(cpu->fd, KVM_SET_REGS, &regs);
	if (!r)
		r = restore(cpu);
	if (r < 0)
		return r;
	clear_vectors(cpu);
	return expire_decrementer(cpu);
}
