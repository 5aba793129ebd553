/* SPDX-License-Identifier: BSD-2-Clause */
/* The client interface of Open Firmware: its devices, and how one leaves. */
#include "config.h"

#include "spapr/fdt.h"
#include "spapr/vm.h"
#include "tests/interrupts.h"
#include "tests/of-fixture.h"

#define NOTHING_YET 0xfffffffeu

static uint32_t stdout_of(struct partition *p)
{
	uint32_t chosen = of_device(p, "/chosen");

	assert_int_equal(OF(p, "getprop", 4, chosen, of_text(p, "stdout"),
			    OF_BUFFER, 4), 4);
	return load_be32(p->ram + OF_BUFFER);
}

static void the_console_is_open_at_first(void **state)
{
	struct partition *p = *state;

	assert_int_equal(OF(p, "instance-to-path", 3, stdout_of(p), OF_BUFFER,
			    99), strlen("/vdevice/vty@71000000"));
}

static void what_is_written_to_it_goes_out(void **state)
{
	struct partition *p = *state;

	strcpy((char *)p->ram + OF_BUFFER, "0123456789abcdefghij");
	assert_int_equal(OF(p, "write", 3, stdout_of(p), of_text(p, "xy"), 2),
			 2);
	strcpy((char *)p->ram + OF_BUFFER, "0123456789abcdefghij");
	assert_int_equal(OF(p, "write", 3, 1, OF_BUFFER, 20), 20);
	assert_string_equal(p->console, "xy0123456789abcdefghij");
}

static void a_full_console_takes_nothing(void **state)
{
	struct partition *p = *state;

	p->console_full = true;
	assert_int_equal(OF(p, "write", 3, stdout_of(p), OF_BUFFER, 4), 0);
}

static void what_is_no_memory_is_not_written(void **state)
{
	struct partition *p = *state;

	assert_int_equal(OF(p, "write", 3, 1, RAM_SIZE - 16, 32), 16);
	assert_int_equal(OF(p, "write", 3, 1, OF_NONE, 32), 0);
	assert_int_equal(p->console_len, 16);
}

static void what_was_typed_is_read(void **state)
{
	struct partition *p = *state;
	uint32_t in = stdout_of(p);

	assert_int_equal(OF(p, "read", 3, in, OF_BUFFER, 4), NOTHING_YET);
	p->typed = "hello";
	assert_int_equal(OF(p, "read", 3, in, OF_NONE, 4), OF_NONE);
	assert_int_equal(OF(p, "read", 3, in, OF_BUFFER, 4), 4);
	assert_memory_equal(p->ram + OF_BUFFER, "hell", 4);
	assert_int_equal(OF(p, "read", 3, in, OF_BUFFER, 4), 1);
}

static void other_devices_have_no_text(void **state)
{
	struct partition *p = *state;
	uint32_t root = OF(p, "open", 1, of_text(p, "/"));

	assert_int_equal(OF(p, "write", 3, root, OF_BUFFER, 4), OF_NONE);
	assert_int_equal(OF(p, "read", 3, root, OF_BUFFER, 4), OF_NONE);
	assert_int_equal(OF(p, "write", 3, 0, OF_BUFFER, 4), OF_NONE);
	assert_int_equal(OF(p, "write", 3, OF_NONE, OF_BUFFER, 4), OF_NONE);
}

static void a_closed_device_is_one_no_more(void **state)
{
	struct partition *p = *state;
	uint32_t out = stdout_of(p), cells[12] = { out };

	assert_int_equal(of_call(p, "close", 1, 0, cells), H_SUCCESS);
	assert_int_equal(OF(p, "write", 3, out, OF_BUFFER, 4), OF_NONE);
	assert_int_equal(of_call(p, "close", 1, 0, cells), H_SUCCESS);
}

static void devices_are_opened_as_long_as_there_is_room(void **state)
{
	struct partition *p = *state;
	uint32_t last = 0, n = 0, cells[12];

	while ((cells[0] = OF(p, "open", 1, of_text(p, "/"))) && ++n < 1000)
		last = cells[0];
	assert_int_equal(n, 29);	/* stdout, stdin and cpu are open */
	cells[0] = last;
	of_call(p, "close", 1, 0, cells);
	assert_int_equal(OF(p, "open", 1, of_text(p, "/")), last);
	assert_int_equal(OF(p, "open", 1, of_text(p, "/nowhere")), 0);
}

/* The catch result; the method's own goes to @result. */
static uint32_t method(struct partition *p, const char *device,
		       const char *name, uint32_t arg, uint32_t *result)
{
	uint32_t cells[12] = {
		of_text(p, name), OF(p, "open", 1, of_text(p, device)), arg,
	};

	assert_int_equal(of_call(p, "call-method", 3, 2, cells), H_SUCCESS);
	*result = cells[4];
	return cells[3];
}

