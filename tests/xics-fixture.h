/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition of two vCPUs, servers 0 and 8, whose interrupts are userspace's,
 * with more sources than the terminal's.  All are masked, and both vCPUs let
 * everything through.
 */
#ifndef TESTS_XICS_FIXTURE_H
#define TESTS_XICS_FIXTURE_H

#include "spapr/vm.h"
#include "tests/partition.h"

#define SERVER_0	0u
#define SERVER_1	8u

#define MSI_A		0x1100u		/* the terminal's number */
#define MSI_B		0x1101u
#define LSI_A		0x1200u
#define LSI_B		0xffffffu
#define XICS_SOURCES	4

extern const uint32_t xics_sources[XICS_SOURCES];

struct partition *xics_partition(void);
int xics_start(void **state);
#define xics_test(f) \
	cmocka_unit_test_setup_teardown(f, xics_start, partition_end)

/* Calls of vCPU @on; they must succeed. */
void set_cppr(struct partition *p, unsigned int on, uint8_t cppr);
void send_ipi(struct partition *p, uint32_t server, uint8_t mfrr);
uint32_t accept_on(struct partition *p, unsigned int on);
void end_on(struct partition *p, unsigned int on, uint32_t xirr);

/* What H_IPOLL says of a server: without side effects. */
uint32_t xirr_of(struct partition *p, uint32_t server);
uint8_t mfrr_of(struct partition *p, uint32_t server);

/* RTAS calls that must succeed. */
void set_xive(struct partition *p, uint32_t irq, uint32_t server,
	      uint8_t priority);
void int_off(struct partition *p, uint32_t irq);
void int_on(struct partition *p, uint32_t irq);

/* A device. */
void set_line(struct partition *p, uint32_t irq, bool level);

/* Is the external interrupt of a vCPU up? */
bool raised_on(struct partition *p, unsigned int on);

#endif
