/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest that injects errors into itself. */
#include "config.h"

#include <stdlib.h>

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "tests/interrupts.h"
#include "tests/tree.h"

#define BUFFER		0x8000u
#define BUFFER_LEN	1024u
#define PAGE		0x3000u

/* vCPUs 0 and 8. */
static const struct partition_setup plain = {
	.config = { .cores = 2, .vsmt = 8, .fwnmi = PAPR_SWITCH_ON }
};

static int start(void **state)
{
	struct partition *p = interrupts_new(&plain);

	interrupts_register(p);
	*state = p;
	return 0;
}

/* The token comes first. */
static int32_t errinjct_open(struct partition *p, uint32_t *token)
{
	uint32_t cells[RTAS_CELLS] = { 0 };

	assert_int_equal(partition_rtas(p, RTAS_BLOCK,
					RTAS_TOKEN_ibm_open_errinjct, 0, 2,
					cells), H_SUCCESS);
	*token = cells[0];
	return (int32_t)cells[1];
}

static uint32_t opened(struct partition *p)
{
	uint32_t token;

	assert_int_equal(errinjct_open(p, &token), RTAS_SUCCESS);
	return token;
}

static int32_t errinjct_close(struct partition *p, uint32_t token)
{
	return RTAS(p, RTAS_TOKEN_ibm_close_errinjct, 1, 1, token);
}

static int32_t errinjct(struct partition *p, uint32_t error, uint32_t token,
			uint32_t buffer)
{
	return RTAS(p, RTAS_TOKEN_ibm_errinjct, 3, 1, error, token, buffer);
}

static void fill(struct partition *p, uint32_t first, uint32_t second)
{
	memset(p->ram + BUFFER, 0, BUFFER_LEN);
	store_be32(p->ram + BUFFER, first);
	store_be32(p->ram + BUFFER + 4, second);
}

/*
 * The token of an error in the device tree, 0 if it is not offered; NULL
 * counts them.
 */
static uint32_t offered(struct partition *p, const char *name)
{
	void *fdt = tree_of(p, NULL);
	int len;
	const char *at = tree_property(fdt, "/rtas", "ibm,errinjct-tokens",
				       &len);
	const char *end = at + len;
	uint32_t token = 0, n = 0;

	while (at < end) {
		size_t size = strnlen(at, end - at) + 1;

		assert_true((size_t)(end - at) >= size + 4);
		if (name && !strcmp(at, name))
			token = load_be32(at + size);
		at += size + 4;
		n++;
	}
	free(fdt);
	return name ? token : n;
}

/* The handler of vCPU @on runs with this log, and is done. */
static void assert_hit(struct partition *p, unsigned int on,
		       const struct papr_mc_info *info)
{
	uint8_t log[PAPR_ELOG_MAX];
	int len = papr_elog_build_mc(log, sizeof(log), info, NULL);

	assert_true(len > 0);
	assert_int_equal(interrupts_take(p, on), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, on)->pc, MACHINE_CHECK);
	assert_memory_equal(p->ram + LOG + 8, log, len);
	p->on = on;
	RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
	p->on = 0;
	interrupts_reset_regs(p);
}

static void assert_not_hit(struct partition *p)
{
	for (unsigned int i = 0; i < papr_vm_vcpus(p->vm); i++) {
		assert_int_equal(interrupts_take(p, i), PAPR_INTERRUPT_NONE);
		assert_int_equal(interrupts_regs(p, i)->pc, GUEST_PC);
	}
}

#define SYNC		PAPR_ELOG_ERROR_SYNC
#define RECOVERED	PAPR_ELOG_FULLY_RECOVERED
#define LIMITED		PAPR_ELOG_LIMITED_RECOVERY
#define NOT_RECOVERED	PAPR_ELOG_NOT_RECOVERED

