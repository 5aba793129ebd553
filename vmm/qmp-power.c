/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "vmm/qmp-power.h"
#include "vmm/util.h"

json_t *qmp_system_wakeup(struct qmp *qmp, const json_t *args,
			  struct papr_error *error)
{
	(void)args;
	if (qmp->ops->wakeup(qmp->machine, error))
		return NULL;
	return json_object();
}

json_t *qmp_papr_offer_suspend(struct qmp *qmp, const json_t *args,
			       struct papr_error *error)
{
	const json_t *stream = json_object_get(args, "stream");

	if (json_integer_value(stream) <= 0) {
		refuse(error, 0, "Parameter 'stream' must be a number, and not "
		       "0");
		return NULL;
	}
	if (qmp->ops->offer_suspend(qmp->machine, json_integer_value(stream),
				    error))
		return NULL;
	return json_object();
}
