/* SPDX-License-Identifier: BSD-2-Clause */
/* Events by their meaning, and the logs that the guest gets of them. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "rtas/status.h"
#include "tests/partition.h"

#define BUF		0x9000u
#define ALL		0xffffffffu

/* Where a log has what: see elog.def. */
#define PH		24
#define UH		72
#define OWN		96

/* The log that comes next, in the guest's memory. */
static const uint8_t *take(struct partition *p)
{
	memset(p->ram + BUF, 0xee, PAPR_ELOG_MAX);
	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0,
			      ALL, 0, BUF, PAPR_ELOG_MAX), RTAS_SUCCESS);
	p->n_dirty = 0;
	return p->ram + BUF;
}

static size_t len_of(const uint8_t *log)
{
	return 8 + load_be32(log + 4);
}

/* No reader stumbles over it; NULL if there is nothing to be said at all. */
static void assert_sound(const uint8_t *log)
{
	assert_int_equal(papr_elog_validate(log, len_of(log), NULL, NULL), 0);
}

/* --- environment and power */

static struct papr_epow shutdown_epow(void)
{
	return (struct papr_epow){
		.size = sizeof(struct papr_epow),
		.action = PAPR_EPOW_SYSTEM_SHUTDOWN,
		.modifier = PAPR_EPOW_NORMAL_SHUTDOWN,
		.partition = true,
	};
}

/* As QEMU's system_powerdown has it, but for the versions of PH and UH. */
static void epow_of_a_power_button_is_qemus(void **state)
{
	static const uint8_t headers[] = {
		6, 0x34, 0, 0x40, 0, 0, 0, 108,
		0x86, 0, 0x8e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'I', 'B', 'M', 0,
		'P', 'H', 0, 48, 1, 0, 0, 0,
		0x20, 0x26, 0x11, 0x22, 0x23, 0x22, 0x43, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 'H', 0, 0, 3, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1,
		'U', 'H', 0, 24, 1, 0, 0, 0,
		0xa0, 0, 0, 0xd0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		'E', 'P', 0, 20, 2, 0, 0, 0,
		3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	struct papr_epow epow = shutdown_epow();
	struct partition *p = *state;

	p->clock_ns = 1795389763ull * 1000000000;
	assert_int_equal(papr_vm_event_epow(p->vm, &epow, NULL), 0);
	assert_memory_equal(take(p), headers, sizeof(headers));
	assert_int_equal(p->ram[BUF + sizeof(headers)], 0xee);
}

static void every_action_and_modifier_is_told(void **state)
{
	static const uint8_t actions[] = { 0, 1, 2, 3, 4, 5, 7 };
	static const uint8_t subtypes[] = { 0x60, 0, 0, 0xd0, 0, 0, 0 };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		int last = actions[i] == 3 ? 4 : 0;

		for (int modifier = 0; modifier <= last; modifier++) {
			struct papr_epow epow = {
				.size = sizeof(epow), .action = actions[i],
				.modifier = modifier, .partition = modifier & 1,
				.reason = 0x0123456789abcdef,
			};
			const uint8_t *log;

			assert_int_equal(papr_vm_event_epow(p->vm, &epow,
							    NULL), 0);
			log = take(p);
			assert_sound(log);
			assert_int_equal(log[3], PAPR_ELOG_EPOW);
			assert_int_equal(log[UH + 11], subtypes[i]);
			assert_int_equal(log[OWN + 8], actions[i]);
			assert_int_equal(log[OWN + 9], modifier);
			assert_int_equal(log[OWN + 10], modifier & 1);
			assert_true(load_be64(log + OWN + 12) == epow.reason);
		}
	}
}

