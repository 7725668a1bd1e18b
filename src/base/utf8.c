// SPDX-License-Identifier: MIT
/* utf8: the letters of RFC 3629. See utf8.h. */
#include "base/utf8.h"

#include <stdint.h>

/* By what the first byte says, 1 to 4; 0: it can't be a first one. */
static size_t promised(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if ((first & 0xf0) == 0xe0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

size_t utf8_length(const char *text, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = len ? promised((unsigned char)text[0]) : 0;
	uint32_t code;

	if (n < 2)
		return n;
	if (n > len)
		return 0;
	code = (unsigned char)text[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)text[i] & 0x3fu);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return n;
}
