/* SPDX-License-Identifier: BSD-2-Clause */
/* Events by their meaning: each becomes a log, which goes into the queue. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "fwnmi/elog-build.h"
#include "fwnmi/event.h"
#include "spapr/event-queue.h"
#include "spapr/util.h"

#define NS_PER_S INT64_C(1000000000)

/* UH.subsystem; librtasevent knows no others than from 0x10 to 0xaf. */
enum subsystem {
	SUBSYSTEM_FIRST = 0x10,
	SUBSYSTEM_IO_HUB = 0x30,
	SUBSYSTEM_CEC = 0x50,
	SUBSYSTEM_FIRMWARE = 0x80,
	SUBSYSTEM_EXTERNAL = 0xa0,
	SUBSYSTEM_LAST = 0xaf,
};

/* UH.severity and UH.subtype. */
enum {
	UH_INFORMATIONAL = 0x00,
	UH_RECOVERED = 0x10,
	UH_UNRECOVERABLE = 0x40,
	UH_NO_EVENT = 0x00,
	UH_BACK_TO_NORMAL = 0x60,
	UH_SHUTDOWN = 0xd0,
};

static int unknown_size(const char *name, struct papr_error *error)
{
	return error_set(error, -E2BIG, "struct %s has a size this library "
			 "does not know", name);
}

/* A value must have a name, which is how LoPAR tells of it. */
static int check_name(enum elog_row_id id, uint64_t value,
		      struct papr_error *error)
{
	const struct elog_row *row = &elog_rows[id];

	if (value <= elog_row_max(row) && elog_value_name(row->list, value))
		return 0;
	return error_set(error, -EINVAL, "%s.%s is never %u",
			 elog_sections[row->section].name, row->name,
			 (unsigned int)value);
}

/* What differs between the first sections of the logs. */
struct kind {
	uint8_t type, severity, disposition, initiator, target;
	uint8_t subsystem, uh_severity, uh_subtype;
	unsigned int sections;
};

static void put_headers(struct elog_build *b, const struct kind *kind)
{
	bool lost = kind->disposition == PAPR_ELOG_NOT_RECOVERED;
	uint8_t *p = elog_append_header(b);

	elog_put(p, ELOG_header_severity, kind->severity);
	elog_put(p, ELOG_header_disposition, kind->disposition);
	elog_put(p, ELOG_header_initiator, kind->initiator);
	elog_put(p, ELOG_header_target, kind->target);
	elog_put(p, ELOG_header_type, kind->type);
	p = elog_append_main(b);
	if (kind->type == PAPR_ELOG_PLATFORM_ERROR)
		elog_put(p, lost ? ELOG_main_unrecoverable :
			 ELOG_main_recoverable, 1);
}

/* All but the sections of its own; @b has room for PAPR_ELOG_MAX. */
static void begin(struct papr_vm *vm, struct elog_build *b,
		  const struct kind *kind)
{
	int64_t now_ns = vm_clock_ns(vm);
	struct elog_stamp stamp = {
		.log_id = atomic_fetch_add(&vm->nmi_log_id, 1) + 1,
		.time_s = now_ns > 0 ? now_ns / NS_PER_S : 0,
	};
	uint8_t *p;

	put_headers(b, kind);
	elog_append_ph(b, &stamp, kind->sections);
	p = elog_append(b, ELOG_SECTION_UH);
	elog_put(p, ELOG_UH_subsystem, kind->subsystem);
	elog_put(p, ELOG_UH_severity, kind->uh_severity);
	elog_put(p, ELOG_UH_subtype, kind->uh_subtype);
}

/* Puts @len bytes behind the fields of the last section, and fills up. */
static void append_data(struct elog_build *b, uint8_t *section,
			const void *data, size_t len)
{
	size_t padded = (len + 3) & ~(size_t)3;

	memset(b->bytes + b->len, 0, padded);
	memcpy(b->bytes + b->len, data, len);
	b->len += padded;
	elog_put(section, ELOG_section_length,
		 b->bytes + b->len - section);
}

