/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <papr/papr.h>

#include "vmm/stats.h"
#include "vmm/util.h"

/* Why a count of the kernel is missing where it counts. */
#define KERNEL_PARTLY "the kernel does not count these"

/* One hypercall with all that is known of it. */
struct row {
	struct papr_route_report route;
	struct papr_hcall_stats stats;
	struct papr_call_detail detail;
	uint64_t kernel;
	bool kernel_known;
};

/* Bare-metal KVM answers these before it comes to the tracepoint. */
static const char *const early_xics[] = {
	"H_EOI", "H_CPPR", "H_IPI", "H_IPOLL", "H_XIRR", "H_XIRR_X",
};

static bool is_early_xics(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT_OF(early_xics); i++)
		if (!strcmp(early_xics[i], name))
			return true;
	return false;
}

/* Whether the kernel's tracepoint misses calls of this kind. */
static bool is_untraced(const struct papr_call_info *call,
			const struct papr_host *host)
{
	if (!strcmp(call->name, "H_CEDE"))
		return true;
	if (host->flavour != PAPR_FLAVOUR_HV)
		return false;
	/* POWER8 answers what it can in real mode. */
	return is_early_xics(call->name) ||
	       (host->isa < 300 &&
		papr_hcall_kernel_hv(call) != PAPR_KERNEL_NONE);
}

static uint64_t in_userspace(const struct papr_hcall_stats *stats)
{
	return stats->user + stats->vmm + stats->denied + stats->nobody;
}

static bool kernel_may_answer(const struct row *row)
{
	return row->route.effective == PAPR_EFFECTIVE_KERNEL ||
	       row->route.effective == PAPR_EFFECTIVE_KERNEL_USER;
}

/* What the kernel has seen and not handed over it has answered. */
static void kernel_column(const struct papr_vm *vm,
			  const struct kernel_counts *counts, struct row *row)
{
	const struct papr_call_info *call = row->route.call;
	uint64_t traced = 0;

	row->kernel = 0;
	row->kernel_known = true;
	if (!kernel_may_answer(row))
		return;
	/* Of two calls with one number it is the first that was made. */
	if (papr_hcall_by_number(call->number) == call)
		traced = kernel_counts_get(counts, call->number);
	if (traced > in_userspace(&row->stats))
		row->kernel = traced - in_userspace(&row->stats);
	row->kernel_known = counts->known &&
		(row->kernel || !is_untraced(call, papr_vm_host(vm)));
}

/* Whose numbers, and since when. */
struct asked {
	const struct papr_vm *vm;
	const struct papr_vcpu *vcpu;	/* NULL: of all */
	const struct kernel_counts *counts;
	const struct stats_base *base;
};

static bool row_get(const struct asked *asked, size_t index, struct row *row)
{
	const struct papr_vm *vm = asked->vm;
	const struct papr_vcpu *vcpu = asked->vcpu;

	row->detail.size = sizeof(row->detail);
	if (papr_vm_route(vm, index, &row->route) ||
	    (vcpu ? papr_vcpu_stats(vcpu, index, &row->stats) :
		    papr_vm_stats(vm, index, &row->stats)) ||
	    papr_vm_hcall_detail(vm, vcpu, index, &row->detail))
		return false;
	stats_base_hcall(asked->base, vcpu, index, &row->stats, &row->detail);
	kernel_column(vm, asked->counts, row);
	return true;
}

static bool row_is_shown(const struct row *row)
{
	return row->kernel || in_userspace(&row->stats) ||
	       row->route.requested != PAPR_ROUTE_KERNEL;
}

/* Where it has no name, as an RTAS status, it has none here either. */
static json_t *results_json(const struct papr_call_detail *detail, bool rtas)
{
	json_t *list = json_array(), *result;
	const char *name;
	size_t i;

	for (i = 0; i < detail->n_results; i++) {
		result = json_pack("{s:I, s:I}", "code",
				   (json_int_t)detail->result[i].code, "count",
				   (json_int_t)detail->result[i].count);
		name = rtas ? NULL :
		       papr_hcall_result_name(detail->result[i].code);
		if (name)
			json_object_set_new(result, "name", json_string(name));
		json_array_append_new(list, result);
	}
	return list;
}

static json_t *time_json(const struct papr_call_detail *d)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}",
			 "calls", (json_int_t)d->timed,
			 "total-ns", (json_int_t)d->total_ns,
			 "p50-ns", (json_int_t)papr_call_percentile(d, 500),
			 "p90-ns", (json_int_t)papr_call_percentile(d, 900),
			 "p99-ns", (json_int_t)papr_call_percentile(d, 990),
			 "max-ns", (json_int_t)d->max_ns);
}

