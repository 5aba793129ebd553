/* SPDX-License-Identifier: BSD-2-Clause */
/* Client architecture support: LoPAR B.6.2.3. */
#ifndef HCALLS_CAS_H
#define HCALLS_CAS_H

#include <stddef.h>
#include <stdint.h>

struct papr_vcpu;

#define CAS_PVRS 512
#define CAS_VECTORS 5		/* those that are looked at */
#define CAS_VECTOR_MAX 256

/* The most bytes that are looked at: each vector has its length before it. */
#define CAS_BYTES (8 * CAS_PVRS + 1 + CAS_VECTORS * (1 + CAS_VECTOR_MAX))

/* What a client says of itself, as it was read. */
struct cas_request {
	size_t n_pvrs;
	struct {
		uint32_t mask, pvr;
	} pvrs[CAS_PVRS];
	struct {
		size_t len;	/* 0: there is none */
		const uint8_t *bytes;
	} vectors[CAS_VECTORS];
};

/* From @bytes, which @request points into; 0 or -EINVAL if it is damaged. */
int cas_parse(const uint8_t *bytes, size_t len, struct cas_request *request);

/*
 * Reads it at @gpa, agrees with it and changes firmware's tree; what the
 * hypercall is to return.  firmware.lock is held, and there is a tree.
 */
int64_t cas_negotiate(struct papr_vcpu *vcpu, uint64_t gpa);

#endif
