/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM as a host: the page table of a hash guest, through KVM-HV's file of it.
 *
 * What is read is the guest's view, with the bits that processors have set. A
 * file begins to be read where it was opened and cannot be wound back, so that
 * each read opens one.  What is written is removed as by H_REMOVE and entered
 * as by H_ENTER, TLBs included, and only while no vCPU is in KVM_RUN.
 *
 * The kernel turns entries into the format of ISA 3.0 and back by itself.
 */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spapr/hpt.h"
#include "spapr/kvm.h"

/* What goes through the file; big-endian but for the header. */
struct record {
	struct kvm_get_htab_header header;
	uint64_t pteh;
	uint64_t ptel;
};

#define SPARE sizeof(struct kvm_get_htab_header)

_Static_assert(sizeof(struct record) == 24, "a record has no holes");

static int open_table(const struct papr_kvm *kvm, uint64_t flags,
		      uint64_t index)
{
	struct kvm_get_htab_fd get = { .flags = flags, .start_index = index };

	return kvm_ioctl(kvm->vm_fd, KVM_PPC_GET_HTAB_FD, &get);
}

int kvm_hpt_open(void *host)
{
	struct papr_kvm *kvm = host;
	int fd = open_table(kvm, KVM_GET_HTAB_WRITE, 0);

	if (fd < 0)
		return fd;
	kvm->hpt_fd = fd;
	return 0;
}

/*
 * Takes entries out of what was read: headers, each with the number of valid
 * entries that follow it and of empty ones that do not.
 */
static void parse(const uint8_t *data, size_t len, uint64_t index,
		  struct papr_hpte *entry, uint32_t n)
{
	struct kvm_get_htab_header header;

	while (len >= sizeof(header)) {
		memcpy(&header, data, sizeof(header));
		data += sizeof(header);
		len -= sizeof(header);
		for (uint32_t i = 0; i < header.n_valid; i++) {
			uint64_t at = header.index + i - index;
			uint64_t pte[2];

			if (len < sizeof(pte))
				return;
			memcpy(pte, data, sizeof(pte));
			data += sizeof(pte);
			len -= sizeof(pte);
			/* The kernel leaves its lock in the first word. */
			if (at < n)
				entry[at] = (struct papr_hpte){
					be64toh(pte[0]) & ~HPTE_V_HYPERVISOR,
					be64toh(pte[1])
				};
		}
	}
}

static int read_piece(void *host, uint64_t index, struct papr_hpte *entry,
		      uint32_t n, uint8_t *data, size_t len)
{
	int fd = open_table(host, 0, index);
	ssize_t got;

	if (fd < 0)
		return fd;
	got = read(fd, data, len);
	if (got < 0)
		got = -errno;
	close(fd);
	if (got < 0)
		return (int)got;
	memset(entry, 0, n * sizeof(*entry));
	parse(data, (size_t)got, index, entry, n);
	return 0;
}

/* A call reads a group at most, and allocates nothing. */
int kvm_hpt_read(void *host, uint64_t index, struct papr_hpte *entry,
		 uint32_t n)
{
	/* The kernel does not fill a buffer to its end. */
	uint8_t group[HPT_GROUP * sizeof(struct record) + SPARE];
	size_t len = n * sizeof(struct record) + SPARE;
	uint8_t *data = group;
	int r;

	if (len > sizeof(group))
		data = malloc(len);
	if (!data)
		return -ENOMEM;
	r = read_piece(host, index, entry, n, data, len);
	if (data != group)
		free(data);
	return r;
}

int kvm_hpt_write(void *host, uint64_t index, const struct papr_hpte *entry)
{
	const struct papr_kvm *kvm = host;
	bool valid = entry->pteh & HPTE_V_VALID;
	struct record record = {
		{ (uint32_t)index, valid, !valid },
		htobe64(entry->pteh), htobe64(entry->ptel),
	};
	size_t len = valid ? sizeof(record) : sizeof(record.header);

	if (write(kvm->hpt_fd, &record, len) >= 0)
		return 0;
	/* What H_ENTER refuses is EIO. */
	return errno == EIO ? -EINVAL : -errno;
}
