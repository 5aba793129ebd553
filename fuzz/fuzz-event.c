/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logs of a program's own for a guest that has little room: two bytes say how
 * much, one the flags, the rest is the log.  Refused in words, or what the
 * guest gets is a log that fits.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "rtas/catalogue.h"
#include "spapr/event-queue.h"
#include "spapr/util.h"

#define BLOCK	0x1000
#define BUFFER	0x2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

/* The status of either call, whose arguments begin differently. */
static uint32_t ask(struct fuzz_vm *vm, bool scan, uint32_t room)
{
	const uint32_t event_scan[] = {
		RTAS_TOKEN_event_scan, 4, 1, UINT32_MAX, 0, BUFFER, room
	};
	const uint32_t check_exception[] = {
		RTAS_TOKEN_check_exception, 6, 1, 0x500, 0, UINT32_MAX, 0,
		BUFFER, room
	};
	const uint32_t *cells = scan ? event_scan : check_exception;
	uint8_t *p = fuzz_vm_ram(vm) + BLOCK;
	size_t n = 3 + cells[1];

	for (size_t i = 0; i < n; i++)
		store_be32(p + 4 * i, cells[i]);
	fuzz_rtas(vm, BLOCK);
	return load_be32(p + 4 * n);
}

static void take(struct fuzz_vm *vm, bool scan, uint32_t room)
{
	uint8_t *buffer = fuzz_vm_ram(vm) + BUFFER;
	struct papr_elog *elog;
	size_t len;

	memset(buffer, 0xee, 2 * PAPR_ELOG_MAX);
	check(ask(vm, scan, room) == 0);
	check(!papr_elog_decode(buffer, room, &elog, NULL));
	len = papr_elog_encode(elog, NULL, PAPR_ELOG_MAX);
	papr_elog_free(elog);
	for (; len < 2 * PAPR_ELOG_MAX; len++)
		check(buffer[len] == 0xee);
	check(ask(vm, scan, room) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_vm *vm = fuzz_vm_get(0);
	struct papr_vm *partition = fuzz_vm_partition(vm);
	struct papr_error error = { "" };
	uint32_t room;
	bool scan;

	if (size < 3)
		return 0;
	room = 8 + (data[0] << 8 | data[1]) % PAPR_ELOG_MAX;
	scan = data[2] & PAPR_EVENT_LOG_SCAN;
	event_queue_clear(partition->events);
	if (papr_vm_event_log(partition, data[2], data + 3, size - 3, &error))
		check(*error.text && !strchr(error.text, '\n'));
	else
		take(vm, scan, room);
	fuzz_vm_reset(vm);
	return 0;
}
