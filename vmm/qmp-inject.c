/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <papr/catalogue.h>
#include <papr/elog.h>

#include "vmm/qmp-inject.h"
#include "vmm/qmp.h"
#include "vmm/util.h"

/* @what points to @info. */
struct injection {
	uint32_t cpu;			/* its index */
	struct papr_mc_info info;
	struct papr_injection what;
};

/* A name of a field of papr-elog(1); what is not there is left alone. */
static int take_name(const json_t *args, const char *key, const char *field,
		     uint8_t *value, struct papr_error *error)
{
	const json_t *name = json_object_get(args, key);
	int r;

	if (!name)
		return 0;
	if (!json_is_string(name))
		return refuse(error, -EINVAL, "Parameter '%s' must be a name",
			      key);
	r = papr_elog_value(field, json_string_value(name), error);
	if (r < 0)
		return r;
	*value = r;
	return 0;
}

/* JSON's numbers do not hold 64 bits: an address is text, as 0x1234. */
static int take_address(const json_t *args, const char *key, uint64_t *value,
			bool *valid, struct papr_error *error)
{
	const json_t *address = json_object_get(args, key);
	const char *text = json_string_value(address);
	char *end = NULL;

	if (!address)
		return 0;
	errno = 0;
	if (text && text[0] == '0' && text[1] == 'x' && text[2])
		*value = strtoull(text + 2, &end, 16);
	if (!end || *end || errno)
		return refuse(error, -EINVAL, "Parameter '%s' must be an "
			      "address as text, such as \"0x1000\"", key);
	*valid = true;
	return 0;
}

/* Its number depends on the type. */
static int take_subtype(const json_t *args, struct papr_mc_info *info,
			struct papr_error *error)
{
	const char *type = json_string_value(json_object_get(args, "type"));
	const json_t *subtype = json_object_get(args, "subtype");
	char both[80];
	int r;

	if (!subtype)
		return 0;
	if (!json_is_string(subtype))
		return refuse(error, -EINVAL, "Parameter 'subtype' must be a "
			      "name");
	snprintf(both, sizeof(both), "%.30s:%.40s", type,
		 json_string_value(subtype));
	r = papr_elog_value("MC.subtype", both, error);
	if (r < 0)
		return r;
	info->subtype = r;
	return 0;
}

/* From @first on; what is not there is left alone. */
static int take_number(const json_t *args, const char *key, json_int_t first,
		       uint64_t *value, struct papr_error *error)
{
	const json_t *number = json_object_get(args, key);

	if (!number)
		return 0;
	if (!json_is_integer(number) || json_integer_value(number) < first)
		return refuse(error, -EINVAL, "Parameter '%s' must be a number "
			      "from %d on", key, (int)first);
	*value = json_integer_value(number);
	return 0;
}

static int take_cpu(const json_t *args, uint32_t *cpu,
		    struct papr_error *error)
{
	uint64_t value = 0;
	int r = take_number(args, "cpu-index", 0, &value, error);

	if (!r && value > UINT32_MAX)
		return refuse(error, -EINVAL, "there is no vCPU with index "
			      "%" PRIu64, value);
	*cpu = value;
	return r;
}

static int take_context(const json_t *args, enum papr_context *context,
			struct papr_error *error)
{
	static const char *const names[] = {
		[PAPR_CONTEXT_ANY] = "any",
		[PAPR_CONTEXT_USER] = "user",
		[PAPR_CONTEXT_KERNEL] = "kernel",
	};
	const json_t *name = json_object_get(args, "context");
	size_t i;

	for (i = 0; json_is_string(name) && i < COUNT_OF(names); i++) {
		if (!strcmp(json_string_value(name), names[i])) {
			*context = i;
			return 0;
		}
	}
	if (!name)
		return 0;
	return refuse(error, -EINVAL, "Parameter 'context' must be \"any\", "
		      "\"user\" or \"kernel\"");
}

/* An object that has no other members than the two. */
static int take_object(const json_t *args, const char *key,
		       const char *const members[2], const json_t **object,
		       struct papr_error *error)
{
	const char *name;
	json_t *value;

	*object = json_object_get(args, key);
	if (*object && !json_is_object(*object))
		return refuse(error, -EINVAL, "Parameter '%s' must be an "
			      "object", key);
	json_object_foreach((json_t *)*object, name, value)
		if (strcmp(name, members[0]) && strcmp(name, members[1]))
			return refuse(error, -EINVAL, "Parameter '%s.%.100s' "
				      "is unexpected", key, name);
	return 0;
}

static int take_call(const json_t *at, uint64_t *number,
		     struct papr_error *error)
{
	const json_t *name = json_object_get(at, "name");
	const struct papr_call_info *call;

