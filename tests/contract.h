/* SPDX-License-Identifier: BSD-2-Clause */
/* What the contract tests run on: a fresh fake host, or a fresh VM of KVM. */
#ifndef TESTS_CONTRACT_H
#define TESTS_CONTRACT_H

#include <papr/papr.h>

#include "tests/fake-host.h"

#define LIVE "live"

/* The host under test: a model, or LIVE. */
extern const char *contract_name;

/* What --model says the live host is, or NULL. */
extern const char *contract_model;

/* The tests for KVM alone; how many failed. */
int contract_run_live(void);

/* Those of breakpoints, of the host under test; how many failed. */
int contract_run_traps(void);

/* Those of tables that are shared, likewise. */
int contract_run_tables(void);

/* Those of registers that are saved and loaded, likewise. */
int contract_run_save(void);

/* Those of a XIVE, where the host has one, and its absence. */
int contract_run_xive(void);

/* Has the call a switch on this host, by the library's table? */
bool contract_is_switchable(const struct papr_host *info, uint32_t number);

struct subject {
	const struct papr_host_ops *ops;
	void *host;
	struct papr_host info;
	struct fake_host *fake;		/* NULL if live */

	/* Live only. */
	int kvm_fd;
	int vm_fd;
	struct papr_kvm *kvm;
};

#define MACHINE_CPUS 2

/* A partition on a subject; of its vCPUs the first is attached. */
struct machine {
	struct subject *subject;
	struct papr_vm *vm;
	uint8_t *ram;			/* from 0 on */
	void *cpu;			/* for the host's operations */
	int vcpu_fd[MACHINE_CPUS];	/* live only, and the next */
	struct kvm_run *run[MACHINE_CPUS];
};

/* Is there a POWER KVM? */
bool contract_is_live(void);

/* @name: a model, or LIVE.  Fails the test if it cannot be. */
struct subject *subject_new(const char *name);
void subject_free(struct subject *subject);

/* A bare vCPU, as KVM_CREATE_VCPU makes it: its file, or 0 of a fake. */
int subject_add_vcpu(struct subject *subject, uint32_t id);

struct machine *machine_new(const char *name,
			    enum papr_interrupts interrupts);
void machine_free(struct machine *machine);

/* One vCPU more, for the host's operations. */
void *machine_attach(struct machine *machine, uint32_t i);

/* The same of the host under test, as cmocka calls them. */
int subject_setup(void **state);
int subject_teardown(void **state);
int machine_setup(void **state);
int machine_xive_setup(void **state);
int machine_teardown(void **state);
#define VM_TEST(f) \
	cmocka_unit_test_setup_teardown(f, subject_setup, subject_teardown)
#define CPU_TEST(f) \
	cmocka_unit_test_setup_teardown(f, machine_setup, machine_teardown)
#define XIVE_TEST(f) \
	cmocka_unit_test_setup_teardown(f, machine_xive_setup, machine_teardown)

#endif
