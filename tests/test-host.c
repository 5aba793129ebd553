/* SPDX-License-Identifier: BSD-2-Clause */
/* Models of hosts, and the names of what they have. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <linux/kvm.h>

#include <papr/host.h>

#include "spapr/util.h"

/* caps.def writes KVM's numbers down so that it needs no kernel header. */
#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) \
	_Static_assert(number == KVM_CAP_##name, kvm);
#define KVM_CAP_ENABLE_HCALL	KVM_CAP_PPC_ENABLE_HCALL
#define KVM_CAP_SMT		KVM_CAP_PPC_SMT
#define KVM_CAP_SMT_POSSIBLE	KVM_CAP_PPC_SMT_POSSIBLE
#define KVM_CAP_NESTED_HV	KVM_CAP_PPC_NESTED_HV
#define KVM_CAP_FWNMI		KVM_CAP_PPC_FWNMI
#define KVM_CAP_PAPR		KVM_CAP_PPC_PAPR
#define KVM_CAP_MMU_RADIX	KVM_CAP_PPC_MMU_RADIX
#define KVM_CAP_MMU_HASH_V3	KVM_CAP_PPC_MMU_HASH_V3
#define KVM_CAP_IRQ_XIVE	KVM_CAP_PPC_IRQ_XIVE
#define KVM_CAP_RTAS		KVM_CAP_PPC_RTAS
#define KVM_CAP_AIL_MODE_3	KVM_CAP_PPC_AIL_MODE_3
#define KVM_CAP_RPT_INVALIDATE	KVM_CAP_PPC_RPT_INVALIDATE
#define KVM_CAP_HWRNG		KVM_CAP_PPC_HWRNG
#define KVM_CAP_ALLOC_HTAB	KVM_CAP_PPC_ALLOC_HTAB
#define KVM_CAP_RESIZE_HPT	KVM_CAP_SPAPR_RESIZE_HPT
#define KVM_CAP_DAWR1		KVM_CAP_PPC_DAWR1
#include "spapr/caps.def"

static const char *const all_models[] = {
	"power8", "power9", "power10", "nested", "pr",
};

static void there_are_five_models(void **state)
{
	struct papr_host host = { .size = sizeof(host) };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(all_models); i++) {
		assert_string_equal(papr_host_model_name(i), all_models[i]);
		assert_int_equal(papr_host_model(all_models[i], &host, NULL),
				 0);
		assert_string_equal(host.name, all_models[i]);
		assert_int_equal(host.size, sizeof(host));
	}
	assert_null(papr_host_model_name(i));
}

static void another_model_is_refused_with_those_there_are(void **state)
{
	struct papr_host host = { .size = sizeof(host) };
	struct papr_error error;

	(void)state;
	assert_int_equal(papr_host_model("power7", &host, &error), -ENOENT);
	assert_string_equal(error.text, "power7 is no known host; there "
			    "are power8, power9, power10, nested and pr");
}

static void a_capability_has_name_number_and_meaning(void **state)
{
	const struct papr_cap_info *info;
	int cap;

	(void)state;
	for (cap = 0; cap < PAPR_CAPS; cap++) {
		info = papr_cap_info(cap);
		assert_int_equal(strncmp(info->name, "KVM_CAP_", 8), 0);
		assert_int_not_equal(info->number, 0);
		assert_true(strlen(info->meaning) > 0);
	}
	assert_string_equal(papr_cap_info(PAPR_CAP_SMT)->name,
			    "KVM_CAP_PPC_SMT");
	assert_null(papr_cap_info(PAPR_CAPS));
}

static void names_of_what_is_not_there_are_unknown(void **state)
{
	(void)state;
	assert_string_equal(papr_flavour_name(PAPR_FLAVOUR_PR), "KVM-PR");
	assert_string_equal(papr_flavour_name((enum papr_flavour)9),
			    "unknown");
	assert_string_equal(papr_accepted_name(PAPR_ACCEPTED_NONE), "none");
	assert_string_equal(papr_accepted_name((enum papr_accepted)9),
			    "unknown");
	assert_string_equal(papr_effective_name(PAPR_EFFECTIVE_NOBODY),
			    "nobody");
	assert_string_equal(papr_effective_name((enum papr_effective)9),
			    "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_five_models),
		cmocka_unit_test(another_model_is_refused_with_those_there_are),
		cmocka_unit_test(a_capability_has_name_number_and_meaning),
		cmocka_unit_test(names_of_what_is_not_there_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
