/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands with which a guest moves: qmp.c has them in its list. */
#ifndef VMM_QMP_MIGRATE_H
#define VMM_QMP_MIGRATE_H

#include "vmm/qmp.h"

json_t *qmp_migrate(struct qmp *qmp, const json_t *args,
		    struct papr_error *error);
json_t *qmp_migrate_cancel(struct qmp *qmp, const json_t *args,
			   struct papr_error *error);
json_t *qmp_query_migrate(struct qmp *qmp, const json_t *args,
			  struct papr_error *error);
json_t *qmp_migrate_set_parameters(struct qmp *qmp, const json_t *args,
				   struct papr_error *error);
json_t *qmp_query_migrate_parameters(struct qmp *qmp, const json_t *args,
				     struct papr_error *error);

#endif