/* All that is offered, with all that can be chosen. */
static const struct row {
	const char *name;
	uint32_t token;
	uint32_t words[2];
	bool none;		/* nothing is injected */
	uint8_t type, subtype, severity, disposition;
} rows[] = {
	{ "fatal", 1, { 99, 99 }, false,
	  PAPR_MC_UNKNOWN, 0, PAPR_ELOG_FATAL, NOT_RECOVERED },
	{ "recovered-random-event", 2, { 99, 99 }, false,
	  PAPR_MC_TLB, PAPR_MC_ERAT_MULTIHIT, SYNC, RECOVERED },
	{ "recovered-special-event", 3, { 1, 99 }, false,
	  PAPR_MC_D_CACHE, 0, SYNC, RECOVERED },
	{ "recovered-special-event", 3, { 2, 99 }, false,
	  PAPR_MC_D_CACHE, 0, SYNC, LIMITED },
	{ "corrupted-page", 4, { 0, PAGE }, false,
	  PAPR_MC_UE, PAPR_MC_UE_LOAD_STORE, SYNC, NOT_RECOVERED },
	{ "corrupted-page", 4, { TOP_BASE >> 32, TOP_BASE & UINT32_MAX },
	  false, PAPR_MC_UE, PAPR_MC_UE_LOAD_STORE, SYNC, NOT_RECOVERED },
	{ "corrupted-slb", 5, { 0xc0ffee12, 99 }, false,
	  PAPR_MC_SLB, PAPR_MC_SLB_PARITY, SYNC, NOT_RECOVERED },
	{ "corrupted-dcache-start", 9, { 0, 0 }, false,
	  PAPR_MC_D_CACHE, 0, SYNC, RECOVERED },
	{ "corrupted-dcache-start", 9, { 1, 1 }, false,
	  PAPR_MC_ERAT, PAPR_MC_ERAT_PARITY, SYNC, NOT_RECOVERED },
	{ "corrupted-dcache-start", 9, { 2, 2 }, false,
	  PAPR_MC_D_CACHE, 0, SYNC, RECOVERED },
	{ "corrupted-dcache-end", 10, { 0, 0 }, .none = true },
	{ "corrupted-dcache-end", 10, { 2, 2 }, .none = true },
	{ "corrupted-icache-start", 11, { 0, 0 }, false,
	  PAPR_MC_I_CACHE, 0, SYNC, RECOVERED },
	{ "corrupted-icache-start", 11, { 1, 1 }, false,
	  PAPR_MC_ERAT, PAPR_MC_ERAT_PARITY, SYNC, NOT_RECOVERED },
	{ "corrupted-icache-start", 11, { 2, 2 }, false,
	  PAPR_MC_I_CACHE, 0, SYNC, RECOVERED },
	{ "corrupted-icache-start", 11, { 3, 0 }, false,
	  PAPR_MC_I_CACHE, 0, SYNC, RECOVERED },
	{ "corrupted-icache-end", 12, { 3, 0 }, .none = true },
	{ "corrupted-tlb-start", 13, { 0, 99 }, false,
	  PAPR_MC_TLB, PAPR_MC_ERAT_PARITY, SYNC, RECOVERED },
	{ "corrupted-tlb-start", 13, { 2, 99 }, false,
	  PAPR_MC_TLB, PAPR_MC_ERAT_PARITY, SYNC, RECOVERED },
	{ "corrupted-tlb-end", 14, { 2, 99 }, .none = true },
};

/* The @nth machine check of vCPU 0, at second 0. */
static struct papr_mc_info expected(const struct row *row, uint32_t nth)
{
	struct papr_mc_info info = {
		.size = sizeof(info), .type = row->type,
		.subtype = row->subtype, .severity = row->severity,
		.disposition = row->disposition, .initiator = PAPR_ELOG_CPU,
		.log_id = nth,
	};

	if (row->type == PAPR_MC_SLB) {
		info.effective_valid = true;
		info.effective_address = row->words[0];
	} else if (row->type == PAPR_MC_UE) {
		info.logical_valid = true;
		info.logical_address = (uint64_t)row->words[0] << 32 |
				       row->words[1];
	}
	return info;
}

static void every_error_becomes_its_machine_check(void **state)
{
	struct partition *p = *state;
	uint32_t token = opened(p), n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_mc_info info;

		fill(p, rows[i].words[0], rows[i].words[1]);
		if (errinjct(p, rows[i].token, token, BUFFER))
			fail_msg("%s, %x", rows[i].name, rows[i].words[0]);
		if (rows[i].none) {
			assert_not_hit(p);
			continue;
		}
		info = expected(&rows[i], ++n);
		assert_hit(p, 0, &info);
		assert_not_hit(p);
	}
}

