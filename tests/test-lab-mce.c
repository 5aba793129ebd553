/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's debug stub as papr lab uses it, against a stub that is made up. */
#include "config.h"

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/lab-mce.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define N_CPUS 3	/* from 1 */
#define N_BREAKS 4

#define MSR_HV		(1ull << 60)
#define HOST_MSR	0x9000000000001003ull
#define VIRTUAL_MSR	0x9000000000001033ull
#define GUEST_MSR	0x8000000000009033ull
#define USER_MSR	0x800000000000d033ull
#define PROGRAM_MSR	0x900000000280f033ull
#define MSR_LE		1ull

#define HDEC		0x980ull
#define HDEC_VIRTUAL	0xc000000000004980ull

/* The numbers 0-6, 64-66, 67, 70, 71-78: of the two lr the first is real. */
static const char target_xml[] =
	"<target><xi:include href=\"core.xml\"/>"
	"<xi:include href=\"spr.xml\"/></target>";
static const char core_xml[] =
	"<feature><reg name=\"r3\" bitsize=\"64\"/><reg name=\"r4\"/>"
	"<reg name=\"r5\"/><reg name=\"r6\"/><reg name=\"r7\"/>"
	"<reg name=\"r8\"/><reg bitsize=\"64\"/>"
	"<reg name=\"pc\" bitsize=\"64\" regnum=\"64\"/>"
	"<reg name=\"msr\"/><reg name=\"lr\"/></feature>";
static const char spr_xml[] =
	"<feature><reg name=\"xer\" regnum=\"70\"/><reg name=\"lr\"/>"
	"<reg name=\"srr0\"/><reg name=\"srr1\"/><reg name=\"hsrr0\"/>"
	"<reg name=\"hsrr1\"/><reg name=\"dar\"/><reg name=\"dsisr\"/>"
	"</feature>";
#define N_NUMBERS 80

static const int number_of[LAB_GDB_N_REGISTERS] = {
	[LAB_GDB_r3] = 0, [LAB_GDB_r4] = 1, [LAB_GDB_r5] = 2, [LAB_GDB_r6] = 3,
	[LAB_GDB_r7] = 4, [LAB_GDB_r8] = 5, [LAB_GDB_pc] = 64,
	[LAB_GDB_msr] = 65, [LAB_GDB_lr] = 66, [LAB_GDB_srr0] = 72,
	[LAB_GDB_srr1] = 73, [LAB_GDB_hsrr0] = 74, [LAB_GDB_hsrr1] = 75,
	[LAB_GDB_dar] = 76, [LAB_GDB_dsisr] = 77,
};

struct stub {
	int ours, theirs;
	pthread_t thread;
	const char *core;	/* core.xml */
	unsigned int cpu;
	uint64_t reg[N_CPUS][N_NUMBERS];
	uint64_t breaks[N_BREAKS];	/* 0: none */
	unsigned int steps, runs;
	bool at_once;	/* it stops again as soon as it runs */
	struct lab_mce mce;
};

static void say(struct stub *s, const char *text)
{
	char packet[600];
	uint8_t sum = 0;

	for (const char *p = text; *p; p++)
		sum += *p;
	snprintf(packet, sizeof(packet), "$%s#%02x", text, sum);
	/* In pieces, as a socket may give it. */
	for (const char *p = packet; *p; p++)
		send(s->theirs, p, 1, MSG_NOSIGNAL);
}

/* Fifty bytes at a time. */
static void say_description(struct stub *s, const char *request)
{
	const char *text = !strncmp(request, "target.xml", 10) ? target_xml :
			   !strncmp(request, "core.xml", 8) ? s->core : spr_xml;
	size_t at = strtoul(strchr(request, ':') + 1, NULL, 16);
	bool last = strlen(text) - at <= 50;
	char answer[64];

	snprintf(answer, sizeof(answer), "%c%.50s", last ? 'l' : 'm',
		 text + at);
	say(s, answer);
}

static uint64_t in_order(const struct stub *s, uint64_t value)
{
	return s->reg[s->cpu][number_of[LAB_GDB_msr]] & MSR_LE ?
	       __builtin_bswap64(value) : value;
}

static void say_register(struct stub *s, unsigned long number)
{
	char answer[32];

	snprintf(answer, sizeof(answer), "%016" PRIx64,
		 in_order(s, s->reg[s->cpu][number]));
	say(s, answer);
}

