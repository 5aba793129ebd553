/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/qmp-event.h"
#include "vmm/util.h"

static const char *const kinds[] = {
	[QMP_EVENT_EPOW] = "epow",
	[QMP_EVENT_HOT_PLUG] = "hot-plug",
	[QMP_EVENT_IO] = "io",
	[QMP_EVENT_INTERNAL_ERROR] = "internal-error",
	[QMP_EVENT_LOG] = "log",
};

/* What an argument's value is, and where it goes in struct qmp_event. */
enum type { NAME, FLAG, NUMBER, ADDRESS, TEXT, BYTES };

static const struct argument {
	enum qmp_event_kind kind;
	const char *key;
	enum type type;
	const char *field;	/* of papr-elog(1), for a name */
	size_t offset;
	bool needed;
} arguments[] = {
#define AT(member) offsetof(struct qmp_event, what.member)
	{ QMP_EVENT_EPOW, "action", NAME, "EP.action", AT(epow.action), true },
	{ QMP_EVENT_EPOW, "modifier", NAME, "EP.modifier", AT(epow.modifier),
	  false },
	{ QMP_EVENT_EPOW, "extended-modifier", NAME, "EP.extended_modifier",
	  AT(epow.partition), false },
	{ QMP_EVENT_EPOW, "reason", ADDRESS, NULL, AT(epow.reason), false },

	{ QMP_EVENT_HOT_PLUG, "type", NAME, "HP.type", AT(hotplug.type), true },
	{ QMP_EVENT_HOT_PLUG, "action", NAME, "HP.action", AT(hotplug.action),
	  true },
	{ QMP_EVENT_HOT_PLUG, "name", TEXT, NULL, AT(hotplug.name), false },
	{ QMP_EVENT_HOT_PLUG, "index", NUMBER, NULL, AT(hotplug.index),
	  false },
	{ QMP_EVENT_HOT_PLUG, "count", NUMBER, NULL, AT(hotplug.count),
	  false },

	{ QMP_EVENT_IO, "type", NAME, "IE.type", AT(io.type), true },
	{ QMP_EVENT_IO, "scope", NAME, "IE.scope", AT(io.scope), false },
	{ QMP_EVENT_IO, "subtype", NAME, "IE.subtype", AT(io.subtype), false },
	{ QMP_EVENT_IO, "drc-index", NUMBER, NULL, AT(io.drc_index), false },
	{ QMP_EVENT_IO, "data", BYTES, NULL, 0, false },

	{ QMP_EVENT_INTERNAL_ERROR, "severity", NAME, "header.severity",
	  AT(internal.severity), true },
	{ QMP_EVENT_INTERNAL_ERROR, "disposition", NAME, "header.disposition",
	  AT(internal.disposition), false },
	{ QMP_EVENT_INTERNAL_ERROR, "initiator", NAME, "header.initiator",
	  AT(internal.initiator), false },
	{ QMP_EVENT_INTERNAL_ERROR, "target", NAME, "header.target",
	  AT(internal.target), false },
	{ QMP_EVENT_INTERNAL_ERROR, "subsystem", NAME, "UH.subsystem",
	  AT(internal.subsystem), false },
	{ QMP_EVENT_INTERNAL_ERROR, "refcode", TEXT, NULL,
	  AT(internal.refcode), false },
	{ QMP_EVENT_INTERNAL_ERROR, "scan", FLAG, NULL, AT(internal.scan),
	  false },

	{ QMP_EVENT_LOG, "log", BYTES, NULL, 0, true },
	{ QMP_EVENT_LOG, "scan", FLAG, NULL, AT(scan), false },
#undef AT
};

static int wrong(const struct argument *a, const char *what,
		 struct papr_error *error)
{
	return refuse(error, -EINVAL, "Parameter '%s' must be %s", a->key,
		      what);
}

static int take_name(const struct argument *a, const json_t *value,
		     uint8_t *to, struct papr_error *error)
{
	int r;

	if (!json_is_string(value))
		return wrong(a, "a name", error);
	r = papr_elog_value(a->field, json_string_value(value), error);
	if (r >= 0)
		*to = r;
	return r < 0 ? r : 0;
}

