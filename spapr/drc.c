/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dynamic reconfiguration connectors: their states, and what becomes of what
 * is plugged in there.
 */
#include "config.h"

#include <errno.h>

#include <papr/events.h>

#include "spapr/drc.h"
#include "spapr/ram.h"
#include "spapr/util.h"
#include "spapr/vm.h"

/*
 * LoPAR 13.5.3: what a guest may do with a connector, and where that leads.  A
 * connector that would be sensed as unusable answers nothing but "usable".
 */
static const struct drc_row {
	uint8_t next;
	uint8_t answer;
} rows[DRC_STATES][DRC_EVENTS] = {
#define ROW(next, answer) { PAPR_CONNECTOR_##next, DRC_##answer }
	[PAPR_CONNECTOR_EMPTY] = {
		[DRC_ISOLATE] = ROW(EMPTY, NONE),
		[DRC_UNISOLATE] = ROW(EMPTY, NONE),
		[DRC_SET_UNUSABLE] = ROW(EMPTY, NONE),
		[DRC_SET_USABLE] = ROW(EMPTY, NONE),
		[DRC_CONFIGURE] = ROW(EMPTY, UNUSABLE),
	},
	[PAPR_CONNECTOR_UNUSABLE] = {
		[DRC_ISOLATE] = ROW(UNUSABLE, NONE),
		[DRC_UNISOLATE] = ROW(UNUSABLE, NONE),
		[DRC_SET_UNUSABLE] = ROW(UNUSABLE, NONE),
		[DRC_SET_USABLE] = ROW(AVAILABLE, OK),
		[DRC_CONFIGURE] = ROW(UNUSABLE, UNUSABLE),
	},
	[PAPR_CONNECTOR_AVAILABLE] = {
		[DRC_ISOLATE] = ROW(AVAILABLE, OK),
		[DRC_UNISOLATE] = ROW(UNISOLATED, OK),
		[DRC_SET_UNUSABLE] = ROW(UNUSABLE, OK),
		[DRC_SET_USABLE] = ROW(AVAILABLE, OK),
		[DRC_CONFIGURE] = ROW(AVAILABLE, UNUSABLE),
	},
	[PAPR_CONNECTOR_UNISOLATED] = {
		[DRC_ISOLATE] = ROW(AVAILABLE, OK),
		[DRC_UNISOLATE] = ROW(UNISOLATED, OK),
		[DRC_SET_UNUSABLE] = ROW(UNISOLATED, NONE),
		[DRC_SET_USABLE] = ROW(UNISOLATED, OK),
		[DRC_CONFIGURE] = ROW(CONFIGURED, OK),
	},
	[PAPR_CONNECTOR_CONFIGURED] = {
		[DRC_ISOLATE] = ROW(AVAILABLE, OK),
		[DRC_UNISOLATE] = ROW(CONFIGURED, OK),
		[DRC_SET_UNUSABLE] = ROW(CONFIGURED, NONE),
		[DRC_SET_USABLE] = ROW(CONFIGURED, OK),
		[DRC_CONFIGURE] = ROW(CONFIGURED, OK),
	},
#undef ROW
};

/* --- what is plugged in */

static struct papr_connector as_seen(const struct drc *drc)
{
	return (struct papr_connector){
		.size = sizeof(struct papr_connector),
		.kind = drc->kind,
		.number = drc->number,
		.index = drc->index,
		.state = drc->state,
		.leaving = drc->leaving,
	};
}

static void tell(struct papr_vm *vm, const struct drc *drc)
{
	const struct papr_connector seen = as_seen(drc);

	if (vm->vmm_ops.connector)
		vm->vmm_ops.connector(vm->vmm, &seen);
}

static struct papr_vcpu **threads_of(struct papr_vm *vm, const struct drc *drc)
{
	return vm->vcpus + drc->number * vm->config.threads;
}

static _Atomic bool *lmb_there(struct papr_vm *vm, const struct drc *drc)
{
	return vm->drcs.area.there + drc->number -
	       vm->drcs.area.gpa / PAPR_LMB_SIZE;
}

/* Memory that comes or goes has changed. */
static void set_there(struct papr_vm *vm, const struct drc *drc, bool there)
{
	if (drc->kind == PAPR_CONNECTOR_LMB &&
	    atomic_exchange(lmb_there(vm, drc), there) != there)
		dirty_mark(vm, drc->number * PAPR_LMB_SIZE, PAPR_LMB_SIZE);
}

