/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that fail on purpose: what can be said of them, and when they do. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "rtas/status.h"
#include "spapr/vm.h"
#include "tests/partition.h"

#define CALLS 24

/*
 * What the first calls of H_SET_SPRG0(value = number of the call) do under
 * "hcalls: { H_SET_SPRG0: { ... } }": X fails, . is answered.
 */
static const struct {
	const char *options;
	const char *calls;
} patterns[] = {
	{ "fail: H_BUSY", "XXXXXXXX" },
	{ "route: user, fail: H_BUSY", "XXXXXXXX" },
	{ "fail: H_BUSY, after: 3", "...XXXXX" },
	{ "fail: H_BUSY, every: 3", "..X..X..X" },
	{ "fail: H_BUSY, every: 1", "XXXX" },
	{ "fail: H_BUSY, after: 2, every: 3", "....X..X..X" },
	{ "fail: H_BUSY, times: 1", "X......." },
	{ "fail: H_BUSY, every: 2, times: 2", ".X.X...." },
	{ "fail: H_BUSY, vcpu: 0", "XXXX" },
	{ "fail: H_BUSY, vcpu: 8", "...." },
	{ "fail: H_BUSY, when: { value: 5 }", ".....X.." },
	{ "fail: H_BUSY, when: { value: 0x4/4 }", "....XXXX....XXXX" },
	{ "fail: H_BUSY, when: { value: 1/1 }, every: 2", "...X...X...X" },
	{ "fail: H_BUSY, chance: 1/1", "XXXX" },
	{ "fail: H_BUSY, chance: 1/2, seed: 1", "..X..X..XX.XXXX...XXXX.X" },
	{ "fail: H_BUSY, chance: 1/2, seed: 2", NULL },
	{ "fail: H_BUSY, chance: 1/2, seed: 1, times: 2", "..X..X.........." },
	{ "delay: 1us", "........" },
};

static struct partition *partition_with(const char *options)
{
	char policy[200];

	snprintf(policy, sizeof(policy), "hcalls: { H_SET_SPRG0: { %s } }",
		 options);
	return partition_new(&(struct partition_setup){
		.policy = policy, .config = { .cores = 2 } });
}

static void run_pattern(const char *options, char got[CALLS + 1])
{
	struct partition *p = partition_with(options);
	int64_t ret;

	for (int i = 0; i < CALLS; i++) {
		ret = HCALL(p, H_SET_SPRG0, i);
		assert_true(ret == H_BUSY || ret == H_SUCCESS);
		got[i] = ret == H_BUSY ? 'X' : '.';
	}
	got[CALLS] = '\0';
	partition_free(p);
}

static void calls_fail_in_the_order_that_was_asked_for(void **state)
{
	char got[CALLS + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		if (!patterns[i].calls)
			continue;
		run_pattern(patterns[i].options, got);
		if (strncmp(got, patterns[i].calls,
			    strlen(patterns[i].calls)))
			fail_msg("%s: %s", patterns[i].options, got);
	}
}

static void a_seed_replays_and_another_does_not(void **state)
{
	char one[CALLS + 1], again[CALLS + 1], two[CALLS + 1];

	(void)state;
	run_pattern("fail: H_BUSY, chance: 1/2, seed: 1", one);
	run_pattern("fail: H_BUSY, chance: 1/2, seed: 1", again);
	run_pattern("fail: H_BUSY, chance: 1/2, seed: 2", two);
	assert_string_equal(one, again);
	assert_string_not_equal(one, two);
}

static void a_chance_is_about_as_good_as_it_says(void **state)
{
	struct partition *p = partition_with("fail: H_BUSY, chance: 1/10");
	int failed = 0;

	(void)state;
	for (int i = 0; i < 10000; i++)
		failed += HCALL(p, H_SET_SPRG0, i) == H_BUSY;
	assert_in_range(failed, 900, 1100);
	partition_free(p);
}

