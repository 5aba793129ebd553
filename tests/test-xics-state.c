/* SPDX-License-Identifier: BSD-2-Clause */
/* Saving interrupts and restoring them, in the words of Linux KVM. */
#include "config.h"

#include <errno.h>

#include "tests/xics-fixture.h"

#define XIRR(cppr, xisr) ((uint32_t)(cppr) << 24 | (xisr))
#define ICP(cppr, xisr, mfrr, ppri) \
	((uint64_t)(cppr) << 56 | (uint64_t)(xisr) << 32 | \
	 (uint64_t)(mfrr) << 24 | (uint64_t)(ppri) << 16)

/* Written down from the kernel a second time. */
#define LEVEL		0x010000000000ull
#define MASKED		0x020000000000ull
#define PENDING		0x040000000000ull
#define PRESENTED	0x080000000000ull
#define QUEUED		0x100000000000ull
#define PRIORITY(p)	((uint64_t)(p) << 32)

static uint64_t icp_of(struct partition *p, unsigned int on)
{
	return xics_get_icp(p->vm->xics, papr_vm_vcpu(p->vm, on));
}

static int set_icp(struct partition *p, unsigned int on, uint64_t state)
{
	return xics_set_icp(p->vm->xics, papr_vm_vcpu(p->vm, on), state);
}

static uint64_t source_of(struct partition *p, uint32_t irq)
{
	uint64_t state = 0;

	assert_int_equal(xics_get_source(p->vm->xics, irq, &state), 0);
	return state;
}

static void the_words_are_the_kernels(void **state)
{
	struct partition *p = *state;

	assert_int_equal(source_of(p, MSI_A), MASKED | PRIORITY(0xff));
	assert_int_equal(source_of(p, LSI_A), LEVEL | MASKED | PRIORITY(0xff));
	set_xive(p, MSI_A, SERVER_1, 5);
	assert_int_equal(source_of(p, MSI_A), PRIORITY(5) | SERVER_1);
	set_line(p, MSI_A, true);
	assert_int_equal(source_of(p, MSI_A),
			 PRESENTED | PRIORITY(5) | SERVER_1);
	assert_int_equal(icp_of(p, 1), ICP(0xff, MSI_A, 0xff, 5));
	set_line(p, MSI_A, true);
	assert_int_equal(source_of(p, MSI_A),
			 QUEUED | PRESENTED | PRIORITY(5) | SERVER_1);
	set_cppr(p, 1, 2);
	assert_int_equal(icp_of(p, 1), ICP(2, 0, 0xff, 0xff));
	assert_int_equal(source_of(p, MSI_A), PENDING | QUEUED | PRESENTED |
			 PRIORITY(5) | SERVER_1);
	int_off(p, MSI_A);
	assert_int_equal(source_of(p, MSI_A), MASKED | PENDING | QUEUED |
			 PRESENTED | PRIORITY(5) | SERVER_1);
	set_line(p, LSI_A, true);
	assert_int_equal(source_of(p, LSI_A), LEVEL | MASKED | PENDING |
			 PRESENTED | PRIORITY(0xff));
	send_ipi(p, SERVER_0, 4);
	assert_int_equal(icp_of(p, 0), ICP(0xff, XICS_IPI, 4, 4));
}

static const struct {
	uint64_t state;
	bool good;
} icps[] = {
	{ ICP(0, 0, 0xff, 0xff), true },
	{ ICP(0xff, 0, 0xff, 0xff), true },
	{ ICP(0xff, MSI_A, 0xff, 0xfe), true },
	{ ICP(6, MSI_A, 6, 5), true },
	{ ICP(6, XICS_IPI, 5, 5), true },
	{ ICP(6, XICS_IPI, 0xff, 5), true },
	{ ICP(6, 0, 0xff, 5), false },
	{ ICP(5, MSI_A, 0xff, 5), false },
	{ ICP(4, MSI_A, 0xff, 5), false },
	{ ICP(0xff, MSI_A, 5, 5), false },
	{ ICP(0xff, MSI_A - 1, 0xff, 5), false },
	{ ICP(0xff, 1, 0xff, 5), false },
	{ ICP(5, XICS_IPI, 5, 5), false },
	{ ICP(0xff, XICS_IPI, 4, 5), false },
	{ ICP(0, 0, 0xff, 0xff) | 1, false },
	{ ICP(0, 0, 0xff, 0xff) | 0x8000, false },
};

static void a_vcpus_state_must_be_possible(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(icps); i++) {
		uint64_t before;

		xics_reset(p->vm->xics);
		before = icp_of(p, 0);
		if (set_icp(p, 0, icps[i].state) !=
		    (icps[i].good ? 0 : -EINVAL))
			fail_msg("row %zu", i);
		assert_int_equal(icp_of(p, 0),
				 icps[i].good ? icps[i].state : before);
	}
}

static const struct {
	uint32_t irq;
	uint64_t state;
	int err;
} sources[] = {
	{ MSI_A, PRIORITY(5) | SERVER_1, 0 },
	{ MSI_A, PRIORITY(0) | SERVER_0, 0 },
	{ MSI_A, MASKED | PRIORITY(5) | SERVER_1, 0 },
	{ MSI_A, MASKED | PRIORITY(5) | 3, 0 },
	{ MSI_A, PRESENTED | QUEUED | PRIORITY(5), 0 },
	{ MSI_A, MASKED | PENDING | PRESENTED | QUEUED | PRIORITY(5), 0 },
	{ LSI_A, LEVEL | PRIORITY(5), 0 },
	{ LSI_A, LEVEL | MASKED | PENDING | PRESENTED | PRIORITY(5), 0 },
	{ MSI_A, PRIORITY(5) | 3, -EINVAL },
	{ MSI_A, PRIORITY(5) | 0xffffffff, -EINVAL },
	{ MSI_A, LEVEL | PRIORITY(5), -EINVAL },
	{ MSI_A, QUEUED | PRIORITY(5), -EINVAL },
	{ MSI_A, PRIORITY(5) | 1ull << 45, -EINVAL },
	{ MSI_A, PRIORITY(5) | 1ull << 63, -EINVAL },
	{ LSI_A, PRIORITY(5), -EINVAL },
	{ LSI_A, LEVEL | PRESENTED | QUEUED | PRIORITY(5), -EINVAL },
	{ MSI_A - 1, PRIORITY(5), -ENOENT },
	{ XICS_IPI, PRIORITY(5), -ENOENT },
	{ 0, PRIORITY(5), -ENOENT },
};

