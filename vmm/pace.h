/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How fast a guest is copied, and when few enough pages are left to stop it.
 *
 * Time goes in windows of a tenth of a second, as in QEMU: each has its share
 * of what may be sent in a second, and tells how much was.  Who asks brings the
 * time along, in milliseconds of a clock that only goes on.
 */
#ifndef VMM_PACE_H
#define VMM_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_WINDOW_MS 100u
#define DOWNTIME_LIMIT_MAX 2000000u

/* As QEMU's MigrationParameters. */
struct migrate_parameters {
	uint64_t max_bandwidth;		/* bytes a second; 0 is any */
	uint64_t downtime_limit;	/* milliseconds */
};

/* Those of QEMU. */
#define MIGRATE_PARAMETERS \
	((struct migrate_parameters){ \
		.max_bandwidth = 128 << 20, .downtime_limit = 300, \
	})

struct pace {
	uint64_t since_ms;	/* when this window began, */
	uint64_t sent;		/* bytes in it, */
	bool looked;		/* and dirty pages were read */
	uint64_t rate;		/* bytes a second, of windows before */
};

/*
 * The time is @now_ms.  @waits: there is more than could be sent, so that what
 * a window that is over has sent is all it could.
 */
void pace_tick(struct pace *pace, uint64_t now_ms, bool waits);

/* How many bytes may still be sent in this window. */
uint64_t pace_room(const struct pace *pace,
		   const struct migrate_parameters *parameters);

/* How long it lasts; 0 if it is over. */
int pace_wait_ms(const struct pace *pace, uint64_t now_ms);

/* Bytes a second, as far as is known: it may be more. */
uint64_t pace_rate(const struct pace *pace);

/* Whether so many bytes take no longer than the guest may stand. */
bool pace_is_short(const struct pace *pace,
		   const struct migrate_parameters *parameters, uint64_t len);

#endif
