/* SPDX-License-Identifier: BSD-2-Clause */
/* A reset of a partition that has run on a real KVM. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/kvm.h>

#include <cmocka.h>

#include "spapr/kvm.h"
#include "spapr/util.h"
#include "tests/lab-guest.h"

#define CODE	0x1000
#define SEEN	0x4000		/* what a vCPU finds in its registers */
#define SEEN_END (SEEN + 0x88)
#define DONE	0x4100		/* what its calls returned */
#define N_DONE	6
#define ARGS	0x5000
#define AREA	0x6000		/* a VPA */
#define AREA_LEN 640u

#define ARGUMENT 0x1234567
#define VTY_IRQ	0x1100u

#define ROUNDS	1000
#define WARM_UP	20		/* until what is allocated once is there */
#define RSS_SLACK_KIB 512

/*
 * Stores what is in its registers, writes to all of them, asks for the other
 * byte order, a VPA, an interrupt to itself and FWNMI, and stops itself.
 */
static const uint32_t code[] = {
	0x7c842b78,	/* or r4,r4,r5 */
	0x7c843378,	/* or r4,r4,r6 */
	0x7c843b78,	/* or r4,r4,r7 */
	0x7c844378,	/* or r4,r4,r8 */
	0x7c844b78,	/* or r4,r4,r9 */
	0x7c845378,	/* or r4,r4,r10 */
	0x7c845b78,	/* or r4,r4,r11 */
	0x7c846378,	/* or r4,r4,r12 */
	0x7c846b78,	/* or r4,r4,r13 */
	0x7c847378,	/* or r4,r4,r14 */
	0x7c847b78,	/* or r4,r4,r15 */
	0x7c84f378,	/* or r4,r4,r30 */
	0x7c84fb78,	/* or r4,r4,r31 */
	0x3a804000,	/* li r20,16384 */
	0xf8740000,	/* std r3,0(r20) */
	0xf8940008,	/* std r4,8(r20) */
	0x7ca000a6,	/* mfmsr r5 */
	0xf8b40010,	/* std r5,16(r20) */
	0x7ca00026,	/* mfcr r5 */
	0xf8b40018,	/* std r5,24(r20) */
	0x7ca802a6,	/* mflr r5 */
	0xf8b40020,	/* std r5,32(r20) */
	0x7ca902a6,	/* mfctr r5 */
	0xf8b40028,	/* std r5,40(r20) */
	0x7ca102a6,	/* mfxer r5 */
	0xf8b40030,	/* std r5,48(r20) */
	0x7cba02a6,	/* mfsrr0 r5 */
	0xf8b40038,	/* std r5,56(r20) */
	0x7cbb02a6,	/* mfsrr1 r5 */
	0xf8b40040,	/* std r5,64(r20) */
	0x7cb042a6,	/* mfsprg r5,0 */
	0xf8b40048,	/* std r5,72(r20) */
	0x7cb342a6,	/* mfsprg r5,3 */
	0xf8b40050,	/* std r5,80(r20) */
	0x7cb302a6,	/* mfdar r5 */
	0xf8b40058,	/* std r5,88(r20) */
	0x7cb202a6,	/* mfdsisr r5 */
	0xf8b40060,	/* std r5,96(r20) */
	0x7cb102a6,	/* mfdscr r5 */
	0xf8b40068,	/* std r5,104(r20) */
	0x7cb00aa6,	/* mfspr r5,48 */
	0xf8b40070,	/* std r5,112(r20) */
	0x7cafcaa6,	/* mfspr r5,815 */
	0xf8b40078,	/* std r5,120(r20) */
	0x38a000ff,	/* li r5,255 */
	0x7cc000a6,	/* mfmsr r6 */
	0x60c62000,	/* ori r6,r6,8192 */
	0x7cc00164,	/* mtmsrd r6 */
	0x38e04000,	/* li r7,16384 */
	0x38e70080,	/* addi r7,r7,128 */
	0xdbe70000,	/* stfd f31,0(r7) */
	0xcbf40000,	/* lfd f31,0(r20) */
	0x7ca803a6,	/* mtlr r5 */
	0x7ca903a6,	/* mtctr r5 */
	0x7ca103a6,	/* mtxer r5 */
	0x7caff120,	/* mtcr r5 */
	0x7cba03a6,	/* mtsrr0 r5 */
	0x7cbb03a6,	/* mtsrr1 r5 */
	0x7cb043a6,	/* mtsprg 0,r5 */
	0x7cb343a6,	/* mtsprg 3,r5 */
	0x7cb303a6,	/* mtdar r5 */
	0x7cb203a6,	/* mtdsisr r5 */
	0x7cb103a6,	/* mtdscr r5 */
	0x7cb00ba6,	/* mtspr 48,r5 */
	0x7cafcba6,	/* mtspr 815,r5 */
	0x3860031c,	/* li r3,796 */
	0x38800001,	/* li r4,1 */
	0x38a00004,	/* li r5,4 */
	0x38c00000,	/* li r6,0 */
	0x38e00000,	/* li r7,0 */
	0x44000022,	/* sc 1 */
	0xf8740100,	/* std r3,256(r20) */
	0x386000dc,	/* li r3,220 */
	0x38800001,	/* li r4,1 */
	0x78846c86,	/* sldi r4,r4,45 */
	0x38a00000,	/* li r5,0 */
	0x38c06000,	/* li r6,24576 */
	0x44000022,	/* sc 1 */
	0xf8740108,	/* std r3,264(r20) */
	0x38600068,	/* li r3,104 */
	0x388000ff,	/* li r4,255 */
	0x44000022,	/* sc 1 */
	0xf8740110,	/* std r3,272(r20) */
	0x3860006c,	/* li r3,108 */
	0x38800000,	/* li r4,0 */
	0x38a00005,	/* li r5,5 */
	0x44000022,	/* sc 1 */
	0xf8740118,	/* std r3,280(r20) */
	0x3aa05000,	/* li r21,20480 */
	0x7ea4ab78,	/* mr r4,r21 */
	0x38600000,	/* li r3,0 */
	0x6063f000,	/* ori r3,r3,61440 */
	0x44000022,	/* sc 1 */
	0xf8740120,	/* std r3,288(r20) */
	0x38950040,	/* addi r4,r21,64 */
	0x38600000,	/* li r3,0 */
	0x6063f000,	/* ori r3,r3,61440 */
	0x44000022,	/* sc 1 */
	0xf8740128,	/* std r3,296(r20) */
	0x38950080,	/* addi r4,r21,128 */
	0x38600000,	/* li r3,0 */
	0x6063f000,	/* ori r3,r3,61440 */
	0x39a0000d,	/* li r13,13 */
	0x3be0001f,	/* li r31,31 */
	0x44000022,	/* sc 1 */
	0x48000000,	/* b 0x1a4 */
};

