/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outcome matrix as a page: a row for each kind and disposition, or each
 * address; a column for each context and vCPU.  A cell has a strip of colour
 * for each outcome in it, and its letter and count.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sweep.h"
#include "vmm/util.h"

#define CELL_H 24
#define CHAR_W 8		/* of 13 pixels monospace, and a little more */
#define HEAD_H 48
#define MAX_COLUMNS (SWEEP_CONTEXTS * PAPR_MAX_VCPUS)
#define TOOLTIP_LINES 12

/* @order: injections by row, column and number; @x: -1 for no column */
struct page {
	const struct sweep *sweep;
	FILE *f;
	size_t *order;
	size_t n;
	int x[MAX_COLUMNS];
	int columns;
	int cell_w;
	int label_w;
	size_t rows;
};

/* A cell's injections: order[from] to order[to - 1]. */
struct cell {
	size_t from, to;
	size_t outcomes[SWEEP_OUTCOMES];
	bool unexpected;
};

/* What comes from the guest or the user is text, never markup. */
static void put_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc(*text < ' ' || *text > '~' ? '?' : *text, f);
		}
	}
}

/* --- what is where */

static uint64_t row_of(const struct sweep_injection *in)
{
	return in->at_pc ? in->pc :
	       (uint64_t)in->kind * SWEEP_DISPOSITIONS + in->disposition;
}

static unsigned int column_of(const struct sweep_injection *in)
{
	return in->context * PAPR_MAX_VCPUS + in->cpu;
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct sweep_injection *plan = arg;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	uint64_t row_i = row_of(&plan[i]), row_j = row_of(&plan[j]);
	unsigned int column_i = column_of(&plan[i]);
	unsigned int column_j = column_of(&plan[j]);

	if (row_i != row_j)
		return row_i < row_j ? -1 : 1;
	if (column_i != column_j)
		return column_i < column_j ? -1 : 1;
	return i < j ? -1 : i > j;
}

static const struct sweep_injection *injection_at(const struct page *p,
						  size_t at)
{
	return &p->sweep->plan[p->order[at]];
}

/* The cell that begins at order[@from]. */
static struct cell cell_at(const struct page *p, size_t from)
{
	const struct sweep_injection *first = injection_at(p, from), *in;
	const struct sweep_verdict *v;
	struct cell cell = { .from = from, .to = from };

	for (; cell.to < p->n; cell.to++) {
		in = injection_at(p, cell.to);
		if (row_of(in) != row_of(first) ||
		    column_of(in) != column_of(first))
			break;
		v = &p->sweep->verdicts[p->order[cell.to]];
		cell.outcomes[v->outcome]++;
		cell.unexpected |= v->outcome != SWEEP_NOT_DONE &&
				   !v->expected;
	}
	return cell;
}

/* "S12 B3"; a letter alone where there is but one. */
static void cell_text(const struct cell *cell, char *text, size_t len)
{
	size_t at = 0;

	text[0] = '\0';
	for (int i = 0; i < SWEEP_OUTCOMES; i++) {
		if (!cell->outcomes[i] || at >= len)
			continue;
		at += snprintf(text + at, len - at, "%s%c", at ? " " : "",
			       sweep_outcomes[i].letter);
		if (cell->to - cell->from > 1 && at < len)
			at += snprintf(text + at, len - at, "%zu",
				       cell->outcomes[i]);
	}
	if (cell->unexpected && at < len)
		snprintf(text + at, len - at, "!");
}

static void measure(struct page *p)
{
	char text[120];
	struct cell cell;
	size_t at;
	int width;

	for (at = 0; at < p->n; at = cell.to) {
		cell = cell_at(p, at);
		cell_text(&cell, text, sizeof(text));
		width = (strlen(text) + 2) * CHAR_W;
		if (width > p->cell_w)
			p->cell_w = width;
		sweep_row_name(injection_at(p, at), text, sizeof(text));
		width = (strlen(text) + 1) * CHAR_W;
		if (width > p->label_w)
			p->label_w = width;
		p->x[column_of(injection_at(p, at))] = 0;
		if (!at || row_of(injection_at(p, at)) !=
			   row_of(injection_at(p, at - 1)))
			p->rows++;
	}
	for (at = 0; at < MAX_COLUMNS; at++)
		if (!p->x[at])
			p->x[at] = p->columns++;
}

