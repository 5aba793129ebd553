/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of an injection: from what the guest and its VMM say. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sweep.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

#define MSR_PR UINT64_C(0x4000)

/*
 * Heartbeats after the line.  The first may have begun before; for the second
 * every worker of the load has done something, or was ended and reported.
 */
#define ENOUGH_BEATS 2

const struct sweep_outcome_info sweep_outcomes[SWEEP_OUTCOMES] = {
	[SWEEP_NOT_DONE] = { "not-done", '-', "#ffffff",
		"the sweep ended before" },
	[SWEEP_SURVIVED] = { "survived", 'S', "#5fbf9f",
		"logged, and everything goes on" },
	[SWEEP_SIGNAL] = { "signal", 'B', "#8fc8f0",
		"logged, a process was ended by a signal" },
	[SWEEP_OOPS] = { "oops", 'O', "#f0b040",
		"an oops, and the guest goes on" },
	[SWEEP_PANIC] = { "panic", 'P', "#e07850", "the guest panicked" },
	[SWEEP_CHECKSTOP] = { "checkstop", 'C', "#d090b8",
		"the partition was ended: the guest could not be told" },
	[SWEEP_ENDED] = { "ended", 'E', "#a098d8",
		"the guest powered off, rebooted or got stuck" },
	[SWEEP_HANG] = { "hang", 'H', "#707070",
		"the guest did nothing any more" },
	[SWEEP_SILENT] = { "silent", 'Q', "#f5ea70",
		"delivered, but not logged as what it was" },
	[SWEEP_NOT_DELIVERED] = { "not-delivered", 'N', "#d8d8d8",
		"the guest did not come to where it can take it" },
};

/* --- lines of the console */

struct sweep_patterns {
	regex_t alive;
	regex_t signal;
};

static int compile(regex_t *regex, const char *option, const char *pattern,
		   struct papr_error *error)
{
	char why[160];
	int r = regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB);

	if (!r)
		return 0;
	regerror(r, regex, why, sizeof(why));
	return refuse(error, -EINVAL, "%s '%.100s': %s", option, pattern, why);
}

int sweep_patterns_new(const char *alive, const char *signal,
		       struct sweep_patterns **patterns,
		       struct papr_error *error)
{
	struct sweep_patterns *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return refuse(error, -ENOMEM, "no memory");
	ret = compile(&p->alive, "--alive", alive, error);
	if (ret) {
		free(p);
		return ret;
	}
	ret = compile(&p->signal, "--signal", signal, error);
	if (ret) {
		regfree(&p->alive);
		free(p);
		return ret;
	}
	*patterns = p;
	return 0;
}

void sweep_patterns_free(struct sweep_patterns *p)
{
	if (!p)
		return;
	regfree(&p->alive);
	regfree(&p->signal);
	free(p);
}

bool sweep_is_alive(const struct sweep_patterns *p, const char *line)
{
	return !regexec(&p->alive, line, 0, NULL, 0);
}

static void keep_text(struct sweep_watch *w, const char *text)
{
	snprintf(w->v.text, sizeof(w->v.text), "%s", text);
}

/*
 * "MCE: CPU1: machine check (Severe)  SLB Multihit DAR: ... [Recovered]": is
 * it the one that was sent?  What was injected before says another address.
 */
static bool is_ours(const struct sweep_watch *w, const char *said)
{
	const struct sweep_injection *in = w->injection;
	const struct sweep_kind *kind = &sweep_kinds[in->kind];
	char wanted[160];
	size_t len;

	len = snprintf(wanted, sizeof(wanted), "  %s ", kind->printed);
	if (kind->has_address)
		len += snprintf(wanted + len, sizeof(wanted) - len,
				"DAR: %016" PRIx64 " ",
				sweep_address(w->index));
	said = strstr(said, "  ");
	return said && !strncmp(said, wanted, len);
}

static void take_log_line(struct sweep_watch *w, const char *line)
{
	char wanted[48];
	const char *said;

	snprintf(wanted, sizeof(wanted), "MCE: CPU%u: machine check (",
		 w->injection->cpu);
	said = strstr(line, wanted);
	if (!said || w->v.line)
		return;
	keep_text(w, said);
	if (!is_ours(w, said))
		return;
	w->v.line = true;
	w->v.recovered = strstr(said, "[Recovered]");
	w->beats = 0;
}

void sweep_watch_line(struct sweep_watch *w, const char *line)
{
	take_log_line(w, line);
	if (!regexec(&w->patterns->signal, line, 0, NULL, 0))
		w->v.signal = true;
	if (strstr(line, "Oops: "))
		w->v.oops = true;
	if (strstr(line, "Kernel panic - not syncing")) {
		w->panic = true;
		keep_text(w, strstr(line, "Kernel panic"));
	}
	if (sweep_is_alive(w->patterns, line))
		w->beats++;
}

