/* SPDX-License-Identifier: BSD-2-Clause */
/* A sweep in text: the bar while it runs, and its sums. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "tools/sweep.h"
#include "vmm/util.h"

#define BAR 30

void sweep_row_name(const struct sweep_injection *in, char *name, size_t len)
{
	if (in->at_pc)
		snprintf(name, len, "0x%016" PRIx64, in->pc);
	else
		snprintf(name, len, "%s %s", sweep_kinds[in->kind].name,
			 sweep_dispositions[in->disposition]);
}

void sweep_count(const struct sweep *s, struct sweep_sums *sums)
{
	*sums = (struct sweep_sums){ 0 };
	for (size_t i = s->from; i < s->to; i++) {
		sums->outcomes[s->verdicts[i].outcome]++;
		sums->delivered += s->verdicts[i].delivered;
		sums->unexpected += s->verdicts[i].outcome != SWEEP_NOT_DONE &&
				    !s->verdicts[i].expected;
	}
}

bool sweep_is_good(const struct sweep *s)
{
	struct sweep_sums sums;

	sweep_count(s, &sums);
	return sums.delivered && !sums.unexpected &&
	       !sums.outcomes[SWEEP_NOT_DONE];
}

/* --- the bar */

static void put_time(FILE *f, uint64_t seconds)
{
	fprintf(f, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, seconds / 3600,
		seconds / 60 % 60, seconds % 60);
}

static void put_sums(const struct sweep *s, FILE *f)
{
	struct sweep_sums sums;

	sweep_count(s, &sums);
	for (int i = SWEEP_SURVIVED; i < SWEEP_OUTCOMES; i++)
		if (sums.outcomes[i])
			fprintf(f, ", %zu %s", sums.outcomes[i],
				sweep_outcomes[i].name);
	if (sums.unexpected)
		fprintf(f, ", %zu unexpected", sums.unexpected);
}

void sweep_show_progress(const struct sweep *s, size_t done,
			 uint64_t elapsed_ms, bool terminal, FILE *f)
{
	size_t all = s->to - s->from, filled = done * BAR / all, i;

	if (terminal) {
		fputs("\r[", f);
		for (i = 0; i < BAR; i++)
			fputc(i < filled ? '#' : '.', f);
		fputs("] ", f);
	} else {
		fputs("papr sweep: ", f);
	}
	fprintf(f, "%zu/%zu", done, all);
	if (done && elapsed_ms) {
		fprintf(f, ", %.1f/s, ", done * 1000.0 / elapsed_ms);
		put_time(f, elapsed_ms * (all - done) / done / 1000);
		fputs(" left", f);
	}
	put_sums(s, f);
	fputs(terminal ? "\033[K" : "\n", f);
	fflush(f);
}

/* --- the results */

void sweep_show_one(const struct sweep *s, size_t i, FILE *f)
{
	const struct sweep_injection *in = &s->plan[i];
	const struct sweep_verdict *v = &s->verdicts[i];

	fprintf(f, "%zu %s %s %s cpu %u", i, sweep_kinds[in->kind].name,
		sweep_dispositions[in->disposition],
		sweep_contexts[in->context], in->cpu);
	if (in->at_pc)
		fprintf(f, " at 0x%" PRIx64, in->pc);
	fprintf(f, ": %s%s%s", sweep_outcomes[v->outcome].name,
		v->expected ? "" : " (unexpected)", v->text[0] ? ": " : "");
	/* The guest's words could be meant for the terminal. */
	for (const char *c = v->text; *c; c++)
		fputc(*c < ' ' || *c > '~' ? '?' : *c, f);
	fputc('\n', f);
}

static void put_row(const char *name, const struct sweep_sums *row,
		    const struct sweep_sums *all, FILE *f)
{
	fprintf(f, "%-24s", name);
	for (int i = 0; i < SWEEP_OUTCOMES; i++)
		if (all->outcomes[i])
			fprintf(f, " %*zu", (int)strlen(sweep_outcomes[i].name),
				row->outcomes[i]);
	fprintf(f, " %10zu\n", row->unexpected);
}

static void put_kind(const struct sweep *s, uint8_t kind,
		     const struct sweep_sums *all, FILE *f)
{
	struct sweep_sums row = { 0 };
	bool used = false;

	for (size_t i = s->from; i < s->to; i++) {
		if (s->plan[i].kind != kind)
			continue;
		used = true;
		row.outcomes[s->verdicts[i].outcome]++;
		row.unexpected += s->verdicts[i].outcome != SWEEP_NOT_DONE &&
				  !s->verdicts[i].expected;
	}
	if (used)
		put_row(sweep_kinds[kind].name, &row, all, f);
}

void sweep_show_summary(const struct sweep *s, FILE *f)
{
	struct sweep_sums all;

	sweep_count(s, &all);
	fprintf(f, "%-24s", "kind");
	for (int i = 0; i < SWEEP_OUTCOMES; i++)
		if (all.outcomes[i])
			fprintf(f, " %s", sweep_outcomes[i].name);
	fputs(" unexpected\n", f);
	for (uint8_t kind = 0; kind < SWEEP_KINDS; kind++)
		put_kind(s, kind, &all, f);
	put_row("all", &all, &all, f);
	fprintf(f, "seed 0x%" PRIx64 ", %u restarts\n", s->seed, s->restarts);
}