/* --- the picture */

static void put_tooltip(const struct page *p, const struct cell *cell)
{
	char name[64];
	size_t at;

	sweep_row_name(injection_at(p, cell->from), name, sizeof(name));
	fputs("<title>", p->f);
	put_text(p->f, name);
	for (at = cell->from; at < cell->to; at++) {
		const struct sweep_verdict *v =
			&p->sweep->verdicts[p->order[at]];

		if (at - cell->from == TOOLTIP_LINES) {
			fprintf(p->f, "\nand %zu more", cell->to - at);
			break;
		}
		fprintf(p->f, "\n#%zu %s%s ", p->order[at],
			sweep_outcomes[v->outcome].name,
			v->expected ? "" : ", unexpected");
		put_text(p->f, v->text);
	}
	fputs("</title>", p->f);
}

static void put_strips(const struct page *p, const struct cell *cell, int x,
		       size_t y)
{
	size_t all = cell->to - cell->from, before = 0;
	double unit = (double)(p->cell_w - 4) / all;

	for (int i = 0; i < SWEEP_OUTCOMES; i++) {
		if (!cell->outcomes[i])
			continue;
		fprintf(p->f, "<rect x=\"%.2f\" y=\"%zu\" width=\"%.2f\" "
			"height=\"%d\" fill=\"%s\"/>", x + 2 + before * unit,
			y + 2, cell->outcomes[i] * unit, CELL_H - 4,
			sweep_outcomes[i].colour);
		before += cell->outcomes[i];
	}
}

static void put_cell(const struct page *p, const struct cell *cell, size_t y)
{
	int column = p->x[column_of(injection_at(p, cell->from))];
	int x = p->label_w + column * p->cell_w;
	char text[120];

	fputs("<g>", p->f);
	put_tooltip(p, cell);
	put_strips(p, cell, x, y);
	fprintf(p->f, "<rect x=\"%d\" y=\"%zu\" width=\"%d\" height=\"%d\" "
		"class=\"%s\"/>", x + 2, y + 2, p->cell_w - 4, CELL_H - 4,
		cell->unexpected ? "bad" : "good");
	cell_text(cell, text, sizeof(text));
	fprintf(p->f, "<text x=\"%d\" y=\"%zu\" text-anchor=\"middle\">%s"
		"</text></g>\n", x + p->cell_w / 2, y + CELL_H - 7, text);
}

static void put_columns(const struct page *p)
{
	int x, before = -1;

	for (int i = 0; i < MAX_COLUMNS; i++) {
		if (p->x[i] < 0)
			continue;
		x = p->label_w + p->x[i] * p->cell_w;
		if (i / PAPR_MAX_VCPUS != before)
			fprintf(p->f, "<text x=\"%d\" y=\"16\" "
				"class=\"head\">%s</text>\n", x + 2,
				sweep_contexts[i / PAPR_MAX_VCPUS]);
		before = i / PAPR_MAX_VCPUS;
		fprintf(p->f, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">"
			"cpu%d</text>\n", x + p->cell_w / 2, HEAD_H - 10,
			i % PAPR_MAX_VCPUS);
	}
}

static void put_matrix(const struct page *p)
{
	size_t at, y = HEAD_H - CELL_H;
	uint64_t row = 0;
	char name[64];
	struct cell cell;

	fprintf(p->f, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
		"width=\"%d\" height=\"%zu\"><title>Outcomes</title>"
		"<style>text{font:13px monospace}.head{font-weight:bold}"
		".good,.bad{fill:none;stroke:#444}"
		".bad{stroke:#c00000;stroke-width:3}</style>\n",
		p->label_w + p->columns * p->cell_w + 4,
		HEAD_H + p->rows * CELL_H + 4);
	put_columns(p);
	for (at = 0; at < p->n; at = cell.to) {
		cell = cell_at(p, at);
		if (!at || row_of(injection_at(p, at)) != row) {
			row = row_of(injection_at(p, at));
			y += CELL_H;
			sweep_row_name(injection_at(p, at), name,
				       sizeof(name));
			fprintf(p->f, "<text x=\"0\" y=\"%zu\">%s</text>\n",
				y + CELL_H - 7, name);
		}
		put_cell(p, &cell, y);
	}
	fputs("</svg>\n", p->f);
}

