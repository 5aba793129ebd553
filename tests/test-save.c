/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition that is saved and loaded is what it was. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "spapr/event-queue.h"
#include "tests/save-fixture.h"

#define ROUTES "hcalls: { H_RANDOM: user, H_PUT_TCE: deny }"

/* What @saved is, in a new partition on @host. */
static struct partition *reborn(struct partition *saved, const char *host,
				const char *policy)
{
	struct partition *p = save_new(host, policy);
	struct file *file = save_to_file(saved);

	load_from_file(p, file);
	file_free(file);
	return p;
}

static void a_busy_guest_is_saved_and_is_the_same(const char *host,
						  const char *policy)
{
	struct partition *p = save_new(host, policy), *q;

	save_busy(p);
	q = reborn(p, host, policy);
	assert_same_file(p, q);
	partition_free(p);
	partition_free(q);
}

static void a_radix_guest_is_the_same(void **state)
{
	(void)state;
	a_busy_guest_is_saved_and_is_the_same("power10", NULL);
}

static void a_guest_with_its_interrupts_here_is_the_same(void **state)
{
	(void)state;
	a_busy_guest_is_saved_and_is_the_same(
		"power10", "sets: { hcall-interrupt: user }");
}

static void a_hash_guest_is_the_same(void **state)
{
	(void)state;
	a_busy_guest_is_saved_and_is_the_same("power8", NULL);
}

static void a_guest_with_nothing_more_is_the_same(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){ 0 });
	struct file *file = save_to_file(p);

	(void)state;
	partition_free(p);
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					NULL), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	load_from_file(p, file);
	assert_int_equal(papr_vcpu_state(papr_vm_vcpu(p->vm, 0)),
			 PAPR_CPU_RUNNING);
	file_free(file);
	partition_free(p);
}

/* --- each state by itself */

static uint64_t see_pc(struct partition *p)
{
	return fake_cpu_regs(papr_vcpu_host(papr_vm_vcpu(p->vm, 1)))->pc;
}

static uint64_t see_dsisr(struct partition *p)
{
	return fake_cpu_regs(papr_vcpu_host(papr_vm_vcpu(p->vm, 1)))->dsisr;
}

static uint64_t see_sprg0(struct partition *p)
{
	return fake_cpu_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, 0)),
			    PAPR_REG_SPRG0);
}

static uint64_t see_timebase(struct partition *p)
{
	return fake_cpu_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, 0)),
			    PAPR_REG_TB);
}

static uint64_t see_lpcr(struct partition *p)
{
	return p->vm->lpcr_value ^ p->vm->lpcr_mask << 1;
}

static uint64_t see_table(struct partition *p)
{
	return p->vm->mmu_table ^ p->vm->mmu_flags;
}

static uint64_t see_tce(struct partition *p)
{
	uint64_t tce;

	assert_int_equal(papr_vm_get_tce(p->vm, SAVE_LIOBN, SAVE_QUEUE, &tce),
			 0);
	return tce;
}

static uint64_t see_running(struct partition *p)
{
	return papr_vcpu_state(papr_vm_vcpu(p->vm, 1));
}

static uint64_t see_prod(struct partition *p)
{
	return papr_vm_vcpu(p->vm, 1)->rest;
}

static uint64_t see_handlers(struct partition *p)
{
	return p->vm->nmi_system_reset ^ p->vm->nmi_machine_check << 32;
}

static uint64_t see_injection(struct partition *p)
{
	const struct nmi_state *nmi = &papr_vm_vcpu(p->vm, 0)->nmi;

	return nmi->pending ^ nmi->injection.hcall << 16 ^
	       nmi->injection.count << 32 ^
	       nmi->injection.info.effective_address;
}

static uint64_t see_reset(struct partition *p)
{
	return papr_vm_vcpu(p->vm, 1)->nmi.pending;
}

static uint64_t see_errinjct(struct partition *p)
{
	return p->vm->errinjct_open << 8 ^ p->vm->errinjct_opens;
}

static uint64_t see_watchdog(struct partition *p)
{
	return papr_vm_watchdogs(p->vm);
}

static uint64_t see_queue(struct partition *p)
{
	const struct papr_vio *vio = vio_find(p->vm, SAVE_UNIT);

	return vio->queue ^ vio->len << 16 ^ vio->next << 32 ^
	       vio->signal << 40;
}

