/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine check as a client of the control socket asks for it. */
#ifndef VMM_QMP_INJECT_H
#define VMM_QMP_INJECT_H

#include <stdint.h>

#include <jansson.h>
#include <papr/elog.h>
#include <papr/error.h>

/*
 * From the arguments of papr-inject, which are known to be no others: fills
 * @info and @cpu, the index of the vCPU.  0 or -EINVAL and a sentence.
 */
int qmp_inject_parse(const json_t *args, struct papr_mc_info *info,
		     uint32_t *cpu, struct papr_error *error);

#endif
