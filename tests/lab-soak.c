/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The soak on real KVM, in the lab, with a guest of real machine code:
 *
 *	lab-soak [--seed N] [--rounds N | --seconds N] [--verbose] [GUEST]
 *
 * A round begins with new scripts and memory, and ends with a reset, after
 * which what is in use is counted.  A partition of each kind lasts some rounds.
 * A seed says what is called and done, but not how the two meet.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "spapr/util.h"
#include "tests/soak.h"
#include "vmm/loader.h"

#define LIFE	4		/* rounds of a partition */
#define CALLS	200		/* of each script */
#define DEEDS	40		/* of a round */
#define STEP	20		/* calls between two deeds, if they come */
#define LOOKS	20		/* until that is not waited for any more */
#define HANG_S	120		/* in which a vCPU comes out, if ever */

struct cpu {
	struct lab *lab;
	unsigned int index;
	pthread_t thread;
	pid_t tid;
	int fd;
	struct kvm_run *run;
	bool lost;		/* it has left what there is, until a reset */
};

struct lab {
	struct soak soak;
	int kvm_fd, vm_fd;
	struct papr_kvm *kvm;
	size_t run_size;
	uint8_t *guest;
	size_t guest_len;
	struct image image;
	uint64_t lost;
	struct cpu cpu[SOAK_CPUS];

	pthread_mutex_t lock;	/* of what follows, and of struct cpu */
	pthread_cond_t wake, parked;
	unsigned int n_parked;
	bool held, over;
};

static void die(struct lab *lab, const char *what)
{
	soak_fail(&lab->soak, "%s: %s", what, strerror(errno));
}

static int checked(struct lab *lab, const char *what, int r)
{
	if (r < 0)
		die(lab, what);
	return r;
}

/* --- threads, one for each vCPU there may be, for all partitions */

static struct papr_vcpu *vcpu_of(const struct cpu *cpu)
{
	return papr_vm_vcpu(cpu->lab->soak.vm, cpu->index);
}

static bool may_run(const struct cpu *cpu)
{
	return !cpu->lab->held && !cpu->lost && cpu->run &&
	       papr_vcpu_state(vcpu_of(cpu)) != PAPR_CPU_STOPPED;
}

/* With the lock; false at the end of all. */
static bool wait_to_run(struct cpu *cpu)
{
	struct lab *lab = cpu->lab;

	if (may_run(cpu))
		return !lab->over;
	lab->n_parked++;
	pthread_cond_signal(&lab->parked);
	while (!lab->over && !may_run(cpu))
		pthread_cond_wait(&lab->wake, &lab->lock);
	lab->n_parked--;
	return !lab->over;
}

/* What the guest has written over itself may load and store anywhere. */
static void *cpu_thread(void *arg)
{
	struct cpu *cpu = arg;
	struct lab *lab = cpu->lab;
	struct papr_error error;

	pthread_mutex_lock(&lab->lock);
	cpu->tid = gettid();
	while (wait_to_run(cpu)) {
		struct papr_vcpu *vcpu = vcpu_of(cpu);
		int r;

		pthread_mutex_unlock(&lab->lock);
		r = papr_kvm_vcpu_run(vcpu, &error);
		if (r < 0)
			soak_fail(&lab->soak, "vCPU %u: %s", cpu->index,
				  error.text);
		pthread_mutex_lock(&lab->lock);
		if (r == PAPR_RUN_EXIT) {
			cpu->lost = true;
			lab->lost++;
		}
	}
	pthread_mutex_unlock(&lab->lock);
	return NULL;
}

/* What the threads are doing that do not come out. */
static void tell_hang(struct lab *lab)
{
	for (unsigned int i = 0; i < SOAK_CPUS; i++) {
		struct cpu *cpu = &lab->cpu[i];
		char path[64], line[256] = "";
		FILE *file;

		snprintf(path, sizeof(path), "/proc/self/task/%d/syscall",
			 cpu->tid);
		file = fopen(path, "re");
		if (file && fgets(line, sizeof(line), file))
			line[strcspn(line, "\n")] = '\0';
		if (file)
			fclose(file);
		fprintf(stderr, "# vCPU %u: state %d, rest %d, thread in %s\n",
			i, cpu->run ? (int)papr_vcpu_state(vcpu_of(cpu)) : -1,
			cpu->run ? (int)papr_vcpu_rest(vcpu_of(cpu)) : -1,
			line);
	}
	soak_fail(&lab->soak, "a vCPU does not come out of the guest");
}

