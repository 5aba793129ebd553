/* SPDX-License-Identifier: BSD-2-Clause */
/* A XIVE that is stopped, saved, and loaded into another partition. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "spapr/vm.h"
#include "spapr/xive.h"
#include "tests/save-fixture.h"
#include "tests/xive-fixture.h"

static unsigned int events(struct partition *p)
{
	return fake_host_raised(p->fake, VTY_LISN);
}

/* --- stopped and let go */

static void stop(struct partition *p)
{
	assert_int_equal(xive_stop(p->vm, NULL), 0);
}

static void a_source_that_is_stopped_sends_nothing(void **state)
{
	struct partition *p = *state;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	stop(p);
	papr_vm_console_input(p->vm);
	papr_vm_console_input(p->vm);
	assert_int_equal(events(p), 0);
	assert_true(fake_host_logged(p->fake, "xive_sync_all"));
	xive_go(p->vm);
	assert_int_equal(events(p), 1);
	assert_int_equal(pq_of(p, VTY_LISN), PQ_PENDING);
}

/* Its event had not ended; there is one more then. */
static void what_comes_meanwhile_waits_for_the_end(void **state)
{
	struct partition *p = *state;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	set_pq(p, VTY_LISN, PQ_PENDING);
	stop(p);
	papr_vm_console_input(p->vm);
	xive_go(p->vm);
	assert_int_equal(pq_of(p, VTY_LISN), PQ_QUEUED);
	assert_int_equal(events(p), 0);
}

static void a_source_that_is_off_stays_so(void **state)
{
	struct partition *p = *state;

	stop(p);
	papr_vm_console_input(p->vm);
	xive_go(p->vm);
	assert_int_equal(pq_of(p, VTY_LISN), PQ_OFF);
}

/* A device that sends right after each change of its source, one by one. */
static struct {
	int (*esb)(void *host, uint32_t lisn, uint32_t offset, bool store,
		   uint64_t *value);
	unsigned int changes, sends_after;
} device;

static int esb_of_device(void *host, uint32_t lisn, uint32_t offset,
			 bool store, uint64_t *value)
{
	int r = device.esb(host, lisn, offset, store, value);

	if (lisn == VTY_LISN && ++device.changes == device.sends_after)
		fake_host_ops()->xive->trigger(host, lisn);
	return r;
}

static void no_event_is_lost_whenever_it_comes(void **state)
{
	struct partition *p = *state;
	unsigned int n = 0;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	device.esb = p->vm->xive_ops.esb;
	do {
		set_pq(p, VTY_LISN, PQ_RESET);
		p->vm->xive_ops.esb = esb_of_device;
		device.changes = 0;
		device.sends_after = n + 1;
		stop(p);
		xive_go(p->vm);
		p->vm->xive_ops.esb = device.esb;
		n += device.changes > n;
		assert_int_equal(events(p), n);
	} while (device.changes >= device.sends_after);
	assert_true(n >= 2);
}

/* --- saved and loaded */

static struct partition *reborn(struct partition *p)
{
	struct file *file = save_to_file(p);
	struct partition *q = xive_blank();

	load_from_file(q, file);
	file_free(file);
	return q;
}

static void a_busy_controller_is_the_same(void **state)
{
	struct partition *p = *state, *q;

	xive_work(p);
	q = reborn(p);
	assert_xive_worked(q);
	assert_same_file(p, q);
	partition_free(q);
}

static void a_new_controller_is_the_same(void **state)
{
	struct partition *q = reborn(*state);

	assert_same_file(*state, q);
	partition_free(q);
}

static void what_a_source_was_doing_it_does(void **state)
{
	struct partition *p = *state;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	for (uint32_t pq = PQ_RESET; pq <= PQ_QUEUED; pq++) {
		struct partition *q;

		set_pq(p, VTY_LISN, pq);
		q = reborn(p);
		assert_int_equal(pq_of(p, VTY_LISN), pq);
		assert_int_equal(pq_of(q, VTY_LISN), pq);
		assert_int_equal(events(p), 0);
		assert_int_equal(events(q), 0);
		partition_free(q);
	}
}

static void a_reset_forgets_what_was_loaded(void **state)
{
	struct partition *p = *state, *q;

	xive_work(p);
	q = reborn(p);
	assert_int_equal(papr_vm_reset(q->vm, NULL), 0);
	assert_config(q, VTY_LISN, 0, 0xff, VTY_LISN);
	assert_int_equal(pq_of(q, VTY_LISN), PQ_OFF);
	partition_free(q);
}

/* Which the guest could not take from its queue. */
static void events_to_a_core_that_is_gone_go_nowhere(void **state)
{
	struct partition *p = *state, *q;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	assert_true(vcpu_set_absent(papr_vm_vcpu(p->vm, 1), true));
	q = reborn(p);
	assert_config(q, VTY_LISN, SERVER_1, 0xff, VTY_LISN);
	assert_false(fake_host_logged(q->fake, "cpu 8: xive_set_vp"));
	partition_free(q);
}

/* --- events while guest memory is written or read, where queues are */

struct typing {
	struct file file;		/* the first, for file_save */
	struct partition *p;
	int err;			/* what a load comes to */
};

