/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt controller in userspace: what a vCPU is shown, and when. */
#include "config.h"

#include <errno.h>

#include "tests/xics-fixture.h"

#define XIRR(cppr, xisr) ((uint32_t)(cppr) << 24 | (xisr))

static void a_new_vcpu_lets_nothing_through(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_0, 0);
	xics_reset(p->vm->xics);
	assert_int_equal(xirr_of(p, SERVER_0), 0);
	assert_int_equal(mfrr_of(p, SERVER_0), 0xff);
	set_xive(p, MSI_A, SERVER_0, 0);
	set_line(p, MSI_A, true);
	send_ipi(p, SERVER_0, 0);
	assert_int_equal(xirr_of(p, SERVER_0), 0);
	assert_false(raised_on(p, 0));
}

static void an_edge_is_shown_accepted_and_ended(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_1, 5);
	set_line(p, MSI_A, true);
	assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, MSI_A));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	assert_true(raised_on(p, 1));
	assert_false(raised_on(p, 0));
	assert_int_equal(accept_on(p, 1), XIRR(0xff, MSI_A));
	assert_false(raised_on(p, 1));
	assert_int_equal(accept_on(p, 1), XIRR(5, 0));
	end_on(p, 1, XIRR(0xff, MSI_A));
	assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, 0));
	assert_false(raised_on(p, 1));
}

/* The first of two, at one vCPU; which of them is shown then. */
static void the_more_favoured_is_shown_whatever_came_first(void **state)
{
	static const struct {
		uint8_t cppr, first, second;	/* priorities */
		uint32_t shown;
	} rows[] = {
		{ 0xff, 5, 6, MSI_A },
		{ 0xff, 6, 5, MSI_B },
		{ 0xff, 5, 5, MSI_A },
		{ 0xff, 0, 0, MSI_A },
		{ 0xff, 0xfe, 0, MSI_B },
		{ 6, 6, 5, MSI_B },
		{ 6, 5, 6, MSI_A },
		{ 5, 5, 5, 0 },
		{ 0, 0, 0, 0 },
		{ 0xff, 0xff, 0xfe, MSI_B },
		{ 0xff, 0xff, 0xff, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = *state;

		xics_reset(p->vm->xics);
		set_cppr(p, 0, rows[i].cppr);
		set_xive(p, MSI_A, SERVER_0, rows[i].first);
		set_xive(p, MSI_B, SERVER_0, rows[i].second);
		set_line(p, MSI_A, true);
		set_line(p, MSI_B, true);
		assert_int_equal(xirr_of(p, SERVER_0),
				 XIRR(rows[i].cppr, rows[i].shown));
		assert_int_equal(raised_on(p, 0), rows[i].shown != 0);
	}
}

static void the_displaced_one_comes_after_the_end_of_the_other(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_0, 6);
	set_xive(p, MSI_B, SERVER_0, 5);
	set_line(p, MSI_A, true);
	set_line(p, MSI_B, true);
	assert_int_equal(accept_on(p, 0), XIRR(0xff, MSI_B));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(5, 0));
	end_on(p, 0, XIRR(0xff, MSI_B));
	assert_int_equal(accept_on(p, 0), XIRR(0xff, MSI_A));
	end_on(p, 0, XIRR(0xff, MSI_A));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void cppr_rejects_what_is_not_more_favoured(void **state)
{
	static const struct {
		uint8_t cppr;
		bool rejected;
	} rows[] = { { 0, true }, { 4, true }, { 5, true }, { 6, false } };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		xics_reset(p->vm->xics);
		set_cppr(p, 0, 0xff);
		set_xive(p, LSI_A, SERVER_0, 5);
		set_line(p, LSI_A, true);
		set_cppr(p, 0, rows[i].cppr);
		assert_int_equal(xirr_of(p, SERVER_0), XIRR(rows[i].cppr,
				 rows[i].rejected ? 0 : LSI_A));
		assert_int_equal(raised_on(p, 0), !rows[i].rejected);
		set_cppr(p, 0, 6);
		assert_int_equal(xirr_of(p, SERVER_0), XIRR(6, LSI_A));
		assert_true(raised_on(p, 0));
		set_line(p, LSI_A, false);
	}
}

