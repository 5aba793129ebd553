/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake host: the page table of a hash guest, as KVM-HV's file of it, and as
 * memory that KVM-PR uses.
 */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include <cmocka.h>

#include "tests/fake-host-state.h"

#define VALID 1ull

void fake_hpt_make(struct fake_host *fake, uint32_t order)
{
	talloc_free(fake->hpt);
	fake->hpt_entries = (1ull << order) / 16;
	fake->hpt = NULL;
	/* Tests of sizes want no memory. */
	if (order <= 24)
		fake->hpt = talloc_zero_array(fake, struct papr_hpte,
					      fake->hpt_entries);
}

int fake_hpt_open(void *host)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_OPEN_HPT);

	if (!err && fake->radix)
		err = -EINVAL;
	if (!err)
		fake->hpt_open = true;
	pthread_mutex_unlock(&fake->lock);
	return err;
}

int fake_hpt_read(void *host, uint64_t index, struct papr_hpte *entry,
		  uint32_t n)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_READ_HPT);

	assert_true(fake->hpt_open);
	assert_true(index < fake->hpt_entries &&
		    n <= fake->hpt_entries - index);
	for (uint32_t i = 0; i < n && !err; i++)
		entry[i] = fake->hpt[index + i];
	pthread_mutex_unlock(&fake->lock);
	return err;
}

int fake_hpt_write(void *host, uint64_t index, const struct papr_hpte *entry)
{
	static const struct papr_hpte none;
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_WRITE_HPT);

	assert_true(fake->hpt_open);
	assert_true(index < fake->hpt_entries);
	assert_int_equal(fake->held, fake->cpus);	/* KVM: EBUSY */
	if (!err)
		fake->hpt[index] = entry->pteh & VALID ? *entry : none;
	pthread_mutex_unlock(&fake->lock);
	return err;
}

struct papr_hpte *fake_host_hpt(struct fake_host *fake)
{
	return fake->hpt;
}

int fake_use_hpt(void *arg, void *table, uint32_t order)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_USE_HPT);

	if (!err && (cpu->fake->info.flavour != PAPR_FLAVOUR_PR ||
		     order < 18 || order > 37))
		err = -EINVAL;
	if (!err) {
		assert_int_equal((uintptr_t)table % (1ull << order), 0);
		/* It may run from the second time on. */
		assert_true(cpu->held || !cpu->hpt);
		cpu->hpt = table;
		cpu->hpt_order = order;
		cpu->n_known = 0;
	}
	return fake_host_leave(cpu->fake, err, "cpu %u: use_hpt %u", cpu->id,
			       order);
}

struct papr_hpte fake_cpu_entry(struct fake_cpu *cpu, uint64_t index)
{
	struct papr_hpte entry = {
		be64toh(cpu->hpt[2 * index]), be64toh(cpu->hpt[2 * index + 1])
	};

	for (unsigned int i = 0; i < cpu->n_known; i++)
		if (cpu->known[i].index == index)
			return cpu->known[i].entry;
	if (entry.pteh & VALID) {
		assert_true(cpu->n_known < FAKE_KNOWN);
		cpu->known[cpu->n_known].index = index;
		cpu->known[cpu->n_known++].entry = entry;
	}
	return entry;
}
