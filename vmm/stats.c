/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "vmm/stats.h"
#include "vmm/util.h"

#define MAX_UNKNOWN 64

/* One hypercall with all that is known of it. */
struct row {
	struct papr_route_report route;
	struct papr_hcall_stats stats;
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

static bool row_get(const struct papr_vm *vm,
		    const struct kernel_counts *counts, size_t index,
		    struct row *row)
{
	if (papr_vm_route(vm, index, &row->route) ||
	    papr_vm_stats(vm, index, &row->stats))
		return false;
	kernel_column(vm, counts, row);
	return true;
}

static bool row_is_shown(const struct row *row)
{
	return row->kernel || in_userspace(&row->stats) ||
	       row->route.requested != PAPR_ROUTE_KERNEL;
}

static void row_print(FILE *to, const struct row *row)
{
	const struct papr_hcall_stats *stats = &row->stats;
	char kernel[24] = "?";

	if (row->kernel_known)
		snprintf(kernel, sizeof(kernel), "%" PRIu64, row->kernel);
	fprintf(to, "%-28s %#6x %-9s %-8s %-11s %8s %8" PRIu64 " %8" PRIu64
		" %8" PRIu64 " %8" PRIu64 " %8" PRIu64, row->route.call->name,
		row->route.call->number,
		papr_route_name(row->route.requested),
		papr_accepted_name(row->route.accepted),
		papr_effective_name(row->route.effective), kernel,
		stats->user, stats->vmm, stats->denied, stats->nobody,
		stats->errors);
	if (row->route.reason && *row->route.reason)
		fprintf(to, "  %s", row->route.reason);
	if (stats->on_purpose)
		fprintf(to, "  %" PRIu64 " failed on purpose",
			stats->on_purpose);
	fputc('\n', to);
}

static void hcalls_print(FILE *to, const struct papr_vm *vm,
			 const struct kernel_counts *counts)
{
	size_t i, shown = 0, count = papr_hcall_count();
	bool doubt = false;
	struct row row;

	fprintf(to, "%-28s %6s %-9s %-8s %-11s %8s %8s %8s %8s %8s %8s\n",
		"hypercall", "number", "requested", "accepted", "effective",
		"kernel", "user", "vmm", "denied", "nobody", "errors");
	for (i = 0; i < count; i++) {
		if (!row_get(vm, counts, i, &row) || !row_is_shown(&row))
			continue;
		row_print(to, &row);
		doubt |= !row.kernel_known;
		shown++;
	}
	fprintf(to, "%zu more hypercalls were not seen\n", count - shown);
	if (doubt)
		fprintf(to, "?: not known, %s\n", counts->known ?
			"the kernel does not count these" : counts->why_not);
}

static void unknown_print(FILE *to, const struct papr_vm *vm)
{
	uint64_t numbers[MAX_UNKNOWN], counts[MAX_UNKNOWN];
	size_t i, n = papr_vm_unknown_hcalls(vm, numbers, counts, MAX_UNKNOWN);

	for (i = 0; i < n && i < MAX_UNKNOWN; i++) {
		if (numbers[i] == UINT64_MAX)
			fprintf(to, "unknown hypercalls of other numbers");
		else
			fprintf(to, "unknown hypercall %#" PRIx64, numbers[i]);
		fprintf(to, ": %" PRIu64 "\n", counts[i]);
	}
}

static void rtas_print(FILE *to, const struct papr_vm *vm)
{
	const struct papr_call_info *call;
	uint64_t calls, errors;
	size_t i;

	fprintf(to, "\n%-28s %6s %8s %8s\n", "RTAS call in userspace", "token",
		"calls", "errors");
	for (i = 0; i < papr_rtas_count(); i++) {
		call = papr_rtas_at(i);
		if (papr_vm_rtas_stats(vm, i, &calls, &errors) || !calls)
			continue;
		fprintf(to, "%-28s %#6x %8" PRIu64 " %8" PRIu64 "\n",
			call->name, call->number, calls, errors);
	}
}

void stats_print(FILE *to, const struct papr_vm *vm,
		 const struct kernel_counts *counts)
{
	hcalls_print(to, vm, counts);
	unknown_print(to, vm);
	rtas_print(to, vm);
}
