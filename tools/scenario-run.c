/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking the steps of a scenario, and hearing what becomes of injections. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/scenario.h"
#include "vmm/util.h"

#define MSR_PR 0x4000

/* The last injection into a vCPU. */
struct made {
	int64_t id;
	int cpu;
	enum outcome outcome;	/* OUTCOME_COUNT: not known yet */
	bool released;
};

struct run {
	struct qmp_client *client;
	FILE *out;
	bool json;
	struct made *made;	/* one for each vCPU that had any */
	size_t count;
	size_t last;		/* the latest of all */
	bool ended;
	struct papr_error *error;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* --- telling */

/* @line is stolen. */
static void tell_json(const struct run *run, json_t *line)
{
	json_dumpf(line, run->out, 0);
	fputc('\n', run->out);
	json_decref(line);
}

static void tell_made(const struct run *run, const struct made *made,
		      const struct injection *injection)
{
	if (run->json) {
		tell_json(run, json_pack("{s:I, s:i, s:s, s:O}",
				    "id", (json_int_t)made->id,
				    "cpu-index", made->cpu,
				    "state", "injected",
				    "arguments", injection->args));
		return;
	}
	if (injection->note[0])
		fprintf(run->out, "%s\n", injection->note);
	fprintf(run->out, "injection %" PRId64 ": injected, CPU %d\n",
		made->id, made->cpu);
}

/* "0x..." in an event, or 0. */
static uint64_t address_in(const json_t *data, const char *key)
{
	const char *text = json_string_value(json_object_get(data, key));

	return text ? strtoull(text, NULL, 16) : 0;
}

static void tell_outcome(const struct run *run, const struct made *made,
			 const json_t *data)
{
	uint64_t msr = address_in(data, "msr");

	if (run->json) {
		tell_json(run, json_pack("{s:I, s:i, s:s, s:o, s:o}",
				    "id", (json_int_t)made->id,
				    "cpu-index", made->cpu,
				    "state", outcome_names[made->outcome],
				    "pc", json_sprintf("0x%" PRIx64,
						       address_in(data, "pc")),
				    "msr", json_sprintf("0x%" PRIx64, msr)));
		return;
	}
	fprintf(run->out, "injection %" PRId64 ": %s", made->id,
		outcome_names[made->outcome]);
	if (made->outcome != OUTCOME_CANCELLED)
		fprintf(run->out, ", CPU %d at 0x%016" PRIx64 ", %s",
			made->cpu, address_in(data, "pc"),
			msr & MSR_PR ? "user" : "kernel");
	fputc('\n', run->out);
}

static void tell_release(const struct run *run, const struct made *made)
{
	if (run->json)
		tell_json(run, json_pack("{s:I, s:i, s:s}",
				    "id", (json_int_t)made->id,
				    "cpu-index", made->cpu,
				    "state", "released"));
	else
		fprintf(run->out, "injection %" PRId64 ": released, CPU %d\n",
			made->id, made->cpu);
}

/* --- hearing */

static struct made *made_by_cpu(const struct run *run, int64_t cpu)
{
	size_t i;

