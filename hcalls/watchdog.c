/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watchdogs of the guest, "hcall-watchdog".  LoPAR 2.9 is older than they are:
 * numbers and codes are those that Linux and QEMU agree on, in PAPR's bit
 * numbers 47 (leave others), 48-55 (operation) and 56-63 (action) of the flags.
 *
 * The library has no thread.  The program calls papr_vm_watchdogs() when the
 * next one is due, and is told when that has come nearer.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include <papr/fwnmi.h>

#include "hcalls/handlers.h"
#include "spapr/state.h"
#include "spapr/util.h"

#define LEAVE_OTHERS	0x10000ull
#define OPERATION	0xff00ull
#define ACTION		0xffull
#define FLAGS_KNOWN	(LEAVE_OTHERS | OPERATION | ACTION)

#define OP_START	0x100u
#define OP_STOP		0x200u
#define OP_QUERY	0x300u
#define OP_QUERY_LPM	0x400u

#define STOP_ALL	UINT64_MAX
#define MIN_TIMEOUT_MS	1ull
#define MIN_SHIFT	48
#define COUNT_SHIFT	32
#define LPM_NEED_NOT_STOP 2u	/* what is left of its time is taken along */

#define NS_OF_MS	1000000ull

static uint64_t uptime_ns(struct papr_vm *vm)
{
	struct timespec now;

	if (vm->vmm_ops.uptime_ns)
		return vm->vmm_ops.uptime_ns(vm->vmm);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* --- what happens when one is due */

/* Index of the one that is due first, or -1. */
static int first_due(const struct watchdogs *w)
{
	int first = -1;

	for (int i = 0; i < WATCHDOGS; i++)
		if (w->dog[i].runs &&
		    (first < 0 || w->dog[i].due_ns < w->dog[first].due_ns))
			first = i;
	return first;
}

static bool stop_all(struct watchdogs *w)
{
	bool any = false;

	for (int i = 0; i < WATCHDOGS; i++) {
		any |= w->dog[i].runs;
		w->dog[i].runs = false;
	}
	return any;
}

/* Takes one that is due at @now_ns, or says how long the next can wait. */
static int take_due(struct watchdogs *w, uint64_t now_ns,
		    enum watchdog_action *action, uint64_t *wait_ns)
{
	int i;

	pthread_mutex_lock(&w->lock);
	i = first_due(w);
	w->told_ns = i < 0 ? UINT64_MAX : w->dog[i].due_ns;
	*wait_ns = i < 0 ? UINT64_MAX : w->told_ns - now_ns;
	if (w->told_ns > now_ns)
		i = -1;
	if (i >= 0) {
		*action = w->dog[i].action;
		w->dog[i].runs = false;
		if (!w->dog[i].leaves_others)
			stop_all(w);
	}
	pthread_mutex_unlock(&w->lock);
	return i;
}

static void bite(struct papr_vm *vm, int i, enum watchdog_action action)
{
	static const enum papr_event events[] = {
		[WATCHDOG_POWER_OFF] = PAPR_EVENT_WATCHDOG_OFF,
		[WATCHDOG_RESTART] = PAPR_EVENT_WATCHDOG_RESTART,
		[WATCHDOG_DUMP] = PAPR_EVENT_WATCHDOG_DUMP,
	};
	char text[32];

	snprintf(text, sizeof(text), "watchdog %d", i + 1);
	if (vm->vmm_ops.event)
		vm->vmm_ops.event(vm->vmm, events[action], text);
	/* A vCPU that the guest has not started has no use for it. */
	if (action == WATCHDOG_DUMP)
		for (uint32_t cpu = 0; cpu < vm->n_vcpus; cpu++)
			papr_vcpu_system_reset(vm->vcpus[cpu]);
}

uint64_t papr_vm_watchdogs(struct papr_vm *vm)
{
	uint64_t now_ns = uptime_ns(vm), wait_ns;
	enum watchdog_action action;
	int i;

	while ((i = take_due(&vm->watchdogs, now_ns, &action, &wait_ns)) >= 0)
		bite(vm, i, action);
	return wait_ns;
}

/* --- what the guest does with them */

/* The index of watchdog @number, which counts from 1, or -1. */
static int index_of(uint64_t number)
{
	return number && number <= WATCHDOGS ? (int)number - 1 : -1;
}

/* A guest that cannot be sent to its reset handler writes no dump there. */
static bool can_do(const struct papr_vm *vm, uint64_t action)
{
	const struct papr_host_ops *ops = &vm->host_ops;

	switch (action) {
	case WATCHDOG_POWER_OFF:
	case WATCHDOG_RESTART:
		return true;
	case WATCHDOG_DUMP:
		return ops->get_regs && ops->set_regs && ops->wake;
	default:
		return false;
	}
}

static uint64_t due_ns(uint64_t now_ns, uint64_t timeout_ms)
{
	uint64_t never_ns = UINT64_MAX - 1;

	if (timeout_ms > (never_ns - now_ns) / NS_OF_MS)
		return never_ns;
	return now_ns + timeout_ms * NS_OF_MS;
}

static int64_t start(struct papr_vm *vm, const struct H_WATCHDOG_in *in)
{
	struct watchdogs *w = &vm->watchdogs;
	int i = index_of(in->number);
	bool nearer;

	if (!can_do(vm, in->flags & ACTION))
		return H_PARAMETER;
	if (i < 0)
		return H_P2;
	if (in->timeout_ms < MIN_TIMEOUT_MS)
		return H_P3;
	pthread_mutex_lock(&w->lock);
	w->dog[i] = (struct watchdog){
		.runs = true,
		.leaves_others = in->flags & LEAVE_OTHERS,
		.action = in->flags & ACTION,
		.due_ns = due_ns(uptime_ns(vm), in->timeout_ms),
	};
	nearer = w->dog[i].due_ns < w->told_ns;
	if (nearer)
		w->told_ns = w->dog[i].due_ns;
	pthread_mutex_unlock(&w->lock);
	/* Of one that is put off, as they mostly are, nobody need be told. */
	if (nearer)
		vm->vmm_ops.watchdog(vm->vmm);
	return H_SUCCESS;
}

static int64_t stop(struct watchdogs *w, uint64_t number)
{
	int i = index_of(number);
	bool ran;

	if (i < 0 && number != STOP_ALL)
		return H_P2;
	pthread_mutex_lock(&w->lock);
	if (number == STOP_ALL) {
		ran = stop_all(w);
	} else {
		ran = w->dog[i].runs;
		w->dog[i].runs = false;
	}
	pthread_mutex_unlock(&w->lock);
	return ran ? H_SUCCESS : H_NOOP;
}

static int64_t h_watchdog(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_WATCHDOG_in *in = args;
	struct H_WATCHDOG_out *out = rets;
	struct papr_vm *vm = vcpu->vm;

	if (!vm->vmm_ops.watchdog)
		return H_FUNCTION;
	if (in->flags & ~FLAGS_KNOWN)
		return H_PARAMETER;
	switch (in->flags & OPERATION) {
	case OP_START:
		return start(vm, in);
	case OP_STOP:
		return stop(&vm->watchdogs, in->number);
	case OP_QUERY:
		out->capabilities = MIN_TIMEOUT_MS << MIN_SHIFT |
				    (uint64_t)WATCHDOGS << COUNT_SHIFT;
		return H_SUCCESS;
	case OP_QUERY_LPM:
		if (index_of(in->number) < 0)
			return H_P2;
		out->capabilities = LPM_NEED_NOT_STOP;
		return H_SUCCESS;
	default:
		return H_PARAMETER;
	}
}

void hcalls_reset_watchdogs(struct papr_vm *vm)
{
	pthread_mutex_lock(&vm->watchdogs.lock);
	stop_all(&vm->watchdogs);
	pthread_mutex_unlock(&vm->watchdogs.lock);
}

/* Those that run, with the time that is left to them. */
static int save_watchdogs(struct papr_vm *vm, struct state_out *out,
			  struct papr_error *error)
{
	uint64_t now_ns = uptime_ns(vm);

	(void)error;
	for (int i = 0; i < WATCHDOGS; i++) {
		const struct watchdog *dog = &vm->watchdogs.dog[i];

		if (!dog->runs)
			continue;
		state_put_u8(out, i);
		state_put_u8(out, dog->action);
		state_put_u8(out, dog->leaves_others);
		state_put_u64(out, dog->due_ns > now_ns ?
			      dog->due_ns - now_ns : 0);
	}
	return 0;
}

static int load_watchdogs(struct papr_vm *vm, struct state_in *in,
			  struct papr_error *error)
{
	uint64_t now_ns = uptime_ns(vm);

	if (!vm->vmm_ops.watchdog)
		return error_set(error, -EOPNOTSUPP, "a watchdog runs, and the "
				 "program has none");
	while (in->left && !in->failed) {
		uint8_t i = state_get_u8(in), action = state_get_u8(in);
		bool leaves_others = state_get_bool(in);
		uint64_t left_ns = state_get_u64(in);

		if (i >= WATCHDOGS || !can_do(vm, action))
			return error_set(error, -EINVAL, "watchdog %u cannot "
					 "do %u", i + 1u, action);
		vm->watchdogs.dog[i] = (struct watchdog){
			.runs = true, .action = action,
			.leaves_others = leaves_others,
			.due_ns = left_ns < UINT64_MAX - 1 - now_ns ?
				  now_ns + left_ns : UINT64_MAX - 1,
		};
	}
	vm->vmm_ops.watchdog(vm->vmm);
	return 0;
}

const struct state_module watchdog_state = {
	"watchdogs", 1, save_watchdogs, load_watchdogs
};

const struct hcall_impl hcalls_watchdog[] = {
	{ H_WATCHDOG, h_watchdog },
	{ 0, NULL }
};
