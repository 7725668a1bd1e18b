/* SPDX-License-Identifier: MIT */
/*
 * pixel_format: the pixel formats that there is a card for: their names, and
 * what a row of each takes.
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
	uint32_t bytes;	  /* that a row takes for each pixel of the width, in each plane */
	uint32_t planes;  /* 2: the second has colour for 2 x 2 pixels each, in half as many rows */
	uint32_t wide; /* the width is a multiple of so many pixels; of two planes the height too */
};

enum { PIXEL_FORMAT_PLANES = 2 };

/* In the order in which they are listed; ends with a NULL name. */
extern const struct pixel_format pixel_formats[];

/* Rows of all planes together, of a picture of @height pixels. */
static inline uint32_t pixel_format_rows(const struct pixel_format *format, uint32_t height)
{
	return format->planes == 2 ? height + height / 2 : height;
}

/* Can there be a picture of this size? Not of zero, nor half a square of two planes. */
static inline bool pixel_format_fits(const struct pixel_format *format, uint32_t width,
				     uint32_t height)
{
	return width && height && width % format->wide == 0 &&
	       (format->planes == 1 || height % 2 == 0);
}

/* NULL: not one of ours. */
const struct pixel_format *pixel_format_find(uint32_t fourcc);

/*
 * As people write one: its name, "XRGB8888"; its four letters, "XR24"; or its number, "0x34325258".
 * All in either case of letters. NULL: not one of ours.
 */
const struct pixel_format *pixel_format_parse(const char *text);

/* The four letters, with a NUL. */
void pixel_format_letters(uint32_t fourcc, char letters[5]);

#endif
