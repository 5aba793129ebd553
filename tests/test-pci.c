/* SPDX-License-Identifier: BSD-2-Clause */
/* PCI configuration space, interrupts and errors: what the buses are asked. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "rtas/status.h"
#include "tests/partition.h"
#include "tests/tree.h"

#define HI 0x8000000u		/* of the bridge's unit id */
#define LO 0x20000000u
#define FN 0x00a5f300u		/* bus 0xa5, device 0x1e, function 3 */
#define BUF 0x8000u
#define LOG 0x9000u

static struct partition *with_bus(void)
{
	return partition_new(&(struct partition_setup){ .pci = true });
}

static int setup(void **state)
{
	*state = with_bus();
	return 0;
}

#define bus_test(f) cmocka_unit_test_setup_teardown(f, setup, partition_end)

static void assert_asked(struct partition *p, uint32_t what)
{
	assert_int_equal(p->pci.calls, 1);
	assert_int_equal(p->pci.f.buid, (uint64_t)HI << 32 | LO);
	assert_int_equal(p->pci.f.bus, 0xa5);
	assert_int_equal(p->pci.f.device, 0x1e);
	assert_int_equal(p->pci.f.function, 3);
	assert_int_equal(p->pci.what, what);
	p->pci.calls = 0;
}

static int32_t rd(struct partition *p, uint32_t addr, uint32_t size,
		  uint32_t *value)
{
	uint32_t cells[RTAS_CELLS] = { addr, HI, LO, size };
	int32_t status = partition_rtas_status(p,
			RTAS_TOKEN_ibm_read_pci_config, 4, 2, cells);

	*value = cells[5];
	return status;
}

static int32_t wr(struct partition *p, uint32_t addr, uint32_t size,
		  uint32_t value)
{
	return RTAS(p, RTAS_TOKEN_ibm_write_pci_config, 5, 1, addr, HI, LO,
		    size, value);
}

static void registers_are_read_and_written(void **state)
{
	static const struct {
		uint32_t addr, size, reg, value;
	} rows[] = {
		{ FN, 4, 0, 0x89abcdef }, { FN | 2, 2, 2, 0xcdef },
		{ FN | 3, 1, 3, 0xef }, { FN | 0xff, 1, 0xff, 0xef },
		{ FN | 0xf00000fc, 4, 0xffc, 0x89abcdef },
		{ FN | 0x10000010, 4, 0x110, 0x89abcdef },
	};
	struct partition *p = *state;
	uint32_t value;

	p->pci.value = 0x89abcdef;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(rd(p, rows[i].addr, rows[i].size, &value), 0);
		assert_int_equal(value, rows[i].value);
		assert_int_equal(p->pci.len, rows[i].size);
		assert_asked(p, rows[i].reg);
		assert_int_equal(wr(p, rows[i].addr, rows[i].size,
				    0x89abcdef), 0);
		assert_int_equal(p->pci.written, rows[i].value);
		assert_int_equal(p->pci.len, rows[i].size);
		assert_asked(p, rows[i].reg);
	}
}

static void registers_that_cannot_be_are_not_asked_for(void **state)
{
	static const struct {
		uint32_t addr, size;
	} rows[] = {
		{ FN, 0 }, { FN, 3 }, { FN, 5 }, { FN, 8 }, { FN, UINT32_MAX },
		{ FN | 1, 2 }, { FN | 3, 2 }, { FN | 1, 4 }, { FN | 2, 4 },
		{ FN | 0x01000000, 4 }, { FN | 0x08000000, 4 },
	};
	struct partition *p = *state;
	uint32_t value;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(rd(p, rows[i].addr, rows[i].size, &value),
				 RTAS_PARAMETER_ERROR);
		assert_int_equal(wr(p, rows[i].addr, rows[i].size, 0),
				 RTAS_PARAMETER_ERROR);
	}
	assert_int_equal(p->pci.calls, 0);
}

