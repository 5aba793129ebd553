/* SPDX-License-Identifier: BSD-2-Clause */
/* The fake host: the areas of a vCPU that its guest registers. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>

#include "tests/fake-host-state.h"

int fake_get_area(void *arg, enum papr_area area, uint64_t *gpa)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_GET_AREA);

	if (!err)
		*gpa = cpu->area[area];
	pthread_mutex_unlock(&cpu->fake->lock);
	return err;
}

static bool area_is_legal(const struct fake_cpu *cpu, enum papr_area area,
			  uint64_t gpa)
{
	if (cpu->fake->info.flavour == PAPR_FLAVOUR_PR || gpa % 128)
		return false;
	if (area == PAPR_AREA_VPA)
		return gpa || (!cpu->area[PAPR_AREA_DTL] &&
			       !cpu->area[PAPR_AREA_SLB]);
	return !gpa || cpu->area[PAPR_AREA_VPA];
}

int fake_set_area(void *arg, enum papr_area area, uint64_t gpa, uint32_t len)
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_SET_AREA);

	if (!err && !area_is_legal(cpu, area, gpa))
		err = -EINVAL;
	if (!err)
		cpu->area[area] = gpa;
	return fake_host_leave(cpu->fake, err,
			       "cpu %u: set_area %d 0x%" PRIx64 " %u",
			       cpu->id, area, gpa, len);
}
