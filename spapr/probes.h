/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Static probes for bpftrace, perf and SystemTap: a no-op instruction each,
 * and a note that says where the arguments are.  libpapr(3) lists them.
 */
#ifndef SPAPR_PROBES_H
#define SPAPR_PROBES_H

#ifdef HAVE_USDT
#include <sys/sdt.h>
#define PROBE3(name, a, b, c) DTRACE_PROBE3(papr, name, a, b, c)
#define PROBE4(name, a, b, c, d) DTRACE_PROBE4(papr, name, a, b, c, d)
#define PROBE5(name, a, b, c, d, e) DTRACE_PROBE5(papr, name, a, b, c, d, e)
#else
/* The arguments are used either way. */
#define PROBE3(name, a, b, c) ((void)(a), (void)(b), (void)(c))
#define PROBE4(name, a, b, c, d) (PROBE3(name, a, b, c), (void)(d))
#define PROBE5(name, a, b, c, d, e) (PROBE4(name, a, b, c, d), (void)(e))
#endif

#endif
