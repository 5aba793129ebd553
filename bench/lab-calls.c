/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each call that KVM can switch costs a guest: answered by the kernel, by
 * the library in userspace, and by a loop around KVM_RUN that answers nothing.
 * One guest has all calls routed to the kernel, another all to userspace, and
 * the three take turns. So do one vCPU and two that call at once.
 *
 *	lab-calls [--quick] [FILE]
 *
 * FILE gets the costs for papr advise, as JSON.  --quick is for tests: one
 * round of all calls, not ten.
 *
 * A batch ends with one more call, END, which always leaves the kernel.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include <linux/kvm.h>

#include "bench/lab-vm.h"

#define CPUS	2
#define CALLS	16	/* shorter than a time slice */
#define REPEATS	6	/* of a batch, the first to warm up */
#define ROUNDS	10
#define ARGS	0x4000u
#define PAGE	0x100000u	/* nobody needs it */
#define END	0x7ffcu
#define UNKNOWN	0x7ff8u
#define MAX_ROWS 64

/* CALLS times the call at ARGS, then END, for ever. */
static const uint32_t code[] = {
	0x3be04000,		/* li	r31,ARGS */
	0x3bc00000 | CALLS,	/* again: li r30,CALLS */
	0xe89f0000,		/* loop: ld r4,0(r31) */
	0xe8bf0008,		/* ld	r5,8(r31) */
	0xe8df0010,		/* ld	r6,16(r31) */
	0xe8ff0018,		/* ld	r7,24(r31) */
	0xe91f0020,		/* ld	r8,32(r31) */
	0xe93f0028,		/* ld	r9,40(r31) */
	0xe87f0030,		/* ld	r3,48(r31) */
	0x44000022,		/* sc	1 */
	0x3bdeffff,		/* addi	r30,r30,-1 */
	0x2c3e0000,		/* cmpdi r30,0 */
	0x4082ffd8,		/* bne	loop */
	0x38607ffc,		/* li	r3,END */
	0x44000022,		/* sc	1 */
	0x4bffffc8,		/* b	again */
};

/* Arguments that do no harm where zeros would, or would do nothing. */
static const struct arguments {
	const char *call;
	uint64_t args[3];
} arguments[] = {
	{ "H_ENTER", { 1ull << 39, 8, 0 } },	/* into this slot alone */
	{ "H_BULK_REMOVE", { 3ull << 62 } },	/* the end of the list */
	{ "H_SET_XDABR", { 0, 3 } },
	{ "H_PAGE_INIT", { 1 << 15, PAGE } },	/* zeros */
	{ "H_LOGICAL_CI_LOAD", { 4, PAGE } },
	{ "H_LOGICAL_CI_STORE", { 4, PAGE } },
	{ "H_CPPR", { 0xff } },
	{ "H_IPI", { 0, 0xff } },		/* no interrupt */
	{ "H_REGISTER_VPA", { 5ull << 45 } },	/* there is none to take */
	{ "H_CONFER", { ~0ull } },		/* to nobody in particular */
	{ "H_SET_MODE", { 0, 1 } },		/* no breakpoint */
};

enum way { KERNEL, USER, BARE, WAYS };

struct row {
	const char *name;
	uint32_t number;
	/* Best of a batch, and how many of its calls left the kernel. */
	uint64_t ns[WAYS][CPUS];
	unsigned int exits[WAYS];
};

static struct row rows[MAX_ROWS] = { { "unknown to all", UNKNOWN,
				       { { 0 } }, { 0 } } };
static unsigned int n_rows = 1;
static struct cpu cpus[2][CPUS];	/* of the two guests */

/* Those that can be switched; H_CEDE would sleep. */
static void choose_rows(void)
{
	for (size_t i = 0; i < papr_hcall_count(); i++) {
		const struct papr_call_info *call = papr_hcall_at(i);
		enum papr_kernel kernel = papr_hcall_kernel_hv(call);

		if ((kernel == PAPR_KERNEL_ON || kernel == PAPR_KERNEL_OFF) &&
		    strcmp(call->name, "H_CEDE") && n_rows < MAX_ROWS)
			rows[n_rows++] = (struct row){
				.name = call->name, .number = call->number,
			};
	}
}

