/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a guest in the lab may take for whatever it is to do, as in
 * tests/lab/run.  Only one that hangs takes so long: the machine may be slow,
 * and stand still for minutes.
 */
#ifndef TESTS_PATIENCE_H
#define TESTS_PATIENCE_H

#define GUEST_PATIENCE_S 900
#define GUEST_PATIENCE_MS (1000 * GUEST_PATIENCE_S)

#endif