static void insert_core(struct papr_vm *vm, const struct drc *drc)
{
	for (uint32_t i = 0; i < vm->config.threads; i++)
		vcpu_set_absent(threads_of(vm, drc)[i], false);
}

/* All of its threads, which must be stopped, or none. */
static bool remove_core(struct papr_vm *vm, const struct drc *drc)
{
	struct papr_vcpu **thread = threads_of(vm, drc);

	for (uint32_t i = 0; i < vm->config.threads; i++) {
		if (vcpu_set_absent(thread[i], true))
			continue;
		while (i)
			vcpu_set_absent(thread[--i], false);
		return false;
	}
	return true;
}

/* --- the guest */

static bool is_isolated(uint8_t state)
{
	return state < PAPR_CONNECTOR_UNISOLATED;
}

/* A core that is isolated cannot be started, and one that runs not isolated. */
static bool may_move(struct papr_vm *vm, const struct drc *drc, uint8_t next)
{
	if (drc->kind != PAPR_CONNECTOR_CORE ||
	    is_isolated(drc->state) == is_isolated(next))
		return true;
	if (is_isolated(next))
		return remove_core(vm, drc);
	insert_core(vm, drc);
	return true;
}

static void move(struct papr_vm *vm, struct drc *drc, uint8_t next)
{
	drc->state = next;
	if (next == PAPR_CONNECTOR_UNUSABLE && drc->leaving) {
		drc->state = PAPR_CONNECTOR_EMPTY;
		drc->leaving = false;
		set_there(vm, drc, false);
	}
	tell(vm, drc);
}

static enum drc_answer handle(struct papr_vm *vm, struct drc *drc,
			      enum drc_event event)
{
	const struct drc_row *row = &rows[drc->state][event];

	if (row->answer != DRC_OK)
		return row->answer;
	/* What is to go nobody takes. */
	if (event == DRC_SET_USABLE && drc->leaving)
		return DRC_NONE;
	if (!may_move(vm, drc, row->next))
		return DRC_IN_USE;
	if (row->next != drc->state) {
		move(vm, drc, row->next);
	} else if (event == DRC_UNISOLATE && drc->leaving) {
		/* So the guest says that it keeps it. */
		drc->leaving = false;
		tell(vm, drc);
	}
	return DRC_OK;
}

struct drc *drc_find(struct papr_vm *vm, uint32_t index)
{
	struct drcs *drcs = &vm->drcs;
	uint32_t i, number = index & ~(DRC_CORE | DRC_LMB);

	if (index & DRC_LMB)
		i = drcs->n_cores + number -
		    (uint32_t)(drcs->area.gpa / PAPR_LMB_SIZE);
	else
		i = number / vm->vsmt;
	return i < drcs->n && drcs->drc[i].index == index ? &drcs->drc[i] :
							    NULL;
}

enum drc_answer drc_move(struct papr_vm *vm, uint32_t index,
			 enum drc_event event)
{
	struct drc *drc = drc_find(vm, index);
	enum drc_answer answer;

	if (!drc)
		return DRC_NONE;
	pthread_mutex_lock(&vm->drcs.lock);
	answer = handle(vm, drc, event);
	pthread_mutex_unlock(&vm->drcs.lock);
	return answer;
}

static uint8_t state_of(struct papr_vm *vm, const struct drc *drc)
{
	uint8_t state;

	pthread_mutex_lock(&vm->drcs.lock);
	state = drc->state;
	pthread_mutex_unlock(&vm->drcs.lock);
	return state;
}

enum drc_answer drc_may_configure(struct papr_vm *vm, uint32_t index)
{
	const struct drc *drc = drc_find(vm, index);

	return drc ? rows[state_of(vm, drc)][DRC_CONFIGURE].answer : DRC_NONE;
}

bool drc_is_allocated(struct papr_vm *vm, uint32_t index)
{
	const struct drc *drc = drc_find(vm, index);

	return drc && state_of(vm, drc) > PAPR_CONNECTOR_UNUSABLE;
}