static int finish(struct papr_vm *vm, struct event *event,
		  struct elog_build *b, struct papr_error *error)
{
	elog_finish(b);
	event->len = b->len;
	return event_queue_put(vm, event, error);
}

/* --- environment and power */

uint8_t event_epow_rank(uint8_t action)
{
	return action >= PAPR_EPOW_MAIN_ENCLOSURE ? PAPR_ELOG_FATAL :
						    PAPR_ELOG_EVENT;
}

static int check_epow(const struct papr_epow *epow, struct papr_error *error)
{
	if (check_name(ELOG_EP_action, epow->action, error) ||
	    check_name(ELOG_EP_modifier, epow->modifier, error))
		return -EINVAL;
	if (epow->action != PAPR_EPOW_SYSTEM_SHUTDOWN &&
	    (epow->modifier || epow->partition))
		return error_set(error, -EINVAL, "only of a system shutdown a "
				 "log says why, and whether it is the "
				 "partition's");
	return 0;
}

static uint8_t epow_subtype(uint8_t action)
{
	switch (action) {
	case PAPR_EPOW_RESET:
		return UH_BACK_TO_NORMAL;
	case PAPR_EPOW_SYSTEM_SHUTDOWN:
		return UH_SHUTDOWN;
	default:
		return UH_NO_EVENT;
	}
}

int papr_vm_event_epow(struct papr_vm *vm, const struct papr_epow *from,
		       struct papr_error *error)
{
	struct event event = { .class = PAPR_EVENT_CLASS_EPOW };
	struct elog_build b = { .bytes = event.log };
	struct papr_epow epow;
	uint8_t *p;
	int r;

	if (sized_copy(&epow, sizeof(epow), from))
		return unknown_size("papr_epow", error);
	r = check_epow(&epow, error);
	if (r)
		return r;
	event.rank = event_epow_rank(epow.action);
	event.epow_action = epow.action;
	begin(vm, &b, &(struct kind){
		.type = PAPR_ELOG_EPOW, .severity = PAPR_ELOG_EVENT,
		.disposition = PAPR_ELOG_NOT_RECOVERED,
		.subsystem = SUBSYSTEM_EXTERNAL,
		.uh_severity = UH_INFORMATIONAL,
		.uh_subtype = epow_subtype(epow.action), .sections = 3,
	});
	p = elog_append(&b, ELOG_SECTION_EP);
	elog_put(p, ELOG_EP_action, epow.action);
	elog_put(p, ELOG_EP_modifier, epow.modifier);
	elog_put(p, ELOG_EP_extended_modifier, epow.partition);
	elog_put(p, ELOG_EP_reason, epow.reason);
	return finish(vm, &event, &b, error);
}

/* --- hot plug */

static int check_hotplug(const struct papr_hotplug *h,
			 struct papr_error *error)
{
	size_t len = h->name ? strnlen(h->name, PAPR_HOTPLUG_NAME_MAX + 1) : 0;

	if (check_name(ELOG_HP_type, h->type, error) ||
	    check_name(ELOG_HP_action, h->action, error) ||
	    check_name(ELOG_HP_id_type, h->id_type, error))
		return -EINVAL;
	if (h->id_type == PAPR_HOTPLUG_NAME &&
	    (!len || len > PAPR_HOTPLUG_NAME_MAX))
		return error_set(error, -EINVAL, "a connector's name has 1 to "
				 "%d characters", PAPR_HOTPLUG_NAME_MAX);
	return 0;
}

static void put_name(struct elog_build *b, uint8_t *hp, const char *name)
{
	/* The field is the first of it; what does not fit is behind. */
	b->len -= elog_rows[ELOG_HP_id].size;
	append_data(b, hp, name, strlen(name) + 1);
}

