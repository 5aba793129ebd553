/* SPDX-License-Identifier: BSD-2-Clause */
/* The forms of an error log that papr elog reads and writes. */
#ifndef TOOLS_ELOG_FORMS_H
#define TOOLS_ELOG_FORMS_H

#include <stdio.h>

#include <papr/elog.h>

/* Each returns 0, or -1 after telling on standard error what is wrong. */

/* What is in @path, "-" being standard input; a NUL follows.  Free it. */
char *elog_read_file(const char *path, size_t *len);

/* A binary log. */
int elog_read(const char *path, struct papr_elog **elog);

/* Text or JSON, as its first character tells. */
int elog_parse(const char *path, uint32_t flags, struct papr_elog **elog);

void elog_print_text(const struct papr_elog *elog, FILE *f);
int elog_print_json(const struct papr_elog *elog, FILE *f);

#endif
