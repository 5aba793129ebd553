/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that fail on purpose: what a policy wants, and how far it has got. */
#ifndef SPAPR_FAULT_H
#define SPAPR_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/policy.h>

struct papr_vcpu;
struct fault;

#define FAULT_MAX_DELAY_US 2000000u

/*
 * Checks a fault by itself and against @call, NULL for a set of calls:
 * 0, or -EINVAL and a sentence.
 */
int fault_check(const struct papr_fault *fault,
		const struct papr_call_info *call, struct papr_error *error);

/*
 * One option of a policy's file, "every" and "3".  @rtas: of an RTAS call.
 * Returns 0; -ENOENT if there is no such option; -EINVAL and a sentence.
 */
int fault_set_option(struct papr_fault *fault, bool rtas, const char *key,
		     const char *value, struct papr_error *error);

/* One line of "when": an argument of @call and its value. */
int fault_set_when(struct papr_fault *fault, const struct papr_call_info *call,
		   const char *arg, const char *value,
		   struct papr_error *error);

bool fault_same(const struct papr_fault *a, const struct papr_fault *b);

/* The running state for @vcpus vCPUs, of one user; NULL without memory. */
struct fault *fault_new(const struct papr_fault *config,
			const struct papr_call_info *call, uint32_t vcpus);

/*
 * The same for one user more, if it is of @config; else NULL.  Users come and
 * go under papr_vm.routes_lock.  NULL is allowed.
 */
struct fault *fault_share(struct fault *fault, const struct papr_fault *config);
void fault_release(struct fault *fault);

/*
 * A call of @vcpu begins.  True if it is not to be answered but to return
 * @status; @rets is written where a token to continue with belongs.  @args
 * loses such a token.  Sleeps if the fault is a delay.
 */
bool fault_strikes(struct fault *fault, struct papr_vcpu *vcpu,
		   uint64_t *args, uint64_t *rets, int64_t *status);

#endif
