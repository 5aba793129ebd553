/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machine checks of every kind that an error log can tell of, in Debian's
 * kernel: what it must print of each, to the letter, and what must befall
 * the process that was interrupted.  In the kernel they hit CPU 0, which
 * mostly sleeps, in user mode a process on CPU 1 that never leaves it.
 */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/linux-guest.h"

#define EA 0xc000000000c0ffeeull
/* Where no guest has memory: Linux tries to poison it, in vain. */
#define NOWHERE 0x0000700000000000ull
#define PAGE_SHIFT 16

/* All kinds; @text is Linux's, the rest that of papr-elog(1). */
static const struct kind {
	const char *type;
	const char *subtype;
	const char *text;
	bool effective;		/* its log can give an address */
	bool corrected;		/* by Linux, if it is not recovered */
} kinds[] = {
	{ "ue", "indeterminate", "UE Indeterminate", true, false },
	{ "ue", "ifetch", "UE Instruction fetch", true, false },
	{ "ue", "page-walk-ifetch", "UE Page table walk ifetch", true, false },
	{ "ue", "load-store", "UE Load/Store", true, false },
	{ "ue", "page-walk-load-store", "UE Page table walk Load/Store", true,
	  false },
	{ "slb", "parity", "SLB Parity", true, true },
	{ "slb", "multihit", "SLB Multihit", true, true },
	{ "slb", "indeterminate", "SLB Indeterminate", true, true },
	{ "erat", "parity", "ERAT Parity", true, true },
	{ "erat", "multihit", "ERAT Multihit", true, true },
	{ "erat", "indeterminate", "ERAT Indeterminate", true, true },
	{ "tlb", "parity", "TLB Parity", true, false },
	{ "tlb", "multihit", "TLB Multihit", true, false },
	{ "tlb", "indeterminate", "TLB Indeterminate", true, false },
	{ "d-cache", NULL, "D-Cache Unknown", false, false },
	{ "i-cache", NULL, "I-Cache Unknown", false, false },
	{ "ra", "page-walk-load-store", "Real address Page table walk "
	  "Load/Store (foreign/control memory)", true, false },
	{ "ra", "load-store", "Real address Load/Store "
	  "(foreign/control memory)", true, false },
	{ "ra", "indeterminate", "Real address Indeterminate", true, false },
	{ "unknown", NULL, "Unknown ", false, false },
};

enum disposition { FULLY, LIMITED, NOT, DISPOSITIONS };

static const struct {
	const char *name;	/* of papr-elog(1) */
	const char *text;	/* of a test */
} dispositions[] = {
	[FULLY] = { "fully-recovered", "recovered" },
	[LIMITED] = { "limited-recovery", "limited" },
	[NOT] = { "not-recovered", "not recovered" },
};

/* What each severity becomes. */
static const struct severity {
	const char *name;
	int number;
	int level;		/* of the kernel's messages */
	const char *text;
	bool sync;		/* the instruction interrupted is to blame */
} severities[] = {
	{ "error-sync", 3, 3, "Severe", true },
	{ "no-error", 0, 6, "Harmless", true },
	{ "event", 1, 4, "Warning", true },
	{ "warning", 2, 4, "Warning", true },
	{ "error", 4, 3, "Severe", false },
	{ "fatal", 5, 3, "Fatal", false },
	{ "already-reported", 6, 3, "Fatal", false },
};

struct check {
	char name[160];
	const struct kind *kind;
	const struct severity *severity;
	enum disposition disposition;
	bool user;
	uint64_t effective;	/* 0: not given */
	uint64_t logical;
};

#define MAX_CHECKS 400

static struct check checks[MAX_CHECKS];
static size_t n_checks;

#define MAX_LINES 20

struct lines {
	char text[MAX_LINES][256];
	size_t n;
};

/*
 * The guest, and what Linux remembers: it prints the last address that a CPU
 * was given with kinds that could have one, and numbers its events.
 */
static struct {
	struct linux_guest linux_guest;
	int spinner;
	uint64_t page;
	uint64_t page_real;
	struct {
		uint64_t effective;
		uint64_t logical;
	} last[2];
	int event;
} guest;

static void add(struct lines *lines, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct lines *lines, const char *fmt, ...)
{
	va_list ap;

	assert_true(lines->n < MAX_LINES);
	va_start(ap, fmt);
	vsnprintf(lines->text[lines->n++], sizeof(lines->text[0]), fmt, ap);
	va_end(ap);
}

static bool is_ue(const struct check *c)
{
	return !strcmp(c->kind->type, "ue");
}

static bool is_recovered(const struct check *c)
{
	return c->disposition != NOT || c->kind->corrected;
}

/* --- what Linux must say */

static void remember(const struct check *c)
{
	if (!c->effective)
		return;
	guest.last[c->user].effective = c->effective;
	if (is_ue(c))
		guest.last[c->user].logical = c->logical;
}