/* --- what the VMM tells */

static uint64_t address_of(const json_t *data, const char *key)
{
	const char *text = json_string_value(json_object_get(data, key));

	return text ? strtoull(text, NULL, 16) : 0;
}

static void take_outcome(struct sweep_watch *w, const json_t *data)
{
	const char *outcome =
		json_string_value(json_object_get(data, "outcome"));

	if (!outcome)
		return;
	w->checkstop = !strcmp(outcome, "checkstop");
	w->lost = !strcmp(outcome, "dropped") || !strcmp(outcome, "cancelled");
	w->v.delivered = !w->lost && !w->checkstop;
	w->v.pc = address_of(data, "pc");
	w->v.msr = address_of(data, "msr");
	if (w->lost)
		keep_text(w, outcome);
	/* The console is not in step: its line may have come before. */
	if (!w->v.line)
		w->beats = 0;
}

/* A guest that begins anew in the same partition has come to its end. */
static void take_reset(struct sweep_watch *w, const json_t *data)
{
	const char *reason =
		json_string_value(json_object_get(data, "reason"));

	w->ended = true;
	if (reason && !strcmp(reason, "guest-panic"))
		w->panic = true;
	if (!w->panic)
		keep_text(w, "the guest was reset");
}

void sweep_watch_event(struct sweep_watch *w, const char *name,
		       const json_t *data)
{
	json_int_t cpu = json_integer_value(json_object_get(data,
							    "cpu-index"));

	json_int_t id = json_integer_value(json_object_get(data, "id"));

	if (!strcmp(name, "RESET"))
		take_reset(w, data);
	if (cpu != w->injection->cpu)
		return;
	if (!strcmp(name, "PAPR_INJECTION") && id == w->id)
		take_outcome(w, data);
	else if (!strcmp(name, "PAPR_NMI_INTERLOCK"))
		w->v.released = true;
}

void sweep_watch_end(struct sweep_watch *w, int status, const char *said)
{
	w->ended = true;
	if (status == RUN_OS_TERM)
		w->panic = true;
	if (!w->panic)
		keep_text(w, said);
}

/* --- the verdict */

bool sweep_watch_done(const struct sweep_watch *w, uint32_t patience)
{
	if (w->ended || w->hang || w->lost)
		return true;
	if (w->panic || w->checkstop)
		return false;		/* the end is near */
	/* The console may be ahead of the events. */
	if (w->v.delivered && w->v.line && w->v.released)
		return w->beats >= ENOUGH_BEATS;
	return w->beats >= patience;
}

static enum sweep_outcome outcome_of(const struct sweep_watch *w)
{
	if (w->panic)
		return SWEEP_PANIC;
	if (w->checkstop)
		return SWEEP_CHECKSTOP;
	if (w->ended)
		return SWEEP_ENDED;
	if (w->hang)
		return SWEEP_HANG;
	if (!w->v.delivered)
		return SWEEP_NOT_DELIVERED;
	if (w->v.oops)
		return SWEEP_OOPS;
	if (!w->v.line)
		return SWEEP_SILENT;
	return w->v.signal ? SWEEP_SIGNAL : SWEEP_SURVIVED;
}

/*
 * What Linux does: what was recovered, or what it repairs itself, is logged.
 * Else the process is sent SIGBUS if it was interrupted in user mode.  In the
 * kernel it dies, and the guest with it if there is none, or if it dies with a
 * lock that the others wait for, such as the console's.  What is fixed up is
 * not logged at all; the access that failed may have been a process's end.  Not
 * every instruction of a range is executed.
 */
static bool is_expected(const struct sweep_watch *w)
{
	const struct sweep_injection *in = w->injection;
	bool user = w->v.msr & MSR_PR;
	bool mild = in->disposition != PAPR_ELOG_NOT_RECOVERED ||
		    sweep_kinds[in->kind].repaired;

	switch (w->v.outcome) {
	case SWEEP_SURVIVED:
		return w->v.released && mild && w->v.recovered;
	case SWEEP_SIGNAL:
		return w->v.released && !mild && user;
	case SWEEP_OOPS:
	case SWEEP_PANIC:
		return !mild && !user && w->v.delivered && w->v.line;
	case SWEEP_HANG:
		return !mild && !user && w->v.delivered;
	case SWEEP_SILENT:
		return w->v.released && !user && !*w->v.text &&
		       sweep_kinds[in->kind].fixed_up;
	case SWEEP_NOT_DELIVERED:
		return in->at_pc && !w->refused;
	default:
		return false;
	}
}

void sweep_watch_judge(struct sweep_watch *w)
{
	w->v.alive = !w->ended && !w->hang && !w->panic;
	w->v.outcome = outcome_of(w);
	w->v.expected = is_expected(w);
}
