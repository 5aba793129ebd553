/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM as a host: tables of DMA windows.  The kernel answers for a window as
 * long as the file of its table is open; mapped, the file is the table, with
 * entries in the host's byte order.
 */
#include "config.h"

#include <errno.h>
#include <sys/mman.h>
#include <talloc.h>
#include <unistd.h>

#include "spapr/kvm.h"

struct kvm_tce {
	struct kvm_tce *next;
	int fd;
	void *table;
	size_t len;
};

static int map_table(struct papr_kvm *kvm, int fd, uint64_t pages,
		     uint64_t **table)
{
	struct kvm_tce *tce = talloc_zero(kvm, struct kvm_tce);

	if (!tce)
		return -ENOMEM;
	tce->fd = fd;
	tce->len = pages * sizeof(**table);
	tce->table = mmap(NULL, tce->len, PROT_READ | PROT_WRITE, MAP_SHARED,
			  fd, 0);
	if (tce->table == MAP_FAILED) {
		int r = -errno;

		talloc_free(tce);
		return r;
	}
	tce->next = kvm->tces;
	kvm->tces = tce;
	*table = tce->table;
	return 0;
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
	int r;

	if (fd < 0)
		return fd;
	r = map_table(kvm, fd, pages, table);
	if (r)
		close(fd);
	return r;
}

void kvm_tce_free(struct papr_kvm *kvm)
{
	for (struct kvm_tce *tce = kvm->tces; tce; tce = tce->next) {
		munmap(tce->table, tce->len);
		close(tce->fd);
	}
}
