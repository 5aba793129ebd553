/* SPDX-License-Identifier: BSD-2-Clause */
/* DMA windows that a guest makes: what it may say, and what it gets. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "rtas/status.h"
#include "tests/partition.h"
#include "tests/tree.h"

#define HI 0x8000000u		/* of the bridge's unit id */
#define LO 0x20000000u
#define FN 0x00a5f300u		/* bus 0xa5, device 0x1e, function 3 */
#define LIOBN 0x80000001u
#define BUS 0x800000000000000ull
#define PAGES 1024u

#define KIB 1024ull
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

static int setup(void **state)
{
	struct partition *p =
		partition_new(&(struct partition_setup){ .pci = true });

	p->pci.limits = (struct papr_dma_limits){
		.windows = 1, .pages = PAGES, .page_sizes = 4 * KIB | 64 * KIB,
	};
	p->pci.value = LIOBN;
	p->pci.dma_bus = BUS;
	*state = p;
	return 0;
}

#define bus_test(f) cmocka_unit_test_setup_teardown(f, setup, partition_end)

static void assert_asked(struct partition *p, unsigned int calls)
{
	assert_int_equal(p->pci.calls, calls);
	assert_int_equal(p->pci.f.buid, (uint64_t)HI << 32 | LO);
	assert_int_equal(p->pci.f.bus, 0xa5);
	assert_int_equal(p->pci.f.device, 0x1e);
	assert_int_equal(p->pci.f.function, 3);
	p->pci.calls = 0;
}

/* Five results, or six. */
static int32_t query(struct partition *p, uint32_t nrets, uint32_t *cells)
{
	uint32_t c[RTAS_CELLS] = { FN, HI, LO };
	int32_t status = partition_rtas_status(p,
			RTAS_TOKEN_ibm_query_pe_dma_window, 3, nrets, c);

	memcpy(cells, c + 4, 5 * sizeof(*c));
	return status;
}

static void query_tells_what_there_may_be(void **state)
{
	static const struct {
		uint64_t pages;
		uint32_t narrow, hi, lo;
	} rows[] = {
		{ 0, 0, 0, 0 },
		{ 1u << 24, 1u << 24, 0, 1u << 24 },
		{ UINT32_MAX, UINT32_MAX, 0, UINT32_MAX },
		{ 1ull << 32, UINT32_MAX, 1, 0 },
		{ 0x123456789a, UINT32_MAX, 0x12, 0x3456789a },
	};
	struct partition *p = *state;
	uint32_t cells[5];

	p->pci.limits.windows = 7;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		p->pci.limits.pages = rows[i].pages;
		assert_int_equal(query(p, 5, cells), RTAS_SUCCESS);
		assert_asked(p, 1);
		assert_int_equal(cells[0], 7);
		assert_int_equal(cells[1], rows[i].narrow);
		assert_int_equal(cells[2], 3);
		assert_int_equal(cells[3], 0);
		assert_int_equal(query(p, 6, cells), RTAS_SUCCESS);
		assert_asked(p, 1);
		assert_int_equal(cells[0], 7);
		assert_int_equal(cells[1], rows[i].hi);
		assert_int_equal(cells[2], rows[i].lo);
		assert_int_equal(cells[3], 3);
		assert_int_equal(cells[4], 0);
	}
}

/* In LoPAR's order, which is that of age; and sizes that have no bit. */
static void page_sizes_are_bits(void **state)
{
	static const struct {
		uint64_t sizes;
		uint32_t bits;
	} rows[] = {
		{ 4 * KIB, 0x1 }, { 64 * KIB, 0x2 }, { 16 * MIB, 0x4 },
		{ 32 * MIB, 0x8 }, { 64 * MIB, 0x10 }, { 128 * MIB, 0x20 },
		{ 256 * MIB, 0x40 }, { 16 * GIB, 0x80 }, { 2 * MIB, 0x100 },
		{ 8 * KIB, 0 }, { 1 * GIB, 0 }, { 1, 0 }, { 1ull << 63, 0 },
		{ UINT64_MAX, 0x1ff },
	};
	struct partition *p = *state;
	uint32_t cells[5];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		p->pci.limits.page_sizes = rows[i].sizes;
		assert_int_equal(query(p, 5, cells), RTAS_SUCCESS);
		if (cells[2] != rows[i].bits)
			fail_msg("0x%llx", (unsigned long long)rows[i].sizes);
	}
}

static int32_t create(struct partition *p, uint32_t page, uint32_t window,
		      uint32_t *cells)
{
	uint32_t c[RTAS_CELLS] = { FN, HI, LO, page, window };
	int32_t status = partition_rtas_status(p,
			RTAS_TOKEN_ibm_create_pe_dma_window, 5, 4, c);

	memcpy(cells, c + 6, 3 * sizeof(*c));
	return status;
}

