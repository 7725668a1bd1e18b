// SPDX-License-Identifier: MIT
/* checks: what must hold at the end of a case besides its error. See cases.h. */
#include "checks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <drm_fourcc.h>
#include <errno.h>

void is_plain(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(outcome->formats, 3);
	assert_true(outcome->connection.offer.has_main_device);
	assert_int_equal(outcome->connection.offer.main_device, 0xe280);
	assert_int_equal(outcome->connection.dmabuf_version, 5);
	assert_int_equal(outcome->window.width, WINDOW_WIDTH);
	assert_int_equal(outcome->window.height, WINDOW_HEIGHT);
	assert_int_equal(outcome->window.scale120, 120);
	assert_int_equal(outcome->window.submitted, CLIENT_FRAMES);
	assert_int_equal(outcome->window.presentation.told.shown, CLIENT_ASKED);
	assert_int_equal(outcome->window.presentation.told.zero_copy, 0);
	assert_int_equal(seen->modifier, DRM_FORMAT_MOD_LINEAR);
	assert_int_equal(seen->geometry_width, WINDOW_WIDTH + CLIENT_PANEL);
	assert_int_equal(seen->geometry_height, WINDOW_HEIGHT);
	assert_int_equal(seen->panel_left, WINDOW_WIDTH);
	/* Once before the window may measure it, and with each frame. */
	assert_int_equal(seen->panel_commits, 1 + CLIENT_FRAMES);
	assert_false(seen->synchronised_panel);
	assert_false(outcome->window.clamped);
	assert_false(outcome->window.scaled);
	assert_int_equal(seen->outputs_bound, 0);
	/* One is on the screen, the other came back. */
	assert_true(outcome->busy[0] != outcome->busy[1]);
	assert_int_equal(outcome->releases[0] + outcome->releases[1], CLIENT_FRAMES - 1);
}

void has_version_7(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_int_equal(outcome->connection.dmabuf_offered, 7);
	assert_int_equal(outcome->connection.dmabuf_version, 5);
}

void has_no_device(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->formats, 3);
	assert_false(outcome->connection.offer.has_main_device);
	assert_int_equal(seen->modifier, DRM_FORMAT_MOD_LINEAR);
}

void is_fit_for_scanout(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(outcome->renewed, 0);
	assert_int_equal(outcome->choice.device, 0xe200);
	assert_true(outcome->choice.scanout);
	assert_int_equal(seen->imports, 2);
}

/* Each buffer once, when it was free; no frame less. What was on the screen stayed until the next was there. */
void is_renewed(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(outcome->renewed, 2);
	assert_int_equal(outcome->choice.device, 0xe200);
	assert_true(outcome->choice.scanout);
	assert_int_equal(seen->imports, 4);
}

static void has_both_planes(const struct seen *seen)
{
	assert_int_equal(seen->modifier, DRM_FORMAT_MOD_LINEAR);
	assert_int_equal(seen->planes[0].offset, CLIENT_OFFSET);
	assert_int_equal(seen->planes[0].mark, 1);
	assert_int_equal(seen->planes[1].mark, 2);
}

void is_joint(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	has_both_planes(seen);
	assert_int_equal(seen->planes[0].file, seen->planes[1].file);
	assert_int_equal(seen->planes[1].offset, CLIENT_OFFSET + WINDOW_WIDTH * WINDOW_HEIGHT);
}

void is_disjoint(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	has_both_planes(seen);
	assert_int_not_equal(seen->planes[0].file, seen->planes[1].file);
	assert_int_equal(seen->planes[1].offset, 0);
}

void is_renewed_disjoint(const struct outcome *outcome, const struct seen *seen)
{
	is_renewed(outcome, seen);
	is_disjoint(outcome, seen);
}

void is_immediate(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->imports, 2);
	assert_int_equal(seen->immediate, 2);
}

void is_implicit(const struct outcome *outcome, const struct seen *seen)
{
	(void)outcome;
	assert_int_equal(seen->modifier, DRM_FORMAT_MOD_INVALID);
}

/* Nothing is offered any more: no other buffer would be better than those that there are. */
void keeps_buffers_unoffered(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(outcome->formats, 0);
	assert_int_equal(outcome->kept, 0);
	assert_int_equal(outcome->renewed, 0);
	assert_int_equal(seen->imports, 2);
	assert_int_equal(seen->commits, CLIENT_FRAMES);
}

void keeps_offer(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_int_equal(outcome->formats, 3);
	assert_int_equal(outcome->connection.feedback.result, -EPROTO);
}

void has_pong(const struct outcome *outcome, const struct seen *seen)
{
	(void)outcome;
	assert_int_equal(seen->pongs, 1);
}

void has_many_pongs(const struct outcome *outcome, const struct seen *seen)
{
	(void)outcome;
	assert_true(seen->pongs > CLIENT_FRAMES);
}

/* Long before the time limit of a step. */
void ended_early(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_true(outcome->took_ms < CLIENT_LIMIT_MS / 2);
}

void is_smallest(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.width, WINDOW_MIN_SIDE);
	assert_int_equal(outcome->window.height, WINDOW_MIN_SIDE);
	assert_int_equal(seen->geometry_width, 1);
	assert_int_equal(seen->geometry_height, 1);
}

void is_largest(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_int_equal(outcome->window.width, WINDOW_MAX_SIDE);
	assert_int_equal(outcome->window.height, WINDOW_MAX_SIDE);
	assert_true(outcome->window.clamped);
}

