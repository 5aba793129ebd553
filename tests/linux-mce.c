/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spapr/util.h"
#include "tests/linux-mce.h"

#define PAGE_SHIFT 16	/* of Debian's kernel */

const struct kind kinds[] = {
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

const size_t n_kinds = ARRAY_SIZE(kinds);

static const struct {
	const char *name;	/* of papr-elog(1) */
	const char *text;	/* of a test */
} dispositions[] = {
	[FULLY] = { "fully-recovered", "recovered" },
	[LIMITED] = { "limited-recovery", "limited" },
	[NOT] = { "not-recovered", "not recovered" },
};

static const struct {
	const char *name;
	int number;
	int level;		/* of the kernel's messages */
	const char *text;
	bool sync;		/* the instruction interrupted is to blame */
} severities[] = {
	[ERROR_SYNC] = { "error-sync", 3, 3, "Severe", true },
	[NO_ERROR] = { "no-error", 0, 6, "Harmless", true },
	[EVENT] = { "event", 1, 4, "Warning", true },
	[WARNING] = { "warning", 2, 4, "Warning", true },
	[ERROR] = { "error", 4, 3, "Severe", false },
	[FATAL] = { "fatal", 5, 3, "Fatal", false },
	[ALREADY_REPORTED] = { "already-reported", 6, 3, "Fatal", false },
};

const struct kind *find_kind(const char *type, const char *subtype)
{
	for (size_t i = 0; i < n_kinds; i++)
		if (!strcmp(kinds[i].type, type) &&
		    (!subtype || !strcmp(kinds[i].subtype, subtype)))
			return &kinds[i];
	abort();
}

void name_check(struct check *c)
{
	snprintf(c->name, sizeof(c->name), "%s%s%s, %s, %s, in %s%s",
		 c->kind->type, c->kind->subtype ? " " : "",
		 c->kind->subtype ? c->kind->subtype : "",
		 severities[c->severity].name,
		 dispositions[c->disposition].text,
		 c->user ? "user mode" : "the kernel",
		 c->effective ? ", with an address" : "");
}

static void add_address(json_t *args, const char *key, uint64_t address)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	json_object_set_new(args, key, json_string(text));
}

json_t *check_args(const struct check *c)
{
	json_t *args = json_pack("{s:s, s:s, s:s, s:s, s:i}",
				 "type", c->kind->type,
				 "disposition",
				 dispositions[c->disposition].name,
				 "severity", severities[c->severity].name,
				 "context", c->user ? "user" : "kernel",
				 "cpu-index", c->cpu);

	if (c->kind->subtype)
		json_object_set_new(args, "subtype",
				    json_string(c->kind->subtype));
	if (c->effective)
		add_address(args, "effective-address", c->effective);
	if (c->logical && !c->walk)
		add_address(args, "logical-address", c->logical);
	return args;
}

/* --- what Linux must say */

static bool is_ue(const struct check *c)
{
	return !strcmp(c->kind->type, "ue");
}

bool is_recovered(const struct check *c)
{
	return c->disposition != NOT || c->kind->corrected;
}

bool is_signalled(const struct check *c)
{
	return c->user && !is_recovered(c) && severities[c->severity].sync;
}

void add_line(struct lines *lines, const char *fmt, ...)
{
	va_list ap;

	if (lines->n == MAX_LINES)
		lines->n--;	/* too many are wrong in any case */
	va_start(ap, fmt);
	vsnprintf(lines->text[lines->n++], sizeof(lines->text[0]), fmt, ap);
	va_end(ap);
}

static void remember(struct memory *m, const struct check *c)
{
	if (!c->effective)
		return;
	m->last[c->cpu].effective = c->effective;
	if (is_ue(c))
		m->last[c->cpu].logical = c->logical;
}

/* An address that is where the error was found is not repeated. */
static void describe(const struct memory *m, const struct check *c,
		     uint64_t nip, char *dar, char *where)
{
	uint64_t effective = 0, logical = 0;

	if (c->kind->effective)
		effective = m->last[c->cpu].effective;
	if (is_ue(c))
		logical = m->last[c->cpu].logical;
	dar[0] = where[0] = '\0';
	if (effective && effective != nip) {
		dar += sprintf(dar, "DAR: %016" PRIx64 " ", effective);
		if (logical)
			sprintf(dar, "paddr: %016" PRIx64 " ", logical);
	} else if (logical) {
		sprintf(where, " paddr: %016" PRIx64, logical);
	}
}

static void expect_report(const struct memory *m, const struct check *c,
			  uint64_t nip, const char *symbol,
			  struct lines *lines)
{
	int level = severities[c->severity].level;
	char dar[64], where[32];

