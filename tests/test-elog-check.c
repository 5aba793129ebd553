/* SPDX-License-Identifier: BSD-2-Clause */
/* What papr_elog_validate() finds, and what it lets pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <papr/elog.h>

#include "spapr/util.h"

#define MAX_CHANGES 6

struct findings {
	unsigned int n;
	char text[16][256];
};

static void keep(const struct papr_elog_finding *finding, void *arg)
{
	struct findings *findings = arg;

	assert_true(findings->n < ARRAY_SIZE(findings->text));
	snprintf(findings->text[findings->n++], sizeof(findings->text[0]),
		 "%s %zu %s: %s", finding->level == PAPR_ELOG_BAD ? "error" :
		 "warning", finding->offset, finding->part, finding->text);
}

/* A platform error with PH, UH, PS and MC: nothing is wrong with it. */
static struct papr_elog *sound_log(void)
{
	struct papr_mc_info info = {
		.size = sizeof(info),
		.type = PAPR_MC_UE,
		.subtype = PAPR_MC_UE_LOAD_STORE,
		.severity = PAPR_ELOG_ERROR_SYNC,
		.disposition = PAPR_ELOG_NOT_RECOVERED,
		.initiator = PAPR_ELOG_MEMORY,
		.effective_valid = true,
		.effective_address = 0x1000,
		.logical_valid = true,
		.logical_address = 0x2000,
	};
	struct papr_elog *elog;
	uint8_t log[PAPR_ELOG_MAX];
	int len = papr_elog_build_mc(log, sizeof(log), &info, NULL);

	assert_true(len > 0);
	assert_int_equal(papr_elog_decode(log, len, &elog, NULL), 0);
	return elog;
}

static void change(struct papr_elog *elog, const char *change)
{
	struct papr_error error = { "" };
	char path[64], value[256];

	if (*change == '+') {
		if (papr_elog_add(elog, change + 1, &error))
			fail_msg("%s", error.text);
		return;
	}
	assert_int_equal(sscanf(change, "%63[^=]=%255s", path, value), 2);
	if (papr_elog_set(elog, path, value, &error))
		fail_msg("%s", error.text);
}