	if (!name)
		return 0;
	if (!json_is_string(name))
		return refuse(error, -EINVAL, "Parameter 'name' must be a "
			      "name");
	call = papr_hcall_by_name(json_string_value(name));
	if (!call)
		return refuse(error, -EINVAL, "there is no hypercall %.100s",
			      json_string_value(name));
	*number = call->number;
	return 0;
}

static int take_hcall(const json_t *args, struct papr_injection *what,
		      struct papr_error *error)
{
	static const char *const members[] = { "name", "count" };
	const json_t *at;
	int r = take_object(args, "at-hypercall", members, &at, error);

	if (r || !at)
		return r;
	what->trigger = PAPR_TRIGGER_HCALL;
	r = take_call(at, &what->hcall, error);
	return r ? r : take_number(at, "count", 1, &what->count, error);
}

static int take_pc(const json_t *args, struct papr_injection *what,
		   struct papr_error *error)
{
	static const char *const members[] = { "first", "last" };
	bool first = false, last = false;
	const json_t *at;
	int r = take_object(args, "at-pc", members, &at, error);

	if (r || !at)
		return r;
	if (what->trigger != PAPR_TRIGGER_NOW)
		return refuse(error, -EINVAL, "Parameters 'at-hypercall' and "
			      "'at-pc' exclude each other");
	what->trigger = PAPR_TRIGGER_PC;
	r = take_address(at, "first", &what->first, &first, error);
	if (!r && !first)
		return refuse(error, -EINVAL, "Parameter 'at-pc.first' is "
			      "missing");
	return r ? r : take_address(at, "last", &what->last, &last, error);
}

static int take_info(const json_t *args, struct papr_mc_info *info,
		     struct papr_error *error)
{
	int r;

	*info = (struct papr_mc_info){
		.size = sizeof(*info),
		.severity = PAPR_ELOG_ERROR_SYNC,
		.disposition = PAPR_ELOG_FULLY_RECOVERED,
		.initiator = PAPR_ELOG_CPU,
	};
	if (!json_object_get(args, "type"))
		return refuse(error, -EINVAL, "Parameter 'type' is missing");
	r = take_name(args, "type", "MC.type", &info->type, error);
	if (!r)
		r = take_subtype(args, info, error);
	if (!r)
		r = take_name(args, "severity", "header.severity",
			      &info->severity, error);
	if (!r)
		r = take_name(args, "disposition", "header.disposition",
			      &info->disposition, error);
	if (!r)
		r = take_address(args, "effective-address",
				 &info->effective_address,
				 &info->effective_valid, error);
	if (!r)
		r = take_address(args, "logical-address",
				 &info->logical_address, &info->logical_valid,
				 error);
	return r;
}

/* Of papr-inject, whose arguments are known to be no others. */
static int parse(const json_t *args, struct injection *injection,
		 struct papr_error *error)
{
	struct papr_injection *what = &injection->what;
	int r = take_info(args, &injection->info, error);

	*what = (struct papr_injection){
		.size = sizeof(*what),
		.info = &injection->info,
	};
	if (!r)
		r = take_cpu(args, &injection->cpu, error);
	if (!r)
		r = take_context(args, &what->context, error);
	if (!r)
		r = take_hcall(args, what, error);
	return r ? r : take_pc(args, what, error);
}

int qmp_inject_check(const json_t *args, struct papr_error *error)
{
	struct injection injection;

	return parse(args, &injection, error);
}

static int parse_id(const json_t *args, uint64_t *id, struct papr_error *error)
{
	if (!json_object_get(args, "id"))
		return refuse(error, -EINVAL, "Parameter 'id' is missing");
	return take_number(args, "id", 1, id, error);
}

json_t *qmp_papr_inject(struct qmp *qmp, const json_t *args,
			struct papr_error *error)
{
	struct injection injection;
	uint64_t id;

	if (parse(args, &injection, error) ||
	    qmp->ops->inject(qmp->machine, injection.cpu, &injection.what, &id,
			     error))
		return NULL;
	return json_pack("{s:I}", "id", (json_int_t)id);
}

json_t *qmp_papr_cancel_injection(struct qmp *qmp, const json_t *args,
				  struct papr_error *error)
{
	uint64_t id;

	if (parse_id(args, &id, error) ||
	    qmp->ops->cancel(qmp->machine, id, error))
		return NULL;
	return json_object();
}

json_t *qmp_papr_query_injections(struct qmp *qmp, const json_t *args,
				  struct papr_error *error)
{
	(void)args, (void)error;
	return qmp->ops->injections(qmp->machine);
}
