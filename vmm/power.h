/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that is switched off until a time that it has named, or suspended.
 * No vCPU runs then, and the main thread goes on serving clients.
 */
#ifndef VMM_POWER_H
#define VMM_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/error.h>
#include <papr/save.h>

struct vmm;

/* Of a saved guest: its time, if it has named one. */
#define POWER_SECTION "power"

enum power_state {
	POWER_ON,
	POWER_SUSPENDED,
	POWER_OFF,
};

struct power {
	_Atomic enum power_state state;	/* read without the lock in each turn */
	enum power_state told;		/* to clients; the main thread's */
	_Atomic uint64_t on_at_ns;	/* of the host's clock; 0: never */
	_Atomic bool ups;		/* when there is power again */
	int fd;				/* a timer: it is to be switched on */
};

/* 0 or -errno. */
int power_open(struct power *power);
void power_close(struct power *power);

/* The guest names the time; any vCPU's thread. */
void power_on_at(struct vmm *vmm, uint64_t clock_ns);

/*
 * The guest powers off: whether it is to wait, which it does then, or the run
 * ends.  In both cases @text says more, or is "".  A vCPU's thread.
 */
bool power_waits(struct vmm *vmm, bool ups, char *text, size_t size);

/* The guest suspends itself; a vCPU's thread. */
void power_suspend(struct vmm *vmm);

/* Does what is to be done about a state that is new; the main thread. */
void power_look(struct vmm *vmm);

/* The timer has expired; the main thread. */
void power_time(struct vmm *vmm);

/* A client wakes or switches on the guest; 0 or -errno and a sentence. */
int power_wake(struct vmm *vmm, struct papr_error *error);

/* The time goes with a guest that is saved; 0 or -errno and a sentence. */
int power_put(struct vmm *vmm, struct papr_saver *saver,
	      struct papr_error *error);
int power_take(struct vmm *vmm, const struct papr_section *section,
	       struct papr_error *error);

/* A reset has switched it on; the main thread. */
void power_was_reset(struct vmm *vmm);

#endif