static void wait_for_all(struct lab *lab)
{
	struct timespec until;
	int err = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += HANG_S;
	pthread_mutex_lock(&lab->lock);
	while (lab->n_parked < SOAK_CPUS && !err)
		err = pthread_cond_clockwait(&lab->parked, &lab->lock,
					     CLOCK_MONOTONIC, &until);
	pthread_mutex_unlock(&lab->lock);
	if (err)
		tell_hang(lab);
}

static void hold(struct soak *soak, bool hold)
{
	struct lab *lab = soak->host;

	pthread_mutex_lock(&lab->lock);
	lab->held = hold;
	pthread_cond_broadcast(&lab->wake);
	pthread_mutex_unlock(&lab->lock);
	if (!hold)
		return;
	for (unsigned int i = 0; i < SOAK_CPUS; i++)
		if (lab->cpu[i].run)
			papr_kvm_kick(vcpu_of(&lab->cpu[i]));
	wait_for_all(lab);
}

static void started(struct soak *soak)
{
	struct lab *lab = soak->host;

	pthread_mutex_lock(&lab->lock);
	pthread_cond_broadcast(&lab->wake);
	pthread_mutex_unlock(&lab->lock);
}

/* --- partitions */

static int attach(struct lab *lab, unsigned int i)
{
	struct cpu *cpu = &lab->cpu[i];
	struct papr_error error;

	if (cpu->run)
		return 0;
	cpu->fd = checked(lab, "vCPU", ioctl(lab->vm_fd, KVM_CREATE_VCPU,
					     (long)papr_vcpu_id(vcpu_of(cpu))));
	cpu->run = mmap(NULL, lab->run_size, PROT_READ | PROT_WRITE,
			MAP_SHARED, cpu->fd, 0);
	if (cpu->run == MAP_FAILED)
		die(lab, "vCPU");
	if (papr_kvm_vcpu_attach(lab->kvm, vcpu_of(cpu), cpu->fd, cpu->run,
				 &error))
		soak_fail(&lab->soak, "%s", error.text);
	return 0;
}

static int set_slot(struct lab *lab, uint32_t slot, uint64_t gpa, uint64_t size)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot, .guest_phys_addr = gpa, .memory_size = size,
		.userspace_addr = (uintptr_t)lab->soak.ram + gpa,
	};

	return ioctl(lab->vm_fd, KVM_SET_USER_MEMORY_REGION, &region) ?
	       -errno : 0;
}

static int set_lmb(struct lab *lab, uint32_t number, uint64_t size)
{
	return set_slot(lab, 1 + number - SOAK_LMBS / PAPR_LMB_SIZE,
			number * PAPR_LMB_SIZE, size);
}

static int plug(struct soak *soak, const struct papr_connector *c)
{
	struct lab *lab = soak->host;

	return c->kind == PAPR_CONNECTOR_CORE ? attach(lab, c->number) :
	       set_lmb(lab, c->number, PAPR_LMB_SIZE);
}

static void unplugged(struct soak *soak, const struct papr_connector *c)
{
	if (c->kind == PAPR_CONNECTOR_LMB && set_lmb(soak->host, c->number, 0))
		soak_fail(soak, "KVM keeps an LMB");
}

/* False if this host has no such kind. */
static bool begin(struct lab *lab)
{
	struct soak *soak = &lab->soak;
	struct papr_error error;

	lab->vm_fd = checked(lab, "VM", ioctl(lab->kvm_fd, KVM_CREATE_VM, 0));
	if (papr_kvm_new(lab->kvm_fd, lab->vm_fd, &lab->kvm, &error))
		soak_fail(soak, "%s", error.text);
	if (!soak_new_vm(soak, papr_kvm_host_ops(), lab->kvm)) {
		papr_kvm_free(lab->kvm);
		close(lab->vm_fd);
		return false;
	}
	checked(lab, "RAM", set_slot(lab, 0, 0, SOAK_RAM));
	for (unsigned int i = 0; i < SOAK_CPUS - 1; i++)
		attach(lab, i);
	return true;
}

