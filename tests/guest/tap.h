/* SPDX-License-Identifier: MIT */
/* tap: results of a test program of this folder, as TAP. Those whose failures need a reason: tap_why.h. */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>

bool __attribute__((format(printf, 2, 3))) ok(bool good, const char *fmt, ...);
/* Says what was there instead. */
bool is(long long got, long long expected, const char *what);
void skip(const char *what, const char *why);
void __attribute__((noreturn)) bail(const char *what);
/* The plan; returns the exit code. */
int done_testing(void);

#endif