void fills_1000x500(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.width, 1000 - CLIENT_PANEL);
	assert_int_equal(outcome->window.height, 500);
	assert_int_equal(seen->geometry_width, 1000);
	assert_int_equal(seen->geometry_height, 500);
}

void is_fullscreen_1024x640(const struct outcome *outcome, const struct seen *seen)
{
	assert_true(seen->fullscreen_asked);
	assert_int_equal(outcome->window.width, 1024);
	assert_int_equal(outcome->window.height, 640);
	assert_int_equal(seen->geometry_width, 1024);
	assert_int_equal(seen->panel_commits, 0);
}

/* A kiosk makes everything fullscreen: the card keeps its size, the geometry must not exceed. */
void hangs_over_1024x640(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.width, 1200);
	assert_int_equal(outcome->window.height, 700);
	assert_int_equal(seen->geometry_width, 1024);
	assert_int_equal(seen->geometry_height, 640);
}

/* A fullscreen state's size is a maximum only. */
void is_640x480_and_panel(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.width, 640);
	assert_int_equal(seen->geometry_width, 640 + CLIENT_PANEL);
	assert_int_equal(seen->geometry_height, 480);
}

/* The card is smaller than the geometry here, and larger below: it is never scaled or cut. */
void is_1000x500_exactly(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.width, 400);
	assert_int_equal(outcome->window.height, 300);
	assert_int_equal(seen->geometry_width, 1000);
	assert_int_equal(seen->geometry_height, 500);
}

void hangs_over_700x500(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.width, WINDOW_WIDTH);
	assert_int_equal(outcome->window.height, WINDOW_HEIGHT);
	assert_int_equal(seen->geometry_width, 700);
	assert_int_equal(seen->geometry_height, 500);
}

/* 895x671 pixels at scale 2: 447x335 units, and the odd pixel at each edge is not shown. */
void is_unscaled_at_2(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.scale120, 240);
	assert_int_equal(outcome->window.width, 895);
	assert_int_equal(seen->destination_width, 447);
	assert_int_equal(seen->destination_height, 335);
	assert_int_equal(seen->source_width, 894);
	assert_int_equal(seen->source_height, 670);
	assert_int_equal(seen->panel_left, 447);
	assert_int_equal(seen->geometry_width, 447 + CLIENT_PANEL / 2);
	assert_false(outcome->window.scaled);
}

/* 896x672 at 1.5 is 597.3x448 units; 597 of them are 895.5 pixels, which are rounded to 896. */
void is_1_to_1_at_1_5(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.scale120, 180);
	assert_int_equal(outcome->window.width, WINDOW_WIDTH);
	assert_int_equal(seen->destination_width, 597);
	assert_int_equal(seen->destination_height, 448);
	assert_int_equal(seen->source_width, 896);
	assert_int_equal(seen->source_height, 672);
	assert_int_equal(seen->panel_left, 597);
	assert_false(outcome->window.scaled);
}

/* 672 at 1.25 is 537.6 units: 538 would be 673 pixels, which is too many; 537 show 671. */
void is_1_to_1_at_1_25(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.scale120, 150);
	assert_int_equal(seen->destination_width, 717);
	assert_int_equal(seen->destination_height, 537);
	assert_int_equal(seen->source_width, 896);
	assert_int_equal(seen->source_height, 671);
	assert_false(outcome->window.scaled);
}

/* What is said comes back as what it was, although it is counted in pixels in between. */
void fills_1000x500_at_1_75(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.width, 1750);
	assert_int_equal(outcome->window.height, 875);
	assert_int_equal(seen->destination_width, 1000);
	assert_int_equal(seen->destination_height, 500);
	assert_int_equal(seen->source_width, 1750);
	assert_int_equal(seen->geometry_width, 1000);
	assert_int_equal(seen->geometry_height, 500);
	assert_false(outcome->window.scaled);
}

/* The other way round: many units in a pixel. */
void is_1_to_1_at_1_120th(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(seen->destination_width, WINDOW_WIDTH * 120);
	assert_int_equal(seen->destination_height, WINDOW_HEIGHT * 120);
	assert_false(outcome->window.scaled);
}

void is_scaled(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_true(outcome->window.scaled);
}

void follows_output_of_2(const struct outcome *outcome, const struct seen *seen)
{
	assert_true(seen->outputs_bound > 0);
	assert_int_equal(outcome->window.scale120, 240);
	assert_int_equal(seen->destination_width, WINDOW_WIDTH / 2);
	assert_false(outcome->window.scaled);
}

void is_unsure_of_outputs(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(seen->outputs_bound, 2);
	assert_int_equal(outcome->window.scale120, 240);
	assert_true(outcome->window.scaled);
}

/* Less than one unit: shown as one, since there is no viewport of none. */
void is_one_unit(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.width, 64);
	assert_int_equal(seen->destination_width, 1);
	assert_int_equal(seen->destination_height, 1);
	assert_int_equal(seen->source_width, -1);
	assert_true(outcome->window.scaled);
}

void is_within_bounds(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->window.width, 800 - CLIENT_PANEL);
	assert_int_equal(outcome->window.height, 600);
	assert_int_equal(seen->geometry_width, 800);
}

void acked_all(const struct outcome *outcome, const struct seen *seen)
{
	(void)outcome;
	assert_true(seen->acks >= 1 + 50 * (CLIENT_FRAMES - 1));
}

void is_closed(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_true(outcome->window.closed);
	assert_true(outcome->frames < CLIENT_FRAMES);
}
