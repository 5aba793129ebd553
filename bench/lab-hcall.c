/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hypercall answered in userspace costs with the library, against a
 * loop around KVM_RUN that does nothing else. The guest makes the same
 * unknown call for ever.
 */
#include "config.h"

#include "bench/lab-vm.h"

/* li r3,0x7ffc; sc 1; b back to the first */
static const uint32_t code[] = { 0x38607ffc, 0x44000022, 0x4bfffff8 };

static void bare(const struct cpu *cpu)
{
	run_bare(cpu, BATCH);
}

static void library(const struct cpu *cpu)
{
	unsigned int calls = BATCH;
	struct papr_error error;

	while (calls) {
		int ret = papr_kvm_vcpu_run(cpu->vcpu, &error);

		if (ret < 0)
			fail("papr_kvm_vcpu_run", error.text);
		if (ret == PAPR_RUN_AGAIN)
			calls--;
		else if (ret != PAPR_RUN_INTERRUPTED)
			fail("papr_kvm_vcpu_run", "not a hypercall");
	}
}

static struct side sides[] = {
	{ "bare KVM_RUN", bare, { 0 } },
	{ "papr_kvm_vcpu_run", library, { 0 } },
};

int main(void)
{
	struct cpu cpu;

	make_guest(&cpu);
	put_words(&cpu, LAB_PC, code, sizeof(code) / sizeof(code[0]));
	/* The library first: it starts the vCPU. */
	library(&cpu);
	compare_sides(sides, &cpu);
	return 0;
}
