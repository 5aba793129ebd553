/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy, a host and what comes of the two: for tests of routes. */
#ifndef TESTS_ROUTES_FIXTURE_H
#define TESTS_ROUTES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <papr/host.h>

#include "hcalls/catalogue.h"
#include "tests/fake-host.h"

struct fixture {
	struct papr_policy *policy;
	struct papr_host host;
	struct papr_route_report report[HCALL_ROWS];
	struct papr_error error;
	struct fake_host *fake;
};

int routes_setup(void **state);
int routes_teardown(void **state);

/* The policy of @text, the model of a host; the test fails if there is none. */
void use_policy(struct fixture *f, const char *text);
void use_host(struct fixture *f, const char *model);

/* papr_route_predict() of both, into @f->report and @f->error. */
int predict(struct fixture *f);

#endif
