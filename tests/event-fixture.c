/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/event-fixture.h"

void event_epow(struct partition *p, uint8_t action)
{
	assert_int_equal(papr_vm_event_epow(p->vm, &(struct papr_epow){
		.size = sizeof(struct papr_epow), .action = action }, NULL), 0);
}

int event_try_hotplug(struct partition *p, uint32_t index,
		       struct papr_error *error)
{
	return papr_vm_event_hotplug(p->vm, &(struct papr_hotplug){
		.size = sizeof(struct papr_hotplug), .type = PAPR_HOTPLUG_CPU,
		.action = PAPR_HOTPLUG_ADD, .id_type = PAPR_HOTPLUG_INDEX,
		.index = index }, error);
}

void event_hotplug(struct partition *p, uint32_t index)
{
	assert_int_equal(event_try_hotplug(p, index, NULL), 0);
}

void event_io(struct partition *p)
{
	assert_int_equal(papr_vm_event_io(p->vm, &(struct papr_io){
		.size = sizeof(struct papr_io), .type = PAPR_IO_EVENT }, NULL),
		0);
}

void event_internal(struct partition *p, uint8_t severity, bool scan)
{
	const struct papr_internal_error info = {
		.size = sizeof(info), .severity = severity, .scan = scan,
		.disposition = PAPR_ELOG_NOT_RECOVERED,
	};

	assert_int_equal(papr_vm_event_internal_error(p->vm, &info, NULL), 0);
}

int32_t event_check(struct partition *p, uint32_t mask)
{
	return RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0, mask, 0,
		    BUF, PAPR_ELOG_MAX);
}

int32_t event_scan(struct partition *p, uint32_t mask)
{
	return RTAS(p, RTAS_TOKEN_event_scan, 4, 1, mask, 0, BUF,
		    PAPR_ELOG_MAX);
}
