// SPDX-License-Identifier: MIT
#include "tap.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tests, failures;

bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tests);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	failures += !good;
	fflush(stdout);
	return good;
}

bool is(long long got, long long expected, const char *what)
{
	bool good = ok(got == expected, "%s", what);

	if (!good)
		printf("# got %lld, expected %lld (errno %s)\n", got, expected, strerror(errno));
	return good;
}

void skip(const char *what, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tests, what, why);
}

void bail(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

int done_testing(void)
{
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
