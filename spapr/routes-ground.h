/* SPDX-License-Identifier: BSD-2-Clause */
/* Between routes.c, which decides, and routes-apply.c, which switches. */
#ifndef SPAPR_ROUTES_GROUND_H
#define SPAPR_ROUTES_GROUND_H

#include <stdbool.h>

#include <papr/host.h>
#include <papr/policy.h>

#include "hcalls/catalogue.h"

/* What the routes of all calls depend on. */
struct ground {
	const struct papr_policy *policy;
	const struct papr_host *host;
	enum papr_flavour flavour;	/* NONE: nothing can be switched */
	bool xics;			/* interrupts in the kernel ... */
	bool own_xics;			/* ... or in this library, ... */
	bool xive;			/* ... or neither: no XICS, a XIVE */
	bool hpt;			/* the page table can be reached */
	bool hold;			/* vCPUs can be kept out of the guest */
};

/* Fills @xics, @own_xics and @xive: by what the host has for this guest. */
void ground_place_xics(struct ground *g, bool kernel_can, bool can_interrupt);

/* What this host's kernel has for a call. */
enum papr_kernel ground_known(const struct ground *g, int row);
bool ground_switchable(const struct ground *g, int row);

/* Whether the kernel is to answer it. */
bool ground_wanted(const struct ground *g, int row);

/* Fills the effective column and the reason from the other two. */
void ground_settle(const struct ground *g, int row,
		   struct papr_route_report *r);

/* "kernel!" where the kernel does not answer. */
int ground_check_only(const struct ground *g, const struct papr_route_report *r,
		      struct papr_error *error);

/* The reports of all calls with a kernel that says yes. */
int ground_predict(const struct ground *g, struct papr_route_report *report,
		   struct papr_error *error);

#endif
