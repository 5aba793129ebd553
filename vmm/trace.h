/* SPDX-License-Identifier: BSD-2-Clause */
/* --trace: a line for each call that came to userspace. */
#ifndef VMM_TRACE_H
#define VMM_TRACE_H

#include <pthread.h>
#include <stdbool.h>

#include <papr/vm.h>

#include "vmm/file.h"

/* @lock keeps lines whole: every vCPU's thread writes them. */
struct trace {
	pthread_mutex_t lock;
	struct output output;
	bool on;
	bool broken;		/* a write failed, there will be no file */
};

/* @path NULL: there is no trace. */
int trace_open(struct trace *trace, const char *path,
	       struct papr_error *error);

/* Any thread; the first line that cannot be written is the only error. */
int trace_line(struct trace *trace, const struct papr_trace *call,
	       struct papr_error *error);

/* Finishes the file; a broken one is removed. */
int trace_close(struct trace *trace, struct papr_error *error);

#endif
