/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "vmm/pace.h"
#include "vmm/qmp-migrate.h"
#include "vmm/util.h"

#define FILE_PREFIX "file:"
#define UNIX_PREFIX "unix:"

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with)) && text[strlen(with)];
}

/* To a socket the guest is copied while it runs, and this is the beginning. */
json_t *qmp_migrate(struct qmp *qmp, const json_t *args,
		    struct papr_error *error)
{
	const char *uri = json_string_value(json_object_get(args, "uri"));

	if (!uri || !(begins(uri, FILE_PREFIX) || begins(uri, UNIX_PREFIX))) {
		refuse(error, 0, "Parameter 'uri' must be file:NAME or "
		       "unix:SOCKET");
		return NULL;
	}
	if (begins(uri, FILE_PREFIX))
		uri += strlen(FILE_PREFIX);
	if (qmp->ops->migrate(qmp->machine, uri, error))
		return NULL;
	return json_object();
}

/* As QEMU's, it has nothing against there being none. */
json_t *qmp_migrate_cancel(struct qmp *qmp, const json_t *args,
			   struct papr_error *error)
{
	(void)args, (void)error;
	qmp->ops->migrate_cancel(qmp->machine);
	return json_object();
}

json_t *qmp_query_migrate(struct qmp *qmp, const json_t *args,
			  struct papr_error *error)
{
	(void)args, (void)error;
	return qmp->ops->migration(qmp->machine);
}

/* Stays as it is if it is not named; false if it is no number up to @max. */
static bool take_number(const json_t *args, const char *name, uint64_t max,
			uint64_t *to)
{
	const json_t *value = json_object_get(args, name);
	json_int_t number = json_integer_value(value);

	if (!value)
		return true;
	if (!json_is_integer(value) || number < 0 || (uint64_t)number > max)
		return false;
	*to = number;
	return true;
}

/* All or none of them, also for a guest that is on its way. */
json_t *qmp_migrate_set_parameters(struct qmp *qmp, const json_t *args,
				   struct papr_error *error)
{
	struct migrate_parameters *to =
		qmp->ops->migrate_parameters(qmp->machine);
	struct migrate_parameters set = *to;

	if (!take_number(args, "max-bandwidth", INT64_MAX,
			 &set.max_bandwidth)) {
		refuse(error, 0, "Parameter 'max-bandwidth' must be a number "
		       "of bytes a second");
		return NULL;
	}
	if (!take_number(args, "downtime-limit", DOWNTIME_LIMIT_MAX,
			 &set.downtime_limit)) {
		refuse(error, 0, "Parameter 'downtime-limit' must be 0 to %u "
		       "milliseconds", DOWNTIME_LIMIT_MAX);
		return NULL;
	}
	*to = set;
	return json_object();
}

json_t *qmp_query_migrate_parameters(struct qmp *qmp, const json_t *args,
				     struct papr_error *error)
{
	const struct migrate_parameters *now =
		qmp->ops->migrate_parameters(qmp->machine);

	(void)args, (void)error;
	return json_pack("{s:I, s:I}",
			 "max-bandwidth", (json_int_t)now->max_bandwidth,
			 "downtime-limit", (json_int_t)now->downtime_limit);
}
