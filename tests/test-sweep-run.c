/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sweep over guests that are this program: started as papr run, it speaks
 * QMP, beats, and does with an injection what its type stands for.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/self-guest.h"
#include "tools/sweep-run.h"
#include "vmm/util.h"

#define BEAT_MS 5
#define ME "/proc/self/exe"

/* --- the guest */

static void tell(int fd, const char *event, int id, int cpu)
{
	guest_say(fd, json_pack("{s:s, s:{s:i, s:i, s:s, s:s, s:s}}",
				"event", event, "data", "id", id,
				"cpu-index", cpu, "outcome", "delivered",
				"pc", "0x1000", "msr", "0x8000000000009033"));
}

static void log_it(const json_t *args, const char *recovered)
{
	const char *type = json_string_value(json_object_get(args, "type"));
	const char *subtype =
		json_string_value(json_object_get(args, "subtype"));
	const char *ea = json_string_value(json_object_get(args,
						"effective-address"));
	int cpu = json_integer_value(json_object_get(args, "cpu-index"));
	size_t i;

	for (i = 0; strcmp(sweep_kinds[i].type, type) ||
		    (subtype && strcmp(sweep_kinds[i].subtype, subtype)); i++)
		;
	printf("MCE: CPU%d: machine check (Severe)  %s ", cpu,
	       sweep_kinds[i].printed);
	if (ea)
		printf("DAR: %016llx ", strtoull(ea, NULL, 16));
	printf("[%s]\n", recovered);
}

/* False if it must not beat any more. */
static bool take_injection(int fd, const json_t *args)
{
	const char *type = json_string_value(json_object_get(args, "type"));
	int cpu = json_integer_value(json_object_get(args, "cpu-index"));
	static int id;

	if (!strcmp(type, "d-cache")) {
		guest_say(fd, json_pack("{s:{s:s, s:s}}", "error", "class",
				  "GenericError", "desc", "no, thanks"));
		return true;
	}
	guest_say(fd, json_pack("{s:{s:i}}", "return", "id", ++id));
	if (!strcmp(type, "erat"))
		return true;		/* it waits for ever */
	tell(fd, "PAPR_INJECTION", id, cpu);
	if (!strcmp(type, "tlb"))
		exit(0);
	if (!strcmp(type, "ra"))
		return false;
	if (!strcmp(type, "ue")) {
		log_it(args, "Not recovered");
		printf("Kernel panic - not syncing: Fatal\n");
		exit(6);
	}
	tell(fd, "PAPR_NMI_INTERLOCK", id, cpu);
	log_it(args, "Recovered");
	return true;
}

static bool take_command(int fd, const json_t *command)
{
	const char *name = json_string_value(json_object_get(command,
							     "execute"));

	if (!strcmp(name, "papr-inject"))
		return take_injection(fd, json_object_get(command,
							  "arguments"));
	if (!strcmp(name, "papr-cancel-injection"))
		printf("cancelled\n");
	guest_say(fd, json_pack("{s:{}}", "return"));
	return true;
}

static int welcome(const char *path)
{
	int listener = guest_listen(path);

	printf("load: alive\n");
	return accept(listener, NULL, NULL);
}

static int be_a_guest(char **argv)
{
	struct pollfd client = { .events = POLLIN };
	bool beats = true;
	json_t *command;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(argv[4], "no-host")) {
		printf("papr run: /dev/kvm: no POWER KVM\n");
		return 3;
	}
	if (!strcmp(argv[4], "mute"))
		pause();
	client.fd = welcome(argv[3]);
	guest_say(client.fd, json_pack("{s:{}}", "QMP"));
	for (;;) {
		if (!poll(&client, 1, BEAT_MS)) {
			if (beats)
				printf("load: alive\n");
			continue;
		}
		command = json_loadfd(client.fd, JSON_DISABLE_EOF_CHECK, NULL);
		if (!command)
			return 9;
		beats = take_command(client.fd, command);
		json_decref(command);
	}
}

/* --- the tests */

struct fixture {
	struct sweep_patterns *patterns;
	struct sweep sweep;
	struct sweep_how how;
	struct papr_error error;
	char word[16];
	char *run[2];
	int status;
	char *console;
	size_t console_len;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || sweep_patterns_new("load: alive", "load: signal",
				     &f->patterns, &f->error))
		return -1;
	strcpy(f->word, "usual");
	f->run[0] = f->word;
	f->how = (struct sweep_how){
		.program = ME, .patterns = f->patterns, .patience = 5,
		.timeout_s = 60, .restarts = 10,
		.console = open_memstream(&f->console, &f->console_len),
		.signal_fd = user_is_silent(),
	};
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fclose(f->how.console);
	close(f->how.signal_fd);
	sweep_patterns_free(f->patterns);
	free(f->sweep.plan);
	free(f->sweep.verdicts);
	free(f->console);
	free(f);
	return 0;
}

/* Sweeps @kinds in order, not recovered where that is what they die of. */
static int sweep(struct fixture *f, const char *kinds)
{
	struct sweep_space s = { .n_cpus = 1, .pc_step = 4 };

	skip_if_wrapped();
	assert_int_equal(sweep_space_list(&s, "kinds", kinds, NULL), 0);
	assert_int_equal(sweep_space_list(&s, "dispositions",
					  "not-recovered", NULL), 0);
	assert_int_equal(sweep_space_list(&s, "contexts", "any", NULL), 0);
	assert_int_equal(sweep_plan(&s, &f->sweep.plan, &f->sweep.n, NULL),
			 0);
	f->sweep.run = f->run;
	f->sweep.to = f->sweep.n;
	f->sweep.verdicts = calloc(f->sweep.n, sizeof(*f->sweep.verdicts));
	return sweep_run(&f->sweep, &f->how, &f->status, &f->error);
}