static void set_break(struct stub *s, uint64_t address, bool on)
{
	for (size_t i = 0; i < N_BREAKS; i++)
		if (s->breaks[i] == (on ? 0 : address)) {
			s->breaks[i] = on ? address : 0;
			break;
		}
	say(s, "OK");
}

static void obey(struct stub *s, char *request)
{
	char *value = strchr(request, '=');

	if (!strcmp(request, "qC"))
		say(s, "QC1");
	else if (!strncmp(request, "qXfer:features:read:", 20))
		say_description(s, request + 20);
	else if (!strncmp(request, "Hg", 2)) {
		s->cpu = strtoul(request + 2, NULL, 16);
		say(s, "OK");
	} else if (*request == 'p') {
		say_register(s, strtoul(request + 1, NULL, 16));
	} else if (*request == 'P') {
		s->reg[s->cpu][strtoul(request + 1, NULL, 16)] =
			in_order(s, strtoull(value + 1, NULL, 16));
		say(s, "OK");
	} else if (*request == 'Z' || *request == 'z') {
		set_break(s, strtoull(request + 3, NULL, 16),
			  *request == 'Z');
	} else if (!strncmp(request, "vCont;s:", 8)) {
		s->steps++;
		say(s, "T05thread:01;");
	} else if (*request == 'c') {
		s->runs++;
	}
}

static void *stub_thread(void *opaque)
{
	struct stub *s = opaque;
	char request[256], byte;
	size_t len = 0;

	while (recv(s->theirs, &byte, 1, 0) == 1) {
		if (byte == '$')
			len = 0;
		else if (byte == '\003')
			say(s, "T02thread:01;");
		else if (len < sizeof(request) - 1)
			request[len++] = byte;
		if (byte != '#')
			continue;
		request[len - 1] = '\0';
		if (*request == 'c' && s->at_once) {
			s->at_once = false;
			send(s->theirs, "+$T05thread:01;#07", 18,
			     MSG_NOSIGNAL);
			continue;
		}
		send(s->theirs, "+", 1, MSG_NOSIGNAL);
		obey(s, request);
	}
	return NULL;
}

static int setup(void **state)
{
	struct stub *s = calloc(1, sizeof(*s));
	int pair[2];

	assert_non_null(s);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	s->ours = pair[0];
	s->theirs = pair[1];
	s->core = core_xml;
	assert_int_equal(pthread_create(&s->thread, NULL, stub_thread, s), 0);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct stub *s = *state;

	close(s->ours);
	pthread_join(s->thread, NULL);
	close(s->theirs);
	free(s);
	return 0;
}

static void open_stub(struct stub *s)
{
	assert_int_equal(lab_mce_open(&s->mce, s->ours), 0);
}

static bool has_break(const struct stub *s, uint64_t address)
{
	for (size_t i = 0; i < N_BREAKS; i++)
		if (s->breaks[i] == address)
			return true;
	return false;
}

/* The machine stops there, and goes on when the answer has been made. */
static void stop(struct stub *s, unsigned int cpu, uint64_t pc, uint64_t msr)
{
	char text[32];
	unsigned int runs;

	runs = s->runs;
	s->reg[cpu][number_of[LAB_GDB_pc]] = pc;
	s->reg[cpu][number_of[LAB_GDB_msr]] = msr;
	snprintf(text, sizeof(text), "T05thread:%02x;", cpu);
	say(s, text);
	assert_int_equal(lab_mce_stopped(&s->mce), 0);
	/* The acknowledgment comes just before. */
	while (__atomic_load_n(&s->runs, __ATOMIC_SEQ_CST) == runs)
		usleep(100);
}

static uint64_t reg(const struct stub *s, unsigned int cpu,
		    enum lab_gdb_register which)
{
	return s->reg[cpu][number_of[which]];
}

static void call(struct stub *s, uint64_t what, uint64_t mask, uint64_t msr)
{
	const uint64_t args[] = { what, 0x280000, 0x80, 0xc0ffee, mask, msr };

	memcpy(s->reg[2], args, sizeof(args));
	s->reg[2][number_of[LAB_GDB_lr]] = 0x10001234;
	stop(s, 2, LAB_MCE_CALL, PROGRAM_MSR);
	assert_int_equal(reg(s, 2, LAB_GDB_pc), 0x10001234);
}

