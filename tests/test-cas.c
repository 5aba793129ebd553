/* SPDX-License-Identifier: BSD-2-Clause */
/* Client architecture support, and the tree that goes back and forth. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "spapr/cpu-level.h"
#include "spapr/vm.h"
#include "tests/cas-fixture.h"

static const char *cpu_path(const char *host)
{
	return !strcmp(host, "power10") ? "/cpus/PowerPC,POWER10@0" :
	       !strcmp(host, "power8") ? "/cpus/PowerPC,POWER8@0" :
					 "/cpus/PowerPC,POWER9@0";
}

static void the_best_level_that_both_have_is_agreed_on(void **state)
{
	static const struct {
		const char *host;
		enum papr_mmu mmu;
		uint32_t logical[8];
		uint32_t best;
		int features;		/* bytes of ibm,pa-features */
	} rows[] = {
		{ "power10", 0, { P2_06, P2_07, P3_00, P3_1 }, P3_1, 68 },
		{ "power10", 0, { P3_1, P3_00 }, P3_1, 68 },
		{ "power10", 0, { P2_07, P3_00 }, P3_00, 68 },
		{ "power10", PAPR_MMU_HASH, { P2_06, P2_07 }, P2_07, 26 },
		{ "power10", PAPR_MMU_HASH, { P2_06 }, P2_06, 8 },
		{ "power9", 0, { P2_06, P2_07, P3_00, P3_1 }, P3_00, 68 },
		{ "nested", 0, { P3_00, P3_1 }, P3_00, 68 },
		{ "power8", 0, { P2_06, P2_07, P3_00, P3_1 }, P2_07, 26 },
		{ "power8", 0, { P2_06, P3_1 }, P2_06, 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = cas_partition(&(struct partition_setup){
			.host = rows[i].host,
			.config = { .cores = 2, .mmu = rows[i].mmu } });
		struct client c = cas_radix;
		int len;

		memcpy(c.logical, rows[i].logical, sizeof(c.logical));
		c.mmu = papr_vm_mmu(p->vm) == PAPR_MMU_RADIX ? 0x40 : 0;
		assert_int_equal(cas(p, &c), H_SUCCESS);
		assert_tree_cell(cas_given(p), cpu_path(rows[i].host),
				 "cpu-version", rows[i].best);
		tree_property(cas_given(p), cpu_path(rows[i].host),
			      "ibm,pa-features", &len);
		assert_int_equal(len, rows[i].features);
		for (uint32_t cpu = 0; cpu < 2; cpu++)
			assert_int_equal(fake_cpu_reg(papr_vcpu_host(
				papr_vm_vcpu(p->vm, cpu)),
				PAPR_REG_ARCH_COMPAT), rows[i].best);
		partition_free(p);
	}
}

/* One that knows the processor, but none of its logical levels. */
static void a_processor_may_be_used_as_it_is(void **state)
{
	struct partition *p = cas_partition(&(struct partition_setup){
		.host = "power9" });
	struct client c = cas_radix;

	(void)state;
	memset(c.logical, 0, sizeof(c.logical));
	c.processor = 0x004e0000;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	assert_tree_cell(cas_given(p), cpu_path("power9"), "cpu-version",
			 0x004e1200);
	partition_free(p);
}