static void assert_outcomes(const struct fixture *f,
			    const enum sweep_outcome *wanted)
{
	for (size_t i = 0; i < f->sweep.n; i++)
		if (f->sweep.verdicts[i].outcome != wanted[i])
			fail_msg("%zu: %s: %s", i,
				 sweep_outcomes[f->sweep.verdicts[i].outcome]
				 .name, f->sweep.verdicts[i].text);
}

static void one_guest_takes_all_that_it_survives(void **state)
{
	static const enum sweep_outcome wanted[] = {
		SWEEP_SURVIVED, SWEEP_SURVIVED, SWEEP_SURVIVED
	};
	struct fixture *f = *state;

	assert_int_equal(sweep(f, "slb"), 0);
	assert_outcomes(f, wanted);
	assert_int_equal(f->sweep.restarts, 0);
	assert_true(sweep_is_good(&f->sweep));
}

static void a_guest_that_dies_is_started_anew(void **state)
{
	static const enum sweep_outcome wanted[] = {
		SWEEP_PANIC, SWEEP_SURVIVED, SWEEP_ENDED, SWEEP_SURVIVED
	};
	struct fixture *f = *state;

	assert_int_equal(sweep(f, "ue:ifetch,slb:parity,tlb:parity,"
			       "slb:multihit"), 0);
	assert_outcomes(f, wanted);
	assert_int_equal(f->sweep.restarts, 2);
	assert_string_equal(f->sweep.verdicts[0].text,
			    "Kernel panic - not syncing: Fatal");
	assert_true(f->sweep.verdicts[0].expected);
}

static void the_limit_of_restarts_ends_the_sweep(void **state)
{
	static const enum sweep_outcome wanted[] = {
		SWEEP_PANIC, SWEEP_PANIC, SWEEP_NOT_DONE
	};
	struct fixture *f = *state;

	f->how.restarts = 1;
	assert_int_equal(sweep(f, "ue:ifetch,ue:load-store,slb:parity"),
			 -ECHILD);
	assert_outcomes(f, wanted);
	assert_non_null(strstr(f->error.text, "started anew 1 times"));
	assert_int_equal(f->status, 1);
}

static void what_is_not_taken_is_cancelled(void **state)
{
	static const enum sweep_outcome wanted[] = {
		SWEEP_NOT_DELIVERED, SWEEP_SURVIVED
	};
	struct fixture *f = *state;

	assert_int_equal(sweep(f, "erat:parity,slb:parity"), 0);
	assert_outcomes(f, wanted);
	fflush(f->how.console);
	assert_non_null(strstr(f->console, "cancelled"));
	assert_false(sweep_is_good(&f->sweep));
}

static void what_is_refused_says_why(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sweep(f, "d-cache"), 0);
	assert_int_equal(f->sweep.verdicts[0].outcome, SWEEP_NOT_DELIVERED);
	assert_non_null(strstr(f->sweep.verdicts[0].text, "no, thanks"));
}

static void a_guest_without_heartbeat_hangs(void **state)
{
	static const enum sweep_outcome wanted[] = {
		SWEEP_HANG, SWEEP_SURVIVED
	};
	struct fixture *f = *state;

	f->how.timeout_s = 5;
	assert_int_equal(sweep(f, "ra:load-store,slb:parity"), 0);
	assert_outcomes(f, wanted);
	assert_int_equal(f->sweep.restarts, 1);
}

static void a_guest_that_cannot_start_has_its_own_status(void **state)
{
	struct fixture *f = *state;

	strcpy(f->word, "no-host");
	assert_int_equal(sweep(f, "slb"), -ECHILD);
	assert_int_equal(f->status, 3);
	assert_non_null(strstr(f->error.text, "first heartbeat: papr run: "
			       "/dev/kvm: no POWER KVM"));
}

static void a_guest_that_says_nothing_is_given_up(void **state)
{
	struct fixture *f = *state;

	strcpy(f->word, "mute");
	f->how.timeout_s = 1;
	assert_int_equal(sweep(f, "slb"), -ETIMEDOUT);
	assert_int_equal(f->status, 1);
	assert_non_null(strstr(f->error.text, "no sign of life"));
}

static void a_program_that_is_not_there_is_named(void **state)
{
	struct fixture *f = *state;

	f->how.program = "/no/such/program";
	assert_int_equal(sweep(f, "slb"), -ECHILD);
	assert_non_null(strstr(f->error.text, "/no/such/program: No such"));
}

/* A signal that is there before it begins ends it as well. */
static void the_user_ends_a_sweep(void **state)
{
	struct fixture *f = *state;

	skip_if_wrapped();
	close(f->how.signal_fd);
	f->how.signal_fd = user_wants_an_end();
	assert_int_equal(sweep(f, "slb"), -EINTR);
	assert_int_equal(f->sweep.verdicts[0].outcome, SWEEP_NOT_DONE);
	assert_int_equal(f->status, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(one_guest_takes_all_that_it_survives),
		TEST(a_guest_that_dies_is_started_anew),
		TEST(the_limit_of_restarts_ends_the_sweep),
		TEST(what_is_not_taken_is_cancelled),
		TEST(what_is_refused_says_why),
		TEST(a_guest_without_heartbeat_hangs),
		TEST(a_guest_that_cannot_start_has_its_own_status),
		TEST(a_guest_that_says_nothing_is_given_up),
		TEST(a_program_that_is_not_there_is_named),
		TEST(the_user_ends_a_sweep),
	};

	if (argc > 4 && !strcmp(argv[1], "run"))
		return be_a_guest(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
