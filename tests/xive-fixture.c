/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "spapr/vm.h"
#include "spapr/xive-state.h"
#include "tests/xive-fixture.h"

struct partition *xive_partition(void)
{
	return partition_new(&(struct partition_setup){
		.config = { .cores = 2, .vsmt = 8,
			    .interrupts = PAPR_INTERRUPTS_XIVE } });
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