static void where_nobody_is_all_ones_are_read(void **state)
{
	struct partition *p = *state;
	uint32_t value;

	p->pci.err = -ENODEV;
	for (uint32_t size = 1; size <= 4; size *= 2) {
		assert_int_equal(rd(p, FN, size, &value), RTAS_SUCCESS);
		assert_int_equal(value, UINT32_MAX >> (32 - 8 * size));
		assert_int_equal(wr(p, FN, size, 0), RTAS_SUCCESS);
	}
	p->pci.err = -EIO;
	assert_int_equal(rd(p, FN, 4, &value), RTAS_HARDWARE_ERROR);
	assert_int_equal(value, UINT32_MAX & 0);
	assert_int_equal(wr(p, FN, 4, 0), RTAS_HARDWARE_ERROR);
	p->pci.err = -EINVAL;
	assert_int_equal(wr(p, FN, 4, 0), RTAS_PARAMETER_ERROR);
}

static void calls_without_a_bridge_mean_number_0(void **state)
{
	struct partition *p = *state;
	uint32_t cells[RTAS_CELLS] = { FN | 4, 4 };

	p->pci.value = 7;
	assert_int_equal(partition_rtas_status(p, RTAS_TOKEN_read_pci_config,
					       2, 2, cells), 0);
	assert_int_equal(cells[3], 7);
	assert_int_equal(p->pci.f.buid, 0);
	assert_int_equal(p->pci.f.bus, 0xa5);
	assert_int_equal(p->pci.what, 4);
	assert_int_equal(RTAS(p, RTAS_TOKEN_write_pci_config, 3, 1, FN, 2, 8),
			 0);
	assert_int_equal(p->pci.written, 8);
	assert_int_equal(RTAS(p, RTAS_TOKEN_write_pci_config, 3, 1, FN, 3, 8),
			 RTAS_PARAMETER_ERROR);
}

static int32_t irq_of(struct partition *p, uint32_t addr, uint32_t index,
		      uint32_t *cells)
{
	uint32_t c[RTAS_CELLS] = { addr, HI, LO, index };
	int32_t status = partition_rtas_status(p,
			RTAS_TOKEN_ibm_query_interrupt_source_number, 4, 3, c);

	memcpy(cells, c + 5, 2 * sizeof(*c));
	return status;
}

static void interrupts_have_a_number_and_a_kind(void **state)
{
	struct partition *p = *state;
	uint32_t cells[2];

	p->pci.value = 0x1300;
	p->pci.flag = true;
	assert_int_equal(irq_of(p, FN, 5, cells), RTAS_SUCCESS);
	assert_int_equal(cells[0], 0x1300);
	assert_int_equal(cells[1], 1);
	assert_asked(p, 5);
	p->pci.flag = false;
	assert_int_equal(irq_of(p, FN, 0, cells), RTAS_SUCCESS);
	assert_int_equal(cells[1], 0);
	p->pci.err = -ENOENT;
	assert_int_equal(irq_of(p, FN, 9, cells), RTAS_NO_INTERRUPT);
	p->pci.err = -ENODEV;
	assert_int_equal(irq_of(p, FN, 0, cells), RTAS_PARAMETER_ERROR);
	p->pci.err = -EIO;
	assert_int_equal(irq_of(p, FN, 0, cells), RTAS_HARDWARE_ERROR);
}

struct msi {
	uint32_t function, requested, sequence;
};

static int32_t change_msi(struct partition *p, const struct msi *msi,
			  uint32_t *cells)
{
	uint32_t c[RTAS_CELLS] = {
		FN, HI, LO, msi->function, msi->requested, msi->sequence
	};
	int32_t status = partition_rtas_status(p, RTAS_TOKEN_ibm_change_msi, 6,
					       4, c);

	memcpy(cells, c + 7, 3 * sizeof(*c));
	return status;
}

