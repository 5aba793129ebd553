/* SPDX-License-Identifier: BSD-2-Clause */
/* Does what a plan says, one injection after the other. */
#ifndef TOOLS_SWEEP_RUN_H
#define TOOLS_SWEEP_RUN_H

#include "tools/sweep.h"

/*
 * @program: papr
 * @patience: heartbeats; @timeout_s: silence; @restarts: how often the guest
 *	may be started anew
 * @console: where all that the guest prints is copied, or NULL
 * @signal_fd: becomes readable when the user wants an end
 */
struct sweep_how {
	const char *program;
	const struct sweep_patterns *patterns;
	uint32_t patience;
	uint32_t timeout_s;
	uint32_t restarts;
	FILE *console;
	int signal_fd;
	bool terminal, verbose;
};

/*
 * Fills in the verdicts.  0 if all has been done; -errno and a sentence if the
 * guest could not be used: @status is the one to end with then.
 */
int sweep_run(struct sweep *sweep, const struct sweep_how *how, int *status,
	      struct papr_error *error);

#endif