static int take_number(const struct argument *a, const json_t *value,
		       uint32_t *to, struct papr_error *error)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0 || number > UINT32_MAX)
		return wrong(a, "a number of 32 bits", error);
	*to = number;
	return 0;
}

/* JSON's numbers do not hold 64 bits. */
static int take_address(const struct argument *a, const json_t *value,
			uint64_t *to, struct papr_error *error)
{
	const char *text = json_string_value(value);
	char *end = NULL;

	errno = 0;
	if (text && text[0] == '0' && text[1] == 'x' && text[2])
		*to = strtoull(text + 2, &end, 16);
	if (!end || *end || errno)
		return wrong(a, "a number as text, such as \"0x1000\"", error);
	return 0;
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? at - digits : -1;
}

static int take_bytes(const struct argument *a, const json_t *value,
		      struct qmp_event *event, struct papr_error *error)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);

	if (!text || len % 2 || len / 2 > sizeof(event->bytes))
		return wrong(a, "up to 2048 bytes, two digits each", error);
	for (size_t i = 0; i < len; i += 2) {
		int high = digit(text[i]), low = digit(text[i + 1]);

		if (high < 0 || low < 0)
			return wrong(a, "digits from 0 to f", error);
		event->bytes[i / 2] = high << 4 | low;
	}
	event->len = len / 2;
	return 0;
}

static int take(const struct argument *a, const json_t *value,
		struct qmp_event *event, struct papr_error *error)
{
	void *to = (char *)event + a->offset;

	switch (a->type) {
	case NAME:
		return take_name(a, value, to, error);
	case FLAG:
		if (!json_is_boolean(value))
			return wrong(a, "true or false", error);
		*(bool *)to = json_is_true(value);
		return 0;
	case NUMBER:
		return take_number(a, value, to, error);
	case ADDRESS:
		return take_address(a, value, to, error);
	case TEXT:
		if (!json_is_string(value))
			return wrong(a, "text", error);
		*(const char **)to = json_string_value(value);
		return 0;
	case BYTES:
		return take_bytes(a, value, event, error);
	}
	return 0;
}

static const struct argument *find(enum qmp_event_kind kind, const char *key)
{
	for (size_t i = 0; i < COUNT_OF(arguments); i++)
		if (arguments[i].kind == kind &&
		    !strcmp(arguments[i].key, key))
			return &arguments[i];
	return NULL;
}

static int take_all(const json_t *args, struct qmp_event *event,
		    struct papr_error *error)
{
	const struct argument *a;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)args, key, value) {
		if (!strcmp(key, "class"))
			continue;
		a = find(event->kind, key);
		if (!a)
			return refuse(error, -EINVAL, "Parameter '%.100s' is "
				      "unexpected of class %s", key,
				      kinds[event->kind]);
		if (take(a, value, event, error))
			return -EINVAL;
	}
	for (a = arguments; a < arguments + COUNT_OF(arguments); a++)
		if (a->kind == event->kind && a->needed &&
		    !json_object_get(args, a->key))
			return refuse(error, -EINVAL, "Parameter '%s' is "
				      "missing", a->key);
	return 0;
}

/* How connectors are named follows from what is said of them. */
static int choose_id(const json_t *args, struct papr_hotplug *hotplug,
		     struct papr_error *error)
{
	bool name = json_object_get(args, "name");
	bool index = json_object_get(args, "index");
	bool count = json_object_get(args, "count");

	if (name + (index || count) != 1)
		return refuse(error, -EINVAL, "what is plugged has a 'name', "
			      "or an 'index', a 'count' or both");
	hotplug->id_type = name ? PAPR_HOTPLUG_NAME :
		index && count ? PAPR_HOTPLUG_COUNT_INDEXED :
		index ? PAPR_HOTPLUG_INDEX : PAPR_HOTPLUG_COUNT;
	return 0;
}

