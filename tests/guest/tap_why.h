/* SPDX-License-Identifier: MIT */
/* tap_why: results as TAP, each failure with its reason; and what must not be skipped. */
#ifndef TAP_WHY_H
#define TAP_WHY_H

#include <stdbool.h>

extern int tests, failures;
/* Of --need: names with commas between them. */
extern const char *needed;

/* One line of TAP, a sentence, and where it fails the reason @why beside it. */
bool __attribute__((format(printf, 3, 4))) ok(bool good, const char *why, const char *fmt, ...);
void skip(const char *what, const char *why);

#endif
