/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercalls, derived by the preprocessor from hcalls.def, kvm.def and
 * returns.def. Specification names stay inside the library: the public side
 * is papr/catalogue.h, whose struct papr_call_info is what a row becomes.
 */
#ifndef HCALLS_CATALOGUE_H
#define HCALLS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/catalogue.h>

/* r4..r12 */
#define HCALL_REGS 9

/* H_REMOVE = 0x04, ... and the other names calls have */
enum hcall {
#define HCALL(name, number, set, in, out) name = number,
#define HCALL_ALIAS(alias, name) alias = name,
#include "hcalls/hcalls.def"
};

/* H_SUCCESS = 0, ... */
enum hcall_status {
#define HRET(name, value, meaning) name = value,
#include "hcalls/returns.def"
};

/* HCALL_ROW_H_REMOVE, ...: places in hcall_table */
enum hcall_row {
#define HCALL(name, number, set, in, out) HCALL_ROW_##name,
#include "hcalls/hcalls.def"
	HCALL_ROWS
};

/*
 * struct H_REMOVE_in { uint64_t flags, pte_index, avpn; }, ...: the registers
 * from r4 on. Where they are unspecified the struct is empty.
 */
#define ARG(kind, name)	uint64_t name;
#define KEEP		uint64_t : 64;
#define HCALL(name, number, set, in, out) \
	struct name##_in { in }; \
	struct name##_out { out };
#include "hcalls/hcalls.def"

#define HCALL(name, number, set, in, out) \
	_Static_assert(sizeof(struct name##_in) <= HCALL_REGS * 8 && \
		       sizeof(struct name##_out) <= HCALL_REGS * 8, \
		       #name " has more than nine arguments or results");
#include "hcalls/hcalls.def"

extern const struct papr_call_info hcall_table[HCALL_ROWS];

/* The row of a number, or -1; of 0x1c8 the row guests mean by it. */
int hcall_row(uint64_t number);

/* The row of a name, or -1; all names a call has are known. */
int hcall_row_by_name(const char *name);

/* The name most like @name, which is none; NULL if none is much alike. */
const char *hcall_nearest(const char *name);

/* Whether @one is one of @sets, which are separated by semicolons. */
bool hcall_set_has(const char *sets, const char *one);

bool hcall_set_exists(const char *set);
const char *hcall_set_nearest(const char *set);

/* What the code in @status means, "hardware error"; NULL if it is none. */
const char *hcall_status_meaning(int64_t status);

/* Its name, "H_HARDWARE"; NULL if it is none. */
const char *hcall_status_name(int64_t status);

/* The other way round; false if no code has that name. */
bool hcall_status_by_name(const char *name, int64_t *status);

/* The columns of kvm.def, which explains them. */
enum kvm_hv { KVM_HV_NONE, KVM_HV_FIXED, KVM_HV_OFF, KVM_HV_ON };
enum kvm_pr { KVM_PR_NONE, KVM_PR_FIXED, KVM_PR_OFF, KVM_PR_ON };
enum kvm_how {
	KVM_PLAIN,
	KVM_HPT,
	KVM_CEDE,
	KVM_XICS,
	KVM_PUNTS,
	KVM_UNBOUNDED,
	KVM_RADIX_ONLY,
	KVM_NEEDS_HWRNG,
	KVM_RTAS,
	KVM_NESTED,
	KVM_SVM,
};

struct kvm_hcall {
	enum kvm_hv hv;
	enum kvm_pr pr;
	enum kvm_how how;
};

/* What the kernel does with the call of @row; NULL if it does not know it. */
const struct kvm_hcall *hcall_kvm(int row);

/* Whether it is one of the six calls of interrupt presentation. */
bool hcall_is_xics(int row);

/* Whether it is one of the eleven calls of a XIVE. */
bool hcall_is_xive(int row);

/* Whether it is one of the seven calls on the hashed page table. */
bool hcall_is_hpt(int row);

#endif
