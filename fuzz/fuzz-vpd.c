/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vital product data of a program.  Input: a byte for the size of the guest's
 * buffer, and stanzas, each after two bytes of length.  What is taken the guest
 * must read as it is, all of it and by each location.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <talloc.h>

#include <papr/vpd.h>

#include "fuzz/fuzz.h"
#include "rtas/catalogue.h"
#include "rtas/vpd.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define BLOCK 0x100u
#define WHERE 0x200u
#define AREA 0x1000u
#define DONE 0
#define GO_ON 1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool good)
{
	if (!good)
		abort();
}

/* As a new one, which would take a hundred times as long to make. */
static void add_all(struct papr_vm *vm, const uint8_t *data, size_t len)
{
	size_t at, n;

	TALLOC_FREE(vm->vpd);
	vm->n_vpd = 0;
	vm->stage = VM_SETUP;
	for (at = 0; at + 2 <= len; at += 2 + n) {
		n = data[at] << 8 | data[at + 1];
		n = n < len - at - 2 ? n : len - at - 2;
		papr_vm_add_vpd(vm, data + at + 2, n);
	}
	check(!vpd_setup(vm));
	vm->stage = VM_SEALED;
}

/* One part of the sequence; how it ended. */
static uint32_t call(struct fuzz_vm *fuzz, uint32_t size, uint32_t *sequence,
		     uint32_t *bytes)
{
	const uint32_t cells[] = {
		RTAS_TOKEN_ibm_get_vpd, 4, 3, WHERE, AREA, size, *sequence,
	};
	uint8_t *block = fuzz_vm_ram(fuzz) + BLOCK;

	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		store_be32(block + 4 * i, cells[i]);
	fuzz_rtas(fuzz, BLOCK);
	*sequence = load_be32(block + 32);
	*bytes = load_be32(block + 36);
	return load_be32(block + 28);
}

/* The next stanza of those at @location, which the guest has read. */
static const struct vpd *next_at(const struct papr_vm *vm, size_t *i,
				 const char *location)
{
	while (*i < vm->n_vpd) {
		const struct vpd *vpd = &vm->vpd[(*i)++];

		if (!*location || !strcmp(location, vpd->location))
			return vpd;
	}
	return NULL;
}

static void check_read(const struct papr_vm *vm, const char *location,
		       const uint8_t *all, size_t len)
{
	const struct vpd *vpd;
	size_t i = 0;

	while ((vpd = next_at(vm, &i, location))) {
		check(len >= vpd->len && !memcmp(all, vpd->bytes, vpd->len));
		all += vpd->len;
		len -= vpd->len;
	}
	check(!len);
}

static void read_at(struct fuzz_vm *fuzz, const char *location, uint32_t size)
{
	const struct papr_vm *vm = fuzz_vm_partition(fuzz);
	uint8_t *ram = fuzz_vm_ram(fuzz);
	size_t most = vpd_len(vm), len = 0;
	uint8_t *all = malloc(most);
	uint32_t sequence = 1, bytes, status;

	check(all);
	strcpy((char *)ram + WHERE, location);
	do {
		status = call(fuzz, size, &sequence, &bytes);
		check(status == DONE || status == GO_ON);
		check(bytes && bytes <= size && bytes <= most - len);
		memcpy(all + len, ram + AREA, bytes);
		len += bytes;
	} while (status == GO_ON);
	check_read(vm, location, all, len);
	free(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_vm *fuzz = fuzz_vm_get(0);
	struct papr_vm *vm = fuzz_vm_partition(fuzz);

	if (!len)
		return 0;
	add_all(vm, data + 1, len - 1);
	read_at(fuzz, "", data[0] + 1);
	for (size_t i = 0; i < vm->n_vpd; i++)
		read_at(fuzz, vm->vpd[i].location, data[0] + 1);
	return 0;
}
