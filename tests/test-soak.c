/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The soak on the fake host: the guest's calls are made here, one after the
 * other, so that a seed says in which order all happens.
 *
 *	test-soak [SEED [ROUNDS]]
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>

#include "hcalls/catalogue.h"
#include "spapr/util.h"
#include "tests/fake-host.h"
#include "tests/soak.h"

#define CALLS	60		/* of each script */
#define STEPS	40		/* deeds of a round */
#define TURNS	6		/* calls of each vCPU between two deeds */

static uint64_t first_seed = 1, rounds = 12;
static bool verbose;

static int attach(struct soak *soak, uint32_t i)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(soak->vm, i);

	if (papr_vcpu_host(vcpu))
		return 0;
	return papr_vcpu_attach(vcpu, fake_cpu_new(soak->host,
						   papr_vcpu_id(vcpu)));
}

static int plug(struct soak *soak, const struct papr_connector *connector)
{
	return connector->kind == PAPR_CONNECTOR_CORE ?
	       attach(soak, connector->number) : 0;
}

static void hold(struct soak *soak, bool hold)
{
	(void)soak, (void)hold;
}

static void started(struct soak *soak)
{
	(void)soak;
}

static void begin(struct soak *soak)
{
	soak->host = fake_host_new(NULL, "power10");
	if (!soak_new_vm(soak, fake_host_ops(), soak->host))
		soak_fail(soak, "the fake host has no such kind");
	for (uint32_t i = 0; i < SOAK_CPUS - 1; i++)
		if (attach(soak, i))
			soak_fail(soak, "%s", papr_vm_error(soak->vm));
}

static void end(struct soak *soak)
{
	papr_vm_free(soak->vm);
	talloc_free(soak->host);
}

/* Another partition goes on from what was saved. */
static void move(struct soak *soak)
{
	end(soak);
	begin(soak);
	soak_load(soak);
	soak_use_all(soak);
}

#define READY 0x8000000000001002ull	/* MSR with RI: it can be interrupted */

/* As tests/guest/soak.c does it. */
static void make_call(struct soak *soak, struct papr_vcpu *vcpu)
{
	uint8_t *script = soak->ram + SOAK_SCRIPTS +
			  SOAK_SCRIPT_LEN * papr_vcpu_index(vcpu);
	uint64_t next = load_be64(script), n = load_be64(script + 8);
	struct papr_hcall call;
	const uint8_t *at;

	next = next < n ? next : 0;
	at = script + SOAK_CALLS + SOAK_CALL_LEN * next;
	call = (struct papr_hcall){ .nr = load_be64(at) };
	for (unsigned int i = 0; i < PAPR_HCALL_ARGS; i++)
		call.args[i] = load_be64(at + 8 + 8 * i);
	store_be64(script, next + 1);
	store_be64(script + 16, load_be64(script + 16) + 1);
	papr_vcpu_hcall(vcpu, &call);
}

static void take_turn(struct soak *soak, struct papr_vcpu *vcpu)
{
	struct papr_entry entry;

	if (!papr_vcpu_host(vcpu))
		return;
	papr_vcpu_take_entry(vcpu, &entry);
	if (papr_vcpu_state(vcpu) != PAPR_CPU_RUNNING ||
	    papr_vcpu_take_interrupt(vcpu) == PAPR_INTERRUPT_WAIT ||
	    papr_vcpu_rest(vcpu) == PAPR_REST_JOIN)
		return;
	papr_vcpu_rouse(vcpu);
	fake_cpu_regs(papr_vcpu_host(vcpu))->msr = READY;
	make_call(soak, vcpu);
	fake_host_clear_log(soak->host);
}

static void one_round(struct soak *soak)
{
	memset(soak->ram + SOAK_SCRIPTS, 0, SOAK_CPUS * SOAK_SCRIPT_LEN);
	soak_write_scripts(soak, CALLS);
	for (unsigned int step = 0; step < STEPS; step++) {
		soak_deed(soak);
		for (unsigned int i = 0; i < TURNS * SOAK_CPUS; i++)
			take_turn(soak, papr_vm_vcpu(soak->vm, i % SOAK_CPUS));
	}
	soak_reset(soak);
}

static void nothing_grows(const struct soak_kind *kind)
{
	struct soak soak = {
		.kind = kind, .hold = hold, .plug = plug, .start = started,
		.move = move,
	};
	struct soak_size first = { 0 };

	soak_begin(&soak, first_seed);
	begin(&soak);
	soak_use_all(&soak);
	for (soak.round = 0; soak.round < rounds; soak.round++) {
		struct soak_size size;

		one_round(&soak);
		size = soak_size(&soak);
		if (!soak.round)
			first = size;
		/* The heap has the fake host's as well. */
		assert_int_equal(size.bytes, first.bytes);
		assert_int_equal(size.blocks, first.blocks);
		assert_int_equal(size.files, first.files);
	}
	if (verbose)
		soak_report(&soak);
	end(&soak);
	soak_end(&soak);
}

static void a_radix_guest_leaves_nothing_behind(void **state)
{
	(void)state;
	nothing_grows(&soak_kinds[0]);
}

static void a_hash_guest_leaves_nothing_behind(void **state)
{
	(void)state;
	nothing_grows(&soak_kinds[1]);
}

static void a_guest_of_user_routes_leaves_nothing_behind(void **state)
{
	(void)state;
	nothing_grows(&soak_kinds[2]);
}

static void a_guest_with_a_xive_leaves_nothing_behind(void **state)
{
	(void)state;
	nothing_grows(&soak_kinds[3]);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_radix_guest_leaves_nothing_behind),
		cmocka_unit_test(a_hash_guest_leaves_nothing_behind),
		cmocka_unit_test(a_guest_of_user_routes_leaves_nothing_behind),
		cmocka_unit_test(a_guest_with_a_xive_leaves_nothing_behind),
	};

	verbose = argc > 1;
	if (argc > 1)
		first_seed = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		rounds = strtoull(argv[2], NULL, 0);
	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
