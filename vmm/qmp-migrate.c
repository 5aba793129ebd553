/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "vmm/qmp-migrate.h"
#include "vmm/util.h"

#define FILE_PREFIX "file:"
#define UNIX_PREFIX "unix:"

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with)) && text[strlen(with)];
}

/* QEMU answers at once and copies meanwhile; here it is done by then. */
json_t *qmp_migrate(struct qmp *qmp, const json_t *args,
		    struct papr_error *error)
{
	const char *uri = json_string_value(json_object_get(args, "uri"));
	bool ran = !strcmp(qmp->ops->status(qmp->machine), "running");

	if (!uri || !(begins(uri, FILE_PREFIX) || begins(uri, UNIX_PREFIX))) {
		refuse(error, 0, "Parameter 'uri' must be file:NAME or "
		       "unix:SOCKET");
		return NULL;
	}
	if (begins(uri, FILE_PREFIX))
		uri += strlen(FILE_PREFIX);
	if (qmp->ops->migrate(qmp->machine, uri, error))
		return NULL;
	if (ran)
		qmp->wire->event(qmp->peer, "STOP", NULL);
	return json_object();
}

json_t *qmp_query_migrate(struct qmp *qmp, const json_t *args,
			  struct papr_error *error)
{
	(void)args, (void)error;
	return qmp->ops->migration(qmp->machine);
}
