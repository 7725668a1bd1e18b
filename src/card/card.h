/* SPDX-License-Identifier: MIT */
/*
 * card: the test card. Every cell says of itself which run and buffer, which frame and which
 * place it belongs to, with a check code, in the low bits of an animated picture.
 *
 * This room knows memory and nothing else: no device, no dma-buf, no file. All functions are pure
 * over the memory they are given; a card's tables are made once, so that the frame loop neither
 * allocates nor computes what does not change.
 *
 * A cell is 64 bytes of a row, counted from the row's start, in every format: 16 pixels of
 * XRGB8888 (encoding.h has the others). Pixels after the last whole cell of a row are picture only:
 * drawn, never judged, reported as not covered.
 */
#ifndef STALELINE_CARD_H
#define STALELINE_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CARD_CELL_BYTES = 64,
	CARD_CELL_PIXELS = 16, /* of the card; how many of a format's they are: card.cell_width */
	CARD_FRAME_BITS = 20,
	CARD_SERIAL_BITS = 28,
	CARD_MAX_COLS = 1 << 10, /* a place is row << 10 | column, 24 bits in all */
	CARD_MAX_ROWS = 1 << 14,
	CARD_FIRST_PLACES = 16, /* how many of the places not fresh are named */
};

#define CARD_FRAME_MASK ((1u << CARD_FRAME_BITS) - 1)

/* What one cell is, held against what was expected. See docs/heatmap.md for what each means. */
enum cell_kind {
	CELL_FRESH,	/* exactly the expected cell */
	CELL_STALE,	/* this buffer's cell of an older frame: `by` frames */
	CELL_AHEAD,	/* this buffer's cell of a newer frame: `by` frames */
	CELL_FOREIGN,	/* a whole cell of another buffer or another run */
	CELL_TORN,	/* card pixels that don't belong together, or to this place */
	CELL_UNWRITTEN, /* never a card cell */
	CELL_INEXACT,	/* looks like the card, but its bits are not: scaled, blended, dithered */
	CELL_KINDS,
};

/* The words of the JSON's `cells`: "fresh", "stale", ... */
const char *cell_kind_name(enum cell_kind kind);

/*
 * The verdict on one cell, 4 bytes, so that it is also one RGBA8 texel of the check shader:
 * R = kind, G B A = by, little endian.
 */
struct cell_verdict {
	uint8_t kind;  /* enum cell_kind */
	uint8_t by[3]; /* frames stale or ahead, 1 .. 2^19; 0 for all other kinds */
};

static inline uint32_t cell_verdict_by(struct cell_verdict v)
{
	return v.by[0] | (uint32_t)v.by[1] << 8 | (uint32_t)v.by[2] << 16;
}

/* A rectangle of cells. It may run over the card's end; col + cols and row + rows must not wrap. */
struct card_area {
	uint32_t col, row, cols, rows;
};

static inline bool card_area_has(struct card_area a, uint32_t col, uint32_t row)
{
	return col - a.col < a.cols && row - a.row < a.rows;
}

struct card_tables;

struct card {
	uint32_t fourcc;	/* DRM_FORMAT_*, one of pixel_formats[] (base/pixel_format.h) */
	uint32_t width, height; /* pixels */
	uint32_t cols,
		rows; /* whole cells; the rows of a second plane come behind those of the first */
	uint32_t cell_width; /* of a cell, in pixels of this format */
	struct card_tables *tables;
};

/*
 * Prepare to draw and judge cards of this format and size. 0, -EINVAL for a size that has no
 * whole cell or more than CARD_MAX_COLS x CARD_MAX_ROWS of them, -EOPNOTSUPP for a format that
 * has no card, -ENOMEM. card_finish() frees what it took, and may be called on a zeroed card.
 */
int card_init(struct card *card, uint32_t fourcc, uint32_t width, uint32_t height);
void card_finish(struct card *card);