static void a_rejected_one_follows_its_source_to_another_server(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_0, 5);
	set_line(p, MSI_A, true);
	set_xive(p, MSI_A, SERVER_1, 5);
	/* What is shown stays where it is. */
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, MSI_A));
	assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, 0));
	set_cppr(p, 0, 0);
	assert_int_equal(xirr_of(p, SERVER_0), 0);
	assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, MSI_A));
	assert_true(raised_on(p, 1));
}

static void one_that_waits_goes_where_it_is_sent(void **state)
{
	struct partition *p = *state;

	set_cppr(p, 0, 3);
	set_xive(p, MSI_A, SERVER_0, 5);
	set_line(p, MSI_A, true);
	set_xive(p, MSI_A, SERVER_1, 5);
	assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, MSI_A));
	set_cppr(p, 0, 0xff);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void an_ipi_is_shown_while_its_priority_is_asked_for(void **state)
{
	struct partition *p = *state;

	send_ipi(p, SERVER_1, 4);
	assert_int_equal(mfrr_of(p, SERVER_1), 4);
	assert_true(raised_on(p, 1));
	assert_int_equal(accept_on(p, 1), XIRR(0xff, XICS_IPI));
	end_on(p, 1, XIRR(0xff, XICS_IPI));
	/* Nobody took it back: it comes again. */
	assert_int_equal(accept_on(p, 1), XIRR(0xff, XICS_IPI));
	send_ipi(p, SERVER_1, 0xff);
	end_on(p, 1, XIRR(0xff, XICS_IPI));
	assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, 0));
	assert_false(raised_on(p, 1));
}

static void an_ipi_that_is_shown_stays_when_it_is_taken_back(void **state)
{
	struct partition *p = *state;

	send_ipi(p, SERVER_0, 4);
	send_ipi(p, SERVER_0, 0xff);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, XICS_IPI));
	set_cppr(p, 0, 4);
	set_cppr(p, 0, 0xff);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void an_ipi_waits_for_its_cppr(void **state)
{
	struct partition *p = *state;

	set_cppr(p, 0, 4);
	send_ipi(p, SERVER_0, 4);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(4, 0));
	set_cppr(p, 0, 5);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(5, XICS_IPI));
	set_cppr(p, 0, 4);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(4, 0));
	assert_false(raised_on(p, 0));
	end_on(p, 0, XIRR(5, XICS_IPI));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(5, XICS_IPI));
}

static void an_ipi_wins_against_a_source_of_its_priority(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_0, 5);
	set_line(p, MSI_A, true);
	send_ipi(p, SERVER_0, 6);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, MSI_A));
	send_ipi(p, SERVER_0, 5);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, XICS_IPI));
	/* Taken back before it was accepted: the source waits for the CPPR. */
	send_ipi(p, SERVER_0, 0xff);
	assert_int_equal(accept_on(p, 0), XIRR(0xff, XICS_IPI));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(5, 0));
	end_on(p, 0, XIRR(0xff, XICS_IPI));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, MSI_A));
}

static void a_source_displaces_a_less_favoured_ipi_for_a_while(void **state)
{
	struct partition *p = *state;

	send_ipi(p, SERVER_0, 5);
	set_xive(p, MSI_A, SERVER_0, 4);
	set_line(p, MSI_A, true);
	assert_int_equal(accept_on(p, 0), XIRR(0xff, MSI_A));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(4, 0));
	end_on(p, 0, XIRR(0xff, MSI_A));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, XICS_IPI));
}

