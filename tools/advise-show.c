/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/advise.h"

static const char *better(const struct advised *a)
{
	return a->advice == ADVICE_KERNEL ? "kernel" : "user";
}

static bool moves(const struct advised *a)
{
	return a->advice == ADVICE_KERNEL || a->advice == ADVICE_USER;
}

static const struct advise_call *recorded(const struct plan *plan,
					  const struct advised *a)
{
	return &plan->recording->call[a->call->index];
}

/* Of the time of all virtual processors; below 0 if it is not known. */
static double share(const struct plan *plan, int64_t gain_ns)
{
	const struct recording *r = plan->recording;

	if (!r->elapsed_ns || !r->cpus)
		return -1;
	return 100.0 * gain_ns / r->elapsed_ns / r->cpus;
}

/* --- tables */

static void print_gain(FILE *to, const struct plan *plan, int64_t gain_ns,
		       bool known)
{
	double of_run = share(plan, gain_ns);

	if (!known)
		fprintf(to, " %12s %7s", "?", "?");
	else if (of_run < 0)
		fprintf(to, " %12.1f %7s", gain_ns / 1e3, "?");
	else
		fprintf(to, " %12.1f %5.1f %%", gain_ns / 1e3, of_run);
}

static void print_move(FILE *to, const struct plan *plan,
		       const struct advised *a)
{
	fprintf(to, "%-24s %10" PRIu64 " %-11s %-6s", a->call->name, a->count,
		papr_effective_name(recorded(plan, a)->effective), better(a));
	print_gain(to, plan, a->gain_ns, a->known);
	fprintf(to, "  %s", a->why);
	if (a->shares)
		fprintf(to, "; all calls of %s move together", a->shares);
	fputc('\n', to);
}

static void print_sum(FILE *to, const struct plan *plan)
{
	uint64_t fewer = 0, more = 0;
	int64_t gain_ns = 0;
	bool known = false;
	const struct advised *a;

	for (a = plan->call; a < plan->call + plan->n; a++) {
		if (!moves(a))
			continue;
		*(a->advice == ADVICE_KERNEL ? &fewer : &more) += a->count;
		gain_ns += a->gain_ns;
		known |= a->known;
	}
	fprintf(to, "%-24s %10" PRIu64 " %-18s", "together", fewer + more, "");
	print_gain(to, plan, gain_ns, known);
	fprintf(to, "  %" PRIu64 " calls fewer leave the guest", fewer);
	if (more)
		fprintf(to, ", %" PRIu64 " more", more);
	fputc('\n', to);
}

static void print_moves(FILE *to, const struct plan *plan)
{
	const struct advised *a;
	size_t n = 0;

	for (a = plan->call; a < plan->call + plan->n; a++) {
		if (!moves(a) || !a->count)
			continue;
		if (!n++)
			fprintf(to, "%-24s %10s %-11s %-6s %12s %7s  why\n",
				"hypercall", "count", "now", "better",
				"gain in us", "of run");
		print_move(to, plan, a);
	}
	if (n)
		print_sum(to, plan);
	else
		fputs("nothing is to be gained: no call has a better place "
		      "that is known\n", to);
}

static void print_left(FILE *to, const struct plan *plan)
{
	const struct advised *a;
	bool head = false;

	for (a = plan->call; a < plan->call + plan->n; a++) {
		if (a->advice != ADVICE_LEAVE &&
		    !(a->advice == ADVICE_STAY && *a->why))
			continue;
		if (!head)
			fputs("\nnot to be moved:\n", to);
		head = true;
		fprintf(to, "%-24s %10" PRIu64 " %-11s %s", a->call->name,
			a->count,
			papr_effective_name(recorded(plan, a)->effective),
			a->why);
		if (a->shares)
			fprintf(to, " (%s)", a->shares);
		fputc('\n', to);
	}
}

static void print_stay(FILE *to, const struct plan *plan)
{
	const struct advised *a;
	uint64_t calls = 0;
	size_t n = 0;

	for (a = plan->call; a < plan->call + plan->n; a++) {
		if (a->advice != ADVICE_STAY || *a->why)
			continue;
		calls += a->count;
		n++;
	}
	if (n)
		fprintf(to, "\nhypercalls that stay in userspace, as the "
			"kernel does not know them: %zu, called %" PRIu64
			" times\n", n, calls);
}

static size_t not_counted(const struct plan *plan)
{
	const struct advise_call *c = plan->recording->call;
	size_t n = 0;

	for (size_t i = 0; i < plan->n; i++, c++)
		n += c->seen && !c->kernel_known &&
			(c->effective == PAPR_EFFECTIVE_KERNEL ||
			 c->effective == PAPR_EFFECTIVE_KERNEL_USER);
	return n;
}

/* Whether some, or with @all all, moves have the recording's own times. */
static bool uses_recording(const struct plan *plan, bool all)
{
	const struct advised *a;
	size_t n = 0, timed = 0;

	for (a = plan->call; a < plan->call + plan->n; a++) {
		n += moves(a) && a->count;
		timed += moves(a) && a->count && a->user_recorded;
	}
	return all ? timed == n : timed;
}