static void msi_functions_become_requests(void **state)
{
	static const struct {
		enum papr_msi_request request;
		enum papr_msi_kind kind;
	} rows[] = {
		{ PAPR_MSI_QUERY, PAPR_MSI_ANY },
		{ PAPR_MSI_SET, PAPR_MSI_ANY },
		{ PAPR_MSI_DEFAULT, PAPR_MSI_ANY },
		{ PAPR_MSI_SET, PAPR_MSI_MSI },
		{ PAPR_MSI_SET, PAPR_MSI_MSIX },
		{ PAPR_MSI_SET, PAPR_MSI_MSI32 },
	};
	struct partition *p = *state;
	uint32_t cells[3];

	p->pci.value = 4;
	for (uint32_t i = 0; i < ARRAY_SIZE(rows); i++) {
		p->pci.flag = i % 2;
		assert_int_equal(change_msi(p, &(struct msi){ i, 8, 1 },
					    cells), RTAS_SUCCESS);
		assert_int_equal(p->pci.msi.kind, rows[i].kind);
		assert_int_equal(p->pci.msi.number, 8);
		assert_int_equal(cells[0], 4);
		assert_int_equal(cells[1], 1);
		assert_int_equal(cells[2], i % 2 ? 2 : 1);
		assert_asked(p, rows[i].request);
	}
}

/* It could not be told that it has MSI-X. */
static void msi_of_three_outputs_are_no_msix(void **state)
{
	uint32_t cells[RTAS_CELLS] = { FN, HI, LO, 1, 8, 1 };
	struct partition *p = *state;

	p->pci.value = 4;
	assert_int_equal(partition_rtas_status(p, RTAS_TOKEN_ibm_change_msi, 6,
					       3, cells), RTAS_SUCCESS);
	assert_int_equal(p->pci.msi.kind, PAPR_MSI_MSI);
	assert_int_equal(cells[7], 4);
}

static void msi_call_that_cannot_be_is_refused(void **state)
{
	static const struct msi rows[] = {
		{ 6, 1, 1 }, { UINT32_MAX, 1, 1 }, { 1, 1, 0 }, { 1, 1, 2 },
	};
	struct partition *p = *state;
	uint32_t cells[3];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(change_msi(p, &rows[i], cells),
				 RTAS_PARAMETER_ERROR);
	assert_int_equal(p->pci.calls, 0);
	p->pci.err = -EINVAL;
	assert_int_equal(change_msi(p, &(struct msi){ 3, 1, 1 }, cells),
			 RTAS_PARAMETER_ERROR);
	p->pci.err = -ENOSPC;
	assert_int_equal(change_msi(p, &(struct msi){ 3, 1, 1 }, cells),
			 RTAS_HARDWARE_ERROR);
}

/* Both have a function as the last argument. */
static int32_t eeh(struct partition *p, uint32_t token, uint32_t function)
{
	return RTAS(p, token, 4, 1, FN, HI, LO, function);
}

static void eeh_options_and_resets_are_numbers(void **state)
{
	const uint32_t option = RTAS_TOKEN_ibm_set_eeh_option;
	const uint32_t reset = RTAS_TOKEN_ibm_set_slot_reset;
	static const uint32_t resets[] = { 0, 1, 3 };
	struct partition *p = *state;

	for (uint32_t i = 0; i <= 5; i++) {
		assert_int_equal(eeh(p, option, i), RTAS_SUCCESS);
		assert_asked(p, i);
	}
	assert_int_equal(eeh(p, option, 6), RTAS_PARAMETER_ERROR);
	for (size_t i = 0; i < ARRAY_SIZE(resets); i++) {
		assert_int_equal(eeh(p, reset, resets[i]), RTAS_SUCCESS);
		assert_asked(p, resets[i]);
	}
	assert_int_equal(eeh(p, reset, 2), RTAS_PARAMETER_ERROR);
	assert_int_equal(eeh(p, reset, 4), RTAS_PARAMETER_ERROR);
	assert_int_equal(p->pci.calls, 0);
}

