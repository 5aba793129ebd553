/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machine checks for the lab's guests, by QEMU's debug stub.  A program in the
 * lab asks for one by a call of LAB_MCE_CALL, where the stub waits for it:
 *
 *	r3		LAB_MCE_ARM, LAB_MCE_DONE, LAB_MCE_CANCEL
 *	r4, r5, r6	of ARM: cause bits of SRR1, DSISR, DAR
 *	r7, r8		of ARM: the machine check waits until the guest's MSR,
 *			masked with r7, is r8
 *
 * r3 is then how many machine checks have been made.  There must be a blr: it
 * returns r3 as it was where no stub waits.
 *
 * The next hypervisor decrementer interrupt that a guest gets on the lab's
 * first CPU becomes the machine check.  It is the end of the time that the
 * host gives a guest, and the host sets the decrementer again: nothing is lost.
 */
#ifndef TOOLS_LAB_MCE_H
#define TOOLS_LAB_MCE_H

#include "tools/lab-gdb.h"

#define LAB_MCE_CALL	0x6d6365000000ull
#define LAB_MCE_ARM	0x6d636501
#define LAB_MCE_DONE	0x6d636502
#define LAB_MCE_CANCEL	0x6d636503

struct lab_mce {
	struct lab_gdb gdb;
	bool armed;
	uint64_t srr1, dsisr, dar;
	uint64_t msr_mask, msr;
	uint64_t done;
};

/* Both return 0, or -1 when the stub fails; then the machine stands still. */
int lab_mce_open(struct lab_mce *mce, int fd);
/* To be called when the stub has something to say. */
int lab_mce_stopped(struct lab_mce *mce);

#endif
