/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "spapr/vm.h"
#include "spapr/xive-state.h"
#include "tests/xive-fixture.h"

static const struct partition_setup setup = {
	.config = { .cores = 2, .vsmt = 8,
		    .interrupts = PAPR_INTERRUPTS_XIVE },
};

struct partition *xive_partition(void)
{
	return partition_new(&setup);
}

struct partition *xive_blank(void)
{
	struct partition *p;

	assert_int_equal(partition_make(&setup, &p, NULL), 0);
	if (papr_vm_seal(p->vm))
		fail_msg("%s", papr_vm_error(p->vm));
	partition_attach(p, 0);
	partition_attach(p, 1);
	fake_host_clear_log(p->fake);
	return p;
}

int xive_start(void **state)
{
	*state = xive_partition();
	return 0;
}

_Atomic bool *xive_resets(struct partition *p)
{
	return &p->vm->xive->resetting;
}

void make_queue(struct partition *p, uint32_t server, uint32_t priority)
{
	assert_int_equal(HCALL(p, H_INT_SET_QUEUE_CONFIG, 1, server, priority,
			       QUEUE, 16), H_SUCCESS);
}

void send_to(struct partition *p, uint32_t lisn, uint32_t server,
	     uint32_t priority)
{
	assert_int_equal(HCALL(p, H_INT_SET_SOURCE_CONFIG, 0, lisn, server,
			       priority), H_SUCCESS);
}

void listen_to(struct partition *p, uint32_t lisn, uint32_t server,
	       uint32_t priority)
{
	make_queue(p, server, priority);
	send_to(p, lisn, server, priority);
	set_pq(p, lisn, PQ_RESET);
}

void assert_config(struct partition *p, uint32_t lisn, uint32_t server,
		   uint32_t priority, uint32_t eisn)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0, lisn };

	assert_int_equal(partition_hcall(p, H_INT_GET_SOURCE_CONFIG, args),
			 H_SUCCESS);
	assert_int_equal(args[0], server);
	assert_int_equal(args[1], priority);
	assert_int_equal(args[2], eisn);
}

static uint32_t load(struct partition *p, uint32_t lisn, uint32_t offset)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0, lisn, offset };

	assert_int_equal(partition_hcall(p, H_INT_ESB, args), H_SUCCESS);
	return args[0];
}

uint32_t pq_of(struct partition *p, uint32_t lisn)
{
	return load(p, lisn, ESB_GET);
}

void set_pq(struct partition *p, uint32_t lisn, uint32_t pq)
{
	load(p, lisn, ESB_SET(pq));
}

/* As the hardware leaves it when events have come. */
static void advance(struct partition *p)
{
	const struct papr_xive_queue queue = {
		.gpa = QUEUE, .order = 16, .notify = true, .offset = 0x3f00,
	};
	const uint64_t vp[2] = { 0x00ff000a01020304, 7 };

	vm_hold_all(p->vm, true);
	fake_host_ops()->xive->set_queue(p->fake, SERVER_1, 6, &queue);
	fake_host_ops()->xive->set_vp(papr_vcpu_host(papr_vm_vcpu(p->vm, 1)),
				      vp);
	vm_hold_all(p->vm, false);
}

void xive_work(struct partition *p)
{
	listen_to(p, VTY_LISN, SERVER_1, 6);
	assert_int_equal(HCALL(p, H_INT_SET_SOURCE_CONFIG, 2, VTY_LISN,
			       SERVER_1, 6, 0x123456), H_SUCCESS);
	listen_to(p, 1, SERVER_0, 5);
	papr_vm_console_input(p->vm);
	advance(p);
}

void assert_xive_worked(struct partition *q)
{
	struct fake_host *fake = q->fake;

	assert_true(fake_host_logged(fake, "xive_set_queue 8 6 0x40000 16 "
				     "0+16128"));
	assert_true(fake_host_logged(fake, "xive_set_queue 0 5 0x40000 16 "
				     "1+0"));
	assert_true(fake_host_logged(fake,
				     "cpu 8: xive_set_vp 0xff000a01020304 7"));
	assert_true(fake_host_logged(fake,
				     "cpu 0: xive_set_vp 0xff000000 0"));
	assert_config(q, VTY_LISN, SERVER_1, 6, 0x123456);
	assert_config(q, 1, SERVER_0, 5, 1);
	assert_config(q, 0, 0, 0xff, 0);
	assert_int_equal(pq_of(q, VTY_LISN), PQ_PENDING);
	assert_int_equal(pq_of(q, 1), PQ_RESET);
	assert_int_equal(pq_of(q, 0), PQ_OFF);
}
