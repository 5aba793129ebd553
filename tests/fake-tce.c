/* SPDX-License-Identifier: BSD-2-Clause */
/* The fake host: tables of DMA windows, as KVM keeps them. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

#include <cmocka.h>

#include "tests/fake-host-state.h"

static int check(struct fake_host *fake, uint32_t liobn, uint32_t page_shift,
		 uint64_t bus, uint64_t pages)
{
	if (!pages || page_shift < 12 || page_shift > 34 ||
	    (bus >> page_shift) + pages > UINT64_MAX >> page_shift)
		return -EINVAL;
	return fake_host_tce(fake, liobn) ? -EBUSY : 0;
}

int fake_make_tce(void *host, uint32_t liobn, uint32_t page_shift,
		  uint64_t bus, uint64_t pages, uint64_t **table)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_MAKE_TCE);

	if (!err)
		err = check(fake, liobn, page_shift, bus, pages);
	if (!err) {
		assert_true(fake->n_tces < FAKE_TCES);
		*table = talloc_zero_array(fake, uint64_t, pages);
		assert_non_null(*table);
		fake->tce[fake->n_tces].liobn = liobn;
		fake->tce[fake->n_tces++].table = *table;
	}
	return fake_host_leave(fake, err, "make_tce 0x%x", liobn);
}

void fake_drop_tce(void *host, uint32_t liobn)
{
	struct fake_host *fake = host;
	unsigned int i = 0;

	fake_host_enter(fake, FAKE_DROP_TCE);
	while (i < fake->n_tces && fake->tce[i].liobn != liobn)
		i++;
	assert_true(i < fake->n_tces);
	talloc_free(fake->tce[i].table);
	fake->tce[i] = fake->tce[--fake->n_tces];
	fake_host_leave(fake, 0, "drop_tce 0x%x", liobn);
}

uint64_t *fake_host_tce(struct fake_host *fake, uint32_t liobn)
{
	for (unsigned int i = 0; i < fake->n_tces; i++)
		if (fake->tce[i].liobn == liobn)
			return fake->tce[i].table;
	return NULL;
}
