/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a log from its meaning: what all kinds of logs begin with. */
#ifndef FWNMI_ELOG_BUILD_H
#define FWNMI_ELOG_BUILD_H

#include "fwnmi/elog-table.h"

/* A reference code must be there; nobody has defined one for us. */
#define ELOG_REFCODE "B7000000                        "

#define ELOG_LAST_S UINT64_C(253402300799)	/* of the year 9999 */

/* Who begins sees to it that there is room for all that is added. */
struct elog_build {
	uint8_t *bytes;
	size_t len;
};

/* Who a log is from and when: PH. */
struct elog_stamp {
	uint32_t log_id;
	uint64_t time_s;	/* since 1970; 0 for none */
};

/* -EINVAL if the value does not fit the field. */
int elog_check_value(enum elog_row_id id, uint64_t value,
		     struct papr_error *error);

/* Zeros, but for what every section begins with. */
uint8_t *elog_append(struct elog_build *b, enum elog_section section);

/* The fixed part and the main header; returns each. */
uint8_t *elog_append_header(struct elog_build *b);
uint8_t *elog_append_main(struct elog_build *b);

/* PH of a log with @sections sections. */
void elog_append_ph(struct elog_build *b, const struct elog_stamp *stamp,
		    unsigned int sections);

/* PS, with a reference code. */
uint8_t *elog_append_ps(struct elog_build *b, const char *refcode);

/* The length of what follows the fixed part. */
void elog_finish(struct elog_build *b);

#endif
