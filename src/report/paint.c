// SPDX-License-Identifier: MIT
/* paint: what panel and legend are made of. See paint.h. */
#include "report/paint.h"

#include <inttypes.h>
#include <stdio.h>

void paint_colour(cairo_t *cr, uint32_t rgb)
{
	cairo_set_source_rgb(cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
			     (rgb & 0xff) / 255.0);
}

void paint_text(cairo_t *cr, double x, double y, double size, uint32_t rgb, const char *text)
{
	paint_colour(cr, rgb);
	cairo_set_font_size(cr, size);
	cairo_move_to(cr, x, y);
	cairo_show_text(cr, text);
}

void paint_text_right(cairo_t *cr, double x, double y, double size, uint32_t rgb, const char *text)
{
	cairo_text_extents_t extents;

	cairo_set_font_size(cr, size);
	cairo_text_extents(cr, text, &extents);
	paint_text(cr, x - extents.x_advance, y, size, rgb, text);
}

void paint_digits(uint64_t number, char *text, size_t size)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, number);
	size_t used = 0;

	for (int i = 0; i < len && used + 2 < size; i++) {
		if (i && (len - i) % 3 == 0)
			text[used++] = ' ';
		text[used++] = digits[i];
	}
	text[used] = '\0';
}

void paint_rounded(cairo_t *cr, double x, double y, double w, double h, double r)
{
	cairo_new_sub_path(cr);
	cairo_arc(cr, x + w - r, y + r, r, -1.5708, 0);
	cairo_arc(cr, x + w - r, y + h - r, r, 0, 1.5708);
	cairo_arc(cr, x + r, y + h - r, r, 1.5708, 3.1416);
	cairo_arc(cr, x + r, y + r, r, 3.1416, 4.7124);
	cairo_close_path(cr);
}

/*
 * Stale and ahead have a colour for each age: small squares for 1, 2, 4 and 8 frames, each with its
 * number, so that the shades of a heatmap can be read off.
 */
static void paint_ages(cairo_t *cr, double x, double y, int kind)
{
	static const char *const words[] = { "1", "2", "4", "8" };

	for (int i = 0; i < 4; i++, x += 13) {
		const struct cell_verdict verdict = { .kind = (uint8_t)kind,
						      .by = { (uint8_t)(1 << i), 0, 0 } };

		paint_colour(cr, cell_colour(verdict));
		cairo_rectangle(cr, x, y - 11, 12, 13);
		cairo_fill(cr);
		paint_text(cr, x + 3, y - 1, 10, i < 2 ? 0x14171e : 0xf2f4f8, words[i]);
	}
}

void paint_kind(cairo_t *cr, double x, double y, int kind, uint64_t count)
{
	const struct cell_verdict verdict = { .kind = (uint8_t)kind, .by = { 1, 0, 0 } };

	paint_colour(cr, cell_colour(verdict));
	paint_rounded(cr, x, y - 11, 13, 13, 3);
	cairo_fill_preserve(cr);
	paint_colour(cr,
		     0x4a5a68); /* the calm colour of fresh cells needs an edge on this ground */
	cairo_set_line_width(cr, 1);
	cairo_stroke(cr);
	paint_text(cr, x + 22, y, 13, count ? 0xf2f4f8 : 0x6c7687, cell_kind_name(kind));
	if (count && (kind == CELL_STALE || kind == CELL_AHEAD))
		paint_ages(cr, x + 72, y, kind);
}

void paint_ground(cairo_t *cr, const struct picture *picture)
{
	cairo_pattern_t *ground = cairo_pattern_create_linear(0, 0, 0, picture->height);

	cairo_pattern_add_color_stop_rgb(ground, 0, 0.118, 0.137, 0.176);
	cairo_pattern_add_color_stop_rgb(ground, 1, 0.078, 0.090, 0.118);
	cairo_set_source(cr, ground);
	cairo_paint(cr);
	cairo_pattern_destroy(ground);
}
