/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The areas in which the hypervisor tells a virtual processor of itself: LoPAR
 * H_REGISTER_VPA.  The host keeps them, fills them, and knows which there are:
 * so it does not matter if it has registered some of them itself.
 */
#include "config.h"

#include <errno.h>

#include "hcalls/handlers.h"
#include "spapr/util.h"

#define SUBFUNCTION(flags)	((flags) >> 45 & 7)
#define DEREGISTER		4u	/* and the number of an area */

#define LINE			128u	/* alignment: of an L1 cache line */
#define LENGTH_OFFSET		4u
#define HEADER			8u	/* up to the end of the length */

/*
 * Length: how long it must be at least, in how many bytes it is said, and the
 * power of 2 of addresses across which the area must not lie.  LoPAR has no
 * such rule for the trace, but KVM maps no more than a page of the host.
 */
static const struct area {
	enum papr_area area;
	uint32_t least;
	uint32_t length_bytes;
	uint32_t block;
} areas[] = {
	[1] = { PAPR_AREA_VPA, 640, 2, PAGE_4K },
	[2] = { PAPR_AREA_DTL, 48, 4, 0x10000 },
	[3] = { PAPR_AREA_SLB, 8, 4, PAGE_4K },
};

/* The length that the area at @gpa says it has, or 0 if it cannot be. */
static uint32_t area_length(struct papr_vm *vm, const struct area *area,
			    uint64_t gpa)
{
	const uint8_t *header;
	uint32_t len;

	header = gpa && gpa % LINE == 0 ?
		ram_get(vm, gpa, HEADER, RAM_READ) : NULL;
	if (!header)
		return 0;
	len = load_be32(header + LENGTH_OFFSET);
	if (area->length_bytes == 2)
		len >>= 16;
	if (len < area->least || len > area->block - gpa % area->block ||
	    !ram_get(vm, gpa, len, RAM_READ))
		return 0;
	return len;
}

static bool is_registered(struct papr_vcpu *vcpu, enum papr_area area)
{
	uint64_t gpa = 0;

	return !vcpu->vm->host_ops.get_area(vcpu->host, area, &gpa) && gpa;
}

static int64_t set_area(struct papr_vcpu *vcpu, enum papr_area area,
			uint64_t gpa, uint32_t len)
{
	switch (vcpu->vm->host_ops.set_area(vcpu->host, area, gpa, len)) {
	case 0:
		return H_SUCCESS;
	case -EINVAL:	/* of another processor, who was faster */
		return H_RESOURCE;
	default:
		return H_HARDWARE;
	}
}

static int64_t register_area(struct papr_vcpu *vcpu, const struct area *area,
			     uint64_t gpa)
{
	uint32_t len = area_length(vcpu->vm, area, gpa);

	if (!len)
		return H_PARAMETER;
	if (area->area != PAPR_AREA_VPA && !is_registered(vcpu, PAPR_AREA_VPA))
		return H_RESOURCE;
	return set_area(vcpu, area->area, gpa, len);
}

static int64_t deregister_area(struct papr_vcpu *vcpu, enum papr_area area)
{
	if (area == PAPR_AREA_VPA && (is_registered(vcpu, PAPR_AREA_DTL) ||
				      is_registered(vcpu, PAPR_AREA_SLB)))
		return H_RESOURCE;
	return set_area(vcpu, area, 0, 0);
}

/* KVM refuses what LoPAR calls an unsupported function with H_PARAMETER too. */
static int64_t h_register_vpa(struct papr_vcpu *vcpu, const void *args,
			      void *rets)
{
	const struct H_REGISTER_VPA_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	unsigned int function = SUBFUNCTION(in->flags);
	const struct area *area = &areas[function % DEREGISTER];
	struct papr_vcpu *target = vm_vcpu_by_id(vm, in->proc_no);

	(void)rets;
	if (!vm->host_ops.get_area || !vm->host_ops.set_area)
		return H_FUNCTION;
	if (!area->least || !target)
		return H_PARAMETER;
	if (!target->host)
		return H_STATE;
	if (function > DEREGISTER)
		return deregister_area(target, area->area);
	return register_area(target, area, in->vpa);
}

const struct hcall_impl hcalls_vpa[] = {
	{ H_REGISTER_VPA, h_register_vpa },
	{ 0, NULL }
};