static void window_is_made_by_the_program(void **state)
{
	static const struct {
		uint32_t page, window;
		uint64_t pages;
	} rows[] = {
		{ 12, 12, 1 }, { 12, 22, PAGES }, { 16, 16, 1 },
		{ 16, 26, PAGES },
	};
	struct partition *p = *state;
	uint32_t cells[3];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(create(p, rows[i].page, rows[i].window,
					cells), RTAS_SUCCESS);
		assert_asked(p, 2);
		assert_int_equal(p->pci.window.page_shift, rows[i].page);
		assert_int_equal(p->pci.window.pages, rows[i].pages);
		assert_int_equal(cells[0], LIOBN);
		assert_int_equal(cells[1], BUS >> 32);
		assert_int_equal(cells[2], (uint32_t)BUS);
	}
}

static void window_that_cannot_be_is_not_asked_for(void **state)
{
	static const struct {
		const char *what;
		uint32_t page, window;
	} rows[] = {
		{ "no page size", 0, 20 },
		{ "pages below 4 KiB", 11, 20 },
		{ "pages that are not offered", 24, 24 },
		{ "pages that have no bit", 13, 20 },
		{ "pages of 2^63 bytes", 63, 63 },
		{ "pages of 2^64 bytes", 64, 64 },
		{ "pages of 2^76 bytes", 76, 76 },
		{ "pages of 2^(2^32 - 1) bytes", UINT32_MAX, UINT32_MAX },
		{ "less than a page", 16, 15 },
		{ "nothing", 12, 0 },
		{ "a page too many", 12, 23 },
		{ "many too many", 12, 63 },
		{ "2^64 bytes", 12, 64 },
		{ "2^76 bytes", 12, 76 },
		{ "2^(2^32 - 1) bytes", 12, UINT32_MAX },
	};
	struct partition *p = *state;
	uint32_t cells[3];

	p->pci.window.page_shift = 99;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (create(p, rows[i].page, rows[i].window, cells) !=
		    RTAS_PARAMETER_ERROR)
			fail_msg("%s", rows[i].what);
	p->pci.limits.windows = 0;
	assert_int_equal(create(p, 12, 20, cells), RTAS_PARAMETER_ERROR);
	p->pci.limits.windows = 1;
	p->pci.limits.pages = 0;
	assert_int_equal(create(p, 12, 12, cells), RTAS_PARAMETER_ERROR);
	assert_int_equal(p->pci.window.page_shift, 99);
}

/* 2^20 pages of 16 GiB would be 2^54 bytes, and all can be said. */
static void largest_pages_make_the_largest_window(void **state)
{
	struct partition *p = *state;
	uint32_t cells[3];

	p->pci.limits.page_sizes = 16 * GIB;
	p->pci.limits.pages = UINT64_MAX;
	assert_int_equal(create(p, 34, 63, cells), RTAS_SUCCESS);
	assert_int_equal(p->pci.window.pages, 1u << 29);
}

static const struct {
	int err;
	int32_t status;
} statuses[] = {
	{ -ENODEV, RTAS_PARAMETER_ERROR },
	{ -ENOENT, RTAS_PARAMETER_ERROR },
	{ -EINVAL, RTAS_PARAMETER_ERROR },
	{ -ENOSPC, RTAS_PARAMETER_ERROR },
	{ -ENOMEM, RTAS_HARDWARE_ERROR },
	{ -EBUSY, RTAS_HARDWARE_ERROR },
	{ -EIO, RTAS_HARDWARE_ERROR },
};

static void errors_of_the_program_have_their_statuses(void **state)
{
	struct partition *p = *state;
	uint32_t cells[5];

	papr_vm_create_tce(p->vm, LIOBN, 0, 12, 1, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		int32_t status = statuses[i].status;

		p->pci.err = statuses[i].err;
		assert_int_equal(query(p, 5, cells), status);
		assert_int_equal(create(p, 12, 12, cells), status);
		assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_remove_pe_dma_window,
				      1, 1, LIOBN), status);
		assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_reset_pe_dma_window,
				      3, 1, FN, HI, LO), status);
		p->pci.err = 0;
		p->pci.create_err = statuses[i].err;
		assert_int_equal(create(p, 12, 12, cells), status);
		p->pci.create_err = 0;
	}
}

static void both_names_reset_the_windows(void **state)
{
	static const uint32_t tokens[] = {
		RTAS_TOKEN_ibm_reset_pe_dma_window,
		RTAS_TOKEN_ibm_reset_pe_dma_windows,
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		assert_int_equal(RTAS(p, tokens[i], 3, 1, FN, HI, LO),
				 RTAS_SUCCESS);
		assert_asked(p, 1);
	}
}

static void address_of_an_endpoint_has_no_register(void **state)
{
	static const struct {
		uint32_t token, nargs, nrets;
	} calls[] = {
		{ RTAS_TOKEN_ibm_query_pe_dma_window, 3, 5 },
		{ RTAS_TOKEN_ibm_query_pe_dma_window, 3, 6 },
		{ RTAS_TOKEN_ibm_create_pe_dma_window, 5, 4 },
		{ RTAS_TOKEN_ibm_reset_pe_dma_window, 3, 1 },
		{ RTAS_TOKEN_ibm_reset_pe_dma_windows, 3, 1 },
	};
	static const uint32_t wrong[] = { 1, 0x80, 1u << 24, 1u << 31 };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		for (size_t w = 0; w < ARRAY_SIZE(wrong); w++)
			assert_int_equal(RTAS(p, calls[i].token,
					      calls[i].nargs, calls[i].nrets,
					      FN | wrong[w], HI, LO, 12, 12),
					 RTAS_PARAMETER_ERROR);
	assert_int_equal(p->pci.calls, 0);
}

