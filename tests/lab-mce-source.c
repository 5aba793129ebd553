/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/lab-mce-source.h"
#include "tools/lab-mce.h"

#define CONTROL "/sys/kernel/debug/mce_inject/"

#define BLR	0x4e800020

static void control(const char *name, uint64_t value)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), CONTROL "%s", name);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%#llx\n", (unsigned long long)value);
	assert_int_equal(fclose(f), 0);
}

static bool module_is_there(void)
{
	return !access(CONTROL, X_OK);
}

static void module_arm(const struct mce_wanted *wanted)
{
	control("srr1", wanted->srr1);
	control("dsisr", wanted->dsisr);
	control("dar", wanted->dar);
	control("disposition", wanted->disposition);
	control("vcpu", wanted->vcpu);
	control("msr_mask", wanted->msr_mask);
	control("msr", wanted->msr);
	control("count", 1);
}

static void module_disarm(void)
{
	control("count", 0);
}

static uint64_t (*stub)(uint64_t what, uint64_t srr1, uint64_t dsisr,
			uint64_t dar, uint64_t msr_mask, uint64_t msr);

/* Threads that are made from now on run where the stub can get at them. */
static bool stay_on_first_cpu(void)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	return !sched_setaffinity(0, sizeof(first), &first);
}

static bool stub_is_there(void)
{
	const size_t len = sysconf(_SC_PAGESIZE);
	uint32_t *page = mmap((void *)LAB_MCE_CALL, len,
			      PROT_READ | PROT_WRITE | PROT_EXEC,
			      MAP_PRIVATE | MAP_ANONYMOUS |
			      MAP_FIXED_NOREPLACE, -1, 0);

	if (page == MAP_FAILED || !stay_on_first_cpu())
		return false;
	*page = BLR;
	__builtin___clear_cache((char *)page, (char *)(page + 1));
	stub = (void *)page;
	return stub(LAB_MCE_DONE, 0, 0, 0, 0, 0) != LAB_MCE_DONE;
}

static void stub_arm(const struct mce_wanted *wanted)
{
	stub(LAB_MCE_ARM, wanted->srr1, wanted->dsisr, wanted->dar,
	     wanted->msr_mask, wanted->msr);
}

static void stub_disarm(void)
{
	stub(LAB_MCE_CANCEL, 0, 0, 0, 0, 0);
}

static const struct {
	struct mce_source source;
	bool (*is_there)(void);
} sources[] = {
	{ { "module", true, module_arm, module_disarm }, module_is_there },
	{ { "stub", false, stub_arm, stub_disarm }, stub_is_there },
};

const struct mce_source *mce_source(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		if (!strcmp(sources[i].source.name, name) &&
		    sources[i].is_there())
			return &sources[i].source;
	return NULL;
}