static void a_failed_call_does_nothing_and_is_counted(void **state)
{
	struct partition *p = partition_with("fail: H_HARDWARE, every: 2");
	struct papr_hcall_stats stats;
	uint64_t sprg0;

	(void)state;
	HCALL(p, H_SET_SPRG0, 1);
	HCALL(p, H_SET_SPRG0, 2);
	p->vm->host_ops.get_reg(p->vm->vcpus[0]->host, PAPR_REG_SPRG0, &sprg0);
	assert_int_equal(sprg0, 1);
	papr_vm_stats(p->vm, papr_hcall_by_name("H_SET_SPRG0")->index, &stats);
	assert_int_equal(stats.user, 2);
	assert_int_equal(stats.errors, 1);
	assert_int_equal(stats.on_purpose, 1);
	partition_free(p);
}

static void only_calls_of_the_vcpu_count(void **state)
{
	struct partition *p = partition_with("fail: H_BUSY, vcpu: 1, every: 2");

	(void)state;
	for (int i = 0; i < 6; i++) {
		p->on = 0;
		assert_int_equal(HCALL(p, H_SET_SPRG0, i), H_SUCCESS);
		p->on = 1;
		assert_int_equal(HCALL(p, H_SET_SPRG0, i),
				 i % 2 ? H_BUSY : H_SUCCESS);
	}
	partition_free(p);
}

static void a_busy_call_is_answered_after_its_retries(void **state)
{
	struct partition *p = partition_with(
		"fail: H_LONG_BUSY_ORDER_10_MSEC, retries: 3");

	(void)state;
	for (int call = 0; call < 3; call++) {
		for (int i = 0; i < 3; i++)
			assert_int_equal(HCALL(p, H_SET_SPRG0, 7),
					 H_LONG_BUSY_ORDER_10_MSEC);
		assert_int_equal(HCALL(p, H_SET_SPRG0, 7), H_SUCCESS);
	}
	partition_free(p);
}

/* One that gives up has not used up the retries of the next. */
static void another_call_begins_anew(void **state)
{
	struct partition *p = partition_with("fail: H_BUSY, retries: 2");

	(void)state;
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_BUSY);
	assert_int_equal(HCALL(p, H_SET_SPRG0, 2), H_BUSY);
	assert_int_equal(HCALL(p, H_SET_SPRG0, 2), H_BUSY);
	assert_int_equal(HCALL(p, H_SET_SPRG0, 2), H_SUCCESS);
	partition_free(p);
}

/* Linux leaves in the other registers what happens to be there. */
static void a_retry_has_the_same_arguments_and_any_registers(void **state)
{
	struct partition *p = partition_with("fail: H_BUSY, retries: 2");
	uint64_t args[PAPR_HCALL_ARGS] = { 7 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		args[1] = args[8] = i;
		assert_int_equal(partition_hcall(p, H_SET_SPRG0, args),
				 H_BUSY);
	}
	args[1] = args[8] = 2;
	assert_int_equal(partition_hcall(p, H_SET_SPRG0, args), H_SUCCESS);
	partition_free(p);
}

static void each_vcpu_has_retries_of_its_own(void **state)
{
	struct partition *p = partition_with("fail: H_BUSY, retries: 1");

	(void)state;
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_BUSY);
	p->on = 1;
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_BUSY);
	p->on = 0;
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_SUCCESS);
	p->on = 1;
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_SUCCESS);
	partition_free(p);
}

/* H_SCM_FLUSH(drc_index, continue_token), answered by the program. */
static struct partition *flushing(void)
{
	return partition_new(&(struct partition_setup){ .policy =
		"hcalls: { H_SCM_FLUSH: { route: vmm, fail: 9901, "
		"retries: 2 } }" });
}

static int64_t flush(struct partition *p, uint64_t *token)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0x1234, *token };
	int64_t ret = partition_hcall(p, H_SCM_FLUSH, args);

	*token = args[0];
	return ret;
}

