// SPDX-License-Identifier: MIT
/* checks: what must hold of a session whose globals went. See cases_globals.h. */
#include "checks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <time.h>
#include <xkbcommon/xkbcommon-keysyms.h>

/* q, so many times, and no frame less. */
static void has_q_times(const struct outcome *outcome, size_t times)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(outcome->key_count, times);
	for (size_t i = 0; i < times; i++)
		assert_int_equal(outcome->keys[i], XKB_KEY_q);
}

/* What was pressed before it went is not lost. */
void has_keys_until_seat_went(const struct outcome *outcome, const struct seen *seen)
{
	has_q_times(outcome, 1);
	assert_int_equal(seen->seats, 1);
	assert_null(outcome->connection.seat);
	assert_null(outcome->connection.keyboard.wl);
	assert_null(outcome->connection.pointer.wl);
}

/* The pointer still moves the window, and knows whose it is. */
void has_keys_of_both_seats(const struct outcome *outcome, const struct seen *seen)
{
	has_q_times(outcome, 2);
	assert_int_equal(seen->seats, 2);
	assert_int_equal(seen->keyboards, 2);
	assert_int_equal(seen->pointers, 2);
	assert_int_equal(seen->moves, 2);
}

void has_keys_of_late_seat(const struct outcome *outcome, const struct seen *seen)
{
	has_q_times(outcome, 1);
	assert_int_equal(seen->seats, 1);
}

/* It was 2, and which of the outputs counted nobody knew. */
void is_at_scale_1_after_all(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->outputs_bound, 2);
	assert_int_equal(outcome->window.scale120, 120);
	assert_false(outcome->window.scaled);
}

void has_output_of_2_again(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->outputs_bound, 3);
	assert_int_equal(outcome->window.scale120, 240);
	assert_false(outcome->window.scaled);
}

/* The first frame's; the ninth, which would be the next to ask, doesn't. */
void asked_presentation_once(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->asks_of_presentation, 1);
	assert_null(outcome->connection.presentation);
}

void asked_presentation_twice(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->asks_of_presentation, CLIENT_ASKED);
	assert_int_equal(outcome->window.presentation.told.shown, CLIENT_ASKED);
	assert_int_equal(outcome->connection.presentation_clock.id, CLOCK_TAI);
}

/* A new buffer would have no timeline: none is made. */
void keeps_size_and_points(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->explicit_commits, CLIENT_FRAMES);
	assert_int_equal(seen->timelines, 3);
	assert_int_equal(seen->imports, 2);
	assert_int_equal(seen->buffer_width, WINDOW_WIDTH);
	assert_int_equal(outcome->kept, 0);
}

/* The third buffer is there, and of no use without a timeline: dropped, and none asked for. */
void keeps_size_and_points_though_created(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->explicit_commits, CLIENT_FRAMES);
	assert_int_equal(seen->timelines, 3);
	assert_int_equal(seen->imports, 3);
	assert_int_equal(seen->buffer_width, WINDOW_WIDTH);
	assert_int_equal(outcome->kept, 1);
}

/*
 * One for all acquire points, one for each buffer; and the one that was committed three times came
 * back after the last.
 */
void goes_on_with_its_timelines(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->explicit_commits, CLIENT_FRAMES + 2);
	assert_int_equal(seen->timelines, 3);
	assert_int_equal(outcome->releases[0] + outcome->releases[1], CLIENT_FRAMES - 1);
}

/* What there is has points, and the surface still takes them. */
void is_explicit_after_all(const struct outcome *outcome, const struct seen *seen)
{
	is_explicit(outcome, seen);
	assert_int_equal(outcome->kept, 1);
	assert_int_equal(seen->sync_left, 0);
	assert_int_equal(seen->imports, 2);
}

/* What could not be had with points was not forgotten. */
void is_resized_when_implicit(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->explicit_commits, 5);
	assert_int_equal(seen->buffer_width, 1000 - CLIENT_PANEL);
	assert_int_equal(seen->buffer_height, 500);
	assert_int_equal(seen->sizes, 1);
}

/* The limits were those of a window that can't: said with the configure, when no buffer was to be had. */
void may_be_resized_when_implicit(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->buffer_width, WINDOW_WIDTH);
	assert_int_equal(seen->sizes, 0);
	assert_int_equal(seen->min_width, WINDOW_MIN_SIDE + CLIENT_PANEL);
	assert_int_equal(seen->max_width, 0);
}

/* What feedback asks for can't be had: nothing is tried, and nothing told. */
void is_plain_and_kept_none(const struct outcome *outcome, const struct seen *seen)
{
	is_plain(outcome, seen);
	assert_int_equal(outcome->kept, 0);
}

void is_closed_after_5(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_true(outcome->window.closed);
	assert_int_equal(outcome->frames, 5);
}
