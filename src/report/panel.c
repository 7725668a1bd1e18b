// SPDX-License-Identifier: MIT
/* The panel beside the card: what it is, how it goes, where it is wrong. */
#include <cairo.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/paint.h"
#include "report/picture.h"

enum { MARGIN = 22 };

/* How it stands, in words; a planted fault that shows is neither calm nor an alarm. */
static const char *state_of(const struct record *record, uint32_t *ground)
{
	const uint32_t calm = 0x1f5c55, alarm = 0x8a3c12, planted = 0x2b4f83, nothing = 0x3a4250;
	bool clean = cell_count_clean(&record->cells);

	*ground = nothing;
	if (!record->cells.checked)
		return "not checked";
	if (record->skip.text[0])
		return "not judged";
	if (record->fault && clean && record->hidden.text[0])
		return "can't be shown here";
	if (record->fault) {
		*ground = clean ? alarm : planted;
		return clean ? "the fault is NOT noticed" : "the fault is noticed";
	}
	*ground = clean ? calm : alarm;
	return clean ? "every cell fresh" : "not clean";
}

static void draw_name(cairo_t *cr)
{
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
	paint_text(cr, MARGIN, 46, 27, 0xf2f4f8, "staleline");
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
}

static double draw_title(cairo_t *cr, const struct record *record, double width)
{
	uint32_t ground;
	const char *state = state_of(record, &ground);
	char line[120];

	draw_name(cr);
	snprintf(line, sizeof(line), "%s%s", record->fault ? "fault: " : "order: ",
		 record->fault ? record->fault : record->order);
	paint_text(cr, MARGIN, 70, 13, 0x9aa5b8, line);
	paint_colour(cr, ground);
	paint_rounded(cr, MARGIN, 86, width - 2 * MARGIN, 34, 8);
	cairo_fill(cr);
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
	paint_text(cr, MARGIN + 12, 108, 14, 0xffffff, state);
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	return 142;
}

/* A quiet word at the left, and what it comes to at the right. */
static void draw_fact(cairo_t *cr, double width, double y, const char *word, const char *value)
{
	paint_text(cr, MARGIN, y, 13, 0x9aa5b8, word);
	paint_text_right(cr, width - MARGIN, y, 13, 0xd7dce6, value);
}

/* What presentation-time tells; nothing where the compositor has none. */
static double draw_presented(cairo_t *cr, const struct presented *told, double width, double y)
{
	const char *copied = told->zero_copy_at_last ? "no copy" : "copied";
	char text[64];

	if (!told->shown)
		return y;
	y += 21;
	snprintf(text, sizeof(text), "%.1f ms, %s", (double)spread_mean(&told->latency) / 1e6,
		 copied);
	draw_fact(cr, width, y, "commit to screen", told->latency.count ? text : copied);
	y += 21;
	snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64, told->missed, told->refreshes);
	draw_fact(cr, width, y, "repeated refreshes", told->refreshes ? text : "not told");
	return y;
}

static double draw_counts(cairo_t *cr, const struct record *record, double width, double y)
{
	char number[40];

	paint_digits(record->frames, number, sizeof(number));
	draw_fact(cr, width, y, "frames", number);
	y = draw_presented(cr, &record->presented, width, y);
	y += 21;
	paint_digits(record->cells.checked, number, sizeof(number));
	draw_fact(cr, width, y, "cells checked", number);
	y += 10;
	for (int kind = 0; kind < CELL_KINDS; kind++) {
		uint64_t count = record->cells.kind[kind];

		y += 21;
		paint_kind(cr, MARGIN, y, kind, count);
		paint_digits(count, number, sizeof(number));
		paint_text_right(cr, width - MARGIN, y, 13, count ? 0xf2f4f8 : 0x6c7687, number);
	}
	return y + 26;
}

static uint32_t fresh_colour(void)
{
	return cell_colour((struct cell_verdict){ .kind = CELL_FRESH });
}

/* A colour at @share of 256 parts of its brightness. */
static uint32_t dimmed(uint32_t full, uint32_t share)
{
	uint32_t colour = 0;

	for (int shift = 0; shift < 24; shift += 8)
		colour |= (full >> shift & 0xff) * share / 256 << shift;
	return colour;
}