	describe(m, c, nip, dar, where);
	add_line(lines, "KERNEL %d MCE: CPU%d: machine check (%s)  %s %s[%s]",
		 level, c->cpu, severities[c->severity].text, c->kind->text,
		 dar, is_recovered(c) ? "Recovered" : "Not recovered");
	if (c->user)
		add_line(lines, "KERNEL %d MCE: CPU%d: PID: %d Comm: "
			 "mce-spinner NIP: [%016" PRIx64 "]%s", level, c->cpu,
			 m->spinner, nip, where);
	else
		add_line(lines, "KERNEL %d MCE: CPU%d: NIP: [%016" PRIx64 "] "
			 "%s%s", level, c->cpu, nip, symbol, where);
	add_line(lines, "KERNEL %d MCE: CPU%d: Initiator CPU", level, c->cpu);
	add_line(lines, "KERNEL %d MCE: CPU%d: Unknown", level, c->cpu);
}

static void expect_event(struct memory *m, const struct check *c,
			 struct lines *lines)
{
	add_line(lines, "KERNEL 7 RTAS: event: %d, Type: Platform Error (224), "
		 "Severity: %d", ++m->event, severities[c->severity].number);
}

/* The process is killed, unless it was to blame and catches the signal. */
static void expect_death(struct memory *m, const struct check *c, uint64_t nip,
			 struct lines *lines)
{
	if (is_signalled(c) && m->catches) {
		add_line(lines, "SIGBUS %d 4 %" PRIx64, m->spinner, nip);
		return;
	}
	if (is_signalled(c)) {
		add_line(lines, "KERNEL 6 mce-spinner[%d]: bus error (7) at %"
			 PRIx64 " nip %" PRIx64 " lr * code 4 in mce-guest["
			 "10000000+*]", m->spinner, nip, nip);
		add_line(lines, "KERNEL 6 mce-spinner[%d]: code: *",
			 m->spinner);
		add_line(lines, "KERNEL 6 mce-spinner[%d]: code: *",
			 m->spinner);
	} else {
		if (c->severity >= FATAL)
			add_line(lines, "KERNEL 3 Machine check interrupt is "
				 "fatal");
		add_line(lines, "KERNEL 4 Oops: Machine check, sig: 7 [#%d]",
			 ++m->oops);
	}
	if (c->user)
		add_line(lines, "DEAD %d 7", m->spinner);
}

/* A report that is queued comes after the event, one at once before it. */
void expect(struct memory *m, const struct check *c, uint64_t nip,
	    const char *symbol, struct lines *lines)
{
	bool poison = is_ue(c) && c->effective;
	bool queued = !c->user && is_recovered(c);

	remember(m, c);
	if (c->disposition == LIMITED)
		add_line(lines, "KERNEL 3 MCE: limited recovery, system may "
			 "be degraded");
	if (queued)
		expect_event(m, c, lines);
	expect_report(m, c, nip, symbol, lines);
	if (!is_recovered(c))
		expect_death(m, c, nip, lines);
	if (!queued && poison)
		expect_event(m, c, lines);
	if (poison && c->logical == NOWHERE)
		add_line(lines, "KERNEL 3 Memory failure: 0x%llx: memory "
			 "outside kernel control", NOWHERE >> PAGE_SHIFT);
}

/* --- what it says */

static bool matches(const char *pattern, const char *text)
{
	if (*pattern == '*')
		return matches(pattern + 1, text) ||
		       (*text && matches(pattern, text + 1));
	return *pattern == *text && (!*text || matches(pattern + 1, text + 1));
}

static bool is_kernel(const char *line)
{
	return !strncmp(line, "KERNEL ", strlen("KERNEL "));
}

/* The kernel's lines first; what is kept has its order. */
static void sort(struct lines *lines)
{
	struct lines sorted = { .n = 0 };

	for (size_t i = 0; i < lines->n; i++)
		if (is_kernel(lines->text[i]))
			strcpy(sorted.text[sorted.n++], lines->text[i]);
	for (size_t i = 0; i < lines->n; i++)
		if (!is_kernel(lines->text[i]))
			strcpy(sorted.text[sorted.n++], lines->text[i]);
	*lines = sorted;
}

int compare(struct lines *wanted, struct lines *seen)
{
	size_t i;

	sort(wanted);
	sort(seen);
	for (i = 0; i < wanted->n && i < seen->n; i++)
		if (!matches(wanted->text[i], seen->text[i]))
			return i;
	return wanted->n == seen->n ? -1 : (int)i;
}