/* An address that is where the error was found is not repeated. */
static void describe(const struct check *c, uint64_t nip, char *dar,
		     char *where)
{
	uint64_t effective = 0, logical = 0;

	if (c->kind->effective)
		effective = guest.last[c->user].effective;
	if (is_ue(c))
		logical = guest.last[c->user].logical;
	dar[0] = where[0] = '\0';
	if (effective && effective != nip) {
		dar += sprintf(dar, "DAR: %016" PRIx64 " ", effective);
		if (logical)
			sprintf(dar, "paddr: %016" PRIx64 " ", logical);
	} else if (logical) {
		sprintf(where, " paddr: %016" PRIx64, logical);
	}
}

/* As the kernel prints an address; asking takes the guest seconds. */
static const char *symbol(uint64_t nip)
{
	static struct {
		uint64_t nip;
		char text[128];
	} known[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known) && known[i].nip; i++)
		if (known[i].nip == nip)
			return known[i].text;
	assert_true(i < ARRAY_SIZE(known));
	linux_guest_tell(&guest.linux_guest, "symbol %" PRIx64, nip);
	snprintf(known[i].text, sizeof(known[i].text), "%s",
		 linux_guest_expect(&guest.linux_guest, "SYMBOL "));
	known[i].nip = nip;
	return known[i].text;
}

static void expect_event(const struct check *c, struct lines *lines)
{
	if (c->user && !(is_ue(c) && c->effective))
		return;
	add(lines, "KERNEL 7 RTAS: event: %d, Type: Platform Error (224), "
	    "Severity: %d", ++guest.event, c->severity->number);
}

static void expect_report(const struct check *c, uint64_t nip,
			  struct lines *lines)
{
	const struct severity *s = c->severity;
	int cpu = c->user;
	char dar[64], where[32];

	describe(c, nip, dar, where);
	add(lines, "KERNEL %d MCE: CPU%d: machine check (%s)  %s %s[%s]",
	    s->level, cpu, s->text, c->kind->text, dar,
	    is_recovered(c) ? "Recovered" : "Not recovered");
	if (c->user)
		add(lines, "KERNEL %d MCE: CPU%d: PID: %d Comm: mce-spinner "
		    "NIP: [%016" PRIx64 "]%s", s->level, cpu, guest.spinner,
		    nip, where);
	else
		add(lines, "KERNEL %d MCE: CPU%d: NIP: [%016" PRIx64 "] %s%s",
		    s->level, cpu, nip, symbol(nip), where);
	add(lines, "KERNEL %d MCE: CPU%d: Initiator CPU", s->level, cpu);
	add(lines, "KERNEL %d MCE: CPU%d: Unknown", s->level, cpu);
}

/* A report that is queued comes after the event, one at once before it. */
static void expect(const struct check *c, uint64_t nip, struct lines *lines)
{
	lines->n = 0;
	remember(c);
	if (c->disposition == LIMITED)
		add(lines, "KERNEL 3 MCE: limited recovery, system may be "
		    "degraded");
	if (!c->user)
		expect_event(c, lines);
	expect_report(c, nip, lines);
	if (c->user && !is_recovered(c))
		add(lines, "SIGBUS %d 4 %" PRIx64, guest.spinner, nip);
	if (c->user)
		expect_event(c, lines);
	if (is_ue(c) && c->effective && c->logical == NOWHERE)
		add(lines, "KERNEL 3 Memory failure: 0x%llx: memory outside "
		    "kernel control", NOWHERE >> PAGE_SHIFT);
}

/* --- what it says */

static bool matters(const char *line)
{
	static const char *const begins[] = {
		"MCE: ", "RTAS: event", "Memory failure: ", "Machine check",
		"Oops: ", "FWNMI: ", "mce-spinner[",
	};
	int at = 0;

	if (sscanf(line, "KERNEL %*d %n", &at) == EOF || !at)
		return strcmp(line, "SYNC") != 0;
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (!strncmp(line + at, begins[i], strlen(begins[i])))
			return true;
	return false;
}

/* All until the last of @wanted lines, and what comes with them. */
static void collect(struct lines *lines, size_t wanted)
{
	const char *line;

	lines->n = 0;
	while (lines->n < wanted &&
	       (line = linux_guest_line(&guest.linux_guest,
					GUEST_PATIENCE_MS)))
		if (matters(line))
			add(lines, "%s", line);
	linux_guest_tell(&guest.linux_guest, "sync");
	while ((line = linux_guest_line(&guest.linux_guest,
					GUEST_PATIENCE_MS)) &&
	       strcmp(line, "SYNC"))
		if (matters(line))
			add(lines, "%s", line);
}

/* The last address that is in brackets. */
static uint64_t nip_of(const struct lines *lines)
{
	const char *at;

	for (size_t i = lines->n; i > 0; i--) {
		at = strstr(lines->text[i - 1], "NIP: [");
		if (at)
			return strtoull(at + strlen("NIP: ["), NULL, 16);
	}
	return 0;
}