static void a_busy_call_gives_a_token_to_continue_with(void **state)
{
	struct partition *p = flushing();
	uint64_t token = 0, second;

	(void)state;
	p->vmm_ret = H_SUCCESS;
	assert_int_equal(flush(p, &token), 9901);
	assert_int_not_equal(token, 0);
	second = token;
	assert_int_equal(flush(p, &second), 9901);
	assert_int_not_equal(second, 0);
	assert_int_not_equal(second, token);
	assert_int_equal(p->vmm_calls, 0);
	assert_int_equal(flush(p, &second), H_SUCCESS);
	assert_int_equal(p->vmm_calls, 1);
	partition_free(p);
}

static void without_its_token_a_call_is_a_new_one(void **state)
{
	struct partition *p = flushing();
	uint64_t token = 0, wrong;

	(void)state;
	p->vmm_ret = H_SUCCESS;
	for (int i = 0; i < 5; i++) {
		wrong = 0;
		assert_int_equal(flush(p, &wrong), 9901);
	}
	wrong++;
	assert_int_equal(flush(p, &wrong), 9901);
	token = 0;
	assert_int_equal(flush(p, &token), 9901);
	assert_int_equal(flush(p, &token), 9901);
	assert_int_equal(flush(p, &token), H_SUCCESS);
	partition_free(p);
}

static void rtas_calls_fail_too(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "rtas:\n"
			  "  get-time-of-day: { fail: busy, retries: 2 }\n"
			  "  query-cpu-stopped-state:\n"
			  "    { fail: hardware-error, when: { thread: 0 } }\n"
			  "  power-off: { fail: 9902 }\n" });

	(void)state;
	assert_int_equal(RTAS(p, RTAS_TOKEN_get_time_of_day, 0, 8, 0), -2);
	assert_int_equal(RTAS(p, RTAS_TOKEN_get_time_of_day, 0, 8, 0), -2);
	assert_int_equal(RTAS(p, RTAS_TOKEN_get_time_of_day, 0, 8, 0), 0);
	assert_int_equal(RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 0),
			 -1);
	assert_int_equal(RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 9),
			 RTAS_PARAMETER_ERROR);
	assert_int_equal(RTAS(p, RTAS_TOKEN_power_off, 2, 1, 0, 0), 9902);
	assert_int_equal(p->events, 0);
	partition_free(p);
}

static void a_delay_takes_its_time(void **state)
{
	struct partition *p = partition_with("delay: 20ms, times: 1");
	struct timespec a, b;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_SUCCESS);
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true((b.tv_sec - a.tv_sec) * 1000000000ll +
		    b.tv_nsec - a.tv_nsec >= 20000000);
	partition_free(p);
}

#define STORM 20000

static void *storm(void *arg)
{
	for (int i = 0; i < STORM; i++) {
		struct papr_hcall call = { .nr = H_LOGICAL_DCBF };

		papr_vcpu_hcall(arg, &call);
	}
	return NULL;
}

static void two_vcpus_share_the_times_that_are_left(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2 },
		.policy = "hcalls: { H_LOGICAL_DCBF: { fail: H_BUSY, "
			  "every: 2, times: 15000 } }" });
	struct papr_hcall_stats stats;
	pthread_t thread[2];

	(void)state;
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, storm,
						papr_vm_vcpu(p->vm, i)), 0);
	for (uint32_t i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	papr_vm_stats(p->vm, papr_hcall_by_name("H_LOGICAL_DCBF")->index,
		      &stats);
	assert_int_equal(stats.on_purpose, 15000);
	partition_free(p);
}

