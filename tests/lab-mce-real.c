/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Real exits of machine checks: each row of mce.def must reach the guest as
 * its simulation by papr_vcpu_inject() does. The argument is the name of what
 * makes them: "module" is lab/mce-module, which begins where KVM handles an
 * exit; "stub" QEMU's debug stub, which begins at the vector 0x200 of the host.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/kvm.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/lab-guest.h"
#include "tests/lab-mce-source.h"

#define VECTOR	0x200
#define CODE	0x1000
#define SPIN	0x1010
#define SPIN_PC	0x101c
#define HANDLER	0x2000
#define PROLOGUE 0x3000
#define ARGS	0x4800
#define LOG	(GUEST_RTAS + 0x30)

/* What the handler leaves behind. */
#define COUNT	0x5000	/* how often it has run */
#define R3	0x5008
#define SRR0	0x5010
#define SRR1	0x5018
#define DAR	0x5020
#define DSISR	0x5028
#define SAVED	0x5030	/* what r3 points to */

#define GUEST_R3	0x1234
#define GUEST_MSR	0x8000000000001002ull	/* SF, ME, RI */
#define SRR1_DATA	0x00200000u
#define EA		0xc000000000c0ffeeull

/* Little-endian from now on, at the address in r3; always big-endian. */
static const uint32_t prologue[] = {
	0x7c681b78,	/* mr	r8,r3 */
	0x3860031c,	/* li	r3,H_SET_MODE */
	0x38800001,	/* li	r4,1 */
	0x38a00004,	/* li	r5,4: of interrupts */
	0x38c00000,	/* li	r6,0 */
	0x38e00000,	/* li	r7,0 */
	0x44000022,	/* sc	1 */
	0x7ca000a6,	/* mfmsr r5 */
	0x60a50001,	/* ori	r5,r5,MSR_LE */
	0x7cbb03a6,	/* mtsrr1 r5 */
	0x7d1a03a6,	/* mtsrr0 r8 */
	0x4c000024,	/* rfid */
};

/* Registers the handler. From SPIN on it sets MSR[RI] and stays. */
static const uint32_t code[] = {
	0x38804800,	/* li	r4,ARGS */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x38601234,	/* li	r3,GUEST_R3 */
	0x38a00002,	/* li	r5,2 */
	0x7ca10164,	/* mtmsrd r5,1 */
	0x48000000,	/* b	. */
};

/* Tells what it finds, releases the interlock, and goes back to SPIN. */
static const uint32_t handler[] = {
	0xf8605008,	/* std	r3,R3(0) */
	0x7cba02a6,	/* mfsrr0 r5 */
	0xf8a05010,	/* std	r5,SRR0(0) */
	0x7cbb02a6,	/* mfsrr1 r5 */
	0xf8a05018,	/* std	r5,SRR1(0) */
	0x7cb302a6,	/* mfdar r5 */
	0xf8a05020,	/* std	r5,DAR(0) */
	0x7cb202a6,	/* mfdsisr r5 */
	0xf8a05028,	/* std	r5,DSISR(0) */
	0xe8a30000,	/* ld	r5,0(r3) */
	0xf8a05030,	/* std	r5,SAVED(0) */
	0x38804820,	/* li	r4,ARGS + 0x20 */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0xe8a05000,	/* ld	r5,COUNT(0) */
	0x38a50001,	/* addi	r5,r5,1 */
	0xf8a05000,	/* std	r5,COUNT(0) */
	0x48001012,	/* ba	SPIN */
};

enum { P7 = 1, P8 = 2, P9 = 4, P10 = 8 };
enum { FROM_NONE, FROM_DAR, FROM_PC };

/* What is armed, and what it means. */
struct row {
	const char *name;
	uint32_t generations;
	uint32_t srr1;
	uint32_t dsisr;
	uint8_t type;
	uint8_t subtype;
	uint8_t severity;
	uint8_t address;
};

#define PAPR_MC_NO_SUBTYPE 0

