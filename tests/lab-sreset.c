/* SPDX-License-Identifier: BSD-2-Clause */
/* System resets of Debian's kernel, and the ends that a guest comes to. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/linux-guest.h"

static struct linux_guest guest;

static int start(void **state)
{
	(void)state;
	linux_guest_start(&guest);
	return 0;
}

static int end(void **state)
{
	(void)state;
	linux_guest_end(&guest);
	return 0;
}

/* Linux asks with an ordinary interrupt, and not with H_SIGNAL_SYS_RESET. */
static void the_stack_of_another_cpu_can_be_had(void **state)
{
	char line[80];
	int spinner;

	(void)state;
	linux_guest_tell(&guest, "spin");
	spinner = atoi(linux_guest_expect(&guest, "SPINNER "));
	linux_guest_expect(&guest, "PAGE ");
	linux_guest_tell(&guest, "write /proc/sysrq-trigger l");
	snprintf(line, sizeof(line), "KERNEL 4 CPU: 1 PID: %d Comm: "
		 "mce-spinner ", spinner);
	linux_guest_expect(&guest, line);
	linux_guest_tell(&guest, "sync");
	linux_guest_expect(&guest, "SYNC");
}

/* There is neither xmon nor a crash kernel. */
static void a_system_reset_is_a_panic(void **state)
{
	(void)state;
	linux_guest_let_kernel_speak(&guest);
	linux_guest_execute(&guest, "inject-nmi", NULL);
	linux_guest_assert_panic(&guest, "System Reset");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stack_of_another_cpu_can_be_had),
		cmocka_unit_test(a_system_reset_is_a_panic),
	};

	return cmocka_run_group_tests(tests, start, end) ? 1 : 0;
}
