/* SPDX-License-Identifier: BSD-2-Clause */
/* The time of day, in UTC: LoPAR 7.3.2. */
#include "config.h"

#include <time.h>

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/util.h"

#define NS_PER_S 1000000000ll

static int32_t get_time_of_day(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	struct RTAS_get_time_of_day_out *out = rets;
	int64_t ns = vm_clock_ns(vcpu->vm) +
		     atomic_load(&vcpu->vm->clock_offset_ns);
	time_t seconds = ns / NS_PER_S;
	struct tm tm;

	(void)args;
	/* The host's clock may have been set back since the guest's was set. */
	if (ns < 0 || !gmtime_r(&seconds, &tm))
		return RTAS_HARDWARE_ERROR;
	out->year = tm.tm_year + 1900;
	out->month = tm.tm_mon + 1;
	out->day = tm.tm_mday;
	out->hour = tm.tm_hour;
	out->minute = tm.tm_min;
	out->second = tm.tm_sec;
	out->nanosecond = ns % NS_PER_S;
	return RTAS_SUCCESS;
}

/*
 * The years that keep nanoseconds since 1970 in 63 bits.  timegm() would make
 * the 31st of February a day in March, so what it made of @in must be @in.
 */
static bool to_ns(const struct RTAS_set_time_of_day_in *in, int64_t *ns)
{
	struct tm tm;
	time_t t;

	if (in->year < 1970 || in->year > 2261 || in->month > 12 ||
	    in->day > 31 || in->hour > 23 || in->minute > 59 ||
	    in->second > 59 || in->nanosecond >= NS_PER_S)
		return false;
	tm = (struct tm){
		.tm_year = in->year - 1900, .tm_mon = in->month - 1,
		.tm_mday = in->day, .tm_hour = in->hour,
		.tm_min = in->minute, .tm_sec = in->second,
	};
	t = timegm(&tm);
	*ns = t * NS_PER_S + in->nanosecond;
	return tm.tm_mday == (int)in->day && tm.tm_mon + 1 == (int)in->month;
}

/* The host's clock is left alone: the partition has its own offset. */
static int32_t set_time_of_day(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct RTAS_set_time_of_day_in *in = args;
	int64_t ns;

	(void)rets;
	if (!to_ns(in, &ns))
		return RTAS_PARAMETER_ERROR;
	atomic_store(&vcpu->vm->clock_offset_ns, ns - vm_clock_ns(vcpu->vm));
	return RTAS_SUCCESS;
}

_Static_assert(sizeof(struct RTAS_set_time_for_power_on_in) ==
	       sizeof(struct RTAS_set_time_of_day_in),
	       "both are a date and a time");

/* Not in the past; the program hears of it by its own clock. */
static int32_t set_time_for_power_on(struct papr_vcpu *vcpu, const void *args,
				     void *rets)
{
	struct papr_vm *vm = vcpu->vm;
	int64_t ns;

	(void)rets;
	if (!to_ns(args, &ns))
		return RTAS_PARAMETER_ERROR;
	ns -= atomic_load(&vm->clock_offset_ns);
	if (ns < vm_clock_ns(vm))
		return RTAS_PARAMETER_ERROR;
	return vm->vmm_ops.power_on_at(vm->vmm, ns) ? RTAS_HARDWARE_ERROR :
						      RTAS_SUCCESS;
}

const struct rtas_impl rtas_clock[] = {
	{ RTAS_TOKEN_get_time_of_day, get_time_of_day },
	{ RTAS_TOKEN_set_time_of_day, set_time_of_day },
	{ RTAS_TOKEN_set_time_for_power_on, set_time_for_power_on },
	{ 0, NULL }
};
