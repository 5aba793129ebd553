/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two processors ready for a machine check, whose handler never releases the
 * interlock; says "GUEST ready" and stays.
 */
#include "tests/guest/guest.h"

#define HANDLER	0x3000
#define SECOND	0x3010

static int32_t call(uint32_t token, uint32_t nargs, uint32_t a, uint32_t b,
		    uint32_t c)
{
	const uint32_t args[] = { a, b, c };

	store32(SCRATCH, token);
	store32(SCRATCH + 4, nargs);
	store32(SCRATCH + 8, 1);
	for (uint32_t i = 0; i < nargs; i++)
		store32(SCRATCH + 12 + 4 * i, args[i]);
	rtas(SCRATCH);
	return load32(SCRATCH + 12 + 4 * nargs);
}

void guest_main(void)
{
	store32(HANDLER, 0x48000000);		/* b . */
	store32(SECOND, 0x38a00002);		/* li r5,2 */
	store32(SECOND + 4, 0x7ca10164);	/* mtmsrd r5,1: MSR[RI] */
	store32(SECOND + 8, 0x48000000);	/* b . */
	if (call(RTAS_ibm_nmi_register, 2, HANDLER, HANDLER, 0) ||
	    call(RTAS_start_cpu, 3, 1, SECOND, 0))
		return;
	put("GUEST ready\n");
	asm volatile("mtmsrd %0,1" : : "r"(2ull));
	for (;;)
		;
}
