/* SPDX-License-Identifier: BSD-2-Clause */
/* A control socket with real clients, and a machine that is none. */
#ifndef TESTS_CONTROL_FIXTURE_H
#define TESTS_CONTROL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vmm/control.h"
#include "vmm/pace.h"
#include "vmm/qmp-event.h"
#include "vmm/save.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define HELLO "{\"execute\": \"qmp_capabilities\"}"

struct fixture {
	char dir[32];
	char path[64];
	struct control *control;
	bool paused;
	bool ended;
	bool suspended;
	uint64_t stream;	/* of the last offer to do that */
	bool stuck;		/* its vCPUs do not stop */
	uint32_t stats_cpu;	/* of which it was asked for */
	unsigned int stats_resets;
	bool timing;
	json_t *stats;		/* what papr-stats returns, empty if NULL */
	char policy[200];	/* the last one that was applied */
	unsigned int resets;	/* by system_reset */
	unsigned int cpu_resets;	/* by inject-nmi */
	uint32_t injected_cpu;
	struct papr_mc_info injected;
	struct papr_injection injection;
	unsigned int injections;	/* the last one's id */
	unsigned int cancels;		/* of migrations */
	struct migrate_parameters migrate;
	unsigned int powerdowns;
	unsigned int n_events;
	struct qmp_event event;		/* the last */
	char plugged[40];	/* the last order for a connector */
};

extern const struct qmp_ops fixture_ops;

/* Setups: with a socket, or with a folder where one may be made. */
int listening(void **state);
int in_a_folder(void **state);
int end(void **state);

#define LISTENING(test) cmocka_unit_test_setup_teardown(test, listening, end)
#define IN_A_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, in_a_folder, end)

/* Until there is nothing more to do. */
void serve(struct fixture *f);

int connect_only(struct fixture *f);

/* A client that has been greeted and may give commands. */
int client(struct fixture *f);

void say(struct fixture *f, int fd, const char *words);

/* One line that has arrived, an object; NULL if there is none. */
json_t *hear(int fd);

/* A string in an object in @object, or in itself if @inner is NULL. */
const char *text_of(const json_t *object, const char *outer,
		    const char *inner);

/* The next line says "outer": {"inner": text}. */
void assert_hears(int fd, const char *outer, const char *inner,
		  const char *text);
void assert_hears_return(int fd);
void assert_silent(int fd);

/* It hears nothing more, for ever. */
void assert_hung_up(int fd);

#endif
