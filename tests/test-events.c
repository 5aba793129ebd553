/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that wait: which the guest gets, when it is told, what bounds them. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "rtas/status.h"
#include "tests/event-fixture.h"
#include "tests/tree.h"


#define IRQ_EPOW	0x1000
#define IRQ_HOT_PLUG	0x1001
#define IRQ_INTERNAL	0x1002
#define IRQ_IO		0x1003

static unsigned int raised(struct partition *p, uint32_t irq)
{
	assert_false(fake_host_irq_level(p->fake, irq));
	return fake_host_raised(p->fake, irq);
}

static struct papr_event_counts counts(struct partition *p,
				       enum papr_event_class which)
{
	struct papr_event_counts c = { .size = sizeof(c) };

	assert_int_equal(papr_vm_event_counts(p->vm, which, &c), 0);
	return c;
}

/* --- who gets what */

/* One event of each class; every mask finds the first of its classes. */
static void every_mask_finds_its_classes(void **state)
{
	static const struct {
		uint32_t mask;
		uint8_t type;
	} classes[] = {
		{ INTERNAL, PAPR_ELOG_PLATFORM_ERROR },
		{ EPOW, PAPR_ELOG_EPOW },
		{ HOT_PLUG, PAPR_ELOG_HOTPLUG },
		{ IO, PAPR_ELOG_IO_EVENT },
	};

	(void)state;
	for (unsigned int chosen = 0; chosen < 16; chosen++) {
		struct partition *p = partition_new(
			&(struct partition_setup){ 0 });
		uint32_t mask = ~(INTERNAL | EPOW | HOT_PLUG | IO);

		event_io(p);
		event_hotplug(p, 1);
		event_epow(p, PAPR_EPOW_WARN_POWER);
		event_internal(p, PAPR_ELOG_ERROR, false);
		for (int i = 0; i < 4; i++)
			mask |= chosen & 1 << i ? classes[i].mask : 0;
		for (int i = 0; i < 4; i++) {
			if (!(chosen & 1 << i))
				continue;
			assert_int_equal(event_check(p, mask), RTAS_SUCCESS);
			assert_int_equal(p->ram[BUF + 3], classes[i].type);
		}
		assert_int_equal(event_check(p, mask), RTAS_NO_EVENT);
		partition_free(p);
	}
}

static void within_a_class_the_worst_is_first(void **state)
{
	static const uint8_t severities[] = { 1, 3, 5, 2, 5, 4, 0 };
	static const uint8_t wanted[] = { 5, 5, 4, 3, 2, 1, 0 };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(severities); i++)
		event_internal(p, severities[i], false);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		assert_int_equal(event_check(p, INTERNAL), RTAS_SUCCESS);
		assert_int_equal(p->ram[BUF + 1] >> 5, wanted[i]);
	}
	assert_int_equal(event_check(p, INTERNAL), RTAS_NO_EVENT);
}

/* Add and remove of one thing must not change places. */
static void of_like_severity_the_oldest_is_first(void **state)
{
	struct partition *p = *state;

	for (uint32_t i = 0; i < 5; i++)
		event_hotplug(p, i);
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(event_check(p, HOT_PLUG), RTAS_SUCCESS);
		assert_int_equal(load_be32(p->ram + BUF + 108), i);
	}
}

static void loss_of_power_overtakes_other_warnings(void **state)
{
	static const uint8_t put[] = { 1, 3, 0, 5, 4, 7, 2 };
	static const uint8_t wanted[] = { 5, 7, 1, 3, 0, 4, 2 };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(put); i++)
		event_epow(p, put[i]);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		assert_int_equal(event_check(p, EPOW), RTAS_SUCCESS);
		assert_int_equal(p->ram[BUF + 104], wanted[i]);
	}
}

static void event_is_told_by_one_of_the_two_calls(void **state)
{
	struct partition *p = *state;

	event_internal(p, PAPR_ELOG_WARNING, false);
	assert_int_equal(event_scan(p, ALL), RTAS_NO_EVENT);
	assert_int_equal(event_check(p, ALL), RTAS_SUCCESS);
	event_internal(p, PAPR_ELOG_WARNING, true);
	assert_int_equal(event_check(p, ALL), RTAS_NO_EVENT);
	assert_int_equal(event_scan(p, ALL), RTAS_SUCCESS);
	assert_int_equal(event_scan(p, ALL), RTAS_NO_EVENT);
}

static void scan_looks_at_its_mask(void **state)
{
	struct partition *p = *state;

	event_internal(p, PAPR_ELOG_WARNING, true);
	assert_int_equal(event_scan(p, ~INTERNAL), RTAS_NO_EVENT);
	assert_int_equal(event_scan(p, INTERNAL), RTAS_SUCCESS);
}