/* Changes to the sound log, and the one thing that is then wrong. */
static const struct {
	const char *changes[MAX_CHANGES];
	const char *finding;	/* NULL: nothing */
} cases[] = {
	{ { NULL }, NULL },
	{ { "header.severity=7" },
	  "error 1 header: severity 0x7 has no meaning" },
	{ { "header.disposition=3" },
	  "error 1 header: disposition 0x3 has no meaning" },
	{ { "header.severity=fatal", "header.disposition=fully-recovered" },
	  "error 1 header: disposition says fully recovered, of a fatal "
	  "error" },
	{ { "header.reserved_01=1" },
	  "warning 1 header: reserved_01 is not zero" },
	{ { "header.initiator=9" },
	  "warning 2 header: initiator 0x9 has no meaning" },
	{ { "header.type=0x50" },
	  "warning 3 header: type 0x50 has no meaning" },
	{ { "header.type=0xf0" }, NULL },
	{ { "header.type=epow" },
	  "warning 3 header: type is epow, and there is no section EP: Linux "
	  "does nothing without it" },
	{ { "header.type=io-event" },
	  "warning 3 header: type is io-event, and there is no section IE: "
	  "Linux does nothing without it" },
	{ { "header.type=hotplug" },
	  "error 3 header: type is hotplug, and there is no section HP: "
	  "Linux reads a null pointer without it" },
	{ { "header.type=dump" },
	  "warning 3 header: type is dump, and there is no section DH: "
	  "rtas_errd finds no dump without it" },
	{ { "header.type=deallocation" },
	  "warning 3 header: type is deallocation, and there is no section "
	  "LR: rtas_errd does nothing without it" },
	{ { "main.valid=false" }, "warning 8 main: valid is not set" },
	{ { "main.new=false" }, "warning 8 main: new is not set" },
	{ { "main.big_endian=false" },
	  "warning 8 main: big_endian is not set" },
	{ { "main.powerpc=false" }, "warning 10 main: powerpc is not set" },
	{ { "main.reserved_03=000000000000000001" },
	  "warning 11 main: reserved_03 is not zero" },
	{ { "PH.section_count=3" },
	  "warning 51 PH: section_count is 3, and there are 4" },
	{ { "PH.date=2026112a" },
	  "warning 32 PH: date 0x2026112a is not digits" },
	{ { "PH.creator=0x20" },
	  "warning 48 PH: creator 0x20 has no meaning" },
	{ { "UH.subsystem=0x0f" },
	  "warning 80 UH: subsystem 0xf has no meaning" },
	{ { "UH.subsystem=0xaf" }, NULL },
	{ { "UH.subsystem=0xb0" },
	  "warning 80 UH: subsystem 0xb0 has no meaning" },
	{ { "UH.severity=0x44" }, NULL },
	{ { "UH.severity=0x30" },
	  "warning 82 UH: severity 0x30 has no meaning" },
	{ { "PS.subsections=true" }, NULL },
	{ { "PS.length=80", "PS.subsections=true" },
	  "error 176 PS: the fields before say that 4 bytes follow, and "
	  "there are 0" },
	{ { "PS.length=84", "PS.subsections=true", "PS.data=c1000001" },
	  "error 176 PS: subsections is set, and no call-outs follow" },
	{ { "PS.length=84", "PS.subsections=true", "PS.data=c0000002" },
	  "error 176 PS: the call-outs say they have 8 bytes of 4" },
	{ { "PS.length=84", "PS.subsections=true", "PS.data=c0000000" },
	  "error 176 PS: the call-outs say they have 0 bytes of 4" },
	{ { "PS.length=88", "PS.subsections=true", "PS.data=c000000203204800" },
	  "error 180 PS: the call-out says it has 3 bytes of 4" },
	{ { "PS.length=88", "PS.subsections=true", "PS.data=c000000208204800" },
	  "error 180 PS: the call-out says it has 8 bytes of 4" },
	{ { "PS.length=88", "PS.subsections=true", "PS.data=c000000204204804" },
	  "error 184 PS: the fields before say that 4 bytes follow, and "
	  "there are 0" },
	{ { "PS.length=92", "PS.subsections=true",
	    "PS.data=c0000003082048004d440400" },
	  "error 184 PS: here should be ID, PE or MR, each at most once" },
	{ { "PS.length=92", "PS.subsections=true",
	    "PS.data=c00000030820480049440500" },
	  "error 184 PS: ID has 5 bytes by its length, which does not go with "
	  "its flags" },
	{ { "PS.callout[0].priority=high" }, NULL },
	{ { "PS.callout[0].priority=0x58" },
	  "warning 182 PS: callout[0].priority 0x58 has no meaning" },
	{ { "PS.callout[0].priority=low", "PS.callout[0].MR.count=1",
	    "PS.callout[0].MR.unit[0].priority=medium-a",
	    "PS.callout[0].MR.reserved_04=1" },
	  "warning 188 PS: callout[0].MR.reserved_04 is not zero" },
	{ { "MC.type=9", "MC.effective_address=0", "MC.logical_address=0" },
	  "warning 192 MC: type 0x9 has no meaning" },
	{ { "MC.subtype=5" },
	  "warning 193 MC: subtype 0x5 has no meaning" },
	{ { "MC.effective_valid=false", "MC.logical_valid=false",
	    "MC.logical_address=0" },
	  "warning 200 MC: effective_address is there, but not said to be "
	  "valid" },
	{ { "MC.logical_valid=false" },
	  "warning 208 MC: logical_address is there, but not said to be "
	  "valid" },
	{ { "MC.effective_valid=false", "MC.effective_address=0" },
	  "warning 208 MC: logical_address is without an effective address: "
	  "Linux ignores it" },
	{ { "PH.section_count=5", "+EP", "EP.length=12" },
	  "error 218 EP: the section has 12 bytes, and its fields need 20" },
	{ { "PH.section_count=5", "+0x0102", ".data=0000000000000000" },
	  NULL },
	{ { "PH.section_count=5", "+UD", ".data=00000000000000" },
	  "warning 218 UD: length is 15: librtasevent goes on after 16 "
	  "bytes" },
	{ { "PH.section_count=5", "+HP", "HP.length=20", "HP.type=cpu",
	    "HP.action=add", "HP.id_type=index" },
	  "warning 218 HP: length is 20: librtasevent goes on after 16 "
	  "bytes" },
	{ { "PH.section_count=5", "+HP", "HP.length=16", "HP.type=cpu",
	    "HP.action=add", "HP.id_type=count-indexed" },
	  "error 232 HP: the fields before say that 4 bytes follow, and "
	  "there are 0" },
	{ { "PH.section_count=5", "+LP", "LP.length=17", "LP.target_count=1" },
	  "error 232 LP: the fields before say that 2 bytes follow, and "
	  "there are 1" },
	{ { "PH.section_count=5", "+LP", "LP.length=18", "LP.name_length=3" },
	  "error 232 LP: the fields before say that 3 bytes follow, and "
	  "there are 2" },
	{ { "PH.section_count=5", "+IE", "IE.type=event" }, NULL },
	{ { "PH.section_count=5", "+IE", "IE.type=event",
	    "IE.rpc_length=1" },
	  "error 225 IE: rpc_length is 1, and the section has room for 0" },
};

