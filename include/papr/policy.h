/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policies: who is to answer each hypercall.  papr-policy(5) describes the
 * file format.
 *
 * A policy is built by one thread and not changed while a VM takes it over;
 * papr_vm_set_policy() copies what it needs.
 */
#ifndef PAPR_POLICY_H
#define PAPR_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/catalogue.h>
#include <papr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum papr_route - who is asked to answer a call
 * @PAPR_ROUTE_KERNEL: the kernel first, userspace what the kernel hands over
 * @PAPR_ROUTE_KERNEL_ONLY: the same, and it is an error where the host's
 *	kernel cannot answer it ("kernel!" in a file)
 * @PAPR_ROUTE_USER: this library, always
 * @PAPR_ROUTE_VMM: the program that uses the library, through
 *	struct papr_vmm_ops
 * @PAPR_ROUTE_DENY: nobody; the guest gets H_FUNCTION and is not told of the
 *	call in its device tree
 */
enum papr_route {
	PAPR_ROUTE_KERNEL,
	PAPR_ROUTE_KERNEL_ONLY,
	PAPR_ROUTE_USER,
	PAPR_ROUTE_VMM,
	PAPR_ROUTE_DENY,
};

/** papr_route_name - "kernel", "kernel!", "user", "vmm" or "deny" */
const char *papr_route_name(enum papr_route route);

struct papr_policy;

/**
 * papr_policy_new - a policy that leaves every call to the kernel first
 *
 * Returns: 0, or -ENOMEM.
 */
int papr_policy_new(struct papr_policy **policy);

/**
 * papr_policy_parse - read a policy from memory
 * @text, @len: the YAML document, UTF-8; need not end in a NUL
 * @name: what to call it in errors, usually its file name
 *
 * Returns: 0; -EINVAL if it is not a policy, the sentence begins with
 * "name:line:column: "; -EFBIG above 1 MiB; -ENOMEM.  @policy is written only
 * on success.
 */
int papr_policy_parse(const char *text, size_t len, const char *name,
		      struct papr_policy **policy, struct papr_error *error);

/**
 * papr_policy_load - read a policy from a file or a pipe
 *
 * Returns: as papr_policy_parse(), or the negative errno of opening or
 * reading.
 */
int papr_policy_load(const char *path, struct papr_policy **policy,
		     struct papr_error *error);

/**
 * papr_policy_set_default - route the calls that nothing else names
 *
 * Returns: 0, or -EINVAL for a @route that is none and for
 * PAPR_ROUTE_KERNEL_ONLY, which no kernel could satisfy for all calls.
 */
int papr_policy_set_default(struct papr_policy *policy, enum papr_route route);

/**
 * papr_policy_set_set - route all calls of a function set
 * @set: as in ibm,hypertas-functions, such as "hcall-tce"
 *
 * Returns: 0; -ENOENT for an unknown set, with the nearest name; -EINVAL.
 */
int papr_policy_set_set(struct papr_policy *policy, const char *set,
			enum papr_route route, struct papr_error *error);

/**
 * papr_policy_set_hcall - route one call
 * @name: as the specification spells it, such as "H_RANDOM"
 *
 * Returns: 0; -ENOENT for an unknown call, with the nearest name; -EINVAL.
 */
int papr_policy_set_hcall(struct papr_policy *policy, const char *name,
			  enum papr_route route, struct papr_error *error);

/**
 * papr_policy_set_rtas - route one RTAS call
 * @name: as in the device tree, such as "ibm,os-term"
 *
 * PAPR_ROUTE_USER and PAPR_ROUTE_DENY for every call; PAPR_ROUTE_KERNEL for
 * those that papr_rtas_in_kernel(), which need nothing said to go there.
 *
 * Returns: 0; -ENOENT for an unknown call, with the nearest name; -EINVAL for
 * another route.
 */
int papr_policy_set_rtas(struct papr_policy *policy, const char *name,
			 enum papr_route route, struct papr_error *error);

/** Arguments that a fault can look at. */
#define PAPR_FAULT_ARGS 4

