/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's machine protocol (QMP): what a client may say, and what it hears.
 *
 * A struct qmp is one client.  It knows neither sockets nor KVM: bytes go out
 * by struct qmp_wire, and what commands do is in struct qmp_ops.
 */
#ifndef VMM_QMP_H
#define VMM_QMP_H

#include <stdbool.h>
#include <stddef.h>

#include <stdint.h>

#include <jansson.h>
#include <papr/connector.h>
#include <papr/error.h>
#include <papr/fwnmi.h>

#include "vmm/frame.h"

struct migrate_parameters;
struct qmp_event;

#define QMP_ALL_CPUS UINT32_MAX

/*
 * The machine; @arg is struct qmp's @machine.  Those that return JSON give
 * the caller a reference, or NULL without memory.
 */
struct qmp_ops {
	/*
	 * A RunState of QEMU: running, paused, postmigrate, suspended,
	 * shutdown.
	 */
	const char *(*status)(void *arg);
	/* 0 once no vCPU runs; -errno and a sentence. */
	int (*stop)(void *arg, struct papr_error *error);
	void (*cont)(void *arg);
	void (*quit)(void *arg);
	/* The machine begins anew; -errno and a sentence if it cannot. */
	int (*reset)(void *arg, struct papr_error *error);
	/* It is suspended or switched off no more; -errno and a sentence. */
	int (*wakeup)(void *arg, struct papr_error *error);
	/* It may suspend itself under this number. */
	int (*offer_suspend)(void *arg, uint64_t stream,
			     struct papr_error *error);
	/* System reset to all vCPUs; a machine check to one: 0 or -errno. */
	int (*reset_cpus)(void *arg, struct papr_error *error);
	int (*inject)(void *arg, uint32_t cpu,
		      const struct papr_injection *what, uint64_t *id,
		      struct papr_error *error);
	int (*cancel)(void *arg, uint64_t id, struct papr_error *error);
	json_t *(*injections)(void *arg);
	/* The power button; an event; those of each class, counted. */
	int (*powerdown)(void *arg, struct papr_error *error);
	int (*event)(void *arg, const struct qmp_event *event,
		     struct papr_error *error);
	json_t *(*event_counts)(void *arg);
	/* Cores and LMBs: 0 or -errno and a sentence; a list of all. */
	int (*plug)(void *arg, enum papr_connector_kind kind, uint32_t number,
		    struct papr_error *error);
	int (*unplug)(void *arg, enum papr_connector_kind kind,
		      uint32_t number, struct papr_error *error);
	json_t *(*connectors)(void *arg);
	json_t *(*cpus)(void *arg);
	/* Of vCPU @cpu or QMP_ALL_CPUS; NULL and a sentence. */
	json_t *(*stats)(void *arg, uint32_t cpu, struct papr_error *error);
	int (*reset_stats)(void *arg, struct papr_error *error);
	int (*set_timing)(void *arg, bool on, struct papr_error *error);
	json_t *(*routes)(void *arg);
	/* The calls that changed hands; NULL and a sentence if refused. */
	json_t *(*apply_policy)(void *arg, const char *text,
				struct papr_error *error);
	/* Begins, or has done so; -errno and a sentence: the guest goes on. */
	int (*migrate)(void *arg, const char *place,
		       struct papr_error *error);
	void (*migrate_cancel)(void *arg);
	json_t *(*migration)(void *arg);
	/* For this one and those that come; may be changed in place. */
	struct migrate_parameters *(*migrate_parameters)(void *arg);
};

/* The way to the clients; @peer is struct qmp's. */
struct qmp_wire {
	/* To this client; false if it is lost. */
	bool (*send)(void *peer, const char *text, size_t len);
	/* To all clients that want events; @data is NULL or stolen. */
	void (*event)(void *peer, const char *name, json_t *data);
};

/* Filled by the caller up to @peer, the rest zero. */
struct qmp {
	const struct qmp_ops *ops;
	void *machine;
	const struct qmp_wire *wire;
	void *peer;
	bool negotiated;	/* commands are taken, events are sent */
	struct frame frame;
};

/* The first line; false if the client is lost. */
bool qmp_greet(struct qmp *qmp);

/* Takes what the client said; false: hang up. */
bool qmp_feed(struct qmp *qmp, const char *data, size_t len);

/* Frees what a client has begun to say. */
void qmp_end(struct qmp *qmp);

/*
 * A line for all clients, to be freed, NULL without memory; @data is NULL or
 * stolen.
 */
char *qmp_event_line(const char *name, json_t *data);

/* The line that says why a client is sent away; to be freed, or NULL. */
char *qmp_error_line(const char *sentence);

#endif
