/* SPDX-License-Identifier: BSD-2-Clause */
/* H_SET_MODE, H_REGISTER_PROC_TBL and the calls on single registers. */
#include "config.h"

#include <errno.h>

#include "spapr/vm.h"
#include "tests/partition.h"

enum { CIABR = 1, DAWR0 = 2, ADDR_TRANS = 3, LE = 4, DAWR1 = 5 };

#define LPCR_OTHERS 0x0040000000540413ull	/* of a new fake CPU */

static uint64_t lpcr(struct partition *p, uint32_t index)
{
	return fake_cpu_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, index)),
			    PAPR_REG_LPCR);
}

static struct partition *four_cpus(void)
{
	return partition_new(&(struct partition_setup){
		.config = { .cores = 4 } });
}

static void little_endian_is_set_on_all_vcpus(void **state)
{
	struct partition *p = four_cpus();

	(void)state;
	p->on = 2;
	assert_int_equal(HCALL(p, H_SET_MODE, 1, LE, 0, 0), H_SUCCESS);
	for (uint32_t i = 0; i < 4; i++)
		assert_true(lpcr(p, i) == (LPCR_OTHERS | LPCR_ILE));
	assert_int_equal(HCALL(p, H_SET_MODE, 0, LE, 0, 0), H_SUCCESS);
	for (uint32_t i = 0; i < 4; i++)
		assert_true(lpcr(p, i) == LPCR_OTHERS);
	partition_free(p);
}

static void vcpus_attached_later_get_the_mode_too(void **state)
{
	struct partition *p = NULL;

	(void)state;
	partition_make(&(struct partition_setup){ .config = { .cores = 3 } },
		       &p, NULL);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	assert_int_equal(HCALL(p, H_SET_MODE, 1, LE, 0, 0), H_SUCCESS);
	partition_attach(p, 1);
	assert_true(lpcr(p, 1) == (LPCR_OTHERS | LPCR_ILE));
	assert_int_equal(HCALL(p, H_SET_MODE, 3, ADDR_TRANS, 0, 0), H_SUCCESS);
	assert_int_equal(HCALL(p, H_SET_MODE, 0, LE, 0, 0), H_SUCCESS);
	partition_attach(p, 2);
	assert_true(lpcr(p, 2) == (LPCR_OTHERS | LPCR_AIL));
	partition_free(p);
}

static void interrupt_location_3_is_set_on_all_vcpus(void **state)
{
	struct partition *p = four_cpus();

	(void)state;
	assert_int_equal(HCALL(p, H_SET_MODE, 3, ADDR_TRANS, 0, 0), H_SUCCESS);
	for (uint32_t i = 0; i < 4; i++)
		assert_true(lpcr(p, i) == (LPCR_OTHERS | 3ull << 23));
	assert_int_equal(HCALL(p, H_SET_MODE, 0, ADDR_TRANS, 0, 0), H_SUCCESS);
	for (uint32_t i = 0; i < 4; i++)
		assert_true(lpcr(p, i) == LPCR_OTHERS);
	partition_free(p);
}

static void the_two_modes_do_not_disturb_each_other(void **state)
{
	struct partition *p = *state;

	HCALL(p, H_SET_MODE, 3, ADDR_TRANS, 0, 0);
	HCALL(p, H_SET_MODE, 1, LE, 0, 0);
	assert_true(lpcr(p, 0) == (LPCR_OTHERS | LPCR_AIL | LPCR_ILE));
	HCALL(p, H_SET_MODE, 0, ADDR_TRANS, 0, 0);
	assert_true(lpcr(p, 0) == (LPCR_OTHERS | LPCR_ILE));
}

static void interrupt_location_3_needs_the_host(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power9" });

	(void)state;
	assert_int_equal(HCALL(p, H_SET_MODE, 3, ADDR_TRANS, 0, 0),
			 H_UNSUPPORTED_FLAG);
	assert_int_equal(HCALL(p, H_SET_MODE, 0, ADDR_TRANS, 0, 0), H_SUCCESS);
	assert_true(lpcr(p, 0) == LPCR_OTHERS);
	partition_free(p);
}

