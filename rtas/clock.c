/* SPDX-License-Identifier: BSD-2-Clause */
/* The time of day, in UTC: LoPAR 7.3.2. */
#include "config.h"

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/date.h"
#include "spapr/util.h"

#define NS_PER_S 1000000000ll
#define DAY_S 86400ll

static int32_t get_time_of_day(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	struct RTAS_get_time_of_day_out *out = rets;
	int64_t ns = vm_clock_ns(vcpu->vm) +
		     atomic_load(&vcpu->vm->clock_offset_ns);
	uint32_t second = ns / NS_PER_S % DAY_S;
	struct date date;

	(void)args;
	/* The host's clock may have been set back since the guest's was set. */
	if (ns < 0)
		return RTAS_HARDWARE_ERROR;
	date = date_of_days(ns / NS_PER_S / DAY_S);
	out->year = date.year;
	out->month = date.month;
	out->day = date.day;
	out->hour = second / 3600;
	out->minute = second / 60 % 60;
	out->second = second % 60;
	out->nanosecond = ns % NS_PER_S;
	return RTAS_SUCCESS;
}

/* The years are those that keep nanoseconds since 1970 in 63 bits. */
static bool to_ns(const struct RTAS_set_time_of_day_in *in, int64_t *ns)
{
	const struct date date = { in->year, in->month, in->day };
	uint32_t days;

	if (in->year > 2261 || in->hour > 23 || in->minute > 59 ||
	    in->second > 59 || in->nanosecond >= NS_PER_S ||
	    !date_to_days(&date, &days))
		return false;
	*ns = (days * DAY_S + in->hour * 3600 + in->minute * 60 + in->second) *
	      NS_PER_S + in->nanosecond;
	return true;
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
