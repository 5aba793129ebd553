/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of partitions with a XIVE. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "spapr/vm.h"
#include "spapr/xive.h"
#include "tests/save-fixture.h"
#include "tests/xive-fixture.h"

#define SECTION "xive"

/*
 * What xive_work() leaves: queue 5 of vCPU 0 and queue 6 of vCPU 8, sources 0,
 * 1, four of events and the terminal's, and two vCPUs.  Each begins with its
 * kind and its number.
 */
#define QUEUE_SIZE	19
#define SOURCE_SIZE	15
#define VP_SIZE		21
#define QUEUE_8		QUEUE_SIZE
#define SOURCES		(2 * QUEUE_SIZE)
#define TERMINAL	(SOURCES + 6 * SOURCE_SIZE)
#define VPS		(TERMINAL + SOURCE_SIZE)
#define END		(VPS + 2 * VP_SIZE)

/* At @at of the section, @value. */
static const struct {
	size_t at;
	uint8_t value;
	int err;
	const char *sentence;
} wrongs[] = {
	{ QUEUE_8, 3, -EBADMSG, "it does not hold what its version has" },
	{ QUEUE_8 + 4, 1, -ENOENT, "the state of a queue of vCPU 0x1 is not "
	  "taken: No such file or directory" },
	{ QUEUE_8 + 5, 7, -EINVAL, "the state of a queue of vCPU 0x8 is not "
	  "taken: Invalid argument" },
	/* No RAM, and ROM. */
	{ QUEUE_8 + 6, 1, -EINVAL, "not taken: Invalid argument" },
	{ QUEUE_8 + 11, 0x40, -EINVAL, "not taken: Invalid argument" },
	{ QUEUE_8 + 13, 4, -EINVAL, "not taken: Invalid argument" },
	{ QUEUE_8 + 14, 5, -EINVAL, "not taken: Invalid argument" },
	{ QUEUE_8 + 17, 0x40, -EINVAL, "not taken: Invalid argument" },
	{ TERMINAL + 4, 9, -ENOENT, "section xive: the state of interrupt "
	  "source 0x1109 is not taken: No such file or directory" },
	{ TERMINAL + 8, 1, -EINVAL, "section xive: the state of interrupt "
	  "source 0x1100 is not taken: Invalid argument" },
	{ TERMINAL + 9, 7, -EINVAL, "not taken: Invalid argument" },
	{ TERMINAL + 9, 5, -EBUSY, "not taken: Device or resource busy" },
	{ TERMINAL + 10, 0x80, -EINVAL, "not taken: Invalid argument" },
	{ TERMINAL + 14, 4, -EINVAL, "not taken: Invalid argument" },
	{ VPS + 4, 7, -ENOENT, "the state of vCPU 0x7 is not taken: No such "
	  "file or directory" },
};

static struct file *busy_file(void)
{
	struct partition *p = xive_partition();
	struct file *file;
	uint8_t *payload, *head;

	xive_work(p);
	file = save_to_file(p);
	head = file_section(file, SECTION, 0, &payload);
	assert_int_equal(load_be64(head + SECTION_LEN), END);
	partition_free(p);
	return file;
}

/* A host that says yes: what is wrong is refused before it is asked. */
static int take_queue(void *host, uint32_t server, uint32_t priority,
		      const struct papr_xive_queue *queue)
{
	(void)host, (void)server, (void)priority, (void)queue;
	return 0;
}

static int take_target(void *host, uint32_t lisn,
		       const struct papr_xive_target *target)
{
	(void)host, (void)lisn, (void)target;
	return 0;
}

static void what_is_wrong_is_refused_with_the_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		struct file *file = busy_file();
		struct partition *q = xive_blank();
		uint8_t *payload;

		file_section(file, SECTION, 0, &payload);
		payload[wrongs[i].at] = wrongs[i].value;
		file_mend(file);
		q->vm->xive_ops.set_queue = take_queue;
		q->vm->xive_ops.target = take_target;
		load_must_fail(q, file, wrongs[i].err, wrongs[i].sentence);
		file_free(file);
		partition_free(q);
	}
}

/* What is right with a bound that is the next one. */
static void the_last_of_each_kind_is_taken(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} rights[] = {
		{ QUEUE_8 + 14, 3 }, { QUEUE_8 + 18, 0xff },
		{ TERMINAL + 9, 0xff }, { TERMINAL + 10, 0x7f },
		{ TERMINAL + 14, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		struct file *file = busy_file();
		struct partition *q = xive_blank();
		uint8_t *payload;

		file_section(file, SECTION, 0, &payload);
		payload[rights[i].at] = rights[i].value;
		file_mend(file);
		load_from_file(q, file);
		file_free(file);
		partition_free(q);
	}
}