/* LoPAR: two in the first sequence after boot, then one. */
static void sequence_of_scans_is_short(void **state)
{
	static const int32_t wanted[] = { 0, 0, 1, 0, 1, 0, 1, 1, 1 };
	struct partition *p = *state;

	for (int i = 0; i < 4; i++)
		event_internal(p, PAPR_ELOG_WARNING, true);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_int_equal(event_scan(p, ALL), wanted[i]);
}

static void seventh_input_may_be_there(void **state)
{
	struct partition *p = *state;

	event_io(p);
	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 7, 1, 0x200,
			      0x1000, IO, 1, BUF, PAPR_ELOG_MAX, 0x80000000),
			 RTAS_SUCCESS);
	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 5, 1, 0x500, 0,
			      IO, 0, BUF), RTAS_PARAMETER_ERROR);
}

/* --- interrupts */

static void each_class_has_its_interrupt(void **state)
{
	struct partition *p = *state;

	event_epow(p, PAPR_EPOW_WARN_POWER);
	assert_int_equal(raised(p, IRQ_EPOW), 1);
	event_hotplug(p, 1);
	assert_int_equal(raised(p, IRQ_HOT_PLUG), 1);
	event_internal(p, PAPR_ELOG_ERROR, false);
	assert_int_equal(raised(p, IRQ_INTERNAL), 1);
	event_io(p);
	assert_int_equal(raised(p, IRQ_IO), 1);
	assert_int_equal(raised(p, IRQ_EPOW), 1);
}

/* Linux asks once for each interrupt. */
static void interrupt_comes_again_while_some_are_left(void **state)
{
	struct partition *p = *state;

	for (int i = 0; i < 3; i++)
		event_hotplug(p, i);
	assert_int_equal(raised(p, IRQ_HOT_PLUG), 3);
	event_check(p, HOT_PLUG);
	assert_int_equal(raised(p, IRQ_HOT_PLUG), 4);
	event_check(p, HOT_PLUG);
	assert_int_equal(raised(p, IRQ_HOT_PLUG), 5);
	/* After the last it must not: Linux reads a log that is not there. */
	event_check(p, HOT_PLUG);
	event_check(p, HOT_PLUG);
	assert_int_equal(raised(p, IRQ_HOT_PLUG), 5);
}

static void others_do_not_raise_the_interrupt_of_a_class(void **state)
{
	struct partition *p = *state;

	event_hotplug(p, 1);
	event_epow(p, PAPR_EPOW_WARN_POWER);
	event_check(p, EPOW);
	assert_int_equal(raised(p, IRQ_HOT_PLUG), 1);
	assert_int_equal(raised(p, IRQ_EPOW), 1);
}

static void event_for_a_scan_raises_none(void **state)
{
	struct partition *p = *state;

	event_internal(p, PAPR_ELOG_EVENT, true);
	event_internal(p, PAPR_ELOG_EVENT, false);
	assert_int_equal(raised(p, IRQ_INTERNAL), 1);
	event_check(p, ALL);
	assert_int_equal(raised(p, IRQ_INTERNAL), 1);
}

/* The library's own controller: each event is one interrupt and one EOI. */
static void guest_of_our_controller_takes_them_one_by_one(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "sets: { hcall-interrupt: user }" });
	uint64_t r[PAPR_HCALL_ARGS] = { 0 };
	unsigned int n = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		event_hotplug(p, i);
	RTAS(p, RTAS_TOKEN_ibm_set_xive, 3, 1, IRQ_HOT_PLUG, 0, 5);
	HCALL(p, H_CPPR, 0xff);
	for (;;) {
		assert_int_equal(partition_hcall(p, H_XIRR, r), H_SUCCESS);
		if (!(r[0] & 0xffffff))
			break;
		assert_int_equal(r[0] & 0xffffff, IRQ_HOT_PLUG);
		assert_int_equal(event_check(p, HOT_PLUG), RTAS_SUCCESS);
		assert_int_equal(load_be32(p->ram + BUF + 108), n++);
		HCALL(p, H_EOI, r[0]);
		p->n_dirty = 0;
	}
	assert_int_equal(n, 5);
	assert_int_equal(event_check(p, HOT_PLUG), RTAS_NO_EVENT);
	partition_free(p);
}

static void event_without_its_interrupt_is_none(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	fake_host_fail(p->fake, FAKE_IRQ_LINE, 1, EIO);
	assert_int_equal(event_try_hotplug(p, 1, &error), -EIO);
	assert_string_equal(error.text, "the interrupt of hot-plug-events "
			    "cannot be raised: Input/output error");
	assert_int_equal(event_check(p, ALL), RTAS_NO_EVENT);
	assert_int_equal(counts(p, PAPR_EVENT_CLASS_HOT_PLUG).queued, 0);
}

