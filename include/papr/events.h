/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events for the guest: LoPAR, chapter "Error and event notification".
 *
 * An event is an error log (papr/elog.h) that waits in a queue until the guest
 * asks for it.  The interrupt of its class, which the device tree names under
 * /event-sources, tells the guest, and RTAS check-exception hands out the log;
 * or nothing tells it, and RTAS event-scan does when the guest looks around.
 *
 * Of what waits, the guest gets the lowest class first and, within a class, the
 * highest severity, then what came first.
 *
 * All functions that make events may be called from any thread of a sealed VM,
 * vCPUs running or not, but not from papr_vmm_ops.dirty.  They return 0; -EBUSY
 * before the seal; -ENOSPC if the queue is full, and then the guest will not
 * hear of this event; -EINVAL for what no log can say; -E2BIG; or the host's
 * error if the interrupt could not be raised.
 */
#ifndef PAPR_EVENTS_H
#define PAPR_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/elog.h>
#include <papr/error.h>
#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum papr_event_class - in the order in which they are handed out */
enum papr_event_class {
	PAPR_EVENT_CLASS_INTERNAL_ERROR,
	PAPR_EVENT_CLASS_EPOW,
	PAPR_EVENT_CLASS_HOT_PLUG,
	PAPR_EVENT_CLASS_IO,
	PAPR_EVENT_CLASSES,
};

/** The most events that wait, of all classes together */
#define PAPR_EVENTS_WAITING 64

/** enum papr_epow_action - EP.action: what the guest is to do */
enum papr_epow_action {
	PAPR_EPOW_RESET = 0,		/**< nothing: it is over */
	PAPR_EPOW_WARN_COOLING = 1,	/**< take note */
	PAPR_EPOW_WARN_POWER = 2,	/**< take note */
	PAPR_EPOW_SYSTEM_SHUTDOWN = 3,	/**< shut down, in some minutes */
	PAPR_EPOW_SYSTEM_HALT = 4,	/**< shut down, in 20 seconds */
	PAPR_EPOW_MAIN_ENCLOSURE = 5,	/**< power may be lost at once */
	PAPR_EPOW_POWER_OFF = 7,	/**< power will be lost at once */
};

/** enum papr_epow_modifier - EP.modifier: why it is to shut down */
enum papr_epow_modifier {
	PAPR_EPOW_NONE = 0,
	PAPR_EPOW_NORMAL_SHUTDOWN = 1,
	PAPR_EPOW_UTILITY_POWER_LOSS = 2,	/**< a UPS feeds it */
	PAPR_EPOW_CRITICAL_FUNCTION_LOSS = 3,
	PAPR_EPOW_TEMPERATURE = 4,
};

/**
 * struct papr_epow - an environmental and power warning
 * @size: sizeof(struct papr_epow)
 * @action: an enum papr_epow_action
 * @modifier: an enum papr_epow_modifier; of a shutdown only
 * @partition: it is about this partition and not the whole system; of a
 *	shutdown only
 * @reason: the platform's own code
 */
struct papr_epow {
	size_t size;
	uint8_t action;
	uint8_t modifier;
	bool partition;
	uint64_t reason;
};

/**
 * papr_vm_event_epow - warn of power or environment
 *
 * The EPOW sensor shows the highest action since the last PAPR_EPOW_RESET.
 * With main-enclosure and power-off the guest has milliseconds: they overtake
 * other warnings.
 */
int papr_vm_event_epow(struct papr_vm *vm, const struct papr_epow *epow,
		       struct papr_error *error);

/** enum papr_hotplug_type - HP.type; PAPR_HOTPLUG_PMEM is Linux's */
enum papr_hotplug_type {
	PAPR_HOTPLUG_CPU = 1,
	PAPR_HOTPLUG_MEMORY = 2,
	PAPR_HOTPLUG_SLOT = 3,
	PAPR_HOTPLUG_PHB = 4,
	PAPR_HOTPLUG_PCI = 5,
	PAPR_HOTPLUG_PMEM = 6,
};

/** enum papr_hotplug_action - HP.action */
enum papr_hotplug_action {
	PAPR_HOTPLUG_ADD = 1,
	PAPR_HOTPLUG_REMOVE = 2,
};

/** enum papr_hotplug_id - HP.id_type: how the connectors are named */
enum papr_hotplug_id {
	PAPR_HOTPLUG_NAME = 1,		/**< @name of one */
	PAPR_HOTPLUG_INDEX = 2,		/**< @index of one */
	PAPR_HOTPLUG_COUNT = 3,		/**< any @count of them */
	PAPR_HOTPLUG_COUNT_INDEXED = 4,	/**< @count of them from @index on */
};