	for (i = 0; i < run->count; i++)
		if (run->made[i].cpu == cpu)
			return &run->made[i];
	return NULL;
}

static int64_t integer_in(const json_t *data, const char *key)
{
	const json_t *value = json_object_get(data, key);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

/* Those of other clients are none of ours. */
static void take_outcome(const struct run *run, const json_t *data)
{
	const char *name = json_string_value(json_object_get(data, "outcome"));
	struct made *made = made_by_cpu(run, integer_in(data, "cpu-index"));
	int i;

	if (!name || !made || made->id != integer_in(data, "id"))
		return;
	for (i = 0; i < OUTCOME_COUNT; i++)
		if (!strcmp(name, outcome_names[i]))
			made->outcome = i;
	if (made->outcome != OUTCOME_COUNT)
		tell_outcome(run, made, data);
}

static void take_release(const struct run *run, const json_t *data)
{
	struct made *made = made_by_cpu(run, integer_in(data, "cpu-index"));

	if (!made || made->outcome != OUTCOME_DELIVERED || made->released)
		return;
	made->released = true;
	tell_release(run, made);
}

static void take_event(struct run *run, const json_t *event)
{
	const char *name = json_string_value(json_object_get(event, "event"));
	const json_t *data = json_object_get(event, "data");

	if (!name)
		return;
	if (!strcmp(name, "PAPR_INJECTION"))
		take_outcome(run, data);
	else if (!strcmp(name, "PAPR_NMI_INTERLOCK"))
		take_release(run, data);
	else if (!strcmp(name, "SHUTDOWN"))
		run->ended = true;
	fflush(run->out);
}

/* Hears one more event before @deadline, or says that it was in vain. */
static int hear(struct run *run, int64_t deadline, const char *what)
{
	int64_t left = deadline - now_ms();
	json_t *event;
	bool gone;

	event = qmp_client_event(run->client, left > 0 ? left : 0, &gone);
	if (event) {
		take_event(run, event);
		json_decref(event);
		return 0;
	}
	if (gone) {
		run->ended = true;
		return 0;
	}
	return refuse(run->error, -1, "%s in time", what);
}

static int refuse_ended(const struct run *run, const char *what)
{
	return refuse(run->error, -1, "%s before the guest ended", what);
}

/* --- steps */

static int wait_outcome(struct run *run, const struct made *made,
			int64_t deadline)
{
	char what[64];
	int r = 0;

	snprintf(what, sizeof(what), "injection %" PRId64 " had no outcome",
		 made->id);
	while (!r && made->outcome == OUTCOME_COUNT)
		r = run->ended ? refuse_ended(run, what) :
				 hear(run, deadline, what);
	return r;
}

/* An architected one has no interlock, others no handler that ran. */
static int wait_release(struct run *run, const struct made *made,
			int64_t deadline)
{
	char what[80];
	int r = wait_outcome(run, made, deadline);

	snprintf(what, sizeof(what), "the guest has not released injection %"
		 PRId64, made->id);
	while (!r && made->outcome == OUTCOME_DELIVERED && !made->released)
		r = run->ended ? refuse_ended(run, what) :
				 hear(run, deadline, what);
	return r;
}

static int wait_end(struct run *run, int64_t deadline)
{
	int r = 0;

	while (!r && !run->ended)
		r = hear(run, deadline, "the guest has not ended");
	if (!r && run->json)
		tell_json(run, json_pack("{s:s}", "state", "ended"));
	else if (!r)
		fputs("the guest has ended\n", run->out);
	return r;
}

static int expect_outcome(const struct run *run, const struct made *made,
			  unsigned int outcomes)
{
	if (outcomes & OUTCOME_BIT(made->outcome))
		return 0;
	return refuse(run->error, -1, "injection %" PRId64 ": the outcome is "
		      "%s", made->id, outcome_names[made->outcome]);
}

/* Where the injection into @cpu is kept; NULL without memory. */
static struct made *made_for(struct run *run, int cpu)
{
	struct made *made = made_by_cpu(run, cpu), *more;

	if (!made) {
		more = reallocarray(run->made, run->count + 1, sizeof(*more));
		if (!more)
			return NULL;
		run->made = more;
		made = &more[run->count++];
	}
	run->last = made - run->made;
	*made = (struct made){ .cpu = cpu, .outcome = OUTCOME_COUNT };
	return made;
}

static int inject_once(struct run *run, const struct injection *injection)
{
	json_t *args = json_copy(injection->args), *result;
	int64_t cpu = integer_in(args, "cpu-index");
	struct made *made = made_for(run, cpu < 0 ? 0 : cpu);

	if (!made) {
		json_decref(args);
		return refuse(run->error, -1, "no memory");
	}
	result = qmp_client_execute(run->client, "papr-inject", args,
				    run->error);
	if (!result)
		return -1;
	made->id = integer_in(result, "id");
	json_decref(result);
	if (made->id < 0)
		return refuse(run->error, -1, "this machine does not number "
			      "its injections");
	tell_made(run, made, injection);
	return 0;
}

/* Each when the guest is done with the one before. */
static int inject(struct run *run, const struct step *step)
{
	uint64_t i;
	int r = inject_once(run, &step->injection);

	for (i = 1; !r && i < step->injection.repeat; i++) {
		r = wait_release(run, &run->made[run->last],
				 now_ms() + step->ms);
		if (!r)
			r = inject_once(run, &step->injection);
	}
	return r;
}

/* Whatever is about an injection; @made is the one that the step means. */
static int follow(struct run *run, const struct step *step)
{
	int64_t deadline = now_ms() + step->ms;
	const struct made *made = step->cpu == CPU_OF_LAST && run->count ?
		&run->made[run->last] : made_by_cpu(run, step->cpu);
	int r;

	if (!made)
		return refuse(run->error, -1, "nothing has been injected yet");
	if (step->kind == STEP_RELEASE)
		return wait_release(run, made, deadline);
	r = wait_outcome(run, made, deadline);
	return r ? r : expect_outcome(run, made, step->outcomes);
}

static int command(struct run *run, const char *name)
{
	json_t *result = qmp_client_execute(run->client, name, NULL,
					    run->error);

	json_decref(result);
	return result ? 0 : -1;
}

static void pause_for(int ms)
{
	struct timespec left = {
		.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L,
	};

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

static int take_step(struct run *run, const struct step *step)
{
	switch (step->kind) {
	case STEP_INJECT:
		return inject(run, step);
	case STEP_OUTCOME:
	case STEP_RELEASE:
		return follow(run, step);
	case STEP_END:
		return wait_end(run, now_ms() + step->ms);
	case STEP_PAUSE:
		pause_for(step->ms);
		return 0;
	case STEP_COMMAND:
		return command(run, step->command);
	}
	return -1;
}

int scenario_run(struct qmp_client *client, const struct scenario *scenario,
		 FILE *out, bool json, struct papr_error *error)
{
	struct run run = {
		.client = client, .out = out, .json = json, .error = error,
	};
	const struct step *step = scenario->steps;
	const struct step *end = step + scenario->count;
	char place[160];
	int r = 0;

	for (; !r && step < end; step++) {
		r = take_step(&run, step);
		fflush(out);
		if (r && step->line) {
			snprintf(place, sizeof(place), "%.128s:%zu",
				 scenario->name, step->line);
			refuse_at(error, r, place);
		}
	}
	free(run.made);
	return r;
}
