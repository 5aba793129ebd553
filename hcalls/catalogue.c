/* SPDX-License-Identifier: BSD-2-Clause */
#include "hcalls/catalogue.h"

#include <string.h>

#include "hcalls/handlers.h"
#include "hcalls/nearest.h"

/* Whether arguments or results are unspecified, as constants. */
enum {
#define UNSPECIFIED + 1
#define HCALL(name, number, set, in, out) \
	name##_in_unspecified = 0 in, \
	name##_out_unspecified = 0 out,
#include "hcalls/hcalls.def"
};

#define ARG(kind, name)	{ #name, PAPR_ARG_##kind, false },
#define KEEP		{ NULL, PAPR_ARG_KEEP, false },
#define HCALL(name, number, set, in, out) \
	static const struct papr_arg name##_in[] = { in }; \
	static const struct papr_arg name##_out[] = { out };
#include "hcalls/hcalls.def"

#define REGS(regs) (sizeof(struct regs) / sizeof(uint64_t))

const struct papr_call_info hcall_table[HCALL_ROWS] = {
#define HCALL(call, nr, sets, args, results) \
	[HCALL_ROW_##call] = { \
		.name = #call, \
		.set = sets, \
		.number = nr, \
		.index = HCALL_ROW_##call, \
		.in_count = REGS(call##_in), \
		.in_min = REGS(call##_in), \
		.out_count = REGS(call##_out), \
		.out_min = REGS(call##_out), \
		.in_unspecified = call##_in_unspecified, \
		.out_unspecified = call##_out_unspecified, \
		.in = call##_in, \
		.out = call##_out, \
	},
#include "hcalls/hcalls.def"
};

int hcall_row(uint64_t number)
{
	/* Numbers are sparse: the compiler searches better than a table. */
	switch (number) {
#define HCALL(name, number, set, in, out) case number: return HCALL_ROW_##name;
#define HCALL_COLLIDES(name, number, set, in, out)
#include "hcalls/hcalls.def"
	}
	return -1;
}

int hcall_row_by_name(const char *name)
{
	static const struct {
		const char *name;
		int row;
	} aliases[] = {
#define HCALL(name, number, set, in, out)
#define HCALL_ALIAS(alias, name) { #alias, HCALL_ROW_##name },
#include "hcalls/hcalls.def"
	};

	for (int row = 0; row < HCALL_ROWS; row++)
		if (!strcmp(name, hcall_table[row].name))
			return row;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcmp(name, aliases[i].name))
			return aliases[i].row;
	return -1;
}

static const char *call_name_at(size_t i)
{
	return i < HCALL_ROWS ? hcall_table[i].name : NULL;
}

const char *hcall_nearest(const char *name)
{
	return nearest_name(name, call_name_at);
}

bool hcall_set_has(const char *sets, const char *one)
{
	size_t len = strlen(one);

	for (; sets; sets = strchr(sets, ';')) {
		if (*sets == ';')
			sets++;
		if (strcspn(sets, ";") == len && !memcmp(sets, one, len))
			return true;
	}
	return false;
}

bool hcall_set_exists(const char *set)
{
	for (int row = 0; row < HCALL_ROWS; row++)
		if (hcall_set_has(hcall_table[row].set, set))
			return true;
	return false;
}

static const char *set_name_at(size_t i)
{
	/* One of them twice does no harm to a search for the nearest. */
	static const char *const sets[] = {
#define HCALL(name, number, set, in, out) set,
#define HCALL_SET(set) set,
#include "hcalls/hcalls.def"
	};

	return i < sizeof(sets) / sizeof(sets[0]) ? sets[i] : NULL;
}

const char *hcall_set_nearest(const char *set)
{
	return nearest_name(set, set_name_at);
}

const char *hcall_status_name(int64_t status)
{
	switch (status) {
#define HRET(name, value, meaning) case value: return #name;
#include "hcalls/returns.def"
	}
	return NULL;
}

bool hcall_status_by_name(const char *name, int64_t *status)
{
	static const struct {
		const char *name;
		int64_t status;
	} codes[] = {
#define HRET(name, value, meaning) { #name, value },
#include "hcalls/returns.def"
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(codes[i].name, name))
			continue;
		*status = codes[i].status;
		return true;
	}
	return false;
}

const char *hcall_status_meaning(int64_t status)
{
	switch (status) {
#define HRET(name, value, meaning) case value: return meaning;
#include "hcalls/returns.def"
	}
	return NULL;
}

const struct kvm_hcall *hcall_kvm(int row)
{
	static const struct kvm_hcall known[HCALL_ROWS] = {
#define KVM_HCALL(name, hv, pr, how) \
		[HCALL_ROW_##name] = { KVM_##hv, KVM_##pr, KVM_##how },
#include "hcalls/kvm.def"
	};

	if (row < 0 || row >= HCALL_ROWS || known[row].hv == KVM_HV_NONE)
		return NULL;
	return &known[row];
}

bool hcall_is_xics(int row)
{
	const struct kvm_hcall *kvm = hcall_kvm(row);

	return kvm && kvm->how == KVM_XICS;
}

bool hcall_is_xive(int row)
{
	return hcall_set_has(hcall_table[row].set, "hcall-int-exploitation");
}

bool hcall_is_hpt(int row)
{
	const struct kvm_hcall *kvm = hcall_kvm(row);

	return kvm && kvm->how == KVM_HPT;
}

/* The public side. */

size_t papr_hcall_count(void)
{
	return HCALL_ROWS;
}

const struct papr_call_info *papr_hcall_at(size_t index)
{
	return index < HCALL_ROWS ? &hcall_table[index] : NULL;
}

const struct papr_call_info *papr_hcall_by_name(const char *name)
{
	int row = hcall_row_by_name(name);

	return row < 0 ? NULL : &hcall_table[row];
}

const struct papr_call_info *papr_hcall_by_number(uint64_t number)
{
	int row = hcall_row(number);

	return row < 0 ? NULL : &hcall_table[row];
}

const char *papr_hcall_nearest(const char *name)
{
	return hcall_nearest(name);
}

bool papr_hcall_in_set(const struct papr_call_info *call, const char *set)
{
	return hcall_set_has(call->set, set);
}

bool papr_hcall_set_exists(const char *set)
{
	return hcall_set_exists(set);
}

const char *papr_hcall_set_nearest(const char *set)
{
	return hcall_set_nearest(set);
}

/* The row of a hypercall; -1 for an RTAS call. */
static int row_of(const struct papr_call_info *call)
{
	return papr_hcall_at(call->index) == call ? (int)call->index : -1;
}

enum papr_kernel papr_hcall_kernel_hv(const struct papr_call_info *call)
{
	static const enum papr_kernel kernel[] = {
		[KVM_HV_FIXED] = PAPR_KERNEL_FIXED,
		[KVM_HV_OFF] = PAPR_KERNEL_OFF,
		[KVM_HV_ON] = PAPR_KERNEL_ON,
	};
	const struct kvm_hcall *kvm = hcall_kvm(row_of(call));

	return kvm ? kernel[kvm->hv] : PAPR_KERNEL_NONE;
}

enum papr_kernel papr_hcall_kernel_pr(const struct papr_call_info *call)
{
	static const enum papr_kernel kernel[] = {
		[KVM_PR_NONE] = PAPR_KERNEL_NONE,
		[KVM_PR_FIXED] = PAPR_KERNEL_FIXED,
		[KVM_PR_OFF] = PAPR_KERNEL_OFF,
		[KVM_PR_ON] = PAPR_KERNEL_ON,
	};
	const struct kvm_hcall *kvm = hcall_kvm(row_of(call));

	return kvm ? kernel[kvm->pr] : PAPR_KERNEL_NONE;
}

const char *papr_hcall_result_name(int64_t result)
{
	return hcall_status_name(result);
}

bool papr_hcall_has_handler(const struct papr_call_info *call)
{
	int row = row_of(call);

	return row >= 0 && hcalls_has_handler(row);
}

const char *papr_arg_kind_name(enum papr_arg_kind kind)
{
	static const char *const names[] = {
		[PAPR_ARG_VAL] = "val",
		[PAPR_ARG_FLAGS] = "flags",
		[PAPR_ARG_LEN] = "len",
		[PAPR_ARG_GPA] = "gpa",
		[PAPR_ARG_ADDR] = "addr",
		[PAPR_ARG_CPU] = "cpu",
		[PAPR_ARG_KEEP] = "keep",
		[PAPR_ARG_STATUS] = "status",
	};

	if ((size_t)kind >= sizeof(names) / sizeof(names[0]))
		return NULL;
	return names[kind];
}
