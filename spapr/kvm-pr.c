/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM-PR as a host: the page table of a hash guest is memory of this process,
 * which the kernel searches and which its own page-table calls write.
 *
 * A vCPU is told of it by the special registers.  To set them makes KVM-PR
 * drop all that it has derived from the table for that vCPU, and there is no
 * other way to make it do so from here.
 */
#include "config.h"

#include <errno.h>

#include "spapr/hpt.h"
#include "spapr/kvm.h"

int kvm_cpu_use_hpt(void *arg, void *table, uint32_t order)
{
	const struct kvm_cpu *cpu = arg;
	uint64_t vectors = 0;
	struct kvm_sregs sregs;
	int r;

	if (cpu->kvm->info.flavour != PAPR_FLAVOUR_PR ||
	    order < HPT_MIN_ORDER || order > HPT_PR_MAX_ORDER)
		return -EINVAL;
	/* Where a PAPR guest has them; KVM-PR begins with the 970's place. */
	r = kvm_set_one_reg(cpu->fd, KVM_REG_PPC_HIOR, &vectors);
	if (!r)
		r = kvm_ioctl(cpu->fd, KVM_GET_SREGS, &sregs);
	if (r < 0)
		return r;
	sregs.u.s.sdr1 = (uintptr_t)table | (order - HPT_MIN_ORDER);
	return kvm_ioctl(cpu->fd, KVM_SET_SREGS, &sregs);
}
