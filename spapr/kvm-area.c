/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM as a host: the areas of a vCPU that its guest registers. */
#include "config.h"

#include "spapr/kvm.h"

/* Of a VPA KVM takes the address alone. */
struct area {
	uint64_t gpa;
	uint64_t len;
};

static const uint64_t ids[] = {
	[PAPR_AREA_VPA] = KVM_REG_PPC_VPA_ADDR,
	[PAPR_AREA_DTL] = KVM_REG_PPC_VPA_DTL,
	[PAPR_AREA_SLB] = KVM_REG_PPC_VPA_SLB,
};

int kvm_cpu_get_area(void *arg, enum papr_area which, uint64_t *gpa)
{
	struct kvm_cpu *cpu = arg;
	struct area area = { 0, 0 };
	int r;

	kvm_cpu_hold(cpu);
	r = kvm_get_one_reg(cpu->fd, ids[which], &area);
	kvm_cpu_release(cpu);
	*gpa = area.gpa;
	return r;
}

int kvm_cpu_set_area(void *arg, enum papr_area which, uint64_t gpa,
		     uint32_t len)
{
	struct kvm_cpu *cpu = arg;
	struct area area = { gpa, len };
	int r;

	kvm_cpu_hold(cpu);
	r = kvm_set_one_reg(cpu->fd, ids[which], &area);
	kvm_cpu_release(cpu);
	return r;
}
