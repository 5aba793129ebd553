/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/routes.h"
#include "vmm/util.h"

json_t *routes_json(const struct papr_vm *vm)
{
	struct papr_route_report r;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < papr_hcall_count(); i++) {
		if (papr_vm_route(vm, i, &r))
			continue;
		json_array_append_new(list, json_pack(
			"{s:s, s:i, s:s, s:s, s:s, s:s}",
			"name", r.call->name, "number", (int)r.call->number,
			"requested", papr_route_name(r.requested),
			"accepted", papr_accepted_name(r.accepted),
			"effective", papr_effective_name(r.effective),
			"reason", r.reason ? r.reason : ""));
	}
	return list;
}

/* All reports, to be freed. */
static struct papr_route_report *reports(const struct papr_vm *vm)
{
	size_t i, n = papr_hcall_count();
	struct papr_route_report *all = calloc(n, sizeof(*all));

	for (i = 0; all && i < n; i++)
		papr_vm_route(vm, i, &all[i]);
	return all;
}

static json_t *changes_json(const struct papr_vm *vm,
			    const struct papr_route_report *before)
{
	struct papr_route_report now;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < papr_hcall_count(); i++) {
		if (papr_vm_route(vm, i, &now) ||
		    now.effective == before[i].effective)
			continue;
		json_array_append_new(list, json_pack(
			"{s:s, s:i, s:s, s:s, s:s}",
			"name", now.call->name,
			"number", (int)now.call->number,
			"before", papr_effective_name(before[i].effective),
			"after", papr_effective_name(now.effective),
			"reason", now.reason));
	}
	return list;
}

json_t *routes_apply_policy(struct papr_vm *vm, const char *text,
			    struct papr_error *error)
{
	struct papr_route_report *before;
	struct papr_policy *policy;
	json_t *changes = NULL;

	if (papr_policy_parse(text, strlen(text), "policy", &policy, error))
		return NULL;
	before = reports(vm);
	if (!before)
		refuse(error, -ENOMEM, "no memory");
	else if (!papr_vm_change_policy(vm, policy, error))
		changes = changes_json(vm, before);
	free(before);
	papr_policy_free(policy);
	return changes;
}
