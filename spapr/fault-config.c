/* SPDX-License-Identifier: BSD-2-Clause */
/* What a policy can say of calls that fail on purpose. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hcalls/catalogue.h"
#include "rtas/status.h"
#include "spapr/fault.h"
#include "spapr/util.h"

/* Names for RTAS, LoPAR 7.2.8; a number does for all others. */
static const struct {
	const char *name;
	int32_t status;
} rtas_names[] = {
	{ "success", RTAS_SUCCESS },
	{ "hardware-error", RTAS_HARDWARE_ERROR },
	{ "busy", RTAS_BUSY },
	{ "parameter-error", RTAS_PARAMETER_ERROR },
	{ "not-authorized", RTAS_NOT_AUTHORIZED },
	{ "extended-delay-1ms", 9900 },
	{ "extended-delay-10ms", 9901 },
	{ "extended-delay-100ms", 9902 },
	{ "extended-delay-1s", 9903 },
	{ "extended-delay-10s", 9904 },
	{ "extended-delay-100s", 9905 },
};

static bool is_rtas(const struct papr_call_info *call)
{
	return call && !call->set;
}

/* The whole of @text, decimal or 0x...; a leading minus if @is_signed. */
static bool number(const char *text, bool is_signed, uint64_t *value)
{
	bool minus = *text == '-';
	char *end;

	if (minus && !is_signed)
		return false;
	if (text[minus] < '0' || text[minus] > '9')
		return false;
	errno = 0;
	*value = strtoull(text + minus, &end, 0);
	if (minus)
		*value = -*value;
	return !*end && !errno;
}

static int not_a(const char *value, const char *what, struct papr_error *error)
{
	return error_set(error, -EINVAL, "%.40s is not %s", value, what);
}

static int rtas_status(const char *value, int64_t *status,
		       struct papr_error *error)
{
	uint64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(rtas_names); i++) {
		if (strcmp(rtas_names[i].name, value))
			continue;
		*status = rtas_names[i].status;
		return 0;
	}
	if (!number(value, true, &n) || (int64_t)n != (int32_t)n)
		return not_a(value, "a status of RTAS, such as busy, "
			     "hardware-error or 9900", error);
	*status = (int32_t)n;
	return 0;
}

static int hcall_status(const char *value, int64_t *status,
			struct papr_error *error)
{
	uint64_t n;

	if (hcall_status_by_name(value, status))
		return 0;
	if (!number(value, true, &n))
		return not_a(value, "a return code, such as H_BUSY or "
			     "H_HARDWARE", error);
	*status = (int64_t)n;
	return 0;
}

static int count(const char *value, uint64_t min, uint64_t max, uint64_t *to,
		 struct papr_error *error)
{
	if (number(value, false, to) && *to >= min && *to <= max)
		return 0;
	return error_set(error, -EINVAL, "%.40s is not a number from %" PRIu64
			 " to %" PRIu64, value, min, max);
}

static int count32(const char *value, uint32_t min, uint32_t max, uint32_t *to,
		   struct papr_error *error)
{
	uint64_t n;
	int err = count(value, min, max, &n, error);

	if (!err)
		*to = n;
	return err;
}

static int take_delay(const char *value, uint32_t *us, struct papr_error *error)
{
	static const struct {
		const char *unit;
		uint32_t us;
	} units[] = { { "us", 1 }, { "ms", 1000 }, { "s", 1000000 } };
	char *unit;
	unsigned long n;

	if (*value < '0' || *value > '9')
		return not_a(value, "a time, such as 20ms", error);
	errno = 0;
	n = strtoul(value, &unit, 10);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(units[i].unit, unit))
			continue;
		if (errno || n > FAULT_MAX_DELAY_US / units[i].us)
			return error_set(error, -EINVAL, "%.40s is longer than "
					 "2 s: vCPUs that sleep cannot be "
					 "stopped", value);
		*us = n * units[i].us;
		return 0;
	}
	return not_a(value, "a time, such as 20ms", error);
}

/* "1/100" */
static int take_chance(const char *value, struct papr_fault *fault,
		       struct papr_error *error)
{
	const char *slash = strchr(value, '/');
	char first[24];
	uint64_t n, of;

