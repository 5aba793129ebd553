/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PAPR_ERROR_H
#define PAPR_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct papr_error - why something was refused, in one sentence
 *
 * Filled by functions that take one, when they return a negative value; the
 * text names the place and the reason, has no newline and no full stop at its
 * end.  A NULL pointer may be passed where the sentence is not wanted.
 */
struct papr_error {
	char text[384];
};

/**
 * papr_version - the version of the library that runs, such as "0.1.0"
 */
const char *papr_version(void);

#ifdef __cplusplus
}
#endif
#endif