static void make_old(struct partition *p, struct papr_host_ops *host_ops,
		     struct papr_vmm_ops *vmm_ops)
{
	(void)host_ops;
	(void)vmm_ops;
	fake_host_info(p->fake)->isa = 206;
}

static void interrupt_location_is_unknown_before_isa_207(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8", .tweak = make_old });

	(void)state;
	assert_int_equal(HCALL(p, H_SET_MODE, 0, ADDR_TRANS, 0, 0), H_P2);
	partition_free(p);
}

static void set_mode_refuses_and_changes_nothing(void **state)
{
	static const struct {
		uint64_t mflags, resource, value1, value2;
		int64_t ret;
	} wrong[] = {
		{ 0, 0, 0, 0, H_P2 },
		{ 0, CIABR, 0, 1, H_P4 },
		{ 1, CIABR, 3, 1, H_P4 },
		{ 1, CIABR, 3, 0, H_UNSUPPORTED_FLAG },
		{ 1ull << 63, CIABR, 0, 0, H_UNSUPPORTED_FLAG },
		{ 0, CIABR, 3, 0, H_P3 },
		{ 0, CIABR, 0xc000000000000007, 0, H_P3 },
		{ 1, DAWR0, 0, 4, H_UNSUPPORTED_FLAG },
		{ 1ull << 32, DAWR0, 0, 0, H_UNSUPPORTED_FLAG },
		{ 0, DAWR0, 0x1000, 4, H_P4 },
		{ 0, DAWR0, 0x1000, 0x77, H_P4 },
		{ 0, DAWR1, 0, 0, H_FUNCTION },
		{ 1, DAWR1, 0, 4, H_FUNCTION },
		{ 0, 6, 0, 0, H_P2 },
		{ 1, 1ull << 32 | LE, 0, 0, H_P2 },
		{ 1, UINT64_MAX, 0, 0, H_P2 },
		{ 1, LE, 1, 0, H_P3 },
		{ 1, LE, 0, 1, H_P4 },
		{ 2, LE, 1, 1, H_P3 },
		{ 2, LE, 0, 1, H_P4 },
		{ 2, LE, 0, 0, H_UNSUPPORTED_FLAG },
		{ UINT64_MAX, LE, 0, 0, H_UNSUPPORTED_FLAG },
		{ 1ull << 32, LE, 0, 0, H_UNSUPPORTED_FLAG },
		{ 3, ADDR_TRANS, 1, 0, H_P3 },
		{ 3, ADDR_TRANS, 0, 1, H_P4 },
		{ 1, ADDR_TRANS, 0, 0, H_UNSUPPORTED_FLAG },
		{ 2, ADDR_TRANS, 0, 0, H_UNSUPPORTED_FLAG },
		{ 4, ADDR_TRANS, 0, 0, H_UNSUPPORTED_FLAG },
		{ 7, ADDR_TRANS, 0, 0, H_UNSUPPORTED_FLAG },
		{ 1ull << 32 | 3, ADDR_TRANS, 0, 0, H_UNSUPPORTED_FLAG },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (HCALL(p, H_SET_MODE, wrong[i].mflags, wrong[i].resource,
			  wrong[i].value1, wrong[i].value2) != wrong[i].ret)
			fail_msg("row %zu", i);
	assert_string_equal(fake_host_log(p->fake), "");
}

static void register_that_cannot_be_set_is_an_error(void **state)
{
	struct partition *p = four_cpus();

	(void)state;
	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EIO);
	assert_int_equal(HCALL(p, H_SET_MODE, 1, LE, 0, 0), H_HARDWARE);
	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EIO);
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_HARDWARE);
	partition_free(p);
}

static uint64_t reg(struct partition *p, enum papr_reg which)
{
	return fake_cpu_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, p->on)), which);
}

static void breakpoint_is_the_callers(void **state)
{
	struct partition *p = four_cpus();

	(void)state;
	p->on = 2;
	assert_int_equal(HCALL(p, H_SET_MODE, 0, CIABR, 0xc000000000001002, 0),
			 H_SUCCESS);
	assert_true(reg(p, PAPR_REG_CIABR) == 0xc000000000001002);
	p->on = 1;
	assert_true(reg(p, PAPR_REG_CIABR) == 0);
	partition_free(p);
}

