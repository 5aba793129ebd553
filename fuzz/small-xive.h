/* SPDX-License-Identifier: BSD-2-Clause */
/* A XIVE for a partition with nothing behind it; there is one. */
#ifndef FUZZ_SMALL_XIVE_H
#define FUZZ_SMALL_XIVE_H

#include <papr/xive.h>

extern const struct papr_xive_ops small_xive_ops;
int small_xive_reset(void *host);	/* papr_host_ops.reset_irqs */

#endif