/*
 * One pixel of the panel can stand for many cells: how many of them are not fresh shows as
 * brightness, but never less than half of it, so that a single stale line is still seen. No colours
 * are mixed: the mixture could be another kind's.
 */
static uint32_t colour_of_many(const struct heat *heat, uint32_t col0, uint32_t col1, uint32_t row0,
			       uint32_t row1)
{
	uint32_t fresh = fresh_colour();
	uint32_t bad = fresh, count = 0, all = (row1 - row0) * (col1 - col0), share;

	for (uint32_t row = row0; row < row1; row++)
		for (uint32_t col = col0; col < col1; col++)
			if (heat->colours[row * heat->cols + col] != fresh) {
				bad = heat->colours[row * heat->cols + col];
				count++;
			}
	if (!count)
		return fresh;
	share = (uint32_t)((uint64_t)count * 128 / all);
	return dimmed(bad, 128 + share);
}

static void draw_heat(const struct picture *panel, const struct heat *heat, uint32_t x, uint32_t y,
		      uint32_t w, uint32_t h)
{
	for (uint32_t j = 0; j < h; j++) {
		uint32_t row0 = (uint32_t)((uint64_t)j * heat->rows / h);
		uint32_t row1 = (uint32_t)((uint64_t)(j + 1) * heat->rows / h);
		uint32_t *line = picture_row(panel, y + j);

		for (uint32_t i = 0; i < w; i++) {
			uint32_t col0 = (uint32_t)((uint64_t)i * heat->cols / w);
			uint32_t col1 = (uint32_t)((uint64_t)(i + 1) * heat->cols / w);

			line[x + i] = colour_of_many(heat, col0, col1 > col0 ? col1 : col0 + 1,
						     row0, row1 > row0 ? row1 : row0 + 1);
		}
	}
}

uint32_t picture_panel(const struct picture *panel, const struct record *record,
		       const struct heat *heat)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data(
		(unsigned char *)panel->pixels, CAIRO_FORMAT_RGB24, (int)panel->width,
		(int)panel->height, (int)panel->stride);
	cairo_t *cr = cairo_create(surface);
	uint32_t room = panel->width - 2 * MARGIN, top, h;
	double y;

	paint_ground(cr, panel);
	y = draw_title(cr, record, panel->width);
	y = draw_counts(cr, record, panel->width, y);
	paint_text(cr, MARGIN, y, 13, 0x9aa5b8, heat->colours ? "where, last frame" : "");
	cairo_surface_flush(surface);
	top = (uint32_t)y + 10;
	/* The heatmap keeps the card's proportions: a cell is 16 pixels wide and one high. */
	h = (uint32_t)((uint64_t)room * heat->rows / (heat->cols ? heat->cols * 16 : 1));
	if (top + MARGIN < panel->height && h > panel->height - top - MARGIN)
		h = panel->height - top - MARGIN;
	if (heat->colours && top + MARGIN < panel->height)
		draw_heat(panel, heat, MARGIN, top, room, h ? h : 1);
	cairo_surface_mark_dirty(surface);
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
	return heat->colours ? top + h : top;
}

/*
 * The first cell of the last frame that is not fresh, in pixels;
 * true, and the middle, where all are.
 */
static bool place_to_magnify(const struct picture *card, const struct heat *heat, uint32_t *x,
			     uint32_t *y)
{
	uint32_t fresh = fresh_colour();

	*x = card->width / 2;
	*y = card->height / 2;
	for (uint32_t i = 0; heat->colours && i < heat->cols * heat->rows; i++)
		if (heat->colours[i] != fresh) {
			*x = i % heat->cols * heat->cell_width;
			*y = i / heat->cols;
			if (*y >= card->height) /* of the second plane: one row for two */
				*y = (*y - card->height) * 2;
			return false;
		}
	return true;
}

/* A part of the card, and how it is drawn. */
struct detail {
	uint32_t x, y, w, h; /* in pixels of the card */
	uint32_t zoom, top;  /* in the panel from this row on, within its margins */
};

static void enlarge(const struct picture *panel, const struct picture *card,
		    const struct detail *detail)
{
	for (uint32_t y = 0; y < detail->h * detail->zoom; y++) {
		const uint32_t *from = picture_row(card, detail->y + y / detail->zoom);
		uint32_t *to = picture_row(panel, detail->top + y) + MARGIN;

		for (uint32_t x = 0; x < detail->w * detail->zoom; x++)
			to[x] = from[detail->x + x / detail->zoom];
	}
}