enum drc_answer drc_indicate(struct papr_vm *vm, uint32_t index,
			     uint32_t value)
{
	if (!drc_is_allocated(vm, index))
		return DRC_NONE;
	pthread_mutex_lock(&vm->drcs.lock);
	drc_find(vm, index)->indicator = value;
	pthread_mutex_unlock(&vm->drcs.lock);
	return DRC_OK;
}

/* The vCPUs were stopped before, those of cores that are not there too. */
static void reset(struct papr_vm *vm, struct drc *drc)
{
	uint8_t before = drc->state;

	drc->indicator = 0;
	if (drc->leaving)
		drc->state = PAPR_CONNECTOR_EMPTY;
	else if (drc->state != PAPR_CONNECTOR_EMPTY)
		drc->state = PAPR_CONNECTOR_CONFIGURED;
	drc->leaving = false;
	if (drc->state == PAPR_CONNECTOR_EMPTY) {
		set_there(vm, drc, false);
		if (drc->kind == PAPR_CONNECTOR_CORE)
			remove_core(vm, drc);
	}
	if (drc->state != before)
		tell(vm, drc);
}

void drcs_reset(struct papr_vm *vm)
{
	pthread_mutex_lock(&vm->drcs.lock);
	for (uint32_t i = 0; i < vm->drcs.n; i++)
		reset(vm, &vm->drcs.drc[i]);
	pthread_mutex_unlock(&vm->drcs.lock);
}

/* --- the program */

static struct drc *by_number(struct papr_vm *vm, enum papr_connector_kind kind,
			     uint32_t number)
{
	struct drcs *drcs = &vm->drcs;

	for (uint32_t i = 0; i < drcs->n; i++)
		if (drcs->drc[i].kind == kind && drcs->drc[i].number == number)
			return &drcs->drc[i];
	return NULL;
}

static const char *name_of(enum papr_connector_kind kind)
{
	return kind == PAPR_CONNECTOR_CORE ? "core" : "LMB";
}

static struct drc *find_to_change(struct papr_vm *vm,
				  enum papr_connector_kind kind,
				  uint32_t number, int *r,
				  struct papr_error *error)
{
	struct drc *drc = by_number(vm, kind, number);

	*r = 0;
	if (vm->stage != VM_SEALED)
		*r = error_set(error, -EBUSY, "%ss are plugged after the VM is "
			       "sealed", name_of(kind));
	else if (!drc)
		*r = error_set(error, -ENOENT, "there is no connector for %s "
			       "%u: the partition was made without",
			       name_of(kind), number);
	return drc;
}

static bool is_attached(struct papr_vm *vm, const struct drc *drc)
{
	for (uint32_t i = 0; i < vm->config.threads; i++)
		if (!threads_of(vm, drc)[i]->host)
			return false;
	return true;
}

/* vCPUs that were there before begin as new ones do. */
static int renew_core(struct papr_vm *vm, const struct drc *drc,
		      struct papr_error *error)
{
	int r = 0;

	for (uint32_t i = 0; i < vm->config.threads && !r; i++)
		if (threads_of(vm, drc)[i]->host)
			r = vcpu_renew(threads_of(vm, drc)[i], error);
	return r;
}

static int make(struct papr_vm *vm, const struct drc *drc,
		struct papr_error *error)
{
	const struct papr_connector seen = as_seen(drc);
	int r = 0;

	if (!vm->vmm_ops.plug)
		return error_set(error, -EOPNOTSUPP, "%s %u: the program plugs "
				 "nothing in", name_of(drc->kind), drc->number);
	if (drc->kind == PAPR_CONNECTOR_CORE)
		r = renew_core(vm, drc, error);
	if (r)
		return r;
	r = vm->vmm_ops.plug(vm->vmm, &seen);
	if (!r && drc->kind == PAPR_CONNECTOR_CORE && !is_attached(vm, drc))
		r = -EINVAL;
	return r ? error_set(error, r, "%s %u cannot be made: %s",
			     name_of(drc->kind), drc->number, strerror(-r)) : 0;
}

static int plug(struct papr_vm *vm, struct drc *drc, struct papr_error *error)
{
	int r;

	if (drc->state != PAPR_CONNECTOR_EMPTY)
		return error_set(error, -EEXIST, "%s %u is there already",
				 name_of(drc->kind), drc->number);
	r = make(vm, drc, error);
	if (r)
		return r;
	set_there(vm, drc, true);
	move(vm, drc, PAPR_CONNECTOR_UNUSABLE);
	return 0;
}

