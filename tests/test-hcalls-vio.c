/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of VIO devices: every answer, and what they leave. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "tests/vio-fixture.h"

static void every_answer_of_h_reg_crq(void **state)
{
	static const struct {
		const char *what;
		uint64_t unit, queue, len;
		int64_t ret;
	} rows[] = {
		{ "two pages", UNIT, QUEUE, QUEUE_LEN, H_SUCCESS },
		{ "one page", UNIT, QUEUE + 0x1000, 0x1000, H_SUCCESS },
		{ "no such unit", NOBODY, QUEUE, QUEUE_LEN, H_PARAMETER },
		{ "more than 32 bits", 1ull << 32 | UNIT, QUEUE, QUEUE_LEN,
		  H_PARAMETER },
		{ "the terminal", VTY, QUEUE, QUEUE_LEN, H_PARAMETER },
		{ "misaligned", UNIT, QUEUE + 0x10, 0x1000, H_PARAMETER },
		{ "no length", UNIT, QUEUE, 0, H_PARAMETER },
		{ "half a page", UNIT, QUEUE, 0x800, H_PARAMETER },
		{ "a page and a half", UNIT, QUEUE, 0x1800, H_PARAMETER },
		{ "a page that is not mapped", UNIT, QUEUE, 0x3000,
		  H_PARAMETER },
		{ "a page only to be read", UNIT, 0x6000, 0x1000,
		  H_PARAMETER },
		{ "a page only to be written", UNIT, 0x7000, 0x1000,
		  H_PARAMETER },
		{ "behind the window", UNIT, 0x10000, 0x1000, H_PARAMETER },
		{ "over its end", UNIT, 0xf000, 0x2000, H_PARAMETER },
		{ "longer than it", UNIT, QUEUE, 0x11000, H_PARAMETER },
		{ "much longer", UNIT, QUEUE, ~0xfffull, H_PARAMETER },
		{ "no queues", OTHER, QUEUE, 0x1000, H_NOT_FOUND },
		{ "no queues, and not mapped", OTHER, 0, 0x1000,
		  H_PARAMETER },
	};
	struct vio_test *t = *state;

	vio_map(t);
	HCALL(t->p, H_PUT_TCE, LIOBN, 0x6000, 0xa000 | 1);
	HCALL(t->p, H_PUT_TCE, LIOBN, 0x7000, 0xb000 | 2);
	HCALL(t->p, H_PUT_TCE, LIOBN, 0xf000, 0xc000 | RW);
	HCALL(t->p, H_PUT_TCE, OTHER_LIOBN, QUEUE, 0xd000 | RW);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (HCALL(t->p, H_REG_CRQ, rows[i].unit, rows[i].queue,
			  rows[i].len) != rows[i].ret)
			fail_msg("%s", rows[i].what);
		HCALL(t->p, H_FREE_CRQ, UNIT);
	}
	assert_int_equal(t->device.registered, 2);
	assert_int_equal(t->device.freed, 2);
}

static void second_queue_is_refused(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	assert_int_equal(HCALL(t->p, H_REG_CRQ, UNIT, QUEUE, QUEUE_LEN),
			 H_RESOURCE);
	assert_int_equal(t->device.registered, 1);
	HCALL(t->p, H_FREE_CRQ, UNIT);
	assert_int_equal(HCALL(t->p, H_REG_CRQ, UNIT, QUEUE, QUEUE_LEN),
			 H_SUCCESS);
}

/* Whether there is a queue shows in what a put returns. */
static void device_decides_on_the_queue(void **state)
{
	static const struct {
		enum papr_vio_answer answer;
		int64_t ret;
		int put;
	} rows[] = {
		{ PAPR_VIO_SUCCESS, H_SUCCESS, 0 },
		{ PAPR_VIO_CLOSED, H_CLOSED, 0 },
		{ PAPR_VIO_NOT_FOUND, H_NOT_FOUND, -ENOTCONN },
		{ PAPR_VIO_RESOURCE, H_RESOURCE, -ENOTCONN },
		{ PAPR_VIO_HARDWARE, H_HARDWARE, -ENOTCONN },
		{ (enum papr_vio_answer)99, H_HARDWARE, -ENOTCONN },
	};
	struct vio_test *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		vio_map(t);
		t->device.freed = 0;
		t->device.answer = rows[i].answer;
		assert_int_equal(HCALL(t->p, H_REG_CRQ, UNIT, QUEUE,
				       QUEUE_LEN), rows[i].ret);
		assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0),
				 rows[i].put);
		HCALL(t->p, H_FREE_CRQ, UNIT);
		assert_int_equal(t->device.freed, !rows[i].put);
	}
}