static void errors_of_eeh_have_their_statuses(void **state)
{
	static const struct {
		int err;
		int32_t status;
	} rows[] = {
		{ -ENODEV, RTAS_PARAMETER_ERROR },
		{ -EINVAL, RTAS_PARAMETER_ERROR },
		{ -EBUSY, RTAS_UNEXPECTED_STATE },
		{ -EOPNOTSUPP, RTAS_NO_FUNDAMENTAL_RESET },
		{ -EIO, RTAS_HARDWARE_ERROR },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		p->pci.err = rows[i].err;
		assert_int_equal(eeh(p, RTAS_TOKEN_ibm_set_slot_reset, 3),
				 rows[i].status);
		assert_int_equal(eeh(p, RTAS_TOKEN_ibm_set_eeh_option, 1),
				 rows[i].status);
	}
}

static int32_t info(struct partition *p, uint32_t function, uint32_t *value)
{
	uint32_t cells[RTAS_CELLS] = { FN, HI, LO, function };
	int32_t status = partition_rtas_status(p,
			RTAS_TOKEN_ibm_get_config_addr_info2, 4, 2, cells);

	*value = cells[5];
	return status;
}

static void endpoint_has_an_address_and_is_shared_or_not(void **state)
{
	struct partition *p = *state;
	uint32_t value;

	p->pci.value = 0xa50001;
	assert_int_equal(info(p, 0, &value), RTAS_SUCCESS);
	assert_int_equal(value, 0xa50001);
	assert_asked(p, 0);
	assert_int_equal(info(p, 1, &value), RTAS_SUCCESS);
	assert_int_equal(value, 1);
	p->pci.flag = true;
	assert_int_equal(info(p, 1, &value), RTAS_SUCCESS);
	assert_int_equal(value, 2);
	assert_int_equal(info(p, 2, &value), RTAS_PARAMETER_ERROR);
	p->pci.err = -ENOENT;
	assert_int_equal(info(p, 0, &value), RTAS_PARAMETER_ERROR);
	assert_int_equal(info(p, 1, &value), RTAS_SUCCESS);
	assert_int_equal(value, 0);
	p->pci.err = -ENODEV;
	assert_int_equal(info(p, 1, &value), RTAS_PARAMETER_ERROR);
}

/* Four results, or five. */
static int32_t pe_state(struct partition *p, uint32_t nrets, uint32_t *cells)
{
	uint32_t c[RTAS_CELLS] = { FN, HI, LO };
	int32_t status = partition_rtas_status(p,
			RTAS_TOKEN_ibm_read_slot_reset_state2, 3, nrets, c);

	memcpy(cells, c + 4, 4 * sizeof(*c));
	return status;
}

static void endpoint_has_a_state(void **state)
{
	struct partition *p = *state;
	uint32_t cells[4];

	p->pci.value = PAPR_PE_UNAVAILABLE;
	p->pci.len = 300;
	assert_int_equal(pe_state(p, 5, cells), RTAS_SUCCESS);
	assert_int_equal(cells[0], 5);
	assert_int_equal(cells[1], 1);
	assert_int_equal(cells[2], 300);
	assert_int_equal(cells[3], 0);
	assert_int_equal(pe_state(p, 4, cells), RTAS_SUCCESS);
	p->pci.err = -EIO;	/* never a hardware error */
	assert_int_equal(pe_state(p, 4, cells), RTAS_SUCCESS);
	assert_int_equal(cells[0], 5);
	assert_int_equal(cells[2], 0);
	p->pci.err = -ENOENT;
	assert_int_equal(pe_state(p, 4, cells), RTAS_SUCCESS);
	assert_int_equal(cells[1], 0);
	p->pci.err = -ENODEV;
	assert_int_equal(pe_state(p, 4, cells), RTAS_PARAMETER_ERROR);
}