static void put_id(struct elog_build *b, uint8_t *hp,
		   const struct papr_hotplug *h)
{
	uint8_t index[4];

	switch (h->id_type) {
	case PAPR_HOTPLUG_NAME:
		put_name(b, hp, h->name);
		break;
	case PAPR_HOTPLUG_INDEX:
		elog_put(hp, ELOG_HP_id, h->index);
		break;
	case PAPR_HOTPLUG_COUNT:
		elog_put(hp, ELOG_HP_id, h->count);
		break;
	case PAPR_HOTPLUG_COUNT_INDEXED:
		elog_put(hp, ELOG_HP_id, h->count);
		store_be32(index, h->index);
		append_data(b, hp, index, sizeof(index));
		break;
	}
}

int papr_vm_event_hotplug(struct papr_vm *vm, const struct papr_hotplug *from,
			  struct papr_error *error)
{
	struct event event = {
		.class = PAPR_EVENT_CLASS_HOT_PLUG, .rank = PAPR_ELOG_EVENT,
	};
	struct elog_build b = { .bytes = event.log };
	struct papr_hotplug hotplug;
	uint8_t *p;
	int r;

	if (sized_copy(&hotplug, sizeof(hotplug), from))
		return unknown_size("papr_hotplug", error);
	r = check_hotplug(&hotplug, error);
	if (r)
		return r;
	begin(vm, &b, &(struct kind){
		.type = PAPR_ELOG_HOTPLUG, .severity = PAPR_ELOG_EVENT,
		.disposition = PAPR_ELOG_NOT_RECOVERED,
		.initiator = PAPR_ELOG_HOT_PLUG,
		.subsystem = SUBSYSTEM_FIRMWARE, .sections = 3,
	});
	p = elog_append(&b, ELOG_SECTION_HP);
	elog_put(p, ELOG_HP_type, hotplug.type);
	elog_put(p, ELOG_HP_action, hotplug.action);
	elog_put(p, ELOG_HP_id_type, hotplug.id_type);
	put_id(&b, p, &hotplug);
	return finish(vm, &event, &b, error);
}

/* --- I/O */

static int check_io(const struct papr_io *io, struct papr_error *error)
{
	if (check_name(ELOG_IE_type, io->type, error) ||
	    check_name(ELOG_IE_scope, io->scope, error) ||
	    check_name(ELOG_IE_subtype, io->subtype, error))
		return -EINVAL;
	if (io->data_len > PAPR_IO_DATA_MAX || io->data_len % 4 ||
	    (io->data_len && !io->data))
		return error_set(error, -EINVAL, "an I/O event has up to %d "
				 "bytes of data, a multiple of 4",
				 PAPR_IO_DATA_MAX);
	return 0;
}

int papr_vm_event_io(struct papr_vm *vm, const struct papr_io *from,
		     struct papr_error *error)
{
	struct event event = {
		.class = PAPR_EVENT_CLASS_IO, .rank = PAPR_ELOG_EVENT,
	};
	struct elog_build b = { .bytes = event.log };
	struct papr_io io;
	uint8_t *p;
	int r;

	if (sized_copy(&io, sizeof(io), from))
		return unknown_size("papr_io", error);
	r = check_io(&io, error);
	if (r)
		return r;
	begin(vm, &b, &(struct kind){
		.type = PAPR_ELOG_IO_EVENT, .severity = PAPR_ELOG_EVENT,
		.disposition = PAPR_ELOG_NOT_RECOVERED,
		.subsystem = SUBSYSTEM_IO_HUB, .sections = 3,
	});
	p = elog_append(&b, ELOG_SECTION_IE);
	elog_put(p, ELOG_IE_type, io.type);
	elog_put(p, ELOG_IE_scope, io.scope);
	elog_put(p, ELOG_IE_subtype, io.subtype);
	elog_put(p, ELOG_IE_drc_index, io.drc_index);
	if (io.type == PAPR_IO_RPC_PASS_THROUGH)
		elog_put(p, ELOG_IE_rpc_length, io.data_len);
	if (io.data_len)
		append_data(&b, p, io.data, io.data_len);
	return finish(vm, &event, &b, error);
}

/* --- internal errors */

int event_check_scan(bool scan, uint8_t severity, struct papr_error *error)
{
	if (!scan || severity <= PAPR_ELOG_WARNING)
		return 0;
	return error_set(error, -EINVAL, "event-scan tells of nothing that is "
			 "worse than a warning");
}