/* The guest fills it at once, and it is gone at once. */
static void window_works_until_it_is_removed(void **state)
{
	struct partition *p = *state;
	uint32_t cells[3];
	uint64_t tce;

	p->pci.vm = p->vm;
	assert_int_equal(HCALL(p, H_PUT_TCE, LIOBN, BUS, 0x7003), H_PARAMETER);
	assert_int_equal(create(p, 12, 22, cells), RTAS_SUCCESS);
	assert_int_equal(HCALL(p, H_PUT_TCE, LIOBN, BUS + 0x3ff000, 0x7003),
			 H_SUCCESS);
	assert_int_equal(papr_vm_get_tce(p->vm, LIOBN, BUS + 0x3ff000, &tce),
			 0);
	assert_int_equal(tce, 0x7003);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_remove_pe_dma_window, 1, 1,
			      LIOBN), RTAS_SUCCESS);
	assert_int_equal(p->pci.what, LIOBN);
	assert_int_equal(HCALL(p, H_PUT_TCE, LIOBN, BUS, 0x7003), H_PARAMETER);
	assert_int_equal(create(p, 12, 22, cells), RTAS_SUCCESS);
	assert_int_equal(papr_vm_get_tce(p->vm, LIOBN, BUS + 0x3ff000, &tce),
			 0);
	assert_int_equal(tce, 0);
}

static void no_window_of_another_is_removed(void **state)
{
	static const struct papr_vio_config vio = {
		.size = sizeof(vio), .unit = 0x71000001, .irq = 0x1101,
		.liobn = 0x71000001, .name = "v-scsi", .compatible = "x",
	};
	static const uint32_t rows[] = { 0, 0x71000001, LIOBN, UINT32_MAX };
	struct partition *p = partition_new(&(struct partition_setup){
		.pci = true, .vio = &vio });

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_remove_pe_dma_window,
				      1, 1, rows[i]), RTAS_PARAMETER_ERROR);
	assert_int_equal(p->pci.calls, 0);
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, 0x71000001), 1);
	partition_free(p);
}

static const uint32_t tokens[] = {
	RTAS_TOKEN_ibm_query_pe_dma_window,
	RTAS_TOKEN_ibm_create_pe_dma_window,
	RTAS_TOKEN_ibm_remove_pe_dma_window,
	RTAS_TOKEN_ibm_reset_pe_dma_window,
	RTAS_TOKEN_ibm_reset_pe_dma_windows,
};

/* A partition on buses with some of the operations. */
static void assert_there(const struct papr_pci_ops *ops, unsigned int mask)
{
	struct partition *p = partition_unsealed();
	void *fdt;

	assert_int_equal(papr_vm_set_pci(p->vm, ops, &p->pci), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	fdt = tree_of(p, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		const struct papr_call_info *call =
			papr_rtas_by_token(tokens[i]);

		if (tree_has(fdt, "/rtas", call->name) != (mask >> i & 1))
			fail_msg("mask 0x%x: %s", mask, call->name);
		if (!(mask >> i & 1))
			assert_int_equal(RTAS(p, tokens[i], call->in_count,
					      call->out_min, FN, HI, LO, 12,
					      12), RTAS_PARAMETER_ERROR);
	}
	assert_int_equal(p->pci.calls, 0);
	free(fdt);
	partition_free(p);
}

static void calls_are_there_if_their_operations_are(void **state)
{
	struct papr_pci_ops ops = { .size = sizeof(ops) };

	(void)state;
	assert_there(&ops, 0);
	ops.dma_create = fake_pci_ops.dma_create;
	assert_there(&ops, 0);
	ops.dma_query = fake_pci_ops.dma_query;
	assert_there(&ops, 0x3);
	ops.dma_create = NULL;
	assert_there(&ops, 0x1);
	ops.dma_remove = fake_pci_ops.dma_remove;
	assert_there(&ops, 0x5);
	ops.dma_reset = fake_pci_ops.dma_reset;
	assert_there(&ops, 0x1d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bus_test(query_tells_what_there_may_be),
		bus_test(page_sizes_are_bits),
		bus_test(window_is_made_by_the_program),
		bus_test(window_that_cannot_be_is_not_asked_for),
		bus_test(largest_pages_make_the_largest_window),
		bus_test(errors_of_the_program_have_their_statuses),
		bus_test(both_names_reset_the_windows),
		bus_test(address_of_an_endpoint_has_no_register),
		bus_test(window_works_until_it_is_removed),
		cmocka_unit_test(no_window_of_another_is_removed),
		cmocka_unit_test(calls_are_there_if_their_operations_are),
	};

	return cmocka_run_group_tests_name("DMA", tests, NULL, NULL);
}
