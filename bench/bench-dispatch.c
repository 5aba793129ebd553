/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hypercall costs in the library, on a host that does nothing: a call
 * whose handler is empty, one with a number that nobody knows, one RTAS call,
 * and one of interrupts, which take a lock, against an empty function called
 * through a pointer. The best of many runs counts, all in turn: anything else
 * on the machine only makes them longer, and each is shorter than a time slice
 * of the scheduler.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <papr/papr.h>

#define THREADS		2
#define RUNS		200
#define CALLS		20000u
#define RAM_SIZE	(2u << 20)
#define RTAS_BASE	0x100000u
#define RTAS_BLOCK	0x1000u

typedef void call_fn(struct papr_vcpu *vcpu, struct papr_hcall *hcall);

__attribute__((noinline))
static void empty(struct papr_vcpu *vcpu, struct papr_hcall *hcall)
{
	asm volatile("" : : "r"(vcpu), "r"(hcall) : "memory");
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* What measuring a call cannot do without. */
__attribute__((noinline))
static void clock_twice(struct papr_vcpu *vcpu, struct papr_hcall *hcall)
{
	uint64_t start = now_ns();

	asm volatile("" : : "r"(vcpu), "r"(hcall) : "memory");
	hcall->ret = now_ns() - start;
}

/* Another pointer than papr_vcpu_hcall: run() switches timing on for it. */
static void timed_hcall(struct papr_vcpu *vcpu, struct papr_hcall *hcall)
{
	papr_vcpu_hcall(vcpu, hcall);
}

static struct subject {
	const char *what;
	const char *call;	/* in the catalogue, or NULL */
	call_fn *fn;
	uint64_t best_ps[THREADS];	/* for one and two threads */
} subjects[] = {
	{ "empty indirect call", NULL, empty, { 0 } },
	{ "hypercall with an empty handler", "H_LOGICAL_ICBI",
	  papr_vcpu_hcall, { 0 } },
	{ "hypercall that nobody knows", NULL, papr_vcpu_hcall, { 0 } },
	{ "RTAS query-cpu-stopped-state", "H_RTAS", papr_vcpu_hcall, { 0 } },
	{ "H_XIRR in userspace", "H_XIRR", papr_vcpu_hcall, { 0 } },
	{ "the clock twice", NULL, clock_twice, { 0 } },
	{ "hypercall with an empty handler, timed", "H_LOGICAL_ICBI",
	  timed_hcall, { 0 } },
	{ "RTAS query-cpu-stopped-state, timed", "H_RTAS", timed_hcall,
	  { 0 } },
};

#define SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))

static struct papr_vcpu *vcpus[THREADS];
static pthread_barrier_t barrier;

static void fail(const char *why)
{
	fprintf(stderr, "bench-dispatch: %s\n", why);
	exit(1);
}

struct job {
	const struct subject *subject;
	struct papr_vcpu *vcpu;
	uint64_t arg;
	uint64_t ns;
};

static void *work(void *arg)
{
	struct job *job = arg;
	const struct papr_call_info *info = job->subject->call ?
		papr_hcall_by_name(job->subject->call) : NULL;
	struct papr_hcall hcall = {
		.nr = info ? info->number : 0x7ffc,
	};
	call_fn *volatile fn = job->subject->fn;
	uint64_t start;

	pthread_barrier_wait(&barrier);
	start = now_ns();
	for (unsigned int i = 0; i < CALLS; i++) {
		/* What a vCPU leaves in struct kvm_run at each exit. */
		hcall.args[0] = job->arg;
		fn(job->vcpu, &hcall);
	}
	job->ns = now_ns() - start;
	return NULL;
}

/* The slower of the threads, in ps per call. */
static uint64_t run(const struct subject *subject, unsigned int threads)
{
	pthread_t thread[THREADS];
	struct job jobs[THREADS];
	uint64_t worst = 0;

	if (papr_vm_set_timing(papr_vcpu_vm(vcpus[0]),
			       subject->fn == timed_hcall))
		fail("out of memory");
	pthread_barrier_init(&barrier, NULL, threads);
	for (unsigned int i = 0; i < threads; i++) {
		/* Guest memory of its own for each. */
		jobs[i] = (struct job){
			subject, vcpus[i], RTAS_BLOCK * (i + 1), 0
		};
		if (pthread_create(&thread[i], NULL, work, &jobs[i]))
			exit(1);
	}
	for (unsigned int i = 0; i < threads; i++) {
		pthread_join(thread[i], NULL);
		if (jobs[i].ns > worst)
			worst = jobs[i].ns;
	}
	pthread_barrier_destroy(&barrier);
	return worst * 1000 / CALLS;
}

static int describe(void *host, struct papr_host *info)
{
	struct papr_error error;

	(void)host;
	return papr_host_model("power10", info, &error);
}

static int describe_mmu(void *host, struct papr_host_mmu *mmu)
{
	(void)host;
	memset(mmu, 0, sizeof(*mmu));
	return 0;
}

static int enable_hcall(void *host, uint32_t number, bool enable)
{
	(void)host;
	(void)number;
	(void)enable;
	return 0;
}

static int enable_nested(void *host)
{
	(void)host;
	return 0;
}

static int get_reg(void *cpu, enum papr_reg reg, uint64_t *value)
{
	(void)cpu;
	(void)reg;
	*value = 0;
	return 0;
}

static int update_reg(void *cpu, enum papr_reg reg, uint64_t mask,
		      uint64_t value)
{
	(void)cpu;
	(void)reg;
	(void)mask;
	(void)value;
	return 0;
}

static int interrupt(void *cpu, bool raise)
{
	(void)cpu;
	(void)raise;
	return 0;
}

static struct papr_vm *make_vm(uint8_t *ram)
{
	static const struct papr_host_ops host = {
		.size = sizeof(host),
		.describe = describe,
		.describe_mmu = describe_mmu,
		.enable_hcall = enable_hcall,
		.enable_nested = enable_nested,
		.get_reg = get_reg,
		.update_reg = update_reg,
		.interrupt = interrupt,
	};
	static const struct papr_vmm_ops vmm = { .size = sizeof(vmm) };
	const struct papr_vm_config config = {
		.size = sizeof(config),
		.cores = THREADS,
		.threads = 1,
		.vsmt = 1,
		.rtas_base = RTAS_BASE,
	};
	struct papr_error error;
	struct papr_vm *vm;

	if (papr_vm_new(&config, &host, NULL, &vmm, NULL, &vm, &error))
		fail(error.text);
	if (papr_vm_add_ram(vm, 0, RAM_SIZE, ram, 0) || papr_vm_seal(vm))
		fail(papr_vm_error(vm));
	for (unsigned int i = 0; i < THREADS; i++) {
		vcpus[i] = papr_vm_vcpu(vm, i);
		if (papr_vcpu_attach(vcpus[i], ram))
			fail(papr_vm_error(vm));
	}
	return vm;
}

/* query-cpu-stopped-state of CPU 0: an argument, a status and a result. */
static void put_rtas_block(uint8_t *at)
{
	static const uint8_t counts[] = { 0, 0, 0, 1, 0, 0, 0, 2 };
	const struct papr_call_info *call =
		papr_rtas_by_name("query-cpu-stopped-state");

	at[2] = call->number >> 8;
	at[3] = call->number;
	memcpy(at + 4, counts, sizeof(counts));
}

static void print(unsigned int threads)
{
	const uint64_t base = subjects[0].best_ps[threads - 1];

	printf("%u thread%s\n", threads, threads == 1 ? "" : "s");
	for (unsigned int i = 0; i < SUBJECTS; i++) {
		uint64_t ps = subjects[i].best_ps[threads - 1];

		printf("  %-38s %6.1f ns  ratio %5.1f\n", subjects[i].what,
		       ps / 1e3, base ? (double)ps / base : 0.0);
	}
}

int main(void)
{
	uint8_t *ram = aligned_alloc(4096, RAM_SIZE);
	struct papr_vm *vm;

	if (!ram)
		fail("out of memory");
	memset(ram, 0, RAM_SIZE);
	for (unsigned int i = 1; i <= THREADS; i++)
		put_rtas_block(ram + RTAS_BLOCK * i);
	vm = make_vm(ram);
	for (unsigned int r = 0; r < RUNS; r++)
		for (unsigned int i = 0; i < SUBJECTS; i++)
			for (unsigned int t = 0; t < THREADS; t++) {
				uint64_t ps = run(&subjects[i], t + 1);
				uint64_t *best = &subjects[i].best_ps[t];

				if (!r || ps < *best)
					*best = ps;
			}
	for (unsigned int t = 1; t <= THREADS; t++)
		print(t);
	papr_vm_free(vm);
	free(ram);
	return 0;
}
