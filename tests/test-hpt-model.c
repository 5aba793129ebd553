/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on the hashed page table, against one that is as simple as can be. */
#include "config.h"

#include <endian.h>

#include "spapr/hpt.h"
#include "tests/fake-host-state.h"
#include "tests/partition.h"

#define ENTRIES		16384ull	/* of 2^18 bytes */
#define USED		64u		/* those that are called for */
#define CALLS		20000

#define FLAG(bit)	(1ull << (63 - (bit)))
#define H_EXACT		FLAG(24)
#define H_AVPN		FLAG(32)
#define H_ANDCOND	FLAG(33)

#define V		HPTE_V_VALID
#define M		HPTE_R_M
#define I		HPTE_R_I
#define AVPN		0x4000123456789a00ull
#define PAGE		0x5000ull
#define IO		0x200000000ull

struct model {
	struct papr_hpte entry[USED];
};

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed >> 16;
}

/* Small numbers of each, so that calls meet. */
static void choose(uint64_t *seed, uint64_t args[PAPR_HCALL_ARGS])
{
	static const uint64_t pages[] = { M, PAGE | M, IO | I, PAGE };
	static const uint64_t flags[] = {
		0, H_EXACT, H_AVPN, H_ANDCOND, H_AVPN | H_ANDCOND, 0x103
	};

	args[0] = flags[next(seed) % ARRAY_SIZE(flags)];
	args[1] = next(seed) % 50 ? next(seed) % 32 : ENTRIES;
	args[2] = AVPN + (next(seed) % 4 << 7);
	args[3] = pages[next(seed) % ARRAY_SIZE(pages)] |
		  (next(seed) % 4 << 7);
}

static int64_t model_enter(struct model *m, uint64_t *args)
{
	bool exact = args[0] & H_EXACT;
	uint64_t first = exact ? args[1] : args[1] & ~7ull;
	uint64_t wimg = args[3] & 0x78;

	if (wimg != (args[3] & IO ? I : M))
		return H_PARAMETER;
	for (uint64_t i = first; i < first + (exact ? 1 : 8); i++)
		if (!m->entry[i].pteh) {
			m->entry[i].pteh = args[2] | V;
			m->entry[i].ptel = args[3];
			args[0] = i;
			return H_SUCCESS;
		}
	return H_PTEG_FULL;
}

static bool is_meant(const struct papr_hpte *e, const uint64_t *args,
		     uint64_t conditions)
{
	uint64_t flags = args[0] & conditions;

	return e->pteh && (!(flags & H_AVPN) || e->pteh == (args[2] | V)) &&
	       (!(flags & H_ANDCOND) || !(e->pteh & args[2]));
}

static int64_t model_call(struct model *m, uint64_t nr, uint64_t *args)
{
	struct papr_hpte *e = &m->entry[args[1] % USED], old;
	uint64_t flags = args[0];

	if (args[1] >= ENTRIES)
		return H_PARAMETER;
	if (nr == H_ENTER)
		return model_enter(m, args);
	old = *e;
	if (nr != H_READ && !is_meant(e, args, nr == H_REMOVE ? ~0ull :
				      nr == H_PROTECT ? H_AVPN : 0))
		return H_NOT_FOUND;
	switch (nr) {
	case H_REMOVE:
		*e = (struct papr_hpte){ 0 };
		/* fall through */
	case H_READ:
		args[0] = old.pteh;
		args[1] = old.ptel;
		break;
	case H_PROTECT:
		e->ptel = (e->ptel & ~(HPTE_R_PP0 | 7)) | (flags & 7) |
			  (flags & 0x100 ? HPTE_R_PP0 : 0);
		break;
	case H_CLEAR_REF:
	case H_CLEAR_MOD:
		args[0] = old.ptel;
		e->ptel &= nr == H_CLEAR_REF ? ~HPTE_R_R : ~HPTE_R_C;
		break;
	}
	return H_SUCCESS;
}

/* The table as the host has it, or on KVM-PR as the vCPU uses it. */
static bool is_table(struct partition *p, const struct model *m)
{
	const struct papr_hpte *entry = fake_host_hpt(p->fake);
	const struct fake_cpu *cpu = papr_vcpu_host(papr_vm_vcpu(p->vm, 0));
	const uint64_t *word = cpu->hpt;

	if (entry)
		return !memcmp(m->entry, entry, sizeof(m->entry));
	for (uint64_t i = 0; i < USED; i++)
		if (be64toh(word[2 * i]) != m->entry[i].pteh ||
		    be64toh(word[2 * i + 1]) != m->entry[i].ptel)
			return false;
	return true;
}

static void check_sequence(const char *host)
{
	static const uint64_t nrs[] = { H_ENTER, H_ENTER, H_REMOVE, H_READ,
					H_PROTECT, H_CLEAR_REF, H_CLEAR_MOD };
	struct partition *p = partition_new(&(struct partition_setup){
		.host = host,
		.policy = "sets: { hcall-pft: user, hcall-bulk: user }" });
	struct model m = { 0 };
	unsigned int done = 0;

	for (uint64_t seed = 1, i = 0; i < CALLS; i++) {
		uint64_t nr = nrs[next(&seed) % ARRAY_SIZE(nrs)];
		uint64_t args[PAPR_HCALL_ARGS], wanted[PAPR_HCALL_ARGS];
		int64_t ret;

		choose(&seed, args);
		memcpy(wanted, args, sizeof(args));
		ret = model_call(&m, nr, wanted);
		done += !ret;
		if (partition_hcall(p, nr, args) != ret ||
		    args[0] != wanted[0] || args[1] != wanted[1] ||
		    !is_table(p, &m))
			fail_msg("call %d, 0x%x", (int)i, (unsigned int)nr);
		fake_host_clear_log(p->fake);
	}
	assert_true(done > CALLS / 8);
	partition_free(p);
}

static void any_sequence_is_as_a_simple_table_has_it(void **state)
{
	(void)state;
	check_sequence("power8");
}

static void so_it_is_in_memory_for_kvm_pr(void **state)
{
	(void)state;
	check_sequence("pr");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_sequence_is_as_a_simple_table_has_it),
		cmocka_unit_test(so_it_is_in_memory_for_kvm_pr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
