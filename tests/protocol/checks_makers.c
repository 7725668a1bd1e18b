// SPDX-License-Identifier: MIT
/* checks: what must hold where a global went of which everything needed had been made. See cases_makers.h. */
#include "checks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

/* The card: pixels in the buffer, units on the screen; 3 of those are 2 of these. */
static void has_card_at_1_5(const struct outcome *outcome, const struct seen *seen, int32_t width,
			    int32_t height)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(outcome->window.scale120, 180);
	assert_false(outcome->window.scaled);
	assert_int_equal(seen->destination_width, width);
	assert_int_equal(seen->destination_height, height);
	assert_int_equal(seen->buffer_width, width * 3 / 2);
	assert_int_equal(seen->buffer_height, height * 3 / 2);
	assert_int_equal(seen->sizes, 1);
}

/* 813x400 units; the panel's 320 pixels are 213 of them. */
void is_resized_at_1_5(const struct outcome *outcome, const struct seen *seen)
{
	has_card_at_1_5(outcome, seen, 600, 400);
	assert_int_equal(seen->panel_left, 600);
	assert_int_equal(seen->geometry_width, 813);
	assert_int_equal(seen->geometry_height, 400);
}

void fills_800x400_at_1_5(const struct outcome *outcome, const struct seen *seen)
{
	has_card_at_1_5(outcome, seen, 800, 400);
	assert_int_equal(seen->panel_unmaps, 1);
	assert_int_equal(seen->geometry_width, 800);
	assert_int_equal(seen->geometry_height, 400);
}

void has_many_pongs_and_frames(const struct outcome *outcome, const struct seen *seen)
{
	is_plain(outcome, seen);
	has_many_pongs(outcome, seen);
}

/* Of the pointer that was there, and was told of its shape by what was made for it. */
void has_shape_for_each_entry(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->pointers, 1);
	assert_int_equal(seen->moves, 2);
	assert_int_equal(seen->shape, 1); /* default */
	assert_int_equal(seen->shapes, 2);
	assert_int_equal(seen->cursors, 0);
}

/* A panel of the height before is a panel, too. */
void is_resized_beside_old_panel(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->buffer_width, 1000 - CLIENT_PANEL);
	assert_int_equal(seen->buffer_height, 500);
	assert_int_equal(seen->panel_left, 1000 - CLIENT_PANEL);
	assert_int_equal(seen->panel_height, WINDOW_HEIGHT);
}

/* The third pointer is the first that comes without shapes: it brings a picture of its own. */
void has_cursor_after_shapes(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->moves, 3);
	assert_int_equal(seen->shapes, 2);
	assert_int_equal(seen->cursors, 1);
}