/* What the gains are made of. */
static const char *sources(const struct plan *plan)
{
	if (!plan_count(plan, ADVICE_KERNEL) && !plan_count(plan, ADVICE_USER))
		return NULL;
	if (!plan->costs)
		return uses_recording(plan, false) ?
			"answers in userspace alone, from the recording; "
			"--costs adds the way out of the guest and back" :
			"not known: the run had no --timing, and there are no "
			"--costs";
	if (uses_recording(plan, true))
		return "answers in userspace from the recording, all else "
			"from the costs";
	return uses_recording(plan, false) ?
		"answers in userspace from the recording where it has them, "
		"all else from the costs" : "from the costs";
}

void plan_text(FILE *to, const struct plan *plan)
{
	size_t missing = not_counted(plan);
	const char *from = sources(plan);

	print_moves(to, plan);
	print_left(to, plan);
	print_stay(to, plan);
	if (missing)
		fprintf(to, "\nhypercalls that the kernel answers and that "
			"were not counted: %zu\n", missing);
	if (from)
		fprintf(to, "\ngains: %s\n", from);
}

/* --- JSON */

static json_t *advised_json(const struct plan *plan, const struct advised *a)
{
	json_t *row = json_pack("{s:s, s:I, s:s, s:s}",
		"name", a->call->name, "count", (json_int_t)a->count,
		"now", papr_effective_name(recorded(plan, a)->effective),
		"why", a->why);

	if (a->shares)
		json_object_set_new(row, "shares", json_string(a->shares));
	if (!moves(a))
		return row;
	json_object_set_new(row, "better", json_string(better(a)));
	json_object_set_new(row, "at-most", json_boolean(a->at_most));
	json_object_set_new(row, "gain-ns", a->known ?
			    json_integer(a->gain_ns) : json_null());
	json_object_set_new(row, "percent", a->known &&
			    share(plan, a->gain_ns) >= 0 ?
			    json_real(share(plan, a->gain_ns)) : json_null());
	json_object_set_new(row, "user-time", json_string(
		a->user_recorded ? "recording" : plan->costs ? "costs" :
		"unknown"));
	return row;
}

json_t *plan_json(const struct plan *plan)
{
	json_t *move = json_array(), *leave = json_array();
	const char *from = sources(plan);
	const struct advised *a;

	for (a = plan->call; a < plan->call + plan->n; a++) {
		if (moves(a))
			json_array_append_new(move, advised_json(plan, a));
		else if (a->advice != ADVICE_NONE)
			json_array_append_new(leave, advised_json(plan, a));
	}
	return json_pack("{s:s, s:s, s:o, s:o}", "host", plan->host->name,
			 "gains", from ? from : "none", "move", move, "leave",
			 leave);
}

/* --- a policy */

static enum papr_route next_route(const struct plan *plan, size_t index)
{
	const struct advised *a = plan->call;

	while (a->call->index != index)
		a++;
	if (a->advice == ADVICE_KERNEL)
		return PAPR_ROUTE_KERNEL;
	if (a->advice == ADVICE_USER)
		return PAPR_ROUTE_USER;
	return plan->recording->call[index].requested;
}

static char *policy_text(const struct plan *plan, bool force)
{
	char *text = NULL;
	size_t len, n = 0;
	FILE *to = open_memstream(&text, &len);
	enum papr_route route;

	if (!to)
		return NULL;
	fprintf(to, "# By papr advise, for the host %s.  A recording does not "
		"have\n# routes of RTAS calls, faults and log: add them.\n%s",
		plan->host->name, force ? "force: true\n" : "");
	for (size_t i = 0; i < plan->n; i++) {
		route = next_route(plan, i);
		if (route == PAPR_ROUTE_KERNEL)
			continue;
		fprintf(to, "%s  %s: %s\n", n++ ? "" : "hcalls:\n",
			papr_hcall_at(i)->name, papr_route_name(route));
	}
	if (!n)
		fputs("default: kernel\n", to);
	if (!fclose(to))
		return text;
	free(text);
	return NULL;
}

/* Whether the host would refuse it as what it is. */
static bool is_torn(const struct plan *plan, const char *text)
{
	struct papr_route_report *report;
	struct papr_policy *policy;
	bool torn = false;

	report = calloc(plan->n, sizeof(*report));
	if (report && !papr_policy_parse(text, strlen(text), "policy", &policy,
					 NULL)) {
		torn = papr_route_predict(policy, plan->host, report, NULL) ==
			-EINVAL;
		papr_policy_free(policy);
	}
	free(report);
	return torn;
}

char *plan_policy(const struct plan *plan)
{
	char *text = policy_text(plan, false);

	/* Only one that was recorded can be: its run was forced. */
	if (!text || !is_torn(plan, text))
		return text;
	free(text);
	return policy_text(plan, true);
}
