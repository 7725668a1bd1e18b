// SPDX-License-Identifier: MIT
/* checks: what must hold at the end of a case of explicit sync. See cases_sync.h. */
#include "checks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

/* A timeline for all acquire points, and one for each buffer. The last point may be on its way. */
void is_explicit_late(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->timelines, 3);
	assert_int_equal(seen->explicit_commits, CLIENT_FRAMES);
}

void is_explicit(const struct outcome *outcome, const struct seen *seen)
{
	is_explicit_late(outcome, seen);
	assert_true(outcome->busy[0] != outcome->busy[1]);
	assert_int_equal(outcome->releases[0] + outcome->releases[1], CLIENT_FRAMES - 1);
}

void is_not_explicit(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->timelines, 0);
	assert_int_equal(seen->explicit_commits, 0);
}

/* What could not be made ready was not committed. */
void committed_two(const struct outcome *outcome, const struct seen *seen)
{
	(void)outcome;
	assert_int_equal(seen->explicit_commits, 2);
}

void committed_both(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(seen->explicit_commits, 2);
	assert_true(outcome->busy[0] && outcome->busy[1]);
}

/* Woken by the eventfd: not a tight loop, and not by the time limit of a sleep. */
void slept_for_points(const struct outcome *outcome, const struct seen *seen)
{
	is_explicit_late(outcome, seen);
	assert_true(outcome->polls < 6 * CLIENT_FRAMES);
	assert_true(outcome->took_ms < 180 * (CLIENT_FRAMES - 2));
}

/* Two points pending on two timelines: a third and a fourth are never made. */
void is_pending_twice(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(seen->explicit_commits, 2);
	assert_int_equal(seen->timelines, 4);
	assert_true(outcome->busy[0]);
}

/* The second commit's point came first: that says nothing of the others. */
void is_pending_still(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(seen->explicit_commits, 3);
	assert_true(outcome->busy[0]);
}

void is_free_after_points(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(seen->explicit_commits, 5);
	assert_false(outcome->busy[0]);
	assert_true(outcome->busy[1]);
}

/* From the 4th frame on each commit has points; each buffer was made anew once. */
void became_explicit(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->explicit_commits, CLIENT_FRAMES - 3);
	assert_int_equal(outcome->renewed, 2);
	assert_int_equal(seen->sync_left, 0);
}

void became_implicit(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->explicit_commits, 4);
	assert_int_equal(outcome->renewed, 2);
	assert_int_equal(seen->sync_left, 1);
}

/* 3 frames with points, 3 without, 4 with. */
void became_explicit_again(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->explicit_commits, 7);
	assert_int_equal(outcome->renewed, 4);
	assert_int_equal(seen->sync_left, 1);
}