/**
 * struct papr_fault - a call that fails on purpose, or takes its time
 * @size: sizeof(struct papr_fault)
 * @fails: whether it fails; else it is only slow
 * @status: what it returns then, in r3, or as the status of RTAS
 * @retries: 0: each call stands for itself.  Else a call that has been chosen
 *	fails so many times in a row for the same vCPU with the same arguments,
 *	and is answered then, as calls are that are busy.  Where the call has a
 *	continue token the guest gets one, and must bring it
 * @delay_us: how long it sleeps before, 2 s at most
 * @one_vcpu, @vcpu_id: only calls of this vCPU count
 * @n_args, @arg: only calls count whose arguments, from 0, have these values
 *	in the bits of the mask
 * @after: of those that count so many pass first,
 * @every: then each so many-th is chosen; 0 is 1, all of them
 * @chance, @chances: of these again @chance in @chances, if @chances is not 0,
 *	by a generator that begins with @seed
 * @times: not more than so many are chosen; 0 is without end
 *
 * papr-policy(5) has the same as text.
 */
struct papr_fault {
	size_t size;
	bool fails;
	bool one_vcpu;
	int64_t status;
	uint32_t retries;
	uint32_t delay_us;
	uint32_t vcpu_id;
	uint32_t n_args;
	struct papr_fault_arg {
		uint32_t index;
		uint64_t value;
		uint64_t mask;
	} arg[PAPR_FAULT_ARGS];
	uint64_t after;
	uint64_t every;
	uint64_t times;
	uint32_t chance;
	uint32_t chances;
	uint64_t seed;
};

/**
 * papr_policy_set_fault - let a hypercall or RTAS call fail on purpose
 *
 * Its route must be PAPR_ROUTE_USER or PAPR_ROUTE_VMM, which answers what does
 * not fail: set it first, as setting a route takes the fault away.
 *
 * Returns: 0; -EINVAL for a fault that can never strike, or where the route
 * may be the kernel or nobody.
 */
int papr_policy_set_fault(struct papr_policy *policy,
			  const struct papr_call_info *call,
			  const struct papr_fault *fault,
			  struct papr_error *error);

/** papr_policy_fault - the fault of a hypercall or RTAS call, or NULL */
const struct papr_fault *papr_policy_fault(const struct papr_policy *policy,
					   const struct papr_call_info *call);

/**
 * papr_fault_describe - "H_BUSY, each 3rd, of vCPU 1"
 *
 * Returns: the length without bounds, as snprintf().
 */
size_t papr_fault_describe(const struct papr_fault *fault,
			   const struct papr_call_info *call, char *text,
			   size_t size);

/**
 * papr_policy_set_force - allow what would tear a stateful group apart
 *
 * Without it a policy is refused that routes some calls of a group that share
 * state (interrupt presentation; page table; cede, prod, confer and VPA) to
 * the kernel and others of it to userspace; denying some of them is allowed.
 * It also lets a VM start whose kernel does not let go of a call.
 * "force: true" in a file.
 */
void papr_policy_set_force(struct papr_policy *policy, bool force);

/**
 * papr_policy_route - what the policy says of one call
 *
 * The most specific statement wins: call, then set, then default.
 */
enum papr_route papr_policy_route(const struct papr_policy *policy,
				  const struct papr_call_info *call);

/**
 * papr_policy_rtas_route - what the policy says of one RTAS call
 *
 * Returns: PAPR_ROUTE_USER, PAPR_ROUTE_DENY, or PAPR_ROUTE_KERNEL for a call
 * that the kernel is to answer; not the latter unless the policy leaves the
 * hypercall H_RTAS, which carries them, and interrupt presentation, whose
 * state they share, to the kernel.
 */
enum papr_route papr_policy_rtas_route(const struct papr_policy *policy,
				       const struct papr_call_info *call);

/**
 * papr_policy_logged - whether the policy wants a hypercall or RTAS call logged
 *
 * "log: true" of the statement that decides on its route.
 */
bool papr_policy_logged(const struct papr_policy *policy,
			const struct papr_call_info *call);

/**
 * enum papr_policy_source - which kind of statement decides on a call
 * @PAPR_POLICY_NOTHING: none, it is the built-in default
 * @PAPR_POLICY_DEFAULT: the policy's default
 * @PAPR_POLICY_SET: one on its function set
 * @PAPR_POLICY_CALL: one on the call itself
 */
enum papr_policy_source {
	PAPR_POLICY_NOTHING,
	PAPR_POLICY_DEFAULT,
	PAPR_POLICY_SET,
	PAPR_POLICY_CALL,
};

/**
 * papr_policy_source - which statement decides on a hypercall or RTAS call
 * @line: if not NULL, becomes its line in the policy's file, or 0
 */
enum papr_policy_source papr_policy_source(const struct papr_policy *policy,
					   const struct papr_call_info *call,
					   unsigned int *line);

/** papr_policy_free - free a policy; NULL is allowed */
void papr_policy_free(struct papr_policy *policy);

#ifdef __cplusplus
}
#endif
#endif