static void vector_5_is_what_both_have(void **state)
{
	static const struct {
		enum papr_mmu mmu;
		uint8_t asked_gtse, asked_form;
		uint8_t form, agreed_mmu, gtse;
	} rows[] = {
		{ PAPR_MMU_RADIX, 0x40, 0xff, 0xa0, 0x40, 0x40 },
		{ PAPR_MMU_RADIX, 0xff, 0x00, 0x00, 0x40, 0x40 },
		{ PAPR_MMU_RADIX, 0x00, 0x80, 0x80, 0x40, 0x00 },
		{ PAPR_MMU_HASH, 0x40, 0x80, 0x80, 0x00, 0x00 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = cas_partition(&(struct partition_setup){
			.config = { .mmu = rows[i].mmu } });
		struct client c = cas_radix;
		const uint8_t *v;

		c.mmu = rows[i].agreed_mmu;
		c.gtse = rows[i].asked_gtse;
		c.form = rows[i].asked_form;
		assert_int_equal(cas(p, &c), H_SUCCESS);
		v = cas_vector_5(cas_given(p));
		assert_int_equal(v[0], 25);
		assert_int_equal(v[5], rows[i].form);
		assert_int_equal(v[24], rows[i].agreed_mmu);
		assert_int_equal(v[26], rows[i].gtse);
		partition_free(p);
	}
}

/* Neither to be had nor agreed on, whatever the client says. */
static void without_gtse_a_client_is_told_of_none(void **state)
{
	static const uint8_t pairs[] = { 23, 0, 24, 0x40, 25, 0, 26, 0 };
	struct partition *p = cas_partition(&(struct partition_setup){
		.config = { .mmu = PAPR_MMU_RADIX,
			    .gtse = PAPR_SWITCH_OFF } });
	int len;

	(void)state;
	assert_int_equal(cas(p, &cas_radix), H_SUCCESS);
	assert_int_equal(cas_vector_5(cas_given(p))[26], 0);
	assert_memory_equal(tree_property(cas_given(p), "/chosen",
					  "ibm,arch-vec-5-platform-support",
					  &len), pairs, sizeof(pairs));
	partition_free(p);
}

#define BUFFER		0xa000u
#define EPOW_MASK	0x40000000u
#define HOT_PLUG_MASK	0x10000000u
#define EPOW_IRQ	0x1000u
#define HOT_PLUG_IRQ	0x1001u

static void plug_something(struct partition *p)
{
	const struct papr_hotplug plug = {
		.size = sizeof(plug), .type = PAPR_HOTPLUG_CPU,
		.action = PAPR_HOTPLUG_ADD, .id_type = PAPR_HOTPLUG_INDEX,
		.index = 0x10000001,
	};

	assert_int_equal(papr_vm_event_hotplug(p->vm, &plug, NULL), 0);
}

/* 0 if there was one, 1 if there was none. */
static int32_t ask(struct partition *p, uint32_t mask)
{
	return RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, HOT_PLUG_IRQ,
		    mask, 0, BUFFER, 2048);
}

