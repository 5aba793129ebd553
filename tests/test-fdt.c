/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree, read back with libfdt: everything but the processors. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "rtas/status.h"
#include "spapr/vm.h"
#include "tests/partition.h"
#include "tests/tree.h"

static void header_and_reservations(void **state)
{
	struct partition *p = *state;
	void *fdt = tree_of(p, NULL);
	uint64_t at, len;

	assert_int_equal(fdt_check_full(fdt, TREE_ROOM), 0);
	assert_int_equal(fdt_boot_cpuid_phys(fdt), 0);
	assert_int_equal(fdt_num_mem_rsv(fdt), 1);
	fdt_get_mem_rsv(fdt, 0, &at, &len);
	assert_int_equal(at, RTAS_BASE);
	assert_int_equal(len, 0x10000);
	free(fdt);
}

static void root_says_what_linux_looks_for(void **state)
{
	void *fdt = tree_of(*state, NULL);

	assert_tree_string(fdt, "/", "device_type", "chrp");
	assert_tree_string(fdt, "/", "compatible", "qemu,pseries");
	assert_tree_cell(fdt, "/", "#address-cells", 2);
	assert_tree_cell(fdt, "/", "#size-cells", 2);
	assert_tree_string(fdt, "/hypervisor", "compatible", "linux,kvm");
	free(fdt);
}

static void memory_is_all_writable_ram(void **state)
{
	static const uint32_t low[] = { 0, 0, 0, RAM_SIZE };
	static const uint32_t top[] = {
		TOP_BASE >> 32, TOP_BASE & 0xffffffff, 0, TOP_SIZE
	};
	void *fdt = tree_of(*state, NULL);

	assert_tree_cells(fdt, "/memory@0", "reg", low, ARRAY_SIZE(low));
	assert_tree_string(fdt, "/memory@0", "device_type", "memory");
	assert_tree_cells(fdt, "/memory@fffffffffffe0000", "reg", top,
			  ARRAY_SIZE(top));
	assert_true(fdt_path_offset(fdt, "/memory@400000") < 0);
	free(fdt);
}

static void interrupt_controller_is_xics(void **state)
{
	static const uint32_t ranges[] = { 0, 1 };
	const char *node = "/interrupt-controller";
	void *fdt = tree_of(*state, NULL);

	assert_tree_string(fdt, node, "device_type",
			   "PowerPC-External-Interrupt-Presentation");
	assert_tree_string(fdt, node, "compatible", "IBM,ppc-xicp");
	assert_tree_empty(fdt, node, "interrupt-controller");
	assert_tree_cell(fdt, node, "#interrupt-cells", 2);
	assert_tree_cells(fdt, node, "ibm,interrupt-server-ranges", ranges, 2);
	assert_int_equal(fdt_path_offset(fdt, node),
			 fdt_node_offset_by_phandle(fdt, 0x1111));
	free(fdt);
}

static void terminal_has_its_interrupt(void **state)
{
	static const uint32_t interrupts[] = { 0x1100, 0 };
	const char *vty = "/vdevice/vty@71000000";
	void *fdt = tree_of(*state, NULL);

	assert_tree_string(fdt, "/vdevice", "device_type", "vdevice");
	assert_tree_cell(fdt, "/vdevice", "#address-cells", 1);
	assert_tree_cell(fdt, "/vdevice", "#size-cells", 0);
	assert_tree_cell(fdt, "/vdevice", "#interrupt-cells", 2);
	assert_tree_cell(fdt, "/vdevice", "interrupt-parent", 0x1111);
	assert_tree_empty(fdt, "/vdevice", "interrupt-controller");
	assert_tree_string(fdt, vty, "device_type", "serial");
	assert_tree_string(fdt, vty, "compatible", "hvterm1");
	assert_tree_cell(fdt, vty, "reg", VTY);
	assert_tree_cells(fdt, vty, "interrupts", interrupts, 2);
	free(fdt);
}

