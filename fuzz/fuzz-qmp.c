/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of the control socket: the first byte says in pieces of what size
 * its words arrive, the rest are the words.  Whatever they are, each answer is
 * one line of JSON, and the sizes of the pieces change nothing.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <papr/policy.h>

#include "vmm/pace.h"
#include "vmm/qmp-event.h"
#include "vmm/qmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

/* A machine, and all that its client has heard. */
struct machine {
	bool paused;
	bool ended;
	struct migrate_parameters parameters;
	char *heard;
	size_t len;
};

static const char *status(void *arg)
{
	struct machine *machine = arg;

	return machine->ended ? "shutdown" :
	       machine->paused ? "paused" : "running";
}

static int stop(void *arg, struct papr_error *error)
{
	(void)error;
	((struct machine *)arg)->paused = true;
	return 0;
}

static void cont(void *arg)
{
	((struct machine *)arg)->paused = false;
}

static void quit(void *arg)
{
	((struct machine *)arg)->ended = true;
}

static json_t *list(void *arg)
{
	(void)arg;
	return json_array();
}

static int reset(void *arg, struct papr_error *error)
{
	(void)arg, (void)error;
	return 0;
}

static int offer_suspend(void *arg, uint64_t stream,
			 struct papr_error *error)
{
	(void)arg, (void)error;
	if (!stream)
		abort();
	return 0;
}

static int reset_cpus(void *arg, struct papr_error *error)
{
	(void)arg, (void)error;
	return 0;
}

/* What gets here can be told in a log, or is refused with a sentence. */
static int inject(void *arg, uint32_t cpu, const struct papr_injection *what,
		  uint64_t *id, struct papr_error *error)
{
	uint8_t log[PAPR_ELOG_MAX];

	(void)arg;
	check(what->context <= PAPR_CONTEXT_KERNEL);
	*id = cpu;
	return papr_elog_build_mc(log, sizeof(log), what->info, error) < 0 ?
	       -EINVAL : 0;
}

/* Taken or refused, as it pleases the policy. */
static json_t *apply_policy(void *arg, const char *text,
			    struct papr_error *error)
{
	struct papr_policy *policy;

	(void)arg;
	if (papr_policy_parse(text, strlen(text), "policy", &policy, error))
		return NULL;
	papr_policy_free(policy);
	return json_array();
}

static int cancel(void *arg, uint64_t id, struct papr_error *error)
{
	(void)arg, (void)error;
	check(id > 0);
	return 0;
}

static int powerdown(void *arg, struct papr_error *error)
{
	(void)arg, (void)error;
	return 0;
}

/* What gets here is of a kind, and no longer than a log. */
static int put_event(void *arg, const struct qmp_event *event,
		     struct papr_error *error)
{
	(void)arg, (void)error;
	check(event->kind <= QMP_EVENT_LOG && event->len <= PAPR_ELOG_MAX);
	return 0;
}

static int plug(void *arg, enum papr_connector_kind kind, uint32_t number,
		struct papr_error *error)
{
	(void)arg, (void)number, (void)error;
	check(kind == PAPR_CONNECTOR_CORE || kind == PAPR_CONNECTOR_LMB);
	return 0;
}

static json_t *stats(void *arg, uint32_t cpu, struct papr_error *error)
{
	(void)cpu, (void)error;
	return list(arg);
}

static int reset_stats(void *arg, struct papr_error *error)
{
	(void)arg, (void)error;
	return 0;
}

static int set_timing(void *arg, bool on, struct papr_error *error)
{
	(void)arg, (void)on, (void)error;
	return 0;
}

static int migrate(void *arg, const char *place, struct papr_error *error)
{
	(void)arg, (void)error;
	check(*place != '\0');
	return 0;
}

static void migrate_cancel(void *arg)
{
	(void)arg;
}

static struct migrate_parameters *migrate_parameters(void *arg)
{
	struct machine *machine = arg;

	check(machine->parameters.max_bandwidth <= INT64_MAX);
	check(machine->parameters.downtime_limit <= DOWNTIME_LIMIT_MAX);
	return &machine->parameters;
}

static const struct qmp_ops ops = {
	.status = status, .stop = stop, .cont = cont, .quit = quit,
	.reset = reset, .wakeup = reset, .offer_suspend = offer_suspend,
	.reset_cpus = reset_cpus, .inject = inject,
	.cancel = cancel, .injections = list, .powerdown = powerdown,
	.event = put_event, .event_counts = list,
	.plug = plug, .unplug = plug, .connectors = list,
	.cpus = list, .stats = stats, .reset_stats = reset_stats,
	.set_timing = set_timing, .routes = list,
	.apply_policy = apply_policy, .migrate = migrate,
	.migrate_cancel = migrate_cancel, .migration = list,
	.migrate_parameters = migrate_parameters,
};

static bool hear(void *peer, const char *text, size_t len)
{
	struct machine *machine = peer;
	json_t *said = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

	check(json_is_object(said));
	check(json_object_get(said, "QMP") || json_object_get(said, "return") ||
	      json_object_get(said, "error"));
	json_decref(said);
	check(len > 2 && !memcmp(text + len - 2, "\r\n", 2));
	check(memchr(text, '\n', len) == text + len - 1);

	machine->heard = realloc(machine->heard, machine->len + len);
	check(machine->heard != NULL);
	memcpy(machine->heard + machine->len, text, len);
	machine->len += len;
	return true;
}

static void event(void *peer, const char *name, json_t *data)
{
	char *line = qmp_event_line(name, data);

	(void)peer;
	check(line && strstr(line, name));
	free(line);
}

static const struct qmp_wire wire = { .send = hear, .event = event };

static void talk(struct machine *machine, const char *words, size_t len,
		 size_t piece)
{
	struct qmp qmp = {
		.ops = &ops, .machine = machine, .wire = &wire,
		.peer = machine,
	};
	size_t n;

	check(qmp_greet(&qmp));
	for (; len; words += n, len -= n) {
		n = len < piece ? len : piece;
		if (!qmp_feed(&qmp, words, n))
			break;
	}
	qmp_end(&qmp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct machine whole = { 0 }, pieces = { 0 };

	if (!size)
		return 0;
	talk(&whole, (const char *)data + 1, size - 1, size);
	talk(&pieces, (const char *)data + 1, size - 1, 1 + data[0]);
	check(whole.len == pieces.len);
	check(!memcmp(whole.heard, pieces.heard, whole.len));
	check(whole.paused == pieces.paused && whole.ended == pieces.ended);
	free(whole.heard);
	free(pieces.heard);
	return 0;
}