static uint64_t see_nvram(struct partition *p)
{
	uint32_t word;

	memcpy(&word, p->nvram + 0x40, sizeof(word));
	return word ^ (uint64_t)p->vm->nvram[0x41] << 32;
}

static uint64_t see_clock(struct partition *p)
{
	return p->vm->clock_offset_ns;
}

/* A number that all of it changes. */
static uint64_t see_events(struct partition *p)
{
	const struct event_state *state = &p->vm->events->state;
	uint64_t sum = state->n ^ state->epow_sensor << 8 ^ state->scans << 16;

	for (uint32_t i = 0; i < state->n; i++) {
		const struct event *e = &state->event[i];

		sum = sum * 31 + (e->class ^ e->rank << 8 ^ e->scan << 16 ^
				  e->epow_action << 17) + e->len;
		for (uint32_t j = 0; j < e->len; j++)
			sum = sum * 31 + e->log[j];
	}
	return sum;
}

static uint64_t see_rtas(struct partition *p)
{
	return p->vm->rtas_base;
}

static uint64_t see_sysparm(struct partition *p)
{
	uint8_t value = 0;

	papr_vm_get_sysparm(p->vm, 21, &value, 1);
	return value;
}

static uint64_t see_connector(struct partition *p)
{
	return p->vm->drcs.drc[0].indicator;
}

static uint64_t see_agreed(struct partition *p)
{
	const struct agreed *agreed = &p->vm->firmware.agreed;

	return agreed->any ^ agreed->pvr ^ (uint64_t)agreed->vector5[0] << 32;
}

static uint64_t see_lamps(struct partition *p)
{
	return p->vm->lamps[LAMP_IDENTIFY] ^ p->indicators << 8;
}

static uint64_t see_last_error(struct partition *p)
{
	return p->vm->last_error;
}

static uint64_t see_suspension(struct partition *p)
{
	uint64_t regs[HCALL_REGS] = { 4711 };

	return partition_hcall(p, H_VASI_STATE, regs) ?: (int64_t)regs[0];
}

static uint64_t see_firmware(struct partition *p)
{
	const struct firmware *fw = &p->vm->firmware;

	return fw->has_client ^ fw->instances[0] << 8 ^ fw->n_claims << 16 ^
	       fw->claims[0].base ^ fw->room << 32;
}

static const struct {
	const char *what;
	uint64_t (*see)(struct partition *p);
} states[] = {
	{ "program counter", see_pc },
	{ "DSISR", see_dsisr },
	{ "SPRG0", see_sprg0 },
	{ "time base", see_timebase },
	{ "LPCR bits", see_lpcr },
	{ "process table", see_table },
	{ "TCE", see_tce },
	{ "state of a vCPU", see_running },
	{ "prod", see_prod },
	{ "registration", see_handlers },
	{ "injection", see_injection },
	{ "system reset", see_reset },
	{ "error injection", see_errinjct },
	{ "events", see_events },
	{ "watchdog", see_watchdog },
	{ "queue", see_queue },
	{ "NVRAM", see_nvram },
	{ "time of day", see_clock },
	{ "place of RTAS", see_rtas },
	{ "system parameter", see_sysparm },
	{ "connector", see_connector },
	{ "agreed level", see_agreed },
	{ "lamp", see_lamps },
	{ "last error", see_last_error },
	{ "firmware", see_firmware },
	{ "suspension", see_suspension },
};

/*
 * A file of a little-endian machine, of when the first version was new.  The
 * rows that it has are the first ones.
 */
#define GOLDEN TEST_DATA "/save-1"
#define GOLDEN_STATES 22

static void a_file_of_the_first_version_is_loaded(void **state)
{
	struct partition *p = save_new(NULL, NULL), *q = save_new(NULL, NULL);
	struct file *file = calloc(1, sizeof(*file));
	FILE *stream = fopen(GOLDEN, "re");

	(void)state;
	assert_non_null(stream);
	file->bytes = malloc(0x10000);
	file->len = fread(file->bytes, 1, 0x10000, stream);
	fclose(stream);
	save_busy(p);
	load_from_file(q, file);
	for (size_t i = 0; i < GOLDEN_STATES; i++)
		if (states[i].see(p) != states[i].see(q))
			fail_msg("%s is lost", states[i].what);
	file_free(file);
	partition_free(p);
	partition_free(q);
}

