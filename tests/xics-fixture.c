/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <talloc.h>

#include "tests/xics-fixture.h"

const uint32_t xics_sources[XICS_SOURCES] = { MSI_A, MSI_B, LSI_A, LSI_B };

struct partition *xics_partition(void)
{
	static const struct xics_line lines[] = {
		{ MSI_A, false }, { MSI_B, false }, { LSI_A, true },
		{ LSI_B, true },
	};
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2, .threads = 1, .vsmt = 8 },
		.policy = "sets: { hcall-interrupt: user }" });

	talloc_free(p->vm->xics);
	p->vm->xics = xics_new(p->vm, lines, ARRAY_SIZE(lines));
	assert_non_null(p->vm->xics);
	set_cppr(p, 0, 0xff);
	set_cppr(p, 1, 0xff);
	p->on = 0;
	return p;
}

int xics_start(void **state)
{
	*state = xics_partition();
	return 0;
}

void set_cppr(struct partition *p, unsigned int on, uint8_t cppr)
{
	p->on = on;
	assert_int_equal(HCALL(p, H_CPPR, cppr), H_SUCCESS);
}

void send_ipi(struct partition *p, uint32_t server, uint8_t mfrr)
{
	assert_int_equal(HCALL(p, H_IPI, server, mfrr), H_SUCCESS);
}

uint32_t accept_on(struct partition *p, unsigned int on)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0 };

	p->on = on;
	assert_int_equal(partition_hcall(p, H_XIRR, args), H_SUCCESS);
	assert_int_equal(args[0] >> 32, 0);
	return args[0];
}

void end_on(struct partition *p, unsigned int on, uint32_t xirr)
{
	p->on = on;
	assert_int_equal(HCALL(p, H_EOI, xirr), H_SUCCESS);
}

static void poll(struct partition *p, uint32_t server, uint64_t *args)
{
	args[0] = server;
	assert_int_equal(partition_hcall(p, H_IPOLL, args), H_SUCCESS);
	assert_int_equal(args[0] >> 32, 0);
	assert_int_equal(args[1] >> 8, 0);
}

uint32_t xirr_of(struct partition *p, uint32_t server)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0 };

	poll(p, server, args);
	return args[0];
}

uint8_t mfrr_of(struct partition *p, uint32_t server)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0 };

	poll(p, server, args);
	return args[1];
}

void set_xive(struct partition *p, uint32_t irq, uint32_t server,
	      uint8_t priority)
{
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_set_xive, 3, 1, irq, server,
			      priority), 0);
	p->n_dirty = 0;
}

void int_off(struct partition *p, uint32_t irq)
{
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_int_off, 1, 1, irq), 0);
	p->n_dirty = 0;
}

void int_on(struct partition *p, uint32_t irq)
{
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_int_on, 1, 1, irq), 0);
	p->n_dirty = 0;
}

void set_line(struct partition *p, uint32_t irq, bool level)
{
	assert_int_equal(xics_set_line(p->vm->xics, irq, level), 0);
}

bool raised_on(struct partition *p, unsigned int on)
{
	return fake_cpu_raised(papr_vcpu_host(papr_vm_vcpu(p->vm, on)));
}
