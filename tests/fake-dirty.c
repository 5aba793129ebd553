/* SPDX-License-Identifier: BSD-2-Clause */
/* The fake host: pages that its guest has written. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>

#include "tests/fake-host-state.h"

#define PAGE 4096u

void fake_host_wrote(struct fake_host *fake, uint64_t gpa)
{
	pthread_mutex_lock(&fake->lock);
	if (fake->logs_dirty && fake->n_dirty < FAKE_DIRTY)
		fake->dirty[fake->n_dirty++] = gpa;
	pthread_mutex_unlock(&fake->lock);
}

int fake_log_dirty(void *host, bool on)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_LOG_DIRTY);

	if (!err) {
		fake->logs_dirty = on;
		fake->n_dirty = 0;
	}
	return fake_host_leave(fake, err, "log_dirty %d", on);
}

int fake_read_dirty(void *host, uint64_t gpa, uint64_t len, uint64_t *bitmap)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_READ_DIRTY);
	unsigned int kept = 0;

	for (unsigned int i = 0; i < fake->n_dirty && !err; i++) {
		uint64_t page = (fake->dirty[i] - gpa) / PAGE;

		if (fake->dirty[i] >= gpa && fake->dirty[i] - gpa < len)
			bitmap[page / 64] |= 1ull << page % 64;
		else
			fake->dirty[kept++] = fake->dirty[i];
	}
	if (!err)
		fake->n_dirty = kept;
	return fake_host_leave(fake, err, "read_dirty 0x%" PRIx64 " 0x%" PRIx64,
			       gpa, len);
}