static const struct row data_rows[] = {
#define DATA(generations, bit, address, type, subtype) \
	{ #type " DSISR " #bit, generations, SRR1_DATA, bit, \
	  PAPR_MC_##type, PAPR_MC_##subtype, PAPR_ELOG_ERROR_SYNC, \
	  FROM_##address },
#include "fwnmi/mce.def"
};

static const struct row code_rows[] = {
#define FETCH(generations, code, type, subtype) \
	{ #type " SRR1 " #code, generations, code, 0, PAPR_MC_##type, \
	  PAPR_MC_##subtype, PAPR_ELOG_ERROR_SYNC, FROM_PC },
#define STORE(generations, code, type, subtype) \
	{ #type " store SRR1 " #code, generations, SRR1_DATA | (code), 0, \
	  PAPR_MC_##type, PAPR_MC_##subtype, PAPR_ELOG_FATAL, FROM_NONE },
#include "fwnmi/mce.def"
};

static const struct row unknown_rows[] = {
	{ "no cause at all", P7 | P8 | P9 | P10, 0, 0, PAPR_MC_UNKNOWN, 0,
	  PAPR_ELOG_ERROR, FROM_NONE },
	{ "no cause of a load", P7 | P8 | P9 | P10, SRR1_DATA, 0x2,
	  PAPR_MC_UNKNOWN, 0, PAPR_ELOG_ERROR, FROM_NONE },
};

static const struct row slb_multihit = {
	"SLB multihit", 0, SRR1_DATA, 0x80, PAPR_MC_SLB, PAPR_MC_SLB_MULTIHIT,
	PAPR_ELOG_ERROR_SYNC, FROM_DAR,
};

static uint32_t generation(const struct guest *g)
{
	uint32_t isa = papr_vm_host(g->vm)->isa;

	return isa >= 310 ? P10 : isa >= 300 ? P9 : isa >= 207 ? P8 : P7;
}

static const struct mce_source *source;
static bool little;	/* the guest's byte order */

static void arm(struct guest *g, const struct row *row,
		enum mce_disposition disposition)
{
	source->arm(&(struct mce_wanted){
		.srr1 = row->srr1,
		.dsisr = row->dsisr,
		.dar = EA,
		.disposition = disposition,
		.vcpu = papr_vcpu_id(g->cpu[0].vcpu),
		.msr_mask = MCE_MSR_RI,
		.msr = MCE_MSR_RI,
	});
}

static uint32_t token(const char *name)
{
	return papr_rtas_by_name(name)->number;
}

static void put_code(struct guest *g, uint64_t gpa, const uint32_t *words,
		     size_t n)
{
	uint32_t word;

	for (size_t i = 0; i < n; i++) {
		word = little ? __builtin_bswap32(words[i]) : words[i];
		guest_put(g, gpa + 4 * i, &word, 1);
	}
}

/* Registers as the handler has stored them. */
static uint64_t stored(const struct guest *g, uint64_t gpa)
{
	uint64_t value = guest_load64(g, gpa);

	return little ? __builtin_bswap64(value) : value;
}

static void run(struct guest *g, uint64_t gpa, uint64_t pc)
{
	const uint32_t args[][8] = {
		{ token("ibm,nmi-register"), 2, 1, HANDLER, HANDLER },
		{ token("ibm,nmi-interlock"), 0, 1 },
	};

	guest_put(g, PROLOGUE, prologue, ARRAY_SIZE(prologue));
	put_code(g, CODE, code, ARRAY_SIZE(code));
	put_code(g, gpa, handler, ARRAY_SIZE(handler));
	guest_put(g, ARGS, args[0], sizeof(args) / sizeof(args[0][0]));
	guest_start(g, 0, little ? PROLOGUE : pc, pc);
	guest_run_thread(g, 0);
}

/* A slow host is given time; one that does not get there fails. */
static void wait_for_handler(struct guest *g, const struct row *row,
			     uint64_t before)
{
	for (unsigned int ms = 0; guest_load64(g, COUNT) == before; ms++) {
		if (ms == GUEST_PATIENCE_MS || guest_has_ended(g, 0))
			fail_msg("%s: it does not get to the handler",
				 row->name);
		usleep(1000);
	}
}

static void check(const struct row *row, const char *name,
		  uint64_t is, uint64_t wanted)
{
	if (is != wanted)
		fail_msg("%s: %s is %#llx, not %#llx", row->name, name,
			 (unsigned long long)is, (unsigned long long)wanted);
}

static void check_registers(const struct guest *g, const struct row *row,
			    uint64_t r3)
{
	check(row, "r3", stored(g, R3), r3);
	check(row, "SRR0", stored(g, SRR0), SPIN_PC);
	check(row, "SRR1", stored(g, SRR1), GUEST_MSR | little | row->srr1);
	check(row, "DAR", stored(g, DAR), EA);
	check(row, "DSISR", stored(g, DSISR), row->dsisr);
}

/* The log that the guest has got, without what differs from log to log. */
static size_t take_log(const struct guest *g, const struct row *row,
		       uint8_t log[PAPR_ELOG_MAX])
{
	static const struct {
		const char *name, *text;
	} changing[] = {
		{ "PH.date", "00000000" },
		{ "PH.time", "00000000" },
		{ "PH.platform_log_id", "0" },
		{ "PH.log_entry_id", "0" },
	};
	struct papr_elog *elog;
	struct papr_error error;
	int len;

	if (papr_elog_decode(g->ram + LOG + 8, PAPR_ELOG_MAX, &elog, &error))
		fail_msg("%s: %s", row->name, error.text);
	for (size_t i = 0; i < ARRAY_SIZE(changing); i++)
		if (papr_elog_set(elog, changing[i].name, changing[i].text,
				  &error))
			fail_msg("%s: %s", row->name, error.text);
	len = papr_elog_encode(elog, log, PAPR_ELOG_MAX);
	assert_true(len > 0);
	papr_elog_free(elog);
	return len;
}

static size_t real(struct guest *g, const struct row *row,
		   enum mce_disposition disposition, uint8_t log[PAPR_ELOG_MAX])
{
	uint64_t before = guest_load64(g, COUNT);

	arm(g, row, disposition);
	wait_for_handler(g, row, before);
	check_registers(g, row, LOG);
	/* Of a log, so it is big-endian wherever the guest has it. */
	check(row, "the saved r3", guest_load64(g, SAVED), GUEST_R3);
	return take_log(g, row, log);
}

/* A nested host's word counts nothing, and a failed store's data is lost. */
static uint8_t expected(const struct guest *g, const struct row *row,
			enum mce_disposition disposition)
{
	if (disposition == NOT_RECOVERED || row->severity == PAPR_ELOG_FATAL ||
	    papr_vm_host(g->vm)->flavour == PAPR_FLAVOUR_NESTED)
		return PAPR_ELOG_NOT_RECOVERED;
	return PAPR_ELOG_FULLY_RECOVERED;
}

static size_t simulated(struct guest *g, const struct row *row,
			enum mce_disposition disposition,
			uint8_t log[PAPR_ELOG_MAX])
{
	bool address = row->address != FROM_NONE &&
		       row->type != PAPR_MC_UNKNOWN;
	const struct papr_mc_info info = {
		.size = sizeof(info),
		.type = row->type,
		.subtype = row->subtype,
		.severity = row->severity,
		.disposition = expected(g, row, disposition),
		.initiator = PAPR_ELOG_CPU,
		.effective_valid = address,
		.effective_address = !address ? 0 :
				     row->address == FROM_DAR ? EA : SPIN_PC,
	};
	uint64_t before = guest_load64(g, COUNT);
	struct papr_error error;

	if (papr_vcpu_inject(g->cpu[0].vcpu, &info, &error))
		fail_msg("%s: %s", row->name, error.text);
	wait_for_handler(g, row, before);
	return take_log(g, row, log);
}

static void compare(struct guest *g, const struct row *row,
		    enum mce_disposition disposition)
{
	uint8_t is[PAPR_ELOG_MAX], wanted[PAPR_ELOG_MAX];
	size_t len = real(g, row, disposition, is);

	assert_int_equal(simulated(g, row, disposition, wanted), len);
	for (size_t i = 0; i < len; i++)
		if (is[i] != wanted[i])
			fail_msg("%s: byte %zu of the log is %#x, not %#x",
				 row->name, i, is[i], wanted[i]);
}

/* With what the host says of recovery, either way. */
static void compare_all(struct guest *g, const struct row *rows, size_t n)
{
	run(g, HANDLER, CODE);
	for (size_t i = 0; i < n; i++) {
		if (!(rows[i].generations & generation(g)))
			continue;
		if (source->sets_disposition)
			compare(g, &rows[i], RECOVERED);
		compare(g, &rows[i], NOT_RECOVERED);
	}
}

static void errors_that_dsisr_tells_come_as_simulated(void **state)
{
	compare_all(*state, data_rows, ARRAY_SIZE(data_rows));
}

static void errors_that_srr1_tells_come_as_simulated(void **state)
{
	compare_all(*state, code_rows, ARRAY_SIZE(code_rows));
}

static void errors_nobody_knows_come_as_simulated(void **state)
{
	compare_all(*state, unknown_rows, ARRAY_SIZE(unknown_rows));
}

/* KVM does it: the guest has no handler, so its exit was never asked for. */
static void without_fwnmi_kvm_interrupts_the_guest_at_0x200(void **state)
{
	struct guest *g = *state;

	run(g, VECTOR, SPIN);
	arm(g, &slb_multihit, NOT_RECOVERED);
	wait_for_handler(g, &slb_multihit, 0);
	check_registers(g, &slb_multihit, GUEST_R3);
}

/* KVM's switch outlives the handler, as after a reset of the guest. */
static void without_a_handler_the_library_interrupts_it_there(void **state)
{
	struct guest *g = *state;
	struct kvm_enable_cap fwnmi = { .cap = KVM_CAP_PPC_FWNMI };

	assert_int_equal(ioctl(g->cpu[0].fd, KVM_ENABLE_CAP, &fwnmi), 0);
	run(g, VECTOR, SPIN);
	arm(g, &slb_multihit, NOT_RECOVERED);
	wait_for_handler(g, &slb_multihit, 0);
	check_registers(g, &slb_multihit, GUEST_R3);
}

static int teardown(void **state)
{
	struct guest *g = *state;

	source->disarm();
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
	return guest_teardown(state);
}

static int setup(void **state)
{
	little = false;
	return guest_setup(state);
}

static int setup_little(void **state)
{
	little = true;
	return guest_setup(state);
}

#define TEST(f) \
	{ #f, f, setup, teardown, NULL }, \
	{ #f " (little-endian)", f, setup_little, teardown, NULL }

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		TEST(errors_that_dsisr_tells_come_as_simulated),
		TEST(errors_that_srr1_tells_come_as_simulated),
		TEST(errors_nobody_knows_come_as_simulated),
		TEST(without_fwnmi_kvm_interrupts_the_guest_at_0x200),
		TEST(without_a_handler_the_library_interrupts_it_there),
	};

	source = argc == 2 ? mce_source(argv[1]) : NULL;
	if (!source) {
		fprintf(stderr, "usage: %s module|stub, which must be there\n",
			argv[0]);
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
