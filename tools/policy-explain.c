/* SPDX-License-Identifier: BSD-2-Clause */
/* papr policy explain: what becomes of one call, in sentences. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tools/policy.h"

static void explain_fault(const struct papr_fault *fault,
			  const struct papr_call_info *call)
{
	char words[400];

	if (!fault)
		return;
	papr_fault_describe(fault, call, words, sizeof(words));
	printf("Fault:   it %s%s\n", fault->delay_us ? "comes " : "", words);
}

static void explain_policy(const struct job *job,
			   const struct papr_call_info *call,
			   enum papr_route route)
{
	static const char *const kinds[] = {
		[PAPR_POLICY_NOTHING] = "says nothing, so it is",
		[PAPR_POLICY_DEFAULT] = "routes it by its default to",
		[PAPR_POLICY_SET] = "routes its function set to",
		[PAPR_POLICY_CALL] = "routes it by name to",
	};
	unsigned int line;
	enum papr_policy_source source = papr_policy_source(job->policy, call,
							    &line);

	printf("Policy:  %s", job->path);
	if (line)
		printf(", line %u,", line);
	printf(" %s %s%s\n", kinds[source], papr_route_name(route),
	       papr_policy_logged(job->policy, call) ? ", and logs it" : "");
	explain_fault(papr_policy_fault(job->policy, call), call);
}

static const char *kernel_words(const struct job *job,
				const struct papr_call_info *call)
{
	static const char *const words[] = {
		[PAPR_KERNEL_NONE] = "does not know the call",
		[PAPR_KERNEL_FIXED] = "has it, and no switch for it",
		[PAPR_KERNEL_OFF] = "has it, switched off in a new VM",
		[PAPR_KERNEL_ON] = "has it, switched on in a new VM",
	};

	if (job->host.flavour == PAPR_FLAVOUR_NONE)
		return words[PAPR_KERNEL_NONE];
	return words[job->host.flavour == PAPR_FLAVOUR_PR ?
		     papr_hcall_kernel_pr(call) : papr_hcall_kernel_hv(call)];
}

void explain_hcall(const struct job *job, const struct papr_call_info *call)
{
	static const char *const accepted[] = {
		[PAPR_ACCEPTED_ON] = "; it is to answer it",
		[PAPR_ACCEPTED_OFF] = "; it is told not to answer it",
		[PAPR_ACCEPTED_REFUSED] = "; it refuses",
		[PAPR_ACCEPTED_FIXED] = "",
		[PAPR_ACCEPTED_NONE] = "",
	};
	static const char *const effective[] = {
		[PAPR_EFFECTIVE_KERNEL] = "the kernel answers it",
		[PAPR_EFFECTIVE_KERNEL_USER] = "the kernel answers it, and "
			"this library what the kernel hands over",
		[PAPR_EFFECTIVE_USER] = "this library answers it",
		[PAPR_EFFECTIVE_VMM] = "the program that uses the library "
			"answers it",
		[PAPR_EFFECTIVE_DENIED] = "the guest gets H_FUNCTION, and is "
			"not told of its function set",
		[PAPR_EFFECTIVE_NOBODY] = "nobody answers it: the guest gets "
			"H_FUNCTION",
	};
	const struct papr_route_report *r = &job->report[call->index];

	printf("%s is hypercall 0x%x of %s\n", call->name, call->number,
	       call->set);
	explain_policy(job, call, r->requested);
	printf("Kernel:  %s (%s) %s%s\n", job->host.name,
	       papr_flavour_name(job->host.flavour), kernel_words(job, call),
	       accepted[r->accepted]);
	printf("Outcome: %s\n", effective[r->effective]);
	if (*r->reason)
		printf("Reason:  %s\n", r->reason);
}

/* Interrupt sources are this library's only with interrupt presentation. */
static bool library_answers(const struct job *job,
			    const struct papr_call_info *call)
{
	if (!papr_rtas_in_kernel(call))
		return papr_rtas_has_handler(call);
	for (size_t i = 0; i < papr_hcall_count(); i++)
		if (!strcmp(job->report[i].call->set, "hcall-interrupt") &&
		    job->report[i].effective == PAPR_EFFECTIVE_USER)
			return true;
	return false;
}

void explain_rtas(const struct job *job, const struct papr_call_info *call)
{
	enum papr_route route = papr_policy_rtas_route(job->policy, call);
	const char *outcome = "nobody answers it";

	if (route == PAPR_ROUTE_KERNEL && job->host.cap[PAPR_CAP_RTAS] &&
	    job->host.cap[PAPR_CAP_IRQ_XICS])
		outcome = "the kernel answers it";
	else if (route != PAPR_ROUTE_DENY && library_answers(job, call))
		outcome = "this library answers it";
	printf("%s is RTAS call 0x%x\n", call->name, call->number);
	explain_policy(job, call, route);
	printf("Kernel:  %s (%s) %s\n", job->host.name,
	       papr_flavour_name(job->host.flavour),
	       papr_rtas_in_kernel(call) ? "can answer it" :
	       "does not know the call");
	printf("Outcome: %s\n", outcome);
}
