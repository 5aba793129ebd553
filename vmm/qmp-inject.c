/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "vmm/qmp-inject.h"
#include "vmm/util.h"

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

static int take_cpu(const json_t *args, uint32_t *cpu,
		    struct papr_error *error)
{
	const json_t *index = json_object_get(args, "cpu-index");
	json_int_t value = json_integer_value(index);

	*cpu = 0;
	if (!index)
		return 0;
	if (!json_is_integer(index) || value < 0 || value > UINT32_MAX)
		return refuse(error, -EINVAL, "Parameter 'cpu-index' must be "
			      "a number from 0 on");
	*cpu = value;
	return 0;
}

int qmp_inject_parse(const json_t *args, struct papr_mc_info *info,
		     uint32_t *cpu, struct papr_error *error)
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
	return r ? r : take_cpu(args, cpu, error);
}
