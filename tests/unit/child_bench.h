/* SPDX-License-Identifier: MIT */
/* What a child process is given to do, and what comes back of it; fork(2) can be made to fail (-Wl,--wrap=fork). */
#ifndef CHILD_BENCH_H
#define CHILD_BENCH_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/child.h"

struct found {
	int step;
	char text[4096];
};

/* Of the last run. */
extern struct found found;
extern struct child_end end;
extern struct why why;

/* fork(2) fails with this, where it is not 0. */
extern int fork_error;

/* Before each test: nothing found. */
int begin(void **state);
/* Run @work, with what @data points to, for @limit_ms; the result lies in `found`. */
int run(int (*work)(void *, void *), void *data, unsigned int limit_ms);
/* Nobody is left to be waited for. */
void assert_no_child(void);

/* Work: adds a number, dies of a signal and leaves with an exit code, which @data points to; hangs, deaf to SIGTERM. */
int add(void *data, void *result);
int crash(void *data, void *result);
int leave(void *data, void *result);
int hang(void *data, void *result);

#endif
