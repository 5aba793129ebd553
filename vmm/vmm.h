/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference VMM behind `papr run`.
 *
 *	vmm.c		order of things: prepare, run, clean up
 *	setup.c		KVM and libpapr: the partition is made
 *	firmware.c	what it finds if that is Open Firmware
 *	cpu.c		a thread for each vCPU
 *	loop.c		what the main thread does meanwhile
 *	plug.c		cores and memory come and go
 *	reset.c		the partition begins anew
 *	save.c		or goes on in another process,
 *	precopy.c	to which it is copied while it runs,
 *	restore.c	which is this one
 *	watchdog.c	so it does, or ends, if the guest is stuck
 *	power.c		it is switched off for a while, or suspended
 *	machine.c	what clients of the control socket can do with it
 *	events.c	what they are told
 *
 * It uses libpapr through its public headers alone.
 */
#ifndef VMM_VMM_H
#define VMM_VMM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <papr/papr.h>

#include "vmm/console.h"
#include "vmm/control.h"
#include "vmm/events.h"
#include "vmm/kernel-counts.h"
#include "vmm/layout.h"
#include "vmm/loader.h"
#include "vmm/nvram.h"
#include "vmm/options.h"
#include "vmm/pace.h"
#include "vmm/power.h"
#include "vmm/precopy.h"
#include "vmm/save.h"
#include "vmm/stats-base.h"
#include "vmm/trace.h"

/* Exit statuses, as papr-run(1) has them; 128 + N after signal N. */
enum run_status {
	RUN_POWER_OFF = 0,
	RUN_BAD_INPUT = 2,
	RUN_NO_HOST = 3,
	RUN_REFUSED = 4,	/* the host cannot do what was asked for */
	RUN_REBOOT = 5,
	RUN_OS_TERM = 6,
	RUN_STUCK = 7,		/* an exit of KVM nobody can handle */
	RUN_TIMEOUT = 8,
	RUN_QUIT = 9,
	RUN_WATCHDOG = 10,	/* of the guest */
	RUN_SAVED = 11,
	RUN_NOT_SAID = 12,	/* the program of --guest-status has not */
	RUN_SAID = 32,		/* it has, and its own is added */
	RUN_SAID_MAX = 123,	/* the next is that of timeout(1) */
	RUN_SIGNAL = 128,
};

struct vmm;

/* What a reset puts back into memory; NULL if there will be none. */
struct boot_copy {
	uint8_t *image;
	uint8_t *initrd;
};

/* A clock that can be stopped, in nanoseconds of CLOCK_MONOTONIC. */
struct uptime {
	bool stands;
	uint64_t at_ns;		/* where, if it does */
	uint64_t offset_ns;	/* how far it is behind, if not */
};

struct cpu {
	struct vmm *vmm;
	struct papr_vcpu *vcpu;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	bool has_thread;
	_Atomic pid_t tid;
};

/*
 * @lock guards the setting of @ended, @status, @text, @paused, @resetting,
 * @wants_reset, @n_waiting, @uptime and @power.state, and goes with @wake, on
 * which vCPUs wait that are stopped or kept out, and with @waiting, which tells
 * of one more that does.  It is taken last: nothing is called under it.
 */
struct vmm {
	const struct run_options *options;
	struct papr_policy *policy;

	void *mapping;		/* of which guest RAM is an aligned part */
	size_t mapping_len;
	uint8_t *ram;
	struct image image;
	struct image kernel;	/* of it, where firmware starts it */
	struct layout layout;
	uint64_t initrd_size;
	struct boot_copy boot;

	int kvm_fd;
	int vm_fd;
	size_t run_len;
	struct papr_kvm *kvm;
	struct papr_vm *vm;
	struct cpu *cpus;	/* all that there may be */
	uint32_t n_cpus;
	uint32_t n_threads;	/* of the main thread */

	struct console console;
	struct nvram nvram;
	void *vpd;		/* the file, or NULL */
	uint64_t vpd_len;
	struct trace trace;
	struct output stats;
	struct kernel_counts counts;
	struct stats_base base;	/* of the control socket's thread */
	struct control *control;	/* NULL if there is none */
	struct events events;
	struct saved saved;	/* of the main thread */
	struct precopy *precopy;	/* likewise; NULL if none */
	struct migrate_parameters migrate;	/* likewise */
	uint64_t (*clock_ms)(void);	/* of it; tests have their own */
	bool quit_by_client;

	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_cond_t waiting;
	uint32_t n_waiting;
	struct uptime uptime;
	struct power power;
	_Atomic bool paused;	/* read without the lock in each turn */
	_Atomic bool resetting;	/* likewise */
	_Atomic bool ended;	/* likewise */
	const char *_Atomic wants_reset;	/* why the guest does or NULL */
	int notice_fd;		/* eventfd: look at the states above */
	int status;
	char text[512];		/* why, "" if the user need not be told */
};

