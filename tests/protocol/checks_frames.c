// SPDX-License-Identifier: MIT
/* checks: what must hold of frames, and of buffers that come back or don't. See cases.c. */
#include "checks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

void counts_each_release_once(const struct outcome *outcome, const struct seen *seen)
{
	(void)seen;
	assert_int_equal(outcome->releases[0] + outcome->releases[1], CLIENT_FRAMES - 1);
}

/* The one release was the first commit's: the second commit still has the buffer. */
void is_still_busy(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(seen->commits, 2);
	assert_true(outcome->busy[0]);
}

/* One release for both commits: it is free all the same. */
void is_free_again(const struct outcome *outcome, const struct seen *seen)
{
	assert_int_equal(seen->commits, 3);
	assert_false(outcome->busy[0]);
	assert_true(outcome->busy[1]);
	assert_int_equal(outcome->releases[0], 1);
}

/* Nothing was lost of what the socket did not take at once. */
void is_all_read(const struct outcome *outcome, const struct seen *seen)
{
	assert_true(outcome->was_full);
	assert_int_equal(seen->commits, outcome->frames);
}

/* It waited for room and did not look for it again and again. */
void slept_while_full(const struct outcome *outcome, const struct seen *seen)
{
	assert_true(outcome->was_full);
	assert_int_equal(seen->commits, 3);
	assert_true(outcome->full_cpu_ms < CLIENT_SHORT_LIMIT_MS / 4);
}

/* And nothing is left open: protocol_test.c counts. */
void is_closed_busy(const struct outcome *outcome, const struct seen *seen)
{
	assert_true(outcome->window.closed);
	assert_int_equal(outcome->frames, 2);
	assert_int_equal(seen->commits, 2);
	assert_true(outcome->busy[0] && outcome->busy[1]);
}

/*
 * The server pings again as soon as it is answered: the first pong after the last commit may answer a ping of before, the
 * second can't.
 */
void has_pongs_while_busy(const struct outcome *outcome, const struct seen *seen)
{
	assert_true(outcome->busy[0] && outcome->busy[1]);
	assert_int_equal(seen->commits, 2);
	assert_true(seen->pongs - seen->pongs_before >= 2);
}