static void what_the_host_refuses_is_told(void **state)
{
	static const struct {
		enum fake_op op;
		const char *sentence;
	} rows[] = {
		{ FAKE_XIVE_SET_QUEUE, "the state of a queue of vCPU 0x0 is "
		  "not taken: Input/output error" },
		{ FAKE_XIVE_TARGET, "the state of interrupt source 0x0 is "
		  "not taken: Input/output error" },
		{ FAKE_XIVE_ESB, "the state of interrupt source 0x1 is "
		  "not taken: Input/output error" },
		{ FAKE_XIVE_SET_VP, "the state of vCPU 0x0 is not taken: "
		  "Input/output error" },
	};
	struct file *file = busy_file();
	struct partition *q;
	uint8_t *payload;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		q = xive_blank();
		fake_host_fail(q->fake, rows[i].op, 1, EIO);
		load_must_fail(q, file, -EIO, rows[i].sentence);
		partition_free(q);
	}
	/* As KVM says of a queue without notification. */
	file_section(file, SECTION, 0, &payload);
	payload[QUEUE_8 + 14] = 0;
	file_mend(file);
	q = xive_blank();
	load_must_fail(q, file, -EINVAL, "the state of a queue of vCPU 0x8 is "
		       "not taken: Invalid argument");
	partition_free(q);
	file_free(file);
}

/* The section ends within whatever comes last. */
static void no_byte_can_be_missing(void **state)
{
	struct file *file = busy_file();
	uint8_t *payload, *head = file_section(file, SECTION, 0, &payload);

	(void)state;
	for (size_t len = END; --len > 0;) {
		struct partition *q;

		memmove(payload + len, payload + len + 1,
			file->bytes + file->len - (payload + len + 1));
		file->len--;
		store_be64(head + SECTION_LEN, len);
		if (len == VPS || len == VPS + VP_SIZE ||
		    (len <= VPS && len >= SOURCES &&
		     (len - SOURCES) % SOURCE_SIZE == 0) ||
		    len == QUEUE_SIZE)
			continue;	/* all of it is there */
		file_mend(file);
		q = xive_blank();
		load_must_fail(q, file, -EBADMSG,
			       "it does not hold what its version has");
		partition_free(q);
	}
	file_free(file);
}

/* --- the first file of all */

#define GOLDEN TEST_DATA "/save-xive-1"

static void a_file_of_the_first_version_is_loaded(void **state)
{
	struct file *file = calloc(1, sizeof(*file));
	struct partition *q = xive_blank();
	FILE *stream = fopen(GOLDEN, "re");

	(void)state;
	assert_non_null(stream);
	file->bytes = malloc(0x10000);
	file->len = fread(file->bytes, 1, 0x10000, stream);
	fclose(stream);
	load_from_file(q, file);
	assert_xive_worked(q);
	file_free(file);
	partition_free(q);
}

/* For another version: test-xive-file FILE */
static int write_golden(const char *path)
{
	struct file *file = busy_file();
	FILE *stream = fopen(path, "we");
	size_t n = stream ? fwrite(file->bytes, file->len, 1, stream) : 0;

	file_free(file);
	return n == 1 && !fclose(stream) ? 0 : 1;
}

/* --- the other controller */

static void rename_section(struct file *file, const char *from,
			   const char *to)
{
	uint8_t *payload, *head = file_section(file, from, 0, &payload);

	memset(head, 0, PAPR_SECTION_NAME);
	memcpy(head, to, strlen(to));
	file_mend(file);
}

static void a_file_of_a_xics_is_refused(void **state)
{
	struct file *file = busy_file();
	struct partition *q = xive_blank();

	(void)state;
	rename_section(file, SECTION, "irqs");
	load_must_fail(q, file, -EINVAL, "section irqs: the saved partition "
		       "has a XICS, and this one has not");
	file_free(file);
	partition_free(q);
}

static void a_partition_with_a_xics_takes_none(void **state)
{
	struct partition *p = save_new(NULL, NULL), *q = save_new(NULL, NULL);
	struct file *file = save_to_file(p);

	(void)state;
	rename_section(file, "irqs", SECTION);
	load_must_fail(q, file, -EINVAL, "section xive: the saved partition "
		       "has a XIVE, and this one has not");
	file_free(file);
	partition_free(p);
	partition_free(q);
}

static void which_controller_it_was_is_said_first(void **state)
{
	struct file *file = busy_file();
	struct partition *q = partition_new(&(struct partition_setup){
		.config = { .cores = 2, .vsmt = 8 } });

	(void)state;
	atomic_store(&papr_vm_vcpu(q->vm, 0)->state, PAPR_CPU_STOPPED);
	load_must_fail(q, file, -EINVAL, "the saved partition is another one: "
		       "interrupt controller (0 XICS, 1 XIVE): 1 there, 0 "
		       "here");
	file_free(file);
	partition_free(q);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_refused_with_the_reason),
		cmocka_unit_test(the_last_of_each_kind_is_taken),
		cmocka_unit_test(what_the_host_refuses_is_told),
		cmocka_unit_test(no_byte_can_be_missing),
		cmocka_unit_test(a_file_of_the_first_version_is_loaded),
		cmocka_unit_test(a_file_of_a_xics_is_refused),
		cmocka_unit_test(a_partition_with_a_xics_takes_none),
		cmocka_unit_test(which_controller_it_was_is_said_first),
	};

	if (argc > 1)
		return write_golden(argv[1]);
	return cmocka_run_group_tests_name("XIVE file", tests, NULL, NULL);
}