/** The longest name of a connector */
#define PAPR_HOTPLUG_NAME_MAX 255

/**
 * struct papr_hotplug - something is to come or to go
 * @size: sizeof(struct papr_hotplug)
 * @type, @action, @id_type: of the enums above
 * @index: DRC index
 * @count: how many
 * @name: DRC name
 */
struct papr_hotplug {
	size_t size;
	uint8_t type;
	uint8_t action;
	uint8_t id_type;
	uint32_t index;
	uint32_t count;
	const char *name;
};

/** papr_vm_event_hotplug - ask the guest to take or to give up something */
int papr_vm_event_hotplug(struct papr_vm *vm,
			  const struct papr_hotplug *hotplug,
			  struct papr_error *error);

/** enum papr_io_type - IE.type */
enum papr_io_type {
	PAPR_IO_ERROR_DETECTED = 1,
	PAPR_IO_ERROR_RECOVERED = 2,
	PAPR_IO_EVENT = 3,
	PAPR_IO_RPC_PASS_THROUGH = 4,
};

/** The most data of an I/O event */
#define PAPR_IO_DATA_MAX 216

/**
 * struct papr_io - an I/O event or error
 * @size: sizeof(struct papr_io)
 * @type: an enum papr_io_type
 * @scope, @subtype: IE.scope and IE.subtype, in the numbers of LoPAR
 * @drc_index: what it is about
 * @data, @data_len: what follows, a multiple of 4 bytes
 */
struct papr_io {
	size_t size;
	uint8_t type;
	uint8_t scope;
	uint8_t subtype;
	uint32_t drc_index;
	const void *data;
	size_t data_len;
};

int papr_vm_event_io(struct papr_vm *vm, const struct papr_io *io,
		     struct papr_error *error);

/**
 * struct papr_internal_error - something in the platform has failed
 * @size: sizeof(struct papr_internal_error)
 * @severity: an enum papr_elog_severity, but not "already reported".  Linux
 *	powers off at once from PAPR_ELOG_ERROR_SYNC on, recovered or not
 * @disposition: an enum papr_elog_disposition
 * @initiator, @target: an enum papr_elog_entity each
 * @subsystem: UH.subsystem, 0x10 to 0xaf; 0 for 0x50, the whole machine
 * @scan: it waits for event-scan and has no interrupt; of a severity up to
 *	PAPR_ELOG_WARNING
 * @refcode: system reference code, up to 32 characters; NULL for one that
 *	says nothing
 */
struct papr_internal_error {
	size_t size;
	uint8_t severity;
	uint8_t disposition;
	uint8_t initiator;
	uint8_t target;
	uint8_t subsystem;
	bool scan;
	const char *refcode;
};

int papr_vm_event_internal_error(struct papr_vm *vm,
				 const struct papr_internal_error *info,
				 struct papr_error *error);

/** It waits for event-scan and has no interrupt */
#define PAPR_EVENT_LOG_SCAN 1u

/**
 * papr_vm_event_log - a log of the program's own
 * @flags: PAPR_EVENT_LOG_SCAN or 0
 * @log, @len: its bytes, as papr_elog_encode() gives them
 *
 * header.type says its class: epow, hotplug and io-event theirs, all other
 * types that of internal errors.  It must be one that papr_elog_decode() takes
 * apart; papr_elog_validate() knows what brings a guest down, and is not asked.
 */
int papr_vm_event_log(struct papr_vm *vm, uint32_t flags, const void *log,
		      size_t len, struct papr_error *error);

/**
 * struct papr_event_counts - events of one class
 * @size: sizeof(struct papr_event_counts)
 * @waiting: in the queue now
 * @queued, @delivered: that were put into it; that the guest has got
 * @refused: for which there was no room
 * @dropped: that a reset has thrown away
 */
struct papr_event_counts {
	size_t size;
	uint64_t waiting;
	uint64_t queued;
	uint64_t delivered;
	uint64_t refused;
	uint64_t dropped;
};

/**
 * papr_vm_event_counts - any thread
 *
 * Returns: 0; -EINVAL for no such class; -E2BIG.
 */
int papr_vm_event_counts(struct papr_vm *vm, enum papr_event_class which,
			 struct papr_event_counts *counts);

/** papr_event_class_name - the name of its node, NULL for none */
const char *papr_event_class_name(enum papr_event_class which);

#ifdef __cplusplus
}
#endif
#endif