static void check_case(size_t i)
{
	struct papr_elog *elog = sound_log();
	const char *finding = cases[i].finding;
	struct findings findings = { 0 };
	uint8_t log[PAPR_ELOG_MAX];
	int len, bad;

	for (size_t j = 0; j < MAX_CHANGES && cases[i].changes[j]; j++)
		change(elog, cases[i].changes[j]);
	len = papr_elog_encode(elog, log, sizeof(log));
	bad = papr_elog_validate(log, len, keep, &findings);
	if (findings.n != !!finding ||
	    (finding && strcmp(findings.text[0], finding)))
		fail_msg("case %zu (%s): %u findings, first \"%s\"", i,
			 cases[i].changes[0], findings.n, findings.text[0]);
	assert_int_equal(bad, finding && !strncmp(finding, "error", 5));
	papr_elog_free(elog);
}

static void each_fault_has_its_one_finding(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_case(i);
}

static size_t bare_log(uint8_t *log)
{
	struct papr_mc_info info = {
		.size = sizeof(info), .flags = PAPR_MC_BARE,
		.severity = PAPR_ELOG_ERROR_SYNC,
	};
	int len = papr_elog_build_mc(log, PAPR_ELOG_MAX, &info, NULL);

	assert_int_equal(len, 64);
	log[3] = 0;	/* as QEMU has it */
	return len;
}

static void a_log_like_qemus_is_warned_of(void **state)
{
	struct findings findings = { 0 };
	uint8_t log[PAPR_ELOG_MAX];
	size_t len = bare_log(log);

	(void)state;
	assert_int_equal(papr_elog_validate(log, len, keep, &findings), 0);
	assert_int_equal(findings.n, 2);
	assert_string_equal(findings.text[0], "warning 24 PH: the first "
			    "section is not PH: librtasevent takes it for "
			    "one");
	assert_string_equal(findings.text[1], "warning 64 UH: the second "
			    "section is not UH: librtasevent takes it for "
			    "one");
}

static void bytes_behind_the_log_are_warned_of(void **state)
{
	struct findings findings = { 0 };
	uint8_t log[PAPR_ELOG_MAX] = { 0 };
	size_t len = bare_log(log);

	(void)state;
	papr_elog_validate(log, len + 3, keep, &findings);
	assert_int_equal(findings.n, 3);
	assert_string_equal(findings.text[2],
			    "warning 64 header: 3 bytes follow the log");
}

static void a_log_without_sections_is_warned_of(void **state)
{
	struct papr_elog *elog = papr_elog_new(0);
	struct findings findings = { 0 };
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	change(elog, "+main");
	papr_elog_validate(log, papr_elog_encode(elog, log, sizeof(log)),
			   keep, &findings);
	assert_int_equal(findings.n, 1);
	assert_string_equal(findings.text[0], "warning 4 header: "
			    "extended_length leaves no section, so Linux "
			    "takes the log for one without an extended part");
	papr_elog_free(elog);
}

static void a_zero_length_is_an_error_after_what_comes_before(void **state)
{
	struct findings findings = { 0 };
	uint8_t log[PAPR_ELOG_MAX];
	size_t len = bare_log(log);

	(void)state;
	log[1] |= 0x01;
	log[27] = 0;
	assert_int_equal(papr_elog_validate(log, len, keep, &findings), 1);
	assert_int_equal(findings.n, 2);
	assert_string_equal(findings.text[0],
			    "warning 1 header: reserved_01 is not zero");
	assert_string_equal(findings.text[1], "error 26 MC: the length of "
			    "the section is 0; Linux would never get past "
			    "it");
}

static void any_beginning_of_a_log_is_an_error(void **state)
{
	uint8_t log[PAPR_ELOG_MAX];
	size_t len = bare_log(log);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		uint8_t *part = malloc(i + !i);

		memcpy(part, log, i);
		assert_int_equal(papr_elog_validate(part, i, NULL, NULL), 1);
		free(part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_one_finding),
		cmocka_unit_test(a_log_like_qemus_is_warned_of),
		cmocka_unit_test(bytes_behind_the_log_are_warned_of),
		cmocka_unit_test(a_log_without_sections_is_warned_of),
		cmocka_unit_test(
			a_zero_length_is_an_error_after_what_comes_before),
		cmocka_unit_test(any_beginning_of_a_log_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
