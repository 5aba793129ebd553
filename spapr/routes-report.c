/* SPDX-License-Identifier: BSD-2-Clause */
/* What the routes of all calls mean for the partition. */
#include "hcalls/catalogue.h"
#include "spapr/routes.h"

const char *papr_hcall_shares(const struct papr_call_info *call)
{
	return routes_shared(call->index);
}

bool routes_own_xics(const struct papr_route_report *report)
{
	for (int row = 0; row < HCALL_ROWS; row++)
		if (hcall_is_xics(row) &&
		    report[row].effective == PAPR_EFFECTIVE_USER)
			return true;
	return false;
}

bool routes_own_hpt(const struct papr_route_report *report)
{
	for (int row = 0; row < HCALL_ROWS; row++)
		if (hcall_is_hpt(row) &&
		    report[row].effective == PAPR_EFFECTIVE_USER)
			return true;
	return false;
}

bool routes_set_answered(const struct papr_route_report *report,
			 const char *set)
{
	bool any = false;
	int row;

	if (*set == '(')
		return false;
	for (row = 0; row < HCALL_ROWS; row++) {
		if (!hcall_set_has(hcall_table[row].set, set))
			continue;
		if (report[row].effective == PAPR_EFFECTIVE_DENIED ||
		    report[row].effective == PAPR_EFFECTIVE_NOBODY)
			return false;
		any = true;
	}
	return any;
}