static void device_may_greet_who_registers(void **state)
{
	struct vio_test *t = *state;

	t->device.greets = true;
	vio_register(t);
	assert_int_equal(t->device.put, 0);
	assert_int_equal(load_be64(vio_entry(t, 0)), INIT);
}

static void every_answer_of_h_free_crq(void **state)
{
	static const struct {
		uint64_t unit;
		int64_t ret;
	} rows[] = {
		{ UNIT, H_SUCCESS }, { UNIT, H_SUCCESS }, { OTHER, H_SUCCESS },
		{ VTY, H_SUCCESS }, { NOBODY, H_PARAMETER },
		{ 1ull << 32 | UNIT, H_PARAMETER },
	};
	struct vio_test *t = *state;

	vio_register(t);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(HCALL(t->p, H_FREE_CRQ, rows[i].unit),
				 rows[i].ret);
	assert_int_equal(t->device.freed, 1);
	assert_int_equal(t->device.put, -ENOTCONN);
}

static void every_answer_of_h_send_crq(void **state)
{
	static const struct {
		const char *what;
		uint64_t unit, high;
		enum papr_vio_answer answer;
		int64_t ret;
	} rows[] = {
		{ "a message", UNIT, MESSAGE, PAPR_VIO_SUCCESS, H_SUCCESS },
		{ "the highest", UNIT, 0xfeull << 56, PAPR_VIO_SUCCESS,
		  H_SUCCESS },
		{ "closed", UNIT, MESSAGE, PAPR_VIO_CLOSED, H_CLOSED },
		{ "dropped", UNIT, MESSAGE, PAPR_VIO_DROPPED, H_DROPPED },
		{ "broken", UNIT, MESSAGE, PAPR_VIO_HARDWARE, H_HARDWARE },
		{ "no message", UNIT, 0x7full << 56, PAPR_VIO_SUCCESS,
		  H_PARAMETER },
		{ "0", UNIT, 0, PAPR_VIO_SUCCESS, H_PARAMETER },
		{ "a transport event", UNIT, 0xffull << 56, PAPR_VIO_SUCCESS,
		  H_PARAMETER },
		{ "no such unit", NOBODY, MESSAGE, PAPR_VIO_SUCCESS,
		  H_PARAMETER },
		{ "no queues", OTHER, MESSAGE, PAPR_VIO_SUCCESS, H_CLOSED },
		{ "the terminal", VTY, MESSAGE, PAPR_VIO_SUCCESS, H_CLOSED },
	};
	struct vio_test *t = *state;

	vio_register(t);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		t->device.answer = rows[i].answer;
		if (HCALL(t->p, H_SEND_CRQ, rows[i].unit, rows[i].high,
			  MESSAGE_LOW) != rows[i].ret)
			fail_msg("%s", rows[i].what);
	}
	assert_int_equal(t->device.sent, 5);
}

static void device_gets_what_was_sent(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	HCALL(t->p, H_SEND_CRQ, UNIT, MESSAGE, MESSAGE_LOW);
	assert_true(t->device.high == MESSAGE);
	assert_true(t->device.low == MESSAGE_LOW);
	assert_clean(t->p);
}

static void device_may_answer_at_once(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	t->device.echoes = true;
	HCALL(t->p, H_SEND_CRQ, UNIT, MESSAGE, MESSAGE_LOW);
	assert_int_equal(t->device.put, 0);
	assert_int_equal(load_be64(vio_entry(t, 0) + 8), MESSAGE_LOW);
}

static void without_a_queue_nothing_is_sent(void **state)
{
	struct vio_test *t = *state;

	assert_int_equal(HCALL(t->p, H_SEND_CRQ, UNIT, MESSAGE, 0), H_CLOSED);
	vio_register(t);
	HCALL(t->p, H_FREE_CRQ, UNIT);
	assert_int_equal(HCALL(t->p, H_SEND_CRQ, UNIT, MESSAGE, 0), H_CLOSED);
	assert_int_equal(t->device.sent, 0);
}

