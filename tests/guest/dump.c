/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that gives up with a dump registered, finds it in its next life,
 * reads it, and reboots into a life without. Run with two processors,
 * --on-panic dump and --on-reboot reset:
 *
 *	GUEST life 0: registers 0, again -9
 *	GUEST life 1: status 0xc000, done 0x12345, ...
 *	GUEST life 2: no dump, memory empty
 *
 * Its lives are counted in the time of day, which outlives them all.
 */
#include "tests/guest/guest.h"

#define FIRST_YEAR	2100

#define SOURCE		0x1800001ull
#define SOURCE_LEN	0x12345
#define KEPT		0x1900000ull	/* in no section */
#define KEPT_VALUE	0x6b65707400000000ull
#define AREA		0x3000000ull	/* of registers */
#define COPY		0x3400000ull
#define STRUCTURE	0x1a00000ull
#define START		0x3000		/* of the second processor */
#define SPIN		0x3004		/* where it stays */
#define THERE		0x3010		/* what it writes before that */
#define ARGUMENT	0x5ec0d0		/* in its r3 */

#define HEADER		40
#define SECTION		40
#define LENGTH		(HEADER + 2 * SECTION)
enum { CPU_STATE = 1, REAL_MODE = 0x11 };
enum { REGISTER = 1, INVALIDATE = 3 };

/* Names of eight letters, as numbers. */
#define REGSAVE	0x5245475341564500ull
#define CPUSTRT	0x4350555354525400ull
#define CPUEND	0x435055454e440000ull
#define GPR03	0x4750523033000000ull
#define NIA	0x4e49410000000000ull

static int32_t configure(uint32_t command)
{
	const uint32_t args[] = { command, STRUCTURE, LENGTH };

	return rtas_call(RTAS_ibm_configure_kernel_dump, 3, 1, args, 0);
}

static void next_life(uint32_t life)
{
	const uint32_t args[] = { FIRST_YEAR + life + 1, 1, 1, 0, 0, 0, 0 };

	rtas_call(RTAS_set_time_of_day, 7, 1, args, 0);
}

static uint8_t byte_at(uint64_t i)
{
	return i * 7 + (i >> 8);
}

static uint8_t load8(uint64_t gpa)
{
	return *(volatile uint8_t *)gpa;
}

static void put_section(uint64_t at, uint32_t type, uint64_t from,
			uint64_t len, uint64_t to)
{
	store32(at, 1);
	store32(at + 4, type << 16);
	store64(at + 8, from);
	store64(at + 16, len);
	store64(at + 24, 0);
	store64(at + 32, to);
}

static void put_structure(void)
{
	uint64_t sizes = find_property("ibm,configure-kernel-dump-sizes");

	for (uint64_t i = 0; i < HEADER; i += 4)
		store32(STRUCTURE + i, 0);
	store32(STRUCTURE, 1);
	store32(STRUCTURE + 4, 2 << 16);
	store32(STRUCTURE + 8, HEADER);
	put_section(STRUCTURE + HEADER, CPU_STATE, 0,
		    sizes ? load32(sizes + 8) : 0, AREA);
	put_section(STRUCTURE + HEADER + SECTION, REAL_MODE, SOURCE,
		    SOURCE_LEN, COPY);
}

static void give_up(void)
{
	static const char why[] = "a guest that is dumped";
	const uint32_t start[] = { 1, START, ARGUMENT };
	const uint32_t text[] = { SCRATCH + 0x1000 };

	store32(START, 0x90600000 | THERE); /* stw r3, THERE(0) */
	store32(SPIN, 0x48000000);		/* b . */
	rtas_call(RTAS_start_cpu, 3, 1, start, 0);
	while (load32(THERE) != ARGUMENT)
		;
	for (unsigned int i = 0; i < sizeof(why); i++)
		*(volatile char *)(SCRATCH + 0x1000 + i) = why[i];
	rtas_call(RTAS_ibm_os_term, 1, 1, text, 0);
}

static void first_life(void)
{
	for (uint64_t i = 0; i < SOURCE_LEN; i++)
		*(volatile uint8_t *)(SOURCE + i) = byte_at(i);
	store64(KEPT, KEPT_VALUE);
	put_structure();
	put(" registers ");
	put_number(configure(REGISTER));
	put(", again ");
	put_number(configure(REGISTER));
	put("\n");
	give_up();
}

/* Of processor @cpu, or 0. */
static uint64_t dumped(uint64_t cpu, uint64_t name)
{
	uint64_t at = AREA + load32(AREA + 12) + 4;
	bool mine = false;

	for (; at < COPY; at += 16) {
		if (load64(at) == CPUSTRT)
			mine = load64(at + 8) == cpu;
		else if (mine && load64(at) == CPUEND)
			break;
		else if (mine && load64(at) == name)
			return load64(at + 8);
	}
	return 0;
}

static const char *copied(void)
{
	for (uint64_t i = 0; i < SOURCE_LEN; i++)
		if (load8(COPY + i) != byte_at(i))
			return "damaged";
	return load8(COPY + SOURCE_LEN) ? "too long" : "copied";
}

static void read_dump(uint64_t dump)
{
	put(" status 0x");
	put_hex(load32(dump + 4) & 0xffff);
	put(", done 0x");
	put_hex(load64(dump + HEADER + SECTION + 24));
	put(", memory ");
	put(copied());
	put(load64(KEPT) == KEPT_VALUE ? " and kept" : " and lost");
	put(load64(AREA) == REGSAVE ? ", " : ", no ");
	put_number(load32(AREA + load32(AREA + 12)));
	put(" processors, the second at 0x");
	put_hex(dumped(1, NIA));
	put(" with 0x");
	put_hex(dumped(1, GPR03));
	put(", registers ");
	put_number(configure(REGISTER));
	put(", read ");
	put_number(configure(INVALIDATE));
	put("\n");
	rtas_call(RTAS_system_reboot, 0, 1, 0, 0);
}

void guest_main(void)
{
	uint32_t year = rtas_call(RTAS_get_time_of_day, 0, 8, 0, 1);
	uint32_t life = year < FIRST_YEAR ? 0 : year - FIRST_YEAR;
	uint64_t dump = find_property("ibm,kernel-dump");

	put("GUEST life ");
	put_number(life);
	put(":");
	next_life(life);
	if (dump)
		read_dump(dump);
	else if (!life)
		first_life();
	else
		put(load64(KEPT) || load64(COPY) ? " no dump, memory kept\n" :
						   " no dump, memory empty\n");
	if (life < 2)
		for (;;)
			;
}