static void epow_that_no_log_can_tell_is_refused(void **state)
{
	static const struct {
		struct papr_epow epow;
		const char *sentence;
	} rows[] = {
		{ { .action = 6 }, "EP.action is never 6" },
		{ { .action = 8 }, "EP.action is never 8" },
		{ { .action = 0x13 }, "EP.action is never 19" },
		{ { .action = 3, .modifier = 5 }, "EP.modifier is never 5" },
		{ { .action = 4, .modifier = 1 }, "only of a system shutdown" },
		{ { .action = 0, .partition = true }, "only of a system" },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_epow epow = rows[i].epow;
		struct papr_error error;

		epow.size = sizeof(epow);
		assert_int_equal(papr_vm_event_epow(p->vm, &epow, &error),
				 -EINVAL);
		assert_ptr_equal(strstr(error.text, rows[i].sentence),
				 error.text);
	}
}

/* --- hot plug */

static void every_hot_plug_is_told(void **state)
{
	struct partition *p = *state;

	for (unsigned int i = 0; i < 6 * 2; i++) {
		struct papr_hotplug hotplug = {
			.size = sizeof(hotplug), .type = i / 2 + 1,
			.action = i % 2 + 1, .id_type = PAPR_HOTPLUG_INDEX,
			.index = 0x10000008, .count = 99,
		};
		const uint8_t *log;

		assert_int_equal(papr_vm_event_hotplug(p->vm, &hotplug, NULL),
				 0);
		log = take(p);
		assert_sound(log);
		assert_int_equal(log[3], PAPR_ELOG_HOTPLUG);
		assert_int_equal(log[OWN + 8], i / 2 + 1);
		assert_int_equal(log[OWN + 9], i % 2 + 1);
	}
}

/* What Linux reads: the kind of id, and what it finds at byte 12 and 16. */
static void connectors_are_named_in_each_way(void **state)
{
	static const struct {
		struct papr_hotplug hotplug;
		uint8_t len;
		const char id[13];
	} rows[] = {
		{ { .id_type = PAPR_HOTPLUG_INDEX, .index = 0x80000010 }, 16,
		  "\x80\0\0\x10" },
		{ { .id_type = PAPR_HOTPLUG_COUNT, .count = 0x102 }, 16,
		  "\0\0\x01\x02" },
		{ { .id_type = PAPR_HOTPLUG_COUNT_INDEXED, .count = 2,
		    .index = 0x80000010 }, 20, "\0\0\0\x02\x80\0\0\x10" },
		{ { .id_type = PAPR_HOTPLUG_NAME, .name = "P1" }, 16, "P1" },
		{ { .id_type = PAPR_HOTPLUG_NAME, .name = "C12" }, 16, "C12" },
		{ { .id_type = PAPR_HOTPLUG_NAME, .name = "LMB 1" }, 20,
		  "LMB 1\0\0" },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_hotplug hotplug = rows[i].hotplug;
		const uint8_t *log;

		hotplug.size = sizeof(hotplug);
		hotplug.type = PAPR_HOTPLUG_MEMORY;
		hotplug.action = PAPR_HOTPLUG_ADD;
		assert_int_equal(papr_vm_event_hotplug(p->vm, &hotplug, NULL),
				 0);
		log = take(p);
		assert_sound(log);
		assert_int_equal(log[OWN + 3], rows[i].len);
		assert_int_equal(len_of(log), OWN + rows[i].len);
		assert_int_equal(log[OWN + 10], hotplug.id_type);
		assert_memory_equal(log + OWN + 12, rows[i].id,
				    rows[i].len - 12);
	}
}

static void the_longest_name_of_a_connector_fits(void **state)
{
	char name[PAPR_HOTPLUG_NAME_MAX + 2];
	struct papr_hotplug hotplug = {
		.size = sizeof(hotplug), .type = PAPR_HOTPLUG_CPU,
		.action = PAPR_HOTPLUG_ADD, .id_type = PAPR_HOTPLUG_NAME,
		.name = name,
	};
	struct partition *p = *state;

	memset(name, 'n', sizeof(name));
	name[PAPR_HOTPLUG_NAME_MAX + 1] = '\0';
	assert_int_equal(papr_vm_event_hotplug(p->vm, &hotplug, NULL),
			 -EINVAL);
	name[PAPR_HOTPLUG_NAME_MAX] = '\0';
	assert_int_equal(papr_vm_event_hotplug(p->vm, &hotplug, NULL), 0);
	assert_string_equal((const char *)take(p) + OWN + 12, name);
}