static void end(struct lab *lab)
{
	papr_vm_free(lab->soak.vm);
	for (unsigned int i = 0; i < SOAK_CPUS; i++) {
		struct cpu *cpu = &lab->cpu[i];

		if (!cpu->run)
			continue;
		munmap(cpu->run, lab->run_size);
		close(cpu->fd);
		cpu->run = NULL;
	}
	papr_kvm_free(lab->kvm);
	close(lab->vm_fd);
}

/*
 * Not to be kept in an emulated host: KVM sets the time base whenever it
 * enters and leaves a guest with an offset, and if the emulator is put aside
 * for 2^24 ticks in the middle of it, the host's time base has gone back. The
 * host's kernel then hangs.
 */
static void drop_time_offset(struct lab *lab)
{
	uint64_t none = 0;
	struct kvm_one_reg reg = {
		.id = KVM_REG_PPC_TB_OFFSET, .addr = (uintptr_t)&none,
	};

	for (unsigned int i = 0; i < SOAK_CPUS; i++)
		if (lab->cpu[i].run)
			checked(lab, "time base", ioctl(lab->cpu[i].fd,
							KVM_SET_ONE_REG, &reg));
}

/* Another VM goes on in the same memory; what it has plugged in it asks for. */
static void move(struct soak *soak)
{
	struct lab *lab = soak->host;

	end(lab);
	if (!begin(lab))
		soak_fail(soak, "there was such a partition before");
	soak_load(soak);
	soak_use_all(soak);
	drop_time_offset(lab);
}

/* --- rounds */

static void load_guest(struct lab *lab)
{
	struct soak *soak = &lab->soak;
	struct papr_error error;

	if (loader_elf(lab->guest, lab->guest_len, soak->ram, SOAK_RAM,
		       0, &lab->image, &error))
		soak_fail(soak, "%s", error.text);
}

/* Empty, but for the RTAS area, which the reset has written. */
static void clear_memory(struct lab *lab)
{
	if (madvise(lab->soak.ram, SOAK_RTAS, MADV_DONTNEED))
		die(lab, "memory");
}

/* A vCPU that is asleep, stopped or lost makes no calls. */
static void let_it_call(struct lab *lab)
{
	const struct timespec while_ = { .tv_nsec = 1000000 };
	uint64_t enough = soak_calls_made(&lab->soak) + STEP;

	for (unsigned int i = 0; i < LOOKS; i++) {
		if (soak_calls_made(&lab->soak) >= enough)
			return;
		nanosleep(&while_, NULL);
	}
}

/* Begins and ends with all vCPUs held. */
static void one_round(struct lab *lab)
{
	struct soak *soak = &lab->soak;
	struct papr_entry entry;

	clear_memory(lab);
	load_guest(lab);
	soak_write_scripts(soak, CALLS);
	entry = (struct papr_entry){ .pc = lab->image.pc };
	if (papr_vcpu_start(papr_vm_vcpu(soak->vm, 0), &entry))
		soak_fail(soak, "the first vCPU does not start");
	hold(soak, false);
	for (unsigned int i = 0; i < DEEDS; i++) {
		let_it_call(lab);
		soak_deed(soak);
	}
	hold(soak, true);
	soak->calls += soak_calls_made(soak);
	soak_reset(soak);
	for (unsigned int i = 0; i < SOAK_CPUS; i++)
		lab->cpu[i].lost = false;
}

/* As the first life of a kind was after its first round, so are all. */
static void one_life(struct lab *lab, struct soak_size *first)
{
	struct soak *soak = &lab->soak;

	if (!begin(lab))
		return;
	soak_use_all(soak);
	for (unsigned int i = 0; i < LIFE; i++, soak->round++) {
		one_round(lab);
		if (!first->heap)
			*first = soak_size(soak);
		soak_compare(soak, first);
	}
	end(lab);
}

