/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events that a guest asks for: LoPAR 7.3.3.  There are none yet; but Linux
 * keeps a log of machine checks only where it can ask.
 */
#include "config.h"

#include "rtas/handlers.h"
#include "rtas/status.h"

static int32_t event_scan(struct papr_vcpu *vcpu, const void *args,
			  void *rets)
{
	(void)vcpu;
	(void)args;
	(void)rets;
	return RTAS_NO_EVENT;
}

const struct rtas_impl rtas_event[] = {
	{ RTAS_TOKEN_event_scan, event_scan },
	{ 0, NULL }
};