/* For another version: test-save FILE */
static int write_golden(const char *path)
{
	struct partition *p = save_new(NULL, NULL);
	FILE *stream = fopen(path, "we");
	struct file *file;

	save_busy(p);
	file = save_to_file(p);
	if (!stream || fwrite(file->bytes, file->len, 1, stream) != 1 ||
	    fclose(stream))
		return 1;
	file_free(file);
	partition_free(p);
	return 0;
}

static void each_state_is_loaded(void **state)
{
	struct partition *p = save_new(NULL, NULL), *q, *r;

	(void)state;
	save_busy(p);
	q = reborn(p, NULL, NULL);
	r = save_new(NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (states[i].see(p) == states[i].see(r))
			fail_msg("%s: the guest has not changed it",
				 states[i].what);
		if (states[i].see(p) != states[i].see(q))
			fail_msg("%s is lost", states[i].what);
	}
	partition_free(p);
	partition_free(q);
	partition_free(r);
}

/* --- more than one way to be */

static void interrupts_go_where_they_were(const char *policy)
{
	struct partition *p = save_new(NULL, policy), *q;

	save_busy(p);
	RTAS(p, RTAS_TOKEN_ibm_set_xive, 3, 1, 0x1101, 8, 5);
	if (!policy) {
		/* As KVM's controller would show it. */
		struct fake_cpu *cpu = papr_vcpu_host(papr_vm_vcpu(p->vm, 1));
		const struct papr_host_ops *ops = fake_host_ops();

		vm_hold_all(p->vm, true);
		assert_int_equal(ops->set_icp(cpu, 0xff000002040400ffull &
					      ~0xffffull), 0);
		assert_int_equal(ops->set_source(p->fake, 0x1101,
						 0x500000008ull), 0);
		vm_hold_all(p->vm, false);
	} else {
		HCALL(p, H_CPPR, 0xff);
		HCALL(p, H_IPI, 8, 4);
	}
	q = reborn(p, NULL, policy);
	assert_same_file(p, q);
	partition_free(p);
	partition_free(q);
}

static void interrupts_of_the_host_are_loaded(void **state)
{
	(void)state;
	interrupts_go_where_they_were(NULL);
}

static void interrupts_of_the_library_are_loaded(void **state)
{
	(void)state;
	interrupts_go_where_they_were("sets: { hcall-interrupt: user }");
}

static void a_vcpu_is_told_of_its_interrupt_again(void **state)
{
	const char *policy = "sets: { hcall-interrupt: user }";
	struct partition *p = save_new(NULL, policy), *q;

	(void)state;
	HCALL(p, H_CPPR, 0xff);
	HCALL(p, H_IPI, 0, 4);
	assert_true(fake_cpu_raised(papr_vcpu_host(papr_vm_vcpu(p->vm, 0))));
	q = reborn(p, NULL, policy);
	assert_true(fake_cpu_raised(papr_vcpu_host(papr_vm_vcpu(q->vm, 0))));
	partition_free(p);
	partition_free(q);
}

static void routes_are_those_at_the_end(void **state)
{
	struct partition *p = save_new(NULL, NULL), *q;
	struct papr_route_report report;

	(void)state;
	must_reroute(p, ROUTES);
	q = reborn(p, NULL, NULL);
	papr_vm_route(q->vm, HCALL_ROW_H_PUT_TCE, &report);
	assert_int_equal(report.effective, PAPR_EFFECTIVE_DENIED);
	papr_vm_route(q->vm, HCALL_ROW_H_RANDOM, &report);
	assert_int_equal(report.effective, PAPR_EFFECTIVE_USER);
	assert_same_file(p, q);
	partition_free(p);
	partition_free(q);
}

static void interrupts_that_have_changed_hands_do_so_again(void **state)
{
	struct partition *p = save_new(NULL, NULL), *q;

	(void)state;
	must_reroute(p, "sets: { hcall-interrupt: user }");
	HCALL(p, H_CPPR, 0x42);
	q = reborn(p, NULL, NULL);
	assert_int_equal(xics_get_icp(q->vm->xics, q->vm->vcpus[0]) >>
			 ICP_CPPR_SHIFT, 0x42);
	partition_free(p);
	partition_free(q);
}