/* What a file cannot say, and the sentence. */
static const struct {
	const char *text;
	const char *error;
} bad[] = {
	{ "H_RANDOM: { fail: H_BUZY }",
	  "1:29: H_BUZY is not a return code, such as H_BUSY or H_HARDWARE" },
	{ "H_RANDOM: { fail: -0x }",
	  "1:29: -0x is not a return code, such as H_BUSY or H_HARDWARE" },
	{ "H_RANDOM: { route: kernel, fail: H_BUSY }",
	  "1:11: what fails on purpose must come to userspace, and is routed "
	  "to kernel: route it to user or vmm" },
	{ "H_RANDOM: { route: deny, delay: 1ms }",
	  "1:11: what fails on purpose must come to userspace, and is routed "
	  "to deny: route it to user or vmm" },
	{ "H_RANDOM: { route: user, every: 2 }",
	  "1:11: there is nothing to happen: fail or delay must be there" },
	{ "H_RANDOM: { delay: 1ms, retries: 2 }",
	  "1:11: retries need fail: what the call returns until it is "
	  "answered" },
	{ "H_RANDOM: { fail: H_BUSY, retries: 0 }",
	  "1:46: 0 is not a number from 1 to 1000000" },
	{ "H_RANDOM: { fail: H_BUSY, every: 0 }",
	  "1:44: 0 is not a number from 1 to 18446744073709551615" },
	{ "H_RANDOM: { fail: H_BUSY, every: 18446744073709551616 }",
	  "1:44: 18446744073709551616 is not a number from 1 to "
	  "18446744073709551615" },
	{ "H_RANDOM: { fail: H_BUSY, times: -1 }",
	  "1:44: -1 is not a number from 1 to 18446744073709551615" },
	{ "H_RANDOM: { fail: H_BUSY, vcpu: 4294967296 }",
	  "1:43: 4294967296 is not a number from 0 to 4294967295" },
	{ "H_RANDOM: { fail: H_BUSY, chance: 2/1 }",
	  "1:45: 2/1 is not a chance, such as 1/100" },
	{ "H_RANDOM: { fail: H_BUSY, chance: 0/1 }",
	  "1:45: 0/1 is not a chance, such as 1/100" },
	{ "H_RANDOM: { fail: H_BUSY, chance: 0.5 }",
	  "1:45: 0.5 is not a chance, such as 1/100" },
	{ "H_RANDOM: { delay: 2001ms }",
	  "1:30: 2001ms is longer than 2 s: vCPUs that sleep cannot be "
	  "stopped" },
	{ "H_RANDOM: { delay: 3s }",
	  "1:30: 3s is longer than 2 s: vCPUs that sleep cannot be stopped" },
	{ "H_RANDOM: { delay: 20 }",
	  "1:30: 20 is not a time, such as 20ms" },
	{ "H_RANDOM: { delay: ms }",
	  "1:30: ms is not a time, such as 20ms" },
	{ "H_RANDOM: { fail: H_BUSY, when: { value: 1 } }",
	  "1:45: H_RANDOM has no argument value" },
	{ "H_SET_SPRG0: { fail: H_BUSY, when: { value: x } }",
	  "1:48: x is not a number, or a number and a mask as in 0x40/0xf0",
	},
	{ "H_SET_SPRG0: { fail: H_BUSY, when: { value: 3/2 } }",
	  "1:11: no argument can be 0x3 in the bits of 0x2" },
	{ "H_SET_SPRG0: { fail: H_BUSY, when: 3 }",
	  "1:46: here should be arguments and their values" },
	{ "H_SET_SPRG0: { fail: H_BUSY, ever: 3 }",
	  "1:40: ever is unknown here; there are route, log, fail, delay, "
	  "retries, after, every, chance, seed, times, vcpu and when" },
	{ "H_SET_SPRG1: { fail: H_BUSY, ever: 3 }",
	  "1:11: H_SET_SPRG1 is no hypercall; is H_SET_SPRG0 meant?" },
};

static void a_bad_fault_is_refused_with_its_place(void **state)
{
	struct papr_policy *policy;
	struct papr_error error;
	char text[200], wanted[400];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), "hcalls: { %s }", bad[i].text);
		snprintf(wanted, sizeof(wanted), "p:%s", bad[i].error);
		assert_int_equal(papr_policy_parse(text, strlen(text), "p",
						   &policy, &error), -EINVAL);
		assert_string_equal(error.text, wanted);
	}
}

