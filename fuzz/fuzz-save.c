/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of saved partitions.  Input: a byte that says whether the checksums
 * are made right (1) and whether there is a XIVE (2), and a file.  What is
 * loaded can be saved, and that loaded again is the same file; what is not has
 * a sentence with its place.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <papr/papr.h>

#include "fuzz/save-mend.h"
#include "fuzz/small-xive.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define RAM 0x20000u
#define LIOBN 0x71000001u
#define UNIT 0x71000001u
#define ROOM 0x40000u		/* of a file that is read, */
#define OUT_ROOM (2 * ROOM)	/* and of what comes of it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct file {
	const uint8_t *from;
	size_t len, at;
};

static struct {
	struct papr_vm *vm;		/* that of now, of the two */
	struct papr_vm *with[PAPR_INTERRUPTS_XIVE + 1];
	uint8_t ram[RAM];
	struct papr_regs regs;
	uint8_t reg[16];
	uint8_t out[2][OUT_ROOM];
	size_t len[2];
} machine;

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* --- a host that says yes */

static int describe(void *host, struct papr_host *info)
{
	return papr_host_model(host, info, NULL);
}

static int get_reg(void *cpu, enum papr_reg reg, uint64_t *value)
{
	(void)cpu;
	*value = reg;
	return 0;
}

static int update_reg(void *cpu, enum papr_reg reg, uint64_t mask,
		      uint64_t value)
{
	(void)cpu, (void)reg, (void)mask, (void)value;
	return 0;
}

static int ok_cpu(void *cpu)
{
	(void)cpu;
	return 0;
}

static int get_regs(void *cpu, struct papr_regs *regs)
{
	(void)cpu;
	*regs = machine.regs;
	return 0;
}

static int set_regs(void *cpu, const struct papr_regs *regs)
{
	(void)cpu;
	machine.regs = *regs;
	return 0;
}

static void wake(void *cpu)
{
	(void)cpu;
}

static int configure_mmu(void *host, uint64_t flags, uint64_t table)
{
	(void)host, (void)flags;
	return table & 1 ? -EINVAL : 0;
}

static int interrupt(void *cpu, bool raise)
{
	(void)cpu, (void)raise;
	return 0;
}

static void hold(void *cpu, bool on)
{
	(void)cpu, (void)on;
}

static int get_state(void *cpu, struct papr_saved_reg *regs, size_t n)
{
	(void)cpu;
	check(n > 0);
	regs[0] = (struct papr_saved_reg){ .id = 1, .len = 16 };
	memcpy(regs[0].bytes, machine.reg, 16);
	return 1;
}

static int set_state(void *cpu, const struct papr_saved_reg *regs, size_t n,
		     uint64_t *culprit)
{
	(void)cpu;
	for (size_t i = 0; i < n; i++) {
		*culprit = regs[i].id;
		if (regs[i].len > 16)
			return -EINVAL;
		memcpy(machine.reg, regs[i].bytes, regs[i].len);
	}
	return 0;
}

static int set_timebase(void *host, uint64_t tb)
{
	(void)host;
	return tb == 99 ? -EIO : 0;
}

static const struct papr_host_ops host_ops = {
	.size = sizeof(host_ops), .describe = describe, .get_reg = get_reg,
	.update_reg = update_reg, .enable_fwnmi = ok_cpu,
	.get_regs = get_regs, .set_regs = set_regs, .wake = wake,
	.reset_cpu = ok_cpu, .configure_mmu = configure_mmu,
	.interrupt = interrupt, .hold = hold, .get_state = get_state,
	.set_state = set_state, .set_timebase = set_timebase,
	.xive = &small_xive_ops, .reset_irqs = small_xive_reset,
};

/* --- a program that has all devices */

static void watchdog(void *vmm)
{
	(void)vmm;
}

static uint64_t zero_ns(void *vmm)
{
	(void)vmm;
	return 0;
}

