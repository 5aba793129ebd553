/* SPDX-License-Identifier: BSD-2-Clause */
/* What the user asks of `papr run`. */
#ifndef VMM_OPTIONS_H
#define VMM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/error.h>
#include <papr/vm.h>

#include "vmm/numa.h"

/* What becomes of the run when the guest does something. */
enum run_action {
	ACTION_EXIT,
	ACTION_RESET,
	ACTION_DUMP,		/* for a panic: with a dump of the kernel */
	ACTION_WAIT,		/* for what is to happen next */
	ACTION_RESUME,		/* for a suspension: it is over at once */
	ACTION_SAVE,		/* for the same: to the file of --save */
};

/* What the guest finds at its start. */
enum run_firmware {
	FIRMWARE_NONE,		/* a flat device tree */
	FIRMWARE_CLIENT,	/* the client interface of Open Firmware */
	FIRMWARE_FILE,		/* SLOF, which runs in the guest */
};

/* File names are NULL where nothing was asked for. */
struct run_options {
	const char *kernel;
	const char *initrd;
	const char *firmware_file;
	const char *bios;	/* it by another name */
	const char *append;
	const char *name;	/* of the partition */
	const char *host_model;
	const char *host_serial;
	const char *nvram;
	const char *vpd;
	const char *policy;
	const char *stats;
	const char *trace;
	const char *dump_fdt;
	const char *control;
	const char *save;
	const char *restore;
	uint64_t mem;		/* bytes */
	uint64_t max_mem;	/* with what may be plugged in, at least mem */
	uint32_t cores;
	uint32_t max_cores;	/* likewise */
	uint32_t threads;
	uint32_t vsmt;		/* 0: automatic */
	struct numa_options numa;
	uint8_t uuid[PAPR_UUID_LEN];
	bool has_uuid;
	uint32_t timeout_s;	/* 0: none */
	enum papr_mmu mmu;
	enum papr_interrupts interrupts;
	enum papr_switch gtse;
	enum papr_switch nested_hv;
	enum papr_switch fwnmi;
	enum run_firmware firmware;
	enum run_action on_reboot;
	enum run_action on_panic;
	enum run_action on_power_off;
	enum run_action on_suspend;
	bool paused;		/* until a client says cont */
	bool timing;
	bool large_decr;
	bool guest_status;	/* the program's own ends the run */
	bool help;		/* nothing else was looked at */
};

/* 0, or -EINVAL and a sentence that names the option and the reason. */
int options_parse(int argc, char **argv, struct run_options *options,
		  struct papr_error *error);

/* What must fit together in them; the same. */
int options_check(struct run_options *options, struct papr_error *error);

/* The text of --help. */
extern const char options_help[];

#endif
