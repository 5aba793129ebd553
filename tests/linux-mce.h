/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Linux 6.1 makes of a machine check: each kind that an error log can
 * tell of, and the lines it prints.
 */
#ifndef TESTS_LINUX_MCE_H
#define TESTS_LINUX_MCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* Where no guest has memory: Linux tries to poison it, in vain. */
#define NOWHERE 0x0000700000000000ull

/* One of all kinds; @text is Linux's, the rest that of papr-elog(1). */
struct kind {
	const char *type;
	const char *subtype;
	const char *text;
	bool effective;		/* its log can give an address */
	bool corrected;		/* by Linux, if it is not recovered */
};

extern const struct kind kinds[];
extern const size_t n_kinds;

const struct kind *find_kind(const char *type, const char *subtype);

enum disposition { FULLY, LIMITED, NOT, DISPOSITIONS };

enum severity {
	ERROR_SYNC, NO_ERROR, EVENT, WARNING, ERROR, FATAL, ALREADY_REPORTED,
	SEVERITIES
};

/* A machine check, and which CPU is to take it where. */
struct check {
	char name[160];
	const struct kind *kind;
	enum severity severity;
	enum disposition disposition;
	int cpu;
	bool user;
	uint64_t effective;	/* 0: not given */
	uint64_t logical;
	bool walk;		/* Linux finds out the logical one */
};

#define MAX_LINES 30

struct lines {
	char text[MAX_LINES][256];
	size_t n;
};

/*
 * What Linux remembers: it prints the last address that a CPU was given, even
 * with a later machine check that has none, and numbers its events.
 */
struct memory {
	int spinner;		/* the process on CPU 1 */
	bool catches;		/* it tells of SIGBUS, instead of dying */
	int event;
	int oops;
	struct {
		uint64_t effective;
		uint64_t logical;
	} last[2];
};

void name_check(struct check *check);

/* The arguments of papr-inject. */
json_t *check_args(const struct check *check);

/* Linux goes on; it sends a signal to the process; it kills the process. */
bool is_recovered(const struct check *check);
bool is_signalled(const struct check *check);

void add_line(struct lines *lines, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The lines for one that came at @nip, which is @symbol in the kernel.  A "*"
 * is for any characters.
 */
void expect(struct memory *memory, const struct check *check, uint64_t nip,
	    const char *symbol, struct lines *lines);

/*
 * The first line that is not as expected: its index, or -1.  The kernel's
 * lines are in order, and those of processes, but not with each other.
 */
int compare(struct lines *wanted, struct lines *seen);

#endif