/* All of `papr run`, from checked options to the exit status. */
int vmm_run(const struct run_options *options);

/* A line on standard error. */
void vmm_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Ends the run; any thread.  The first reason stays, NULL is for those that
 * need no words.
 */
void vmm_end(struct vmm *vmm, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

bool vmm_ended(struct vmm *vmm);

/* What libpapr asks of us. */
extern const struct papr_vmm_ops vmm_ops;

/* Both return 0 or a status, and have told the user why. */
int setup_host(struct vmm *vmm);
int setup_partition(struct vmm *vmm);
void setup_undo(struct vmm *vmm);

/* Device tree and boot vCPU, of a partition that is new or was reset. */
int setup_boot(struct vmm *vmm);

/*
 * The guest enters with the client interface of Open Firmware instead of the
 * flat tree, which is where setup_boot() has written it; 0 or -errno.
 */
int firmware_client(struct vmm *vmm, struct papr_entry *entry,
		    struct papr_error *error);

/* A vCPU of KVM for one of the library's; 0 or a status, told. */
int setup_cpu(struct vmm *vmm, struct cpu *cpu);

/* The same for a firmware that runs in the guest. */
int firmware_file(struct vmm *vmm, struct papr_entry *entry,
		  struct papr_error *error);

/* Starts the threads; 0 or -errno, some may run all the same. */
int cpus_start(struct vmm *vmm);

/* One, for which there was none yet; the main thread. */
int cpu_start(struct cpu *cpu);

/* Makes every thread leave the guest and waits for it. */
void cpus_stop(struct vmm *vmm);

/*
 * Makes every thread leave the guest and wait; 0, or -ETIMEDOUT if one has
 * not left yet.  It is to be undone in both cases.
 */
int cpus_pause(struct vmm *vmm);
void cpus_resume(struct vmm *vmm);

/* The same for a reset; a guest that is paused stays so. */
int cpus_hold(struct vmm *vmm);
void cpus_let_go(struct vmm *vmm);

/* Waits until all are out that may not be in it; as cpus_pause(). */
int cpus_leave(struct vmm *vmm);

/* Tells where each vCPU is, once they are stopped. */
void cpus_report(struct vmm *vmm);

/* What clients of the control socket can do; its argument is the VMM. */
extern const struct qmp_ops machine_ops;

/* Tells clients how the run has ended, or why the guest was reset. */
void machine_tell_end(struct vmm *vmm);
void machine_tell_reset(struct vmm *vmm, const char *reason);

/* That the guest is suspended, switched off or awake. */
void machine_tell_power(struct vmm *vmm, enum power_state state);

/* STOP or RESUME; what has become of a migration. */
void machine_tell(struct vmm *vmm, const char *event);
void machine_tell_migration(struct vmm *vmm);

/* What one of the guest's watchdogs does, as QMP has it; the main thread. */
void machine_tell_watchdog(struct vmm *vmm, const char *action);

/* Copies what is in memory before the guest is; 0 or -ENOMEM. */
int reset_keep(struct vmm *vmm, struct papr_error *error);
void reset_undo(struct vmm *vmm);

/*
 * The partition begins anew; the main thread.  0 or -errno and a sentence; if
 * it cannot go on either, the run has ended.
 */
int reset_now(struct vmm *vmm, struct papr_error *error);

/* The guest wants it, and says why as QMP has it; any vCPU's thread. */
void reset_want(struct vmm *vmm, const char *reason);

/* Does so if it wants it; the main thread. */
void reset_if_wanted(struct vmm *vmm);

/*
 * Puts something in, or asks the guest to give it back; the main thread.  0 or
 * -errno and a sentence.
 */
int plug_in(struct vmm *vmm, enum papr_connector_kind kind, uint32_t number,
	    struct papr_error *error);
int plug_out(struct vmm *vmm, enum papr_connector_kind kind, uint32_t number,
	     struct papr_error *error);

/* What libpapr asks for and tells of it. */
int plug_make(void *vmm, const struct papr_connector *connector);
void plug_told(void *vmm, const struct papr_connector *connector);

/* LMBs that are not there are zero: of one that went on the way, pages came. */
void plug_clear_absent(struct vmm *vmm);

/* The time in which the guest was not paused; any thread. */
uint64_t uptime_ns(struct vmm *vmm);
void uptime_stop(struct vmm *vmm, bool stop);

/*
 * Lets the guest's watchdogs bite, which ends in watchdog_bites(), and returns
 * how long the next one can wait, -1 for ever; the main thread.
 */
int watchdogs_wait_ms(struct vmm *vmm);
void watchdog_bites(struct vmm *vmm, enum papr_event what, const char *name);

/* Serves all that is not a vCPU until the run has ended. */
void loop_run(struct vmm *vmm, int signal_fd);

#endif