/* Who did not ask for the class hears of it as of an EPOW. */
static void hot_plug_events_come_as_was_agreed(void **state)
{
	static const struct {
		uint8_t asked, agreed;
		uint32_t irq;
		int32_t by_epow;
	} rows[] = {
		{ 0x04, 0x04, HOT_PLUG_IRQ, 1 }, { 0x00, 0x00, EPOW_IRQ, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = cas_partition(&(struct partition_setup){
			.host = NULL });
		struct client c = cas_radix;
		unsigned int was = fake_host_raised(p->fake, rows[i].irq);
		struct papr_error error;

		c.hotplug = rows[i].asked;
		assert_int_equal(cas(p, &c), H_SUCCESS);
		assert_int_equal(cas_vector_5(cas_given(p))[6],
				 rows[i].agreed);
		for (int n = 0; n < 2; n++)
			plug_something(p);
		assert_int_equal(fake_host_raised(p->fake, rows[i].irq),
				 was + 2);
		assert_int_equal(ask(p, EPOW_MASK), rows[i].by_epow);
		assert_int_equal(ask(p, HOT_PLUG_MASK), 0);

		assert_int_equal(papr_vm_reset(p->vm, &error), 0);
		was = fake_host_raised(p->fake, HOT_PLUG_IRQ);
		plug_something(p);
		assert_int_equal(fake_host_raised(p->fake, HOT_PLUG_IRQ),
				 was + 1);
		partition_free(p);
	}
}

/* The client's tree does not have what they tell of. */
static void hot_plug_events_wait_until_all_is_agreed(void **state)
{
	struct partition *p = cas_partition(&(struct partition_setup){ 0 });

	(void)state;
	plug_something(p);
	assert_int_equal(cas(p, &cas_radix), H_SUCCESS);
	assert_int_equal(ask(p, HOT_PLUG_MASK), 0);
	assert_int_equal(ask(p, HOT_PLUG_MASK), 1);
	partition_free(p);
}

static void what_a_partition_is_not_is_refused_in_words(void **state)
{
	static const struct {
		struct client client;
		const char *words;
	} rows[] = {
		{ { .logical = { P3_1 }, .mmu = 0x00 }, "MMU" },
		{ { .logical = { P3_1 }, .mmu = 0x80 }, "MMU" },
		{ { .logical = { P3_1 }, .mmu = 0xc0 }, "MMU" },
		{ { .logical = { P3_1 }, .mmu = 0x40, .irqs = 0x40 },
		  "interrupt controller" },
		{ { .logical = { P3_1 }, .mmu = 0x40, .irqs = 0x80 },
		  "interrupt controller" },
		{ { .logical = { 0x0f000007 }, .mmu = 0x40 }, "processor" },
		{ { .processor = 0x12340000, .mmu = 0x40 }, "processor" },
		{ { .logical = { P2_07 }, .mmu = 0x40 }, "radix MMU" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = cas_partition(&(struct partition_setup){
			.host = "power10", .config = {
				.mmu = PAPR_MMU_RADIX } });

		assert_int_equal(cas(p, &rows[i].client), H_HARDWARE);
		assert_non_null(strstr(p->log, rows[i].words));
		assert_clean(p);
		partition_free(p);
	}
}

static void vectors_1_and_5_must_be_there(void **state)
{
	struct partition *p = cas_partition(&(struct partition_setup){ 0 });
	struct client c = cas_radix;

	(void)state;
	c.no_vector_5 = true;
	assert_int_equal(cas(p, &c), H_PARAMETER);
	assert_clean(p);
	partition_free(p);
}

static void damaged_vectors_are_refused(void **state)
{
	struct partition *p = cas_partition(&(struct partition_setup){ 0 });
	uint64_t end = RAM_SIZE;

	(void)state;
	cas_put(p, &cas_radix);
	/* Cut off anywhere, by the end of memory; the whole is 78 bytes. */
	for (uint32_t len = 0; len < 78; len++) {
		memcpy(p->ram + end - len, p->ram + CAS_VECTOR, len);
		assert_int_equal(HCALL(p, H_CAS, end - len, CAS_TREE, CAS_ROOM),
				 H_PARAMETER);
	}
	memcpy(p->ram + end - 78, p->ram + CAS_VECTOR, 78);
	assert_int_equal(HCALL(p, H_CAS, end - 78, CAS_TREE, CAS_ROOM),
			 H_SUCCESS);
	/* A list of processors without an end. */
	memset(p->ram + CAS_VECTOR, 0xff, 8 * 600);
	assert_int_equal(HCALL(p, H_CAS, CAS_VECTOR, CAS_TREE, CAS_ROOM),
			 H_PARAMETER);
	partition_free(p);
}

static void the_tree_goes_only_where_it_fits(void **state)
{
	struct partition *p = cas_partition(&(struct partition_setup){ 0 });
	uint32_t size;

	(void)state;
	assert_int_equal(cas(p, &cas_radix), H_SUCCESS);
	size = 4 + fdt_totalsize(cas_given(p));
	assert_dirty(p, CAS_TREE, size);
	assert_int_equal(HCALL(p, H_CAS, CAS_VECTOR, CAS_TREE, size),
			 H_SUCCESS);
	p->n_dirty = 0;
	assert_int_equal(HCALL(p, H_CAS, CAS_VECTOR, CAS_TREE, size - 1),
			 H_PARAMETER);
	assert_int_equal(HCALL(p, H_CAS, CAS_VECTOR, CAS_TREE, 3), H_PARAMETER);
	assert_int_equal(HCALL(p, H_CAS, CAS_VECTOR, RAM_SIZE - 64, size),
			 H_PARAMETER);
	assert_int_equal(HCALL(p, H_CAS, CAS_VECTOR, ROM_BASE, size),
			 H_PARAMETER);
	assert_clean(p);
	partition_free(p);
}

static void other_processors_must_not_run(void **state)
{
	struct partition *p = cas_partition(&(struct partition_setup){
		.config = { .cores = 2 } });
	struct papr_entry entry = { 0 };

	(void)state;
	papr_vcpu_start(papr_vm_vcpu(p->vm, 1), &entry);
	assert_int_equal(cas(p, &cas_radix), H_MULTI_THREADS_ACTIVE);
	partition_free(p);
}

static void a_reset_goes_back_to_the_level_of_the_host(void **state)
{
	struct partition *p = cas_partition(&(struct partition_setup){
		.config = { .mmu = PAPR_MMU_HASH } });
	struct client c = { .logical = { P2_07 } };
	struct papr_error error;

	(void)state;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_int_equal(fake_cpu_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, 0)),
				      PAPR_REG_ARCH_COMPAT), P3_1);
	assert_int_equal(HCALL(p, H_CAS, CAS_VECTOR, CAS_TREE, CAS_ROOM),
			 H_FUNCTION);
	partition_free(p);
}