static void a_level_comes_again_until_it_is_lowered(void **state)
{
	struct partition *p = *state;

	set_xive(p, LSI_B, SERVER_0, 5);
	set_line(p, LSI_B, true);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(accept_on(p, 0), XIRR(0xff, LSI_B));
		set_line(p, LSI_B, true);
		assert_int_equal(xirr_of(p, SERVER_0), XIRR(5, 0));
		end_on(p, 0, XIRR(0xff, LSI_B));
	}
	assert_int_equal(accept_on(p, 0), XIRR(0xff, LSI_B));
	set_line(p, LSI_B, false);
	end_on(p, 0, XIRR(0xff, LSI_B));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void a_level_that_is_lowered_while_it_waits_is_forgotten(void **state)
{
	struct partition *p = *state;

	set_xive(p, LSI_A, SERVER_0, 5);
	set_cppr(p, 0, 5);
	set_line(p, LSI_A, true);
	set_line(p, LSI_A, false);
	set_cppr(p, 0, 0xff);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	int_off(p, LSI_A);
	set_line(p, LSI_A, true);
	set_line(p, LSI_A, false);
	int_on(p, LSI_A);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	/* Shown is shown; but rejected it is gone. */
	set_line(p, LSI_A, true);
	set_line(p, LSI_A, false);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, LSI_A));
	set_cppr(p, 0, 5);
	set_cppr(p, 0, 0xff);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void a_level_raised_again_before_its_end_is_shown_once(void **state)
{
	struct partition *p = *state;

	set_xive(p, LSI_A, SERVER_0, 5);
	set_line(p, LSI_A, true);
	assert_int_equal(accept_on(p, 0), XIRR(0xff, LSI_A));
	set_line(p, LSI_A, false);
	set_line(p, LSI_A, true);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(5, 0));
	end_on(p, 0, XIRR(0xff, LSI_A));
	assert_int_equal(accept_on(p, 0), XIRR(0xff, LSI_A));
	set_line(p, LSI_A, false);
	end_on(p, 0, XIRR(0xff, LSI_A));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void a_level_is_not_shown_twice_when_it_moves(void **state)
{
	struct partition *p = *state;

	set_xive(p, LSI_A, SERVER_0, 5);
	set_line(p, LSI_A, true);
	assert_int_equal(accept_on(p, 0), XIRR(0xff, LSI_A));
	set_xive(p, LSI_A, SERVER_1, 5);
	set_line(p, LSI_A, false);
	set_line(p, LSI_A, true);
	assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, 0));
	end_on(p, 0, XIRR(0xff, LSI_A));
	assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, LSI_A));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void one_more_edge_is_kept_until_the_end_and_not_two(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_B, SERVER_0, 5);
	for (int i = 0; i < 4; i++) {
		set_line(p, MSI_B, true);
		set_line(p, MSI_B, false);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(accept_on(p, 0), XIRR(0xff, MSI_B));
		end_on(p, 0, XIRR(0xff, MSI_B));
	}
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void what_comes_while_off_comes_when_on(void **state)
{
	struct partition *p = *state;

	/* A source is off until it has a priority, and on has none. */
	set_line(p, MSI_A, true);
	int_on(p, MSI_A);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	set_xive(p, MSI_A, SERVER_0, 5);
	assert_int_equal(accept_on(p, 0), XIRR(0xff, MSI_A));
	end_on(p, 0, XIRR(0xff, MSI_A));
	int_off(p, MSI_A);
	set_line(p, MSI_A, true);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	int_on(p, MSI_A);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, MSI_A));
}

static void one_that_waits_stays_away_while_off(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_0, 5);
	set_cppr(p, 0, 5);
	set_line(p, MSI_A, true);
	int_off(p, MSI_A);
	set_cppr(p, 0, 0xff);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	int_on(p, MSI_A);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, MSI_A));
}

static void a_level_that_is_up_comes_when_on(void **state)
{
	struct partition *p = *state;

	set_xive(p, LSI_A, SERVER_0, 5);
	set_line(p, LSI_A, true);
	assert_int_equal(accept_on(p, 0), XIRR(0xff, LSI_A));
	int_off(p, LSI_A);
	end_on(p, 0, XIRR(0xff, LSI_A));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	int_on(p, LSI_A);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, LSI_A));
}

static void an_end_to_a_more_favoured_cppr_takes_nothing_back(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_0, 5);
	set_line(p, MSI_A, true);
	end_on(p, 0, XIRR(4, XICS_IPI));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(4, MSI_A));
	assert_false(raised_on(p, 0));
	assert_int_equal(accept_on(p, 0), XIRR(4, MSI_A));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(5, 0));
}

