/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <papr/papr.h>

#include "vmm/qmp-event.h"
#include "vmm/qmp-inject.h"
#include "vmm/qmp-migrate.h"
#include "vmm/qmp-plug.h"
#include "vmm/qmp-power.h"
#include "vmm/qmp.h"
#include "vmm/util.h"

/* A command's result, to be released, or NULL and a sentence. */
typedef json_t *run_fn(struct qmp *qmp, const json_t *args,
		       struct papr_error *error);

#define MAX_ARGS 24

/* @args are the names of the arguments it takes. */
struct command {
	const char *name;
	run_fn *run;
	const char *args[MAX_ARGS];
};

static const struct command commands[];

/* --- lines */

/* Ends the line as QEMU does; @object is stolen. */
static char *line_of(json_t *object)
{
	char *text = json_dumps(object, 0), *line = NULL;

	json_decref(object);
	if (text && asprintf(&line, "%s\r\n", text) < 0)
		line = NULL;
	free(text);
	return line;
}

/* @object is stolen. */
static bool send_object(struct qmp *qmp, json_t *object)
{
	char *line = line_of(object);
	bool sent = line && qmp->wire->send(qmp->peer, line, strlen(line));

	free(line);
	return sent;
}

static json_t *error_object(const char *class, const char *sentence)
{
	return json_pack("{s:{s:s, s:s}}", "error", "class", class,
			 "desc", sentence);
}

__attribute__((format(printf, 2, 3)))
static json_t *failed(const char *class, const char *fmt, ...)
{
	char sentence[512], *at;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	/* What a client sent may be cut within a letter, or be none. */
	for (at = sentence; *at; at++)
		if (*at & 0x80)
			*at = '?';
	return error_object(class, sentence);
}

char *qmp_error_line(const char *sentence)
{
	return line_of(error_object("GenericError", sentence));
}

char *qmp_event_line(const char *name, json_t *data)
{
	struct timespec now;
	json_t *event;

	clock_gettime(CLOCK_REALTIME, &now);
	event = json_pack("{s:{s:I, s:I}, s:s}", "timestamp",
			  "seconds", (json_int_t)now.tv_sec,
			  "microseconds", (json_int_t)now.tv_nsec / 1000,
			  "event", name);
	if (data)
		json_object_set_new(event, "data", data);
	return line_of(event);
}

/* Ours, in the place where clients look for QEMU's. */
static json_t *version(void)
{
	int part[3] = { 0 };

	sscanf(papr_version(), "%d.%d.%d", &part[0], &part[1], &part[2]);
	return json_pack("{s:{s:i, s:i, s:i}, s:s+}", "qemu",
			 "major", part[0], "minor", part[1], "micro", part[2],
			 "package", "libpapr ", papr_version());
}

bool qmp_greet(struct qmp *qmp)
{
	return send_object(qmp, json_pack("{s:{s:o, s:[]}}", "QMP",
					  "version", version(),
					  "capabilities"));
}

/* --- commands */

static json_t *qmp_capabilities(struct qmp *qmp, const json_t *args,
				struct papr_error *error)
{
	const json_t *enable = json_object_get(args, "enable");

	if (enable && !json_is_array(enable)) {
		refuse(error, 0, "Parameter 'enable' must be an array");
		return NULL;
	}
	if (json_array_size(enable)) {
		refuse(error, 0, "there are no capabilities to enable");
		return NULL;
	}
	qmp->negotiated = true;
	return json_object();
}

static json_t *query_version(struct qmp *qmp, const json_t *args,
			     struct papr_error *error)
{
	(void)qmp, (void)args, (void)error;
	return version();
}

static json_t *query_commands(struct qmp *qmp, const json_t *args,
			      struct papr_error *error)
{
	json_t *list = json_array();
	const struct command *c;

	(void)qmp, (void)args, (void)error;
	for (c = commands; c->name; c++)
		json_array_append_new(list, json_pack("{s:s}", "name",
						      c->name));
	return list;
}

static bool is_running(struct qmp *qmp)
{
	return !strcmp(qmp->ops->status(qmp->machine), "running");
}

static json_t *query_status(struct qmp *qmp, const json_t *args,
			    struct papr_error *error)
{
	(void)args, (void)error;
	return json_pack("{s:s, s:b, s:b}",
			 "status", qmp->ops->status(qmp->machine),
			 "singlestep", 0, "running", is_running(qmp));
}

static json_t *query_kvm(struct qmp *qmp, const json_t *args,
			 struct papr_error *error)
{
	(void)qmp, (void)args, (void)error;
	return json_pack("{s:b, s:b}", "enabled", 1, "present", 1);
}

static json_t *query_cpus_fast(struct qmp *qmp, const json_t *args,
			       struct papr_error *error)
{
	(void)args, (void)error;
	return qmp->ops->cpus(qmp->machine);
}

static json_t *stop(struct qmp *qmp, const json_t *args,
		    struct papr_error *error)
{
	(void)args;
	if (!is_running(qmp))
		return json_object();
	if (qmp->ops->stop(qmp->machine, error))
		return NULL;
	qmp->wire->event(qmp->peer, "STOP", NULL);
	return json_object();
}

