/* SPDX-License-Identifier: BSD-2-Clause */
/* Cores and memory that come and go: what papr run and its clients say. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/control-fixture.h"
#include "vmm/events.h"
#include "vmm/options.h"
#include "vmm/util.h"

#define PLUG(args) "{\"execute\": \"papr-plug\", \"arguments\": {" args "}}"
#define UNPLUG(args) \
	"{\"execute\": \"papr-unplug\", \"arguments\": {" args "}}"

static const struct {
	const char *words;
	const char *order;	/* NULL: refused, in these words: */
	const char *desc;
} orders[] = {
	{ PLUG("\"core\": 1"), "plug 0 1", NULL },
	{ PLUG("\"lmb\": 4"), "plug 1 4", NULL },
	{ UNPLUG("\"core\": 0"), "unplug 0 0", NULL },
	{ UNPLUG("\"lmb\": 4294967295"), "unplug 1 4294967295", NULL },
	{ PLUG(""), NULL, "'core' or 'lmb' must be given" },
	{ PLUG("\"core\": 1, \"lmb\": 1"), NULL, "and not both" },
	{ PLUG("\"core\": \"1\""), NULL, "'core' must be the number" },
	{ UNPLUG("\"lmb\": -1"), NULL, "'lmb' must be the number" },
	{ UNPLUG("\"lmb\": 4294967296"), NULL, "'lmb' must be the number" },
	{ UNPLUG("\"slot\": 1"), NULL, "'slot' is unexpected" },
};

static void orders_are_understood_or_refused(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		json_t *said;

		f->plugged[0] = '\0';
		say(f, fd, orders[i].words);
		said = hear(fd);
		assert_non_null(said);
		if (orders[i].order) {
			assert_non_null(json_object_get(said, "return"));
			assert_string_equal(f->plugged, orders[i].order);
		} else {
			assert_non_null(strstr(text_of(said, "error", "desc"),
					       orders[i].desc));
			assert_string_equal(f->plugged, "");
		}
		json_decref(said);
	}
	close(fd);
}

static void refusal_of_the_machine_is_told(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	f->stuck = true;
	say(f, fd, PLUG("\"core\": 1"));
	assert_hears(fd, "error", "desc", "it is there already");
	close(fd);
}

static void change_of_a_connector_is_an_event(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	struct events events;
	const struct event event = {
		.connector = true,
		.connected = { .kind = PAPR_CONNECTOR_LMB, .number = 4,
			       .index = 0x80000004, .leaving = true,
			       .state = PAPR_CONNECTOR_CONFIGURED },
	};
	json_t *said, *data;

	assert_int_equal(events_open(&events), 0);
	events_put(&events, &event);
	events_tell(&events, f->control);
	serve(f);
	said = hear(fd);
	assert_string_equal(text_of(said, "event", NULL), "PAPR_CONNECTOR");
	data = json_object_get(said, "data");
	assert_int_equal(json_integer_value(json_object_get(data, "lmb")), 4);
	assert_int_equal(json_integer_value(json_object_get(data,
							    "drc-index")),
			 0x80000004);
	assert_string_equal(text_of(data, "state", NULL), "configured");
	assert_true(json_is_true(json_object_get(data, "leaving")));
	json_decref(said);
	events_close(&events);
	close(fd);
}

/* --- options */

static const struct {
	const char *smp, *mem;
	uint32_t cores, threads, max_cores;
	uint64_t mib, max_mib;
	const char *refusal;
} options[] = {
	{ "2", "1G", 2, 1, 2, 1024, 1024, NULL },
	{ "2,maxcpus=4", "1G,max=2G", 2, 1, 4, 1024, 2048, NULL },
	{ "cores=1,threads=2,maxcpus=8", "256M,max=256M", 1, 2, 4, 256, 256,
	  NULL },
	{ "2", "300M", 2, 1, 2, 300, 300, NULL },
	{ "4,maxcpus=2", "1G", .refusal = "--smp 4,maxcpus=2: maxcpus must be "
	  "whole cores, and not less than cpus" },
	{ "threads=2,maxcpus=3", "1G", .refusal = "--smp threads=2,maxcpus=3: "
	  "maxcpus must be whole cores, and not less than cpus" },
	{ "2", "1G,max=512M", .refusal = "--mem 1G,max=512M: the maximum is "
	  "less than that" },
	{ "2", "300M,max=1G", .refusal = "--mem 300M,max=1G: with a maximum "
	  "both must be multiples of 256M" },
	{ "2", "1G,max=1100M", .refusal = "--mem 1G,max=1100M: with a maximum "
	  "both must be multiples of 256M" },
	{ "2", "1G,max=", .refusal = "--mem : not a size such as 512M or 2G" },
	{ "2", "1G,most=2G", .refusal = "--mem 1G,most=2G: not a size such as "
	  "512M or 2G" },
};

static void maxima_are_understood_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		char copy[120], *rest = copy, *argv[10];
		struct papr_error error = { "" };
		struct run_options o;
		int argc = 0;

		snprintf(copy, sizeof(copy), "run --kernel k --smp %s --mem %s",
			 options[i].smp, options[i].mem);
		while ((argv[argc] = strsep(&rest, " ")))
			argc++;
		if (options_parse(argc, argv, &o, &error)) {
			assert_string_equal(error.text, options[i].refusal ?
					    options[i].refusal : "");
			continue;
		}
		assert_null(options[i].refusal);
		assert_int_equal(o.cores, options[i].cores);
		assert_int_equal(o.threads, options[i].threads);
		assert_int_equal(o.max_cores, options[i].max_cores);
		assert_int_equal(o.mem, options[i].mib * MIB);
		assert_int_equal(o.max_mem, options[i].max_mib * MIB);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		LISTENING(orders_are_understood_or_refused),
		LISTENING(refusal_of_the_machine_is_told),
		LISTENING(change_of_a_connector_is_an_event),
		cmocka_unit_test(maxima_are_understood_or_refused),
	};

	return cmocka_run_group_tests_name("plug", tests, NULL, NULL);
}
