/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest program that runs a guest with libpapr: one vCPU, memory, a
 * terminal that only writes, and a flat image at address 0, which is entered
 * there, big-endian in real mode, with the device tree's address in r3.
 *
 *	minimal-vmm IMAGE
 *
 * Exit status: 0 when the guest has powered off, 1 otherwise.  hello.S is a
 * guest for it.  papr run, in vmm/, is the program that has everything.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <linux/kvm.h>

#include <papr/papr.h>

#define RAM_SIZE (64ul << 20)
#define RTAS_BASE (16ul << 20)
#define FDT_BASE (32ul << 20)
#define FDT_SIZE 0x10000

_Noreturn static void die(const char *what, const char *why)
{
	fprintf(stderr, "minimal-vmm: %s: %s\n", what, why);
	exit(1);
}

static void check(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(1);
}

static size_t console_write(void *vmm, uint32_t unit, const void *data,
			    size_t len)
{
	(void)vmm;
	(void)unit;
	fwrite(data, 1, len, stdout);
	fflush(stdout);
	return len;
}

/* Any event ends the run; *ended is 1 for power-off. */
static void event(void *vmm, enum papr_event what, const char *text)
{
	int *ended = vmm;

	(void)text;
	*ended = what == PAPR_EVENT_POWER_OFF ? 1 : -1;
}

static void load(const char *path, void *ram)
{
	FILE *image = fopen(path, "rb");

	if (!image) {
		perror(path);
		exit(1);
	}
	if (!fread(ram, 1, RTAS_BASE, image))
		die(path, "there is nothing in it");
	fclose(image);
}

/* The library stops a running vCPU with SIGUSR1. */
static void on_kick(int sig)
{
	(void)sig;
}

/* Everything up to papr_vm_seal(); the errors' sentences are libpapr's. */
static struct papr_vm *make_vm(int vm_fd, struct papr_kvm *kvm, void *ram,
			       int *ended)
{
	struct papr_vm_config config = {
		.size = sizeof(config), .cores = 1, .threads = 1,
		.rtas_base = RTAS_BASE,
	};
	struct papr_vmm_ops ops = {
		.size = sizeof(ops), .console_write = console_write,
		.event = event,
	};
	struct kvm_userspace_memory_region slot = {
		.memory_size = RAM_SIZE, .userspace_addr = (uintptr_t)ram,
	};
	struct papr_fdt_config fdt = { .size = sizeof(fdt) };
	struct papr_error error;
	struct papr_vm *vm;

	check(ioctl(vm_fd, KVM_SET_USER_MEMORY_REGION, &slot), "memory");
	if (papr_vm_new(&config, papr_kvm_host_ops(), kvm, &ops, ended, &vm,
			&error))
		die("the partition", error.text);
	if (papr_vm_add_ram(vm, 0, RAM_SIZE, ram, 0) || papr_vm_seal(vm) ||
	    papr_vm_fdt(vm, &fdt, (char *)ram + FDT_BASE, FDT_SIZE) < 0)
		die("the partition", papr_vm_error(vm));
	return vm;
}

static struct papr_vcpu *make_vcpu(int kvm_fd, int vm_fd, struct papr_vm *vm,
				   struct papr_kvm *kvm)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(vm, 0);
	unsigned long id = papr_vcpu_id(vcpu);
	int len = ioctl(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	int fd = ioctl(vm_fd, KVM_CREATE_VCPU, id);
	struct papr_entry entry = { .pc = 0, .r3 = FDT_BASE };
	struct papr_error error;
	void *run;

	check(len, "KVM_GET_VCPU_MMAP_SIZE");
	check(fd, "KVM_CREATE_VCPU");
	run = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (run == MAP_FAILED)
		check(-1, "the vCPU");
	if (papr_kvm_vcpu_attach(kvm, vcpu, fd, run, &error))
		die("the vCPU", error.text);
	papr_vcpu_start(vcpu, &entry);
	return vcpu;
}

int main(int argc, char **argv)
{
	struct sigaction kick = { .sa_handler = on_kick };
	struct papr_error error;
	struct papr_vcpu *vcpu;
	struct papr_kvm *kvm;
	struct papr_vm *vm;
	int kvm_fd, vm_fd, ended = 0, r = PAPR_RUN_AGAIN;
	void *ram;

	if (argc != 2)
		die("usage", "minimal-vmm IMAGE");
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ram == MAP_FAILED)
		check(-1, "memory");
	load(argv[1], ram);
	sigaction(SIGUSR1, &kick, NULL);

	kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	check(kvm_fd, "/dev/kvm");
	vm_fd = ioctl(kvm_fd, KVM_CREATE_VM, 0ul);
	check(vm_fd, "KVM_CREATE_VM");
	if (papr_kvm_new(kvm_fd, vm_fd, &kvm, &error))
		die("the host", error.text);
	vm = make_vm(vm_fd, kvm, ram, &ended);
	vcpu = make_vcpu(kvm_fd, vm_fd, vm, kvm);

	while (!ended && (r == PAPR_RUN_AGAIN || r == PAPR_RUN_INTERRUPTED))
		r = papr_kvm_vcpu_run(vcpu, &error);

	papr_vm_free(vm);
	papr_kvm_free(kvm);
	if (!ended)
		die("the guest", r < 0 ? error.text :
		    "it stopped, or did what nobody handles");
	return ended == 1 ? 0 : 1;
}