static void put_call(struct cpu *cpu, const struct row *row)
{
	uint32_t words[14] = { 0 };

	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++)
		for (unsigned int j = 0; j < 3; j++) {
			uint64_t arg = arguments[i].args[j];

			if (strcmp(arguments[i].call, row->name))
				continue;
			words[2 * j] = arg >> 32;
			words[2 * j + 1] = arg;
		}
	words[13] = row->number;
	put_words(cpu, ARGS, words, 14);
}

/* --- a batch */

struct job {
	const struct cpu *cpu;
	enum way way;
	pthread_barrier_t *barrier;
	uint64_t ns[REPEATS];
	unsigned int exits;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* Once out of the kernel, and perhaps with a hypercall. */
static void leave_library(const struct cpu *cpu)
{
	struct papr_error error;
	int ret = papr_kvm_vcpu_run(cpu->vcpu, &error);

	if (ret < 0)
		fail("papr_kvm_vcpu_run", error.text);
	if (ret != PAPR_RUN_AGAIN && ret != PAPR_RUN_INTERRUPTED)
		fail("papr_kvm_vcpu_run", "not a hypercall");
}

static void leave_bare(const struct cpu *cpu)
{
	int ret;

	/* The library leaves it set when it has held the vCPU. */
	cpu->run->immediate_exit = 0;
	ret = ioctl(cpu->fd, KVM_RUN, NULL);
	if (ret < 0 && errno == EINTR)
		return;
	checked("KVM_RUN", ret);
	if (cpu->run->exit_reason != KVM_EXIT_PAPR_HCALL)
		fail("KVM_RUN", "not a hypercall");
	cpu->run->papr_hcall.ret = H_FUNCTION;
}

/* Returns how many calls left the kernel before END did. */
static unsigned int run_batch(const struct cpu *cpu, enum way way)
{
	unsigned int exits = 0;

	for (;;) {
		cpu->run->papr_hcall.nr = 0;	/* none yet */
		(way == BARE ? leave_bare : leave_library)(cpu);
		if (cpu->run->papr_hcall.nr == END)
			return exits;
		exits += cpu->run->papr_hcall.nr != 0;
	}
}

static void *work(void *arg)
{
	struct job *job = arg;

	for (unsigned int r = 0; r < REPEATS; r++) {
		uint64_t start;

		pthread_barrier_wait(job->barrier);
		start = now_ns();
		job->exits = run_batch(job->cpu, job->way);
		job->ns[r] = now_ns() - start;
	}
	return NULL;
}

/* Of the repeats in which the slower of @n vCPUs was fastest. */
static uint64_t fastest(const struct job *jobs, unsigned int n)
{
	uint64_t best = UINT64_MAX;

	for (unsigned int r = 0; r < REPEATS; r++) {
		uint64_t worst = 0;

		for (unsigned int i = 0; i < n; i++)
			if (jobs[i].ns[r] > worst)
				worst = jobs[i].ns[r];
		if (worst < best)
			best = worst;
	}
	return best;
}

/* On @n vCPUs at once. */
static uint64_t batches(struct row *row, enum way way, unsigned int n)
{
	struct cpu *guest = cpus[way != KERNEL];
	pthread_barrier_t barrier;
	pthread_t thread[CPUS];
	struct job jobs[CPUS];

	put_call(&guest[0], row);
	pthread_barrier_init(&barrier, NULL, n);
	for (unsigned int i = 0; i < n; i++) {
		jobs[i] = (struct job){
			.cpu = &guest[i], .way = way, .barrier = &barrier,
		};
		if (pthread_create(&thread[i], NULL, work, &jobs[i]))
			fail("a thread", "there is none left");
	}
	for (unsigned int i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	pthread_barrier_destroy(&barrier);
	row->exits[way] = jobs[0].exits;
	return fastest(jobs, n);
}

static void measure(struct row *row, bool first)
{
	for (unsigned int n = 1; n <= CPUS; n++)
		for (int way = 0; way < WAYS; way++) {
			uint64_t ns = batches(row, way, n);
			uint64_t *best = &row->ns[way][n - 1];

			if (first || ns < *best)
				*best = ns;
		}
}

/* --- what comes out */

/* One call in ns; 0 if it is not answered there. */
static uint64_t one(const struct row *row, enum way way, unsigned int n)
{
	uint64_t ns = row->ns[way][n - 1], end;

	if (way != KERNEL)
		return row->exits[way] == CALLS ? ns / (CALLS + 1) : 0;
	if (row->exits[way])
		return 0;
	/* END costs as much as a call that nobody knows. */
	end = rows[0].ns[way][n - 1] / (CALLS + 1);
	return ns > end ? (ns - end) / CALLS : 1;
}

static void print_us(uint64_t ns)
{
	if (ns)
		printf(" %7" PRIu64 ".%" PRIu64, ns / 1000, ns / 100 % 10);
	else
		printf(" %9s", "-");
}

static void print_ratio(uint64_t ns, uint64_t base_ns)
{
	uint64_t ratio = base_ns ? ns * 100 / base_ns : 0;

	if (ns && base_ns)
		printf(" %6" PRIu64 ".%02" PRIu64, ratio / 100, ratio % 100);
	else
		printf(" %9s", "-");
}

static void print_row(const struct row *row)
{
	uint64_t kernel = one(row, KERNEL, 1), user = one(row, USER, 1);
	uint64_t bare = one(row, BARE, 1);

	printf("%-19s", row->name);
	print_us(kernel);
	print_us(user);
	print_us(bare);
	print_ratio(user, kernel);
	print_ratio(user, bare);
	print_ratio(one(row, KERNEL, 2), kernel);
	print_ratio(one(row, USER, 2), user);
	print_ratio(one(row, BARE, 2), bare);
	putchar('\n');
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The median of all that the kernel answers. */
static uint64_t any_kernel(void)
{
	uint64_t ns[MAX_ROWS];
	unsigned int n = 0;

	for (unsigned int i = 1; i < n_rows; i++) {
		ns[n] = one(&rows[i], KERNEL, 1);
		n += ns[n] != 0;
	}
	if (!n)
		fail("the kernel", "it answers none of the calls");
	qsort(ns, n, sizeof(ns[0]), compare);
	return ns[n / 2];
}

static void write_costs(const char *path)
{
	const struct papr_host *host = papr_vm_host(
		papr_vcpu_vm(cpus[0][0].vcpu));
	FILE *file = fopen(path, "w");
	const char *comma = "";

	if (!file)
		fail(path, strerror(errno));
	fprintf(file, "{\"flavour\": \"%s\", \"isa\": %u,\n",
		papr_flavour_name(host->flavour), host->isa);
	fprintf(file, " \"exit-ns\": %" PRIu64 ", \"user-ns\": %" PRIu64
		", \"kernel-ns\": %" PRIu64 ",\n \"calls\": [",
		one(&rows[0], BARE, 1), one(&rows[0], USER, 1), any_kernel());
	for (unsigned int i = 1; i < n_rows; i++) {
		fprintf(file, "%s\n  {\"name\": \"%s\", \"user-ns\": %" PRIu64
			", \"kernel-ns\": %" PRIu64 "}", comma, rows[i].name,
			one(&rows[i], USER, 1), one(&rows[i], KERNEL, 1));
		comma = ",";
	}
	fputs("\n ]}\n", file);
	if (fclose(file))
		fail(path, strerror(errno));
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && !strcmp(argv[1], "--quick");
	unsigned int rounds = quick ? 1 : ROUNDS;

	choose_rows();
	make_guests(cpus[0], CPUS, PAPR_ROUTE_KERNEL);
	make_guests(cpus[1], CPUS, PAPR_ROUTE_USER);
	for (unsigned int g = 0; g < 2; g++)
		put_words(&cpus[g][0], LAB_PC, code,
			  sizeof(code) / sizeof(code[0]));
	/* The library first: it starts the vCPUs. */
	for (enum way way = KERNEL; way <= USER; way++)
		batches(&rows[0], way, CPUS);
	for (unsigned int r = 0; r < rounds; r++)
		for (unsigned int i = 0; i < n_rows; i++)
			measure(&rows[i], !r);
	printf("%-19s %9s %9s %9s %9s %9s %9s %9s %9s\n", "us, and ratios",
	       "kernel", "userspace", "bare", "user/kern", "user/bare",
	       "2: kernel", "2: user", "2: bare");
	for (unsigned int i = 0; i < n_rows; i++)
		print_row(&rows[i]);
	if (argc > 1 + quick)
		write_costs(argv[1 + quick]);
	return 0;
}
