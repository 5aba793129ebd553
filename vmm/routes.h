/* SPDX-License-Identifier: BSD-2-Clause */
/* Who answers which hypercall, as clients of the control socket see it. */
#ifndef VMM_ROUTES_H
#define VMM_ROUTES_H

#include <jansson.h>
#include <papr/papr.h>

/* All of them; NULL without memory. */
json_t *routes_json(const struct papr_vm *vm);

/*
 * Changes the policy of a sealed VM.  The calls that another answers now, with
 * "before" and "after", or NULL and a sentence with nothing changed.
 */
json_t *routes_apply_policy(struct papr_vm *vm, const char *text,
			    struct papr_error *error);

#endif