/* The size is the first member of each. */
static void set_size(struct qmp_event *event)
{
	switch (event->kind) {
	case QMP_EVENT_EPOW:
		event->what.epow.size = sizeof(event->what.epow);
		break;
	case QMP_EVENT_HOT_PLUG:
		event->what.hotplug.size = sizeof(event->what.hotplug);
		break;
	case QMP_EVENT_IO:
		event->what.io.size = sizeof(event->what.io);
		break;
	case QMP_EVENT_INTERNAL_ERROR:
		event->what.internal.size = sizeof(event->what.internal);
		break;
	case QMP_EVENT_LOG:
		break;
	}
}

static int parse_kind(const json_t *args, enum qmp_event_kind *kind,
		      struct papr_error *error)
{
	const char *class = json_string_value(json_object_get(args, "class"));

	for (size_t i = 0; class && i < COUNT_OF(kinds); i++) {
		if (!strcmp(kinds[i], class)) {
			*kind = i;
			return 0;
		}
	}
	return refuse(error, -EINVAL, "Parameter 'class' must be \"epow\", "
		      "\"hot-plug\", \"io\", \"internal-error\" or \"log\"");
}

int qmp_event_parse(const json_t *args, struct qmp_event *event,
		    struct papr_error *error)
{
	int r;

	memset(event, 0, sizeof(*event));
	r = parse_kind(args, &event->kind, error);
	if (r)
		return r;
	set_size(event);
	r = take_all(args, event, error);
	if (!r && event->kind == QMP_EVENT_HOT_PLUG)
		r = choose_id(args, &event->what.hotplug, error);
	return r;
}

int qmp_event_put(struct papr_vm *vm, const struct qmp_event *event,
		  struct papr_error *error)
{
	struct papr_io io;

	switch (event->kind) {
	case QMP_EVENT_EPOW:
		return papr_vm_event_epow(vm, &event->what.epow, error);
	case QMP_EVENT_HOT_PLUG:
		return papr_vm_event_hotplug(vm, &event->what.hotplug, error);
	case QMP_EVENT_IO:
		io = event->what.io;
		io.data = event->bytes;
		io.data_len = event->len;
		return papr_vm_event_io(vm, &io, error);
	case QMP_EVENT_INTERNAL_ERROR:
		return papr_vm_event_internal_error(vm, &event->what.internal,
						    error);
	case QMP_EVENT_LOG:
		return papr_vm_event_log(vm, event->what.scan ?
					 PAPR_EVENT_LOG_SCAN : 0, event->bytes,
					 event->len, error);
	}
	return -EINVAL;
}

json_t *qmp_event_counts(struct papr_vm *vm)
{
	struct papr_event_counts c = { .size = sizeof(c) };
	json_t *list = json_array();

	for (int i = 0; i < PAPR_EVENT_CLASSES; i++) {
		papr_vm_event_counts(vm, i, &c);
		json_array_append_new(list, json_pack(
			"{s:s, s:I, s:I, s:I, s:I, s:I}",
			"class", papr_event_class_name(i),
			"waiting", (json_int_t)c.waiting,
			"queued", (json_int_t)c.queued,
			"delivered", (json_int_t)c.delivered,
			"refused", (json_int_t)c.refused,
			"dropped", (json_int_t)c.dropped));
	}
	return list;
}

/* --- the commands */

json_t *qmp_papr_event(struct qmp *qmp, const json_t *args,
		       struct papr_error *error)
{
	struct qmp_event event;

	if (qmp_event_parse(args, &event, error) ||
	    qmp->ops->event(qmp->machine, &event, error))
		return NULL;
	return json_object();
}

json_t *qmp_papr_query_events(struct qmp *qmp, const json_t *args,
			      struct papr_error *error)
{
	(void)args, (void)error;
	return qmp->ops->event_counts(qmp->machine);
}

json_t *qmp_system_powerdown(struct qmp *qmp, const json_t *args,
			     struct papr_error *error)
{
	(void)args;
	if (qmp->ops->powerdown(qmp->machine, error))
		return NULL;
	qmp->wire->event(qmp->peer, "POWERDOWN", NULL);
	return json_object();
}