static void rtas_goes_where_it_is_wanted(void **state)
{
	struct partition *p = *state;
	uint32_t entry;

	memset(p->ram + 0x40000, 0x77, 0x10000);
	assert_int_equal(method(p, "/rtas", "instantiate-rtas", 0x40000,
				&entry), 0);
	assert_int_equal(entry, 0x40000);
	assert_memory_equal(p->ram + 0x40000, p->ram + RTAS_BASE, 20);
	assert_int_equal(p->vm->rtas_base, 0x40000);
	assert_int_equal(p->ram[0x50000 - 1], 0);
}

static void what_interrupts_are_told_by_goes_with_it(void **state)
{
	struct partition *p = *state;
	uint32_t entry;

	method(p, "/rtas", "instantiate-rtas", 0x40000, &entry);
	interrupts_register(p);
	interrupts_reset_regs(p);
	papr_vcpu_system_reset(papr_vm_vcpu(p->vm, 0));
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, 0)->r3, 0x40000 + SAVE - RTAS_BASE);
}

static void a_reset_puts_rtas_back(void **state)
{
	struct partition *p = *state;
	struct papr_error error;
	uint32_t entry;

	method(p, "/rtas", "instantiate-rtas", 0x40000, &entry);
	memset(p->ram + RTAS_BASE, 0, 20);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_int_equal(p->vm->rtas_base, RTAS_BASE);
	assert_int_equal(load_be32(p->ram + RTAS_BASE), 0x7c641b78);
}

static void rtas_does_not_go_outside_of_memory(void **state)
{
	struct partition *p = *state;
	uint32_t entry;

	assert_int_equal(method(p, "/rtas", "instantiate-rtas",
				RAM_SIZE - 0xffff, &entry), OF_NONE);
	assert_int_equal(entry, 0);
	assert_int_equal(p->vm->rtas_base, RTAS_BASE);
}

static void a_method_that_is_not_there_is_not_called(void **state)
{
	static const struct {
		const char *device, *method;
	} rows[] = {
		{ "/", "instantiate-rtas" }, { "/rtas", "no-such" },
		{ "/nowhere", "instantiate-rtas" },
	};
	struct partition *p = *state;
	uint32_t result;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(method(p, rows[i].device, rows[i].method,
					0x40000, &result), OF_NONE);
	/* Without its argument it would go to address 0. */
	assert_int_equal(OF(p, "call-method", 2,
			    of_text(p, "instantiate-rtas"),
			    OF(p, "open", 1, of_text(p, "/rtas"))), OF_NONE);
}

static void there_is_no_forth(void **state)
{
	struct partition *p = *state;

	assert_int_equal(OF(p, "interpret", 1, of_text(p, "1 2 +")), OF_NONE);
}

static void the_clock_is_the_programs(void **state)
{
	struct partition *p = *state;

	p->uptime_ns = 12345678901;
	assert_int_equal(OF(p, "milliseconds", 0, 0), 12345);
	p->uptime_ns = 5001000000;
	assert_int_equal(OF(p, "milliseconds", 0, 0), 5001);
	p->uptime_ns--;
	assert_int_equal(OF(p, "milliseconds", 0, 0), 5000);
}

static void the_guest_leaves_and_the_program_is_told(void **state)
{
	struct partition *p = *state;
	uint32_t cells[12] = { of_text(p, "") };

	assert_int_equal(of_call(p, "quiesce", 0, 0, cells), H_SUCCESS);
	assert_int_equal(p->events, 0);
	assert_int_equal(of_call(p, "exit", 0, 0, cells), H_SUCCESS);
	assert_int_equal(p->event, PAPR_EVENT_OS_TERM);
	assert_int_equal(of_call(p, "boot", 1, 0, cells), H_SUCCESS);
	assert_int_equal(p->event, PAPR_EVENT_REBOOT);
	assert_int_equal(p->events, 2);
}

static void the_entry_is_beside_the_one_of_rtas(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_client_entry(p->vm), RTAS_BASE + 0x18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		of_test(the_console_is_open_at_first),
		of_test(what_is_written_to_it_goes_out),
		of_test(a_full_console_takes_nothing),
		of_test(what_is_no_memory_is_not_written),
		of_test(what_was_typed_is_read),
		of_test(other_devices_have_no_text),
		of_test(a_closed_device_is_one_no_more),
		of_test(devices_are_opened_as_long_as_there_is_room),
		of_test(rtas_goes_where_it_is_wanted),
		of_test(what_interrupts_are_told_by_goes_with_it),
		of_test(a_reset_puts_rtas_back),
		of_test(rtas_does_not_go_outside_of_memory),
		of_test(a_method_that_is_not_there_is_not_called),
		of_test(there_is_no_forth),
		of_test(the_clock_is_the_programs),
		of_test(the_guest_leaves_and_the_program_is_told),
		of_test(the_entry_is_beside_the_one_of_rtas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
