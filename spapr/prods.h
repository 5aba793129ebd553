/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * H_PROD where H_CEDE is the kernel's: who sleeps there only the kernel can
 * wake, and who sleeps in H_JOIN only this library.  So the kernel's switch for
 * the call is moved, while the guest runs.
 *
 * It is off at first, and while somebody sleeps in H_JOIN.  A prod for somebody
 * else switches it on, ends all sleep in H_JOIN and is made again, so that the
 * kernel answers it.  The next H_JOIN switches it off.  Whom the kernel has
 * prodded in between nobody can tell, so all have been.  A guest must bear
 * that, as it must bear any prod; and one that prods nobody else never sees it.
 */
#ifndef SPAPR_PRODS_H
#define SPAPR_PRODS_H

#include <stdbool.h>

#include <papr/vm.h>

/* Under papr_vm.join_lock once vCPUs run. */
struct prods {
	bool shared;		/* false: they are where the routes say */
	bool in_kernel;		/* the switch is on */
};

/* After the routes were applied, which has switched it on. */
int prods_settle(struct papr_vm *vm, struct papr_error *error);

/*
 * Before a vCPU sleeps in H_JOIN: prods come here from now on.  0, or negative
 * errno.
 */
int prods_take(struct papr_vm *vm);

/* For a prod of somebody who does not sleep there. */
int prods_give(struct papr_vm *vm);

/* As after the seal, if the kernel lets go. */
void prods_reset(struct papr_vm *vm);

#endif
