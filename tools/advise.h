/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * papr advise: which calls of a recorded run others should answer.
 *
 *	advise-read.c	recordings and files of costs
 *	advise-plan.c	what is to be gained, call by call
 *	advise-show.c	the plan as tables, as JSON and as a policy
 */
#ifndef TOOLS_ADVISE_H
#define TOOLS_ADVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>
#include <papr/papr.h>

/* One hypercall of a recording. */
struct advise_call {
	bool seen;			/* it has a row */
	enum papr_route requested;	/* PAPR_ROUTE_KERNEL if it has none */
	enum papr_effective effective;
	uint64_t user, vmm, denied, nobody;
	uint64_t on_purpose;
	uint64_t kernel;
	bool kernel_known;
	uint64_t timed, total_ns;	/* of its answers in userspace */
};

struct recording {
	enum papr_flavour flavour;	/* NONE if it does not say */
	uint32_t isa;
	uint64_t elapsed_ns;		/* 0 if it does not say */
	uint64_t cpus;
	struct advise_call *call;	/* papr_hcall_count() of them */
};

/* What calls cost a guest on one host; 0 is unknown. */
struct costs {
	enum papr_flavour flavour;
	uint32_t isa;
	uint64_t exit_ns;	/* out of the guest and back, no answer */
	uint64_t user_ns;	/* any call that userspace answers */
	uint64_t kernel_ns;	/* any call that the kernel answers */
	struct call_costs {
		uint64_t user_ns, kernel_ns;
	} *call;		/* papr_hcall_count() of them */
};

/* 0, or -EINVAL or -ENOMEM and a sentence; to be freed if 0. */
int recording_read(const json_t *json, struct recording *recording,
		   struct papr_error *error);
void recording_free(struct recording *recording);
int costs_read(const json_t *json, struct costs *costs,
	       struct papr_error *error);
void costs_free(struct costs *costs);

/* The model that is most like where it was recorded; -EINVAL if none is. */
int recording_host(const struct recording *recording, struct papr_host *host,
		   struct papr_error *error);

enum advice {
	ADVICE_NONE,		/* nothing is to be said of it */
	ADVICE_KERNEL,		/* to be answered by the kernel */
	ADVICE_USER,		/* by this library */
	ADVICE_LEAVE,		/* could be moved and should not */
	ADVICE_STAY,		/* in userspace, as nobody else can */
};

struct advised {
	const struct papr_call_info *call;
	enum advice advice;
	uint64_t count;		/* of what would be answered by another */
	int64_t gain_ns;	/* of all of them, if @known */
	bool known;
	bool at_most;		/* the kernel may hand some over */
	bool user_recorded;	/* time of the answer is the recording's */
	const char *why;
	const char *shares;	/* what all of its group move with, or NULL */
	int64_t group_ns;	/* the sum of its group, to sort by */
};

struct plan {
	const struct papr_host *host;
	const struct recording *recording;
	const struct costs *costs;	/* NULL if there is no file */
	struct advised *call;		/* of each, in the order to show */
	size_t n;
};

/* @keep are the names of calls to leave, up to NULL; 0 or -ENOMEM. */
int plan_make(struct plan *plan, const struct papr_host *host,
	      const struct recording *recording, const struct costs *costs,
	      const char *const *keep, struct papr_error *error);
void plan_free(struct plan *plan);

/* How many calls have this advice. */
size_t plan_count(const struct plan *plan, enum advice advice);

/* Write errors are left to the stream. */
void plan_text(FILE *to, const struct plan *plan);
json_t *plan_json(const struct plan *plan);

/* A policy that follows the plan, to be freed; NULL without memory. */
char *plan_policy(const struct plan *plan);

#endif