static void chosen_has_what_the_program_said(void **state)
{
	static const uint32_t start[] = { 1, 0x2000 }, end[] = { 1, 0x3000 };
	static const uint8_t seed[32] = { 1, 2, 3, [31] = 32 };
	void *fdt = tree_of(*state, &(struct papr_fdt_config){
		.size = sizeof(struct papr_fdt_config),
		.bootargs = "console=hvc0 \"x\"",
		.initrd_start = 0x100002000, .initrd_end = 0x100003000,
		.rng_seed = seed });
	const void *got;
	int len;

	assert_tree_string(fdt, "/chosen", "bootargs", "console=hvc0 \"x\"");
	assert_tree_cells(fdt, "/chosen", "linux,initrd-start", start, 2);
	assert_tree_cells(fdt, "/chosen", "linux,initrd-end", end, 2);
	assert_tree_string(fdt, "/chosen", "stdout-path",
			   "/vdevice/vty@71000000");
	assert_tree_string(fdt, "/chosen", "linux,stdout-path",
			   "/vdevice/vty@71000000");
	got = tree_property(fdt, "/chosen", "rng-seed", &len);
	assert_int_equal(len, 32);
	assert_memory_equal(got, seed, 32);
	free(fdt);
}

static void chosen_leaves_out_what_nobody_said(void **state)
{
	static const char *const names[] = {
		"bootargs", "linux,initrd-start", "linux,initrd-end",
		"rng-seed"
	};
	void *fdt = tree_of(*state, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_false(tree_has(fdt, "/chosen", names[i]));
	free(fdt);
}

static void option_vector_5_says_which_mmu(void **state)
{
	static const enum papr_mmu mmus[] = { PAPR_MMU_RADIX, PAPR_MMU_HASH };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mmus); i++) {
		struct partition *p = partition_new(&(struct partition_setup){
			.config = { .mmu = mmus[i] } });
		void *fdt = tree_of(p, NULL);
		uint8_t expected[27] = { 0x19, [5] = 0x80, [6] = 0x04 };
		const uint8_t *v;
		int len;

		if (mmus[i] == PAPR_MMU_RADIX)
			expected[24] = expected[26] = 0x40;
		v = tree_property(fdt, "/chosen", "ibm,architecture-vec-5",
				  &len);
		assert_int_equal(len, 27);
		assert_memory_equal(v, expected, 27);
		free(fdt);
		partition_free(p);
	}
}

static void rtas_is_where_it_was_put(void **state)
{
	void *fdt = tree_of(*state, NULL);

	assert_tree_cell(fdt, "/rtas", "linux,rtas-base", RTAS_BASE);
	assert_tree_cell(fdt, "/rtas", "linux,rtas-entry", RTAS_BASE);
	assert_tree_cell(fdt, "/rtas", "rtas-size", 0x10000);
	assert_tree_cell(fdt, "/rtas", "rtas-error-log-max", 2048);
	assert_tree_cell(fdt, "/rtas", "rtas-event-scan-rate", 1);
	assert_tree_empty(fdt, "/rtas", "ibm,extended-os-term");
	free(fdt);
}

static void rtas_names_exactly_the_calls_that_are_answered(void **state)
{
	struct partition *p =
		partition_new(&(struct partition_setup){
			.nvram = true, .pci = true,
			.config = { .kernel_dump = true } });
	void *fdt = tree_of(p, NULL);

	(void)state;
	for (size_t i = 0; i < papr_rtas_count(); i++) {
		const struct papr_call_info *call = papr_rtas_at(i);

		if (!papr_rtas_has_handler(call) && !papr_rtas_in_kernel(call))
			assert_false(tree_has(fdt, "/rtas", call->name));
		else
			assert_tree_cell(fdt, "/rtas", call->name,
					 call->number);
	}
	free(fdt);
	partition_free(p);
}

/* No hypervisor below keeps dumps for its partitions: docs/rtas.md. */
static void platform_dumps_are_not_implemented(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .kernel_dump = true } });
	void *fdt = tree_of(p, NULL);

	(void)state;
	assert_false(tree_has(fdt, "/rtas", "ibm,platform-dump"));
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_platform_dump, 6, 5, 0, 1, 0,
			      0, 0x8000, 4096), RTAS_PARAMETER_ERROR);
	free(fdt);
	partition_free(p);
}

static void denied_rtas_call_has_no_name(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "rtas: { power-off: deny }" });
	void *fdt = tree_of(p, NULL);

	(void)state;
	assert_false(tree_has(fdt, "/rtas", "power-off"));
	assert_true(tree_has(fdt, "/rtas", "system-reboot"));
	free(fdt);
	partition_free(p);
}

