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

#include "rtas/catalogue.h"
#include "rtas/vpd.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define RAM 0x20000u
#define BLOCK 0x100u
#define WHERE 0x200u
#define AREA 0x1000u
#define DONE 0
#define GO_ON 1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t ram[RAM];

static void check(bool good)
{
	if (!good)
		abort();
}

static int describe(void *host, struct papr_host *info)
{
	return papr_host_model(host, info, NULL);
}

static int get_reg(void *cpu, enum papr_reg reg, uint64_t *value)
{
	(void)cpu;
	(void)reg;
	*value = 0;
	return 0;
}

static int update_reg(void *cpu, enum papr_reg reg, uint64_t mask,
		      uint64_t value)
{
	(void)cpu;
	(void)reg;
	(void)mask;
	(void)value;
	return 0;
}

static const struct papr_host_ops host_ops = {
	.size = sizeof(host_ops),
	.describe = describe,
	.get_reg = get_reg,
	.update_reg = update_reg,
};

static const struct papr_vmm_ops vmm_ops = { .size = sizeof(vmm_ops) };

static struct papr_vm *make(void)
{
	struct papr_vm_config config = {
		.size = sizeof(config), .cores = 1, .threads = 1, .vsmt = 1,
		.rtas_base = RAM / 2,
	};
	struct papr_vm *vm;

	check(!papr_vm_new(&config, &host_ops, (void *)"power10", &vmm_ops,
			   NULL, &vm, NULL));
	check(!papr_vm_add_ram(vm, 0, RAM, ram, 0));
	check(!papr_vm_seal(vm));
	check(!papr_vcpu_attach(papr_vm_vcpu(vm, 0), ram));
	return vm;
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
static uint32_t call(struct papr_vm *vm, uint32_t size, uint32_t *sequence,
		     uint32_t *bytes)
{
	const uint32_t cells[] = {
		RTAS_TOKEN_ibm_get_vpd, 4, 3, WHERE, AREA, size, *sequence,
	};
	struct papr_hcall hcall = { .nr = H_RTAS, .args = { BLOCK } };

	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		store_be32(ram + BLOCK + 4 * i, cells[i]);
	papr_vcpu_hcall(papr_vm_vcpu(vm, 0), &hcall);
	*sequence = load_be32(ram + BLOCK + 32);
	*bytes = load_be32(ram + BLOCK + 36);
	return load_be32(ram + BLOCK + 28);
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

static void read_at(struct papr_vm *vm, const char *location, uint32_t size)
{
	size_t most = vpd_len(vm), len = 0;
	uint8_t *all = malloc(most);
	uint32_t sequence = 1, bytes, status;

	check(all);
	strcpy((char *)ram + WHERE, location);
	do {
		status = call(vm, size, &sequence, &bytes);
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
	static struct papr_vm *vm;

	if (!len)
		return 0;
	if (!vm)
		vm = make();
	add_all(vm, data + 1, len - 1);
	read_at(vm, "", data[0] + 1);
	for (size_t i = 0; i < vm->n_vpd; i++)
		read_at(vm, vm->vpd[i].location, data[0] + 1);
	return 0;
}
