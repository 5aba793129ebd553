/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/stats-source.h"
#include "vmm/util.h"

/* As much as a socket may say at once. */
#define MAX_FILE (1024 * 1024)

int stats_cpu_parse(const char *text, uint32_t *cpu, struct papr_error *error)
{
	uint64_t value;

	if (number_parse(text, &value, NULL) || value >= STATS_ALL_CPUS)
		return refuse(error, -EINVAL, "--cpu %s: not the index of a "
			      "virtual processor, from 0 on", text);
	*cpu = value;
	return 0;
}

/* @stats is stolen and returned, or NULL and a sentence. */
static json_t *check(json_t *stats, const char *path, struct papr_error *error)
{
	if (json_is_array(json_object_get(stats, "hcalls")))
		return stats;
	json_decref(stats);
	refuse(error, -EINVAL, "%.128s: these are no statistics of papr run",
	       path);
	return NULL;
}

json_t *stats_ask(struct qmp_client *client, uint32_t cpu,
		  struct papr_error *error)
{
	json_t *args = NULL, *stats;

	if (cpu != STATS_ALL_CPUS)
		args = json_pack("{s:I}", "cpu-index", (json_int_t)cpu);
	stats = qmp_client_execute(client, "papr-stats", args, error);
	return stats ? check(stats, "the machine", error) : NULL;
}

static json_t *from_socket(const char *path, uint32_t cpu,
			   struct papr_error *error)
{
	struct qmp_client *client;
	json_t *stats;

	if (qmp_client_open(path, &client, error))
		return NULL;
	stats = stats_ask(client, cpu, error);
	qmp_client_close(client);
	return stats;
}

static json_t *from_file(const char *path, const struct stat *st,
			 struct papr_error *error)
{
	json_error_t why;
	json_t *stats;

	if (!S_ISREG(st->st_mode) || st->st_size > MAX_FILE) {
		refuse(error, -EINVAL, "%.128s: neither a control socket nor "
		       "a file of statistics", path);
		return NULL;
	}
	stats = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (!stats) {
		refuse(error, -EINVAL, "%.128s:%d: %s", path, why.line,
		       why.text);
		return NULL;
	}
	return check(stats, path, error);
}

json_t *stats_get(const char *path, uint32_t cpu, struct papr_error *error)
{
	struct stat st;

	if (stat(path, &st)) {
		refuse(error, -errno, "%.128s: %s", path, strerror(errno));
		return NULL;
	}
	if (S_ISSOCK(st.st_mode))
		return from_socket(path, cpu, error);
	if (cpu != STATS_ALL_CPUS) {
		refuse(error, -EINVAL, "%.128s: --cpu needs a control socket",
		       path);
		return NULL;
	}
	return from_file(path, &st, error);
}

int stats_reset(const char *path, struct papr_error *error)
{
	struct qmp_client *client;
	json_t *done;
	int ret = qmp_client_open(path, &client, error);

	if (ret)
		return ret;
	done = qmp_client_execute(client, "papr-reset-stats", NULL, error);
	qmp_client_close(client);
	if (!done)
		return -EIO;
	json_decref(done);
	return 0;
}