static void device_tree_offers_these_and_no_others(void **state)
{
	struct partition *p = *state;
	uint32_t names = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (offered(p, rows[i].name) != rows[i].token)
			fail_msg("%s: %u", rows[i].name,
				 offered(p, rows[i].name));
		names += !i || strcmp(rows[i].name, rows[i - 1].name);
	}
	assert_int_equal(offered(p, NULL), names);
}

/* The errinjct tool on little-endian machines. */
static void small_numbers_may_be_the_wrong_way_round(void **state)
{
	static const struct {
		uint32_t error, words[2];
		uint8_t type;
	} swapped[] = {
		{ 3, { 0x02000000, 0 }, PAPR_MC_D_CACHE },
		{ 9, { 0x01000000, 0 }, PAPR_MC_ERAT },
		{ 9, { 0x02000000, 0x02000000 }, PAPR_MC_D_CACHE },
		{ 11, { 0x03000000, 0x01000000 }, PAPR_MC_I_CACHE },
		{ 13, { 0x02000000, 0 }, PAPR_MC_TLB },
	};
	struct partition *p = *state;
	const struct papr_vcpu *cpu = papr_vm_vcpu(p->vm, 0);
	uint32_t token = opened(p);

	for (size_t i = 0; i < ARRAY_SIZE(swapped); i++) {
		fill(p, swapped[i].words[0], swapped[i].words[1]);
		assert_int_equal(errinjct(p, swapped[i].error, token, BUFFER),
				 RTAS_SUCCESS);
		assert_int_equal(cpu->nmi.injection.info.type, swapped[i].type);
		interrupts_take(p, 0);
		RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
		interrupts_reset_regs(p);
	}
}

static void work_buffer_that_says_nothing_is_refused(void **state)
{
	static const struct {
		const char *what;
		uint32_t error, words[2];
	} bad[] = {
		{ "no error 0", 0, { 0, 0 } },
		{ "translator-failure", 6, { 0, 0 } },
		{ "ioa-bus-error", 7, { 0, 0 } },
		{ "platform-specific", 8, { 0, 0 } },
		{ "ioa-bus-error-64", 15, { 0, 0 } },
		{ "upstream-IO-error", 16, { 0, 0 } },
		{ "no error 17", 17, { 0, 0 } },
		{ "the last token", UINT32_MAX, { 0, 0 } },
		{ "event 0", 3, { 0, 0 } },
		{ "event 3", 3, { 3, 0 } },
		{ "page after RAM", 4, { 0, RAM_SIZE } },
		{ "page of nobody", 4, { UINT32_MAX, UINT32_MAX } },
		{ "halves swapped", 4, { PAGE, 0 } },
		{ "data cache 3", 9, { 3, 0 } },
		{ "data cache, nature 3", 9, { 0, 3 } },
		{ "end of data cache 3", 10, { 3, 0 } },
		{ "instruction cache 4", 11, { 4, 0 } },
		{ "instruction cache 4, swapped", 11, { 0x04000000, 0 } },
		{ "both ways", 11, { 0x01000001, 0 } },
		{ "end of nature 3", 12, { 0, 3 } },
		{ "TLB, nature 3", 13, { 3, 0 } },
		{ "TLB, nature -1", 13, { UINT32_MAX, 0 } },
		{ "end of TLB, nature 3", 14, { 3, 0 } },
	};
	struct partition *p = *state;
	uint32_t token = opened(p);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		fill(p, bad[i].words[0], bad[i].words[1]);
		if (errinjct(p, bad[i].error, token, BUFFER) !=
		    RTAS_PARAMETER_ERROR)
			fail_msg("%s", bad[i].what);
		assert_not_hit(p);
	}
}

