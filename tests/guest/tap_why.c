// SPDX-License-Identifier: MIT
#include "tap_why.h"

#include <stdarg.h>
#include <stdio.h>

int tests, failures;
const char *needed = "";

bool ok(bool good, const char *why, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tests);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good)
		printf("# failed: %s\n", why);
	failures += !good;
	fflush(stdout);
	return good;
}

void skip(const char *what, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tests, what, why);
}
