/* SPDX-License-Identifier: MIT */
/*
 * utf8: is that text? What others say (a driver's last words, a device tree, a path) may be
 * any bytes, and a sentence may have been cut in the middle of a letter; a result file may
 * hold UTF-8 alone (RFC 8259).
 */
#ifndef STALELINE_UTF8_H
#define STALELINE_UTF8_H

#include <stddef.h>

/*
 * How many bytes the letter has that the @len bytes at @text begin with, 1 to 4. 0: they begin with
 * none, by RFC 3629: no byte that stands alone, no letter cut off, none longer than need be, no
 * surrogate, nothing above U+10FFFF.
 */
size_t utf8_length(const char *text, size_t len);

#endif
