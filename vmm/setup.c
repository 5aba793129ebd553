/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM and libpapr: from an open /dev/kvm to a partition ready to run. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "vmm/util.h"
#include "vmm/vmm.h"

#define VM_TYPE_AUTO 0ul	/* KVM-HV where there is a choice */

/* What a failure of the library means for the exit status. */
static int status_of(int err)
{
	switch (err) {
	case -EINVAL:
		return RUN_BAD_INPUT;
	case -ENODEV:
		return RUN_NO_HOST;
	default:
		return RUN_REFUSED;
	}
}

static int refused(int err, const char *why)
{
	vmm_say("%s", why);
	return status_of(err);
}

static int refused_errno(const char *what)
{
	vmm_say("%s: %s", what, strerror(errno));
	return RUN_REFUSED;
}

static int no_host(const char *why)
{
	vmm_say("%s", why);
	vmm_say("in an emulated POWER host: papr lab run -- papr run ...");
	return RUN_NO_HOST;
}

/* The library knows whether this is POWER; /dev/kvm exists elsewhere too. */
int setup_host(struct vmm *vmm)
{
	struct papr_host host = { .size = sizeof(host) };
	struct papr_error error = { "" };
	int err;

	vmm->kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	err = papr_kvm_probe(vmm->kvm_fd < 0 ? -errno : vmm->kvm_fd, -1, &host,
			     &error);
	if (err == -ENODEV)
		return no_host(error.text);
	return err ? refused(err, error.text) : 0;
}

