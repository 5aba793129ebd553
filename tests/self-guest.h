/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests that start themselves as papr run: the guest, and its user. */
#ifndef TESTS_SELF_GUEST_H
#define TESTS_SELF_GUEST_H

#include <jansson.h>

/* Sends @object, which is gone then. */
void guest_say(int fd, json_t *object);

/* The control socket; exits if there can be none. */
int guest_listen(const char *path);

/* Under another program a test cannot start itself. */
void skip_if_wrapped(void);

/* What the user's signals are read from: none come, or one is there. */
int user_is_silent(void);
int user_wants_an_end(void);

#endif