/* The same for sets, everything, and RTAS calls. */
static const struct {
	const char *text;
	const char *error;
} bad_places[] = {
	{ "default: { fail: H_BUSY }",
	  "p:1:1: single calls and sets fail on purpose, and not everything" },
	{ "sets: { hcall-tce: { fail: H_BUSY, when: { ioba: 1 } } }",
	  "p:1:36: arguments are those of a single call" },
	{ "sets: { hcall-splpar: { fail: H_BUSY }, SLB-Buffer: user }",
	  "p:1:41: H_REGISTER_VPA is in SLB-Buffer and in the set of line 1, "
	  "which routes it otherwise" },
	{ "rtas: { power-off: { fail: H_BUSY } }",
	  "p:1:28: H_BUSY is not a status of RTAS, such as busy, "
	  "hardware-error or 9900" },
	{ "rtas: { power-off: { fail: 0x100000000 } }",
	  "p:1:28: 0x100000000 is not a status of RTAS, such as busy, "
	  "hardware-error or 9900" },
	{ "rtas: { 'ibm,int-on': { route: kernel, fail: busy } }",
	  "p:1:9: what fails on purpose must come to userspace, and is routed "
	  "to kernel: route it to user" },
};

static void faults_have_their_places(void **state)
{
	struct papr_policy *policy;
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad_places); i++) {
		assert_int_equal(papr_policy_parse(bad_places[i].text,
						   strlen(bad_places[i].text),
						   "p", &policy, &error),
				 -EINVAL);
		assert_string_equal(error.text, bad_places[i].error);
	}
}

static void each_call_of_a_set_counts_by_itself(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "sets: { hcall-debug: { fail: H_BUSY, "
			  "times: 1 } }" });

	(void)state;
	assert_int_equal(HCALL(p, H_LOGICAL_ICBI, 0), H_BUSY);
	assert_int_equal(HCALL(p, H_LOGICAL_DCBF, 0), H_BUSY);
	assert_int_equal(HCALL(p, H_LOGICAL_ICBI, 0), H_SUCCESS);
	partition_free(p);
}

static const struct {
	const char *call;
	const char *text;
	const char *words;
} descriptions[] = {
	{ "H_RANDOM", "fail: H_BUSY", "returns H_BUSY" },
	{ "H_RANDOM", "fail: -12345", "returns -12345" },
	{ "H_RANDOM", "delay: 2ms", "2000 us late" },
	{ "H_RANDOM", "fail: H_BUSY, retries: 3, delay: 1s, after: 5, "
	  "every: 2, chance: 1/3, seed: 9, times: 7, vcpu: 8",
	  "1000000 us late, returns H_BUSY 3 times in a row and is answered "
	  "then, after 5 calls, one call in 2, with a chance of 1/3 from seed "
	  "9, 7 times at most, on vCPU 8" },
	{ "H_PUT_TCE", "fail: H_PARAMETER, when: { liobn: 3, ioba: 1/0xf }",
	  "returns H_PARAMETER, if liobn is 0x3, if ioba is 0x1 in 0xf" },
};

static void a_fault_can_be_told_in_words(void **state)
{
	const struct papr_call_info *call;
	struct papr_policy *policy;
	char text[300], words[300];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(descriptions); i++) {
		call = papr_hcall_by_name(descriptions[i].call);
		snprintf(text, sizeof(text), "hcalls: { %s: { %s } }",
			 descriptions[i].call, descriptions[i].text);
		assert_int_equal(papr_policy_parse(text, strlen(text), "p",
						   &policy, NULL), 0);
		len = papr_fault_describe(papr_policy_fault(policy, call),
					  call, words, sizeof(words));
		assert_int_equal(len, strlen(words));
		assert_string_equal(words, descriptions[i].words);
		papr_policy_free(policy);
	}
}

/* --- the API */

static int set(struct papr_policy *policy, const char *name,
	       const struct papr_fault *fault, struct papr_error *error)
{
	const struct papr_call_info *call = papr_hcall_by_name(name);

	return papr_policy_set_fault(policy, call ? call :
				     papr_rtas_by_name(name), fault, error);
}

