/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interrupt controller in userspace: XICS, LoPAR "PowerPC External
 * Interrupt option".  docs/xics.md tells what it does in each case.
 *
 * A vCPU has a presentation controller: CPPR, its own priority; MFRR, the
 * priority of an interprocessor interrupt that somebody asks for; and XISR,
 * the one interrupt it is shown.  0 is the most favoured priority, 0xff none.
 * A source, edge (MSI) or level (LSI), has a server to go to and a priority.
 *
 * All functions may be called from any thread.  One lock guards everything;
 * papr_host_ops.interrupt is called under it, so that a vCPU is told of its
 * changes in their order, and no other lock is taken.
 */
#ifndef SPAPR_XICS_H
#define SPAPR_XICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct papr_vm;
struct papr_vcpu;
struct xics;

#define XICS_IPI	2u	/* XISR of an interprocessor interrupt */
#define XICS_MASKED	0xffu	/* priority of what is not to come */
#define XICS_FIRST	16u	/* below are no sources; 24 bits in all */
#define XICS_XISR	0xffffffu

/* State of a vCPU, the word of KVM_REG_PPC_ICP_STATE. */
#define ICP_CPPR_SHIFT		56
#define ICP_XISR_SHIFT		32
#define ICP_MFRR_SHIFT		24
#define ICP_PPRI_SHIFT		16	/* the priority of the XISR */

/* State of a source, the word of KVM_DEV_XICS_GRP_SOURCES. */
#define SOURCE_SERVER		0xffffffffull
#define SOURCE_PRIORITY_SHIFT	32
#define SOURCE_LEVEL		(1ull << 40)	/* an LSI */
#define SOURCE_MASKED		(1ull << 41)	/* priority is the saved one */
#define SOURCE_PENDING		(1ull << 42)	/* waits; an LSI: is up */
#define SOURCE_PRESENTED	(1ull << 43)
#define SOURCE_QUEUED		(1ull << 44)

struct xics_line {
	uint32_t irq;
	bool lsi;
};

/*
 * For the vCPUs of @vm, which owns it.  NULL if out of memory, or if @lines
 * are not in rising order, below XICS_FIRST or above XICS_XISR.
 */
struct xics *xics_new(struct papr_vm *vm, const struct xics_line *lines,
		      size_t n);

/* As new; no vCPU runs. */
void xics_reset(struct xics *xics);

/* A vCPU was given its host side: it is told what it has missed. */
void xics_attach(struct xics *xics, struct papr_vcpu *vcpu);

/*
 * The host has the state, until xics_return(): meanwhile what follows, up to
 * the lines of devices, is -EAGAIN, and no vCPU is interrupted.
 */
void xics_leave(struct xics *xics);
void xics_return(struct xics *xics);
bool xics_is_here(struct xics *xics);

/* H_XIRR: accept what is shown, the XIRR. */
int64_t xics_accept(struct xics *xics, struct papr_vcpu *vcpu);

/* H_IPOLL: only look. */
int xics_poll(struct xics *xics, struct papr_vcpu *vcpu, uint32_t *xirr,
	      uint8_t *mfrr);

/* H_CPPR, and H_IPI for @vcpu. */
int xics_set_cppr(struct xics *xics, struct papr_vcpu *vcpu, uint8_t cppr);
int xics_set_mfrr(struct xics *xics, struct papr_vcpu *vcpu, uint8_t mfrr);

/*
 * H_EOI.  The CPPR changes in any case; -ENOENT if the XISR is no interrupt
 * of this partition.
 */
int xics_eoi(struct xics *xics, struct papr_vcpu *vcpu, uint32_t xirr);

/*
 * RTAS ibm,set-xive and its family: -ENOENT if there is no such source,
 * -EINVAL for a server without vCPU, or a priority that is none.
 */
int xics_set_xive(struct xics *xics, uint32_t irq, uint32_t server,
		  uint32_t priority);
int xics_get_xive(struct xics *xics, uint32_t irq, uint32_t *server,
		  uint32_t *priority);
int xics_int_off(struct xics *xics, uint32_t irq);
int xics_int_on(struct xics *xics, uint32_t irq);

/* A device raises or lowers its line; an edge is a rise.  -ENOENT for none. */
int xics_set_line(struct xics *xics, uint32_t irq, bool level);

/*
 * State in the words of Linux KVM.  The setters are for a controller that is
 * as new, take any order, vCPUs first or sources first, and change nothing if
 * they refuse: -EINVAL for a state that cannot be, -ENOENT for no such source.
 */
uint64_t xics_get_icp(struct xics *xics, struct papr_vcpu *vcpu);
int xics_set_icp(struct xics *xics, struct papr_vcpu *vcpu, uint64_t state);
int xics_get_source(struct xics *xics, uint32_t irq, uint64_t *state);
int xics_set_source(struct xics *xics, uint32_t irq, uint64_t state);

#endif
