/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM as a host: the interrupt controller in its native mode.
 *
 * The controller's file has the pages of all sources and of the running vCPU.
 * Mapped here, they are given to the guest as memory slots: one for the vCPU's
 * page and one for each run of sources, so that the guest finds nothing
 * between them.  Slots are counted from the last one downward, where programs
 * have none.  A new controller is mapped over the old one, and the slots stay.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>

#include "spapr/kvm.h"
#include "spapr/util.h"

#define PAGE		0x10000ul
#define SOURCE_PAGES	2u		/* first the trigger, then the rest */
#define TIMA_PAGES	4u		/* hardware, hypervisor, OS, user */
#define TIMA_OS		2u

struct kvm_xive {
	struct papr_xive_layout layout;
	uint8_t *escalates;		/* of each server, the priority */
	uint8_t *tima;
	uint8_t *esb;			/* the pages of source 0 */
	size_t esb_len;
	uint32_t slot;			/* the first of the last ... */
	uint32_t slots;			/* ... that are used */
};

static int set_attr(const struct papr_kvm *kvm, uint32_t group, uint64_t attr,
		    const void *value)
{
	struct kvm_device_attr a = {
		.group = group, .attr = attr, .addr = (uintptr_t)value,
	};

	return kvm_ioctl(kvm->irqs_fd, KVM_SET_DEVICE_ATTR, &a);
}

/* Over what is there, or without a file over nothing that can be reached. */
static int map(void *at, size_t len, int fd, off_t page)
{
	int shared = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	int access = fd < 0 ? PROT_NONE : PROT_READ | PROT_WRITE;
	void *got = mmap(at, len, access, MAP_FIXED | shared, fd, page * PAGE);

	return got == MAP_FAILED ? -errno : 0;
}

static int map_all(const struct papr_kvm *kvm)
{
	const struct kvm_xive *xive = kvm->xive;
	int r = map(xive->tima, TIMA_PAGES * PAGE, kvm->irqs_fd,
		    KVM_XIVE_TIMA_PAGE_OFFSET);

	return r ? r : map(xive->esb, xive->esb_len, kvm->irqs_fd,
			   KVM_XIVE_ESB_PAGE_OFFSET);
}

/* KVM lets go of a controller when neither file nor mapping is left. */
void kvm_xive_unmap(struct papr_kvm *kvm)
{
	map(kvm->xive->tima, TIMA_PAGES * PAGE, -1, 0);
	map(kvm->xive->esb, kvm->xive->esb_len, -1, 0);
}

/*
 * The first queue of a vCPU gets the one interrupt by which the hardware wakes
 * it, and keeps it when it is gone.  Of a queue of another priority KVM would
 * say -EBUSY too, but having freed that interrupt, so that the host's kernel
 * falls over it when the controller is closed (seen in Linux 6.1).
 */
#define NO_PRIORITY 0xffu

static void forget_queues(struct kvm_xive *xive)
{
	memset(xive->escalates, NO_PRIORITY, xive->layout.servers);
}

int kvm_xive_make(struct papr_kvm *kvm)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_XIVE };
	const struct papr_xive_layout *layout = &kvm->xive->layout;
	const uint64_t message = 0;
	int r = kvm_ioctl(kvm->vm_fd, KVM_CREATE_DEVICE, &device);

	if (r < 0)
		return r;
	kvm->irqs_fd = device.fd;
	forget_queues(kvm->xive);
	r = kvm_irqs_set_servers(kvm->irqs_fd, KVM_DEV_XIVE_GRP_CTRL,
				 KVM_DEV_XIVE_NR_SERVERS, layout->servers);
	for (size_t i = 0; i < layout->n && !r; i++)
		r = set_attr(kvm, KVM_DEV_XIVE_GRP_SOURCE, layout->lisns[i],
			     &message);
	return r ? r : map_all(kvm);
}

static int set_slot(const struct papr_kvm *kvm, uint32_t slot, uint64_t gpa,
		    void *mem, size_t len)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = gpa,
		.memory_size = len,
		.userspace_addr = (uintptr_t)mem,
	};

	return kvm_ioctl(kvm->vm_fd, KVM_SET_USER_MEMORY_REGION, &region);
}

static int add_slot(struct papr_kvm *kvm, uint64_t gpa, void *mem, size_t len)
{
	struct kvm_xive *xive = kvm->xive;
	int r = set_slot(kvm, xive->slot - 1, gpa, mem, len);

	if (r)
		return r;
	xive->slot--;
	xive->slots++;
	return 0;
}

