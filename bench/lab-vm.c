/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include <endian.h>
#include <linux/kvm.h>

#include "bench/lab-vm.h"

void fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		why);
	exit(1);
}

int checked(const char *what, int ret)
{
	if (ret < 0)
		fail(what, strerror(errno));
	return ret;
}

void put_words(struct cpu *cpu, uint64_t gpa, const uint32_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t word = htobe32(words[i]);

		memcpy(cpu->ram + gpa + 4 * i, &word, sizeof(word));
	}
}

static uint8_t *make_ram(void)
{
	uint8_t *ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (ram == MAP_FAILED)
		fail("guest memory", strerror(errno));
	return ram;
}

static void route_all(struct papr_vm *vm, enum papr_route route)
{
	struct papr_policy *policy;

	if (papr_policy_new(&policy) || papr_policy_set_default(policy, route))
		fail("policy", "out of memory");
	if (papr_vm_set_policy(vm, policy))
		fail("policy", papr_vm_error(vm));
	papr_policy_free(policy);
}

static struct papr_vm *make_vm(struct papr_kvm *kvm, uint8_t *ram,
			       unsigned int n, enum papr_route route)
{
	const struct papr_vm_config config = {
		.size = sizeof(config), .cores = n, .threads = 1,
		.rtas_base = RTAS_BASE,
	};
	const struct papr_vmm_ops ops = { .size = sizeof(ops) };
	struct papr_error error;
	struct papr_vm *vm;

	if (papr_vm_new(&config, papr_kvm_host_ops(), kvm, &ops, NULL, &vm,
			&error))
		fail("partition", error.text);
	route_all(vm, route);
	if (papr_vm_add_ram(vm, 0, RAM_SIZE, ram, 0) || papr_vm_seal(vm))
		fail("partition", papr_vm_error(vm));
	return vm;
}

static void make_cpu(struct cpu *cpu, struct papr_kvm *kvm, int kvm_fd,
		     int vm_fd)
{
	const struct papr_entry entry = { .pc = LAB_PC };
	struct papr_error error;
	int len = checked("KVM_GET_VCPU_MMAP_SIZE",
			  ioctl(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0));

	cpu->fd = checked("KVM_CREATE_VCPU",
			  ioctl(vm_fd, KVM_CREATE_VCPU,
				(unsigned long)papr_vcpu_id(cpu->vcpu)));
	cpu->run = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED,
			cpu->fd, 0);
	if (cpu->run == MAP_FAILED)
		fail("struct kvm_run", strerror(errno));
	if (papr_kvm_vcpu_attach(kvm, cpu->vcpu, cpu->fd, cpu->run, &error))
		fail("vCPU", error.text);
	papr_vcpu_start(cpu->vcpu, &entry);
}

/* The library pulls vCPUs out of the kernel with it, see papr_kvm_vcpu_run. */
static void ignore(int sig)
{
	(void)sig;
}

void make_guest(struct cpu *cpu)
{
	make_guests(cpu, 1, PAPR_ROUTE_KERNEL);
}

void make_guests(struct cpu *cpus, unsigned int n, enum papr_route route)
{
	struct sigaction action = { .sa_handler = ignore };
	uint8_t *ram = make_ram();
	struct kvm_userspace_memory_region region = {
		.memory_size = RAM_SIZE, .userspace_addr = (uintptr_t)ram,
	};
	int kvm_fd = checked("/dev/kvm", open("/dev/kvm", O_RDWR | O_CLOEXEC));
	int vm_fd = checked("KVM_CREATE_VM", ioctl(kvm_fd, KVM_CREATE_VM, 0));
	struct papr_error error;
	struct papr_kvm *kvm;
	struct papr_vm *vm;

	sigaction(SIGUSR1, &action, NULL);
	checked("guest memory", ioctl(vm_fd, KVM_SET_USER_MEMORY_REGION,
				      &region));
	if (papr_kvm_new(kvm_fd, vm_fd, &kvm, &error))
		fail("KVM", error.text);
	vm = make_vm(kvm, ram, n, route);
	for (unsigned int i = 0; i < n; i++) {
		cpus[i].ram = ram;
		cpus[i].vcpu = papr_vm_vcpu(vm, i);
		make_cpu(&cpus[i], kvm, kvm_fd, vm_fd);
	}
}

void run_bare(const struct cpu *cpu, unsigned int calls)
{
	while (calls) {
		int ret = ioctl(cpu->fd, KVM_RUN, NULL);

		if (ret < 0 && errno == EINTR)
			continue;
		checked("KVM_RUN", ret);
		if (cpu->run->exit_reason != KVM_EXIT_PAPR_HCALL)
			fail("KVM_RUN", "not a hypercall");
		cpu->run->papr_hcall.ret = H_FUNCTION;
		calls--;
	}
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void measure(struct side *side, const struct cpu *cpu,
		    unsigned int batch)
{
	uint64_t start = now_ns();

	side->run(cpu);
	side->ns[batch] = now_ns() - start;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* One decimal without floating point. */
static void print_us(const char *what, uint64_t batch_ns)
{
	uint64_t tenths = batch_ns / BATCH / 100;

	printf(" %s %llu.%llu us", what, (unsigned long long)tenths / 10,
	       (unsigned long long)tenths % 10);
}

static void print(struct side *side)
{
	qsort(side->ns, BATCHES, sizeof(side->ns[0]), compare);
	printf("%-18s", side->name);
	print_us("best", side->ns[0]);
	print_us(" quartiles", side->ns[BATCHES / 4]);
	print_us("to", side->ns[BATCHES * 3 / 4]);
	print_us(" median", side->ns[BATCHES / 2]);
	putchar('\n');
}

static void print_ratio(const char *what, uint64_t ns, uint64_t base_ns)
{
	uint64_t ratio = ns * 1000 / base_ns;

	printf("ratio of %s %llu.%03llu\n", what,
	       (unsigned long long)ratio / 1000,
	       (unsigned long long)ratio % 1000);
}

void compare_sides(struct side sides[2], const struct cpu *cpu)
{
	for (unsigned int b = 0; b < BATCHES; b++) {
		measure(&sides[b % 2], cpu, b);
		measure(&sides[!(b % 2)], cpu, b);
	}
	print(&sides[0]);
	print(&sides[1]);
	print_ratio("the best", sides[1].ns[0], sides[0].ns[0]);
	print_ratio("the medians", sides[1].ns[BATCHES / 2],
		    sides[0].ns[BATCHES / 2]);
}
