/* SPDX-License-Identifier: BSD-2-Clause */
/* From registers to the meaning of a machine check, and back. */
#ifndef FWNMI_MCE_H
#define FWNMI_MCE_H

#include <stdint.h>

#include <papr/elog.h>

/* A load or store was to blame. */
#define SRR1_DATA 0x00200000ull

/*
 * Fills type, subtype, effective address, severity and initiator of @info;
 * @isa is struct papr_host's.
 *
 * A synchronous error is PAPR_ELOG_ERROR_SYNC: the instruction at @pc is to
 * blame.  A store that failed later is PAPR_ELOG_FATAL, as nobody knows who
 * has lost data.  What is in no table is of type unknown and
 * PAPR_ELOG_ERROR: there is no telling whether @pc is to blame, and a guest
 * must not think so.
 *
 * Returns: 0; -ENOENT for what is in no table.
 */
int mce_classify(uint32_t isa, uint64_t srr1, uint32_t dsisr, uint64_t dar,
		 uint64_t pc, struct papr_mc_info *info);

/*
 * The bits of SRR1 and DSISR that mean @info, by its type and subtype.
 *
 * Returns: 0; -ENOENT, and all bits 0, if these processors cannot say it.
 */
int mce_encode(uint32_t isa, const struct papr_mc_info *info, uint64_t *srr1,
	       uint32_t *dsisr);

#endif
