/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM as a host: memory slots, and which of their pages have changed. */
#include "config.h"

#include <errno.h>
#include <unistd.h>

#include <talloc.h>

#include "spapr/kvm.h"
#include "spapr/ram.h"
#include "spapr/util.h"

/* One of the program's slots; they change under slots_lock. */
struct kvm_slot {
	struct kvm_slot *next;
	struct kvm_userspace_memory_region region;
	uint8_t *changed;	/* a bit for each page of the host's */
};

static int tell_kvm(struct papr_kvm *kvm, struct kvm_slot *slot, bool log)
{
	slot->region.flags = log ? KVM_MEM_LOG_DIRTY_PAGES : 0;
	return kvm_ioctl(kvm->vm_fd, KVM_SET_USER_MEMORY_REGION,
			 &slot->region);
}

/* KVM fills whole words. */
static size_t bitmap_len(uint64_t len)
{
	return (len / sysconf(_SC_PAGESIZE) + 63) / 64 * 8;
}

static struct kvm_slot **find(struct papr_kvm *kvm, uint32_t number)
{
	struct kvm_slot **at = &kvm->slots;

	while (*at && (*at)->region.slot != number)
		at = &(*at)->next;
	return at;
}

static int drop(struct papr_kvm *kvm, struct kvm_slot **at)
{
	struct kvm_slot *slot = *at;
	int r;

	if (!slot)
		return -ENOENT;
	slot->region.memory_size = 0;
	r = tell_kvm(kvm, slot, false);
	if (!r) {
		*at = slot->next;
		talloc_free(slot);
	}
	return r;
}

static int make(struct papr_kvm *kvm, uint32_t number, uint64_t gpa,
		uint64_t len, void *mem)
{
	struct kvm_slot *slot = talloc(NULL, struct kvm_slot);
	int r;

	if (!slot)
		return -ENOMEM;
	*slot = (struct kvm_slot){
		.region = {
			.slot = number, .guest_phys_addr = gpa,
			.memory_size = len, .userspace_addr = (uintptr_t)mem,
		},
		.changed = talloc_zero_size(slot, bitmap_len(len)),
	};
	r = slot->changed ? tell_kvm(kvm, slot, kvm->logs_dirty) : -ENOMEM;
	if (r) {
		talloc_free(slot);
		return r;
	}
	slot->next = kvm->slots;
	kvm->slots = slot;
	return 0;
}

int papr_kvm_set_memory(struct papr_kvm *kvm, uint32_t slot, uint64_t gpa,
			uint64_t len, void *mem)
{
	int r = 0;

	pthread_mutex_lock(&kvm->slots_lock);
	if (!len)
		r = drop(kvm, find(kvm, slot));
	else if (*find(kvm, slot))
		r = -EEXIST;
	else
		r = make(kvm, slot, gpa, len, mem);
	pthread_mutex_unlock(&kvm->slots_lock);
	return r;
}

/* --- what has changed in them */

int kvm_log_dirty(void *host, bool on)
{
	struct papr_kvm *kvm = host;
	int r = 0;

	pthread_mutex_lock(&kvm->slots_lock);
	/* A program with slots that are not known would miss all changes. */
	if (on && !kvm->slots)
		r = -ENOENT;
	for (struct kvm_slot *slot = kvm->slots; slot && !r; slot = slot->next)
		r = tell_kvm(kvm, slot, on);
	if (!r)
		kvm->logs_dirty = on;
	pthread_mutex_unlock(&kvm->slots_lock);
	return r;
}

/* A page of the host's is one of the guest's, or some. */
static void add(const struct kvm_slot *slot, uint64_t gpa, uint64_t *bitmap)
{
	uint64_t size = sysconf(_SC_PAGESIZE);
	uint64_t pages = slot->region.memory_size / size;
	uint64_t first = (slot->region.guest_phys_addr - gpa) / PAGE_4K;
	uint64_t each = size / PAGE_4K;

	for (uint64_t page = 0; page < pages; page++)
		for (uint64_t i = 0; slot->changed[page / 8] >> page % 8 & 1 &&
		     i < each; i++) {
			uint64_t bit = first + page * each + i;

			bitmap[bit / 64] |= 1ull << bit % 64;
		}
}

static int read_slot(struct papr_kvm *kvm, struct kvm_slot *slot, uint64_t gpa,
		     uint64_t *bitmap)
{
	struct kvm_dirty_log log = {
		.slot = slot->region.slot, .dirty_bitmap = slot->changed,
	};
	int r = kvm_ioctl(kvm->vm_fd, KVM_GET_DIRTY_LOG, &log);

	if (r >= 0)
		add(slot, gpa, bitmap);
	return r < 0 ? r : 0;
}

int kvm_read_dirty(void *host, uint64_t gpa, uint64_t len, uint64_t *bitmap)
{
	struct papr_kvm *kvm = host;
	int r = 0;

	pthread_mutex_lock(&kvm->slots_lock);
	for (struct kvm_slot *slot = kvm->slots; slot && !r;
	     slot = slot->next) {
		const struct kvm_userspace_memory_region *region =
			&slot->region;

		if (region->guest_phys_addr >= gpa &&
		    region->guest_phys_addr - gpa < len &&
		    region->memory_size <=
		    len - (region->guest_phys_addr - gpa))
			r = read_slot(kvm, slot, gpa, bitmap);
	}
	pthread_mutex_unlock(&kvm->slots_lock);
	return r;
}

void kvm_memory_free(struct papr_kvm *kvm)
{
	while (kvm->slots) {
		struct kvm_slot *slot = kvm->slots;

		kvm->slots = slot->next;
		talloc_free(slot);
	}
	pthread_mutex_destroy(&kvm->slots_lock);
}
