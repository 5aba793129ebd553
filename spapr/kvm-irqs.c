/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM as a host: the guest's interrupt controller. */
#include "config.h"

#include <errno.h>
#include <talloc.h>
#include <unistd.h>

#include "spapr/kvm.h"
#include "spapr/xics.h"

/*
 * Room for the server numbers of this VM, where the kernel lets it be chosen:
 * a XIVE, from 5.5 on, and the XICS that is made of it; the others take any.
 */
int kvm_irqs_set_servers(int fd, uint32_t group, uint64_t id, uint32_t servers)
{
	struct kvm_device_attr attr = {
		.group = group, .attr = id, .addr = (uintptr_t)&servers,
	};

	if (kvm_ioctl(fd, KVM_HAS_DEVICE_ATTR, &attr) < 0)
		return 0;
	return kvm_ioctl(fd, KVM_SET_DEVICE_ATTR, &attr);
}

/* The library's words are KVM's. */
_Static_assert(ICP_CPPR_SHIFT == KVM_REG_PPC_ICP_CPPR_SHIFT &&
	       ICP_XISR_SHIFT == KVM_REG_PPC_ICP_XISR_SHIFT &&
	       ICP_MFRR_SHIFT == KVM_REG_PPC_ICP_MFRR_SHIFT &&
	       ICP_PPRI_SHIFT == KVM_REG_PPC_ICP_PPRI_SHIFT &&
	       SOURCE_SERVER == KVM_XICS_DESTINATION_MASK &&
	       SOURCE_PRIORITY_SHIFT == KVM_XICS_PRIORITY_SHIFT &&
	       SOURCE_LEVEL == KVM_XICS_LEVEL_SENSITIVE &&
	       SOURCE_MASKED == KVM_XICS_MASKED &&
	       SOURCE_PENDING == KVM_XICS_PENDING &&
	       SOURCE_PRESENTED == KVM_XICS_PRESENTED &&
	       SOURCE_QUEUED == KVM_XICS_QUEUED,
	       "the state of interrupts is not laid out as in KVM");

/* Least favoured and masked, as a source is before the guest sets it up. */
#define SOURCE_NEW (KVM_XICS_MASKED | 0xffull << KVM_XICS_PRIORITY_SHIFT)

int kvm_irqs_set_source(void *host, uint32_t irq, uint64_t state)
{
	const struct papr_kvm *kvm = host;
	struct kvm_device_attr attr = {
		.group = KVM_DEV_XICS_GRP_SOURCES,
		.attr = irq,
		.addr = (uintptr_t)&state,
	};

	return kvm_ioctl(kvm->irqs_fd, KVM_SET_DEVICE_ATTR, &attr);
}

int kvm_irqs_get_source(void *host, uint32_t irq, uint64_t *state)
{
	const struct papr_kvm *kvm = host;
	struct kvm_device_attr attr = {
		.group = KVM_DEV_XICS_GRP_SOURCES,
		.attr = irq,
		.addr = (uintptr_t)state,
	};

	return kvm_ioctl(kvm->irqs_fd, KVM_GET_DEVICE_ATTR, &attr);
}

int kvm_cpu_get_icp(void *arg, uint64_t *state)
{
	const struct kvm_cpu *cpu = arg;

	return kvm_get_one_reg(cpu->fd, KVM_REG_PPC_ICP_STATE, state);
}

int kvm_cpu_set_icp(void *arg, uint64_t state)
{
	const struct kvm_cpu *cpu = arg;

	return kvm_set_one_reg(cpu->fd, KVM_REG_PPC_ICP_STATE, &state);
}

/*
 * Linux lets go of a controller that is closed from 5.2 on, and of its vCPUs;
 * before, to make another is -EEXIST.
 */
int kvm_irqs_drop(void *host)
{
	struct papr_kvm *kvm = host;

	if (kvm->xive)
		kvm_xive_unmap(kvm);
	if (kvm->irqs_fd >= 0)
		close(kvm->irqs_fd);
	kvm->irqs_fd = -1;
	return 0;
}

static int connect_all(struct papr_kvm *kvm)
{
	struct kvm_cpu *cpu;
	int r = 0;

	pthread_mutex_lock(&kvm->lock);
	for (cpu = kvm->cpus; cpu && r >= 0; cpu = cpu->next)
		r = kvm_cpu_connect(cpu);
	pthread_mutex_unlock(&kvm->lock);
	return r;
}

static int make_xics(struct papr_kvm *kvm)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_XICS };
	int r = kvm_ioctl(kvm->vm_fd, KVM_CREATE_DEVICE, &device);

	if (r < 0)
		return r;
	kvm->irqs_fd = device.fd;
	r = kvm_irqs_set_servers(kvm->irqs_fd, KVM_DEV_XICS_GRP_CTRL,
				 KVM_DEV_XICS_NR_SERVERS, kvm->servers);
	for (size_t i = 0; i < kvm->n_irqs && !r; i++)
		r = kvm_irqs_set_source(kvm, kvm->irqs[i], SOURCE_NEW);
	return r;
}

int kvm_irqs_make(struct papr_kvm *kvm)
{
	int r = kvm->xive ? kvm_xive_make(kvm) : make_xics(kvm);

	if (!r)
		r = connect_all(kvm);
	if (r)
		kvm_irqs_drop(kvm);
	return r;
}

int kvm_irqs_setup(void *host, uint32_t servers, const uint32_t *irqs,
		   size_t n)
{
	struct papr_kvm *kvm = host;

	if (kvm->irqs_fd >= 0)
		return -EEXIST;
	kvm_xive_free(kvm);	/* of a XIVE that was before it */
	talloc_free(kvm->irqs);
	kvm->irqs = talloc_memdup(kvm, irqs, n * sizeof(*irqs));
	if (!kvm->irqs)
		return -ENOMEM;
	kvm->servers = servers;
	kvm->n_irqs = n;
	return kvm_irqs_make(kvm);
}

/*
 * A new one: the state of the old can be written, but what is on its way in
 * the queues of a XIVE cannot.
 */
int kvm_irqs_reset(void *host)
{
	kvm_irqs_drop(host);
	return kvm_irqs_make(host);
}

int kvm_irqs_line(void *host, uint32_t irq, bool level)
{
	const struct papr_kvm *kvm = host;
	struct kvm_irq_level line = { .irq = irq, .level = level };

	return kvm_ioctl(kvm->vm_fd, KVM_IRQ_LINE, &line);
}
