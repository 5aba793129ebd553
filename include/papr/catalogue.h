/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The catalogue: every hypercall and RTAS call there is, whether this library
 * answers it or not.
 *
 * All of it is constant data: nothing to free, any thread at any time, and
 * pointers stay good as long as the library is loaded.  Sources: LoPAR 2.9;
 * for calls it does not have, Linux 6.1 and QEMU 7.2.
 *
 * This header defines no H_ names: programs have macros of their own.
 */
#ifndef PAPR_CATALOGUE_H
#define PAPR_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum papr_arg_kind - what an argument or a result means
 * @PAPR_ARG_VAL: a plain value
 * @PAPR_ARG_FLAGS: a bit mask
 * @PAPR_ARG_LEN: a number of bytes
 * @PAPR_ARG_GPA: a guest real address
 * @PAPR_ARG_ADDR: an effective address
 * @PAPR_ARG_CPU: a server number, which is KVM's vCPU id
 * @PAPR_ARG_KEEP: a register the call leaves as it was
 * @PAPR_ARG_STATUS: the status of an RTAS call
 */
enum papr_arg_kind {
	PAPR_ARG_VAL,
	PAPR_ARG_FLAGS,
	PAPR_ARG_LEN,
	PAPR_ARG_GPA,
	PAPR_ARG_ADDR,
	PAPR_ARG_CPU,
	PAPR_ARG_KEEP,
	PAPR_ARG_STATUS,
};

/**
 * struct papr_arg - one argument or result
 * @name: as the specification spells it; NULL for PAPR_ARG_KEEP
 * @kind: what it means
 * @optional: the caller may leave it out (at the end of some RTAS calls)
 */
struct papr_arg {
	const char *name;
	enum papr_arg_kind kind;
	bool optional;
};

/**
 * struct papr_call_info - one hypercall or RTAS call
 * @name: "H_REMOVE", or for RTAS the name of the property of /rtas,
 *	"ibm,nmi-register"
 * @set: function set as in ibm,hypertas-functions; "a;b" if the call is of
 *	both; in parentheses, "(ehca)", a label of ours for calls of no set.
 *	NULL for RTAS
 * @number: what the guest has in r3, or the RTAS token
 * @index: place in the catalogue, for papr_hcall_at() or papr_rtas_at()
 * @in_count: number of arguments, from r4 on, or of input cells
 * @in_min: the same without the optional ones
 * @out_count: number of results, from r4 on, or of output cells, where the
 *	status of RTAS counts and that of a hypercall (r3) does not
 * @out_min: the same without the optional ones
 * @out_status: RTAS: which output cell the status is, from 0
 * @in_unspecified: no public source defines the arguments; @in_count is 0
 * @out_unspecified: the same for the results
 * @in: the arguments, @in_count of them
 * @out: the results, @out_count of them
 *
 * Members may be added at the end.
 */
struct papr_call_info {
	const char *name;
	const char *set;
	uint32_t number;
	unsigned int index;
	unsigned int in_count;
	unsigned int in_min;
	unsigned int out_count;
	unsigned int out_min;
	unsigned int out_status;
	bool in_unspecified;
	bool out_unspecified;
	const struct papr_arg *in;
	const struct papr_arg *out;
};

/**
 * enum papr_kernel - what Linux's KVM has for a call
 * @PAPR_KERNEL_NONE: nothing; the call always comes to userspace
 * @PAPR_KERNEL_FIXED: a handler that cannot be switched
 * @PAPR_KERNEL_OFF: one that KVM_CAP_PPC_ENABLE_HCALL switches, off at first
 * @PAPR_KERNEL_ON: the same, on at first
 *
 * From Linux 6.1.  What a kernel really does depends on the machine as well:
 * papr_route_predict() tells.
 */
enum papr_kernel {
	PAPR_KERNEL_NONE,
	PAPR_KERNEL_FIXED,
	PAPR_KERNEL_OFF,
	PAPR_KERNEL_ON,
};

/** papr_arg_kind_name - "val", "flags", "len", "gpa", ...; NULL for none */
const char *papr_arg_kind_name(enum papr_arg_kind kind);

