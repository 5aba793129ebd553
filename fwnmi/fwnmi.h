/* SPDX-License-Identifier: BSD-2-Clause */
/* Machine checks and system resets from the inside. */
#ifndef FWNMI_FWNMI_H
#define FWNMI_FWNMI_H

#include <papr/fwnmi.h>

#include "spapr/vm.h"

#define MSR_SF 0x8000000000000000ull
#define MSR_PR 0x0000000000004000ull
#define MSR_IR 0x0000000000000020ull
#define MSR_ME 0x0000000000001000ull
#define MSR_RI 0x0000000000000002ull
#define MSR_LE 0x0000000000000001ull

/* Bits of SRR1 that are not of the MSR, but say why. */
#define SRR1_CAUSE 0x783f0000ull

/*
 * The partition has one log area: who writes to it holds the interlock until
 * ibm,nmi-interlock.  False if another vCPU holds it; then papr_host_ops.wake
 * is called for this one when that has released it.
 */
bool fwnmi_take_interlock(struct papr_vcpu *vcpu);

/* An instruction where real mode reaches it: one that may be registered. */
bool fwnmi_is_handler(struct papr_vm *vm, uint32_t gpa);

/* Nothing if it is not the vCPU's. */
void fwnmi_release_interlock(struct papr_vcpu *vcpu);

/*
 * Whether the vCPU is in RTAS, or on the way.  Linux keeps in one place where
 * it is to go on then, and calls RTAS in its handlers.
 */
bool fwnmi_in_rtas(const struct papr_vm *vm, const struct papr_regs *regs);

/*
 * Makes @regs those of an interrupt to @pc, with @cause in SRR1 and @keep of
 * the MSR's bits kept.
 */
void fwnmi_interrupt(struct papr_vm *vm, struct papr_regs *regs, uint64_t pc,
		     uint64_t cause, uint64_t keep);

/* Take what waits: enum papr_interrupt or the host's error. */
int fwnmi_take_check(struct papr_vcpu *vcpu, struct papr_regs *regs);
int fwnmi_take_injected(struct papr_vcpu *vcpu, struct papr_regs *regs);
int fwnmi_take_reset(struct papr_vcpu *vcpu, struct papr_regs *regs);

/*
 * The vCPU's injection that is due, for delivery at @regs: 0 and @info, or
 * enum papr_interrupt if it is gone or must wait.  Delivery ends with
 * injection_end(), or it is put back.
 */
int injection_take(struct papr_vcpu *vcpu, const struct papr_regs *regs,
		   struct papr_mc_info *info);
void injection_put_back(struct papr_vcpu *vcpu);

/* What became of the one that is taken; nothing if none is. */
void injection_end(struct papr_vcpu *vcpu, enum papr_outcome outcome);

/*
 * Takes back what waits for a vCPU, unless it is taken, with its breakpoints;
 * it passes over none either.
 */
void injection_drop(struct papr_vcpu *vcpu);

/*
 * The vCPU, which is at @regs, has come to a breakpoint or has passed over
 * one: its injection is due, or it passes over this one.
 */
void injection_pass(struct papr_vcpu *vcpu, const struct papr_regs *regs);

/* Whether the host has what is needed for interrupts. */
bool fwnmi_is_possible(const struct papr_vcpu *vcpu);

/* A bit of pending, and the vCPU's thread is told. */
void fwnmi_post(struct papr_vcpu *vcpu, uint32_t what);

/* The vCPU stops: nothing may wait for it, and it for nothing. */
void fwnmi_forget(struct papr_vcpu *vcpu);

/* As before registration; no vCPU runs. */
void fwnmi_reset(struct papr_vm *vm);

#endif
