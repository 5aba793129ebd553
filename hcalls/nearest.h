/* SPDX-License-Identifier: BSD-2-Clause */
/* Hints for misspelt names. */
#ifndef HCALLS_NEAREST_H
#define HCALLS_NEAREST_H

#include <stddef.h>

/* The name at place @i of a list, NULL after the last. */
typedef const char *name_at_fn(size_t i);

/* The name of the list most like @wanted; NULL if none is much alike. */
const char *nearest_name(const char *wanted, name_at_fn *name_at);

#endif