static uint32_t token(const char *name)
{
	return papr_rtas_by_name(name)->number;
}

static void put_program(struct guest *g)
{
	const uint32_t args[][16] = {
		{ token("ibm,set-xive"), 3, 1, VTY_IRQ, 0, 5 },
		{ token("ibm,nmi-register"), 2, 1, 0x1920, 0x1990 },
		{ token("stop-self"), 0, 1 },
	};

	memset(g->ram, 0, GUEST_RTAS);
	guest_put(g, CODE, code, ARRAY_SIZE(code));
	guest_put(g, ARGS, args[0], sizeof(args) / sizeof(args[0][0]));
	store_be32(g->ram + AREA + 4, AREA_LEN << 16);
}

static void reset(struct guest *g)
{
	struct papr_error error;

	put_program(g);
	if (papr_vm_reset(g->vm, &error))
		fail_msg("%s", error.text);
}

/* All its calls are to succeed. */
static void run_program(struct guest *g)
{
	guest_start(g, 0, CODE, ARGUMENT);
	assert_int_equal(guest_run(g, 0), PAPR_RUN_STOPPED);
	for (unsigned int i = 0; i < N_DONE; i++)
		if (guest_load64(g, DONE + 8 * i))
			fail_msg("call %u: %lld", i,
				 (long long)guest_load64(g, DONE + 8 * i));
	assert_int_equal(guest_load64(g, SEEN), ARGUMENT);
	assert_int_equal(guest_load64(g, SEEN + 8), 0);
}

/* --- as KVM shows it */

