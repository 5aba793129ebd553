/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM as a host: what it can do. */
#include "config.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <unistd.h>
#include <asm/cputable.h>

#include "spapr/kvm.h"
#include "spapr/kvm-absent.h"
#include "spapr/util.h"

#define DEC_BITS "/proc/device-tree/cpus/*/ibm,dec-bits"
#define VM_TYPE_AUTO 0		/* KVM-HV if it is loaded, else KVM-PR */

static int check_cap(int fd, uint32_t cap)
{
	int r = kvm_ioctl(fd, KVM_CHECK_EXTENSION, (void *)(uintptr_t)cap);

	return r < 0 ? 0 : r;
}

/* The level the kernel itself uses, so a compatibility mode counts. */
static uint32_t probe_isa(void)
{
	unsigned long hwcap2 = getauxval(AT_HWCAP2);

	if (hwcap2 & PPC_FEATURE2_ARCH_3_1)
		return 310;
	if (hwcap2 & PPC_FEATURE2_ARCH_3_00)
		return 300;
	if (hwcap2 & PPC_FEATURE2_ARCH_2_07)
		return 207;
	return getauxval(AT_HWCAP) & PPC_FEATURE_ARCH_2_06 ? 206 : 0;
}

/* Linux emulates this for user programs on every POWER processor. */
static uint32_t probe_pvr(void)
{
	unsigned long pvr;

	asm("mfspr %0, 287" : "=r"(pvr));
	return pvr;
}

/* Linux's own MMU mode, and whether a hypervisor is under it. */
static struct kvm_place probe_place(void)
{
	struct kvm_place place = { .isa = probe_isa() };
	FILE *f = fopen("/proc/cpuinfo", "re");

	if (f) {
		kvm_place_read(&place, f);
		fclose(f);
	}
	return place;
}

/*
 * /dev/kvm proves nothing: kvm.ko makes it, and knows no VM until kvm-hv or
 * kvm-pr is there.
 */
static int create_vm(int kvm_fd, struct papr_error *error)
{
	int fd = kvm_fd < 0 ? kvm_fd :
		kvm_ioctl(kvm_fd, KVM_CREATE_VM, (void *)VM_TYPE_AUTO);
	struct kvm_place place;

	if (kvm_fd < 0 || fd == -EINVAL) {
		place = probe_place();
		return kvm_absent(&place, kvm_fd < 0 ? -kvm_fd : 0, error);
	}
	if (fd == -ENOTTY)
		return error_set(error, -ENODEV, "this is no /dev/kvm");
	if (fd < 0)
		return error_set(error, fd, "/dev/kvm makes no VM: %s",
				 strerror(-fd));
	return fd;
}

static int32_t probe_nested_param(void)
{
	FILE *f = fopen("/sys/module/kvm_hv/parameters/nested", "re");
	int c;

	if (!f)
		return -1;
	c = fgetc(f);
	fclose(f);
	return c == 'Y' || c == '1' ? 1 : c == 'N' || c == '0' ? 0 : -1;
}

static void probe_vm(int vm_fd, struct papr_host *info)
{
	for (int i = 0; i < PAPR_CAPS; i++)
		info->cap[i] = check_cap(vm_fd, papr_cap_info(i)->number);

	/* Only KVM-HV has threads, and only KVM-HV has FWNMI. */
	if (!info->cap[PAPR_CAP_SMT] && !info->cap[PAPR_CAP_FWNMI])
		info->flavour = PAPR_FLAVOUR_PR;
	else
		info->flavour = probe_place().partition ?
			PAPR_FLAVOUR_NESTED : PAPR_FLAVOUR_HV;

	/* The highest bit is the largest core; KVM_CAP_PPC_SMT changes. */
	info->threads = (info->cap[PAPR_CAP_SMT_POSSIBLE] + 1) / 2;
	if (!info->threads)
		info->threads = 1;
}

int papr_kvm_probe(int kvm_fd, int vm_fd, struct papr_host *host,
		   struct papr_error *error)
{
	struct papr_host info = { .size = sizeof(info), .name = "live" };
	int fd = vm_fd;

	if (fd < 0)
		fd = create_vm(kvm_fd, error);
	if (fd < 0)
		return fd;
	info.isa = probe_isa();
	info.pvr = probe_pvr();
	info.nested_param = probe_nested_param();
	probe_vm(fd, &info);
	if (vm_fd < 0)
		close(fd);

	if (!info.cap[PAPR_CAP_PAPR])
		return error_set(error, -ENODEV, "this KVM has no "
				 "KVM_CAP_PPC_PAPR: it runs no partitions");
	if (!info.isa)
		return error_set(error, -ENODEV, "this processor is older "
				 "than POWER7");
	return sized_fill(host, &info, sizeof(info));
}

int papr_kvm_probe_hcalls(int kvm_fd, bool *switchable,
			  struct papr_error *error)
{
	int vm_fd = create_vm(kvm_fd, error);

	if (vm_fd < 0)
		return vm_fd;
	for (size_t i = 0; i < papr_hcall_count(); i++) {
		uint32_t number = papr_hcall_at(i)->number;

		switchable[i] = !kvm_enable_cap(vm_fd, KVM_CAP_PPC_ENABLE_HCALL,
						number, 0);
	}
	close(vm_fd);
	return 0;
}

/* All processors have the same; what Linux was told of its own it can give. */
int kvm_probe_dec_bits(void *host)
{
	uint8_t cell[4];
	int bits = 0;
	glob_t found;
	FILE *f;

	(void)host;
	if (glob(DEC_BITS, GLOB_NOSORT, NULL, &found))
		return 0;
	f = fopen(found.gl_pathv[0], "re");
	if (f && fread(cell, sizeof(cell), 1, f) == 1)
		bits = load_be32(cell) <= 64 ? load_be32(cell) : 0;
	if (f)
		fclose(f);
	globfree(&found);
	return bits;
}
