/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of firmware that chooses another MMU and interrupt controller in
 * each of its lives. Run with --firmware client, --mmu auto, --interrupts dual
 * and --on-reboot reset:
 *
 *	GUEST life 0: radix XICS, chosen: hash XIVE
 *
 * Its lives are counted in the time of day, which outlives them all.
 */
#include "tests/guest/guest.h"

#define FIRST_YEAR	2100

#define VECTORS		0x1800000ull
#define TREE		0x1900000ull
#define TREE_LEN	0x100000
#define LISN		0x1000		/* an event's; a vCPU's is its number */

#define FIVE_LEN	26
#define FORM		0xa0
#define RADIX		0x40
#define GTSE		0x40
#define XIVE		0x40

static const struct {
	uint8_t mmu, irqs;
} choices[] = {
	{ 0, XIVE }, { RADIX, 0 }, { RADIX, XIVE }, { 0, 0 }, { 0, XIVE },
};

static uint32_t life_of(void)
{
	uint32_t year = rtas_call(RTAS_get_time_of_day, 0, 8, 0, 1);

	return year < FIRST_YEAR ? 0 : year - FIRST_YEAR;
}

static void next_life(uint32_t life)
{
	const uint32_t args[] = { FIRST_YEAR + life + 1, 1, 1, 0, 0, 0, 0 };

	rtas_call(RTAS_set_time_of_day, 7, 1, args, 0);
	rtas_call(RTAS_system_reboot, 0, 1, 0, 0);
}

static void store8(uint64_t gpa, uint8_t value)
{
	*(volatile uint8_t *)gpa = value;
}

static uint64_t put_pair(uint64_t to, uint32_t mask, uint32_t pvr)
{
	store32(to, mask);
	store32(to + 4, pvr);
	return to + 8;
}

/* Each has its length less one before it; the first four say nothing. */
static void put_vectors(uint32_t life)
{
	uint64_t to = put_pair(VECTORS, ~0u, 0x0f000005);	/* 3.00 */

	to = put_pair(to, ~0u, 0x0f000006);			/* 3.1 */
	to = put_pair(to, 0, 0xff000000);
	store8(to++, 4);
	for (int i = 0; i < 4; i++, to += 2)
		store64(to, 0);
	store64(to, 0);
	store64(to + 8, 0);
	store64(to + 16, 0);
	store32(to + 24, 0);
	store8(to, FIVE_LEN - 1);
	store8(to + 5, FORM);
	store8(to + 23, choices[life].irqs);
	store8(to + 24, choices[life].mmu);
	store8(to + 26, choices[life].mmu ? GTSE : 0);
}

/* Those that the guest does not have answer no calls. */
static void look(void)
{
	bool hash = !HCALL_OF(H_READ, 0, 0);
	bool xive = !HCALL_OF(H_INT_GET_SOURCE_INFO, 0, LISN);
	bool xics = !HCALL_OF(H_CPPR, 0);

	put(hash ? " hash" : " radix");
	put(xive ? " XIVE" : "");
	put(xics ? " XICS" : "");
}

void guest_main(void)
{
	uint32_t life = life_of();
	int64_t ret;

	put("GUEST life ");
	put_number(life);
	put(":");
	look();
	put_vectors(life);
	ret = HCALL_OF(H_CAS, VECTORS, TREE, TREE_LEN);
	put(", chosen:");
	if (ret)
		put_return(ret);
	look();
	put("\n");
	if (life + 1 < ARRAY_SIZE(choices))
		next_life(life);
}
