/* SPDX-License-Identifier: BSD-2-Clause */
/* One line of text for each call. */
#include "config.h"

#include <stdio.h>

#include "tests/partition.h"

static void lines_of_hypercalls(void **state)
{
	static const struct {
		uint64_t nr, args[PAPR_HCALL_ARGS];
		const char *line;
	} calls[] = {
		{ H_PAGE_INIT, { 0x8000, 0x10000, 0 },
		  "cpu 0 H_PAGE_INIT(flags=0x8000, dst=0x10000, src=0x0) = "
		  "H_SUCCESS" },
		{ H_PAGE_INIT, { 1, 2, 3 },
		  "cpu 0 H_PAGE_INIT(flags=0x1, dst=0x2, src=0x3) = "
		  "H_PARAMETER" },
		{ H_PUT_TERM_CHAR, { 0x71000000, 2, 0x4142ull << 48, 0 },
		  "cpu 0 H_PUT_TERM_CHAR(termno=0x71000000, len=2, "
		  "char0_7=0x4142000000000000, char8_15=0x0) = H_SUCCESS" },
		{ H_RANDOM, { 0 },
		  "cpu 0 H_RANDOM() = H_SUCCESS random=0xabcdef" },
		{ H_SET_MODE, { 5, 4, 0, 0 },
		  "cpu 0 H_SET_MODE(mflags=0x5, resource=0x4, value1=0x0, "
		  "value2=0x0) = H_UNSUPPORTED_FLAG" },
		{ H_CONFER, { 17, 1 },
		  "cpu 0 H_CONFER(proc=17, dispatch=0x1) = H_PARAMETER" },
		{ H_RTAS, { UINT64_MAX }, "cpu 0 rtas 0x0() = H_PARAMETER" },
		{ H_GET_TERM_CHAR, { 1 },
		  "cpu 0 H_GET_TERM_CHAR(termno=0x1) = H_PARAMETER" },
		{ H_GET_TERM_CHAR, { 0x71000000 },
		  "cpu 0 H_GET_TERM_CHAR(termno=0x71000000) = H_SUCCESS len=0 "
		  "char0_7=0x0 char8_15=0x0" },
		{ H_LOGICAL_CI_LOAD, { 8, UINT64_MAX },
		  "cpu 0 H_LOGICAL_CI_LOAD(size=8, addr=0xffffffffffffffff) "
		  "= H_PARAMETER" },
	};
	struct partition *p = *state;

	p->random = 0xabcdef;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		uint64_t args[PAPR_HCALL_ARGS];

		memcpy(args, calls[i].args, sizeof(args));
		partition_hcall(p, calls[i].nr, args);
		assert_string_equal(p->trace, calls[i].line);
	}
}

static void unknown_call_shows_all_registers(void **state)
{
	struct papr_hcall hcall = { .nr = 0x1001, .ret = (uint64_t)-2 };
	const uint64_t args[PAPR_HCALL_ARGS] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct papr_trace t = { .vcpu_id = 12, .hcall = &hcall, .args = args };
	char line[256];

	(void)state;
	papr_trace_format(&t, line, sizeof(line));
	assert_string_equal(line, "cpu 12 hcall 0x1001(0x1, 0x2, 0x3, 0x4, "
			    "0x5, 0x6, 0x7, 0x8, 0x9) = H_FUNCTION");
}

static void status_without_a_name_is_a_number(void **state)
{
	static const struct {
		int64_t ret;
		const char *end;
	} rows[] = {
		{ 9999, ") = 9999" }, { -12345, ") = -12345" },
		{ INT64_MIN, ") = -9223372036854775808" },
		{ 9905, ") = H_LONG_BUSY_ORDER_100_SEC" },
		{ -257, ") = -257" },
	};
	const uint64_t args[PAPR_HCALL_ARGS] = { 0 };
	char line[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_hcall hcall = {
			.nr = H_CEDE, .ret = (uint64_t)rows[i].ret
		};
		struct papr_trace t = { .hcall = &hcall, .args = args };

		papr_trace_format(&t, line, sizeof(line));
		assert_string_equal(line + strlen("cpu 0 H_CEDE("),
				    rows[i].end);
	}
}

static void kept_registers_are_not_results(void **state)
{
	struct papr_hcall hcall = {
		.nr = H_BULK_REMOVE, .args = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }
	};
	const uint64_t args[PAPR_HCALL_ARGS] = { 0 };
	struct papr_trace t = { .hcall = &hcall, .args = args };
	char line[256];

	(void)state;
	papr_trace_format(&t, line, sizeof(line));
	assert_non_null(strstr(line, "= H_SUCCESS tsh1=0x1 tsh2=0x3 tsh3=0x5 "
			       "tsh4=0x7"));
}

static void every_hypercall_has_a_line_with_its_name(void **state)
{
	const uint64_t args[PAPR_HCALL_ARGS] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	char line[1024];

	(void)state;
	for (size_t i = 0; i < papr_hcall_count(); i++) {
		const struct papr_call_info *call = papr_hcall_at(i);
		struct papr_hcall hcall = { .nr = call->number };
		struct papr_trace t = { .hcall = &hcall, .args = args };
		size_t len = papr_trace_format(&t, line, sizeof(line));
		char start[64];

		snprintf(start, sizeof(start), "cpu 0 %s(",
			 papr_hcall_by_number(call->number)->name);
		assert_int_equal(len, strlen(line));
		assert_in_range(len, 1, 511);
		if (strncmp(line, start, strlen(start)) ||
		    !strstr(line, ") = H_SUCCESS"))
			fail_msg("%s", line);
	}
}