static void suspended_partner_closes_until_enabled(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	papr_vio_put(t->device.vio, 0xff01ull << 48, 0);
	assert_int_equal(HCALL(t->p, H_SEND_CRQ, UNIT, MESSAGE, 0), H_SUCCESS);
	papr_vio_put(t->device.vio, 0xff06ull << 48, 0);
	assert_int_equal(HCALL(t->p, H_SEND_CRQ, UNIT, MESSAGE, 0), H_CLOSED);
	assert_int_equal(HCALL(t->p, H_ENABLE_CRQ, UNIT), H_SUCCESS);
	assert_int_equal(HCALL(t->p, H_SEND_CRQ, UNIT, MESSAGE, 0), H_SUCCESS);
	assert_int_equal(load_be32(vio_entry(t, 1)), 0xff060000);
}

static void every_answer_of_h_enable_crq(void **state)
{
	struct vio_test *t = *state;

	assert_int_equal(HCALL(t->p, H_ENABLE_CRQ, UNIT), H_SUCCESS);
	assert_int_equal(HCALL(t->p, H_ENABLE_CRQ, OTHER), H_SUCCESS);
	assert_int_equal(HCALL(t->p, H_ENABLE_CRQ, VTY), H_SUCCESS);
	assert_int_equal(HCALL(t->p, H_ENABLE_CRQ, NOBODY), H_PARAMETER);
}

static void new_queue_is_not_suspended(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	papr_vio_put(t->device.vio, 0xff06ull << 48, 0);
	HCALL(t->p, H_FREE_CRQ, UNIT);
	vio_register(t);
	assert_int_equal(HCALL(t->p, H_SEND_CRQ, UNIT, MESSAGE, 0), H_SUCCESS);
}

static void every_answer_of_h_vio_signal(void **state)
{
	static const struct {
		uint64_t unit, mode;
		int64_t ret;
	} rows[] = {
		{ UNIT, 0, H_SUCCESS }, { UNIT, 1, H_SUCCESS },
		{ UNIT, 2, H_PARAMETER }, { UNIT, 3, H_PARAMETER },
		{ UNIT, 1ull << 63, H_PARAMETER }, { OTHER, 1, H_SUCCESS },
		{ VTY, 0, H_SUCCESS }, { VTY, 1, H_PARAMETER },
		{ NOBODY, 0, H_PARAMETER },
		{ 1ull << 32 | UNIT, 0, H_PARAMETER },
	};
	struct vio_test *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (HCALL(t->p, H_VIO_SIGNAL, rows[i].unit, rows[i].mode) !=
		    rows[i].ret)
			fail_msg("row %zu", i);
}

static void interrupts_come_if_enabled(void **state)
{
	struct vio_test *t = *state;
	struct fake_host *fake = t->p->fake;

	vio_register(t);
	papr_vio_put(t->device.vio, MESSAGE, 0);
	assert_int_equal(fake_host_raised(fake, UNIT_IRQ), 0);
	HCALL(t->p, H_VIO_SIGNAL, UNIT, 1);
	papr_vio_put(t->device.vio, MESSAGE, 0);
	papr_vio_put(t->device.vio, MESSAGE, 0);
	assert_int_equal(fake_host_raised(fake, UNIT_IRQ), 2);
	assert_false(fake_host_irq_level(fake, UNIT_IRQ));
	HCALL(t->p, H_VIO_SIGNAL, UNIT, 0);
	papr_vio_put(t->device.vio, MESSAGE, 0);
	assert_int_equal(fake_host_raised(fake, UNIT_IRQ), 2);
	assert_int_equal(fake_host_raised(fake, OTHER_IRQ), 0);
}

/* LoPAR: H_REG_CRQ and H_FREE_CRQ disable interrupts. */
static void registering_and_freeing_disable_interrupts(void **state)
{
	struct vio_test *t = *state;

	HCALL(t->p, H_VIO_SIGNAL, UNIT, 1);
	vio_register(t);
	papr_vio_interrupt(t->device.vio);
	HCALL(t->p, H_VIO_SIGNAL, UNIT, 1);
	HCALL(t->p, H_FREE_CRQ, UNIT);
	papr_vio_interrupt(t->device.vio);
	assert_int_equal(fake_host_raised(t->p->fake, UNIT_IRQ), 0);
}

