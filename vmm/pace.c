/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "vmm/pace.h"

#define MS_PER_S 1000u

void pace_tick(struct pace *pace, uint64_t now_ms, bool waits)
{
	uint64_t took_ms = now_ms - pace->since_ms, rate;

	if (took_ms < PACE_WINDOW_MS)
		return;
	rate = pace->sent * MS_PER_S / took_ms;
	if (waits || rate > pace->rate)
		pace->rate = rate;
	pace->since_ms = now_ms;
	pace->sent = 0;
	pace->looked = false;
}

uint64_t pace_room(const struct pace *pace,
		   const struct migrate_parameters *parameters)
{
	uint64_t share = parameters->max_bandwidth /
			 (MS_PER_S / PACE_WINDOW_MS);

	if (!parameters->max_bandwidth)
		return UINT64_MAX;
	if (!share)
		share = 1;
	return share > pace->sent ? share - pace->sent : 0;
}

int pace_wait_ms(const struct pace *pace, uint64_t now_ms)
{
	uint64_t gone_ms = now_ms - pace->since_ms;

	return gone_ms < PACE_WINDOW_MS ? PACE_WINDOW_MS - gone_ms : 0;
}

/* As if nothing more were sent in this window. */
uint64_t pace_rate(const struct pace *pace)
{
	uint64_t rate = pace->sent * MS_PER_S / PACE_WINDOW_MS;

	return rate > pace->rate ? rate : pace->rate;
}

bool pace_is_short(const struct pace *pace,
		   const struct migrate_parameters *parameters, uint64_t len)
{
	return len * MS_PER_S <= pace_rate(pace) * parameters->downtime_limit;
}