static void hot_plug_that_no_log_can_tell_is_refused(void **state)
{
	static const struct {
		struct papr_hotplug hotplug;
		const char *sentence;
	} rows[] = {
		{ { .type = 0, .action = 1, .id_type = 2 },
		  "HP.type is never 0" },
		{ { .type = 7, .action = 1, .id_type = 2 },
		  "HP.type is never 7" },
		{ { .type = 1, .action = 0, .id_type = 2 },
		  "HP.action is never 0" },
		{ { .type = 1, .action = 3, .id_type = 2 },
		  "HP.action is never 3" },
		{ { .type = 1, .action = 1, .id_type = 0 },
		  "HP.id_type is never 0" },
		{ { .type = 1, .action = 1, .id_type = 5 },
		  "HP.id_type is never 5" },
		{ { .type = 1, .action = 1, .id_type = 1 },
		  "a connector's name has" },
		{ { .type = 1, .action = 1, .id_type = 1, .name = "" },
		  "a connector's name has" },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_hotplug hotplug = rows[i].hotplug;
		struct papr_error error;

		hotplug.size = sizeof(hotplug);
		assert_int_equal(papr_vm_event_hotplug(p->vm, &hotplug,
						       &error), -EINVAL);
		assert_ptr_equal(strstr(error.text, rows[i].sentence),
				 error.text);
	}
}

/* --- I/O */

static void io_event_is_told_with_its_data(void **state)
{
	uint8_t data[PAPR_IO_DATA_MAX];
	const struct {
		struct papr_io io;
		uint8_t rpc_length;
	} rows[] = {
		{ { .type = 1, .scope = 0x38, .drc_index = 0x20000001 }, 0 },
		{ { .type = 2 }, 0 },
		{ { .type = 3, .subtype = 1 }, 0 },
		{ { .type = 3, .subtype = 5, .data = data, .data_len = 8 }, 0 },
		{ { .type = 4, .data = data, .data_len = sizeof(data) },
		  sizeof(data) },
	};
	struct partition *p = *state;

	memset(data, 0x5a, sizeof(data));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_io io = rows[i].io;
		const uint8_t *log;

		io.size = sizeof(io);
		assert_int_equal(papr_vm_event_io(p->vm, &io, NULL), 0);
		log = take(p);
		assert_sound(log);
		assert_int_equal(log[3], PAPR_ELOG_IO_EVENT);
		assert_int_equal(log[OWN + 3], 16 + io.data_len);
		assert_int_equal(log[OWN + 8], io.type);
		assert_int_equal(log[OWN + 9], rows[i].rpc_length);
		assert_int_equal(log[OWN + 10], io.scope);
		assert_int_equal(log[OWN + 11], io.subtype);
		assert_int_equal(load_be32(log + OWN + 12), io.drc_index);
		assert_memory_equal(log + OWN + 16, data, io.data_len);
	}
}