/* The client interface has it as a method of the root. */
static void a_client_asks_by_a_method(void **state)
{
	struct partition *p = *state;
	uint32_t cells[12] = {
		of_text(p, "ibm,client-architecture-support"),
		OF(p, "open", 1, of_text(p, "/")), CAS_VECTOR,
	};
	uint8_t *tree = calloc(1, TREE_ROOM);

	cas_put(p, &cas_radix);
	assert_int_equal(of_call(p, "call-method", 3, 2, cells), H_SUCCESS);
	assert_int_equal(cells[3], 0);
	assert_int_equal(cells[4], 0);
	assert_true(papr_vm_get_tree(p->vm, tree, TREE_ROOM) > 0);
	assert_int_equal(cas_vector_5(tree)[24], 0x40);
	free(tree);

	p->ram[CAS_VECTOR] = 0;
	cells[2] = RAM_SIZE;
	assert_int_equal(of_call(p, "call-method", 3, 2, cells), H_SUCCESS);
	assert_int_equal(cells[3], 0);
	assert_int_equal(cells[4], OF_NONE);
}

static void a_client_is_told_what_it_may_ask_for(void **state)
{
	static const uint8_t pairs[] = { 23, 0, 24, 0x80, 25, 0, 26, 0x40 };
	struct partition *p = *state;

	assert_int_equal(OF(p, "getprop", 4, of_device(p, "/chosen"),
			    of_text(p, "ibm,arch-vec-5-platform-support"),
			    OF_BUFFER, 8), 8);
	assert_memory_equal(p->ram + OF_BUFFER, pairs, 8);
}

static void a_tree_of_the_guest_is_kept(void **state)
{
	struct partition *p = *state;
	uint8_t *fdt = p->ram + CAS_TREE, *tree = calloc(1, TREE_ROOM);

	assert_true(papr_vm_get_tree(p->vm, fdt, CAS_ROOM) > 0);
	assert_int_equal(fdt_open_into(fdt, fdt, CAS_ROOM), 0);
	assert_int_equal(fdt_setprop_string(fdt, 0, "mine", "yes"), 0);
	fdt_pack(fdt);
	assert_int_equal(HCALL(p, H_UPDATE_DT, CAS_TREE), H_SUCCESS);
	assert_true(papr_vm_get_tree(p->vm, tree, TREE_ROOM) > 0);
	assert_tree_string(tree, "/", "mine", "yes");
	free(tree);
}