static bool has_set(const void *fdt, const char *set)
{
	return fdt_stringlist_search(fdt, fdt_path_offset(fdt, "/rtas"),
				     "ibm,hypertas-functions", set) >= 0;
}

static bool policy_has_set(const char *host, const char *policy,
			   enum papr_mmu mmu, const char *set)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = host, .policy = policy, .config = { .mmu = mmu } });
	void *fdt = tree_of(p, NULL);
	bool has = has_set(fdt, set);

	free(fdt);
	partition_free(p);
	return has;
}

static void sets_for_linux_are_there(void **state)
{
	static const char *const sets[] = {
		"hcall-splpar", "hcall-term", "hcall-dabr", "hcall-interrupt",
		"hcall-tce", "hcall-vio", "hcall-set-mode", "hcall-sprg0",
		"hcall-copy", "hcall-debug", "hcall-random", "hcall-vphn",
	};
	void *fdt = tree_of(*state, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (!has_set(fdt, sets[i]))
			fail_msg("%s", sets[i]);
	free(fdt);
}

static void sets_are_real_and_written_once(void **state)
{
	void *fdt = tree_of(*state, NULL);
	int len;
	const char *all = tree_property(fdt, "/rtas", "ibm,hypertas-functions",
					&len);

	assert_true(len > 0 && !all[len - 1]);
	for (const char *s = all; s < all + len; s += strlen(s) + 1) {
		if (*s == '(' || strchr(s, ';') || !papr_hcall_set_exists(s))
			fail_msg("%s", s);
		for (const char *t = s + strlen(s) + 1; t < all + len;
		     t += strlen(t) + 1)
			assert_string_not_equal(s, t);
	}
	free(fdt);
}

static void hash_sets_are_for_hash_guests(void **state)
{
	(void)state;
	assert_true(policy_has_set(NULL, NULL, PAPR_MMU_HASH, "hcall-pft"));
	assert_true(policy_has_set(NULL, NULL, PAPR_MMU_HASH, "hcall-bulk"));
	assert_false(policy_has_set(NULL, NULL, PAPR_MMU_RADIX, "hcall-pft"));
	assert_false(policy_has_set(NULL, NULL, PAPR_MMU_RADIX, "hcall-bulk"));
}

/*
 * For every set that is promised: without one of its calls it is not.  On a
 * POWER8, as the kernel of a newer host answers some calls against all wishes.
 */
static void denied_call_takes_its_set_with_it(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8" });
	void *fdt = tree_of(p, NULL);
	unsigned int tried = 0;

	(void)state;
	for (size_t i = 0; i < papr_hcall_count(); i++) {
		const struct papr_call_info *call = papr_hcall_at(i);
		char policy[128];

		if (!has_set(fdt, call->set))
			continue;
		tried++;
		snprintf(policy, sizeof(policy),
			 "force: true\nhcalls: { %s: deny }", call->name);
		if (policy_has_set("power8", policy, PAPR_MMU_AUTO,
				   call->set))
			fail_msg("%s without %s", call->set, call->name);
	}
	assert_true(tried > 20);
	free(fdt);
	partition_free(p);
}

/* Options that a partition does not have; guests ask all the same. */
static void calls_of_missing_options_have_no_set(void **state)
{
	static const uint32_t unanswered[] = {
		H_CLEAN_SLB, H_INVALIDATE_PID, H_GET_EM_PARMS,
	};
	static const char *const sets[] = {
		"hcall-imtt", "hcall-get-emparm",
	};
	struct partition *p = *state;
	void *fdt = tree_of(p, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(unanswered); i++)
		assert_int_equal(HCALL(p, unanswered[i], 0, 0, 0), H_FUNCTION);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (has_set(fdt, sets[i]))
			fail_msg("%s", sets[i]);
	assert_false(policy_has_set("nested", "sets: { hcall-rpt-invalidate: "
				    "user }", PAPR_MMU_AUTO,
				    "hcall-rpt-invalidate"));
	free(fdt);
}

static void no_watchdog(struct partition *p, struct papr_host_ops *host,
			struct papr_vmm_ops *vmm)
{
	(void)p;
	(void)host;
	vmm->watchdog = NULL;
}

static void watchdogs_are_the_programs_choice(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = no_watchdog });
	void *without = tree_of(p, NULL), *with = tree_of(*state, NULL);

	assert_true(has_set(with, "hcall-watchdog"));
	assert_false(has_set(without, "hcall-watchdog"));
	free(with);
	free(without);
	partition_free(p);
}

