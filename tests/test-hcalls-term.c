/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual terminal. */
#include "config.h"

#include <errno.h>

#include "tests/partition.h"

static void characters_go_out_in_order(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_PUT_TERM_CHAR, VTY, 16,
			       0x6162636465666768, 0x696a6b6c6d6e6f70),
			 H_SUCCESS);
	assert_string_equal(p->console, "abcdefghijklmnop");
	assert_int_equal(p->console_last, 16);
}

static void as_many_characters_go_out_as_are_said(void **state)
{
	struct partition *p = *state;

	for (uint64_t len = 1; len <= 16; len++) {
		p->console_len = 0;
		memset(p->console, 0, sizeof(p->console));
		assert_int_equal(HCALL(p, H_PUT_TERM_CHAR, VTY, len,
				       0x6162636465666768,
				       0x696a6b6c6d6e6f70), H_SUCCESS);
		assert_int_equal(strlen(p->console), len);
		assert_memory_equal(p->console, "abcdefghijklmnop", len);
	}
}

/* So SLOF calls it, and Linux before it has read the device tree. */
static void terminal_0_is_the_first_one(void **state)
{
	struct partition *p = *state;
	uint64_t r[PAPR_HCALL_ARGS] = { 0 };

	assert_int_equal(HCALL(p, H_PUT_TERM_CHAR, 0, 2, 0x6162ull << 48),
			 H_SUCCESS);
	assert_string_equal(p->console, "ab");
	p->typed = "c";
	assert_int_equal(partition_hcall(p, H_GET_TERM_CHAR, r), H_SUCCESS);
	assert_int_equal(r[0], 1);
}

static void no_character_is_no_write(void **state)
{
	struct partition *p = *state;

	p->console_full = true;		/* a write would be H_BUSY */
	assert_int_equal(HCALL(p, H_PUT_TERM_CHAR, VTY, 0, 0, 0), H_SUCCESS);
}

static void full_console_is_busy_and_takes_none(void **state)
{
	struct partition *p = *state;

	p->console_full = true;
	assert_int_equal(HCALL(p, H_PUT_TERM_CHAR, VTY, 1, 0, 0), H_BUSY);
	assert_int_equal(p->console_len, 0);
}

static void wrong_put_is_refused(void **state)
{
	static const uint64_t wrong[][2] = {
		{ VTY, 17 }, { VTY, UINT64_MAX }, { VTY, 1ull << 32 },
		{ VTY + 1, 1 }, { 1, 1 }, { 1ull << 32 | VTY, 1 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(HCALL(p, H_PUT_TERM_CHAR, wrong[i][0],
				       wrong[i][1], 0, 0), H_PARAMETER);
	assert_int_equal(p->console_len, 0);
}

static void typed_characters_come_in_16_at_a_time(void **state)
{
	struct partition *p = *state;
	uint64_t r[PAPR_HCALL_ARGS] = { VTY };

	p->typed = "abcdefghijklmnopqr";
	assert_int_equal(partition_hcall(p, H_GET_TERM_CHAR, r), H_SUCCESS);
	assert_int_equal(r[0], 16);
	assert_true(r[1] == 0x6162636465666768);
	assert_true(r[2] == 0x696a6b6c6d6e6f70);
	r[0] = VTY;
	assert_int_equal(partition_hcall(p, H_GET_TERM_CHAR, r), H_SUCCESS);
	assert_int_equal(r[0], 2);
	assert_true(r[1] == 0x7172000000000000);
	assert_int_equal(r[2], 0);
}

static void nothing_typed_is_a_length_of_0(void **state)
{
	struct partition *p = *state;
	uint64_t r[PAPR_HCALL_ARGS] = { VTY };

	assert_int_equal(partition_hcall(p, H_GET_TERM_CHAR, r), H_SUCCESS);
	assert_int_equal(r[0], 0);
	assert_int_equal(r[1], 0);
	assert_int_equal(r[2], 0);
}

static void other_terminals_are_not_there(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_GET_TERM_CHAR, VTY + 1), H_PARAMETER);
	assert_int_equal(HCALL(p, H_GET_TERM_CHAR, 1), H_PARAMETER);
	assert_int_equal(HCALL(p, H_VIO_SIGNAL, VTY + 1, 0), H_PARAMETER);
}