static int check_internal(const struct papr_internal_error *info,
			  struct papr_error *error)
{
	uint8_t subsystem = info->subsystem;

	if (check_name(ELOG_header_severity, info->severity, error) ||
	    check_name(ELOG_header_disposition, info->disposition, error) ||
	    check_name(ELOG_header_initiator, info->initiator, error) ||
	    check_name(ELOG_header_target, info->target, error))
		return -EINVAL;
	if (info->severity == PAPR_ELOG_ALREADY_REPORTED)
		return error_set(error, -EINVAL, "an error that was reported "
				 "already is no event");
	if (info->severity == PAPR_ELOG_FATAL &&
	    info->disposition == PAPR_ELOG_FULLY_RECOVERED)
		return error_set(error, -EINVAL, "an error that is fully "
				 "recovered is not fatal");
	if (subsystem && (subsystem < SUBSYSTEM_FIRST ||
			  subsystem > SUBSYSTEM_LAST))
		return error_set(error, -EINVAL, "subsystem 0x%02x is not one "
				 "of 0x10 to 0xaf", subsystem);
	return event_check_scan(info->scan, info->severity, error);
}

/* Filled up with spaces, as those of others are. */
static int take_refcode(char refcode[sizeof(ELOG_REFCODE)], const char *text,
			struct papr_error *error)
{
	size_t len;

	if (!text)
		text = ELOG_REFCODE;
	len = strnlen(text, sizeof(ELOG_REFCODE));
	if (len == sizeof(ELOG_REFCODE))
		return error_set(error, -EINVAL, "a reference code has up to "
				 "%zu characters", sizeof(ELOG_REFCODE) - 1);
	memset(refcode, ' ', sizeof(ELOG_REFCODE));
	memcpy(refcode, text, len);
	return 0;
}

int papr_vm_event_internal_error(struct papr_vm *vm,
				 const struct papr_internal_error *from,
				 struct papr_error *error)
{
	struct event event = { .class = PAPR_EVENT_CLASS_INTERNAL_ERROR };
	struct elog_build b = { .bytes = event.log };
	char refcode[sizeof(ELOG_REFCODE)];
	struct papr_internal_error info;
	int r;

	if (sized_copy(&info, sizeof(info), from))
		return unknown_size("papr_internal_error", error);
	r = check_internal(&info, error);
	if (!r)
		r = take_refcode(refcode, info.refcode, error);
	if (r)
		return r;
	event.rank = info.severity;
	event.scan = info.scan;
	begin(vm, &b, &(struct kind){
		.type = PAPR_ELOG_PLATFORM_ERROR, .severity = info.severity,
		.disposition = info.disposition, .initiator = info.initiator,
		.target = info.target,
		.subsystem = info.subsystem ? info.subsystem : SUBSYSTEM_CEC,
		.uh_severity = info.disposition == PAPR_ELOG_NOT_RECOVERED ?
			       UH_UNRECOVERABLE : UH_RECOVERED,
		.sections = 3,
	});
	elog_append_ps(&b, refcode);
	return finish(vm, &event, &b, error);
}

/* --- a call that has ended in a hardware error */

size_t event_log_of_call(struct papr_vm *vm, uint32_t token, uint8_t *log)
{
	struct elog_build b = { .bytes = log };
	char refcode[sizeof(ELOG_REFCODE)];

	begin(vm, &b, &(struct kind){
		.type = PAPR_ELOG_PLATFORM_ERROR,
		.severity = PAPR_ELOG_ERROR_SYNC,
		.disposition = PAPR_ELOG_NOT_RECOVERED,
		.subsystem = SUBSYSTEM_CEC,
		.uh_severity = UH_UNRECOVERABLE,
		.sections = 3,
	});
	snprintf(refcode, sizeof(refcode), "B700%04X%*s", token & 0xffff, 24,
		 "");
	elog_append_ps(&b, refcode);
	elog_finish(&b);
	return b.len;
}