/* Firmware in the guest says by its tree where it has put RTAS. */
static void rtas_is_where_the_tree_of_the_guest_has_it(void **state)
{
	static const struct {
		uint32_t base, then;
	} rows[] = {
		{ 0x50000, 0x50000 },
		{ RAM_SIZE - 0xffff, RTAS_BASE }, { 0xfffffff0, RTAS_BASE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct partition_setup setup = { 0 };
		struct partition *p = cas_partition(&setup);
		uint8_t *fdt = p->ram + CAS_TREE;

		assert_true(papr_vm_get_tree(p->vm, fdt, CAS_ROOM) > 0);
		fdt_setprop_inplace_u32(fdt, fdt_path_offset(fdt, "/rtas"),
					"linux,rtas-base", rows[i].base);
		assert_int_equal(HCALL(p, H_UPDATE_DT, CAS_TREE), H_SUCCESS);
		assert_int_equal(p->vm->rtas_base, rows[i].then);
		partition_free(p);
	}
}

static void what_is_no_tree_is_not_kept(void **state)
{
	struct partition *p = *state;
	uint8_t *fdt = p->ram + CAS_TREE;
	int size = papr_vm_get_tree(p->vm, fdt, CAS_ROOM);

	assert_true(size > 0);
	assert_int_equal(HCALL(p, H_UPDATE_DT, RAM_SIZE), H_PARAMETER);
	memcpy(p->ram + RAM_SIZE - 64, fdt, 64);
	assert_int_equal(HCALL(p, H_UPDATE_DT, RAM_SIZE - 64), H_PARAMETER);
	fdt_set_totalsize(fdt, 0x7fffffff);
	assert_int_equal(HCALL(p, H_UPDATE_DT, CAS_TREE), H_PARAMETER);
	fdt_set_totalsize(fdt, size - 8);
	assert_int_equal(HCALL(p, H_UPDATE_DT, CAS_TREE), H_PARAMETER);
	fdt_set_totalsize(fdt, size);
	fdt[fdt_off_dt_struct(fdt)] = 0x77;
	assert_int_equal(HCALL(p, H_UPDATE_DT, CAS_TREE), H_PARAMETER);
	of_device(p, "/chosen");
}

static void without_firmware_there_is_nothing_to_say(void **state)
{
	assert_int_equal(HCALL(*state, H_CAS, CAS_VECTOR, CAS_TREE, CAS_ROOM),
			 H_FUNCTION);
	assert_int_equal(HCALL(*state, H_UPDATE_DT, CAS_TREE), H_FUNCTION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_level_that_both_have_is_agreed_on),
		cmocka_unit_test(a_processor_may_be_used_as_it_is),
		cmocka_unit_test(vector_5_is_what_both_have),
		cmocka_unit_test(without_gtse_a_client_is_told_of_none),
		cmocka_unit_test(hot_plug_events_come_as_was_agreed),
		cmocka_unit_test(hot_plug_events_wait_until_all_is_agreed),
		cmocka_unit_test(what_a_partition_is_not_is_refused_in_words),
		cmocka_unit_test(vectors_1_and_5_must_be_there),
		cmocka_unit_test(damaged_vectors_are_refused),
		cmocka_unit_test(the_tree_goes_only_where_it_fits),
		cmocka_unit_test(other_processors_must_not_run),
		cmocka_unit_test(a_reset_goes_back_to_the_level_of_the_host),
		of_test(a_client_asks_by_a_method),
		of_test(a_client_is_told_what_it_may_ask_for),
		of_test(a_tree_of_the_guest_is_kept),
		cmocka_unit_test(rtas_is_where_the_tree_of_the_guest_has_it),
		of_test(what_is_no_tree_is_not_kept),
		partition_test(without_firmware_there_is_nothing_to_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