static int add_slots(struct papr_kvm *kvm)
{
	struct kvm_xive *xive = kvm->xive;
	const struct papr_xive_layout *layout = &xive->layout;
	size_t first = 0;
	int r;

	xive->slot = ioctl(kvm->vm_fd, KVM_CHECK_EXTENSION,
			   KVM_CAP_NR_MEMSLOTS);
	r = add_slot(kvm, layout->os, xive->tima + TIMA_OS * PAGE, PAGE);
	for (size_t i = 1; i <= layout->n && !r; i++) {
		uint64_t at = layout->lisns[first] * SOURCE_PAGES * PAGE;

		if (i < layout->n &&
		    layout->lisns[i] == layout->lisns[i - 1] + 1)
			continue;
		r = add_slot(kvm, layout->esb + at, xive->esb + at,
			     (i - first) * SOURCE_PAGES * PAGE);
		first = i;
	}
	return r;
}

static int release(struct kvm_xive *xive)
{
	if (xive->tima)
		munmap(xive->tima, TIMA_PAGES * PAGE);
	if (xive->esb)
		munmap(xive->esb, xive->esb_len);
	return 0;
}

/* Address space for the pages, to be mapped over. */
static uint8_t *reserve(size_t len)
{
	void *at = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

static struct kvm_xive *xive_new(struct papr_kvm *kvm,
				 const struct papr_xive_layout *layout)
{
	struct kvm_xive *xive = talloc_zero(kvm, struct kvm_xive);

	if (!xive)
		return NULL;
	talloc_set_destructor(xive, release);
	xive->layout = *layout;
	xive->layout.lisns = talloc_memdup(xive, layout->lisns,
					   layout->n * sizeof(*layout->lisns));
	xive->escalates = talloc_array(xive, uint8_t, layout->servers);
	xive->esb_len = (layout->lisns[layout->n - 1] + 1ul) * SOURCE_PAGES *
			PAGE;
	xive->tima = reserve(TIMA_PAGES * PAGE);
	xive->esb = reserve(xive->esb_len);
	if (xive->layout.lisns && xive->escalates && xive->tima && xive->esb)
		return xive;
	talloc_free(xive);
	return NULL;
}

void kvm_xive_free(struct papr_kvm *kvm)
{
	for (uint32_t i = 0; kvm->xive && i < kvm->xive->slots; i++)
		set_slot(kvm, kvm->xive->slot + i, 0, NULL, 0);
	talloc_free(kvm->xive);
	kvm->xive = NULL;
}

static int xive_setup(void *host, const struct papr_xive_layout *layout)
{
	struct papr_kvm *kvm = host;
	int r;

	if (kvm->irqs_fd >= 0)
		return -EEXIST;
	kvm_xive_free(kvm);
	if (sysconf(_SC_PAGESIZE) != (long)PAGE)
		return -EOPNOTSUPP;
	kvm->xive = xive_new(kvm, layout);
	if (!kvm->xive)
		return -ENOMEM;
	r = kvm_irqs_make(kvm);
	if (!r)
		r = add_slots(kvm);
	if (r) {
		kvm_irqs_drop(kvm);
		kvm_xive_free(kvm);
	}
	return r;
}

/*
 * KVM takes a change for none if server, priority and number are what they
 * were, also when it is to switch off: so the number is another one then.
 */
static int xive_target(void *host, uint32_t lisn,
		       const struct papr_xive_target *target)
{
	uint64_t value = (uint64_t)target->eisn << KVM_XIVE_SOURCE_EISN_SHIFT |
			 (uint64_t)target->server <<
			 KVM_XIVE_SOURCE_SERVER_SHIFT | target->priority;

	if (target->priority == PAPR_XIVE_OFF)
		value = KVM_XIVE_SOURCE_MASKED_MASK |
			(~(uint64_t)target->eisn << KVM_XIVE_SOURCE_EISN_SHIFT);
	return set_attr(host, KVM_DEV_XIVE_GRP_SOURCE_CONFIG, lisn, &value);
}

static int xive_sync(void *host, uint32_t lisn)
{
	return set_attr(host, KVM_DEV_XIVE_GRP_SOURCE_SYNC, lisn, NULL);
}

static int xive_sync_all(void *host)
{
	return set_attr(host, KVM_DEV_XIVE_GRP_CTRL, KVM_DEV_XIVE_EQ_SYNC,
			NULL);
}

static int xive_forget(void *host)
{
	const struct papr_kvm *kvm = host;
	int r = set_attr(kvm, KVM_DEV_XIVE_GRP_CTRL, KVM_DEV_XIVE_RESET, NULL);

	if (!r)
		forget_queues(kvm->xive);
	return r;
}

/* The hardware is big-endian.  @offset is that of a whole word of it. */
static int xive_esb(void *host, uint32_t lisn, uint32_t offset, bool store,
		    uint64_t *value)
{
	const struct papr_kvm *kvm = host;
	volatile uint64_t *at = (void *)(kvm->xive->esb + offset +
					 (lisn * SOURCE_PAGES + 1ul) * PAGE);

	/* What the processor has written before must be seen before. */
	__sync_synchronize();
	if (store)
		*at = htobe64(*value);
	else
		*value = be64toh(*at);
	return 0;
}

static int xive_trigger(void *host, uint32_t lisn)
{
	const struct papr_kvm *kvm = host;
	volatile uint64_t *at = (void *)(kvm->xive->esb +
					 lisn * SOURCE_PAGES * PAGE);

	__sync_synchronize();
	*at = 0;
	return 0;
}

static uint64_t queue_id(uint32_t server, uint32_t priority)
{
	return (uint64_t)server << KVM_XIVE_EQ_SERVER_SHIFT | priority;
}

static int xive_set_queue(void *host, uint32_t server, uint32_t priority,
			  const struct papr_xive_queue *queue)
{
	struct kvm_ppc_xive_eq eq = {
		.flags = queue->notify ? KVM_XIVE_EQ_ALWAYS_NOTIFY : 0,
		.qshift = queue->order,
		.qaddr = queue->gpa,
		.qtoggle = queue->generation,
		.qindex = queue->offset,
	};
	const struct papr_kvm *kvm = host;
	uint8_t *escalates;
	int r;

	if (server >= kvm->xive->layout.servers)
		return -ENOENT;
	escalates = &kvm->xive->escalates[server];
	if (queue->order && *escalates != NO_PRIORITY &&
	    *escalates != priority)
		return -EBUSY;
	r = set_attr(kvm, KVM_DEV_XIVE_GRP_EQ_CONFIG,
		     queue_id(server, priority), &eq);
	if (!r && queue->order)
		*escalates = priority;
	return r;
}

/* KVM leaves the structure alone if there is no queue. */
static int xive_get_queue(void *host, uint32_t server, uint32_t priority,
			  struct papr_xive_queue *queue)
{
	const struct papr_kvm *kvm = host;
	struct kvm_ppc_xive_eq eq = { 0 };
	struct kvm_device_attr attr = {
		.group = KVM_DEV_XIVE_GRP_EQ_CONFIG,
		.attr = queue_id(server, priority),
		.addr = (uintptr_t)&eq,
	};
	int r = kvm_ioctl(kvm->irqs_fd, KVM_GET_DEVICE_ATTR, &attr);

	if (r < 0)
		return r;
	*queue = (struct papr_xive_queue){
		.gpa = eq.qaddr,
		.order = eq.qshift,
		.notify = eq.flags & KVM_XIVE_EQ_ALWAYS_NOTIFY,
		.generation = eq.qtoggle,
		.offset = eq.qindex,
	};
	return 0;
}

static int xive_get_vp(void *arg, uint64_t state[2])
{
	const struct kvm_cpu *cpu = arg;
	uint64_t raw[2];
	int r = kvm_get_one_reg(cpu->fd, KVM_REG_PPC_VP_STATE, raw);

	if (r < 0)
		return r;
	state[0] = be64toh(raw[0]);
	state[1] = be64toh(raw[1]);
	return 0;
}

static int xive_set_vp(void *arg, const uint64_t state[2])
{
	const struct kvm_cpu *cpu = arg;
	uint64_t raw[2] = { htobe64(state[0]), htobe64(state[1]) };

	return kvm_set_one_reg(cpu->fd, KVM_REG_PPC_VP_STATE, raw);
}

const struct papr_xive_ops kvm_xive_ops = {
	.size = sizeof(kvm_xive_ops),
	.setup = xive_setup,
	.target = xive_target,
	.sync = xive_sync,
	.sync_all = xive_sync_all,
	.forget = xive_forget,
	.esb = xive_esb,
	.trigger = xive_trigger,
	.set_queue = xive_set_queue,
	.get_queue = xive_get_queue,
	.get_vp = xive_get_vp,
	.set_vp = xive_set_vp,
};
