/* SPDX-License-Identifier: BSD-2-Clause */
/* The words for a POWER machine without KVM. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spapr/kvm-absent.h"
#include "spapr/util.h"

/* The end of /proc/cpuinfo, with one processor before it. */
#define CPU \
	"processor\t: 0\ncpu\t\t: POWER9, altivec supported\n" \
	"clock\t\t: 1000.000000MHz\nrevision\t: 2.0 (pvr 004e 1200)\n\n"

static const char partition[] = CPU
	"timebase\t: 512000000\nplatform\t: pSeries\n"
	"model\t\t: IBM pSeries\nmachine\t\t: CHRP IBM pSeries\n"
	"MMU\t\t: Radix\n";
static const char hash_partition[] = CPU
	"platform\t: pSeries\nmachine\t\t: CHRP IBM pSeries\n"
	"MMU\t\t: Hash\n";
static const char metal[] = CPU
	"timebase\t: 512000000\nplatform\t: PowerNV\n"
	"model\t\t: pSeries\nfirmware\t: OPAL\nMMU\t\t: Hash\n";

static struct kvm_place place_of(const char *cpuinfo)
{
	struct kvm_place place = { .isa = 300 };
	FILE *f = fmemopen((void *)cpuinfo, strlen(cpuinfo), "r");

	assert_non_null(f);
	kvm_place_read(&place, f);
	fclose(f);
	return place;
}

static void linux_says_whether_it_is_a_partition_and_its_mmu(void **state)
{
	static const struct {
		const char *cpuinfo;
		bool partition, hash;
	} rows[] = {
		{ partition, true, false },
		{ hash_partition, true, true },
		{ metal, false, true },
		{ "vendor_id: other\n", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kvm_place place = place_of(rows[i].cpuinfo);

		assert_int_equal(place.partition, rows[i].partition);
		assert_int_equal(place.hash, rows[i].hash);
		assert_int_equal(place.isa, 300);
	}
}

static const struct {
	const char *cpuinfo;
	uint32_t isa;
	int err;
	const char *sentence;
} rows[] = {
	{ metal, 300, 0, "/dev/kvm makes no VM: neither module kvm-hv nor "
	  "kvm-pr is loaded" },
	{ metal, 207, ENOENT, "/dev/kvm is not there: modprobe kvm-hv loads "
	  "what makes it" },
	{ partition, 310, 0, "/dev/kvm makes no VM: kvm-hv is not loaded, "
	  "and in a partition loads only where the hypervisor lets it nest "
	  "(papr run: --nested-hv on)" },
	{ partition, 300, ENOENT, "/dev/kvm is not there: kvm-hv is not "
	  "loaded, and in a partition loads only where the hypervisor lets it "
	  "nest (papr run: --nested-hv on)" },
	{ hash_partition, 300, 0, "/dev/kvm makes no VM: in a partition that "
	  "uses the hash MMU kvm-hv does not load" },
	/* Hash as well, but radix would not help it. */
	{ hash_partition, 207, 0, "/dev/kvm makes no VM: in a partition "
	  "kvm-hv loads on POWER9 and newer only" },
	{ partition, 300, EACCES, "/dev/kvm: Permission denied; are you in its "
	  "group, kvm?" },
	{ partition, 300, EPERM, "/dev/kvm: Operation not permitted" },
};

static void each_reason_has_its_words(void **state)
{
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kvm_place place = place_of(rows[i].cpuinfo);

		place.isa = rows[i].isa;
		assert_int_equal(kvm_absent(&place, rows[i].err, &error),
				 -ENODEV);
		assert_string_equal(error.text, rows[i].sentence);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			linux_says_whether_it_is_a_partition_and_its_mmu),
		cmocka_unit_test(each_reason_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
