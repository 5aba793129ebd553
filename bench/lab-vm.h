/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests on real KVM, and, for one with one vCPU, two ways to run it that take
 * turns, so that all else is the same.
 *
 * Integers only: Linux 6.1 may return from KVM_RUN with the guest's
 * floating-point and vector registers, and a bare loop has no guard.
 */
#ifndef BENCH_LAB_VM_H
#define BENCH_LAB_VM_H

#include <stddef.h>
#include <stdint.h>

#include <papr/papr.h>

#define BATCHES		501
#define BATCH		40
#define RAM_SIZE	(16u << 20)
#define RTAS_BASE	(8u << 20)
#define LAB_PC		0x1000u
#define H_FUNCTION	((uint64_t)-2)

struct kvm_run;

struct cpu {
	int fd;
	struct kvm_run *run;
	struct papr_vcpu *vcpu;
	uint8_t *ram;
};

/* @run does whatever is measured BATCH times. */
struct side {
	const char *name;
	void (*run)(const struct cpu *cpu);
	uint64_t ns[BATCHES];	/* of a whole batch */
};

/* Ends the program; 0 and above pass. */
void fail(const char *what, const char *why);
int checked(const char *what, int ret);

/*
 * A guest of @n vCPUs with all calls on this route, or of one.  They are
 * started at LAB_PC, where the memory is still empty.
 */
void make_guests(struct cpu *cpus, unsigned int n, enum papr_route route);
void make_guest(struct cpu *cpu);

/* Instructions or cells of RTAS. */
void put_words(struct cpu *cpu, uint64_t gpa, const uint32_t *words, size_t n);

/* Lets the guest make so many hypercalls: a loop around KVM_RUN alone. */
void run_bare(const struct cpu *cpu, unsigned int calls);

/* Prints both and their ratios. */
void compare_sides(struct side sides[2], const struct cpu *cpu);

#endif
