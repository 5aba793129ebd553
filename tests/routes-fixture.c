/* SPDX-License-Identifier: BSD-2-Clause */
#include <talloc.h>

#include "tests/routes-fixture.h"

int routes_setup(void **state)
{
	struct fixture *f = talloc_zero(NULL, struct fixture);

	f->host.size = sizeof(f->host);
	*state = f;
	return papr_policy_new(&f->policy);
}

int routes_teardown(void **state)
{
	struct fixture *f = *state;

	papr_policy_free(f->policy);
	talloc_free(f);
	return 0;
}

void use_policy(struct fixture *f, const char *text)
{
	papr_policy_free(f->policy);
	f->policy = NULL;
	if (papr_policy_parse(text, strlen(text), "policy", &f->policy,
			      &f->error))
		fail_msg("%s", f->error.text);
}

void use_host(struct fixture *f, const char *model)
{
	f->host.size = sizeof(f->host);
	if (papr_host_model(model, &f->host, &f->error))
		fail_msg("%s", f->error.text);
}

int predict(struct fixture *f)
{
	f->error.text[0] = '\0';
	return papr_route_predict(f->policy, &f->host, f->report, &f->error);
}