static void watchpoint_is_the_callers(void **state)
{
	struct partition *p = four_cpus();

	(void)state;
	p->on = 3;
	assert_int_equal(HCALL(p, H_SET_MODE, 0, DAWR0, 0xc000000000001008,
			       0xfb), H_SUCCESS);
	assert_true(reg(p, PAPR_REG_DAWR0) == 0xc000000000001008);
	assert_true(reg(p, PAPR_REG_DAWRX0) == 0xfb);
	p->on = 0;
	assert_true(reg(p, PAPR_REG_DAWR0) == 0);
	assert_true(reg(p, PAPR_REG_DAWRX0) == 0);
	partition_free(p);
}

/* Read 1, write 2, translation 4 of DABR are 0x20, 0x40, 0x10 of DAWRX. */
static void dabr_becomes_a_watchpoint(void **state)
{
	static const struct {
		uint64_t dabr, dawr, dawrx;
	} rows[] = {
		{ 0, 0, 0x03 },
		{ 0xc000000000001001, 0xc000000000001000, 0x23 },
		{ 0x1002, 0x1000, 0x43 },
		{ 0x1004, 0x1000, 0x13 },
		{ 0x100f, 0x1008, 0x73 },
		{ UINT64_MAX, ~7ull, 0x73 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(HCALL(p, H_SET_DABR, rows[i].dabr),
				 H_SUCCESS);
		assert_true(reg(p, PAPR_REG_DAWR0) == rows[i].dawr);
		assert_true(reg(p, PAPR_REG_DAWRX0) == rows[i].dawrx);
	}
}

static void xdabr_says_whom_to_watch(void **state)
{
	static const uint64_t good[] = { 1, 2, 3, 9, 0xa, 0xb };
	static const uint64_t wrong[] = {
		0, 4, 5, 7, 8, 0xc, 0xf, 0x10, 0x13, 1ull << 32 | 3,
		1ull << 63 | 1, UINT64_MAX
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(HCALL(p, H_SET_XDABR, 0x2005, good[i]),
				 H_SUCCESS);
		assert_true(reg(p, PAPR_REG_DAWR0) == 0x2000);
		assert_true(reg(p, PAPR_REG_DAWRX0) == (good[i] | 0x30));
	}
	fake_host_clear_log(p->fake);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(HCALL(p, H_SET_XDABR, 0x2005, wrong[i]),
				 H_PARAMETER);
	assert_string_equal(fake_host_log(p->fake), "");
}

/* What KVM answers on each; POWER9 has DAWR switched off. */
static void hosts_have_the_debug_registers_kvm_gives_them(void **state)
{
	static const struct {
		const char *host;
		int64_t ciabr, dawr0, dawr1, dabr;
	} rows[] = {
		{ "power8", H_SUCCESS, H_SUCCESS, H_P2, H_SUCCESS },
		{ "power9", H_SUCCESS, H_P2, H_P2, H_HARDWARE },
		{ "nested", H_SUCCESS, H_P2, H_P2, H_HARDWARE },
		{ "power10", H_SUCCESS, H_SUCCESS, H_FUNCTION, H_SUCCESS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = partition_new(&(struct partition_setup){
			.host = rows[i].host });

		if (HCALL(p, H_SET_MODE, 0, CIABR, 0, 0) != rows[i].ciabr ||
		    HCALL(p, H_SET_MODE, 0, DAWR0, 0, 0) != rows[i].dawr0 ||
		    HCALL(p, H_SET_MODE, 0, DAWR1, 0, 0) != rows[i].dawr1 ||
		    HCALL(p, H_SET_DABR, 0) != rows[i].dabr ||
		    HCALL(p, H_SET_XDABR, 0, 1) != rows[i].dabr ||
		    HCALL(p, H_SET_XDABR, 0, 4) != H_PARAMETER)
			fail_msg("%s", rows[i].host);
		partition_free(p);
	}
}

static void debug_registers_are_unknown_before_isa_207(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8", .tweak = make_old });

	(void)state;
	assert_int_equal(HCALL(p, H_SET_MODE, 0, CIABR, 0, 0), H_P2);
	assert_int_equal(HCALL(p, H_SET_MODE, 0, DAWR0, 0, 0), H_P2);
	assert_int_equal(HCALL(p, H_SET_DABR, 0), H_HARDWARE);
	partition_free(p);
}

/* As with KVM-PR. */
static void debug_registers_that_kvm_has_not_are_no_resource(void **state)
{
	struct partition *p = *state;

	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EINVAL);
	assert_int_equal(HCALL(p, H_SET_MODE, 0, CIABR, 0, 0), H_P2);
	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EINVAL);
	assert_int_equal(HCALL(p, H_SET_MODE, 0, DAWR0, 0, 0), H_P2);
	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EINVAL);
	assert_int_equal(HCALL(p, H_SET_DABR, 0), H_HARDWARE);
}