static void work_buffer_is_1_kib_of_ram_on_its_boundary(void **state)
{
	static const struct {
		const char *what;
		uint32_t address;
		int32_t status;
	} buffers[] = {
		{ "first", 0, RTAS_SUCCESS },
		{ "last of RAM", RAM_SIZE - BUFFER_LEN, RTAS_SUCCESS },
		{ "read-only", ROM_BASE, RTAS_SUCCESS },
		{ "after RAM", RAM_SIZE, RTAS_PARAMETER_ERROR },
		{ "last", 0xfffffc00, RTAS_PARAMETER_ERROR },
		{ "512", BUFFER + 512, RTAS_PARAMETER_ERROR },
		{ "1", BUFFER + 1, RTAS_PARAMETER_ERROR },
		{ "half in RAM", RAM_SIZE - 512, RTAS_PARAMETER_ERROR },
	};
	struct partition *p = *state;
	uint32_t token = opened(p);

	/* What is in them is good; an -end injects nothing. */
	memset(p->ram, 0, BUFFER_LEN);
	memset(p->ram + BUFFER, 0, 2 * BUFFER_LEN);
	memset(p->ram + RAM_SIZE - BUFFER_LEN, 0, BUFFER_LEN);
	memset(p->rom, 0, BUFFER_LEN);
	for (size_t i = 0; i < ARRAY_SIZE(buffers); i++)
		if (errinjct(p, 14, token, buffers[i].address) !=
		    buffers[i].status)
			fail_msg("%s", buffers[i].what);
	assert_int_equal(errinjct(p, 1, token, RAM_SIZE),
			 RTAS_PARAMETER_ERROR);
	assert_not_hit(p);
}

static void nothing_is_injected_unless_it_is_open(void **state)
{
	struct partition *p = *state;
	uint32_t token;

	fill(p, 0, 0);
	assert_int_equal(errinjct(p, 1, 0, BUFFER), RTAS_ERRINJCT_DENIED);
	assert_int_equal(errinjct(p, 1, 1, BUFFER), RTAS_ERRINJCT_DENIED);
	token = opened(p);
	assert_int_equal(errinjct(p, 1, token + 1, BUFFER),
			 RTAS_ERRINJCT_DENIED);
	/* What is wrong besides is not looked at. */
	assert_int_equal(errinjct(p, 99, 0, 1), RTAS_ERRINJCT_DENIED);
	assert_int_equal(errinjct_close(p, token), RTAS_SUCCESS);
	assert_int_equal(errinjct(p, 1, token, BUFFER), RTAS_ERRINJCT_DENIED);
	assert_not_hit(p);
}

static void one_has_it_open_at_a_time(void **state)
{
	struct partition *p = *state;
	uint32_t token = opened(p), other;

	p->on = 1;
	assert_int_equal(errinjct_open(p, &other), RTAS_ERRINJCT_DENIED);
	assert_int_equal(other, 0);
	p->on = 0;
	assert_int_equal(errinjct_open(p, &other), RTAS_ERRINJCT_DENIED);
	assert_int_equal(errinjct_close(p, token), RTAS_SUCCESS);
	assert_int_equal(errinjct_open(p, &other), RTAS_SUCCESS);
	assert_int_not_equal(other, token);
}

static void only_the_open_token_closes(void **state)
{
	struct partition *p = *state;
	uint32_t token;

	assert_int_equal(errinjct_close(p, 0), RTAS_ERRINJCT_DENIED);
	assert_int_equal(errinjct_close(p, 1), RTAS_ERRINJCT_DENIED);
	token = opened(p);
	assert_int_equal(errinjct_close(p, 0), RTAS_ERRINJCT_DENIED);
	assert_int_equal(errinjct_close(p, token + 1), RTAS_ERRINJCT_DENIED);
	fill(p, 0, 0);
	assert_int_equal(errinjct(p, 14, token, BUFFER), RTAS_SUCCESS);
	assert_int_equal(errinjct_close(p, token), RTAS_SUCCESS);
	assert_int_equal(errinjct_close(p, token), RTAS_ERRINJCT_DENIED);
}

/* Linux and librtas would take others for a status. */
static void open_tokens_are_small_positive_and_new(void **state)
{
	struct partition *p = *state;
	uint32_t last = 0;

	for (unsigned int i = 0; i < 10000; i++) {
		uint32_t token = opened(p);

		assert_in_range(token, 1, 4096);
		assert_int_not_equal(token, last);
		errinjct_close(p, token);
		p->n_dirty = 0;
		last = token;
	}
}