static void a_program_can_do_the_same(void **state)
{
	static const struct papr_fault fault = {
		.size = sizeof(fault), .fails = true, .status = H_BUSY
	};
	struct papr_policy *policy;
	struct papr_error error;

	(void)state;
	papr_policy_new(&policy);
	assert_int_equal(set(policy, "H_RANDOM", &fault, &error), -EINVAL);
	papr_policy_set_hcall(policy, "H_RANDOM", PAPR_ROUTE_USER, NULL);
	assert_null(papr_policy_fault(policy, papr_hcall_by_name("H_RANDOM")));
	assert_int_equal(set(policy, "H_RANDOM", &fault, &error), 0);
	assert_int_equal(papr_policy_fault(policy,
			 papr_hcall_by_name("H_RANDOM"))->status, H_BUSY);
	assert_int_equal(set(policy, "power-off", &fault, &error), 0);
	assert_non_null(papr_policy_fault(policy,
					  papr_rtas_by_name("power-off")));
	papr_policy_set_hcall(policy, "H_RANDOM", PAPR_ROUTE_USER, NULL);
	assert_null(papr_policy_fault(policy, papr_hcall_by_name("H_RANDOM")));
	papr_policy_free(policy);
}

static void a_programs_fault_is_checked(void **state)
{
	static const struct {
		struct papr_fault fault;
		int err;
	} faults[] = {
		{ { .size = 4 }, -EINVAL },
		{ { .size = sizeof(struct papr_fault) }, -EINVAL },
		{ { .size = sizeof(struct papr_fault), .fails = true,
		    .delay_us = 2000001 }, -EINVAL },
		{ { .size = sizeof(struct papr_fault), .fails = true,
		    .delay_us = 2000000 }, 0 },
		{ { .size = sizeof(struct papr_fault), .fails = true,
		    .chances = 3 }, -EINVAL },
		{ { .size = sizeof(struct papr_fault), .fails = true,
		    .chances = 3, .chance = 4 }, -EINVAL },
		{ { .size = sizeof(struct papr_fault), .fails = true,
		    .n_args = 5 }, -EINVAL },
		{ { .size = sizeof(struct papr_fault), .fails = true,
		    .n_args = 1, .arg = { { 1, 0, 0 } } }, -EINVAL },
		{ { .size = sizeof(struct papr_fault), .fails = true,
		    .n_args = 1, .arg = { { 0, 0, 0 } } }, 0 },
	};
	struct papr_policy *policy;

	(void)state;
	papr_policy_new(&policy);
	papr_policy_set_hcall(policy, "H_SET_SPRG0", PAPR_ROUTE_USER, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		assert_int_equal(set(policy, "H_SET_SPRG0", &faults[i].fault,
				     NULL), faults[i].err);
	papr_policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_fail_in_the_order_that_was_asked_for),
		cmocka_unit_test(a_seed_replays_and_another_does_not),
		cmocka_unit_test(a_chance_is_about_as_good_as_it_says),
		cmocka_unit_test(a_failed_call_does_nothing_and_is_counted),
		cmocka_unit_test(only_calls_of_the_vcpu_count),
		cmocka_unit_test(a_busy_call_is_answered_after_its_retries),
		cmocka_unit_test(another_call_begins_anew),
		cmocka_unit_test(
			a_retry_has_the_same_arguments_and_any_registers),
		cmocka_unit_test(each_vcpu_has_retries_of_its_own),
		cmocka_unit_test(a_busy_call_gives_a_token_to_continue_with),
		cmocka_unit_test(without_its_token_a_call_is_a_new_one),
		cmocka_unit_test(rtas_calls_fail_too),
		cmocka_unit_test(a_delay_takes_its_time),
		cmocka_unit_test(two_vcpus_share_the_times_that_are_left),
		cmocka_unit_test(a_bad_fault_is_refused_with_its_place),
		cmocka_unit_test(faults_have_their_places),
		cmocka_unit_test(each_call_of_a_set_counts_by_itself),
		cmocka_unit_test(a_fault_can_be_told_in_words),
		cmocka_unit_test(a_program_can_do_the_same),
		cmocka_unit_test(a_programs_fault_is_checked),
	};

	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