static void a_sources_state_must_be_possible(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		uint64_t after;

		xics_reset(p->vm->xics);
		if (xics_set_source(p->vm->xics, sources[i].irq,
				    sources[i].state) != sources[i].err)
			fail_msg("row %zu", i);
		if (sources[i].err == -ENOENT) {
			assert_int_equal(xics_get_source(p->vm->xics,
							 sources[i].irq,
							 &after), -ENOENT);
			continue;
		}
		after = source_of(p, sources[i].irq);
		assert_int_equal(after == sources[i].state, !sources[i].err);
	}
}

static void what_an_old_kernel_calls_pending_is_presented_too(void **state)
{
	struct partition *p = *state;

	xics_set_source(p->vm->xics, MSI_A, PENDING | PRIORITY(5));
	assert_int_equal(source_of(p, MSI_A), PRESENTED | PRIORITY(5));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, MSI_A));
}

static void a_source_of_no_server_comes_when_it_has_one(void **state)
{
	struct partition *p = *state;

	xics_set_source(p->vm->xics, MSI_A, MASKED | PENDING | PRIORITY(5) | 3);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_int_on, 1, 1, MSI_A), -3);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	set_xive(p, MSI_A, SERVER_0, 5);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, MSI_A));
}

static void a_level_that_is_shown_is_not_restored_twice(void **state)
{
	const uint64_t up = LEVEL | PENDING | PRESENTED | PRIORITY(5);
	const uint64_t shown = ICP(0xff, LSI_A, 0xff, 5);
	struct partition *p = *state;

	for (int vcpus_first = 0; vcpus_first < 2; vcpus_first++) {
		xics_reset(p->vm->xics);
		if (vcpus_first)
			set_icp(p, 0, shown);
		xics_set_source(p->vm->xics, LSI_A, up);
		if (!vcpus_first)
			set_icp(p, 0, shown);
		assert_int_equal(accept_on(p, 0), XIRR(0xff, LSI_A));
		set_xive(p, LSI_A, SERVER_1, 5);
		set_cppr(p, 1, 0xff);
		assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, 0));
		set_line(p, LSI_A, false);
		end_on(p, 0, XIRR(0xff, LSI_A));
		assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	}
}

/* One accepted, one that waits behind it, a level, and an IPI. */
static void make_busy(struct partition *p)
{
	set_xive(p, MSI_A, SERVER_0, 4);
	set_xive(p, MSI_B, SERVER_0, 6);
	set_xive(p, LSI_A, SERVER_1, 5);
	set_line(p, MSI_A, true);
	set_line(p, MSI_B, true);
	set_line(p, LSI_A, true);
	assert_int_equal(accept_on(p, 0), XIRR(0xff, MSI_A));
	set_line(p, MSI_A, true);
	send_ipi(p, SERVER_1, 7);
}

static void check_busy(struct partition *p)
{
	assert_true(raised_on(p, 1));
	assert_int_equal(accept_on(p, 1), XIRR(0xff, LSI_A));
	set_line(p, LSI_A, false);
	end_on(p, 1, XIRR(0xff, LSI_A));
	assert_int_equal(accept_on(p, 1), XIRR(0xff, XICS_IPI));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(4, 0));
	end_on(p, 0, XIRR(0xff, MSI_A));
	assert_int_equal(accept_on(p, 0), XIRR(0xff, MSI_A));
	end_on(p, 0, XIRR(0xff, MSI_A));
	assert_int_equal(accept_on(p, 0), XIRR(0xff, MSI_B));
	end_on(p, 0, XIRR(0xff, MSI_B));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void what_was_saved_goes_on_in_either_order(void **state)
{
	(void)state;
	for (int vcpus_first = 0; vcpus_first < 2; vcpus_first++) {
		struct partition *from = xics_partition();
		struct partition *to = xics_partition();

		make_busy(from);
		xics_reset(to->vm->xics);
		for (int step = 0; step < 2; step++)
			if (step != vcpus_first)
				for (int i = 0; i < 2; i++)
					assert_int_equal(set_icp(to, i,
							icp_of(from, i)), 0);
			else
				for (int i = 0; i < XICS_SOURCES; i++)
					assert_int_equal(xics_set_source(
						to->vm->xics, xics_sources[i],
						source_of(from,
							  xics_sources[i])),
						0);
		check_busy(to);
		check_busy(from);
		partition_free(from);
		partition_free(to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		xics_test(the_words_are_the_kernels),
		xics_test(a_vcpus_state_must_be_possible),
		xics_test(a_sources_state_must_be_possible),
		xics_test(what_an_old_kernel_calls_pending_is_presented_too),
		xics_test(a_source_of_no_server_comes_when_it_has_one),
		xics_test(a_level_that_is_shown_is_not_restored_twice),
		cmocka_unit_test(what_was_saved_goes_on_in_either_order),
	};

	return cmocka_run_group_tests_name("XICS state", tests, NULL, NULL);
}