static void a_machine_that_nobody_asks_runs_on(void **state)
{
	struct stub *s = *state;

	open_stub(s);
	assert_true(has_break(s, LAB_MCE_CALL));
	assert_false(has_break(s, HDEC));
	assert_false(has_break(s, HDEC_VIRTUAL));
}

static void a_stub_without_a_register_is_refused(void **state)
{
	struct stub *s = *state;

	s->core = "<feature><reg name=\"pc\" regnum=\"64\"/></feature>";
	assert_int_equal(lab_mce_open(&s->mce, s->ours), -1);
}

static void a_program_that_asks_is_told_what_was_done(void **state)
{
	struct stub *s = *state;

	open_stub(s);
	call(s, LAB_MCE_DONE, 0, 0);
	assert_int_equal(reg(s, 2, LAB_GDB_r3), 0);
	assert_false(has_break(s, HDEC));
	call(s, LAB_MCE_ARM, 0, 0);
	assert_int_equal(reg(s, 2, LAB_GDB_r3), 0);
	assert_true(has_break(s, HDEC));
	assert_true(has_break(s, HDEC_VIRTUAL));
	stop(s, 1, HDEC, HOST_MSR);
	call(s, LAB_MCE_DONE, 0, 0);
	assert_int_equal(reg(s, 2, LAB_GDB_r3), 1);
}

/* In both byte orders, with the MMU on and off. */
static void a_guests_interrupt_becomes_the_machine_check(void **state)
{
	static const struct {
		uint64_t pc, msr, wanted;
	} hosts[] = {
		{ HDEC, HOST_MSR, 0x9000000000000001ull },
		{ HDEC, HOST_MSR & ~MSR_LE, 0x9000000000000000ull },
		{ HDEC_VIRTUAL, VIRTUAL_MSR, 0x9000000000000001ull },
	};
	struct stub *s = *state;

	open_stub(s);
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		call(s, LAB_MCE_ARM, 0, 0);
		s->reg[1][number_of[LAB_GDB_hsrr0]] = 0x1000;
		s->reg[1][number_of[LAB_GDB_hsrr1]] = GUEST_MSR;
		stop(s, 1, hosts[i].pc, hosts[i].msr);
		assert_int_equal(reg(s, 1, LAB_GDB_pc), 0x200);
		assert_int_equal(reg(s, 1, LAB_GDB_msr), hosts[i].wanted);
		assert_int_equal(reg(s, 1, LAB_GDB_srr0), 0x1000);
		assert_int_equal(reg(s, 1, LAB_GDB_srr1),
				 GUEST_MSR | 0x280000);
		assert_int_equal(reg(s, 1, LAB_GDB_dsisr), 0x80);
		assert_int_equal(reg(s, 1, LAB_GDB_dar), 0xc0ffee);
		assert_false(has_break(s, HDEC));
		assert_false(has_break(s, HDEC_VIRTUAL));
	}
	assert_int_equal(s->steps, 0);
}

static void what_is_not_meant_goes_on_as_it_was(void **state)
{
	static const struct {
		const char *what;
		unsigned int cpu;
		uint64_t pc, msr, hsrr1;
	} stops[] = {
		{ "the host was interrupted", 1, HDEC, HOST_MSR, PROGRAM_MSR },
		{ "not a user's program", 1, HDEC, HOST_MSR, GUEST_MSR },
		{ "another CPU", 2, HDEC, HOST_MSR, USER_MSR },
		{ "the guest's own code", 1, HDEC, GUEST_MSR, USER_MSR },
		{ "a guest calls", 1, LAB_MCE_CALL, USER_MSR, USER_MSR },
	};
	struct stub *s = *state;

	open_stub(s);
	call(s, LAB_MCE_ARM, 0x4000, 0x4000);
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++) {
		uint64_t before[N_NUMBERS];

		s->reg[stops[i].cpu][number_of[LAB_GDB_hsrr1]] =
			stops[i].hsrr1;
		memcpy(before, s->reg[stops[i].cpu], sizeof(before));
		before[number_of[LAB_GDB_pc]] = stops[i].pc;
		before[number_of[LAB_GDB_msr]] = stops[i].msr;
		stop(s, stops[i].cpu, stops[i].pc, stops[i].msr);
		if (s->steps != i + 1 ||
		    memcmp(before, s->reg[stops[i].cpu], sizeof(before)))
			fail_msg("%s: it is changed", stops[i].what);
	}
	s->reg[1][number_of[LAB_GDB_hsrr1]] = USER_MSR;
	stop(s, 1, HDEC, HOST_MSR);
	assert_int_equal(reg(s, 1, LAB_GDB_pc), 0x200);
}

