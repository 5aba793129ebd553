/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/kvm.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/lab-guest.h"

/* Who waits in vain is to say so before. */
#define TIME_LIMIT (2 * GUEST_PATIENCE_S)

static void on_signal(int sig)
{
	(void)sig;
}

static void *map(size_t len, int flags, int fd)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, fd, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	return p;
}

static void open_vm(struct guest *g)
{
	struct papr_error error;

	g->kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	assert_true(g->kvm_fd >= 0);
	g->vm_fd = ioctl(g->kvm_fd, KVM_CREATE_VM, 0);
	assert_true(g->vm_fd >= 0);
	g->run_size = ioctl(g->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (papr_kvm_new(g->kvm_fd, g->vm_fd, &g->kvm, &error) < 0)
		fail_msg("%s", error.text);
}

static void make_partition(struct guest *g, enum papr_interrupts interrupts,
			   void (*prepare)(struct papr_vm *vm))
{
	static const struct papr_vmm_ops vmm = { .size = sizeof(vmm) };
	struct papr_vm_config config = {
		.size = sizeof(config),
		.cores = GUEST_CPUS,
		.threads = 1,
		.rtas_base = GUEST_RTAS,
		.interrupts = interrupts,
	};
	struct papr_error error;

	g->ram = map(GUEST_RAM, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	assert_int_equal(papr_kvm_set_memory(g->kvm, 0, 0, GUEST_RAM, g->ram),
			 0);
	if (papr_vm_new(&config, papr_kvm_host_ops(), g->kvm, &vmm, NULL,
			&g->vm, &error) < 0)
		fail_msg("%s", error.text);
	assert_int_equal(papr_vm_add_ram(g->vm, 0, GUEST_RAM, g->ram, 0), 0);
	if (prepare)
		prepare(g->vm);
	if (papr_vm_seal(g->vm) < 0)
		fail_msg("%s", papr_vm_error(g->vm));
}

static void attach(struct guest *g, unsigned int i)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(g->vm, i);
	struct papr_error error;

	g->cpu[i].vcpu = vcpu;
	g->cpu[i].fd = ioctl(g->vm_fd, KVM_CREATE_VCPU,
			     (long)papr_vcpu_id(vcpu));
	assert_true(g->cpu[i].fd >= 0);
	g->cpu[i].run = map(g->run_size, MAP_SHARED, g->cpu[i].fd);
	if (papr_kvm_vcpu_attach(g->kvm, vcpu, g->cpu[i].fd, g->cpu[i].run,
				 &error) < 0)
		fail_msg("%s", error.text);
}

static int setup(void **state, enum papr_interrupts interrupts,
		 void (*prepare)(struct papr_vm *vm))
{
	struct sigaction action = { .sa_handler = on_signal };
	struct guest *g = calloc(1, sizeof(*g));

	assert_non_null(g);
	sigaction(SIGUSR1, &action, NULL);
	alarm(TIME_LIMIT);
	open_vm(g);
	make_partition(g, interrupts, prepare);
	for (unsigned int i = 0; i < GUEST_CPUS; i++)
		attach(g, i);
	*state = g;
	return 0;
}

int guest_setup_with(void **state, void (*prepare)(struct papr_vm *vm))
{
	return setup(state, PAPR_INTERRUPTS_XICS, prepare);
}

int guest_setup(void **state)
{
	return guest_setup_with(state, NULL);
}

int guest_setup_xive(void **state)
{
	return setup(state, PAPR_INTERRUPTS_XIVE, NULL);
}

int guest_teardown(void **state)
{
	struct guest *g = *state;

	alarm(0);
	papr_vm_free(g->vm);
	for (unsigned int i = 0; i < GUEST_CPUS; i++) {
		munmap(g->cpu[i].run, g->run_size);
		close(g->cpu[i].fd);
	}
	papr_kvm_free(g->kvm);
	close(g->vm_fd);
	close(g->kvm_fd);
	munmap(g->ram, GUEST_RAM);
	free(g);
	return 0;
}

void guest_put(struct guest *g, uint64_t gpa, const uint32_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		store_be32(g->ram + gpa + 4 * i, words[i]);
}

uint64_t guest_load64(const struct guest *g, uint64_t gpa)
{
	return load_be64(g->ram + gpa);
}

void guest_start(struct guest *g, unsigned int i, uint64_t pc, uint64_t r3)
{
	struct papr_entry entry = { .pc = pc, .r3 = r3 };

	assert_int_equal(papr_vcpu_start(g->cpu[i].vcpu, &entry), 0);
}

int guest_run(struct guest *g, unsigned int i)
{
	struct papr_error error;
	int r;

	do
		r = papr_kvm_vcpu_run(g->cpu[i].vcpu, &error);
	while (r == PAPR_RUN_AGAIN);
	if (r < 0)
		fprintf(stderr, "%s\n", error.text);
	return r;
}

struct job {
	struct guest *guest;
	unsigned int index;
};

static void *run_job(void *arg)
{
	struct job job = *(struct job *)arg;
	int r;

	free(arg);
	r = guest_run(job.guest, job.index);
	atomic_store(&job.guest->cpu[job.index].ended, true);
	return (void *)(intptr_t)r;
}

void guest_run_thread(struct guest *g, unsigned int i)
{
	struct job *job = malloc(sizeof(*job));

	assert_non_null(job);
	*job = (struct job){ g, i };
	atomic_store(&g->cpu[i].ended, false);
	assert_int_equal(pthread_create(&g->cpu[i].thread, NULL, run_job, job),
			 0);
}

bool guest_has_ended(const struct guest *g, unsigned int i)
{
	return atomic_load(&g->cpu[i].ended);
}

int guest_wait(struct guest *g, unsigned int i)
{
	void *result;

	assert_int_equal(pthread_join(g->cpu[i].thread, &result), 0);
	return (intptr_t)result;
}
