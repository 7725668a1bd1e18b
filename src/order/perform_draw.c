// SPDX-License-Identifier: MIT
/* perform_draw: the steps of an order that touch pixels: draw, blend, judge. */
#include <string.h>

#include "order/perform.h"

/* All rows but the last quarter, or that quarter; one row at least is last. */
static struct card_area split_rows(struct card_area area, bool last)
{
	uint32_t lasts = area.rows < 4 ? 1 : area.rows / 4;

	if (last)
		area.row = area.rows - lasts;
	area.rows = last ? lasts : area.rows - lasts;
	return area;
}

static bool same_rows(struct card_area a, struct card_area b)
{
	return a.row == b.row && a.rows == b.rows;
}

/*
 * One half of the rows. It needs a whole card under it, and in the other half one frame alone: that
 * is so after a whole card and after the other half, but not after a blend.
 */
static struct card_area half_of(struct card_area area, const struct order_content *content)
{
	struct card_area upper = area, lower = area;

	upper.rows = area.rows / 2;
	lower.row = upper.rows;
	lower.rows = area.rows - upper.rows;
	if (!content->drawn || upper.rows == 0)
		return area;
	if (!same_rows(content->expect.part, area) &&
	    !same_rows(content->expect.part, content->lower ? upper : lower))
		return area;
	return content->lower ? lower : upper;
}

/* Which cells a step touches. */
static struct card_area cells_of(const struct performance *p, const struct order_step *step)
{
	struct card_area area = card_whole(p->frame->card);

	switch (step->cells) {
	case ORDER_WHOLE:
		break;
	case ORDER_HALF:
		return half_of(area, p->frame->content);
	case ORDER_FIRST_ROWS:
		return split_rows(area, false);
	case ORDER_LAST_ROWS:
	case ORDER_RIGHT_PARTS:
		return split_rows(area, true);
	}
	return area;
}

uint32_t perform_number(const struct performance *p, const struct order_step *step)
{
	return (p->frame->frame + (uint32_t)step->ahead) & CARD_FRAME_MASK;
}

static uint32_t serial_of(const struct performance *p)
{
	return card_serial(p->frame->run, p->frame->buffer->number);
}

/* Both, where they touch: areas are whole rows. */
static struct card_area join(struct card_area a, struct card_area b)
{
	uint32_t end_a = a.row + a.rows, end_b = b.row + b.rows;

	if (b.row > end_a || a.row > end_b)
		return b;
	b.row = a.row < b.row ? a.row : b.row;
	b.rows = (end_a > end_b ? end_a : end_b) - b.row;
	return b;
}

void perform_expect(struct performance *p, const struct order_step *step, struct card_area area)
{
	struct order_content *content = p->frame->content;
	uint32_t number = perform_number(p, step), rest = content->expect.frame;

	if (content->drawn && content->expect.frame == number) { /* more of the same frame */
		area = join(content->expect.part, area);
		rest = content->expect.rest;
	}
	content->expect = (struct card_expect){
		.serial = serial_of(p),
		.frame = number,
		.part = area,
		/* Halves alternate: what is not of this frame is of the one drawn before. */
		.rest = rest,
	};
	content->drawn = true;
	content->lower = !content->lower;
}

static void touched(const struct performance *p, const struct order_step *step,
		    struct card_area area)
{
	if (p->hands->touched)
		p->hands->touched(p->hands->data, step, area);
}

/* Where the CPU draws. NULL: it was to make a map, and has none. */
static void *pixels_of(const struct performance *p)
{
	const struct buffer *buffer = p->frame->buffer;

	if (!p->mapped)
		return buffer_pixels(buffer);
	return p->map ? (char *)p->map + buffer->offset : NULL;
}

void perform_draw(struct performance *p, const struct order_step *step)
{
	const struct order_frame *frame = p->frame;
	struct card_area area = cells_of(p, step);
	size_t stride = frame->buffer->stride;
	void *pixels = pixels_of(p);

	/*
	 * Rows that are too close lie over each other, and the last one ends before the buffer
	 * does: nothing is written beyond it.
	 */
	if (step->stride == ORDER_SHORTER)
		stride -= CARD_CELL_BYTES;
	if (pixels && step->cells == ORDER_RIGHT_PARTS)
		card_draw_right(frame->card, serial_of(p), perform_number(p, step), area, pixels,
				stride);
	else if (pixels)
		card_draw(frame->card, serial_of(p), perform_number(p, step), area, pixels, stride);
	perform_expect(p, step, area);
	touched(p, step, area);
}

void perform_blend(struct performance *p, const struct order_step *step)
{
	const struct order_frame *frame = p->frame;
	struct card_area area = cells_of(p, step);

	card_blend(frame->card, serial_of(p), frame->content->expect.frame, perform_number(p, step),
		   area, buffer_pixels(frame->buffer), frame->buffer->stride);
	perform_expect(p, step, area);
	touched(p, step, area);
}

void perform_judge(struct performance *p, const struct order_step *step)
{
	const struct order_frame *frame = p->frame;
	const void *pixels = buffer_pixels(frame->buffer);

	if (frame->copy)
		pixels =
			memcpy(frame->copy, pixels, card_bytes(frame->card, frame->buffer->stride));
	card_judge(frame->card, &frame->content->expect, pixels, frame->buffer->stride, frame->map);
	touched(p, step, card_whole(frame->card));
}
