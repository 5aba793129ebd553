/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest of the client interface: it has a tree, and makes calls. */
#ifndef TESTS_OF_FIXTURE_H
#define TESTS_OF_FIXTURE_H

#include <papr/firmware.h>

#include "tests/tree.h"

/* Where the argument array goes, at an odd address, and the strings in it. */
#define OF_BLOCK	0x6001u
#define OF_STRINGS	0x7000u
#define OF_BUFFER	0x8000u
#define OF_NONE		0xffffffffu

/* A partition with firmware; for cmocka_unit_test_setup_teardown(). */
int of_start(void **state);
#define of_test(f) \
	cmocka_unit_test_setup_teardown(f, of_start, partition_end)

/* @text in guest memory, as an argument; not more than a few of them. */
uint32_t of_text(struct partition *p, const char *text);

/*
 * A call with @cells as its arguments, which get the results behind them.
 * Returns what the hypercall did.
 */
int64_t of_call(struct partition *p, const char *service, uint32_t n_args,
		uint32_t n_rets, uint32_t *cells);

/* One that must succeed; its only result. */
uint32_t of_result(struct partition *p, const char *service, uint32_t n_args,
		   uint32_t *cells);
#define OF(p, service, n_args, ...) \
	of_result(p, service, n_args, (uint32_t[12]){ __VA_ARGS__ })

/* The phandle of a node that is there. */
uint32_t of_device(struct partition *p, const char *path);

#endif