/* In its kind's colour each pixel of @line that is of a cell of @row that is not fresh. */
static void underline_row(uint32_t *line, const struct heat *heat, uint32_t row,
			  const struct detail *detail)
{
	const uint32_t fresh = fresh_colour(), *colours;

	if (row >= heat->rows)
		return;
	colours = heat->colours + (size_t)row * heat->cols;
	for (uint32_t x = 0; x < detail->w * detail->zoom; x++) {
		uint32_t col = (detail->x + x / detail->zoom) / heat->cell_width;

		if (col < heat->cols && colours[col] != fresh)
			line[x] = colours[col];
	}
}

/*
 * The last line of each cell that is not fresh: two frames of the card that follow each other are
 * so alike that a dash is easily overlooked. The cells of a second plane are below those of the
 * first, and each stands for two rows of pixels.
 */
static void underline_wrong(const struct picture *panel, const struct heat *heat,
			    uint32_t card_height, const struct detail *detail)
{
	for (uint32_t y = 0; y < detail->h; y++) {
		uint32_t last = detail->top + (y + 1) * detail->zoom - 1;
		uint32_t *line = picture_row(panel, last) + MARGIN;

		underline_row(line, heat, card_height + (detail->y + y) / 2, detail);
		underline_row(line, heat, detail->y + y, detail);
	}
}

void picture_magnify(const struct picture *panel, uint32_t top, const struct picture *card,
		     const struct heat *heat)
{
	const uint32_t room = panel->width - 2 * MARGIN;
	struct detail detail = { .zoom = 4, .w = room / 4, .top = top + 40 };
	cairo_surface_t *surface;
	cairo_t *cr;
	bool clean;

	if (detail.top + MARGIN + 16 * detail.zoom > panel->height || card->width < detail.w)
		return;
	detail.h = (panel->height - detail.top - MARGIN) / detail.zoom;
	detail.h = detail.h > detail.w * 3 / 4 ? detail.w * 3 / 4 : detail.h;
	detail.h = detail.h > card->height ? card->height : detail.h;
	surface = cairo_image_surface_create_for_data((unsigned char *)panel->pixels,
						      CAIRO_FORMAT_RGB24, (int)panel->width,
						      (int)panel->height, (int)panel->stride);
	cr = cairo_create(surface);
	clean = place_to_magnify(card, heat, &detail.x, &detail.y);
	paint_text(cr, MARGIN, top + 30, 13, 0x9aa5b8,
		   clean ? "middle of the card, magnified 4 x"
			 : "first wrong place, magnified 4 x");
	cairo_surface_flush(surface);
	detail.x = detail.x + detail.w > card->width ? card->width - detail.w : detail.x;
	detail.y = detail.y + detail.h > card->height ? card->height - detail.h : detail.y;
	enlarge(panel, card, &detail);
	if (!clean)
		underline_wrong(panel, heat, card->height, &detail);
	cairo_surface_mark_dirty(surface);
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
}

void picture_list(const struct picture *panel, const char *title, const struct picture_line *lines)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data(
		(unsigned char *)panel->pixels, CAIRO_FORMAT_RGB24, (int)panel->width,
		(int)panel->height, (int)panel->stride);
	cairo_t *cr = cairo_create(surface);
	double y = 112;

	paint_ground(cr, panel);
	draw_name(cr);
	paint_text(cr, MARGIN, 70, 13, 0x9aa5b8, title);
	for (; lines->left; lines++, y += 26) {
		paint_text(cr, MARGIN, y, 14, 0xf2f4f8, lines->left);
		paint_text(cr, MARGIN + 76, y, 13, 0xd7dce6, lines->right);
	}
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
}

void picture_hint(const struct picture *panel, const char *text)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data(
		(unsigned char *)panel->pixels, CAIRO_FORMAT_RGB24, (int)panel->width,
		(int)panel->height, (int)panel->stride);
	cairo_t *cr = cairo_create(surface);

	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	paint_text(cr, MARGIN, panel->height - 8, 11, 0x9aa5b8, text);
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
}
