// SPDX-License-Identifier: MIT
/* The strip below a heatmap: what its colours mean, and how many cells there were of each. */
#include <cairo.h>
#include <inttypes.h>
#include <stdio.h>

#include "report/paint.h"
#include "report/picture.h"

enum { LEGEND_COLUMN = 130, LEGEND_ROW = 44, LEGEND_EDGE = 14, LEGEND_TITLE = 42 };

/* All in one row, or four and three: a kind alone in its row would look like one forgotten. */
static uint32_t legend_columns(uint32_t width)
{
	return width < CELL_KINDS * LEGEND_COLUMN ? (CELL_KINDS + 1) / 2 : CELL_KINDS;
}

uint32_t picture_legend_width(void)
{
	return (CELL_KINDS + 1) / 2 * LEGEND_COLUMN;
}

uint32_t picture_legend_height(uint32_t width)
{
	uint32_t columns = legend_columns(width);

	return LEGEND_TITLE + (CELL_KINDS + columns - 1) / columns * LEGEND_ROW + LEGEND_EDGE;
}

/* Two lines: a name alone may take the whole width. */
static void draw_legend_title(cairo_t *cr, const struct record *record)
{
	char line[80];

	paint_text(cr, LEGEND_EDGE, LEGEND_TITLE - 22, 12, 0xf2f4f8, record->name);
	snprintf(line, sizeof(line), "above the last frame, below the cells of all %" PRIu64,
		 record->frames);
	paint_text(cr, LEGEND_EDGE, LEGEND_TITLE - 6, 12, 0x9aa5b8, line);
}

void picture_legend(const struct picture *strip, const struct record *record)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data(
		(unsigned char *)strip->pixels, CAIRO_FORMAT_RGB24, (int)strip->width,
		(int)strip->height, (int)strip->stride);
	cairo_t *cr = cairo_create(surface);
	uint32_t columns = legend_columns(strip->width), step = strip->width / columns;

	paint_ground(cr, strip);
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	draw_legend_title(cr, record);
	for (uint32_t kind = 0; kind < CELL_KINDS; kind++) {
		double x = LEGEND_EDGE + kind % columns * step;
		double y = LEGEND_TITLE + kind / columns * LEGEND_ROW + 18;
		uint64_t count = record->cells.kind[kind];
		char number[40];

		paint_kind(cr, x, y, (int)kind, count);
		paint_digits(count, number, sizeof(number));
		paint_text(cr, x + 22, y + 16, 11, count ? 0xf2f4f8 : 0x6c7687, number);
	}
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
}
