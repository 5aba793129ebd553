/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a machine check costs: from papr_vcpu_inject() to the guest's handler,
 * which releases the interlock and goes back, against a bare loop around
 * KVM_RUN with as many exits. The guest makes an unknown hypercall for ever,
 * and the machine check comes while one is pending.
 *
 * ioctl() is wrapped by the linker, so that the kernel's part is counted.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include <linux/kvm.h>

#include "bench/lab-vm.h"

#define HANDLER	0x2000u
#define ARGS	0x4000u
#define EXITS	2	/* of each round: the interlock and a hypercall */

/* Registers the handler, sets MSR[RI], and calls for ever. */
static const uint32_t code[] = {
	0x38804000,	/* li	r4,ARGS */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x38a00002,	/* li	r5,2 */
	0x7ca10164,	/* mtmsrd r5,1 */
	0x38607ffc,	/* li	r3,0x7ffc */
	0x44000022,	/* sc	1 */
	0x4bfffff8,	/* b	.-8 */
};

/* A hypercall overwrites SRR0 and SRR1. */
static const uint32_t handler[] = {
	0x7e9a02a6,	/* mfsrr0 r20 */
	0x7ebb02a6,	/* mfsrr1 r21 */
	0x38804020,	/* li	r4,ARGS + 0x20 */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x7e9a03a6,	/* mtsrr0 r20 */
	0x7ebb03a6,	/* mtsrr1 r21 */
	0x4c000024,	/* rfid */
};

static struct ioctls {
	unsigned int all, run;
} ioctls;

int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);

/* KVM's all have one argument at most. */
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	ioctls.all++;
	ioctls.run += request == KVM_RUN;
	return __real_ioctl(fd, request, arg);
}

static void bare(const struct cpu *cpu)
{
	run_bare(cpu, EXITS * BATCH);
}

static void run_exits(const struct cpu *cpu, unsigned int exits)
{
	struct papr_error error;

	while (exits) {
		int ret = papr_kvm_vcpu_run(cpu->vcpu, &error);

		if (ret < 0)
			fail("papr_kvm_vcpu_run", error.text);
		if (ret == PAPR_RUN_AGAIN)
			exits--;
		else if (ret != PAPR_RUN_INTERRUPTED)
			fail("papr_kvm_vcpu_run", "not a call");
	}
}

static void machine_checks(const struct cpu *cpu)
{
	static const struct papr_mc_info info = {
		.size = sizeof(info),
		.type = PAPR_MC_SLB,
		.subtype = PAPR_MC_SLB_MULTIHIT,
		.severity = PAPR_ELOG_ERROR_SYNC,
	};
	struct papr_error error;

	for (unsigned int i = 0; i < BATCH; i++) {
		if (papr_vcpu_inject(cpu->vcpu, &info, &error))
			fail("papr_vcpu_inject", error.text);
		run_exits(cpu, EXITS);
	}
}

static struct side sides[] = {
	{ "two exits, bare", bare, { 0 } },
	{ "a machine check", machine_checks, { 0 } },
};

static uint64_t interlocks(const struct cpu *cpu)
{
	const struct papr_call_info *call =
		papr_rtas_by_name("ibm,nmi-interlock");
	uint64_t calls = 0, errors;

	papr_vm_rtas_stats(papr_vcpu_vm(cpu->vcpu), call->index, &calls,
			   &errors);
	return calls - errors;
}

/* One batch: it must be what it says it is. */
static void count(const struct cpu *cpu)
{
	uint64_t before = interlocks(cpu);

	ioctls = (struct ioctls){ 0 };
	machine_checks(cpu);
	if (interlocks(cpu) - before != BATCH)
		fail("the guest", "its handler did not run each time");
	printf("ioctls of a machine check: %u, %u of them KVM_RUN\n",
	       ioctls.all / BATCH, ioctls.run / BATCH);
}

int main(void)
{
	const uint32_t args[][8] = {
		{ papr_rtas_by_name("ibm,nmi-register")->number, 2, 1,
		  HANDLER, HANDLER },
		{ papr_rtas_by_name("ibm,nmi-interlock")->number, 0, 1 },
	};
	struct cpu cpu;

	make_guest(&cpu);
	put_words(&cpu, LAB_PC, code, sizeof(code) / sizeof(code[0]));
	put_words(&cpu, HANDLER, handler,
		  sizeof(handler) / sizeof(handler[0]));
	put_words(&cpu, ARGS, args[0], sizeof(args) / sizeof(args[0][0]));
	/* Until it is registered, and a call is pending. */
	run_exits(&cpu, BATCH);
	count(&cpu);
	compare_sides(sides, &cpu);
	return 0;
}