static const struct {
	const char *name;
	uint64_t id;
	uint64_t value[2];
} registers[] = {
#define REG(name, value) { #name, KVM_REG_PPC_##name, { value } }
	REG(DAR, 1), REG(DSISR, 1), REG(PID, 1), REG(TIDR, 1), REG(AMR, 1),
	REG(UAMOR, 1), REG(IAMR, 1), REG(DSCR, 1), REG(PPR, 1ull << 52),
	REG(TAR, 4), REG(PSPB, 1), REG(ACOP, 1), REG(WORT, 1), REG(CSIGR, 1),
	REG(TACR, 1), REG(TCSCR, 1), REG(CIABR, 0x1000), REG(DAWR, 0x1000),
	REG(DAWRX, 1), REG(DAWR1, 0x1000), REG(DAWRX1, 1),
	REG(PURR, 1ull << 60), REG(SPURR, 1ull << 60), REG(IC, 1ull << 60),
	REG(VTB, 1ull << 60),
	REG(MMCR0, 0x80000001), REG(MMCR1, 1), REG(MMCR2, 1), REG(MMCR3, 1),
	REG(MMCRA, 1), REG(MMCRS, 1), REG(PMC1, 1), REG(PMC2, 1),
	REG(PMC3, 1), REG(PMC4, 1), REG(PMC5, 1), REG(PMC6, 1), REG(SIAR, 4),
	REG(SDAR, 4), REG(SIER, 1), REG(SIER2, 1), REG(SIER3, 1),
	REG(EBBHR, 4), REG(EBBRR, 4), REG(BESCR, 1), REG(TFHAR, 4),
	REG(TFIAR, 4), REG(TEXASR, 1), REG(FPSCR, 1), REG(VSCR, 1),
	REG(VRSAVE, 1), REG(LPCR_64, 0x2000000), REG(PTCR, 0x10000),
	REG(DPDES, 1), REG(PSSCR, 1), REG(VPA_ADDR, AREA),
	{ "VPA_SLB", KVM_REG_PPC_VPA_SLB, { AREA + 0x400, 128 } },
	{ "VPA_DTL", KVM_REG_PPC_VPA_DTL, { AREA + 0x1000, 4096 } },
	{ "VSR 0", KVM_REG_PPC_VSR(0), { 1, 2 } },
	{ "VSR 31", KVM_REG_PPC_VSR(31), { 1, 2 } },
	{ "VR 0", KVM_REG_PPC_VR(0), { 1, 2 } },
	{ "VR 31", KVM_REG_PPC_VR(31), { 1, 2 } },
};

/* Those of every host. */
#define AT_LEAST 30

struct value {
	bool there;
	uint64_t half[2];
};

static void look(struct guest *g, struct value *values)
{
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		values[i] = (struct value){ false, { 0 } };
		values[i].there = !kvm_get_one_reg(g->cpu[0].fd,
						   registers[i].id,
						   values[i].half);
	}
}

static bool same(const struct value *a, const struct value *b)
{
	return a->there == b->there && a->half[0] == b->half[0] &&
	       a->half[1] == b->half[1];
}

static void every_register_is_as_on_a_new_vcpu(void **state)
{
	struct value fresh[ARRAY_SIZE(registers)];
	struct value used[ARRAY_SIZE(registers)];
	struct value again[ARRAY_SIZE(registers)];
	struct guest *g = *state;
	unsigned int changed = 0;

	look(g, fresh);
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		uint64_t value[2] = { registers[i].value[0] | fresh[i].half[0],
				      registers[i].value[1] };

		kvm_set_one_reg(g->cpu[0].fd, registers[i].id, value);
	}
	look(g, used);
	reset(g);
	look(g, again);
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		changed += !same(&fresh[i], &used[i]);
		if (!same(&fresh[i], &again[i]))
			fail_msg("%s: %llx, not %llx", registers[i].name,
				 (unsigned long long)again[i].half[0],
				 (unsigned long long)fresh[i].half[0]);
	}
	if (changed < AT_LEAST)
		fail_msg("only %u of %zu could be changed", changed,
			 ARRAY_SIZE(registers));
}

static uint64_t source_state(struct guest *g)
{
	uint64_t value = 0;
	struct kvm_device_attr attr = {
		.group = KVM_DEV_XICS_GRP_SOURCES,
		.attr = VTY_IRQ,
		.addr = (uintptr_t)&value,
	};

	assert_int_equal(kvm_ioctl(g->kvm->irqs_fd, KVM_GET_DEVICE_ATTR,
				   &attr), 0);
	return value;
}

static uint64_t presenter_state(struct guest *g)
{
	uint64_t value = 0;

	assert_int_equal(kvm_get_one_reg(g->cpu[0].fd, KVM_REG_PPC_ICP_STATE,
					 &value), 0);
	return value;
}