/* --- bounds */

static void full_queue_refuses_in_words(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	for (uint32_t i = 0; i < PAPR_EVENTS_WAITING; i++)
		event_hotplug(p, i);
	assert_int_equal(p->logs, 0);
	assert_int_equal(event_try_hotplug(p, 99, &error), -ENOSPC);
	assert_string_equal(error.text, "64 events wait for the guest, and "
			    "there is no room for more");
	assert_string_equal(p->log, "the guest does not take its events: "
			    "there is no room for one of hot-plug-events, and "
			    "maybe more");
	assert_int_equal(event_try_hotplug(p, 99, NULL), -ENOSPC);
	assert_int_equal(p->logs, 1);
	assert_int_equal(raised(p, IRQ_HOT_PLUG), PAPR_EVENTS_WAITING);
}

static void full_queue_loses_nothing_that_waits(void **state)
{
	struct partition *p = *state;

	for (uint32_t i = 0; i < PAPR_EVENTS_WAITING; i++)
		event_hotplug(p, i);
	event_try_hotplug(p, 99, NULL);
	for (uint32_t i = 0; i < PAPR_EVENTS_WAITING; i++) {
		assert_int_equal(event_check(p, HOT_PLUG), RTAS_SUCCESS);
		assert_int_equal(load_be32(p->ram + BUF + 108), i);
		p->n_dirty = 0;
	}
	assert_int_equal(event_check(p, HOT_PLUG), RTAS_NO_EVENT);
	event_hotplug(p, 1);
}

static void all_is_counted(void **state)
{
	struct partition *p = *state;
	struct papr_event_counts c;

	for (int i = 0; i < PAPR_EVENTS_WAITING - 1; i++)
		event_hotplug(p, i);
	event_io(p);
	event_try_hotplug(p, 99, NULL);
	event_try_hotplug(p, 99, NULL);
	event_check(p, HOT_PLUG);
	c = counts(p, PAPR_EVENT_CLASS_HOT_PLUG);
	assert_int_equal(c.waiting, PAPR_EVENTS_WAITING - 2);
	assert_int_equal(c.queued, PAPR_EVENTS_WAITING - 1);
	assert_int_equal(c.delivered, 1);
	assert_int_equal(c.refused, 2);
	assert_int_equal(papr_vm_reset(p->vm, NULL), 0);
	c = counts(p, PAPR_EVENT_CLASS_HOT_PLUG);
	assert_int_equal(c.waiting, 0);
	assert_int_equal(c.dropped, PAPR_EVENTS_WAITING - 2);
	assert_int_equal(counts(p, PAPR_EVENT_CLASS_IO).dropped, 1);
	assert_int_equal(counts(p, PAPR_EVENT_CLASS_EPOW).queued, 0);
	assert_int_equal(papr_vm_event_counts(p->vm, PAPR_EVENT_CLASSES, &c),
			 -EINVAL);
	c.size = 0;
	assert_int_equal(papr_vm_event_counts(p->vm, PAPR_EVENT_CLASS_IO, &c),
			 -E2BIG);
}

static void what_was_taken_does_not_wait(void **state)
{
	struct partition *p = *state;

	event_hotplug(p, 1);
	assert_int_equal(counts(p, PAPR_EVENT_CLASS_HOT_PLUG).waiting, 1);
	event_check(p, HOT_PLUG);
	assert_int_equal(counts(p, PAPR_EVENT_CLASS_HOT_PLUG).waiting, 0);
}

static void classes_have_the_names_of_their_nodes(void **state)
{
	static const char *const names[] = {
		"internal-errors", "epow-events", "hot-plug-events",
		"ibm,io-events",
	};

	(void)state;
	for (int i = 0; i < PAPR_EVENT_CLASSES; i++)
		assert_string_equal(papr_event_class_name(i), names[i]);
	assert_null(papr_event_class_name(PAPR_EVENT_CLASSES));
}

static void events_are_for_a_sealed_partition(void **state)
{
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					NULL), 0);
	assert_int_equal(event_try_hotplug(p, 1, &error), -EBUSY);
	assert_string_equal(error.text,
			    "there are events after the VM is sealed");
	partition_free(p);
}

/* --- a new guest */

