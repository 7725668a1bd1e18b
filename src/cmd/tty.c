// SPDX-License-Identifier: MIT
/* tty: how the commands speak to whoever started them. See tty.h. */
#include "cmd/tty.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int tty_columns(int least, int otherwise, int most)
{
	struct winsize size = { 0 };
	int wide = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col
									       : otherwise;

	return wide < least ? least : wide > most ? most : wide;
}

void tty_progress(bool on, const char *fmt, ...)
{
	va_list ap;

	if (!on)
		return;
	tty_progress_end(on);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
}

void tty_progress_end(bool on)
{
	if (on)
		fputs("\r\x1b[K", stderr);
}

int tty_flush(struct why *why)
{
	if (fflush(stdout) || ferror(stdout))
		return why_set(why, -EIO, "write to stdout: it can't be written");
	return 0;
}

int tty_complain(int err, const struct why *why)
{
	if (err)
		fprintf(stderr, "staleline: %s\n", why->text);
	return err;
}
