/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine check as a client of the control socket asks for it. */
#ifndef VMM_QMP_INJECT_H
#define VMM_QMP_INJECT_H

#include <jansson.h>
#include <papr/error.h>

struct qmp;

/* Whether papr-inject takes them: 0, or -EINVAL and a sentence. */
int qmp_inject_check(const json_t *args, struct papr_error *error);

/* Commands of struct qmp: a result, or NULL and a sentence. */
json_t *qmp_papr_inject(struct qmp *qmp, const json_t *args,
			struct papr_error *error);
json_t *qmp_papr_cancel_injection(struct qmp *qmp, const json_t *args,
				  struct papr_error *error);
json_t *qmp_papr_query_injections(struct qmp *qmp, const json_t *args,
				  struct papr_error *error);

#endif
