// SPDX-License-Identifier: MIT
/* checks: what must hold of keys, and of what they do to the window. See cases_seat.h. */
#include "checks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <xkbcommon/xkbcommon-keysyms.h>

static void has(const struct outcome *outcome, const uint32_t *keys, size_t count)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(outcome->key_count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(outcome->keys[i], keys[i]);
}

void has_keys_plain(const struct outcome *outcome, const struct seen *seen)
{
	const uint32_t keys[] = { XKB_KEY_q, XKB_KEY_space, XKB_KEY_period, XKB_KEY_slash,
				  XKB_KEY_F11 };

	assert_int_equal(seen->keyboards, 1);
	has(outcome, keys, 5);
}

void has_question_mark(const struct outcome *outcome, const struct seen *seen)
{
	const uint32_t keys[] = { XKB_KEY_question };

	(void)seen;
	has(outcome, keys, 1);
}

void has_q(const struct outcome *outcome, const struct seen *seen)
{
	const uint32_t keys[] = { XKB_KEY_q };

	(void)seen;
	has(outcome, keys, 1);
}

void has_capital_q(const struct outcome *outcome, const struct seen *seen)
{
	const uint32_t keys[] = { XKB_KEY_Q };

	(void)seen;
	has(outcome, keys, 1);
}

void has_eight_keys(const struct outcome *outcome, const struct seen *seen)
{
	const uint32_t q = XKB_KEY_q, space = XKB_KEY_space;
	const uint32_t keys[] = { q, space, q, space, q, space, q, space };

	(void)seen;
	has(outcome, keys, 8);
}

void has_no_keys(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	has(outcome, NULL, 0);
	assert_null(outcome->connection.keyboard.state);
}

/* There is a keymap, and no key that counts. */
void has_none_of_keys(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	has(outcome, NULL, 0);
	assert_non_null(outcome->connection.keyboard.state);
}

void has_second_keyboard(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(seen->keyboards, 2);
	has_q(outcome, seen);
	assert_non_null(outcome->connection.keyboard.state);
}

void is_moved(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->pointers, 1);
	assert_int_equal(seen->moves, 1);
	assert_int_equal(seen->resizes, 0);
	assert_int_equal(seen->shape, 1); /* default */
	assert_int_equal(seen->shapes, 1);
}

void is_not_moved(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->moves + seen->resizes, 0);
}

/* The numbers are those of cursor-shape-v1.xml and xdg-shell.xml. */
static void is_resized_at(const struct seen *seen, uint32_t edge, uint32_t shape)
{
	assert_int_equal(seen->moves, 0);
	assert_int_equal(seen->resizes, 1);
	assert_int_equal(seen->resize_edge, edge);
	assert_int_equal(seen->shape, shape);
	assert_int_equal(seen->shapes, shape ? 2 : 0);
}

void is_resized_at_upper_left(const struct outcome *outcome, const struct seen *seen)
{
	(void)outcome;
	is_resized_at(seen, 5, 21);
}

void is_resized_at_lower_right(const struct outcome *outcome, const struct seen *seen)
{
	(void)outcome;
	is_resized_at(seen, 10, 23);
}

void is_resized_at_right(const struct outcome *outcome, const struct seen *seen)
{
	(void)outcome;
	is_resized_at(seen, 8, 18);
}

/* The usual cursor where it entered, and that of the edge: pictures of our own. */
void is_resized_without_shape(const struct outcome *outcome, const struct seen *seen)
{
	is_resized_at(seen, 4, 0);
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->cursors, 2);
	assert_true(seen->cursor_width > 0);
	assert_in_range(seen->cursor_x, 0, seen->cursor_width);
}

static void has_cursor(const struct outcome *outcome, const struct seen *seen, int32_t width,
		       int32_t scale, uint32_t times)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->cursor_width, width);
	assert_int_equal(seen->cursor_scale, scale);
	assert_int_equal(seen->cursor_x, width / scale / 2);
	assert_int_equal(seen->cursors, times);
	assert_int_equal(outcome->window.scale120, 120); /* it is the cursor's alone */
}

/* Where it entered, and at the edge. */
void has_cursor_for_scale_1(const struct outcome *outcome, const struct seen *seen)
{
	has_cursor(outcome, seen, 24, 1, 2);
}

/* As large as at scale 1, of twice as many pixels. */
void has_cursor_for_scale_2(const struct outcome *outcome, const struct seen *seen)
{
	has_cursor(outcome, seen, 48, 2, 3);
}

void has_cursor_for_scale_1_again(const struct outcome *outcome, const struct seen *seen)
{
	has_cursor(outcome, seen, 24, 1, 4);
}

/* 45 pixels for scale 2 are not its 24 twice: half a pixel would be an error, and 45 units too large. */
void has_cursor_of_odd_width(const struct outcome *outcome, const struct seen *seen)
{
	has_cursor(outcome, seen, 24, 1, 3);
}

/* It would be half as large. */
void has_cursor_of_one_size(const struct outcome *outcome, const struct seen *seen)
{
	has_cursor(outcome, seen, 24, 1, 3);
}

/* Set anew by each entry, as the protocol asks, and by nothing else. */
void has_cursor_for_each_entry(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->pointers, 2);
	assert_int_equal(seen->moves, 2);
	assert_int_equal(seen->cursors, 2);
}

void has_second_pointer(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->pointers, 2);
	assert_int_equal(seen->moves, 1);
}

void is_decorated(const struct outcome *outcome, const struct seen *seen)
{
	is_plain(outcome, seen);
	assert_int_equal(seen->decoration_mode, 2); /* server_side */
}

void has_no_panel_any_more(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->panel_commits, 1 + 3); /* at first, and of the frames before */
	assert_int_equal(seen->panel_unmaps, 1);
	assert_int_equal(seen->geometry_width, WINDOW_WIDTH);
}

/* No frame carried the geometry: it took effect with a commit of its own. */
void has_no_panel_from_pause_on(const struct outcome *outcome, const struct seen *seen)
{
	has_no_panel_any_more(outcome, seen);
	assert_int_equal(seen->bare_commits, 1);
	assert_int_equal(seen->bare_width, WINDOW_WIDTH);
}

void has_panel_again(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	/* Two frames without; and at first, and when it comes back, it is there before the geometry that counts it. */
	assert_int_equal(seen->panel_commits, CLIENT_FRAMES - 2 + 2);
	assert_int_equal(seen->panel_unmaps, 1);
	assert_int_equal(seen->geometry_width, WINDOW_WIDTH + CLIENT_PANEL);
}

/*
 * One is there at first, the other was drawn for the first frame; and then one of them is there
 * again.
 */
void has_panel_again_as_it_was(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->panel_commits, 2 + 1);
	assert_int_equal(seen->panel_unmaps, 1);
	assert_int_equal(seen->geometry_width, WINDOW_WIDTH + CLIENT_PANEL);
}

void is_fullscreen_without_panel(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_true(seen->fullscreen_asked);
	assert_int_equal(seen->panel_commits,
			 1 + 4); /* until the server says that it is fullscreen */
	assert_int_equal(seen->panel_unmaps, 1);
	assert_int_equal(seen->geometry_width, 640);
	assert_int_equal(seen->max_width, 0);
}

void is_window_again(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->panel_unmaps, 1);
	assert_true(seen->panel_commits > 1 + 3);
	assert_int_equal(seen->geometry_width, 640 + CLIENT_PANEL);
	assert_int_equal(seen->max_width, 640 + CLIENT_PANEL);
}
