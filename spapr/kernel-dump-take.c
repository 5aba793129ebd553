/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel dump is taken: sections of memory are copied, and the registers of
 * all vCPUs written, in the format of LoPAR appendix "Firmware Assisted Dump
 * Data Format".
 *
 * What a section says is the guest's.  A wrong one says so when the dump is
 * read, and the others are done all the same.
 */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/kernel-dump.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define AREA_HEADER	0x20u	/* the number of vCPUs is at its end */
#define AREA_CPUS	0x1cu
#define ENTRY		16u	/* a name and a value */

/* Those of a vCPU are between two more. */
#define CPU_ENTRIES	(PAPR_NAMED_REGS + 2)

/* --- memory */

/* What is left of a page, or of @len. */
static uint64_t piece(uint64_t gpa, uint64_t len)
{
	uint64_t left = PAGE_4K - gpa % PAGE_4K;

	return left < len ? left : len;
}

/*
 * Page by page, as regions of memory end anywhere: from guest memory, or from
 * @bytes if that is not NULL.  Returns how many were copied and, if not all,
 * the @error flags.
 */
static uint64_t copy(struct papr_vm *vm, uint64_t to, uint64_t from,
		     const uint8_t *bytes, uint64_t len, uint32_t *error)
{
	uint64_t done = 0;

	while (done < len) {
		uint64_t n = piece(to + done, len - done);
		const uint8_t *source;
		uint8_t *target;

		if (bytes) {
			source = bytes + done;
		} else {
			n = piece(from + done, n);
			source = ram_get(vm, from + done, n, RAM_READ);
		}
		if (!source) {
			*error = done ? KDS_TOO_LONG : KDS_BAD_SOURCE;
			break;
		}
		target = ram_get(vm, to + done, n, RAM_WRITE);
		if (!target) {
			*error = KDS_BAD_TARGET;
			break;
		}
		memmove(target, source, n);
		done += n;
	}
	return done;
}

static bool overlap(uint64_t a, uint64_t b, uint64_t len)
{
	return a < b ? b - a < len : a - b < len;
}

static uint64_t take_memory(struct papr_vm *vm, const uint8_t *section,
			    uint32_t *error)
{
	uint64_t from = load_be64(section + KDS_SOURCE);
	uint64_t to = load_be64(section + KDS_TARGET);
	uint64_t len = load_be64(section + KDS_LENGTH);

	/* What stays where it is is only looked at. */
	if (from != to && overlap(from, to, len)) {
		*error = KDS_BAD_TARGET;
		return 0;
	}
	return copy(vm, to, from, NULL, len, error);
}

/* --- registers */

uint64_t kdump_cpu_size(const struct papr_vm *vm)
{
	return AREA_HEADER + (uint64_t)vm->n_vcpus * CPU_ENTRIES * ENTRY;
}

static uint8_t *put(uint8_t *at, const char *name, uint64_t value)
{
	memset(at, 0, 8);
	memcpy(at, name, strnlen(name, 8));
	store_be64(at + 8, value);
	return at + ENTRY;
}

/*
 * The number of a vCPU is its place among all of them, as a guest counts its
 * processors, not that of its server.
 */
static int put_cpu(struct papr_vcpu *vcpu, uint8_t **at,
		   struct papr_error *error)
{
	struct papr_named_reg regs[PAPR_NAMED_REGS];
	int n = vcpu->vm->host_ops.name_regs(vcpu->host, regs,
					     PAPR_NAMED_REGS);

	if (n < 0)
		return error_set(error, n, "the host does not tell the "
				 "registers of vCPU %u: %s", vcpu->id,
				 strerror(-n));
	*at = put(*at, "CPUSTRT", vcpu->index);
	for (int i = 0; i < n; i++)
		*at = put(*at, regs[i].name, regs[i].value);
	*at = put(*at, "CPUEND", vcpu->index);
	return 0;
}

/* Those that are online. */
static int put_cpus(struct papr_vm *vm, uint8_t *area, uint64_t *len,
		    struct papr_error *error)
{
	uint8_t *at = area + AREA_HEADER;
	uint32_t cpus = 0;
	int r = 0;

	for (uint32_t i = 0; i < vm->n_vcpus && !r; i++) {
		if (papr_vcpu_state(vm->vcpus[i]) != PAPR_CPU_RUNNING)
			continue;
		cpus++;
		r = put_cpu(vm->vcpus[i], &at, error);
	}
	memcpy(area, "REGSAVE", 8);
	store_be32(area + 0xc, AREA_CPUS);
	store_be32(area + AREA_CPUS, cpus);
	*len = at - area;
	return r;
}

static int take_cpus(struct papr_vm *vm, const uint8_t *section,
		     uint64_t *done, uint32_t *flags, struct papr_error *error)
{
	uint64_t to = load_be64(section + KDS_TARGET), len;
	uint8_t *area = talloc_zero_size(NULL, kdump_cpu_size(vm));
	int r;

	if (!area)
		return error_set(error, -ENOMEM, "out of memory");
	r = put_cpus(vm, area, &len, error);
	if (!r && len > load_be64(section + KDS_LENGTH))
		*flags = KDS_TOO_SMALL;
	else if (!r)
		*done = copy(vm, to, 0, area, len, flags);
	talloc_free(area);
	return r;
}

/* --- all */

static int take_section(struct papr_vm *vm, uint8_t *section, uint32_t *flags,
			struct papr_error *error)
{
	uint32_t type = load_be16(section + KDS_TYPE);
	uint64_t done = 0;
	int r = 0;

	if (type == KDS_CPU_STATE)
		r = take_cpus(vm, section, &done, flags, error);
	else if (type == KDS_REAL_MODE || type == KDS_OS_STRING ||
		 type >= KDS_OS_FIRST)
		done = take_memory(vm, section, flags);
	else if (type != KDS_HPT)	/* of which there is nothing */
		*flags = KDS_BAD_TYPE;
	store_be16(section + KDS_ERRORS, *flags);
	store_be64(section + KDS_DONE, done);
	return r;
}

int kdump_take(struct papr_vm *vm, struct papr_error *error)
{
	struct kernel_dump *dump = &vm->dump;
	uint32_t status = KDUMP_PERFORMED | KDUMP_TRIGGERED;

	for (unsigned int i = 0; i < kdump_sections(dump); i++) {
		uint32_t flags = 0;
		int r = take_section(vm, kdump_section(dump, i), &flags,
				     error);

		if (r)
			return r;
		if (flags)
			status |= KDUMP_FAILED;
	}
	store_be16(dump->bytes + KDUMP_STATUS, status);
	dump->state = KDUMP_ACTIVE;
	return 0;
}