/* From the first byte of a card to its last, in memory whose rows are @stride apart. */
size_t card_bytes(const struct card *card, size_t stride);

/* Who writes: run (20 bits, drawn at random for each run) and buffer (8 bits, its number). */
static inline uint32_t card_serial(uint32_t run, uint32_t buffer)
{
	return (run & 0xfffff) << 8 | (buffer & 0xff);
}

/* The whole card, as an area. */
static inline struct card_area card_whole(const struct card *card)
{
	return (struct card_area){ 0, 0, card->cols, card->rows };
}

/*
 * Draw the cells of @area as frame @frame of @serial into @mem, whose rows are @stride bytes
 * apart (stride >= width * bytes per pixel; neither mem nor stride need be aligned), a second
 * plane's behind the first one's.
 *
 * Writes whole cells in ascending order and never reads @mem (R10; write-combined memory). An area
 * that reaches the last column also draws the pixels after it. The frame counts modulo 2^20.
 */
void card_draw(const struct card *card, uint32_t serial, uint32_t frame, struct card_area area,
	       void *mem, size_t stride);

/*
 * As card_draw(), but only the right half of each cell of @area: a part of a cache line, so that
 * what the line held beside it comes along. Draws nothing after the last whole cell.
 */
void card_draw_right(const struct card *card, uint32_t serial, uint32_t frame,
		     struct card_area area, void *mem, size_t stride);

/*
 * Make frame @to of the cells of @area that hold frame @from: each is read, and what differs
 * between the two is changed in it. So what comes out is only as right as what was read. Nothing
 * after the last whole cell.
 */
void card_blend(const struct card *card, uint32_t serial, uint32_t from, uint32_t to,
		struct card_area area, void *mem, size_t stride);

/*
 * What a reader is told from outside; never inferred from the picture, since an old card agrees
 * with itself. The cells of @part must be of @frame, all others of @rest: where the whole card
 * was overwritten, part is card_whole() and rest is not looked at.
 */
struct card_expect {
	uint32_t serial;
	uint32_t frame;
	struct card_area part;
	uint32_t rest;
};

/*
 * Judge every cell of @mem against @expect; one verdict per cell into @map, rows * cols of them,
 * row by row. Reads mem only, each byte as often as it likes: don't hand it write-combined memory
 * that is large. Never crashes and never says fresh for bytes that card_draw() would not write.
 */
void card_judge(const struct card *card, const struct card_expect *expect, const void *mem,
		size_t stride, struct cell_verdict *map);

/*
 * Cells counted by kind, with the first places that were not fresh. Zero it before the first use.
 */
struct cell_count {
	uint64_t checked;
	uint64_t kind[CELL_KINDS];
	uint32_t places; /* how many of first[] are filled */
	struct cell_place {
		uint32_t frame, col, row;
		struct cell_verdict verdict;
	} first[CARD_FIRST_PLACES];
};

/* Add the verdicts of one map, made for frame @frame, to @count. */
void cell_count_add(struct cell_count *count, const struct card *card, uint32_t frame,
		    const struct cell_verdict *map);

/* Add what @more has counted to @count, its first places behind those that are there. */
void cell_count_merge(struct cell_count *count, const struct cell_count *more);

static inline bool cell_count_clean(const struct cell_count *count)
{
	return count->checked > 0 && count->kind[CELL_FRESH] == count->checked;
}

/* The card was seen, but its low bits did not survive the way: that says nothing of coherence. */
static inline bool cell_count_mostly_inexact(const struct cell_count *count)
{
	return count->kind[CELL_INEXACT] > count->checked / 2;
}

/*
 * The heatmap's colour of a verdict, as 0x00RRGGBB: the one palette of the heatmap shader, the
 * HUD's legend and docs/heatmap.md. Stale and ahead deepen with `by`.
 */
uint32_t cell_colour(struct cell_verdict verdict);

#endif