/* It is there, or marked, all the same: the program may ask again. */
static void ask_guest(struct papr_vm *vm, const struct drc *drc,
		      enum papr_hotplug_action action)
{
	const struct papr_hotplug hotplug = {
		.size = sizeof(hotplug),
		.type = drc->kind == PAPR_CONNECTOR_CORE ? PAPR_HOTPLUG_CPU :
							   PAPR_HOTPLUG_MEMORY,
		.action = action,
		.id_type = PAPR_HOTPLUG_INDEX,
		.index = drc->index,
	};
	struct papr_error error;

	if (papr_vm_event_hotplug(vm, &hotplug, &error))
		vm_log(vm, PAPR_LOG_WARNING, "%s %u: the guest is not told: "
		       "%s", name_of(drc->kind), drc->number, error.text);
}

int papr_vm_plug(struct papr_vm *vm, enum papr_connector_kind kind,
		 uint32_t number, struct papr_error *error)
{
	int r;
	struct drc *drc = find_to_change(vm, kind, number, &r, error);

	if (r)
		return r;
	pthread_mutex_lock(&vm->drcs.lock);
	r = plug(vm, drc, error);
	pthread_mutex_unlock(&vm->drcs.lock);
	if (!r)
		ask_guest(vm, drc, PAPR_HOTPLUG_ADD);
	return r;
}

static int unplug(struct papr_vm *vm, struct drc *drc,
		  struct papr_error *error)
{
	if (drc->state == PAPR_CONNECTOR_EMPTY)
		return error_set(error, -ENOENT, "%s %u is not there",
				 name_of(drc->kind), drc->number);
	if (drc->kind == PAPR_CONNECTOR_CORE && !drc->number)
		return error_set(error, -EPERM, "core 0 stays: guests begin on "
				 "it");
	if (!drc->leaving) {
		drc->leaving = true;
		move(vm, drc, drc->state);
	}
	return 0;
}

int papr_vm_unplug(struct papr_vm *vm, enum papr_connector_kind kind,
		   uint32_t number, struct papr_error *error)
{
	int r;
	struct drc *drc = find_to_change(vm, kind, number, &r, error);
	bool goes;

	if (r)
		return r;
	pthread_mutex_lock(&vm->drcs.lock);
	r = unplug(vm, drc, error);
	goes = drc->leaving;
	pthread_mutex_unlock(&vm->drcs.lock);
	if (!r && goes)
		ask_guest(vm, drc, PAPR_HOTPLUG_REMOVE);
	return r;
}

int drc_restore(struct papr_vm *vm, struct drc *drc, const struct drc *saved,
		struct papr_error *error)
{
	bool there = saved->state != PAPR_CONNECTOR_EMPTY;
	int r = 0;

	if (saved->state >= DRC_STATES || (saved->leaving && !there) ||
	    (drc->kind == PAPR_CONNECTOR_CORE && !drc->number &&
	     (is_isolated(saved->state) || saved->leaving)))
		return error_set(error, -EINVAL, "%s %u cannot be in state %u",
				 name_of(drc->kind), drc->number,
				 saved->state);
	pthread_mutex_lock(&vm->drcs.lock);
	if (there && drc->state == PAPR_CONNECTOR_EMPTY)
		r = make(vm, drc, error);
	if (!r && !may_move(vm, drc, saved->state))
		r = error_set(error, -EBUSY, "core %u runs", drc->number);
	if (!r) {
		set_there(vm, drc, there);
		drc->state = saved->state;
		drc->leaving = saved->leaving;
		drc->indicator = saved->indicator;
	}
	pthread_mutex_unlock(&vm->drcs.lock);
	return r;
}

uint32_t papr_vm_connectors(const struct papr_vm *vm)
{
	return vm->drcs.n;
}

int papr_vm_connector(struct papr_vm *vm, uint32_t i,
		      struct papr_connector *connector)
{
	struct papr_connector seen;

	if (i >= vm->drcs.n)
		return -EINVAL;
	pthread_mutex_lock(&vm->drcs.lock);
	seen = as_seen(&vm->drcs.drc[i]);
	pthread_mutex_unlock(&vm->drcs.lock);
	return sized_fill(connector, &seen, sizeof(seen));
}
