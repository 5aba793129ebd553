/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VIO device of this program on real KVM: the guest maps and registers its
 * queue, sends a message, and takes the interrupt of what the device puts.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "spapr/vm.h"
#include "tests/lab-guest.h"

#define CODE	0x1000u
#define RTAS	0x3000u
#define CALLS	0x10000u
#define QUEUE	0x20000u

#define UNIT	0x71000001u
#define LIOBN	0x71000001u
#define IRQ	0x1101u
#define RW	3u

#define INIT	0xc001000000000000ull
#define REQUEST	0x8001020304050607ull
#define REPLY	0x8002020304050607ull
#define LOW	0x08090a0b0c0d0e0full

/* Makes the calls at r3; then accepts interrupts until there is one. */
static const uint32_t program[] = {
	0x7c7f1b78,	/* mr	r31,r3 */
	0xe87f0000,	/* ld	r3,0(r31): the number, 0 is the end */
	0x2c230000,	/* cmpdi r3,0 */
	0x41820020,	/* beq	.+32 */
	0xe89f0008,	/* ld	r4,8(r31) */
	0xe8bf0010,	/* ld	r5,16(r31) */
	0xe8df0018,	/* ld	r6,24(r31) */
	0x44000022,	/* sc	1 */
	0xf87f0000,	/* std	r3,0(r31): the result in its place */
	0x3bff0020,	/* addi	r31,r31,32 */
	0x4bffffdc,	/* b	.-36 */
	0x38600074,	/* li	r3,H_XIRR */
	0x44000022,	/* sc	1 */
	0x78850221,	/* clrldi. r5,r4,40 */
	0x4182fff4,	/* beq	.-12 */
	0xf8bf0008,	/* std	r5,8(r31) */
	0x38600001,	/* li	r3,1 */
	0xf87f0000,	/* std	r3,0(r31) */
	0x48000000,	/* b	. */
};

struct call {
	uint64_t nr, args[3];
};

static const struct call calls[] = {
	{ H_RTAS, { RTAS } },
	{ H_CPPR, { 0xff } },
	{ H_PUT_TCE, { LIOBN, 0, QUEUE | RW } },
	{ H_REG_CRQ, { UNIT, 0, PAGE_4K } },
	{ H_VIO_SIGNAL, { UNIT, 1 } },
	{ H_SEND_CRQ, { UNIT, REQUEST, LOW } },
};
#define SIGNAL	4
#define SEND	5
#define END	ARRAY_SIZE(calls)

static struct papr_vio *vio;
static _Atomic int errors;

static enum papr_vio_answer registered(void *device)
{
	(void)device;
	errors |= papr_vio_put(vio, INIT, 0);
	return PAPR_VIO_SUCCESS;
}

static enum papr_vio_answer send(void *device, uint64_t high, uint64_t low)
{
	(void)device;
	errors |= high != REQUEST || low != LOW;
	errors |= papr_vio_put(vio, REPLY, low);
	return PAPR_VIO_SUCCESS;
}

static void prepare(struct papr_vm *vm)
{
	static const struct papr_vio_ops ops = {
		.size = sizeof(ops),
		.registered = registered,
		.send = send,
	};
	static const struct papr_vio_config config = {
		.size = sizeof(config),
		.unit = UNIT,
		.irq = IRQ,
		.liobn = LIOBN,
		.name = "echo",
		.compatible = "papr,echo",
	};

	errors = 0;
	if (papr_vm_add_tce(vm, LIOBN, 0, 12, 16) ||
	    papr_vm_add_vio(vm, &config, &ops, NULL, &vio))
		fail_msg("%s", papr_vm_error(vm));
}

static void prepare_user(struct papr_vm *vm)
{
	static const char text[] =
		"sets: { hcall-interrupt: user, hcall-tce: user }";
	struct papr_policy *policy;
	struct papr_error error;

	prepare(vm);
	if (papr_policy_parse(text, strlen(text), "test", &policy, &error))
		fail_msg("%s", error.text);
	if (papr_vm_set_policy(vm, policy))
		fail_msg("%s", papr_vm_error(vm));
	papr_policy_free(policy);
}

static int setup(void **state)
{
	return guest_setup_with(state, prepare);
}

static int setup_user(void **state)
{
	return guest_setup_with(state, prepare_user);
}

/* The interrupt goes to the first vCPU. */
static void put_rtas(struct guest *g)
{
	const uint32_t block[] = {
		papr_rtas_by_name("ibm,set-xive")->number, 3, 1, IRQ, 0, 5,
		UINT32_MAX
	};

	guest_put(g, RTAS, block, ARRAY_SIZE(block));
}

/* The first @n calls. */
static void start(struct guest *g, size_t n)
{
	guest_put(g, CODE, program, ARRAY_SIZE(program));
	put_rtas(g);
	for (size_t i = 0; i < n; i++) {
		uint8_t *at = g->ram + CALLS + i * sizeof(struct call);

		store_be64(at, calls[i].nr);
		for (size_t a = 0; a < ARRAY_SIZE(calls[i].args); a++)
			store_be64(at + 8 + 8 * a, calls[i].args[a]);
	}
	guest_start(g, 0, CODE, CALLS);
	guest_run_thread(g, 0);
}

/* Until the guest has stored @value over the number of call @i. */
static void wait_for(struct guest *g, size_t i, uint64_t value)
{
	uint64_t at = CALLS + i * sizeof(struct call);

	while (guest_load64(g, at) != value && !guest_has_ended(g, 0))
		usleep(1000);
}

static void assert_calls(struct guest *g, size_t n)
{
	wait_for(g, n, 1);
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(guest_load64(g, CALLS +
					      i * sizeof(struct call)), 0);
	assert_int_equal(guest_load64(g, RTAS + 6 * 4) >> 32, 0);
	assert_int_equal(guest_load64(g, CALLS + n * sizeof(struct call) + 8),
			 IRQ);
	assert_int_equal(errors, 0);
	assert_true(guest_load64(g, QUEUE) == INIT);
	assert_true(guest_load64(g, QUEUE + 16) == REPLY);
	assert_true(guest_load64(g, QUEUE + 24) == LOW);
}

static void reply_comes_with_an_interrupt(void **state)
{
	start(*state, END);
	assert_calls(*state, END);
}

/* From this thread, while the guest runs. */
static void message_comes_with_an_interrupt(void **state)
{
	start(*state, SEND);
	wait_for(*state, SIGNAL, H_SUCCESS);
	assert_int_equal(papr_vio_put(vio, REPLY, LOW), 0);
	assert_calls(*state, SEND);
}

#define kernel_test(f) cmocka_unit_test_setup_teardown(f, setup, guest_teardown)
#define user_test(f) \
	{ #f "_of_the_library", f, setup_user, guest_teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		kernel_test(reply_comes_with_an_interrupt),
		kernel_test(message_comes_with_an_interrupt),
		user_test(reply_comes_with_an_interrupt),
		user_test(message_comes_with_an_interrupt),
	};

	return cmocka_run_group_tests_name("VIO on KVM", tests, NULL, NULL);
}
