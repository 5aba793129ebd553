/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of the KVM host on a machine whose Linux has no POWER KVM. */
#include "config.h"

#include <errno.h>

#include <papr/kvm.h>

#include "spapr/util.h"

static int no_kvm(struct papr_error *error)
{
	return error_set(error, -ENODEV, "this machine is not POWER and has "
			 "no POWER KVM; `papr lab` brings one along");
}

int papr_kvm_probe(int kvm_fd, int vm_fd, struct papr_host *host,
		   struct papr_error *error)
{
	(void)kvm_fd;
	(void)vm_fd;
	(void)host;
	return no_kvm(error);
}

int papr_kvm_probe_hcalls(int kvm_fd, bool *switchable,
			  struct papr_error *error)
{
	(void)kvm_fd;
	(void)switchable;
	return no_kvm(error);
}

int papr_kvm_new(int kvm_fd, int vm_fd, struct papr_kvm **kvm,
		 struct papr_error *error)
{
	(void)kvm_fd;
	(void)vm_fd;
	(void)kvm;
	return no_kvm(error);
}

void papr_kvm_free(struct papr_kvm *kvm)
{
	(void)kvm;
}

int papr_kvm_set_memory(struct papr_kvm *kvm, uint32_t slot, uint64_t gpa,
			uint64_t len, void *mem)
{
	(void)kvm;
	(void)slot;
	(void)gpa;
	(void)len;
	(void)mem;
	return -ENODEV;
}

static int no_describe(void *host, struct papr_host *info)
{
	(void)host;
	(void)info;
	return -ENODEV;
}

/* papr_vm_new() asks for a description first, and ends there. */
const struct papr_host_ops *papr_kvm_host_ops(void)
{
	static const struct papr_host_ops ops = {
		.size = sizeof(ops),
		.describe = no_describe,
	};

	return &ops;
}

int papr_kvm_vcpu_attach(struct papr_kvm *kvm, struct papr_vcpu *vcpu, int fd,
			 struct kvm_run *run, struct papr_error *error)
{
	(void)kvm;
	(void)vcpu;
	(void)fd;
	(void)run;
	return no_kvm(error);
}

int papr_kvm_enter(struct papr_vcpu *vcpu, struct papr_error *error)
{
	(void)vcpu;
	return no_kvm(error);
}

int papr_kvm_vcpu_run(struct papr_vcpu *vcpu, struct papr_error *error)
{
	(void)vcpu;
	return no_kvm(error);
}

int papr_kvm_exit(struct papr_vcpu *vcpu, struct kvm_run *run)
{
	(void)vcpu;
	(void)run;
	return -ENODEV;
}

void papr_kvm_kick(struct papr_vcpu *vcpu)
{
	(void)vcpu;
}

int papr_kvm_vcpu_pc(struct papr_vcpu *vcpu, uint64_t *pc, uint64_t *msr)
{
	(void)vcpu;
	(void)pc;
	(void)msr;
	return -ENODEV;
}