static uint64_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void soak_all(struct lab *lab, uint64_t rounds, uint64_t seconds)
{
	struct soak_size first[SOAK_KINDS] = { 0 };
	uint64_t until = now_s() + seconds;

	for (unsigned int i = 0; seconds ? now_s() < until :
	     lab->soak.round < rounds; i = (i + 1) % SOAK_KINDS) {
		lab->soak.kind = &soak_kinds[i];
		one_life(lab, &first[i]);
	}
	for (unsigned int i = 0; i < SOAK_KINDS; i++)
		printf("# %s: %zu bytes in %zu blocks, %zu in %zu of the heap, "
		       "%u descriptors, after each reset\n",
		       soak_kinds[i].name, first[i].bytes, first[i].blocks,
		       first[i].heap, first[i].heap_blocks, first[i].files);
}

/* --- the program */

static void read_guest(struct lab *lab, const char *path)
{
	FILE *file = fopen(path, "re");

	lab->guest = malloc(SOAK_SCRIPTS);
	if (!file || !lab->guest)
		die(lab, path);
	lab->guest_len = fread(lab->guest, 1, SOAK_SCRIPTS, file);
	fclose(file);
}

static void on_signal(int sig)
{
	(void)sig;
}

static void prepare(struct lab *lab, const char *guest)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
	read_guest(lab, guest);
	lab->kvm_fd = checked(lab, "/dev/kvm",
			      open("/dev/kvm", O_RDWR | O_CLOEXEC));
	lab->run_size = checked(lab, "/dev/kvm", ioctl(lab->kvm_fd,
						       KVM_GET_VCPU_MMAP_SIZE,
						       0));
	for (unsigned int i = 0; i < SOAK_CPUS; i++) {
		lab->cpu[i].lab = lab;
		lab->cpu[i].index = i;
		if (pthread_create(&lab->cpu[i].thread, NULL, cpu_thread,
				   &lab->cpu[i]))
			die(lab, "thread");
	}
	hold(&lab->soak, true);
}

static void finish(struct lab *lab)
{
	pthread_mutex_lock(&lab->lock);
	lab->over = true;
	pthread_cond_broadcast(&lab->wake);
	pthread_mutex_unlock(&lab->lock);
	for (unsigned int i = 0; i < SOAK_CPUS; i++)
		pthread_join(lab->cpu[i].thread, NULL);
	close(lab->kvm_fd);
	free(lab->guest);
	soak_end(&lab->soak);
}

/* The heap is to be exact: one, and nothing that is free kept in threads. */
static void without_caches(char **argv)
{
	static const char name[] = "GLIBC_TUNABLES";
	static const char value[] =
		"glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1";

	if (getenv(name))
		return;
	setenv(name, value, 1);
	execv("/proc/self/exe", argv);
	perror("/proc/self/exe");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 't' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	static struct lab lab = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.wake = PTHREAD_COND_INITIALIZER,
		.parked = PTHREAD_COND_INITIALIZER,
		.held = true,
		.soak = { .hold = hold, .plug = plug, .unplugged = unplugged,
			  .start = started, .move = move, .host = &lab },
	};
	uint64_t seed = time(NULL), rounds = 32, seconds = 0;
	int c;

	without_caches(argv);
	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		uint64_t value = optarg ? strtoull(optarg, NULL, 0) : 0;

		switch (c) {
		case 's': seed = value; break;
		case 'r': rounds = value; break;
		case 't': seconds = value; break;
		case 'v': lab.soak.verbose = true; break;
		default: return 2;
		}
	}
	printf("# --seed %" PRIu64 "\n", seed);
	fflush(stdout);
	soak_begin(&lab.soak, seed);
	prepare(&lab, optind < argc ? argv[optind] : "/tests/guest-soak");
	soak_all(&lab, rounds, seconds);
	printf("# %" PRIu64 " rounds, %" PRIu64 " calls, a vCPU was lost %"
	       PRIu64 " times\n", lab.soak.round, lab.soak.calls, lab.lost);
	soak_report(&lab.soak);
	finish(&lab);
	printf("ok 1 - nothing has grown\n1..1\n");
	return 0;
}