	if (slash && (size_t)(slash - value) < sizeof(first)) {
		memcpy(first, value, slash - value);
		first[slash - value] = '\0';
		if (number(first, false, &n) && number(slash + 1, false, &of) &&
		    n && n <= of && of <= UINT32_MAX) {
			fault->chance = n;
			fault->chances = of;
			return 0;
		}
	}
	return not_a(value, "a chance, such as 1/100", error);
}

static int take_status(struct papr_fault *fault, bool rtas, const char *value,
		       struct papr_error *error)
{
	fault->fails = true;
	return rtas ? rtas_status(value, &fault->status, error) :
		      hcall_status(value, &fault->status, error);
}

static int take_vcpu(struct papr_fault *fault, const char *value,
		     struct papr_error *error)
{
	fault->one_vcpu = true;
	return count32(value, 0, UINT32_MAX, &fault->vcpu_id, error);
}

int fault_set_option(struct papr_fault *fault, bool rtas, const char *key,
		     const char *value, struct papr_error *error)
{
	if (!strcmp(key, "fail"))
		return take_status(fault, rtas, value, error);
	if (!strcmp(key, "retries"))
		return count32(value, 1, 1000000, &fault->retries, error);
	if (!strcmp(key, "delay"))
		return take_delay(value, &fault->delay_us, error);
	if (!strcmp(key, "vcpu"))
		return take_vcpu(fault, value, error);
	if (!strcmp(key, "after"))
		return count(value, 0, UINT64_MAX, &fault->after, error);
	if (!strcmp(key, "every"))
		return count(value, 1, UINT64_MAX, &fault->every, error);
	if (!strcmp(key, "times"))
		return count(value, 1, UINT64_MAX, &fault->times, error);
	if (!strcmp(key, "chance"))
		return take_chance(value, fault, error);
	if (!strcmp(key, "seed"))
		return count(value, 0, UINT64_MAX, &fault->seed, error);
	return -ENOENT;
}

static int arg_index(const struct papr_call_info *call, const char *name)
{
	for (unsigned int i = 0; i < call->in_count; i++)
		if (call->in[i].name && !strcmp(call->in[i].name, name))
			return i;
	return -ENOENT;
}

/* "0x1000", or with a mask "0x40/0xf0" */
static bool value_and_mask(const char *text, struct papr_fault_arg *arg)
{
	const char *slash = strchr(text, '/');
	char first[24];

	arg->mask = UINT64_MAX;
	if (!slash)
		return number(text, true, &arg->value);
	if ((size_t)(slash - text) >= sizeof(first))
		return false;
	memcpy(first, text, slash - text);
	first[slash - text] = '\0';
	return number(first, true, &arg->value) &&
	       number(slash + 1, false, &arg->mask);
}

int fault_set_when(struct papr_fault *fault, const struct papr_call_info *call,
		   const char *name, const char *value,
		   struct papr_error *error)
{
	struct papr_fault_arg *arg = &fault->arg[fault->n_args];
	int index = arg_index(call, name);

	if (index < 0)
		return error_set(error, -EINVAL, "%s has no argument %.40s",
				 call->name, name);
	if (fault->n_args == PAPR_FAULT_ARGS)
		return error_set(error, -EINVAL, "more than %d arguments",
				 PAPR_FAULT_ARGS);
	if (!value_and_mask(value, arg))
		return not_a(value, "a number, or a number and a mask as in "
			     "0x40/0xf0", error);
	arg->index = index;
	if (is_rtas(call)) {	/* cells */
		arg->value &= UINT32_MAX;
		arg->mask &= UINT32_MAX;
	}
	fault->n_args++;
	return 0;
}

static int check_args(const struct papr_fault *fault,
		      const struct papr_call_info *call,
		      struct papr_error *error)
{
	unsigned int known;

	if (fault->n_args > PAPR_FAULT_ARGS)
		return error_set(error, -EINVAL, "more than %d arguments",
				 PAPR_FAULT_ARGS);
	if (fault->n_args && !call)
		return error_set(error, -EINVAL, "arguments are those of one "
				 "call, and not of a set");
	for (uint32_t i = 0; i < fault->n_args; i++) {
		known = call->in_unspecified ? HCALL_REGS : call->in_count;
		if (fault->arg[i].index >= known)
			return error_set(error, -EINVAL, "%s has no argument "
					 "%u", call->name,
					 fault->arg[i].index);
		if (fault->arg[i].value & ~fault->arg[i].mask)
			return error_set(error, -EINVAL, "no argument can be "
					 "0x%" PRIx64 " in the bits of 0x%"
					 PRIx64, fault->arg[i].value,
					 fault->arg[i].mask);
	}
	return 0;
}