static void calls_that_fail_on_purpose_do_so_afterwards(void **state)
{
	struct partition *p = save_new(NULL, NULL), *q;

	(void)state;
	must_reroute(p, "hcalls: { H_RANDOM: { route: user, fail: H_BUSY } }");
	q = reborn(p, NULL, NULL);
	assert_int_equal(HCALL(q, H_RANDOM), H_BUSY);
	partition_free(p);
	partition_free(q);
}

static void the_page_table_is_loaded(void **state)
{
	const struct papr_hpte entry = { 0x1234000000000001ull, 0x10196ull };
	struct partition *p = save_new("power8", NULL), *q;
	uint64_t last = (1ull << p->vm->hpt_order) / 16 - 1;

	(void)state;
	fake_host_hpt(p->fake)[last] = entry;
	q = reborn(p, "power8", NULL);
	assert_memory_equal(&fake_host_hpt(q->fake)[last], &entry,
			    sizeof(entry));
	assert_int_equal(fake_host_hpt(q->fake)[0].pteh, 0);
	partition_free(p);
	partition_free(q);
}

static void a_registered_guest_gets_its_machine_checks(void **state)
{
	struct partition *p = save_new(NULL, NULL), *q;

	(void)state;
	save_busy(p);
	q = reborn(p, NULL, NULL);
	assert_true(fake_host_logged(q->fake, "cpu 8: enable_fwnmi") ||
		    fake_host_logged(q->fake, "cpu 0: enable_fwnmi"));
	assert_true(fake_host_logged(q->fake, "cpu 8: wake"));
	assert_int_equal(papr_vcpu_take_interrupt(papr_vm_vcpu(q->vm, 1)), 0);
	assert_int_equal(see_pc(q), 0x1920);
	partition_free(p);
	partition_free(q);
}

static void a_vcpu_that_is_to_start_starts(void **state)
{
	struct partition *p = save_new(NULL, NULL), *q;
	struct papr_entry entry = { 0x4000, 3, 4, 5, 1 }, taken;

	(void)state;
	papr_vcpu_start(papr_vm_vcpu(p->vm, 1), &entry);
	q = reborn(p, NULL, NULL);
	assert_int_equal(papr_vcpu_take_entry(papr_vm_vcpu(q->vm, 1), &taken),
			 PAPR_CPU_STARTING);
	assert_memory_equal(&taken, &entry, sizeof(entry));
	partition_free(p);
	partition_free(q);
}

/* A minute of the guest's has passed when it is saved, none since. */
static void a_watchdog_has_the_time_that_was_left(void **state)
{
	struct partition *p = save_new(NULL, NULL), *q;
	struct file *file;

	(void)state;
	HCALL(p, H_WATCHDOG, 0x101, 1, 100000);
	p->uptime_ns += 60000000000ull;
	file = save_to_file(p);
	q = save_new(NULL, NULL);
	q->uptime_ns = 7;
	load_from_file(q, file);
	assert_int_equal(q->asked, 1);
	assert_int_equal(papr_vm_watchdogs(q->vm), 40000000000ull);
	file_free(file);
	partition_free(p);
	partition_free(q);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_radix_guest_is_the_same),
		cmocka_unit_test(a_guest_with_its_interrupts_here_is_the_same),
		cmocka_unit_test(a_hash_guest_is_the_same),
		cmocka_unit_test(a_guest_with_nothing_more_is_the_same),
		cmocka_unit_test(each_state_is_loaded),
		cmocka_unit_test(a_file_of_the_first_version_is_loaded),
		cmocka_unit_test(interrupts_of_the_host_are_loaded),
		cmocka_unit_test(interrupts_of_the_library_are_loaded),
		cmocka_unit_test(a_vcpu_is_told_of_its_interrupt_again),
		cmocka_unit_test(routes_are_those_at_the_end),
		cmocka_unit_test(
			interrupts_that_have_changed_hands_do_so_again),
		cmocka_unit_test(calls_that_fail_on_purpose_do_so_afterwards),
		cmocka_unit_test(the_page_table_is_loaded),
		cmocka_unit_test(a_registered_guest_gets_its_machine_checks),
		cmocka_unit_test(a_vcpu_that_is_to_start_starts),
		cmocka_unit_test(a_watchdog_has_the_time_that_was_left),
	};

	if (argc > 1)
		return write_golden(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
