// SPDX-License-Identifier: MIT
/* why: the sentence that goes with an error. See why.h. */
#include "base/why.h"

#include <stdarg.h>
#include <stdio.h>

int why_set(struct why *why, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return err;
}

int why_prefix(struct why *why, int err, const char *fmt, ...)
{
	struct why told = *why;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < sizeof(why->text))
		snprintf(why->text + len, sizeof(why->text) - (size_t)len, "%s", told.text);
	return err;
}
