/* SPDX-License-Identifier: BSD-2-Clause */
/* What two device trees do not have alike, in whatever order they have it. */
#ifndef TESTS_TREE_DIFF_H
#define TESTS_TREE_DIFF_H

/*
 * @property is "" if the whole node is missing.  @a and @b are the values as
 * text, NULL where there is none.  What ibm,hypertas-functions names is
 * compared name by name: "ibm,hypertas-functions hcall-term".
 */
typedef void tree_difference(void *arg, const char *node, const char *property,
			     const char *a, const char *b);

void tree_diff(const void *a, const void *b, tree_difference *fn, void *arg);

#endif
