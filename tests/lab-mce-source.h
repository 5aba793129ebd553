/* SPDX-License-Identifier: BSD-2-Clause */
/* Where real machine checks come from, in the lab. */
#ifndef TESTS_LAB_MCE_SOURCE_H
#define TESTS_LAB_MCE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#define MCE_MSR_RI	0x2	/* else the guest does not survive it */
#define MCE_MSR_PR	0x4000

/* What KVM says of it, by the names that lab/mce-module gives to the two. */
enum mce_disposition { RECOVERED, NOT_RECOVERED };

struct mce_wanted {
	uint64_t srr1;		/* of it the cause */
	uint32_t dsisr;
	uint64_t dar;
	enum mce_disposition disposition;
	uint32_t vcpu;		/* by KVM's id; the stub takes any */
	uint64_t msr_mask;	/* it waits until MSR, masked with this, ... */
	uint64_t msr;		/* ... is that */
};

struct mce_source {
	const char *name;
	/*
	 * Without it KVM judges by itself, and of what befell a guest that
	 * has FWNMI it recovers nothing.
	 */
	bool sets_disposition;
	/* The next one. */
	void (*arm)(const struct mce_wanted *wanted);
	/* Takes back what was not sent. */
	void (*disarm)(void);
};

/* NULL if there is none of that name here. */
const struct mce_source *mce_source(const char *name);

#endif
