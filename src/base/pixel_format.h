/* SPDX-License-Identifier: MIT */
/*
 * pixel_format: the pixel formats that there is a card for: their names, and what a row of each takes.
 *
 * What the bytes mean is the card's matter (card/encoding.h); where they lie is the buffer's.
 */
#ifndef STALELINE_PIXEL_FORMAT_H
#define STALELINE_PIXEL_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

struct pixel_format {
	uint32_t fourcc;  /* DRM_FORMAT_* */
	const char *name; /* "XRGB8888": that of drm_fourcc.h */
	uint32_t bytes;	  /* that a row takes for each pixel of the width */
};

/* In the order in which they are listed; ends with a NULL name. */
extern const struct pixel_format pixel_formats[];

/* NULL: not one of ours. */
const struct pixel_format *pixel_format_find(uint32_t fourcc);

/*
 * As people write one: its name, "XRGB8888"; its four letters, "XR24"; or its number, "0x34325258". All in either
 * case of letters. NULL: not one of ours.
 */
const struct pixel_format *pixel_format_parse(const char *text);

/* The four letters, with a NUL. */
void pixel_format_letters(uint32_t fourcc, char letters[5]);

#endif
