/* SPDX-License-Identifier: BSD-2-Clause */
/* papr policy apply: changes who answers the calls of a running guest. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tools/papr.h"
#include "tools/policy.h"
#include "tools/qmp-client.h"

#define EXIT_FAILED 1
#define MAX_POLICY (1024 * 1024)

static int fail(const char *sentence)
{
	fprintf(stderr, "papr policy: %s\n", sentence);
	return EXIT_FAILED;
}

/* The file, which has been found to be a policy; to be freed, or NULL. */
static char *read_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = malloc(MAX_POLICY + 1);
	size_t len = 0;

	if (file && text)
		len = fread(text, 1, MAX_POLICY, file);
	if (file && text && !ferror(file)) {
		text[len] = '\0';
	} else {
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

static void print_changes(const json_t *changes)
{
	const char *name, *before, *after, *reason;
	const json_t *change;
	size_t i;

	json_array_foreach(changes, i, change) {
		if (json_unpack((json_t *)change, "{s:s, s:s, s:s, s:s}",
				"name", &name, "before", &before,
				"after", &after, "reason", &reason))
			continue;
		printf("%-28s %s -> %s%s%s\n", name, before, after,
		       *reason ? ": " : "", reason);
	}
	if (!json_array_size(changes))
		puts("every hypercall is answered by whom it was before");
}

static int send_policy(struct job *job, struct qmp_client *client,
		       const char *text)
{
	json_t *args = json_pack("{s:s}", "policy", text), *changes;

	if (!args)
		return fail("the policy is not UTF-8, or out of memory");
	changes = qmp_client_execute(client, "papr-policy-apply", args,
				     &job->error);
	if (!changes)
		return fail(job->error.text);
	print_changes(changes);
	json_decref(changes);
	return 0;
}

int policy_apply(struct job *job)
{
	struct qmp_client *client;
	char *text = read_text(job->path);
	int status;

	if (!text) {
		fprintf(stderr, "%s: %s\n", job->path, strerror(errno));
		return EXIT_USAGE;
	}
	if (qmp_client_open(job->control, &client, &job->error)) {
		status = fail(job->error.text);
	} else {
		status = send_policy(job, client, text);
		qmp_client_close(client);
	}
	free(text);
	return status;
}