static json_t *cont(struct qmp *qmp, const json_t *args,
		    struct papr_error *error)
{
	const char *status = qmp->ops->status(qmp->machine);

	(void)args, (void)error;
	if (is_running(qmp) || !strcmp(status, "shutdown") ||
	    !strcmp(status, "suspended"))
		return json_object();
	qmp->ops->cont(qmp->machine);
	qmp->wire->event(qmp->peer, "RESUME", NULL);
	return json_object();
}

static json_t *quit(struct qmp *qmp, const json_t *args,
		    struct papr_error *error)
{
	(void)args, (void)error;
	qmp->ops->quit(qmp->machine);
	return json_object();
}

static json_t *system_reset(struct qmp *qmp, const json_t *args,
			    struct papr_error *error)
{
	(void)args;
	if (qmp->ops->reset(qmp->machine, error))
		return NULL;
	qmp->wire->event(qmp->peer, "RESET", json_pack(
		"{s:b, s:s}", "guest", 0, "reason", "host-qmp-system-reset"));
	return json_object();
}

/* All of them, as QEMU's pseries machine does. */
static json_t *inject_nmi(struct qmp *qmp, const json_t *args,
			  struct papr_error *error)
{
	(void)args;
	if (qmp->ops->reset_cpus(qmp->machine, error))
		return NULL;
	return json_object();
}

static json_t *papr_stats(struct qmp *qmp, const json_t *args,
			  struct papr_error *error)
{
	const json_t *index = json_object_get(args, "cpu-index");
	json_int_t cpu = json_integer_value(index);

	if (!index)
		return qmp->ops->stats(qmp->machine, QMP_ALL_CPUS, error);
	if (!json_is_integer(index) || cpu < 0 || cpu >= QMP_ALL_CPUS) {
		refuse(error, 0, "Parameter 'cpu-index' must be the number of "
		       "a vCPU");
		return NULL;
	}
	return qmp->ops->stats(qmp->machine, cpu, error);
}

static json_t *papr_reset_stats(struct qmp *qmp, const json_t *args,
				struct papr_error *error)
{
	(void)args;
	if (qmp->ops->reset_stats(qmp->machine, error))
		return NULL;
	return json_object();
}

static json_t *papr_set_timing(struct qmp *qmp, const json_t *args,
			       struct papr_error *error)
{
	const json_t *enabled = json_object_get(args, "enabled");

	if (!json_is_boolean(enabled)) {
		refuse(error, 0, "Parameter 'enabled' must be true or false");
		return NULL;
	}
	if (qmp->ops->set_timing(qmp->machine, json_is_true(enabled), error))
		return NULL;
	return json_object();
}

static json_t *papr_routes(struct qmp *qmp, const json_t *args,
			   struct papr_error *error)
{
	(void)args, (void)error;
	return qmp->ops->routes(qmp->machine);
}

static json_t *papr_policy_apply(struct qmp *qmp, const json_t *args,
				 struct papr_error *error)
{
	const json_t *policy = json_object_get(args, "policy");

	if (!json_is_string(policy)) {
		refuse(error, 0, "Parameter 'policy' must be the text of a "
		       "policy");
		return NULL;
	}
	return qmp->ops->apply_policy(qmp->machine, json_string_value(policy),
				      error);
}

static const struct command commands[] = {
	{ "cont", cont, { NULL } },
	{ "inject-nmi", inject_nmi, { NULL } },
	{ "migrate", qmp_migrate, { "uri" } },
	{ "migrate-set-parameters", qmp_migrate_set_parameters,
	  { "max-bandwidth", "downtime-limit" } },
	{ "migrate_cancel", qmp_migrate_cancel, { NULL } },
	{ "papr-cancel-injection", qmp_papr_cancel_injection, { "id" } },
	{ "papr-event", qmp_papr_event,
	  { "class", "action", "modifier", "extended-modifier", "reason",
	    "type", "name", "index", "count", "scope", "subtype", "drc-index",
	    "data", "severity", "disposition", "initiator", "target",
	    "subsystem", "refcode", "scan", "log" } },
	{ "papr-inject", qmp_papr_inject,
	  { "type", "subtype", "severity", "disposition", "effective-address",
	    "logical-address", "cpu-index", "context", "at-hypercall",
	    "at-pc" } },
	{ "papr-offer-suspend", qmp_papr_offer_suspend, { "stream" } },
	{ "papr-plug", qmp_plug, { "core", "lmb" } },
	{ "papr-policy-apply", papr_policy_apply, { "policy" } },
	{ "papr-query-connectors", qmp_query_connectors, { NULL } },
	{ "papr-query-events", qmp_papr_query_events, { NULL } },
	{ "papr-query-injections", qmp_papr_query_injections, { NULL } },
	{ "papr-reset-stats", papr_reset_stats, { NULL } },
	{ "papr-routes", papr_routes, { NULL } },
	{ "papr-set-timing", papr_set_timing, { "enabled" } },
	{ "papr-stats", papr_stats, { "cpu-index" } },
	{ "papr-unplug", qmp_unplug, { "core", "lmb" } },
	{ "qmp_capabilities", qmp_capabilities, { "enable" } },
	{ "query-commands", query_commands, { NULL } },
	{ "query-cpus-fast", query_cpus_fast, { NULL } },
	{ "query-kvm", query_kvm, { NULL } },
	{ "query-migrate", qmp_query_migrate, { NULL } },
	{ "query-migrate-parameters", qmp_query_migrate_parameters, { NULL } },
	{ "query-status", query_status, { NULL } },
	{ "query-version", query_version, { NULL } },
	{ "quit", quit, { NULL } },
	{ "stop", stop, { NULL } },
	{ "system_powerdown", qmp_system_powerdown, { NULL } },
	{ "system_reset", system_reset, { NULL } },
	{ "system_wakeup", qmp_system_wakeup, { NULL } },
	{ NULL, NULL, { NULL } }
};