static void debug_register_that_cannot_be_set_is_an_error(void **state)
{
	struct partition *p = *state;

	for (unsigned int nth = 1; nth <= 2; nth++) {
		fake_host_fail(p->fake, FAKE_UPDATE_REG, nth, EIO);
		assert_int_equal(HCALL(p, H_SET_MODE, 0, DAWR0, 0, 0),
				 H_HARDWARE);
		fake_host_fail(p->fake, FAKE_UPDATE_REG, nth, EIO);
		assert_int_equal(HCALL(p, H_SET_DABR, 0), H_HARDWARE);
	}
	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EIO);
	assert_int_equal(HCALL(p, H_SET_MODE, 0, CIABR, 0, 0), H_HARDWARE);
}

#define MODIFY	0x10ull
#define NEW	0x18ull
#define RADIX	0x04ull
#define SEG	0x02ull
#define GTSE	0x01ull

struct proc_tbl {
	uint64_t flags, base, page_size, table_size;
	int64_t ret;
	const char *log;	/* what the host was told */
};

static void try_tables(struct partition *p, const struct proc_tbl *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t ret;

		fake_host_clear_log(p->fake);
		ret = HCALL(p, H_REGISTER_PROC_TBL, t[i].flags, t[i].base,
			    t[i].page_size, t[i].table_size);
		if (ret != t[i].ret ||
		    strcmp(fake_host_log(p->fake), t[i].log ? t[i].log : ""))
			fail_msg("row %zu: %lld, %s", i, (long long)ret,
				 fake_host_log(p->fake));
	}
}

static void radix_guest_registers_its_process_table(void **state)
{
	static const struct proc_tbl tables[] = {
		{ NEW | RADIX | GTSE, 0x1e000000, 0, 12, H_SUCCESS,
		  "configure_mmu 0x3 0x800000001e00000c\n" },
		{ NEW | RADIX, 0x1000, 0, 24, H_SUCCESS,
		  "configure_mmu 0x1 0x8000000000001018\n" },
		{ NEW | RADIX, 0x0ffffffffffff000, 0, 0, H_SUCCESS,
		  "configure_mmu 0x1 0x8ffffffffffff000\n" },
		{ MODIFY | RADIX, 0x123, 9, 99, H_SUCCESS,
		  "configure_mmu 0x1 0x8000000000000000\n" },
		{ RADIX | GTSE, 0, 0, 0, H_SUCCESS,
		  "configure_mmu 0x3 0x8000000000000000\n" },
		{ NEW | RADIX | SEG, 0x1000, 0, 0, H_SUCCESS,
		  "configure_mmu 0x1 0x8000000000001000\n" },
		{ NEW | RADIX, 0x1001, 0, 12, H_P2, NULL },
		{ NEW | RADIX, 0x1800, 0, 12, H_P2, NULL },
		{ NEW | RADIX, 1ull << 60, 0, 12, H_P2, NULL },
		{ NEW | RADIX, 1ull << 63, 0, 12, H_P2, NULL },
		{ NEW | RADIX, 0x1000, 1, 12, H_P3, NULL },
		{ NEW | RADIX, 0x1000, 1ull << 40, 12, H_P3, NULL },
		{ NEW | RADIX, 0x1000, 0, 25, H_P4, NULL },
		{ NEW | RADIX, 0x1000, 0, 1ull << 32, H_P4, NULL },
		{ NEW | RADIX, 0x1001, 1, 25, H_P2, NULL },
		{ NEW | RADIX, 0x1000, 1, 25, H_P3, NULL },
		{ NEW | RADIX | 0x20, 0x1000, 0, 12, H_PARAMETER, NULL },
		{ NEW | RADIX | 1ull << 63, 0x1000, 0, 12, H_PARAMETER, NULL },
		{ NEW, 0, 0, 12, H_PARAMETER, NULL },	/* hash */
		{ 0, 0, 0, 0, H_PARAMETER, NULL },
	};
	struct partition *p = *state;

	try_tables(p, tables, ARRAY_SIZE(tables));
}