static void vcpu_that_calls_is_hit_whoever_opened(void **state)
{
	struct partition *p = *state;
	uint32_t token = opened(p);
	struct papr_mc_info info = expected(&rows[1], 1);

	fill(p, 0, 0);
	p->on = 1;
	assert_int_equal(errinjct(p, 2, token, BUFFER), RTAS_SUCCESS);
	p->on = 0;
	assert_int_equal(errinjct_close(p, token), RTAS_SUCCESS);
	info.processor_id = 8;
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, 0)->pc, GUEST_PC);
	assert_hit(p, 1, &info);
}

static void it_comes_when_the_guest_has_left_rtas(void **state)
{
	struct partition *p = *state;
	struct papr_mc_info info = expected(&rows[1], 1);
	uint32_t token = opened(p);

	interrupts_regs(p, 0)->pc = RTAS_BASE + 0x10;
	fill(p, 0, 0);
	assert_int_equal(errinjct(p, 2, token, BUFFER), RTAS_SUCCESS);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_LATER);
	/* Until then another one must wait. */
	assert_int_equal(errinjct(p, 2, token, BUFFER), RTAS_BUSY);
	interrupts_reset_regs(p);
	assert_hit(p, 0, &info);
	assert_int_equal(errinjct(p, 2, token, BUFFER), RTAS_SUCCESS);
}

static void vcpu_that_cannot_be_hit_is_told_so(void **state)
{
	struct partition *p = partition_new(&plain);
	uint32_t token = opened(p);

	(void)state;
	fill(p, 0, 0);
	p->on = 1;	/* not started */
	assert_int_equal(errinjct(p, 2, token, BUFFER), RTAS_HARDWARE_ERROR);
	partition_free(p);
}

static void reset_of_the_guest_closes_it(void **state)
{
	struct partition *p = *state;
	uint32_t token = opened(p);

	rtas_reset(p->vm);
	assert_int_equal(errinjct_close(p, token), RTAS_ERRINJCT_DENIED);
	assert_int_not_equal(opened(p), token);
}

static void assert_offers(const struct partition_setup *setup, bool call,
			  bool tokens)
{
	struct partition *p = partition_new(setup);
	void *fdt = tree_of(p, NULL);

	assert_int_equal(tree_has(fdt, "/rtas", "ibm,errinjct"), call);
	assert_int_equal(tree_has(fdt, "/rtas", "ibm,errinjct-tokens"),
			 tokens);
	free(fdt);
	partition_free(p);
}

static void without_fwnmi_or_by_policy_nothing_is_offered(void **state)
{
	(void)state;
	assert_offers(&plain, true, true);
	assert_offers(&(struct partition_setup){
		.config = { .fwnmi = PAPR_SWITCH_OFF } }, false, false);
	assert_offers(&(struct partition_setup){
		.policy = "rtas: { \"ibm,errinjct\": deny }" }, false, false);
}

static void without_fwnmi_there_are_no_such_calls(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .fwnmi = PAPR_SWITCH_OFF } });
	uint32_t token;

	(void)state;
	assert_int_equal(errinjct_open(p, &token), RTAS_PARAMETER_ERROR);
	assert_int_equal(errinjct(p, 1, 1, BUFFER), RTAS_PARAMETER_ERROR);
	assert_int_equal(errinjct_close(p, 1), RTAS_PARAMETER_ERROR);
	partition_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(every_error_becomes_its_machine_check),
		TEST(device_tree_offers_these_and_no_others),
		TEST(small_numbers_may_be_the_wrong_way_round),
		TEST(work_buffer_that_says_nothing_is_refused),
		TEST(work_buffer_is_1_kib_of_ram_on_its_boundary),
		TEST(nothing_is_injected_unless_it_is_open),
		TEST(one_has_it_open_at_a_time),
		TEST(only_the_open_token_closes),
		TEST(open_tokens_are_small_positive_and_new),
		TEST(vcpu_that_calls_is_hit_whoever_opened),
		TEST(it_comes_when_the_guest_has_left_rtas),
		cmocka_unit_test(vcpu_that_cannot_be_hit_is_told_so),
		TEST(reset_of_the_guest_closes_it),
		cmocka_unit_test(without_fwnmi_or_by_policy_nothing_is_offered),
		cmocka_unit_test(without_fwnmi_there_are_no_such_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