/* --- requests */

static const struct command *find(const char *name)
{
	const struct command *c;

	for (c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* The first member that is none of the @n names, or NULL. */
static const char *stranger(json_t *object, const char *const *names, size_t n)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(object, key, value) {
		for (i = 0; i < n && (!names[i] || strcmp(names[i], key)); i++)
			;
		if (i == n)
			return key;
	}
	return NULL;
}

static json_t *run(struct qmp *qmp, const struct command *command,
		   json_t *args)
{
	struct papr_error error = { "no memory" };
	const char *key = stranger(args, command->args, MAX_ARGS);
	json_t *result;

	if (key)
		return failed("GenericError",
			      "Parameter '%.100s' is unexpected", key);
	result = command->run(qmp, args, &error);
	if (!result)
		return failed("GenericError", "%s", error.text);
	return json_pack("{s:o}", "return", result);
}

/* QEMU's words, where clients may know them. */
static json_t *find_and_run(struct qmp *qmp, const char *name, json_t *args)
{
	const struct command *command = find(name);
	bool first = command && command->run == qmp_capabilities;

	if (!qmp->negotiated && !first)
		return failed("CommandNotFound", "Expecting capabilities "
			      "negotiation with 'qmp_capabilities'");
	if (qmp->negotiated && first)
		return failed("CommandNotFound", "Capabilities negotiation is "
			      "already complete, command ignored");
	if (!command)
		return failed("CommandNotFound", "The command %.100s has not "
			      "been found", name);
	return run(qmp, command, args);
}

static json_t *answer(struct qmp *qmp, json_t *request)
{
	static const char *const members[] = { "execute", "arguments", "id" };
	json_t *execute = json_object_get(request, "execute");
	json_t *args = json_object_get(request, "arguments");
	const char *key;

	if (!json_is_object(request))
		return failed("GenericError", "QMP input must be a JSON "
			      "object");
	key = stranger(request, members, COUNT_OF(members));
	if (key)
		return failed("GenericError", "QMP input member '%.100s' is "
			      "unexpected", key);
	if (!execute)
		return failed("GenericError", "QMP input lacks member "
			      "'execute'");
	if (!json_is_string(execute))
		return failed("GenericError", "QMP input member 'execute' "
			      "must be a string");
	if (args && !json_is_object(args))
		return failed("GenericError", "QMP input member 'arguments' "
			      "must be an object");
	return find_and_run(qmp, json_string_value(execute), args);
}

/* One frame, one answer; false if the client is lost. */
static bool take_frame(struct qmp *qmp)
{
	const struct frame *frame = &qmp->frame;
	json_t *request = NULL, *reply, *id;
	json_error_t error;

	if (frame->deep)
		return send_object(qmp, failed("GenericError", "JSON is nested "
				   "deeper than %d levels", FRAME_MAX_DEPTH));
	request = json_loadb(frame->bytes, frame->len, JSON_REJECT_DUPLICATES,
			     &error);
	if (!request)
		return send_object(qmp, failed("GenericError", "JSON parse "
				   "error: %.100s", error.text));
	reply = answer(qmp, request);
	id = json_object_get(request, "id");
	if (id)
		json_object_set(reply, "id", id);
	json_decref(request);
	return send_object(qmp, reply);
}

bool qmp_feed(struct qmp *qmp, const char *data, size_t len)
{
	enum frame_result result;
	size_t taken;
	bool more = true;

	while (more && len) {
		result = frame_feed(&qmp->frame, data, len, &taken);
		if (result == FRAME_TOO_LONG) {
			send_object(qmp, failed("GenericError", "more than %d "
				    "bytes are no command", FRAME_MAX));
			return false;
		}
		if (result == FRAME_WHOLE) {
			more = take_frame(qmp);
			frame_reset(&qmp->frame);
		}
		data += taken;
		len -= taken;
	}
	return more;
}

void qmp_end(struct qmp *qmp)
{
	frame_reset(&qmp->frame);
}
