/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts: what their capabilities mean, and models of the known ones. */
#include <errno.h>
#include <string.h>

#include <papr/host.h>

#include "spapr/util.h"

/* The public enum is written out for its readers; caps.def is its order. */
enum cap_row {
#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) \
	CAP_ROW_##name,
#include "spapr/caps.def"
	CAP_ROWS
};

#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) \
	_Static_assert((int)CAP_ROW_##name == (int)PAPR_CAP_##name, \
		       "enum papr_cap does not follow caps.def at " kvm);
#include "spapr/caps.def"
_Static_assert((int)CAP_ROWS == (int)PAPR_CAPS,
	       "enum papr_cap has more than caps.def");

static const struct papr_cap_info caps[] = {
#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) \
	{ kvm, number, meaning },
#include "spapr/caps.def"
};

const struct papr_cap_info *papr_cap_info(enum papr_cap cap)
{
	return (unsigned int)cap < PAPR_CAPS ? &caps[cap] : NULL;
}

static const struct papr_host models[] = {
	{
		.name = "power8",
		.flavour = PAPR_FLAVOUR_HV,
		.isa = 207,
		.pvr = 0x4d0200,
		.threads = 1,
		.nested_param = 1,
		.cap = {
#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) p8,
#include "spapr/caps.def"
		},
	}, {
		.name = "power9",
		.flavour = PAPR_FLAVOUR_HV,
		.isa = 300,
		.pvr = 0x4e1200,
		.threads = 8,
		.nested_param = 1,
		.cap = {
#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) p9,
#include "spapr/caps.def"
		},
	}, {
		.name = "power10",
		.flavour = PAPR_FLAVOUR_HV,
		.isa = 310,
		.pvr = 0x800200,
		.threads = 8,
		.nested_param = 1,
		.cap = {
#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) p10,
#include "spapr/caps.def"
		},
	}, {
		.name = "nested",
		.flavour = PAPR_FLAVOUR_NESTED,
		.isa = 300,
		.pvr = 0x4e1200,
		.threads = 8,
		.nested_param = 1,
		.cap = {
#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) nested,
#include "spapr/caps.def"
		},
	}, {
		.name = "pr",
		.flavour = PAPR_FLAVOUR_PR,
		.isa = 207,
		.threads = 1,
		.nested_param = -1,
		.cap = {
#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) pr,
#include "spapr/caps.def"
		},
	},
};

const char *papr_host_model_name(unsigned int index)
{
	return index < ARRAY_SIZE(models) ? models[index].name : NULL;
}

int papr_host_model(const char *name, struct papr_host *host,
		    struct papr_error *error)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(models); i++)
		if (!strcmp(models[i].name, name))
			return sized_fill(host, &models[i], sizeof(*host));
	return error_set(error, -ENOENT, "%.40s is no known host; there are "
			 "power8, power9, power10, nested and pr", name);
}

const char *papr_flavour_name(enum papr_flavour flavour)
{
	static const char *const names[] = {
		[PAPR_FLAVOUR_NONE] = "none",
		[PAPR_FLAVOUR_HV] = "KVM-HV",
		[PAPR_FLAVOUR_NESTED] = "nested KVM-HV",
		[PAPR_FLAVOUR_PR] = "KVM-PR",
	};

	return (unsigned int)flavour < ARRAY_SIZE(names) ?
		names[flavour] : "unknown";
}

const char *papr_accepted_name(enum papr_accepted accepted)
{
	static const char *const names[] = {
		[PAPR_ACCEPTED_ON] = "on",
		[PAPR_ACCEPTED_OFF] = "off",
		[PAPR_ACCEPTED_REFUSED] = "refused",
		[PAPR_ACCEPTED_FIXED] = "fixed",
		[PAPR_ACCEPTED_NONE] = "none",
	};

	return (unsigned int)accepted < ARRAY_SIZE(names) ?
		names[accepted] : "unknown";
}

const char *papr_effective_name(enum papr_effective effective)
{
	static const char *const names[] = {
		[PAPR_EFFECTIVE_KERNEL] = "kernel",
		[PAPR_EFFECTIVE_KERNEL_USER] = "kernel+user",
		[PAPR_EFFECTIVE_USER] = "user",
		[PAPR_EFFECTIVE_VMM] = "vmm",
		[PAPR_EFFECTIVE_DENIED] = "denied",
		[PAPR_EFFECTIVE_NOBODY] = "nobody",
	};

	return (unsigned int)effective < ARRAY_SIZE(names) ?
		names[effective] : "unknown";
}
