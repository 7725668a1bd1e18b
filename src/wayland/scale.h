/* SPDX-License-Identifier: MIT */
/*
 * scale: one pixel of a buffer is one pixel of the screen.
 *
 * A compositor counts in units that are scale120 / 120 pixels wide, and rounds what a toplevel has
 * of them to whole pixels, halfway upwards (fractional-scale-v1). A surface without a viewport is
 * as many units as its buffer has pixels, so a scale other than 1 would enlarge it, and the card's
 * low bits would be lost.
 */
#ifndef STALELINE_SCALE_H
#define STALELINE_SCALE_H

#include <stdbool.h>
#include <stdint.h>

struct wp_viewport;

enum { SCALE_NONE = 120 };

/* So many pixels in whole units: the nearest that need no more than these pixels; at least 1. */
int32_t scale_units(uint32_t pixels, uint32_t scale120);

/* So many units in pixels, rounded as a compositor does; 0 for what is not positive. */
int64_t scale_pixels(int32_t units, uint32_t scale120);

/*
 * Show @width x @height pixels 1:1. Where they are no whole units, the pixels too many at the right
 * and bottom edge are not shown, rather than all of them scaled. False: 1:1. True: the compositor
 * scales, because @viewport is NULL, or because a side is less than a single unit.
 */
bool scale_apply(struct wp_viewport *viewport, uint32_t width, uint32_t height, uint32_t scale120);

#endif
