/* SPDX-License-Identifier: MIT */
/*
 * paint: text, numbers and colours on a picture, for panel.c and legend.c. Lengths are in pixels.
 */
#ifndef STALELINE_PAINT_H
#define STALELINE_PAINT_H

#include <cairo.h>
#include <stdint.h>

#include "report/picture.h"

/* The colour that is painted with from here on: 0x00RRGGBB, as in all of this file. */
void paint_colour(cairo_t *cr, uint32_t rgb);

/* @text with its base line's left end at @x, @y; or with its right end there. */
void paint_text(cairo_t *cr, double x, double y, double size, uint32_t rgb, const char *text);
void paint_text_right(cairo_t *cr, double x, double y, double size, uint32_t rgb, const char *text);

/* 1234567 -> "1 234 567": counts are there to be read. */
void paint_digits(uint64_t number, char *text, size_t size);

/* A path with corners of radius @r, neither filled nor stroked yet. */
void paint_rounded(cairo_t *cr, double x, double y, double w, double h, double r);

/*
 * A square in the colour of a kind of cell, and its name: bright where @count says that there is
 * such a cell, and then with the shades of its ages, if it has any.
 */
void paint_kind(cairo_t *cr, double x, double y, int kind, uint64_t count);

/* The dark ground that all of it stands on. */
void paint_ground(cairo_t *cr, const struct picture *picture);

#endif
