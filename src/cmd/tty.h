/* SPDX-License-Identifier: MIT */
/* tty: how the commands speak to whoever started them. */
#ifndef STALELINE_TTY_H
#define STALELINE_TTY_H

#include <stdbool.h>

#include "base/why.h"

/* Columns of the terminal on stdout, from @least to @most; @otherwise where it is none. */
int tty_columns(int least, int otherwise, int most);

/* A line on stderr that the next one replaces, if @on; tty_progress_end() takes it away. */
void tty_progress(bool on, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tty_progress_end(bool on);

/* Is all on stdout that was printed? 0 or -EIO with @why. */
int tty_flush(struct why *why);

/* Say @why on stderr, if @err; returns @err. */
int tty_complain(int err, const struct why *why);

#endif
