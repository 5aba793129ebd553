/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_SAVE_MEND_H
#define FUZZ_SAVE_MEND_H

#include <stddef.h>
#include <stdint.h>

/* Checksums that say what is there, as far as there are sections. */
void save_mend(uint8_t *bytes, size_t len);

#endif
