/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host can do: read from a live kernel, or a model of a known one.
 * With it a policy can be resolved anywhere, on any machine.
 */
#ifndef PAPR_HOST_H
#define PAPR_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/catalogue.h>
#include <papr/error.h>
#include <papr/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum papr_flavour - which of Linux's KVM implementations answers
 * @PAPR_FLAVOUR_NONE: no POWER KVM here
 * @PAPR_FLAVOUR_HV: KVM-HV on bare metal
 * @PAPR_FLAVOUR_NESTED: KVM-HV inside a partition
 * @PAPR_FLAVOUR_PR: KVM-PR
 */
enum papr_flavour {
	PAPR_FLAVOUR_NONE,
	PAPR_FLAVOUR_HV,
	PAPR_FLAVOUR_NESTED,
	PAPR_FLAVOUR_PR,
};

const char *papr_flavour_name(enum papr_flavour flavour);

/**
 * enum papr_cap - the sPAPR capabilities of KVM, in the order of caps.def
 *
 * papr_cap_info() gives name, KVM's number and meaning of each.
 */
enum papr_cap {
	PAPR_CAP_ENABLE_HCALL,
	PAPR_CAP_SMT,
	PAPR_CAP_SMT_POSSIBLE,
	PAPR_CAP_NESTED_HV,
	PAPR_CAP_FWNMI,
	PAPR_CAP_PAPR,
	PAPR_CAP_MMU_RADIX,
	PAPR_CAP_MMU_HASH_V3,
	PAPR_CAP_IRQ_XICS,
	PAPR_CAP_IRQ_XIVE,
	PAPR_CAP_RTAS,
	PAPR_CAP_AIL_MODE_3,
	PAPR_CAP_RPT_INVALIDATE,
	PAPR_CAP_HWRNG,
	PAPR_CAP_SPAPR_TCE,
	PAPR_CAP_SPAPR_MULTITCE,
	PAPR_CAP_ALLOC_HTAB,
	PAPR_CAP_RESIZE_HPT,
	PAPR_CAP_DAWR1,
	PAPR_CAPS,
};

/** struct papr_cap_info - what is known of a capability on every host */
struct papr_cap_info {
	const char *name;	/**< such as "KVM_CAP_PPC_SMT" */
	uint32_t number;	/**< KVM's number of it */
	const char *meaning;	/**< in a few words */
};

/** papr_cap_info - what a capability is; NULL if @cap is none */
const struct papr_cap_info *papr_cap_info(enum papr_cap cap);

/**
 * struct papr_host - one host
 * @size: sizeof(struct papr_host), set by the caller
 * @name: "live", or the name of the model
 * @flavour: which KVM
 * @isa: the Power ISA level of its processors times 100: 207, 300, 310
 * @pvr: the processor version register, 0 where unknown
 * @threads: hardware threads of a core the kernel lets one guest core have
 *	(threads per subcore on POWER8; 8 elsewhere, as they are emulated)
 * @nested_param: module parameter kvm_hv.nested: 1 on, 0 off, -1 unknown
 *
 * @cap: what KVM_CHECK_EXTENSION answers for each capability; at the end, where
 *	it can grow
 *
 * nested_param and pvr explain refusals, nothing is decided by them.
 */
struct papr_host {
	size_t size;
	char name[16];
	enum papr_flavour flavour;
	uint32_t isa;
	uint32_t pvr;
	uint32_t threads;
	int32_t nested_param;
	int32_t cap[PAPR_CAPS];
};

/**
 * papr_host_model - a host that is known without being there
 * @name: "power8", "power9", "power10" (KVM-HV on bare metal), "nested"
 *	(KVM-HV in a POWER9 partition) or "pr" (KVM-PR)
 *
 * Returns: 0; -ENOENT for another @name, with the names there are;
 * -E2BIG as for every structure with a size.
 */
int papr_host_model(const char *name, struct papr_host *host,
		    struct papr_error *error);

/**
 * papr_host_model_name - the names of the models, NULL after the last
 */
const char *papr_host_model_name(unsigned int index);

/**
 * enum papr_accepted - what the kernel said to the route that was asked for
 * @PAPR_ACCEPTED_ON: the kernel answers it now
 * @PAPR_ACCEPTED_OFF: the kernel was told not to answer it
 * @PAPR_ACCEPTED_REFUSED: the ioctl failed; the call stays as it was
 * @PAPR_ACCEPTED_FIXED: in the kernel, and there is no switch for it
 * @PAPR_ACCEPTED_NONE: the kernel does not know the call
 */
enum papr_accepted {
	PAPR_ACCEPTED_ON,
	PAPR_ACCEPTED_OFF,
	PAPR_ACCEPTED_REFUSED,
	PAPR_ACCEPTED_FIXED,
	PAPR_ACCEPTED_NONE,
};

const char *papr_accepted_name(enum papr_accepted accepted);

/**
 * enum papr_effective - who really answers
 * @PAPR_EFFECTIVE_KERNEL: the kernel, always
 * @PAPR_EFFECTIVE_KERNEL_USER: the kernel, and this library what it hands over
 * @PAPR_EFFECTIVE_USER: this library
 * @PAPR_EFFECTIVE_VMM: the program that uses the library
 * @PAPR_EFFECTIVE_DENIED: H_FUNCTION, by policy
 * @PAPR_EFFECTIVE_NOBODY: H_FUNCTION, as nobody implements it
 */
enum papr_effective {
	PAPR_EFFECTIVE_KERNEL,
	PAPR_EFFECTIVE_KERNEL_USER,
	PAPR_EFFECTIVE_USER,
	PAPR_EFFECTIVE_VMM,
	PAPR_EFFECTIVE_DENIED,
	PAPR_EFFECTIVE_NOBODY,
};

const char *papr_effective_name(enum papr_effective effective);

/**
 * struct papr_route_report - the three columns for one call
 * @call: which call
 * @requested: what the policy says
 * @accepted: what the kernel said
 * @effective: who really answers
 * @reason: why @effective is not what was requested, or why the kernel has
 *	nothing but H_FUNCTION for the call, a sentence; else ""
 */
struct papr_route_report {
	const struct papr_call_info *call;
	enum papr_route requested;
	enum papr_accepted accepted;
	enum papr_effective effective;
	const char *reason;
};

/**
 * papr_route_predict - what a policy would do on a host
 * @report: one element per hypercall, papr_hcall_count() of them, in the
 *	order of the catalogue
 *
 * Returns: 0; -EINVAL for a policy that tears a stateful group apart;
 * -EOPNOTSUPP where "kernel!" asks for what this host cannot do.  @error
 * names the call and says how to go on; @report is complete all the same.
 */
int papr_route_predict(const struct papr_policy *policy,
		       const struct papr_host *host,
		       struct papr_route_report *report,
		       struct papr_error *error);

#ifdef __cplusplus
}
#endif
#endif
