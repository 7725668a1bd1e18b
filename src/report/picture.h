/* SPDX-License-Identifier: MIT */
/*
 * picture: what people look at beside the card: the window's panel and the PNGs, drawn by cairo
 * from the same RECORD as every other output.
 */
#ifndef STALELINE_PICTURE_H
#define STALELINE_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "report/record.h"

/* Pixels 0x00RRGGBB (cairo's RGB24), not owned. @stride in bytes. */
struct picture {
	uint32_t *pixels;
	uint32_t width, height, stride;
};

static inline uint32_t *picture_row(const struct picture *picture, uint32_t y)
{
	return (uint32_t *)((char *)picture->pixels + (size_t)y * picture->stride);
}

/* The heat of one frame: one pixel per cell, 0x00RRGGBB. */
struct heat {
	const uint32_t *colours;
	uint32_t cols, rows;
	uint32_t cell_width; /* of a cell, in pixels of the card's format */
};

enum {
	PICTURE_PANEL_WIDTH = 288,
	PICTURE_MAX_SIDE = 32768, /* of a file: a screenshot, not a map of the world */
};

/* Two words beside each other, in a list that ends with NULLs. */
struct picture_line {
	const char *left, *right;
};

/* A panel with nothing but a list on it: which key does what. */
void picture_list(const struct picture *panel, const char *title, const struct picture_line *lines);

/* One line of small text at the bottom of a panel that is drawn already. */
void picture_hint(const struct picture *panel, const char *text);

/*
 * Draw the panel: name, verdict so far, counts with their colours, and the heatmap. Returns the row
 * below what was drawn.
 */
uint32_t picture_panel(const struct picture *panel, const struct record *record,
		       const struct heat *heat);

/*
 * Below it, where there is room: the first place of @card that is not fresh, so large that cells
 * show; those that are not fresh are underlined in their kind's colour.
 */
void picture_magnify(const struct picture *panel, uint32_t top, const struct picture *card,
		     const struct heat *heat);

/* Write pixels as a PNG. 0 or -errno with @why; a file half written is not left behind. */
int picture_save(const struct picture *picture, const char *path, struct why *why);

/* Which colour is what, and how many cells of the run were such: a strip below a heatmap. */
uint32_t picture_legend_width(void); /* the least that it needs */
uint32_t picture_legend_height(uint32_t width);
void picture_legend(const struct picture *strip, const struct record *record);

/*
 * Write the heatmap of a card of @width pixels and @height rows of cells as a PNG: each cell a block as large as it
 * is on the card, so that the two can be laid over each other, and the legend below.
 */
int picture_save_heat(const struct heat *heat, const struct record *record, uint32_t width,
		      uint32_t height, const char *path, struct why *why);

/* Write card, and the panel with heatmap and counts at its right, as one PNG. */
int picture_save_both(const struct picture *card, const struct record *record,
		      const struct heat *heat, const char *path, struct why *why);

/*
 * Read a PNG from @path into newly allocated pixels (free() them): 0 or -errno with @why.
 */
int picture_load(struct picture *picture, const char *path, struct why *why);

/*
 * The same of a binary PPM, as the module's debugfs writes one. The first comment goes into
 * @comment (@size bytes with the NUL; "" where there is none).
 */
int picture_load_ppm(struct picture *picture, const char *path, char *comment, size_t size,
		     struct why *why);

#endif
