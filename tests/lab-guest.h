/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition on real KVM for guests of a few instructions, in the lab. */
#ifndef TESTS_LAB_GUEST_H
#define TESTS_LAB_GUEST_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/papr.h>

#include "tests/patience.h"

#define GUEST_RAM (16u << 20)
#define GUEST_CPUS 2
#define GUEST_RTAS (8u << 20)

struct guest {
	int kvm_fd;
	int vm_fd;
	struct papr_kvm *kvm;
	struct papr_vm *vm;
	uint8_t *ram;
	size_t run_size;
	struct {
		struct papr_vcpu *vcpu;
		int fd;
		struct kvm_run *run;
		pthread_t thread;
		atomic_bool ended;
	} cpu[GUEST_CPUS];
};

/* For cmocka: *state is a struct guest whose vCPUs are attached. */
int guest_setup(void **state);
int guest_setup_xive(void **state);
int guest_teardown(void **state);

/* The same, with something to do before the partition is sealed. */
int guest_setup_with(void **state, void (*prepare)(struct papr_vm *vm));

/* Instructions or 32-bit words, stored big-endian. */
void guest_put(struct guest *guest, uint64_t gpa, const uint32_t *words,
	       size_t n);
uint64_t guest_load64(const struct guest *guest, uint64_t gpa);

/* Starts vCPU @index. */
void guest_start(struct guest *guest, unsigned int index, uint64_t pc,
		 uint64_t r3);

/* Runs vCPU @index until papr_kvm_vcpu_run() says something else than again. */
int guest_run(struct guest *guest, unsigned int index);

/*
 * The same in a thread of its own until papr_kvm_kick(); guest_wait() takes
 * what it said last.  A test that hangs is ended after two minutes.
 */
void guest_run_thread(struct guest *guest, unsigned int index);
bool guest_has_ended(const struct guest *guest, unsigned int index);
int guest_wait(struct guest *guest, unsigned int index);

#endif