static void random_numbers_have_a_node_if_answered(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_RANDOM: deny }" });
	void *without = tree_of(p, NULL), *with = tree_of(*state, NULL);

	assert_tree_string(with, "/ibm,platform-facilities/ibm,random-v1",
			   "compatible", "ibm,random");
	assert_true(fdt_path_offset(without, "/ibm,platform-facilities") < 0);
	free(with);
	free(without);
	partition_free(p);
}

static void too_small_buffer_is_refused_at_every_size(void **state)
{
	struct partition *p = *state;
	struct papr_fdt_config config = { .size = sizeof(config) };
	void *fdt = tree_of(p, NULL);
	int used = tree_used;

	free(fdt);
	for (int len = 0; len <= used + 64; len += 4) {
		void *buf = malloc(len ? len : 1);
		int r = papr_vm_fdt(p->vm, &config, buf, len);

		if (r < 0) {
			assert_int_equal(r, -ENOSPC);
			assert_non_null(strstr(papr_vm_error(p->vm),
					       "does not fit in"));
		} else {
			assert_true(r <= len);
			assert_int_equal(fdt_check_full(buf, len), 0);
		}
		assert_int_equal(r > 0, len >= used);
		free(buf);
	}
}

static void tree_can_be_added_to(void **state)
{
	void *fdt = tree_of(*state, NULL);

	assert_true(fdt_add_subnode(fdt, 0, "more") >= 0);
	assert_int_equal(fdt_setprop_string(fdt, 0, "model", "changed"), 0);
	free(fdt);
}

static void tree_is_written_after_the_seal(void **state)
{
	struct papr_fdt_config config = { .size = sizeof(config) };
	struct partition *p = NULL;
	uint8_t buf[8];

	(void)state;
	partition_make(&(struct partition_setup){ 0 }, &p, NULL);
	assert_int_equal(papr_vm_fdt(p->vm, &config, buf, 8), -EBUSY);
	partition_free(p);
}

static void configuration_of_another_size(void **state)
{
	struct partition *p = *state;
	struct {
		struct papr_fdt_config config;
		uint64_t tail;
	} longer = { { .size = sizeof(longer) }, 0 };
	struct papr_fdt_config shorter = { .size = sizeof(size_t) };
	void *buf = malloc(TREE_ROOM);

	assert_true(papr_vm_fdt(p->vm, &longer.config, buf, TREE_ROOM) > 0);
	longer.tail = 1;
	assert_int_equal(papr_vm_fdt(p->vm, &longer.config, buf, TREE_ROOM),
			 -E2BIG);
	shorter.bootargs = (const char *)1;	/* not looked at */
	assert_true(papr_vm_fdt(p->vm, &shorter, buf, TREE_ROOM) > 0);
	assert_false(tree_has(buf, "/chosen", "bootargs"));
	free(buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(header_and_reservations),
		partition_test(root_says_what_linux_looks_for),
		partition_test(memory_is_all_writable_ram),
		partition_test(interrupt_controller_is_xics),
		partition_test(terminal_has_its_interrupt),
		partition_test(chosen_has_what_the_program_said),
		partition_test(chosen_leaves_out_what_nobody_said),
		cmocka_unit_test(option_vector_5_says_which_mmu),
		partition_test(rtas_is_where_it_was_put),
		cmocka_unit_test(
			rtas_names_exactly_the_calls_that_are_answered),
		cmocka_unit_test(denied_rtas_call_has_no_name),
		cmocka_unit_test(platform_dumps_are_not_implemented),
		partition_test(sets_for_linux_are_there),
		partition_test(sets_are_real_and_written_once),
		cmocka_unit_test(hash_sets_are_for_hash_guests),
		partition_test(denied_call_takes_its_set_with_it),
		partition_test(calls_of_missing_options_have_no_set),
		partition_test(watchdogs_are_the_programs_choice),
		partition_test(random_numbers_have_a_node_if_answered),
		partition_test(too_small_buffer_is_refused_at_every_size),
		partition_test(tree_can_be_added_to),
		cmocka_unit_test(tree_is_written_after_the_seal),
		partition_test(configuration_of_another_size),
	};

	return cmocka_run_group_tests_name("device tree", tests, NULL, NULL);
}