/* --- around it */

static void put_legend(const struct page *p)
{
	struct sweep_sums sums;

	sweep_count(p->sweep, &sums);
	fputs("<table>\n", p->f);
	for (int i = 0; i < SWEEP_OUTCOMES; i++)
		if (sums.outcomes[i])
			fprintf(p->f, "<tr><td class=\"key\" "
				"style=\"background:%s\">%c</td><td>%zu</td>"
				"<td>%s</td><td>%s</td></tr>\n",
				sweep_outcomes[i].colour,
				sweep_outcomes[i].letter, sums.outcomes[i],
				sweep_outcomes[i].name,
				sweep_outcomes[i].meaning);
	fprintf(p->f, "<tr><td class=\"key wrong\">!</td><td>%zu</td>"
		"<td>unexpected</td><td>not what Linux does with such an "
		"error</td></tr>\n</table>\n", sums.unexpected);
}

static void put_head(const struct page *p)
{
	const struct sweep *s = p->sweep;

	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head>"
	      "<meta charset=\"utf-8\"><title>papr sweep</title>\n<style>"
	      "body{font:15px sans-serif;margin:2em;max-width:70em}"
	      "table{border-collapse:collapse;margin:1em 0}"
	      "td,th{padding:2px 10px;text-align:left;vertical-align:top}"
	      ".list td,.list th{border-bottom:1px solid #ccc;"
	      "font:13px monospace}"
	      ".key{border:1px solid #444;text-align:center;"
	      "font-family:monospace}"
	      ".wrong{border:3px solid #c00000}"
	      "code{background:#f0f0f0;padding:1px 4px}"
	      ".scroll{overflow-x:auto}"
	      "</style></head><body>\n<h1>papr sweep</h1>\n", p->f);
	fprintf(p->f, "<p>%zu machine checks, seed <code>0x%" PRIx64
		"</code>, the guest was started again %u times.</p>\n"
		"<p><code>papr run", p->n, s->seed, s->restarts);
	for (size_t i = 0; s->run && s->run[i]; i++) {
		fputc(' ', p->f);
		put_text(p->f, s->run[i]);
	}
	fputs("</code></p>\n", p->f);
}

static void put_list(const struct page *p)
{
	const struct sweep *s = p->sweep;

	fputs("<details><summary>Every injection</summary>\n"
	      "<table class=\"list\"><tr><th>#<th>kind<th>disposition"
	      "<th>context<th>cpu<th>outcome<th>pc<th>said</tr>\n", p->f);
	for (size_t i = s->from; i < s->to; i++) {
		const struct sweep_injection *in = &s->plan[i];
		const struct sweep_verdict *v = &s->verdicts[i];

		fprintf(p->f, "<tr><td>%zu<td>%s<td>%s<td>%s<td>%u"
			"<td>%s%s<td>", i, sweep_kinds[in->kind].name,
			sweep_dispositions[in->disposition],
			sweep_contexts[in->context], in->cpu,
			sweep_outcomes[v->outcome].name,
			v->expected ? "" : " !");
		if (v->delivered)
			fprintf(p->f, "%" PRIx64, v->pc);
		fputs("<td>", p->f);
		put_text(p->f, v->text);
		fputs("</tr>\n", p->f);
	}
	fputs("</table></details>\n", p->f);
}

int sweep_html(const struct sweep *s, FILE *f)
{
	struct page p = { .sweep = s, .f = f, .n = s->to - s->from,
			  .cell_w = 6 * CHAR_W };
	size_t i;

	p.order = malloc(p.n * sizeof(*p.order));
	if (!p.order)
		return -ENOMEM;
	for (i = 0; i < p.n; i++)
		p.order[i] = s->from + i;
	qsort_r(p.order, p.n, sizeof(*p.order), compare, s->plan);
	memset(p.x, 0xff, sizeof(p.x));
	measure(&p);
	put_head(&p);
	put_legend(&p);
	fputs("<div class=\"scroll\">\n", f);
	put_matrix(&p);
	fputs("</div>\n", f);
	put_list(&p);
	fputs("</body></html>\n", f);
	free(p.order);
	return ferror(f) ? -EIO : 0;
}