/** papr_hcall_count - how many hypercalls the catalogue has */
size_t papr_hcall_count(void);

/**
 * papr_hcall_at - the hypercall at @index, in the order of their numbers
 *
 * Returns: the call, or NULL from papr_hcall_count() on.
 */
const struct papr_call_info *papr_hcall_at(size_t index);

/**
 * papr_hcall_by_name - find a hypercall
 * @name: as Linux, LoPAR or QEMU spell it, upper and lower case as there
 *
 * Returns: the call, or NULL if there is none of that name.
 */
const struct papr_call_info *papr_hcall_by_name(const char *name);

/**
 * papr_hcall_by_number - find a hypercall by what the guest has in r3
 *
 * Two calls have the number 0x1c8; this returns H_GET_CPU_CHARACTERISTICS,
 * which guests mean by it, and not LoPAR's H_RESCIND_LOGICAL.
 *
 * Returns: the call, or NULL if there is none with that number.
 */
const struct papr_call_info *papr_hcall_by_number(uint64_t number);

/**
 * papr_hcall_nearest - the name most like one that does not exist
 *
 * Returns: a name for an error message, or NULL if none is much alike.
 */
const char *papr_hcall_nearest(const char *name);

/**
 * papr_hcall_in_set - whether a call belongs to a function set
 * @set: one set, such as "hcall-splpar"
 */
bool papr_hcall_in_set(const struct papr_call_info *call, const char *set);

/** papr_hcall_set_exists - whether any call belongs to @set */
bool papr_hcall_set_exists(const char *set);

/** papr_hcall_set_nearest - as papr_hcall_nearest(), for function sets */
const char *papr_hcall_set_nearest(const char *set);

/**
 * papr_hcall_kernel_hv - what KVM-HV has for a hypercall
 * papr_hcall_kernel_pr - what KVM-PR has for a hypercall
 */
enum papr_kernel papr_hcall_kernel_hv(const struct papr_call_info *call);
enum papr_kernel papr_hcall_kernel_pr(const struct papr_call_info *call);

/**
 * papr_hcall_shares - what a hypercall has in common with others
 *
 * Returns: "the page table" and so on for calls that kernel and userspace
 * cannot share, each of which would see half of it; NULL for all others.
 */
const char *papr_hcall_shares(const struct papr_call_info *call);

/** papr_hcall_has_handler - whether this library answers a hypercall */
bool papr_hcall_has_handler(const struct papr_call_info *call);

/**
 * papr_hcall_result_name - the name of what a hypercall returns in r3
 *
 * Returns: "H_PARAMETER" and so on, or NULL if there is no such code.
 */
const char *papr_hcall_result_name(int64_t result);

/** papr_rtas_count - how many RTAS calls the catalogue has */
size_t papr_rtas_count(void);

/**
 * papr_rtas_at - the RTAS call at @index, in the order of their tokens
 *
 * Returns: the call, or NULL from papr_rtas_count() on.
 */
const struct papr_call_info *papr_rtas_at(size_t index);

/**
 * papr_rtas_by_name - find an RTAS call
 * @name: the name in the device tree, such as "ibm,os-term"
 *
 * Returns: the call, or NULL if there is none of that name.
 */
const struct papr_call_info *papr_rtas_by_name(const char *name);

/**
 * papr_rtas_by_token - find an RTAS call by the token the guest passes
 *
 * The tokens never change, and those of calls QEMU has are QEMU's.
 *
 * Returns: the call, or NULL if there is none with that token.
 */
const struct papr_call_info *papr_rtas_by_token(uint32_t token);

/** papr_rtas_nearest - as papr_hcall_nearest(), for RTAS calls */
const char *papr_rtas_nearest(const char *name);

/** papr_rtas_in_kernel - whether KVM_CAP_PPC_RTAS can answer a call */
bool papr_rtas_in_kernel(const struct papr_call_info *call);

/** papr_rtas_has_handler - whether this library answers an RTAS call */
bool papr_rtas_has_handler(const struct papr_call_info *call);

#ifdef __cplusplus
}
#endif
#endif