static void reset_frees_queues_and_signals(void **state)
{
	struct vio_test *t = *state;
	struct papr_error error;

	vio_register(t);
	HCALL(t->p, H_VIO_SIGNAL, UNIT, 1);
	HCALL(t->p, H_VIO_SIGNAL, OTHER, 1);
	if (papr_vm_reset(t->p->vm, &error))
		fail_msg("%s", error.text);
	assert_int_equal(t->device.freed, 1);
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0), -ENOTCONN);
	papr_vio_interrupt(t->device.vio);
	papr_vio_interrupt(t->other.vio);
	assert_int_equal(fake_host_raised(t->p->fake, UNIT_IRQ), 0);
	assert_int_equal(fake_host_raised(t->p->fake, OTHER_IRQ), 0);
	vio_register(t);
}

/* --- two vCPUs at once */

#define ROUNDS 2000

struct turns {
	_Atomic bool open;
	_Atomic bool wrong;
};

/* The other vCPU may do what it can meanwhile. */
static enum papr_vio_answer turn_registered(void *device)
{
	struct turns *turns = device;

	sched_yield();
	if (atomic_exchange(&turns->open, true))
		turns->wrong = true;
	return PAPR_VIO_SUCCESS;
}

static void turn_freed(void *device)
{
	struct turns *turns = device;

	if (!atomic_exchange(&turns->open, false))
		turns->wrong = true;
}

static enum papr_vio_answer turn_send(void *device, uint64_t high,
				      uint64_t low)
{
	(void)device;
	(void)high;
	(void)low;
	return PAPR_VIO_SUCCESS;
}

static void *register_and_free(void *arg)
{
	struct papr_vcpu *vcpu = arg;

	for (int i = 0; i < ROUNDS; i++) {
		struct papr_hcall reg = {
			.nr = H_REG_CRQ, .args = { UNIT, 0, PAGE_4K },
		};
		struct papr_hcall free = {
			.nr = H_FREE_CRQ, .args = { UNIT },
		};

		papr_vcpu_hcall(vcpu, &reg);
		papr_vcpu_hcall(vcpu, &free);
	}
	return NULL;
}

static void registered_and_freed_come_in_turn(void **state)
{
	static const struct papr_vio_ops ops = {
		.size = sizeof(ops), .registered = turn_registered,
		.freed = turn_freed, .send = turn_send,
	};
	struct partition *p = NULL;
	struct turns turns = { .open = false };
	pthread_t threads[2];

	(void)state;
	partition_make(&(struct partition_setup){ .config = { .cores = 2 } },
		       &p, NULL);
	papr_vm_add_tce(p->vm, LIOBN, 0, 12, 1);
	assert_int_equal(papr_vm_add_vio(p->vm, &vio_config, &ops, &turns,
					 NULL), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	partition_attach(p, 1);
	HCALL(p, H_PUT_TCE, LIOBN, 0, FIRST_PAGE | RW);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						register_and_free,
						papr_vm_vcpu(p->vm, i)), 0);
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_false(turns.wrong);
	assert_false(turns.open);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		vio_test(every_answer_of_h_reg_crq),
		vio_test(second_queue_is_refused),
		vio_test(device_decides_on_the_queue),
		vio_test(device_may_greet_who_registers),
		vio_test(every_answer_of_h_free_crq),
		vio_test(every_answer_of_h_send_crq),
		vio_test(device_gets_what_was_sent),
		vio_test(device_may_answer_at_once),
		vio_test(without_a_queue_nothing_is_sent),
		vio_test(suspended_partner_closes_until_enabled),
		vio_test(every_answer_of_h_enable_crq),
		vio_test(new_queue_is_not_suspended),
		vio_test(every_answer_of_h_vio_signal),
		vio_test(interrupts_come_if_enabled),
		vio_test(registering_and_freeing_disable_interrupts),
		vio_test(reset_frees_queues_and_signals),
		cmocka_unit_test(registered_and_freed_come_in_turn),
	};

	return cmocka_run_group_tests_name("hcalls/vio", tests, NULL, NULL);
}