static void interrupts_are_masked_and_none_is_pending(void **state)
{
	struct guest *g = *state;
	uint64_t source = source_state(g), presenter = presenter_state(g);

	put_program(g);
	run_program(g);
	assert_int_equal(papr_vm_console_input(g->vm), 0);
	assert_int_not_equal(source_state(g), source);
	assert_int_not_equal(presenter_state(g), presenter);
	reset(g);
	assert_int_equal(source_state(g), source);
	assert_int_equal(presenter_state(g), presenter);
}

/* --- as the guest sees it */

static unsigned int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static unsigned long resident_kib(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long size, resident;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu %lu", &size, &resident), 2);
	fclose(file);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void the_next_guest_finds_what_the_first_found_1000_times(void **state)
{
	struct guest *g = *state;
	uint8_t first[SEEN_END - SEEN];
	unsigned long resident = 0;
	unsigned int files = 0;

	alarm(0);	/* an emulated host takes its time */
	memset(g->ram, 1, GUEST_RAM);	/* all of it is resident from here on */
	reset(g);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		run_program(g);
		if (!i)
			memcpy(first, g->ram + SEEN, sizeof(first));
		if (memcmp(first, g->ram + SEEN, sizeof(first)))
			fail_msg("round %u finds something else", i);
		reset(g);
		if (i == WARM_UP) {
			files = open_files();
			resident = resident_kib();
		}
	}
	assert_int_equal(open_files(), files);
	if (resident_kib() > resident + RSS_SLACK_KIB)
		fail_msg("resident: %lu KiB, then %lu KiB", resident,
			 resident_kib());
}

/* "b ." and no more. */
static void spin(struct guest *g, unsigned int i)
{
	static const uint32_t here[] = { 0x48000000 };

	guest_put(g, CODE, here, 1);
	guest_start(g, i, CODE, 0);
	guest_run_thread(g, i);
	usleep(50000);
}

static void vcpu_in_the_guest_is_not_reset_under_its_feet(void **state)
{
	struct guest *g = *state;
	struct papr_error error;

	spin(g, 0);
	assert_int_equal(papr_vm_reset(g->vm, &error), -EBUSY);
	assert_int_equal(papr_vcpu_state(g->cpu[0].vcpu), PAPR_CPU_RUNNING);
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
	reset(g);
	run_program(g);
}

static void inject(struct guest *g, unsigned int i)
{
	const struct papr_mc_info info = {
		.size = sizeof(info), .type = PAPR_MC_SLB,
	};

	assert_int_equal(papr_vcpu_inject(g->cpu[i].vcpu, &info, NULL), 0);
}

/* Sets MSR[RI], so that a machine check comes, and stays. */
static void start_ready(struct guest *g, unsigned int i)
{
	static const uint32_t ready[] = {
		0x38a00002,	/* li	r5,2 */
		0x7ca10164,	/* mtmsrd r5,1 */
		0x48000000,	/* b	. */
	};

	guest_put(g, CODE, ready, ARRAY_SIZE(ready));
	guest_put(g, 0x200, &ready[2], 1);
	guest_start(g, i, CODE, 0);
	guest_run_thread(g, i);
}

/* vCPU 1 sleeps in papr_kvm_vcpu_run() until it is kicked. */
static void reset_frees_who_waits_for_the_interlock(void **state)
{
	struct papr_fwnmi_state held = {
		.size = sizeof(held), .registered = true,
		.system_reset = 0x1920, .machine_check = 0x1990, .held = true,
	};
	struct guest *g = *state;
	struct papr_error error;

	put_program(g);
	if (papr_vm_set_fwnmi(g->vm, &held, &error))
		fail_msg("%s", error.text);
	start_ready(g, 1);
	while (papr_vcpu_state(g->cpu[1].vcpu) != PAPR_CPU_RUNNING)
		usleep(1000);
	inject(g, 1);
	usleep(100000);
	assert_false(guest_has_ended(g, 1));
	papr_kvm_kick(g->cpu[1].vcpu);
	assert_int_equal(guest_wait(g, 1), PAPR_RUN_INTERRUPTED);
	reset(g);
	run_program(g);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, guest_setup, guest_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(every_register_is_as_on_a_new_vcpu),
		TEST(interrupts_are_masked_and_none_is_pending),
		TEST(vcpu_in_the_guest_is_not_reset_under_its_feet),
		TEST(reset_frees_who_waits_for_the_interlock),
		TEST(the_next_guest_finds_what_the_first_found_1000_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
