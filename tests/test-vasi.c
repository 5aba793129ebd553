/* SPDX-License-Identifier: BSD-2-Clause */
/* A suspension that the program offers, and what the guest hears of it. */
#include "config.h"

#include <errno.h>

#include <papr/suspend.h>

#include "rtas/status.h"
#include "tests/partition.h"

#define STREAM 0xfedcba9876543210ull
#define CANCEL 1

#define ABORTED 2
#define SUSPENDING 3
#define COMPLETED 6

static int suspended;		/* what the program answers */

static int suspend(void *vmm, struct papr_vcpu *vcpu)
{
	(void)vmm;
	(void)vcpu;
	return suspended;
}

static void can_suspend(struct partition *p, struct papr_host_ops *host_ops,
			struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->suspend = suspend;
}

static int start(void **state)
{
	suspended = 0;
	*state = partition_new(&(struct partition_setup){
		.tweak = can_suspend });
	return 0;
}

static int end(void **state)
{
	partition_free(*state);
	return 0;
}

#define VASI(test) cmocka_unit_test_setup_teardown(test, start, end)

static void offer(struct partition *p, uint64_t stream)
{
	struct papr_error error = { "" };

	if (papr_vm_offer_suspend(p->vm, stream, &error))
		fail_msg("%s", error.text);
}

/* The state, or what is no success. */
static int64_t ask(struct partition *p, uint64_t stream)
{
	uint64_t regs[HCALL_REGS] = { stream };
	int64_t ret = partition_hcall(p, H_VASI_STATE, regs);

	return ret == H_SUCCESS ? (int64_t)regs[0] : ret;
}

static int64_t cancel(struct partition *p, uint64_t stream)
{
	return HCALL(p, H_VASI_SIGNAL, stream, CANCEL, 0);
}

static int32_t suspend_me(struct partition *p)
{
	return RTAS(p, RTAS_TOKEN_ibm_suspend_me, 0, 1);
}

static void only_what_is_offered_has_a_state(void **state)
{
	struct partition *p = *state;

	assert_int_equal(ask(p, STREAM), H_PARAMETER);
	assert_int_equal(ask(p, 0), H_PARAMETER);
	offer(p, STREAM);
	assert_int_equal(ask(p, STREAM), SUSPENDING);
	assert_int_equal(ask(p, STREAM & UINT32_MAX), H_PARAMETER);
	assert_int_equal(ask(p, 0), H_PARAMETER);
	offer(p, 1);
	assert_int_equal(ask(p, 1), SUSPENDING);
	assert_int_equal(ask(p, STREAM), H_PARAMETER);
}

static void it_is_completed_by_the_guest(void **state)
{
	struct partition *p = *state;

	offer(p, STREAM);
	assert_int_equal(suspend_me(p), RTAS_SUCCESS);
	assert_int_equal(ask(p, STREAM), COMPLETED);
	assert_int_equal(cancel(p, STREAM), H_SUCCESS);
	assert_int_equal(ask(p, STREAM), COMPLETED);
}

static void what_the_program_refuses_is_not_completed(void **state)
{
	struct partition *p = *state;

	offer(p, STREAM);
	suspended = -ECANCELED;
	assert_int_equal(suspend_me(p), RTAS_SUSPENSION_ABORTED);
	assert_int_equal(ask(p, STREAM), SUSPENDING);
}

static void guest_may_cancel_it(void **state)
{
	struct partition *p = *state;

	offer(p, STREAM);
	assert_int_equal(cancel(p, 0), H_PARAMETER);
	assert_int_equal(cancel(p, STREAM + 1), H_PARAMETER);
	assert_int_equal(HCALL(p, H_VASI_SIGNAL, STREAM, 2, 0), H_P2);
	assert_int_equal(ask(p, STREAM), SUSPENDING);
	assert_int_equal(cancel(p, STREAM), H_SUCCESS);
	assert_int_equal(ask(p, STREAM), ABORTED);
	assert_int_equal(suspend_me(p), RTAS_SUCCESS);
	assert_int_equal(ask(p, STREAM), ABORTED);
}

static void nothing_can_be_cancelled_without_an_offer(void **state)
{
	struct partition *p = *state;

	assert_int_equal(cancel(p, 0), H_PARAMETER);
	assert_int_equal(cancel(p, STREAM), H_PARAMETER);
	assert_int_equal(suspend_me(p), RTAS_SUCCESS);
	assert_int_equal(ask(p, 0), H_PARAMETER);
}

static void reset_takes_the_offer_back(void **state)
{
	struct partition *p = *state;

	offer(p, STREAM);
	assert_int_equal(papr_vm_reset(p->vm, NULL), 0);
	assert_int_equal(ask(p, STREAM), H_PARAMETER);
}

static void wrong_offers_are_refused(void **state)
{
	struct partition *p = *state, *unsealed = NULL;
	struct papr_error error = { "" };

	assert_int_equal(papr_vm_offer_suspend(p->vm, 0, &error), -EINVAL);
	assert_string_equal(error.text, "0 is the number of no suspension");
	assert_int_equal(partition_make(&(struct partition_setup){ 0 },
					&unsealed, &error), 0);
	assert_int_equal(papr_vm_offer_suspend(unsealed->vm, 1, &error),
			 -EBUSY);
	partition_free(unsealed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VASI(only_what_is_offered_has_a_state),
		VASI(it_is_completed_by_the_guest),
		VASI(what_the_program_refuses_is_not_completed),
		VASI(guest_may_cancel_it),
		VASI(nothing_can_be_cancelled_without_an_offer),
		VASI(reset_takes_the_offer_back),
		VASI(wrong_offers_are_refused),
	};

	return cmocka_run_group_tests_name("suspension", tests, NULL, NULL);
}
