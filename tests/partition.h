/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sealed VM on the fake host, with RAM and a VMM that writes down what it
 * is told:
 *
 *	struct partition *p = partition_new(&(struct partition_setup){
 *		.host = "power9", .policy = "hcalls: { H_RANDOM: user }" });
 *	assert_int_equal(HCALL(p, H_SET_SPRG0, 42), H_SUCCESS);
 *	assert_int_equal(RTAS(p, RTAS_TOKEN_power_off, 2, 1, 0, 0), 0);
 *	partition_free(p);
 *
 * Every hypercall made here is checked for the registers it must leave alone,
 * and every RTAS call for the memory around its results.
 */
#ifndef TESTS_PARTITION_H
#define TESTS_PARTITION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <papr/papr.h>

#include "hcalls/catalogue.h"
#include "rtas/catalogue.h"
#include "spapr/util.h"
#include "tests/fake-host.h"
#include "tests/fake-pci.h"

/* RAM at 0, read-only RAM after a gap, and RAM next to the end of addresses. */
#define RAM_SIZE	0x200000ull
#define ROM_BASE	0x400000ull
#define ROM_SIZE	0x10000ull
#define TOP_BASE	0xfffffffffffe0000ull
#define TOP_SIZE	0x10000ull
#define RTAS_BASE	0x100000ull
#define LMB_FIRST	2u
#define LMB_BASE	(LMB_FIRST * PAPR_LMB_SIZE)

/* Where RTAS() puts its argument block: at an odd address. */
#define RTAS_BLOCK	0x5001ull

#define VTY		0x71000000ull
#define MAX_DIRTY	64

struct gpa_range {
	uint64_t gpa, len;
};

struct partition {
	struct fake_host *fake;
	struct papr_vm *vm;
	uint8_t *ram, *rom, *top;
	uint8_t *lmbs;			/* from LMB_BASE on */
	size_t lmbs_len;
	uint64_t mem;			/* of the setup */
	unsigned int on;		/* index of the vCPU that calls */

	/* What the VMM does ... */
	uint64_t clock_ns;
	uint64_t uptime_ns;
	uint64_t random;
	int random_err;
	const char *typed;
	bool console_full;
	int nvram_err;
	int mmio_err;
	int plug_err;
	bool plugs_nothing;		/* and says that all is well */
	uint64_t mmio_value;
	int64_t vmm_ret;

	/* ... and what it was told. */
	char console[64];
	size_t console_len;
	size_t console_last;		/* length of the last write */
	struct gpa_range dirty[MAX_DIRTY];
	size_t n_dirty;
	const char *held_when_dirty;	/* what the host was told last */
	unsigned int mmios;
	uint64_t mmio_gpa;
	uint32_t mmio_len;
	bool mmio_write;
	unsigned int events;
	enum papr_event event;
	char event_text[600];
	struct papr_vcpu *started;
	unsigned int vmm_calls;
	unsigned int traces;
	char trace[400];
	unsigned int n_injected;
	uint32_t injected_index;
	struct papr_injected injected;
	unsigned int asked;		/* for papr_vm_watchdogs() */
	unsigned int interlocks;
	uint32_t interlock_index;
	uint8_t nvram[PAPR_NVRAM_MIN];	/* as the VMM keeps it */
	unsigned int nvram_stores;
	struct fake_pci pci;
	uint64_t power_on_ns;
	int power_on_err;
	unsigned int indicators;
	enum papr_indicator indicator;
	uint32_t indicator_state;
	unsigned int logs;
	char log[600];
	unsigned int plugs;
	unsigned int n_told;		/* of connectors, and the last */
	struct papr_connector told;
};

/* What is not said is: power10, one core of one thread, kernel routes. */
struct partition_setup {
	const char *host;
	struct papr_vm_config config;
	const char *policy;
	bool nvram;		/* of PAPR_NVRAM_MIN bytes, formatted */
	bool pci;		/* fake_pci_ops on partition.pci */
	uint64_t mem;		/* all RAM, at 0, not to be touched */
	uint32_t lmbs;		/* that may be plugged in, from LMB_BASE on */
	const struct papr_vio_config *vio;	/* with queues, and a window */
	/* Looks at or changes what papr_vm_new() is going to be given. */
	void (*tweak)(struct partition *p, struct papr_host_ops *host_ops,
		      struct papr_vmm_ops *vmm_ops);
};

/* Up to papr_vm_new(), with RAM; returns its result. */
int partition_make(const struct partition_setup *setup, struct partition **p,
		   struct papr_error *error);

/* The same of an empty setup, which must succeed. */
struct partition *partition_unsealed(void);

/* Sealed, all vCPUs attached, the first of them running. */
struct partition *partition_new(const struct partition_setup *setup);
void partition_free(struct partition *p);

/* Attaches vCPU @index to a CPU of the fake host and returns that. */
struct fake_cpu *partition_attach(struct partition *p, uint32_t index);

/* Another policy, as text, while it runs: papr_vm_change_policy()'s result. */
int reroute(struct partition *p, const char *text, struct papr_error *error);
void must_reroute(struct partition *p, const char *text);

/* For tests that want a plain one in *state. */
int partition_start(void **state);
int partition_end(void **state);
#define partition_test(f) \
	cmocka_unit_test_setup_teardown(f, partition_start, partition_end)

/*
 * A hypercall of vCPU @p->on: @args are r4 to r12 and then what came back.
 * Registers behind the call's arguments get a pattern.
 */
int64_t partition_hcall(struct partition *p, uint64_t nr,
			uint64_t args[PAPR_HCALL_ARGS]);
#define HCALL(p, nr, ...) \
	partition_hcall(p, nr, (uint64_t[PAPR_HCALL_ARGS]){ __VA_ARGS__ })

/*
 * An RTAS call with its block at @gpa: @cells are the arguments and then,
 * from cells[@nargs] on, the results.  Returns what the hypercall did.
 */
int64_t partition_rtas(struct partition *p, uint64_t gpa, uint32_t token,
		       uint32_t nargs, uint32_t nrets, uint32_t *cells);

/* At RTAS_BLOCK; the hypercall must succeed, and the first result returns. */
int32_t partition_rtas_status(struct partition *p, uint32_t token,
			      uint32_t nargs, uint32_t nrets, uint32_t *cells);
#define RTAS_UNTOUCHED 0xc3c3c3c3	/* a result that nobody has written */
#define RTAS(p, token, nargs, nrets, ...) \
	partition_rtas_status(p, token, nargs, nrets, \
			      (uint32_t[RTAS_CELLS]){ __VA_ARGS__ })

/* What connector @index is for comes, and the guest may configure it. */
void partition_plug(struct partition *p, uint32_t kind, uint32_t number,
		    uint32_t index);

/* Is the range the only one that was reported; forgets it. */
void assert_dirty(struct partition *p, uint64_t gpa, uint64_t len);
void assert_clean(struct partition *p);

#endif
