/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include "vmm/trace.h"
#include "vmm/util.h"

/* Many more than an RTAS call with all its arguments has. */
#define LINE_SIZE 4096

int trace_open(struct trace *trace, const char *path,
	       struct papr_error *error)
{
	int ret;

	if (!path)
		return 0;
	ret = output_open(&trace->output, path, error);
	if (ret)
		return ret;
	pthread_mutex_init(&trace->lock, NULL);
	/* Who reads a pipe wants to see calls when they happen. */
	if (!trace->output.temp)
		setvbuf(trace->output.stream, NULL, _IOLBF, 0);
	trace->on = true;
	return 0;
}

int trace_line(struct trace *trace, const struct papr_trace *call,
	       struct papr_error *error)
{
	char line[LINE_SIZE];
	size_t len = papr_trace_format(call, line, sizeof(line));
	int ret = 0;

	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	line[len++] = '\n';

	pthread_mutex_lock(&trace->lock);
	if (!trace->broken &&
	    fwrite(line, 1, len, trace->output.stream) < len) {
		trace->broken = true;
		ret = output_fail(&trace->output, errno, error);
	}
	pthread_mutex_unlock(&trace->lock);
	return ret;
}

int trace_close(struct trace *trace, struct papr_error *error)
{
	int ret = 0;

	if (!trace->on)
		return 0;
	if (trace->broken)
		output_discard(&trace->output);
	else
		ret = output_commit(&trace->output, error);
	pthread_mutex_destroy(&trace->lock);
	trace->on = false;
	return ret;
}