static void io_event_that_no_log_can_tell_is_refused(void **state)
{
	static const struct papr_io rows[] = {
		{ .type = 0 },
		{ .type = 5 },
		{ .type = 1, .scope = 0x37 + 5 },
		{ .type = 1, .subtype = 2 },
		{ .type = 4, .data = "12345", .data_len = 5 },
		{ .type = 4, .data = "", .data_len = PAPR_IO_DATA_MAX + 4 },
		{ .type = 4, .data_len = 4 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_io io = rows[i];

		io.size = sizeof(io);
		if (papr_vm_event_io(p->vm, &io, NULL) != -EINVAL)
			fail_msg("row %zu", i);
	}
}

/* --- internal errors */

static void internal_error_is_told(void **state)
{
	static const struct {
		struct papr_internal_error info;
		uint8_t bits, subsystem, uh_severity;
		const char *refcode;
	} rows[] = {
		{ { .severity = PAPR_ELOG_ERROR,
		    .disposition = PAPR_ELOG_NOT_RECOVERED,
		    .initiator = PAPR_ELOG_CPU, .target = PAPR_ELOG_MEMORY,
		    .subsystem = 0x20, .refcode = "B1234567" },
		  0xc6, 0x20, 0x40, "B1234567                        " },
		{ { .severity = PAPR_ELOG_WARNING }, 0xa6, 0x50, 0x10,
		  "B7000000                        " },
		{ { .severity = PAPR_ELOG_FATAL,
		    .disposition = PAPR_ELOG_LIMITED_RECOVERY,
		    .subsystem = 0xaf,
		    .refcode = "12345678901234567890123456789012" },
		  0xa6, 0xaf, 0x10, "12345678901234567890123456789012" },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_internal_error info = rows[i].info;
		const uint8_t *log;

		info.size = sizeof(info);
		assert_int_equal(papr_vm_event_internal_error(p->vm, &info,
							      NULL), 0);
		log = take(p);
		assert_sound(log);
		assert_int_equal(log[1], info.severity << 5 |
				 info.disposition << 3 | 4);
		assert_int_equal(log[2], info.initiator << 4 | info.target);
		assert_int_equal(log[3], PAPR_ELOG_PLATFORM_ERROR);
		assert_int_equal(log[8], rows[i].bits);
		assert_int_equal(log[UH + 8], rows[i].subsystem);
		assert_int_equal(log[UH + 10], rows[i].uh_severity);
		assert_memory_equal(log + OWN, "PS", 2);
		assert_memory_equal(log + OWN + 0x30, rows[i].refcode, 32);
	}
}

static void internal_error_that_no_log_can_tell_is_refused(void **state)
{
	static const struct papr_internal_error rows[] = {
		{ .severity = 7 },
		{ .severity = PAPR_ELOG_ALREADY_REPORTED },
		{ .disposition = 3 },
		{ .severity = PAPR_ELOG_FATAL },
		{ .initiator = 7 },
		{ .target = 16 },
		{ .subsystem = 0x0f },
		{ .subsystem = 0xb0 },
		{ .refcode = "123456789012345678901234567890123" },
		{ .severity = PAPR_ELOG_ERROR_SYNC, .scan = true },
		{ .severity = PAPR_ELOG_ERROR, .scan = true },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_internal_error info = rows[i];

		info.size = sizeof(info);
		if (papr_vm_event_internal_error(p->vm, &info, NULL) !=
		    -EINVAL)
			fail_msg("row %zu", i);
	}
}

/* --- logs of the program's own */

static void log_of_the_programs_own_goes_through_unchanged(void **state)
{
	uint8_t mine[PAPR_ELOG_MAX] = {
		6, 0x24, 0, 0xe4, 0, 0, 0, 16 + 20,
		0x86, 0, 0x8e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'I', 'B', 'M', 0,
		'U', 'D', 0, 20, 9, 9, 9, 9, 1, 2, 3, 4,
	};
	struct partition *p = *state;

	assert_int_equal(papr_vm_event_log(p->vm, 0, mine, 44, NULL), 0);
	assert_memory_equal(take(p), mine, 44);
	assert_int_equal(p->ram[BUF + 44], 0xee);
	/* The fixed part alone is one, too. */
	mine[1] = 0x20;
	assert_int_equal(papr_vm_event_log(p->vm, 0, mine, 8, NULL), 0);
	assert_memory_equal(take(p), mine, 8);
}

/* It is read what it says. */
static void epow_of_the_programs_own_has_its_rank(void **state)
{
	struct papr_epow epow = { .size = sizeof(epow), .action = 7 };
	uint8_t mine[PAPR_ELOG_MAX];
	struct partition *p = *state;
	size_t len;

	assert_int_equal(papr_vm_event_epow(p->vm, &epow, NULL), 0);
	len = len_of(take(p));
	memcpy(mine, p->ram + BUF, len);
	epow.action = PAPR_EPOW_WARN_POWER;
	assert_int_equal(papr_vm_event_epow(p->vm, &epow, NULL), 0);
	assert_int_equal(papr_vm_event_log(p->vm, 0, mine, len, NULL), 0);
	assert_int_equal(take(p)[OWN + 8], PAPR_EPOW_POWER_OFF);
	assert_int_equal(take(p)[OWN + 8], PAPR_EPOW_WARN_POWER);
}

static void log_that_cannot_be_walked_is_refused(void **state)
{
	static const struct {
		size_t len, at;
		uint8_t byte;
		uint32_t flags;
		const char *sentence;
	} rows[] = {
		{ 7, 0, 6, 0, "byte 0, header: there are 7 bytes" },
		{ 44, 0, 5, 0, "byte 0, header: this is version 5" },
		{ 43, 0, 6, 0, "byte 4, header: the log says that 36 bytes" },
		{ 45, 0, 6, 0, "the log has 44 bytes, and 45 were given" },
		{ 44, 27, 0, 0, "byte 26, UD: the length of the section is 0" },
		{ 44, 27, 21, 0, "byte 26, UD: the length of the section" },
		{ 44, 0, 6, 2, "unknown flags 0x2" },
		{ 44, 1, 0x64, PAPR_EVENT_LOG_SCAN, "event-scan tells" },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t mine[64] = {
			6, 0x24, 0, 0xe4, 0, 0, 0, 16 + 20,
			0x86, 0, 0x8e, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			'I', 'B', 'M', 0, 'U', 'D', 0, 20,
		};
		struct papr_error error;

		mine[rows[i].at] = rows[i].byte;
		assert_int_equal(papr_vm_event_log(p->vm, rows[i].flags, mine,
						   rows[i].len, &error),
				 -EINVAL);
		if (strncmp(error.text, rows[i].sentence,
			    strlen(rows[i].sentence)))
			fail_msg("%zu: %s", i, error.text);
	}
}

/* --- all of them */

static void structures_without_a_size_or_unknown_are_refused(void **state)
{
	struct { struct papr_epow known; uint64_t more; } epow = {
		{ .size = sizeof(epow) }, 1
	};
	struct { struct papr_hotplug known; uint64_t more; } hotplug = {
		{ .size = sizeof(hotplug) }, 1
	};
	struct { struct papr_io known; uint64_t more; } io = {
		{ .size = sizeof(io) }, 1
	};
	struct { struct papr_internal_error known; uint64_t more; } internal = {
		{ .size = sizeof(internal) }, 1
	};
	struct partition *p = *state;

	assert_int_equal(papr_vm_event_epow(p->vm, &epow.known, NULL), -E2BIG);
	assert_int_equal(papr_vm_event_hotplug(p->vm, &hotplug.known, NULL),
			 -E2BIG);
	assert_int_equal(papr_vm_event_io(p->vm, &io.known, NULL), -E2BIG);
	assert_int_equal(papr_vm_event_internal_error(p->vm, &internal.known,
						      NULL), -E2BIG);
	epow.known.size = 0;
	assert_int_equal(papr_vm_event_epow(p->vm, &epow.known, NULL), -E2BIG);
}

static void logs_are_numbered(void **state)
{
	struct papr_epow epow = shutdown_epow();
	struct partition *p = *state;

	for (uint32_t i = 1; i < 4; i++) {
		papr_vm_event_epow(p->vm, &epow, NULL);
		assert_int_equal(load_be32(take(p) + PH + 0x28), i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		partition_test(epow_of_a_power_button_is_qemus),
		partition_test(every_action_and_modifier_is_told),
		partition_test(epow_that_no_log_can_tell_is_refused),
		partition_test(every_hot_plug_is_told),
		partition_test(connectors_are_named_in_each_way),
		partition_test(the_longest_name_of_a_connector_fits),
		partition_test(hot_plug_that_no_log_can_tell_is_refused),
		partition_test(io_event_is_told_with_its_data),
		partition_test(io_event_that_no_log_can_tell_is_refused),
		partition_test(internal_error_is_told),
		partition_test(internal_error_that_no_log_can_tell_is_refused),
		partition_test(log_of_the_programs_own_goes_through_unchanged),
		partition_test(epow_of_the_programs_own_has_its_rank),
		partition_test(log_that_cannot_be_walked_is_refused),
		partition_test(
			structures_without_a_size_or_unknown_are_refused),
		partition_test(logs_are_numbered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