static void a_request_can_be_taken_back(void **state)
{
	struct stub *s = *state;

	open_stub(s);
	call(s, LAB_MCE_ARM, 0, 0);
	call(s, LAB_MCE_CANCEL, 0, 0);
	assert_false(has_break(s, HDEC));
	/* The other CPU had got there before. */
	s->reg[1][number_of[LAB_GDB_hsrr1]] = GUEST_MSR;
	stop(s, 1, HDEC, HOST_MSR);
	assert_int_equal(reg(s, 1, LAB_GDB_pc), HDEC);
	assert_int_equal(s->steps, 1);
}

/* poll() does not tell of what came together with an acknowledgment. */
static void a_stop_right_after_another_is_not_missed(void **state)
{
	struct stub *s = *state;

	open_stub(s);
	call(s, LAB_MCE_ARM, 0, 0);
	s->at_once = true;
	s->reg[1][number_of[LAB_GDB_hsrr1]] = GUEST_MSR;
	s->reg[1][number_of[LAB_GDB_pc]] = HDEC;
	s->reg[1][number_of[LAB_GDB_msr]] = HOST_MSR;
	stop(s, 2, HDEC, HOST_MSR);
	assert_int_equal(reg(s, 1, LAB_GDB_pc), 0x200);
}

static void a_stop_for_no_reason_is_none(void **state)
{
	struct stub *s = *state;

	open_stub(s);
	stop(s, 1, 0xc000000000001000ull, VIRTUAL_MSR);
	assert_int_equal(s->steps, 0);
	assert_int_equal(reg(s, 1, LAB_GDB_pc), 0xc000000000001000ull);
}

/* All that a stub says before it goes is @line. */
static int hear(const char *line)
{
	struct lab_gdb gdb = { .fd = -1 };
	unsigned int cpu;
	int pair[2], err;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	gdb.fd = pair[0];
	assert_int_equal(write(pair[1], line, strlen(line)), strlen(line));
	shutdown(pair[1], SHUT_WR);
	err = lab_gdb_wait(&gdb, &cpu);
	close(pair[0]);
	close(pair[1]);
	return err;
}

static void a_stub_that_makes_no_sense_is_the_end(void **state)
{
	static const char *const lines[] = {
		"", "$", "$T05thread:1;", "$T05thread:1;#", "$T05thread:1;#00",
		"$T05;#f4", "$W00#b7", "$OK#9a", "$#00",
	};

	(void)state;
	assert_int_equal(hear("$T05thread:1;#d7"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (hear(lines[i]) != -1)
			fail_msg("%s is taken", lines[i]);
}

static void a_packet_that_does_not_end_is_the_end(void **state)
{
	static char line[2 * LAB_GDB_PACKET] = "$T05thread:1;";
	struct lab_mce mce = { 0 };
	int pair[2];

	(void)state;
	memset(line + 13, 'x', sizeof(line) - 13);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	mce.gdb.fd = pair[0];
	assert_int_equal(write(pair[1], line, sizeof(line)), sizeof(line));
	/* It stays open: nothing but the length ends it. */
	assert_int_equal(lab_mce_stopped(&mce), -1);
	close(pair[0]);
	close(pair[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_machine_that_nobody_asks_runs_on),
		TEST(a_stub_without_a_register_is_refused),
		TEST(a_program_that_asks_is_told_what_was_done),
		TEST(a_guests_interrupt_becomes_the_machine_check),
		TEST(what_is_not_meant_goes_on_as_it_was),
		TEST(a_request_can_be_taken_back),
		TEST(a_stop_right_after_another_is_not_missed),
		TEST(a_stop_for_no_reason_is_none),
		cmocka_unit_test(a_stub_that_makes_no_sense_is_the_end),
		cmocka_unit_test(a_packet_that_does_not_end_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