static const struct papr_vmm_ops vmm_ops = {
	.size = sizeof(vmm_ops), .watchdog = watchdog, .uptime_ns = zero_ns,
	.clock_ns = zero_ns,
};

static enum papr_vio_answer send(void *arg, uint64_t high, uint64_t low)
{
	(void)arg, (void)high, (void)low;
	return PAPR_VIO_SUCCESS;
}

static struct papr_vm *make(enum papr_interrupts interrupts)
{
	const struct papr_vm_config config = {
		.size = sizeof(config), .cores = 2, .threads = 1, .vsmt = 1,
		.rtas_base = 0x10000, .interrupts = interrupts,
	};
	static const struct papr_vio_config vio = {
		.size = sizeof(vio), .unit = UNIT, .irq = 0x1101,
		.liobn = LIOBN, .name = "v-scsi", .compatible = "v-scsi",
	};
	static const struct papr_vio_ops vio_ops = {
		.size = sizeof(vio_ops), .send = send,
	};
	static uint8_t nvram[PAPR_NVRAM_MIN];
	struct papr_policy *policy;
	struct papr_vm *vm;

	check(!papr_vm_new(&config, &host_ops, (void *)"power10", &vmm_ops,
			   NULL, &vm, NULL));
	check(!papr_policy_new(&policy));
	check(!papr_policy_set_set(policy, "hcall-interrupt",
				   PAPR_ROUTE_USER, NULL));
	check(!papr_vm_set_policy(vm, policy));
	papr_policy_free(policy);
	check(!papr_vm_add_ram(vm, 0, RAM, machine.ram, 0));
	check(!papr_vm_add_nvram(vm, nvram, sizeof(nvram)));
	check(!papr_vm_add_tce(vm, LIOBN, 0, 12, 16));
	check(!papr_vm_add_vio(vm, &vio, &vio_ops, NULL, NULL));
	check(!papr_vm_seal(vm));
	for (uint32_t i = 0; i < 2; i++)
		check(!papr_vcpu_attach(papr_vm_vcpu(vm, i), &machine.regs));
	return vm;
}

/* --- files */

static int read_bytes(void *arg, void *bytes, size_t len)
{
	struct file *file = arg;

	if (len > file->len - file->at)
		return -ENODATA;
	memcpy(bytes, file->from + file->at, len);
	file->at += len;
	return 0;
}

static int write_bytes(void *arg, const void *bytes, size_t len)
{
	size_t *i = arg;

	check(len <= OUT_ROOM - machine.len[*i]);
	memcpy(machine.out[*i] + machine.len[*i], bytes, len);
	machine.len[*i] += len;
	return 0;
}

static void save(size_t i)
{
	static const struct papr_save_ops ops = {
		.size = sizeof(ops), .write = write_bytes,
	};

	machine.len[i] = 0;
	check(!papr_vm_save(machine.vm, &ops, &i, NULL));
}

static bool load(const uint8_t *bytes, size_t len)
{
	static const struct papr_load_ops ops = {
		.size = sizeof(ops), .read = read_bytes,
	};
	struct file file = { bytes, len, 0 };
	struct papr_error error = { "" };

	check(!papr_vm_reset(machine.vm, NULL));
	if (!papr_vm_load(machine.vm, &ops, &file, &error))
		return true;
	check(!strncmp(error.text, "byte ", 5));
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t copy[ROOM];
	enum papr_interrupts i;

	if (!len || len > ROOM)
		return 0;
	i = data[0] & 2 ? PAPR_INTERRUPTS_XIVE : PAPR_INTERRUPTS_XICS;
	if (!machine.with[i])
		machine.with[i] = make(i);
	machine.vm = machine.with[i];
	memcpy(copy, data + 1, len - 1);
	if (data[0] & 1)
		save_mend(copy, len - 1);
	if (!load(copy, len - 1))
		return 0;
	save(0);
	check(load(machine.out[0], machine.len[0]));
	save(1);
	check(machine.len[0] == machine.len[1] &&
	      !memcmp(machine.out[0], machine.out[1], machine.len[0]));
	return 0;
}