static void every_rtas_call_has_a_line_with_its_name(void **state)
{
	static const uint32_t cells[RTAS_CELLS] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct papr_hcall hcall = { .nr = H_RTAS };
	char line[1024], start[64];

	(void)state;
	for (size_t i = 0; i < papr_rtas_count(); i++) {
		const struct papr_call_info *call = papr_rtas_at(i);

		snprintf(start, sizeof(start), "cpu 0 %s(", call->name);
		for (uint32_t n = 0; n <= RTAS_CELLS; n++) {
			struct papr_trace t = {
				.hcall = &hcall, .args = hcall.args,
				.rtas = true, .token = call->number,
				.nargs = n, .nrets = RTAS_CELLS - n,
				.rtas_args = cells,
			};

			papr_trace_format(&t, line, sizeof(line));
			if (strncmp(line, start, strlen(start)) ||
			    !strstr(line, ") = "))
				fail_msg("%s", line);
		}
	}
}

static void lines_of_rtas_calls(void **state)
{
	struct partition *p = *state;

	p->clock_ns = 1000000000000000123;
	RTAS(p, RTAS_TOKEN_get_time_of_day, 0, 8);
	assert_string_equal(p->trace, "cpu 0 get-time-of-day() = 0 "
			    "year=0x7d1 month=0x9 day=0x9 hour=0x1 "
			    "minute=0x2e second=0x28 nanosecond=0x7b");
	RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 0, 0x100, 5);
	assert_string_equal(p->trace, "cpu 0 start-cpu(thread=0, "
			    "start_location=0x100, r3=0x5) = -1");
	/* More cells than the call has. */
	RTAS(p, RTAS_TOKEN_system_reboot, 1, 2, 9);
	assert_string_equal(p->trace,
			    "cpu 0 system-reboot(0x9) = -3 0xc3c3c3c3");
	partition_rtas(p, 0x5000, 0x1234, 1, 1, (uint32_t[2]){ 7 });
	assert_string_equal(p->trace, "cpu 0 rtas 0x1234(0x7) = -3");
}

static void status_of_open_errinjct_is_shown_first(void **state)
{
	static const uint32_t cells[] = { 5, (uint32_t)-4 };
	struct papr_hcall hcall = { .nr = H_RTAS };
	struct papr_trace t = {
		.hcall = &hcall, .args = hcall.args, .rtas = true,
		.token = RTAS_TOKEN_ibm_open_errinjct, .nrets = 2,
		.rtas_args = cells,
	};
	char line[128];

	(void)state;
	papr_trace_format(&t, line, sizeof(line));
	assert_string_equal(line, "cpu 0 ibm,open-errinjct() = -4 "
			    "open_token=0x5");
}

static void short_buffer_is_cut_and_the_length_is_whole(void **state)
{
	struct papr_hcall hcall = { .nr = H_RANDOM, .args = { 0x1234 } };
	struct papr_trace t = { .hcall = &hcall, .args = hcall.args };
	char line[128], cut[128];
	size_t len = papr_trace_format(&t, line, sizeof(line));

	(void)state;
	assert_int_equal(papr_trace_format(&t, NULL, 0), len);
	for (size_t size = 1; size <= len + 1; size++) {
		memset(cut, '#', sizeof(cut));
		assert_int_equal(papr_trace_format(&t, cut, size), len);
		assert_int_equal(strlen(cut), size - 1);
		assert_memory_equal(cut, line, size - 1);
		assert_int_equal(cut[size], '#');
	}
}

static void drop_trace(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->trace = NULL;
}

static void tracing_is_optional(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = drop_trace });

	(void)state;
	assert_int_equal(HCALL(p, H_LOGICAL_DCBF), H_SUCCESS);
	assert_int_equal(RTAS(p, RTAS_TOKEN_power_off, 2, 1, 0, 0), 0);
	assert_int_equal(p->traces, 0);
	partition_free(p);
}

static void denied_calls_are_traced_too(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_RANDOM: deny }" });

	(void)state;
	HCALL(p, H_RANDOM);
	assert_string_equal(p->trace, "cpu 0 H_RANDOM() = H_FUNCTION");
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(lines_of_hypercalls),
		cmocka_unit_test(unknown_call_shows_all_registers),
		cmocka_unit_test(status_without_a_name_is_a_number),
		cmocka_unit_test(kept_registers_are_not_results),
		cmocka_unit_test(every_hypercall_has_a_line_with_its_name),
		cmocka_unit_test(every_rtas_call_has_a_line_with_its_name),
		partition_test(lines_of_rtas_calls),
		partition_test(status_of_open_errinjct_is_shown_first),
		partition_test(short_buffer_is_cut_and_the_length_is_whole),
		cmocka_unit_test(tracing_is_optional),
		cmocka_unit_test(denied_calls_are_traced_too),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
