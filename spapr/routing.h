/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who answers what leaves the kernel: one table, which never changes.
 *
 * Other routes are another table, published by one pointer.  A vCPU holds the
 * table of the call it is in (a hazard pointer), and a table that was replaced
 * is freed once no vCPU holds it.  That is right because all accesses to both
 * pointers are in one order: a vCPU first says which table it holds and then
 * looks whether that is still the published one; who replaces it first
 * publishes and then looks who holds it.  If the vCPU has seen the old table
 * published, whoever looks later sees it held.
 */
#ifndef SPAPR_ROUTING_H
#define SPAPR_ROUTING_H

#include "spapr/vm.h"

struct hcall_route {
	hcall_fn *fn;
	enum papr_effective by;
	bool logged;
	struct fault *fault;		/* or NULL */
};

struct rtas_route {
	rtas_fn *fn;			/* NULL: nobody */
	bool logged;
	struct fault *fault;
};

struct routing {
	struct routing *next;		/* once replaced: routing.c */
	struct hcall_route hcall[HCALL_ROWS];
	struct rtas_route rtas[RTAS_ROWS];
};

/*
 * The table for a policy and what has become of it.  Faults that are the same
 * in @old, which may be NULL, go on counting.  NULL without memory.
 */
struct routing *routing_new(const struct papr_vm *vm,
			    const struct papr_policy *policy,
			    const struct papr_route_report *report,
			    const struct routing *old);
void routing_free(struct routing *routing);

/*
 * Applies the policy to the host as it is now granted, and publishes what comes
 * of it; under routes_lock, while no vCPU but the caller's is in a call.
 */
int routing_renew(struct papr_vm *vm, struct papr_error *error);

static inline struct routing *routing_now(const struct papr_vm *vm)
{
	return atomic_load(&vm->routing);
}

static inline void routing_publish(struct papr_vm *vm, struct routing *routing)
{
	atomic_store(&vm->routing, routing);
}

/*
 * A table is in force no more, and freed now or by a later call, so that no
 * more wait than there are vCPUs.  Under routes_lock.
 */
void routing_retire(struct papr_vm *vm, struct routing *routing);

/* Frees all of them; no vCPU is in a call. */
void routing_end(struct papr_vm *vm);

/* The table of the call that the vCPU is in, for its own thread. */
static inline const struct routing *routing_held(const struct papr_vcpu *vcpu)
{
	return atomic_load_explicit(&vcpu->routing, memory_order_relaxed);
}

static inline const struct routing *routing_hold(struct papr_vcpu *vcpu)
{
	struct routing *routing;

	do {
		routing = routing_now(vcpu->vm);
		atomic_store(&vcpu->routing, routing);
	} while (__builtin_expect(routing != routing_now(vcpu->vm), 0));
	return routing;
}

static inline void routing_drop(struct papr_vcpu *vcpu)
{
	atomic_store_explicit(&vcpu->routing, NULL, memory_order_release);
}

#endif