static size_t read_too_much(void *vmm, uint32_t unit, void *data, size_t len)
{
	(void)vmm;
	(void)unit;
	(void)data;
	return len + 1;
}

static void add_read_too_much(struct partition *p,
			      struct papr_host_ops *host_ops,
			      struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->console_read = read_too_much;
}

static void guest_never_gets_a_length_above_16(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = add_read_too_much });
	uint64_t r[PAPR_HCALL_ARGS] = { VTY };

	(void)state;
	assert_int_equal(partition_hcall(p, H_GET_TERM_CHAR, r), H_SUCCESS);
	assert_int_equal(r[0], 16);
	partition_free(p);
}

static void drop_console(struct partition *p, struct papr_host_ops *host_ops,
			 struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->console_read = NULL;
	vmm_ops->console_write = NULL;
}

static void program_may_have_no_console(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = drop_console });

	(void)state;
	assert_int_equal(HCALL(p, H_PUT_TERM_CHAR, VTY, 1, 0, 0),
			 H_PARAMETER);
	assert_int_equal(HCALL(p, H_GET_TERM_CHAR, VTY), H_PARAMETER);
	partition_free(p);
}

static void vio_signal_knows_only_mode_0(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_VIO_SIGNAL, VTY, 0), H_SUCCESS);
	assert_int_equal(HCALL(p, H_VIO_SIGNAL, VTY, 1), H_PARAMETER);
	assert_int_equal(HCALL(p, H_VIO_SIGNAL, VTY, 1ull << 63), H_PARAMETER);
}

static void input_raises_the_terminals_interrupt_once(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_console_input(p->vm), 0);
	assert_int_equal(fake_host_raised(p->fake, 0x1100), 1);
	assert_false(fake_host_irq_level(p->fake, 0x1100));
}

static void interrupt_that_cannot_be_raised_is_an_error(void **state)
{
	struct partition *p = *state;

	fake_host_fail(p->fake, FAKE_IRQ_LINE, 1, EIO);
	assert_int_equal(papr_vm_console_input(p->vm), -EIO);
	fake_host_fail(p->fake, FAKE_IRQ_LINE, 2, EIO);
	assert_int_equal(papr_vm_console_input(p->vm), -EIO);
}

static void drop_irq_line(struct partition *p, struct papr_host_ops *host_ops,
			  struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->irq_line = NULL;
}

static void input_needs_a_sealed_vm_with_interrupts(void **state)
{
	struct partition *p = NULL;

	(void)state;
	partition_make(&(struct partition_setup){ 0 }, &p, NULL);
	assert_int_equal(papr_vm_console_input(p->vm), -EBUSY);
	partition_free(p);
	p = partition_new(&(struct partition_setup){
		.tweak = drop_irq_line });
	assert_int_equal(papr_vm_console_input(p->vm), -EBUSY);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(characters_go_out_in_order),
		partition_test(as_many_characters_go_out_as_are_said),
		partition_test(terminal_0_is_the_first_one),
		partition_test(no_character_is_no_write),
		partition_test(full_console_is_busy_and_takes_none),
		partition_test(wrong_put_is_refused),
		partition_test(typed_characters_come_in_16_at_a_time),
		partition_test(nothing_typed_is_a_length_of_0),
		partition_test(other_terminals_are_not_there),
		cmocka_unit_test(guest_never_gets_a_length_above_16),
		cmocka_unit_test(program_may_have_no_console),
		partition_test(vio_signal_knows_only_mode_0),
		partition_test(input_raises_the_terminals_interrupt_once),
		partition_test(interrupt_that_cannot_be_raised_is_an_error),
		cmocka_unit_test(input_needs_a_sealed_vm_with_interrupts),
	};

	return cmocka_run_group_tests_name("hcalls/term", tests, NULL, NULL);
}
