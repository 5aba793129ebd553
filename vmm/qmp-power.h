/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands for a guest that sleeps. */
#ifndef VMM_QMP_POWER_H
#define VMM_QMP_POWER_H

#include <jansson.h>
#include <papr/error.h>

#include "vmm/qmp.h"

/* Its events come from the machine. */
json_t *qmp_system_wakeup(struct qmp *qmp, const json_t *args,
			  struct papr_error *error);

json_t *qmp_papr_offer_suspend(struct qmp *qmp, const json_t *args,
			       struct papr_error *error);

#endif
