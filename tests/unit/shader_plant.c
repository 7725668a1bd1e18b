// SPDX-License-Identifier: MIT
/*
 * Cards with faults of all kinds in some of their cells.
 */
#include <stdbool.h>
#include <string.h>

#include "shader_bench.h"

/* What goes wrong with a cell. */
enum fault {
	STALE, /* from here to PIXEL: of a card that was drawn otherwise, see drawn[] */
	AHEAD,
	ANOTHER,
	MISPLACED,
	PART,
	QUARTER,
	PIXEL,
	BIT,
	NOBODYS,   /* memory nobody wrote */
	UNWRITTEN, /* a part of it */
	NOISE,
	DITHER,
	OFF_BY_ONE, /* one channel */
	COLOUR_MAP,
	PICTURE,    /* the picture is another's, the low bits are right */
	LOW_BITS,   /* the picture is right, the low bits are not */
	THRESHOLDS, /* some pixels spoiled, some alien: every threshold is met from both sides */
	NOTHING,
	FAULTS
};

static const struct drawn {
	int later;   /* than the frame: 1; -1 for earlier */
	bool serial; /* of another buffer or run */
	bool place;  /* of another cell */
	size_t unit; /* bytes that are taken together; 1: any number of them */
} drawn[] = {
	[STALE] = { .later = -1, .unit = 64 },	    [AHEAD] = { .later = 1, .unit = 64 },
	[ANOTHER] = { .serial = true, .unit = 64 }, [MISPLACED] = { .place = true, .unit = 64 },
	[PART] = { .later = -1, .unit = 1 },	    [QUARTER] = { .later = -1, .unit = 16 },
	[PIXEL] = { .place = true, .unit = 4 },
};

/* A cell takes a unit of bytes at @from, or any @bytes, of a card @frames earlier or later. */
static void take(struct bench *b, const struct drawn *how, uint32_t col, uint32_t row,
		 uint32_t frames, size_t from, size_t bytes)
{
	const struct card *card = &b->card;
	uint32_t serial = b->expect.serial ^ (how->serial ? 1u << any() % 28 : 0);
	uint32_t frame = b->expect.frame + (uint32_t)how->later * frames;
	size_t at = from / how->unit * how->unit, count = how->unit == 1 ? bytes : how->unit;
	uint32_t from_row, from_col;

	card_draw(card, serial, frame, card_whole(card), b->other, b->stride);
	from_row = how->place ? any() % card->rows : row;
	from_col = how->place ? any() % card->cols : col;
	memcpy(b->memory + row * b->stride + col * 64 + at,
	       b->other + from_row * b->stride + from_col * 64 + at, count);
}

/* For the faults that take each byte by itself. */
static uint8_t gone_wrong(enum fault fault, uint8_t byte)
{
	switch (fault) {
	case NOISE:
		return (uint8_t)any();
	case DITHER:
		return (uint8_t)(byte + any() % 3 - 1);
	case COLOUR_MAP:
		return (uint8_t)(byte * 235u / 255u + any() % 24);
	case PICTURE:
		return (uint8_t)((byte & 7) | (any() & 0xf8));
	case LOW_BITS:
		return (uint8_t)((byte & 0xf8) | (any() & 7));
	default:
		return byte;
	}
}

/* Of 64: @spoiled pixels lose a low bit, @alien ones a channel. */
static void spoil(uint8_t *cell, size_t spoiled, uint32_t alien)
{
	for (uint32_t at = 0; at < 64; at += 4) {
		uint32_t dice = any() % 64;

		if (dice < spoiled)
			cell[at + any() % 3] ^= (uint8_t)(1u << any() % 3);
		if (any() % 64 < alien)
			cell[at + 1] = 0xff;
	}
}

/* One of them, or nothing. */
static void plant(struct bench *b, uint32_t col, uint32_t row)
{
	uint8_t *cell = b->memory + row * b->stride + col * 64;
	uint32_t frames = any() % 16 ? 1 + ((any() & 0x7ffff) >> any() % 20) : 0x80000;
	size_t from = any() % 64, bytes = 1 + any() % (64 - from);
	enum fault fault = (enum fault)(any() % FAULTS);

	if (fault <= PIXEL) {
		take(b, &drawn[fault], col, row, frames, from, bytes);
		return;
	}
	switch (fault) {
	case BIT:
		cell[any() % 64] ^= (uint8_t)(1u << any() % 8);
		break;
	case NOBODYS:
		memset(cell, any() & 1 ? 0 : (int)(any() & 0xff), 64);
		break;
	case UNWRITTEN:
		memset(cell + from, 0, bytes);
		break;
	case OFF_BY_ONE:
		cell[from] = (uint8_t)(cell[from] + 1);
		break;
	case THRESHOLDS:
		spoil(cell, from, frames % 48);
		break;
	default:
		for (int at = 0; at < 64; at++)
			cell[at] = gone_wrong(fault, cell[at]);
	}
}

void bench_fill(struct bench *b, uint32_t percent)
{
	const struct card *card = &b->card;
	struct card_area *part = &b->expect.part;

	b->expect.serial = card_serial(any(), any());
	b->expect.frame = any() & 1 ? any() & CARD_FRAME_MASK : any() % 4;
	b->expect.rest = (b->expect.frame - any() % 5) & CARD_FRAME_MASK;
	*part = card_whole(card);
	if (any() & 1) {
		part->col = any() % card->cols;
		part->row = any() % card->rows;
		part->cols = 1 + any() % (card->cols - part->col);
		part->rows = 1 + any() % (card->rows - part->row);
	}
	card_draw(card, b->expect.serial, b->expect.rest, card_whole(card), b->memory, b->stride);
	card_draw(card, b->expect.serial, b->expect.frame, *part, b->memory, b->stride);
	for (uint32_t row = 0; row < card->rows; row++) {
		for (uint32_t col = 0; col < card->cols; col++) {
			if (any() % 100 < percent)
				plant(b, col, row);
		}
	}
	card_judge(card, &b->expect, b->memory, b->stride, b->want);
}