static int create_vm(struct vmm *vmm)
{
	int len;

	vmm->vm_fd = ioctl(vmm->kvm_fd, KVM_CREATE_VM, VM_TYPE_AUTO);
	if (vmm->vm_fd < 0)
		return refused_errno("KVM makes no VM");
	len = ioctl(vmm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (len < (int)sizeof(struct kvm_run))
		return refused_errno("KVM does not tell the size of a vCPU");
	vmm->run_len = len;
	return 0;
}

static int new_partition(struct vmm *vmm)
{
	const struct run_options *options = vmm->options;
	struct papr_vm_config config = {
		.size = sizeof(config),
		.cores = options->cores,
		.threads = options->threads,
		.vsmt = options->vsmt,
		.mmu = options->mmu,
		.interrupts = options->interrupts,
		.gtse = options->gtse,
		.nested_hv = options->nested_hv,
		.fwnmi = options->fwnmi,
		.rtas_base = vmm->layout.rtas,
		.name = options->name,
		.uuid = options->has_uuid ? options->uuid : NULL,
		.max_cores = options->max_cores,
		.host_model = options->host_model,
		.host_serial = options->host_serial,
		.large_decr = options->large_decr,
		.kernel_dump = options->on_panic == ACTION_DUMP,
	};
	struct papr_vmm_ops ops = vmm_ops;
	struct papr_error error = { "" };
	struct papr_numa numa;
	int err;

	if (numa_config(&options->numa, &numa))
		config.numa = &numa;
	if (!vmm->trace.on)
		ops.trace = NULL;
	err = papr_kvm_new(vmm->kvm_fd, vmm->vm_fd, &vmm->kvm, &error);
	if (!err && (err = papr_kvm_set_memory(vmm->kvm, 0, 0, options->mem,
					       vmm->ram)))
		refuse(&error, err, "KVM does not take the guest's memory: %s",
		       strerror(-err));
	if (!err)
		err = papr_vm_new(&config, papr_kvm_host_ops(), vmm->kvm,
				  &ops, vmm, &vmm->vm, &error);
	return err ? refused(err, error.text) : 0;
}

static int add_memory(struct vmm *vmm)
{
	uint64_t mem = vmm->options->mem, max = vmm->options->max_mem;
	int err = papr_vm_add_ram(vmm->vm, 0, mem, vmm->ram, 0);

	if (!err && max > mem)
		err = papr_vm_add_pluggable_ram(vmm->vm, mem, max - mem,
						vmm->ram + mem);
	return err;
}

static int add_vpd(struct vmm *vmm)
{
	int err = vmm->vpd ? papr_vm_add_vpd(vmm->vm, vmm->vpd, vmm->vpd_len) :
			     0;

	if (err)
		vmm_say("--vpd %s: %s", vmm->options->vpd,
			papr_vm_error(vmm->vm));
	return err ? status_of(err) : 0;
}

static int configure(struct vmm *vmm)
{
	int status = add_vpd(vmm), err;

	if (status)
		return status;
	err = add_memory(vmm);
	if (!err && vmm->nvram.bytes)
		err = papr_vm_add_nvram(vmm->vm, vmm->nvram.bytes,
					vmm->nvram.size);
	if (!err && vmm->policy)
		err = papr_vm_set_policy(vmm->vm, vmm->policy);
	if (!err)
		err = papr_vm_seal(vmm->vm);
	if (err)
		return refused(err, papr_vm_error(vmm->vm));
	if (vmm->options->timing && papr_vm_set_timing(vmm->vm, true))
		return refused(-ENOMEM, "no memory to measure calls");
	return 0;
}

/* "timebase : 512000000" and "clock : 3425.000000MHz" are what Linux says. */
static void read_frequencies(struct papr_fdt_config *config)
{
	FILE *cpuinfo = fopen("/proc/cpuinfo", "re");
	char line[256];
	uint32_t mhz;

	if (!cpuinfo)
		return;
	while (fgets(line, sizeof(line), cpuinfo)) {
		sscanf(line, "timebase : %" SCNu32, &config->timebase_hz);
		if (sscanf(line, "clock : %" SCNu32, &mhz) == 1 &&
		    mhz < UINT32_MAX / 1000000)
			config->clock_hz = mhz * 1000000;
	}
	fclose(cpuinfo);
}

static int write_fdt(struct vmm *vmm)
{
	uint8_t seed[32];
	struct papr_fdt_config config = {
		.size = sizeof(config),
		.bootargs = vmm->options->append,
		.initrd_start = vmm->layout.initrd,
		.initrd_end = vmm->layout.initrd + vmm->initrd_size,
	};
	int len;

	if (getrandom(seed, sizeof(seed), 0) == sizeof(seed))
		config.rng_seed = seed;
	read_frequencies(&config);
	len = papr_vm_fdt(vmm->vm, &config, vmm->ram + vmm->layout.fdt,
			  LAYOUT_FDT_SIZE);
	if (len > 0)
		return 0;
	if (len == -ENOSPC) {
		vmm_say("the device tree does not fit into %u KiB; is --append "
			"that long?", LAYOUT_FDT_SIZE / 1024);
		return RUN_BAD_INPUT;
	}
	return refused(len, papr_vm_error(vmm->vm));
}

int setup_cpu(struct vmm *vmm, struct cpu *cpu)
{
	unsigned long id = papr_vcpu_id(cpu->vcpu);
	struct papr_error error = { "" };
	void *run;
	int err;

	cpu->fd = ioctl(vmm->vm_fd, KVM_CREATE_VCPU, id);
	if (cpu->fd < 0) {
		vmm_say("KVM does not make vCPU %lu: %s", id, strerror(errno));
		return RUN_REFUSED;
	}
	run = mmap(NULL, vmm->run_len, PROT_READ | PROT_WRITE, MAP_SHARED,
		   cpu->fd, 0);
	if (run == MAP_FAILED)
		return refused_errno("a vCPU cannot be mapped");
	cpu->run = run;
	err = papr_kvm_vcpu_attach(vmm->kvm, cpu->vcpu, cpu->fd, cpu->run,
				   &error);
	return err ? refused(err, error.text) : 0;
}

/* Those of cores that may be plugged in are not made yet. */
static int attach_cpus(struct vmm *vmm)
{
	uint32_t i, n = papr_vm_vcpus(vmm->vm);
	int status = 0;

	vmm->cpus = calloc(n, sizeof(*vmm->cpus));
	if (!vmm->cpus)
		return refused_errno("vCPUs");
	for (i = 0; i < n; i++) {
		struct cpu *cpu = &vmm->cpus[i];

		*cpu = (struct cpu) {
			.vmm = vmm, .fd = -1,
			.vcpu = papr_vm_vcpu(vmm->vm, i),
		};
		vmm->n_cpus++;
		if (papr_vcpu_is_there(cpu->vcpu))
			status = setup_cpu(vmm, cpu);
		if (status)
			return status;
	}
	return 0;
}

static int start_boot_cpu(struct vmm *vmm, const struct papr_entry *entry)
{
	int err = papr_vcpu_start(vmm->cpus[0].vcpu, entry);

	return err ? refused(err, "the boot vCPU does not start") : 0;
}

int setup_boot(struct vmm *vmm)
{
	struct papr_entry entry = {
		.pc = vmm->image.pc, .r3 = vmm->layout.fdt,
	};
	struct papr_error error = { "" };
	int status = write_fdt(vmm), err = 0;

	if (status)
		return status;
	if (vmm->options->firmware == FIRMWARE_CLIENT)
		err = firmware_client(vmm, &entry, &error);
	else if (vmm->options->firmware == FIRMWARE_FILE)
		err = firmware_file(vmm, &entry, &error);
	return err ? refused(err, error.text) : start_boot_cpu(vmm, &entry);
}

int setup_partition(struct vmm *vmm)
{
	int status = create_vm(vmm);

	if (!status)
		status = new_partition(vmm);
	if (!status)
		status = configure(vmm);
	if (!status)
		status = attach_cpus(vmm);
	if (!status && vmm->options->restore)
		return restore_guest(vmm, vmm->options->restore);
	return status ? status : setup_boot(vmm);
}

/* Whatever there is; KVM's descriptors go last. */
void setup_undo(struct vmm *vmm)
{
	uint32_t i;

	papr_vm_free(vmm->vm);
	if (vmm->kvm)
		papr_kvm_free(vmm->kvm);
	for (i = 0; i < vmm->n_cpus; i++) {
		if (vmm->cpus[i].run)
			munmap(vmm->cpus[i].run, vmm->run_len);
		if (vmm->cpus[i].fd >= 0)
			close(vmm->cpus[i].fd);
	}
	free(vmm->cpus);
	if (vmm->vm_fd >= 0)
		close(vmm->vm_fd);
	if (vmm->kvm_fd >= 0)
		close(vmm->kvm_fd);
}