static void endpoint_is_configured_and_errors_come_later(void **state)
{
	static const uint32_t tokens[] = {
		RTAS_TOKEN_ibm_configure_bridge, RTAS_TOKEN_ibm_configure_pe
	};
	struct partition *p = *state;

	for (uint32_t i = 0; i < 2; i++) {
		p->pci.err = 0;
		assert_int_equal(RTAS(p, tokens[i], 3, 1, FN, HI, LO), 0);
		assert_asked(p, i);
		p->pci.err = -EIO;
		assert_int_equal(RTAS(p, tokens[i], 3, 1, FN, HI, LO), 0);
		p->pci.err = -EINVAL;
		assert_int_equal(RTAS(p, tokens[i], 3, 1, FN, HI, LO),
				 RTAS_PARAMETER_ERROR);
		p->pci.calls = 0;
	}
}

struct detail {
	uint32_t driver, driver_len, log, log_len, function;
	int32_t status;
};

static int32_t detail(struct partition *p, const struct detail *d)
{
	memset(p->ram + LOG, 0xee, 4096);
	return RTAS(p, RTAS_TOKEN_ibm_slot_error_detail, 8, 1, FN, HI, LO,
		    d->driver, d->driver_len, d->log, d->log_len, d->function);
}

static void error_log_comes_from_the_bus(void **state)
{
	struct partition *p = *state;

	p->pci.log_len = 100;
	memcpy(p->ram + BUF, "driver data", 11);
	assert_int_equal(detail(p, &(struct detail){ BUF, 11, LOG, 2048, 2,
						     0 }), RTAS_SUCCESS);
	assert_asked(p, true);
	assert_int_equal(p->pci.written, 11);
	assert_int_equal(p->pci.len, 2048);
	assert_memory_equal(p->pci.driver, "driver data", 11);
	assert_int_equal(p->ram[LOG + 99], 0x77);
	assert_int_equal(p->ram[LOG + 100], 0xee);
	assert_int_equal(detail(p, &(struct detail){ 0, 0, LOG, 10, 1, 0 }),
			 RTAS_SUCCESS);
	assert_asked(p, false);
	assert_int_equal(p->ram[LOG + 10], 0xee);
	p->pci.log_len = 0;
	assert_int_equal(detail(p, &(struct detail){ 0, 0, LOG, 10, 1, 0 }),
			 RTAS_NO_EVENT);
	p->pci.err = -EIO;
	assert_int_equal(detail(p, &(struct detail){ 0, 0, LOG, 10, 1, 0 }),
			 RTAS_HARDWARE_ERROR);
}

static void buffers_of_the_error_log_must_be_ram(void **state)
{
	static const struct detail rows[] = {
		{ BUF, 11, LOG, 2048, 0, RTAS_PARAMETER_ERROR },
		{ BUF, 11, LOG, 2048, 3, RTAS_PARAMETER_ERROR },
		{ BUF, 2049, LOG, 2048, 1, RTAS_PARAMETER_ERROR },
		{ BUF, UINT32_MAX, LOG, 2048, 1, RTAS_PARAMETER_ERROR },
		{ RAM_SIZE, 1, LOG, 2048, 1, RTAS_PARAMETER_ERROR },
		{ RAM_SIZE - 1, 2, LOG, 2048, 1, RTAS_PARAMETER_ERROR },
		{ UINT32_MAX, 0, LOG, 2048, 1, RTAS_SUCCESS },
		{ BUF, 2048, LOG, UINT32_MAX, 1, RTAS_SUCCESS },
		{ BUF, 11, RAM_SIZE - 99, 2048, 1, RTAS_PARAMETER_ERROR },
		{ BUF, 11, ROM_BASE, 2048, 1, RTAS_PARAMETER_ERROR },
	};
	struct partition *p = *state;

	p->pci.log_len = 100;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (detail(p, &rows[i]) != rows[i].status)
			fail_msg("row %zu", i);
}

