/* SPDX-License-Identifier: BSD-2-Clause */
/* papr-plug and its kin: the arguments, and connectors as JSON. */
#ifndef VMM_QMP_PLUG_H
#define VMM_QMP_PLUG_H

#include <jansson.h>
#include <papr/connector.h>

struct qmp;

/* Commands of struct qmp: a result, or NULL and a sentence. */
json_t *qmp_plug(struct qmp *qmp, const json_t *args,
		 struct papr_error *error);
json_t *qmp_unplug(struct qmp *qmp, const json_t *args,
		   struct papr_error *error);
json_t *qmp_query_connectors(struct qmp *qmp, const json_t *args,
			     struct papr_error *error);

/* What a connector is: a new object. */
json_t *qmp_connector_json(const struct papr_connector *connector);

#endif
