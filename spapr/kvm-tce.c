/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM as a host: tables of DMA windows.  The kernel answers for a window as
 * long as the file of its table is open; mapped, the file is the table, with
 * entries in the host's byte order.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "spapr/kvm.h"

struct kvm_tce {
	struct kvm_tce *next;
	uint32_t liobn;
	int fd;
	void *table;
	size_t len;
};

/* Not of talloc: a table may be made while other threads use the host. */
static struct kvm_tce *map_table(uint32_t liobn, int fd, size_t len, int *err)
{
	struct kvm_tce *tce = calloc(1, sizeof(*tce));

	*err = -ENOMEM;
	if (!tce)
		return NULL;
	*tce = (struct kvm_tce){ .liobn = liobn, .fd = fd, .len = len };
	tce->table = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (tce->table != MAP_FAILED)
		return tce;
	*err = -errno;
	free(tce);
	return NULL;
}

int kvm_tce_make(void *host, uint32_t liobn, uint32_t page_shift, uint64_t bus,
		 uint64_t pages, uint64_t **table)
{
	struct papr_kvm *kvm = host;
	struct kvm_create_spapr_tce_64 create = {
		.liobn = liobn,
		.page_shift = page_shift,
		.offset = page_shift < 64 ? bus >> page_shift : 0,
		.size = pages,
	};
	int fd = kvm_ioctl(kvm->vm_fd, KVM_CREATE_SPAPR_TCE_64, &create);
	struct kvm_tce *tce;
	int err;

	if (fd < 0)
		return fd;
	tce = map_table(liobn, fd, pages * sizeof(**table), &err);
	if (!tce) {
		close(fd);
		return err;
	}
	tce->next = kvm->tces;
	kvm->tces = tce;
	*table = tce->table;
	return 0;
}

/* The kernel forgets the window when the last use of its file ends. */
static void drop(struct kvm_tce *tce)
{
	munmap(tce->table, tce->len);
	close(tce->fd);
	free(tce);
}

void kvm_tce_drop(void *host, uint32_t liobn)
{
	struct papr_kvm *kvm = host;

	for (struct kvm_tce **at = &kvm->tces; *at; at = &(*at)->next) {
		struct kvm_tce *tce = *at;

		if (tce->liobn != liobn)
			continue;
		*at = tce->next;
		drop(tce);
		return;
	}
}

void kvm_tce_free(struct papr_kvm *kvm)
{
	struct kvm_tce *tce;

	while ((tce = kvm->tces)) {
		kvm->tces = tce->next;
		drop(tce);
	}
}