/* All calls but those of configuration space: it has no registers there. */
static void address_of_a_function_has_no_register(void **state)
{
	static const struct {
		uint32_t token, nargs, nrets;
	} calls[] = {
		{ RTAS_TOKEN_ibm_query_interrupt_source_number, 4, 3 },
		{ RTAS_TOKEN_ibm_change_msi, 6, 3 },
		{ RTAS_TOKEN_ibm_set_eeh_option, 4, 1 },
		{ RTAS_TOKEN_ibm_get_config_addr_info2, 4, 2 },
		{ RTAS_TOKEN_ibm_read_slot_reset_state2, 3, 4 },
		{ RTAS_TOKEN_ibm_set_slot_reset, 4, 1 },
		{ RTAS_TOKEN_ibm_configure_pe, 3, 1 },
		{ RTAS_TOKEN_ibm_configure_bridge, 3, 1 },
		{ RTAS_TOKEN_ibm_slot_error_detail, 8, 1 },
	};
	static const uint32_t wrong[] = { 1, 0x80, 1u << 24, 1u << 31 };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		for (size_t w = 0; w < ARRAY_SIZE(wrong); w++)
			assert_int_equal(RTAS(p, calls[i].token,
					      calls[i].nargs, calls[i].nrets,
					      FN | wrong[w], HI, LO, 1, 1, 1,
					      1, 1), RTAS_PARAMETER_ERROR);
	assert_int_equal(p->pci.calls, 0);
}

static void no_bus_no_calls(void **state)
{
	static const uint32_t tokens[] = {
		RTAS_TOKEN_read_pci_config, RTAS_TOKEN_ibm_write_pci_config,
		RTAS_TOKEN_ibm_change_msi, RTAS_TOKEN_ibm_configure_pe,
	};
	void *fdt = tree_of(*state, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		const char *name = papr_rtas_by_token(tokens[i])->name;

		assert_false(tree_has(fdt, "/rtas", name));
	}
	assert_false(tree_has(fdt, "/rtas", "ibm,change-msix-capable"));
	assert_int_equal(RTAS(*state, RTAS_TOKEN_read_pci_config, 2, 2, FN, 4),
			 RTAS_PARAMETER_ERROR);
	free(fdt);
}

static void bus_is_there_before_the_seal(void **state)
{
	struct papr_pci_ops ops = { .size = 0 };
	struct partition *p = NULL;
	struct papr_error error;
	void *fdt = tree_of(*state, NULL);

	assert_tree_empty(fdt, "/rtas", "ibm,change-msix-capable");
	free(fdt);
	assert_int_equal(papr_vm_set_pci(((struct partition *)*state)->vm,
					 &fake_pci_ops, NULL), -EBUSY);
	partition_make(&(struct partition_setup){ 0 }, &p, &error);
	assert_int_equal(papr_vm_set_pci(p->vm, &ops, NULL), -E2BIG);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bus_test(registers_are_read_and_written),
		bus_test(registers_that_cannot_be_are_not_asked_for),
		bus_test(where_nobody_is_all_ones_are_read),
		bus_test(calls_without_a_bridge_mean_number_0),
		bus_test(interrupts_have_a_number_and_a_kind),
		bus_test(msi_functions_become_requests),
		bus_test(msi_of_three_outputs_are_no_msix),
		bus_test(msi_call_that_cannot_be_is_refused),
		bus_test(eeh_options_and_resets_are_numbers),
		bus_test(errors_of_eeh_have_their_statuses),
		bus_test(endpoint_has_an_address_and_is_shared_or_not),
		bus_test(endpoint_has_a_state),
		bus_test(endpoint_is_configured_and_errors_come_later),
		bus_test(error_log_comes_from_the_bus),
		bus_test(buffers_of_the_error_log_must_be_ram),
		bus_test(address_of_a_function_has_no_register),
		partition_test(no_bus_no_calls),
		bus_test(bus_is_there_before_the_seal),
	};

	return cmocka_run_group_tests_name("PCI", tests, NULL, NULL);
}
