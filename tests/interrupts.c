/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/interrupts.h"

struct partition *interrupts_new(const struct partition_setup *setup)
{
	struct partition *p = partition_new(setup);
	struct papr_entry entry = { 0 };

	for (uint32_t i = 1; i < papr_vm_vcpus(p->vm); i++) {
		papr_vcpu_start(papr_vm_vcpu(p->vm, i), &entry);
		papr_vcpu_take_entry(papr_vm_vcpu(p->vm, i), &entry);
	}
	interrupts_reset_regs(p);
	return p;
}

void interrupts_register(struct partition *p)
{
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_nmi_register, 2, 1,
			      SYSTEM_RESET, MACHINE_CHECK), 0);
	p->n_dirty = 0;
}

struct papr_regs *interrupts_regs(struct partition *p, unsigned int on)
{
	return fake_cpu_regs(papr_vcpu_host(papr_vm_vcpu(p->vm, on)));
}

void interrupts_reset_regs(struct partition *p)
{
	for (uint32_t i = 0; i < papr_vm_vcpus(p->vm); i++)
		*interrupts_regs(p, i) = (struct papr_regs){
			.pc = GUEST_PC, .msr = GUEST_MSR, .r3 = GUEST_R3 + i,
		};
}

int interrupts_take(struct partition *p, unsigned int on)
{
	return papr_vcpu_take_interrupt(papr_vm_vcpu(p->vm, on));
}
