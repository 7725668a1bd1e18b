// SPDX-License-Identifier: MIT
/* checks: what must hold of a window that got another size. See cases_size.h. */
#include "checks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

/* The last frame's card, the panel beside it and the geometry around both; and no frame less. */
static void shows(const struct outcome *outcome, const struct seen *seen, int32_t width,
		  int32_t height, int32_t panel)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->commits, CLIENT_FRAMES);
	assert_int_equal(outcome->window.width, width);
	assert_int_equal(outcome->window.height, height);
	assert_int_equal(seen->buffer_width, width);
	assert_int_equal(seen->buffer_height, height);
	assert_int_equal(seen->panel_height, panel ? height : seen->panel_height);
	assert_int_equal(seen->geometry_width, width + panel);
	assert_int_equal(seen->geometry_height, height);
	assert_int_equal(outcome->window.resizes, seen->sizes);
}

void is_resized(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, 1000 - CLIENT_PANEL, 500, CLIENT_PANEL);
	assert_int_equal(seen->panel_left, 1000 - CLIENT_PANEL);
	assert_int_equal(seen->sizes, 1);
	/* Each buffer once, when it was free. */
	assert_int_equal(outcome->renewed, 2);
	assert_int_equal(seen->imports, 4);
	assert_int_equal(seen->max_width, 0);
	assert_int_equal(seen->min_width, WINDOW_MIN_SIDE + CLIENT_PANEL);
}

void is_resized_once(const struct outcome *outcome, const struct seen *seen)
{
	is_resized(outcome, seen);
	assert_int_equal(seen->asked, 51);
	assert_int_equal(seen->acks, 2);
}

void is_resized_and_back(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, WINDOW_WIDTH, WINDOW_HEIGHT, CLIENT_PANEL);
	assert_int_equal(seen->sizes, 2);
	assert_int_equal(seen->acks, 3);
}

void keeps_size_at_1_5(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(outcome->window.width, WINDOW_WIDTH);
	assert_int_equal(outcome->window.height, WINDOW_HEIGHT);
	assert_int_equal(outcome->window.resizes, 0);
	assert_int_equal(seen->geometry_width, 810); /* 896 and 320 pixels are 597 and 213 units */
	assert_int_equal(seen->geometry_height, 448);
	assert_int_equal(seen->acks, 2);
}

void is_resized_to_least(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, WINDOW_MIN_SIDE, WINDOW_MIN_SIDE, CLIENT_PANEL);
	assert_int_equal(seen->sizes, 1);
}

void is_resized_to_most(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->buffer_width, WINDOW_MAX_SIDE);
	assert_int_equal(seen->buffer_height, WINDOW_MAX_SIDE);
	assert_true(outcome->window.clamped);
}

void is_resized_without_panel(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, 1024, 640, 0);
	assert_int_equal(seen->panel_unmaps, 1);
}

/* The same units are twice as many pixels. The panel's pixels are as many as before. */
void is_resized_for_scale_2(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->buffer_width, 2000 - CLIENT_PANEL);
	assert_int_equal(seen->buffer_height, 1000);
	assert_int_equal(seen->destination_width, 1000 - CLIENT_PANEL / 2);
	assert_int_equal(seen->destination_height, 500);
	assert_int_equal(seen->geometry_width, 1000);
	assert_int_equal(seen->sizes, 2);
	assert_false(outcome->window.scaled);
}

/* Asked once, and not for each frame anew; what the compositor said is answered all the same. */
void keeps_size_refused(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, WINDOW_WIDTH, WINDOW_HEIGHT, CLIENT_PANEL);
	assert_int_equal(outcome->kept, 1);
	assert_int_equal(outcome->renewed, 0);
	assert_int_equal(seen->refused, 1);
	assert_int_equal(seen->acks, 2);
	assert_int_equal(seen->sizes, 0);
}

/* The first new buffer has to go back to the size that both can have. */
void keeps_size_refused_later(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, WINDOW_WIDTH, WINDOW_HEIGHT, CLIENT_PANEL);
	assert_int_equal(outcome->kept, 1);
	assert_int_equal(outcome->renewed, 2);
	assert_int_equal(seen->sizes, 2);
}

/* No buffer is asked for that can't be had; the configure is answered. */
static void keeps_size_unasked(const struct outcome *outcome, const struct seen *seen, int kept)
{
	shows(outcome, seen, WINDOW_WIDTH, WINDOW_HEIGHT, CLIENT_PANEL);
	assert_int_equal(outcome->kept, kept);
	assert_int_equal(seen->imports, 2);
	assert_int_equal(seen->refused, 0);
	assert_int_equal(seen->acks, 2);
}

void keeps_size_unoffered(const struct outcome *outcome, const struct seen *seen)
{
	keeps_size_unasked(outcome, seen, 1);
}

/* Nor is it wanted. */
void keeps_size_without_dmabuf(const struct outcome *outcome, const struct seen *seen)
{
	keeps_size_unasked(outcome, seen, 0);
}

/*
 * Each of the 22 sizes is answered, none tried; and from then on the compositor knows that there is
 * one size.
 */
void keeps_size_dragged(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->buffer_width, WINDOW_WIDTH);
	assert_int_equal(seen->buffer_height, WINDOW_HEIGHT);
	assert_int_equal(outcome->kept, 0);
	assert_int_equal(seen->imports, 2);
	assert_int_equal(seen->acks, 1 + 21 + 1);
	assert_int_equal(seen->min_width, WINDOW_WIDTH + CLIENT_PANEL);
	assert_int_equal(seen->max_width, WINDOW_WIDTH + CLIENT_PANEL);
	assert_int_equal(seen->resizes, 1); /* while there was linux-dmabuf */
	assert_int_equal(seen->moves, 1);
	assert_true(seen->pongs > CLIENT_FRAMES);
}

void is_window_again_unoffered(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, WINDOW_WIDTH, WINDOW_HEIGHT, CLIENT_PANEL);
	assert_true(seen->fullscreen_asked);
	assert_int_equal(seen->panel_unmaps, 1);
	assert_int_equal(seen->imports, 2);
}

void keeps_size_of_wish(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, 640, 480, CLIENT_PANEL);
	assert_int_equal(outcome->renewed, 0);
	assert_int_equal(seen->acks, 2);
	assert_int_equal(seen->max_width, 640 + CLIENT_PANEL);
}

/* Answered without a frame, and with the next one it has the size. */
void is_answered_in_pause(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, 1000 - CLIENT_PANEL, 500, CLIENT_PANEL);
	assert_int_equal(seen->acks, 2);
	assert_int_equal(seen->bare_commits, 1);
	assert_int_equal(seen->sizes, 1);
}

void fills_maximized_without_panel(const struct outcome *outcome, const struct seen *seen)
{
	shows(outcome, seen, 1000, 500, 0);
	assert_int_equal(seen->sizes, 2);
}