static void reset_empties_the_queue(void **state)
{
	struct partition *p = *state;

	event_epow(p, PAPR_EPOW_POWER_OFF);
	event_internal(p, PAPR_ELOG_EVENT, true);
	event_scan(p, ALL);
	event_scan(p, ALL);
	assert_int_equal(papr_vm_reset(p->vm, NULL), 0);
	assert_int_equal(event_check(p, ALL), RTAS_NO_EVENT);
	/* Its first sequence of scans is a first one again. */
	for (int i = 0; i < 3; i++)
		event_internal(p, PAPR_ELOG_EVENT, true);
	assert_int_equal(event_scan(p, ALL), RTAS_SUCCESS);
	assert_int_equal(event_scan(p, ALL), RTAS_SUCCESS);
	assert_int_equal(event_scan(p, ALL), RTAS_NO_EVENT);
}

static uint32_t epow_sensor(struct partition *p)
{
	uint32_t cells[RTAS_CELLS] = { 9, 0 };

	assert_int_equal(partition_rtas_status(p, RTAS_TOKEN_get_sensor_state,
					       2, 2, cells), RTAS_SUCCESS);
	return cells[3];
}

static void sensor_shows_the_highest_epow_until_it_is_over(void **state)
{
	static const uint8_t put[] = { 1, 3, 2, 0, 2, 7, 5, 0, 1 };
	static const uint8_t wanted[] = { 1, 3, 3, 0, 2, 7, 7, 0, 1 };
	struct partition *p = *state;

	assert_int_equal(epow_sensor(p), PAPR_EPOW_RESET);
	for (size_t i = 0; i < ARRAY_SIZE(put); i++) {
		event_epow(p, put[i]);
		assert_int_equal(epow_sensor(p), wanted[i]);
	}
	event_hotplug(p, 1);
	event_check(p, ALL);
	assert_int_equal(epow_sensor(p), 1);
	assert_int_equal(papr_vm_reset(p->vm, NULL), 0);
	assert_int_equal(epow_sensor(p), PAPR_EPOW_RESET);
}

/* --- the tree */

static void tree_names_the_interrupts(void **state)
{
	static const struct {
		const char *node;
		uint32_t irq;
	} rows[] = {
		{ "/event-sources/internal-errors", IRQ_INTERNAL },
		{ "/event-sources/epow-events", IRQ_EPOW },
		{ "/event-sources/hot-plug-events", IRQ_HOT_PLUG },
		{ "/event-sources/ibm,io-events", IRQ_IO },
	};
	struct partition *p = *state;
	void *fdt = tree_of(p, NULL);

	assert_tree_empty(fdt, "/event-sources", "interrupt-controller");
	assert_tree_cell(fdt, "/event-sources", "#interrupt-cells", 2);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const uint32_t interrupt[] = { rows[i].irq, 0 };
		const uint32_t *ranges = tree_property(
			fdt, "/event-sources", "interrupt-ranges", NULL);

		assert_tree_cells(fdt, rows[i].node, "interrupts", interrupt,
				  2);
		assert_int_equal(load_be32(ranges + 2 * i), rows[i].irq);
		assert_int_equal(load_be32(ranges + 2 * i + 1), 1);
	}
	free(fdt);
}

static void without_the_call_there_are_no_sources(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "rtas: { check-exception: deny }" });
	void *fdt = tree_of(p, NULL);

	(void)state;
	assert_true(fdt_path_offset(fdt, "/event-sources") < 0);
	free(fdt);
	partition_free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mask_finds_its_classes),
		partition_test(within_a_class_the_worst_is_first),
		partition_test(of_like_severity_the_oldest_is_first),
		partition_test(loss_of_power_overtakes_other_warnings),
		partition_test(event_is_told_by_one_of_the_two_calls),
		partition_test(scan_looks_at_its_mask),
		partition_test(sequence_of_scans_is_short),
		partition_test(seventh_input_may_be_there),
		partition_test(each_class_has_its_interrupt),
		partition_test(interrupt_comes_again_while_some_are_left),
		partition_test(others_do_not_raise_the_interrupt_of_a_class),
		partition_test(event_for_a_scan_raises_none),
		cmocka_unit_test(guest_of_our_controller_takes_them_one_by_one),
		partition_test(event_without_its_interrupt_is_none),
		partition_test(full_queue_refuses_in_words),
		partition_test(full_queue_loses_nothing_that_waits),
		partition_test(all_is_counted),
		partition_test(what_was_taken_does_not_wait),
		cmocka_unit_test(classes_have_the_names_of_their_nodes),
		cmocka_unit_test(events_are_for_a_sealed_partition),
		partition_test(reset_empties_the_queue),
		partition_test(sensor_shows_the_highest_epow_until_it_is_over),
		partition_test(tree_names_the_interrupts),
		cmocka_unit_test(without_the_call_there_are_no_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