/* Adds what hypercalls and RTAS calls have alike. */
static void add_detail(json_t *call, const struct papr_call_detail *detail,
		       bool rtas)
{
	if (detail->n_results)
		json_object_set_new(call, "results",
				    results_json(detail, rtas));
	if (detail->other_results)
		json_object_set_new(call, "other-results", json_integer(
			(json_int_t)detail->other_results));
	if (detail->timed)
		json_object_set_new(call, "time", time_json(detail));
}

static json_t *row_json(const struct row *row)
{
	const struct papr_route_report *route = &row->route;
	const struct papr_hcall_stats *s = &row->stats;
	json_t *call = json_pack(
		"{s:s, s:i, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}",
		"name", route->call->name, "number", (int)route->call->number,
		"requested", papr_route_name(route->requested),
		"accepted", papr_accepted_name(route->accepted),
		"effective", papr_effective_name(route->effective),
		"reason", route->reason ? route->reason : "",
		"user", (json_int_t)s->user, "vmm", (json_int_t)s->vmm,
		"denied", (json_int_t)s->denied,
		"nobody", (json_int_t)s->nobody,
		"errors", (json_int_t)s->errors,
		"on-purpose", (json_int_t)s->on_purpose);

	if (row->kernel_known)
		json_object_set_new(call, "kernel",
				    json_integer((json_int_t)row->kernel));
	add_detail(call, &row->detail, false);
	return call;
}

static json_t *hcalls_json(const struct asked *asked)
{
	json_t *list = json_array();
	struct row row;
	size_t i;

	for (i = 0; i < papr_hcall_count(); i++)
		if (row_get(asked, i, &row) && row_is_shown(&row))
			json_array_append_new(list, row_json(&row));
	return list;
}

/* Numbers are text: JSON's do not hold 64 bits, the last is "others". */
static json_t *unknown_json(const struct asked *asked)
{
	uint64_t numbers[STATS_MAX_UNKNOWN], counts[STATS_MAX_UNKNOWN];
	size_t i, n = papr_vm_unknown_hcalls(asked->vm, numbers, counts,
					     STATS_MAX_UNKNOWN);
	json_t *list = json_array();
	char number[24];

	if (n > STATS_MAX_UNKNOWN)
		n = STATS_MAX_UNKNOWN;
	stats_base_unknown(asked->base, numbers, counts, n);
	for (i = 0; i < n; i++) {
		if (!counts[i])
			continue;
		if (numbers[i] == UINT64_MAX)
			snprintf(number, sizeof(number), "others");
		else
			snprintf(number, sizeof(number), "%#" PRIx64,
				 numbers[i]);
		json_array_append_new(list, json_pack(
			"{s:s, s:I}", "number", number,
			"nobody", (json_int_t)counts[i]));
	}
	return list;
}

static json_t *rtas_json(const struct asked *asked)
{
	struct papr_call_detail detail = { .size = sizeof(detail) };
	json_t *list = json_array(), *row;
	const struct papr_call_info *call;
	size_t i;

	for (i = 0; i < papr_rtas_count(); i++) {
		call = papr_rtas_at(i);
		if (papr_vm_rtas_detail(asked->vm, asked->vcpu, i, &detail))
			continue;
		stats_base_rtas(asked->base, asked->vcpu, i, &detail);
		if (!detail.calls)
			continue;
		row = json_pack("{s:s, s:i, s:I, s:I}", "name", call->name,
				"token", (int)call->number,
				"calls", (json_int_t)detail.calls,
				"errors", (json_int_t)detail.errors);
		add_detail(row, &detail, true);
		json_array_append_new(list, row);
	}
	return list;
}

json_t *stats_json(const struct papr_vm *vm, const struct papr_vcpu *vcpu,
		   const struct kernel_counts *counts,
		   const struct stats_base *base)
{
	const struct asked asked = { vm, vcpu, counts, base };
	const struct papr_host *host = papr_vm_host(vm);
	uint64_t now = stats_clock_ns();

	return json_pack("{s:I, s:I, s:b, s:s, s:I, s:s, s:I, s:I,"
			 " s:o, s:o, s:o}",
			 "clock-ns", (json_int_t)now,
			 "elapsed-ns", (json_int_t)(now - base->since_ns),
			 "timing", papr_vm_timing(vm), "flavour",
			 papr_flavour_name(host->flavour),
			 "isa", (json_int_t)host->isa, "kernel-unknown",
			 counts->known ? KERNEL_PARTLY : counts->why_not,
			 "cpus", (json_int_t)(vcpu ? 1 : papr_vm_vcpus(vm)),
			 "catalogue", (json_int_t)papr_hcall_count(),
			 "hcalls", hcalls_json(&asked),
			 "unknown", vcpu ? json_array() : unknown_json(&asked),
			 "rtas", rtas_json(&asked));
}