static void without_gtse_no_table_says_that_there_is(void **state)
{
	static const struct proc_tbl tables[] = {
		{ NEW | RADIX | GTSE, 0x1e000000, 0, 12, H_PARAMETER, NULL },
		{ RADIX | GTSE, 0, 0, 0, H_PARAMETER, NULL },
		{ NEW | RADIX, 0x1e000000, 0, 12, H_SUCCESS,
		  "configure_mmu 0x1 0x800000001e00000c\n" },
	};
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .gtse = PAPR_SWITCH_OFF } });
	struct papr_error error;

	(void)state;
	try_tables(p, tables, ARRAY_SIZE(tables));
	fake_host_clear_log(p->fake);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_non_null(strstr(fake_host_log(p->fake), "configure_mmu 0x1 "));
	partition_free(p);
}

static void hash_guest_registers_its_segment_table(void **state)
{
	static const struct proc_tbl tables[] = {
		{ NEW, 0x3fffffffff, 7, 24, H_SUCCESS,
		  "configure_mmu 0x0 0x7ffffffffe0000f8\n" },
		{ NEW | GTSE, 1, 3, 4, H_SUCCESS,
		  "configure_mmu 0x0 0x2000064\n" },
		{ MODIFY, 1, 2, 3, H_SUCCESS, "configure_mmu 0x0 0x0\n" },
		{ 0, 0, 0, 0, H_SUCCESS, "configure_mmu 0x0 0x0\n" },
		{ NEW | SEG, 0, 0, 0, H_PARAMETER, NULL },
		{ NEW, 1ull << 38, 0, 0, H_P2, NULL },
		{ NEW, 1ull << 63, 0, 0, H_P2, NULL },
		{ NEW, 0, 8, 0, H_P3, NULL },
		{ NEW, 0, 1ull << 59, 0, H_P3, NULL },
		{ NEW, 0, 0, 25, H_P4, NULL },
		{ NEW, 1ull << 38, 8, 25, H_P2, NULL },
		{ NEW, 0, 8, 25, H_P3, NULL },
		{ NEW | RADIX, 0x1000, 0, 12, H_PARAMETER, NULL },
	};
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .mmu = PAPR_MMU_HASH } });

	(void)state;
	try_tables(p, tables, ARRAY_SIZE(tables));
	partition_free(p);
}

static void errors_of_the_host_become_status_codes(void **state)
{
	static const struct {
		int err;
		int64_t ret;
	} errors[] = {
		{ EINVAL, H_PARAMETER }, { ENODEV, H_NOT_AVAILABLE },
		{ EIO, H_HARDWARE }, { EBUSY, H_HARDWARE },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		fake_host_fail(p->fake, FAKE_CONFIGURE_MMU, 1, errors[i].err);
		assert_int_equal(HCALL(p, H_REGISTER_PROC_TBL, NEW | RADIX,
				       0x1000, 0, 12), errors[i].ret);
	}
}

static void drop_ops(struct partition *p, struct papr_host_ops *host_ops,
		     struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	host_ops->configure_mmu = NULL;
	vmm_ops->random = NULL;
}

static void host_without_the_choice_has_no_process_table(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = drop_ops });

	(void)state;
	assert_int_equal(HCALL(p, H_REGISTER_PROC_TBL, NEW | RADIX, 0x1000, 0,
			       12), H_FUNCTION);
	partition_free(p);
}

static int describe_cpu_err;