static int type(void *arg, struct papr_saver *saver, struct papr_error *error)
{
	const struct papr_section own = { .size = sizeof(own), .name = "own" };
	struct partition *p = ((struct typing *)arg)->p;

	papr_vm_console_input(p->vm);
	assert_int_equal(events(p), 0);
	return papr_saver_put(saver, &own, error);
}

static int type_and_fail(void *arg, struct papr_saver *saver,
			 struct papr_error *error)
{
	type(arg, saver, error);
	return -EPERM;
}

static void what_comes_during_a_save_comes_after_it(void **state)
{
	struct papr_save_ops ops = file_save;
	struct partition *p = *state;
	struct typing typing = { .p = p };

	listen_to(p, VTY_LISN, SERVER_1, 6);
	ops.sections = type;
	assert_int_equal(papr_vm_save(p->vm, &ops, &typing, NULL), 0);
	assert_int_equal(events(p), 1);
	free(typing.file.bytes);
}

static void so_it_does_if_the_save_fails(void **state)
{
	struct papr_save_ops ops = file_save;
	struct partition *p = *state;
	struct typing typing = { .p = p };

	listen_to(p, VTY_LISN, SERVER_1, 6);
	ops.sections = type_and_fail;
	assert_int_equal(papr_vm_save(p->vm, &ops, &typing, NULL), -EPERM);
	assert_int_equal(events(p), 1);
	free(typing.file.bytes);
}

static int type_again(void *arg, const struct papr_section *section,
		      struct papr_error *error)
{
	const struct typing *typing = arg;

	(void)error;
	assert_string_equal(section->name, "own");
	papr_vm_console_input(typing->p->vm);
	assert_int_equal(events(typing->p), 0);
	return typing->err;
}

static struct partition *load_and_type(struct partition *p, int err)
{
	struct papr_save_ops save = file_save;
	struct papr_load_ops load = file_load;
	struct typing typing = { .p = p };
	struct partition *q = xive_blank();

	listen_to(p, VTY_LISN, SERVER_1, 6);
	save.sections = type;
	load.section = type_again;
	assert_int_equal(papr_vm_save(p->vm, &save, &typing, NULL), 0);
	typing.p = q;
	typing.err = err;
	assert_int_equal(papr_vm_load(q->vm, &load, &typing, NULL), err);
	free(typing.file.bytes);
	return q;
}

static void what_comes_during_a_load_comes_after_it(void **state)
{
	struct partition *q = load_and_type(*state, 0);

	assert_int_equal(events(q), 1);
	partition_free(q);
}

/* Guest memory is not what it was: nobody may write to it. */
static void after_a_load_that_failed_nothing_comes(void **state)
{
	struct partition *q = load_and_type(*state, -EPERM);

	papr_vm_console_input(q->vm);
	assert_int_equal(events(q), 0);
	assert_int_equal(papr_vm_reset(q->vm, NULL), 0);
	listen_to(q, VTY_LISN, SERVER_1, 6);
	papr_vm_console_input(q->vm);
	assert_int_equal(events(q), 1);
	partition_free(q);
}

static void what_the_host_does_not_tell_is_said(void **state)
{
	static const struct {
		enum fake_op op;
		const char *sentence;
	} rows[] = {
		{ FAKE_XIVE_ESB, "the host does not stop interrupt sources: "
		  "Input/output error" },
		{ FAKE_XIVE_SYNC_ALL, "the host does not stop interrupt "
		  "sources: Input/output error" },
		{ FAKE_XIVE_GET_QUEUE, "the host does not tell the queues of "
		  "vCPU 8: Input/output error" },
		{ FAKE_XIVE_GET_VP, "the host does not tell what interrupts "
		  "vCPU 0: Input/output error" },
	};
	struct partition *p = *state;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct file file = { .len = 0 };
		struct papr_error error;

		fake_host_fail(p->fake, rows[i].op, 1, EIO);
		assert_int_equal(papr_vm_save(p->vm, &file_save, &file,
					      &error), -EIO);
		assert_string_equal(error.text, rows[i].sentence);
		assert_int_equal(pq_of(p, VTY_LISN), PQ_RESET);
		free(file.bytes);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		xive_test(a_source_that_is_stopped_sends_nothing),
		xive_test(what_comes_meanwhile_waits_for_the_end),
		xive_test(a_source_that_is_off_stays_so),
		xive_test(no_event_is_lost_whenever_it_comes),
		xive_test(a_busy_controller_is_the_same),
		xive_test(a_new_controller_is_the_same),
		xive_test(what_a_source_was_doing_it_does),
		xive_test(a_reset_forgets_what_was_loaded),
		xive_test(events_to_a_core_that_is_gone_go_nowhere),
		xive_test(what_comes_during_a_save_comes_after_it),
		xive_test(so_it_does_if_the_save_fails),
		xive_test(what_comes_during_a_load_comes_after_it),
		xive_test(after_a_load_that_failed_nothing_comes),
		xive_test(what_the_host_does_not_tell_is_said),
	};

	return cmocka_run_group_tests_name("XIVE state", tests, NULL, NULL);
}