int fault_check(const struct papr_fault *fault,
		const struct papr_call_info *call, struct papr_error *error)
{
	if (!fault->fails && !fault->delay_us)
		return error_set(error, -EINVAL, "there is nothing to happen: "
				 "fail or delay must be there");
	if (!fault->fails && fault->retries)
		return error_set(error, -EINVAL, "retries need fail: what the "
				 "call returns until it is answered");
	if (fault->delay_us > FAULT_MAX_DELAY_US)
		return error_set(error, -EINVAL, "a delay is 2 s at most");
	if (fault->chances && (!fault->chance ||
			       fault->chance > fault->chances))
		return error_set(error, -EINVAL, "there is no chance of "
				 "%u/%u", fault->chance, fault->chances);
	return check_args(fault, call, error);
}

static const char *status_name(int64_t status, bool rtas)
{
	if (!rtas)
		return hcall_status_name(status);
	for (size_t i = 0; i < ARRAY_SIZE(rtas_names); i++)
		if (rtas_names[i].status == status)
			return rtas_names[i].name;
	return NULL;
}

static void add_what(struct line *t, const struct papr_fault *fault,
		     const struct papr_call_info *call)
{
	const char *name = status_name(fault->status, is_rtas(call));

	if (fault->delay_us)
		line_add(t, "%" PRIu32 " us late", fault->delay_us);
	if (!fault->fails)
		return;
	line_add(t, "%sreturns ", fault->delay_us ? ", " : "");
	if (name)
		line_add(t, "%s", name);
	else
		line_add(t, "%" PRId64, fault->status);
	if (fault->retries)
		line_add(t, " %" PRIu32 " times in a row and is answered then",
		    fault->retries);
}

static void add_args(struct line *t, const struct papr_fault *fault,
		     const struct papr_call_info *call)
{
	const struct papr_fault_arg *arg;

	for (uint32_t i = 0; i < fault->n_args; i++) {
		arg = &fault->arg[i];
		line_add(t, ", if ");
		if (call && arg->index < call->in_count)
			line_add(t, "%s", call->in[arg->index].name);
		else
			line_add(t, "argument %u", arg->index);
		line_add(t, " is 0x%" PRIx64, arg->value);
		if (arg->mask != UINT64_MAX && arg->mask != UINT32_MAX)
			line_add(t, " in 0x%" PRIx64, arg->mask);
	}
}

size_t papr_fault_describe(const struct papr_fault *fault,
			   const struct papr_call_info *call, char *text,
			   size_t size)
{
	struct line t = { text, size, 0 };

	add_what(&t, fault, call);
	if (fault->after)
		line_add(&t, ", after %" PRIu64 " calls", fault->after);
	if (fault->every > 1)
		line_add(&t, ", one call in %" PRIu64, fault->every);
	if (fault->chances)
		line_add(&t, ", with a chance of %u/%u from seed %" PRIu64,
		    fault->chance, fault->chances, fault->seed);
	if (fault->times)
		line_add(&t, ", %" PRIu64 " times at most", fault->times);
	if (fault->one_vcpu)
		line_add(&t, ", on vCPU %" PRIu32, fault->vcpu_id);
	add_args(&t, fault, call);
	return t.len;
}

bool fault_same(const struct papr_fault *a, const struct papr_fault *b)
{
	for (uint32_t i = 0; i < a->n_args && i < b->n_args; i++)
		if (a->arg[i].index != b->arg[i].index ||
		    a->arg[i].value != b->arg[i].value ||
		    a->arg[i].mask != b->arg[i].mask)
			return false;
	return a->fails == b->fails && a->status == b->status &&
	       a->retries == b->retries && a->delay_us == b->delay_us &&
	       a->one_vcpu == b->one_vcpu && a->vcpu_id == b->vcpu_id &&
	       a->n_args == b->n_args && a->after == b->after &&
	       a->every == b->every && a->times == b->times &&
	       a->chance == b->chance && a->chances == b->chances &&
	       a->seed == b->seed;
}