static int describe_cpu(void *host, uint64_t *character, uint64_t *behaviour)
{
	(void)host;
	*character = 0x1122334455667788;
	*behaviour = 0x99aabbccddeeff00;
	return describe_cpu_err;
}

static void add_describe_cpu(struct partition *p,
			     struct papr_host_ops *host_ops,
			     struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->describe_cpu = describe_cpu;
}

static void cpu_characteristics_are_those_of_the_host(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = add_describe_cpu });
	uint64_t r[PAPR_HCALL_ARGS];

	(void)state;
	describe_cpu_err = 0;
	assert_int_equal(partition_hcall(p, H_GET_CPU_CHARACTERISTICS, r),
			 H_SUCCESS);
	assert_true(r[0] == 0x1122334455667788);
	assert_true(r[1] == 0x99aabbccddeeff00);
	describe_cpu_err = -EIO;
	assert_int_equal(HCALL(p, H_GET_CPU_CHARACTERISTICS), H_FUNCTION);
	partition_free(p);
}

static void host_may_not_know_its_characteristics(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_GET_CPU_CHARACTERISTICS), H_FUNCTION);
}

static void sprg0_is_set_on_the_caller_alone(void **state)
{
	struct partition *p = four_cpus();

	(void)state;
	p->on = 1;
	assert_int_equal(HCALL(p, H_SET_SPRG0, 0x123456789abcdef0), H_SUCCESS);
	assert_string_equal(fake_host_log(p->fake), "cpu 1: update_reg SPRG0 "
			    "0xffffffffffffffff 0x123456789abcdef0\n");
	partition_free(p);
}

static void random_number_is_the_programs(void **state)
{
	struct partition *p = *state;
	uint64_t r[PAPR_HCALL_ARGS];

	p->random = 0xfeedfacecafebeef;
	assert_int_equal(partition_hcall(p, H_RANDOM, r), H_SUCCESS);
	assert_true(r[0] == 0xfeedfacecafebeef);
	p->random_err = -EIO;
	assert_int_equal(HCALL(p, H_RANDOM), H_HARDWARE);
}

static void program_may_have_no_random_numbers(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = drop_ops });

	(void)state;
	assert_int_equal(HCALL(p, H_RANDOM), H_HARDWARE);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(little_endian_is_set_on_all_vcpus),
		cmocka_unit_test(vcpus_attached_later_get_the_mode_too),
		cmocka_unit_test(interrupt_location_3_is_set_on_all_vcpus),
		partition_test(the_two_modes_do_not_disturb_each_other),
		cmocka_unit_test(interrupt_location_3_needs_the_host),
		cmocka_unit_test(interrupt_location_is_unknown_before_isa_207),
		partition_test(set_mode_refuses_and_changes_nothing),
		cmocka_unit_test(register_that_cannot_be_set_is_an_error),
		cmocka_unit_test(breakpoint_is_the_callers),
		cmocka_unit_test(watchpoint_is_the_callers),
		partition_test(dabr_becomes_a_watchpoint),
		partition_test(xdabr_says_whom_to_watch),
		cmocka_unit_test(hosts_have_the_debug_registers_kvm_gives_them),
		cmocka_unit_test(debug_registers_are_unknown_before_isa_207),
		partition_test(
			debug_registers_that_kvm_has_not_are_no_resource),
		partition_test(debug_register_that_cannot_be_set_is_an_error),
		partition_test(radix_guest_registers_its_process_table),
		cmocka_unit_test(without_gtse_no_table_says_that_there_is),
		cmocka_unit_test(hash_guest_registers_its_segment_table),
		partition_test(errors_of_the_host_become_status_codes),
		cmocka_unit_test(host_without_the_choice_has_no_process_table),
		cmocka_unit_test(cpu_characteristics_are_those_of_the_host),
		partition_test(host_may_not_know_its_characteristics),
		cmocka_unit_test(sprg0_is_set_on_the_caller_alone),
		partition_test(random_number_is_the_programs),
		cmocka_unit_test(program_may_have_no_random_numbers),
	};

	return cmocka_run_group_tests_name("hcalls/mode", tests, NULL, NULL);
}
