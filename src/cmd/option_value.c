// SPDX-License-Identifier: MIT
/* option_value: a number, a size, and what is said where it is none. See option_value.h. */
#include "cmd/option_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "card/card.h"

enum { MAX_SIDE = 16384 };

enum options_result option_wrong(const char *command, const char *option, const char *value,
				 const char *wanted)
{
	fprintf(stderr, "staleline: %s--%s=%s: %s\n", command, option, value, wanted);
	return OPTIONS_WRONG;
}

/* Where the number ended, or NULL. */
static const char *parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	char *end;

	/* strtoull takes signs and leading blanks; a count has neither. */
	if (text[0] < '0' || text[0] > '9')
		return NULL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	if (errno || *number < min || *number > max)
		return NULL;
	return end;
}

bool option_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	const char *end = parse_number(text, min, max, number);

	return end && !*end;
}

bool option_size(const char *text, uint32_t *width, uint32_t *height)
{
	uint64_t w, h;
	const char *end = parse_number(text, CARD_CELL_PIXELS, MAX_SIDE, &w);

	if (!end || *end != 'x' || !option_number(end + 1, 1, MAX_SIDE, &h))
		return false;
	*width = (uint32_t)w;
	*height = (uint32_t)h;
	return true;
}