/* The kernel's order counts; a process runs beside it. */
static int by_origin(const void *a, const void *b)
{
	return strncmp(a, b, strlen("KERNEL"));
}

static void compare(struct lines *wanted, struct lines *seen)
{
	qsort(wanted->text, wanted->n, sizeof(wanted->text[0]), by_origin);
	qsort(seen->text, seen->n, sizeof(seen->text[0]), by_origin);
	for (size_t i = 0; i < wanted->n || i < seen->n; i++) {
		const char *w = i < wanted->n ? wanted->text[i] : "nothing";
		const char *s = i < seen->n ? seen->text[i] : "nothing";

		if (strcmp(w, s))
			fail_msg("line %zu\n# wanted: %s\n# is:     %s", i + 1,
				 w, s);
	}
}

/* --- one check */

static char *hex(uint64_t address)
{
	static char text[2][24];
	static unsigned int i;

	i = !i;
	snprintf(text[i], sizeof(text[i]), "0x%" PRIx64, address);
	return text[i];
}

static void inject(const struct check *c)
{
	json_t *args = json_pack("{s:s, s:s, s:s, s:i}", "type",
				 c->kind->type, "disposition",
				 dispositions[c->disposition].name, "severity",
				 c->severity->name, "cpu-index", (int)c->user);

	if (c->kind->subtype)
		json_object_set_new(args, "subtype",
				    json_string(c->kind->subtype));
	if (c->effective)
		json_object_set_new(args, "effective-address",
				    json_string(hex(c->effective)));
	if (c->logical)
		json_object_set_new(args, "logical-address",
				    json_string(hex(c->logical)));
	linux_guest_execute(&guest.linux_guest, "papr-inject", args);
}

static size_t lines_of(const struct check *c)
{
	bool ue = is_ue(c) && c->effective;

	return 4 + (c->disposition == LIMITED) + (!c->user || ue) + ue +
	       (c->user && !is_recovered(c));
}

static void check(void **state)
{
	const struct check *c = *state;
	struct lines wanted, seen;

	inject(c);
	collect(&seen, lines_of(c));
	expect(c, nip_of(&seen), &wanted);
	compare(&wanted, &seen);
}

/* --- all of them */

static void add_check(struct check c)
{
	assert_true(n_checks < MAX_CHECKS);
	snprintf(c.name, sizeof(c.name), "%s%s%s, %s, %s, in %s%s",
		 c.kind->type, c.kind->subtype ? " " : "",
		 c.kind->subtype ? c.kind->subtype : "",
		 dispositions[c.disposition].text, c.severity->name,
		 c.user ? "user mode" : "the kernel",
		 c.effective ? ", with an address" : "");
	checks[n_checks++] = c;
}

static void add_kind(const struct kind *kind, bool user, bool effective)
{
	struct check c = {
		.kind = kind,
		.severity = &severities[0],
		.user = user,
		.effective = effective ? EA : 0,
		.logical = effective && !strcmp(kind->type, "ue") ? NOWHERE :
			   0,
	};

	for (int i = 0; i < DISPOSITIONS; i++) {
		c.disposition = i;
		if (user || is_recovered(&c))
			add_check(c);
	}
}

static void make_checks(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		add_kind(&kinds[i], false, false);
		if (kinds[i].effective)
			add_kind(&kinds[i], false, true);
	}
}

static int start(void **state)
{
	struct linux_guest *g = &guest.linux_guest;
	const char *text;

	(void)state;
	linux_guest_start(g, "console=hvc0 loglevel=1 smt-enabled=off "
			  "papr.run=/mce-guest", "mce.err");
	linux_guest_expect(g, "READY");
	linux_guest_tell(g, "spin");
	guest.spinner = atoi(linux_guest_expect(g, "SPINNER "));
	text = linux_guest_expect(g, "PAGE ");
	assert_int_equal(sscanf(text, "%" SCNx64 " %" SCNx64, &guest.page,
				&guest.page_real), 2);
	return 0;
}

static void it_powers_off_afterwards(void **state)
{
	(void)state;
	linux_guest_tell(&guest.linux_guest, "power-off");
	assert_int_equal(linux_guest_wait(&guest.linux_guest), 0);
}

static int end(void **state)
{
	(void)state;
	linux_guest_end(&guest.linux_guest);
	return 0;
}

int main(void)
{
	static struct CMUnitTest tests[MAX_CHECKS + 1];
	size_t n = 0;

	make_checks();
	for (size_t i = 0; i < n_checks; i++)
		tests[n++] = (struct CMUnitTest){
			.name = checks[i].name,
			.test_func = check,
			.initial_state = &checks[i],
		};
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(
		it_powers_off_afterwards);
	return _cmocka_run_group_tests("mce", tests, n, start, end) ? 1 : 0;
}
