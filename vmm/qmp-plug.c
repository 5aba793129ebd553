/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include "vmm/qmp-plug.h"
#include "vmm/qmp.h"
#include "vmm/util.h"

static const char *const kinds[] = {
	[PAPR_CONNECTOR_CORE] = "core",
	[PAPR_CONNECTOR_LMB] = "lmb",
};

static const char *const states[] = {
	[PAPR_CONNECTOR_EMPTY] = "empty",
	[PAPR_CONNECTOR_UNUSABLE] = "unusable",
	[PAPR_CONNECTOR_AVAILABLE] = "available",
	[PAPR_CONNECTOR_UNISOLATED] = "unisolated",
	[PAPR_CONNECTOR_CONFIGURED] = "configured",
};

json_t *qmp_connector_json(const struct papr_connector *c)
{
	return json_pack("{s:I, s:I, s:s, s:b}", kinds[c->kind],
			 (json_int_t)c->number, "drc-index",
			 (json_int_t)c->index, "state", states[c->state],
			 "leaving", c->leaving);
}

/* One of the two, a number. */
static int parse(const json_t *args, enum papr_connector_kind *kind,
		 uint32_t *number, struct papr_error *error)
{
	const json_t *core = json_object_get(args, "core");
	const json_t *lmb = json_object_get(args, "lmb");
	const json_t *value = core ? core : lmb;

	if (!core == !lmb)
		return refuse(error, -EINVAL, "Parameter 'core' or 'lmb' must "
			      "be given, and not both");
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > UINT32_MAX)
		return refuse(error, -EINVAL, "Parameter '%s' must be the "
			      "number of one", core ? "core" : "lmb");
	*kind = core ? PAPR_CONNECTOR_CORE : PAPR_CONNECTOR_LMB;
	*number = json_integer_value(value);
	return 0;
}

json_t *qmp_plug(struct qmp *qmp, const json_t *args,
		 struct papr_error *error)
{
	enum papr_connector_kind kind;
	uint32_t number;

	if (parse(args, &kind, &number, error) ||
	    qmp->ops->plug(qmp->machine, kind, number, error))
		return NULL;
	return json_object();
}

json_t *qmp_unplug(struct qmp *qmp, const json_t *args,
		   struct papr_error *error)
{
	enum papr_connector_kind kind;
	uint32_t number;

	if (parse(args, &kind, &number, error) ||
	    qmp->ops->unplug(qmp->machine, kind, number, error))
		return NULL;
	return json_object();
}

json_t *qmp_query_connectors(struct qmp *qmp, const json_t *args,
			     struct papr_error *error)
{
	(void)args, (void)error;
	return qmp->ops->connectors(qmp->machine);
}
