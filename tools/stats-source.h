/* SPDX-License-Identifier: BSD-2-Clause */
/* Where papr stats, papr top and papr advise have their numbers from. */
#ifndef TOOLS_STATS_SOURCE_H
#define TOOLS_STATS_SOURCE_H

#include <stdint.h>

#include <jansson.h>
#include <papr/error.h>

#include "tools/qmp-client.h"

#define STATS_ALL_CPUS UINT32_MAX

/* "--cpu 3": 0 or -EINVAL and a sentence. */
int stats_cpu_parse(const char *text, uint32_t *cpu, struct papr_error *error);

/* What papr-stats says now; NULL and a sentence. */
json_t *stats_ask(struct qmp_client *client, uint32_t cpu,
		  struct papr_error *error);

/*
 * Of a control socket, or of a file in which that was kept, which has no
 * @cpu to choose; NULL and a sentence.
 */
json_t *stats_get(const char *path, uint32_t cpu, struct papr_error *error);

/* A papr run with this control socket counts anew; -errno and a sentence. */
int stats_reset(const char *path, struct papr_error *error);

#endif