static void an_ipi_does_not_lose_what_such_an_end_has_left(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_0, 5);
	set_line(p, MSI_A, true);
	end_on(p, 0, XIRR(2, XICS_IPI));
	send_ipi(p, SERVER_0, 3);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(2, MSI_A));
	set_cppr(p, 0, 0xff);
	assert_int_equal(accept_on(p, 0), XIRR(0xff, XICS_IPI));
	send_ipi(p, SERVER_0, 0xff);
	end_on(p, 0, XIRR(0xff, XICS_IPI));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, MSI_A));
}

static void a_reset_forgets_all_but_what_devices_say(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_0, 5);
	set_xive(p, LSI_A, SERVER_1, 5);
	set_line(p, MSI_A, true);
	set_line(p, LSI_A, true);
	send_ipi(p, SERVER_0, 6);
	xics_reset(p->vm->xics);
	assert_false(raised_on(p, 0));
	assert_false(raised_on(p, 1));
	set_cppr(p, 0, 0xff);
	set_cppr(p, 1, 0xff);
	set_xive(p, MSI_A, SERVER_0, 5);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
	set_xive(p, LSI_A, SERVER_0, 5);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, LSI_A));
}

static void sources_have_rising_numbers_of_24_bits(void **state)
{
	static const struct {
		struct xics_line lines[2];
		bool good;
	} rows[] = {
		{ { { XICS_FIRST, true }, { XICS_XISR, false } }, true },
		{ { { XICS_FIRST - 1, true }, { 0x1100, false } }, false },
		{ { { XICS_IPI, true }, { 0x1100, false } }, false },
		{ { { 0x1100, true }, { 0x1000000, false } }, false },
		{ { { 0x1100, true }, { 0x1100, false } }, false },
		{ { { 0x1101, true }, { 0x1100, false } }, false },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(!!xics_new(p->vm, rows[i].lines, 2),
				 rows[i].good);
}

static void a_line_of_no_source_is_refused(void **state)
{
	struct partition *p = *state;

	assert_int_equal(xics_set_line(p->vm->xics, MSI_A - 1, true), -ENOENT);
	assert_int_equal(xics_set_line(p->vm->xics, 0, true), -ENOENT);
	assert_int_equal(xics_set_line(p->vm->xics, ~0u, false), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		xics_test(a_new_vcpu_lets_nothing_through),
		xics_test(an_edge_is_shown_accepted_and_ended),
		xics_test(the_more_favoured_is_shown_whatever_came_first),
		xics_test(the_displaced_one_comes_after_the_end_of_the_other),
		xics_test(cppr_rejects_what_is_not_more_favoured),
		xics_test(a_rejected_one_follows_its_source_to_another_server),
		xics_test(one_that_waits_goes_where_it_is_sent),
		xics_test(an_ipi_is_shown_while_its_priority_is_asked_for),
		xics_test(an_ipi_that_is_shown_stays_when_it_is_taken_back),
		xics_test(an_ipi_waits_for_its_cppr),
		xics_test(an_ipi_wins_against_a_source_of_its_priority),
		xics_test(a_source_displaces_a_less_favoured_ipi_for_a_while),
		xics_test(a_level_comes_again_until_it_is_lowered),
		xics_test(a_level_that_is_lowered_while_it_waits_is_forgotten),
		xics_test(a_level_raised_again_before_its_end_is_shown_once),
		xics_test(a_level_is_not_shown_twice_when_it_moves),
		xics_test(one_more_edge_is_kept_until_the_end_and_not_two),
		xics_test(what_comes_while_off_comes_when_on),
		xics_test(one_that_waits_stays_away_while_off),
		xics_test(a_level_that_is_up_comes_when_on),
		xics_test(an_end_to_a_more_favoured_cppr_takes_nothing_back),
		xics_test(an_ipi_does_not_lose_what_such_an_end_has_left),
		xics_test(a_reset_forgets_all_but_what_devices_say),
		xics_test(sources_have_rising_numbers_of_24_bits),
		xics_test(a_line_of_no_source_is_refused),
	};

	return cmocka_run_group_tests_name("XICS", tests, NULL, NULL);
}
