/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine check as a client of the control socket asks for it. */
#ifndef VMM_QMP_INJECT_H
#define VMM_QMP_INJECT_H

#include <stdint.h>

#include <jansson.h>
#include <papr/elog.h>
#include <papr/error.h>
#include <papr/fwnmi.h>

/* @what points to @info. */
struct qmp_injection {
	uint32_t cpu;			/* its index */
	struct papr_mc_info info;
	struct papr_injection what;
};

/*
 * From the arguments of papr-inject, which are known to be no others: fills
 * @injection.  0 or -EINVAL and a sentence.
 */
int qmp_inject_parse(const json_t *args, struct qmp_injection *injection,
		     struct papr_error *error);

/* From those of papr-cancel-injection. */
int qmp_inject_parse_id(const json_t *args, uint64_t *id,
			struct papr_error *error);

#endif
