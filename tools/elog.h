/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs of papr elog; each gets argv from its own name on. */
#ifndef TOOLS_ELOG_H
#define TOOLS_ELOG_H

int elog_build(int argc, char **argv);
int elog_diff(const char *path_a, const char *path_b);

#endif
