// SPDX-License-Identifier: MIT
/* loop_test: which slot is next, and what is waited for, where a buffer is of no more use. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/clock.h"
#include "cmd/loop.h"
#include "cmd/stage_renew.h"

static struct world {
	struct show show;
	int leaves_out; /* so many slots, when they are to be renewed */
	int looked;	/* at slots: are they free? */
	int watched;
} world;

/* --- what the rest of the program would do --- */

int __wrap_stage_renew_slot(struct stage *stage, struct slot *slot, struct why *why);
bool __wrap_stage_is_left_out(const struct stage *stage, const struct slot *slot);
int __wrap_window_buffer_look(struct window_buffer *wb, struct why *why);
int __wrap_window_buffer_watch(struct window *window, struct window_buffer *wb, int *fd,
			       bool *blind, struct why *why);
int __wrap_connection_poll(struct connection *conn, struct pollfd *fds, size_t count,
			   int timeout_ms, struct why *why);

int __wrap_stage_renew_slot(struct stage *stage, struct slot *slot, struct why *why)
{
	(void)stage;
	(void)why;
	slot->left_out = world.leaves_out-- > 0;
	return 0;
}

bool __wrap_stage_is_left_out(const struct stage *stage, const struct slot *slot)
{
	(void)stage;
	return slot->left_out;
}

int __wrap_window_buffer_look(struct window_buffer *wb, struct why *why)
{
	(void)why;
	world.looked++;
	return !wb->busy;
}

int __wrap_window_buffer_watch(struct window *window, struct window_buffer *wb, int *fd,
			       bool *blind, struct why *why)
{
	(void)window;
	(void)wb;
	(void)fd;
	(void)blind;
	(void)why;
	world.watched++;
	return 0;
}

int __wrap_connection_poll(struct connection *conn, struct pollfd *fds, size_t count,
			   int timeout_ms, struct why *why)
{
	(void)conn;
	(void)fds;
	(void)count;
	(void)timeout_ms;
	(void)why;
	return 0;
}

static void begin(void)
{
	struct stage *stage = &world.show.stage;

	world = (struct world){ 0 };
	stage->slots_open = 3;
	stage->window.frame_due = true;
	for (int i = 0; i < 3; i++)
		stage->slots[i].fence = -1;
}

static struct slot *next(void)
{
	struct slot *slot = NULL;
	struct why why;

	assert_int_equal(loop_free_slot(&world.show, &slot, &why), 0);
	return slot;
}

/* Nothing would wake us for the other. */
static void another_has_its_turn_at_once(void **state)
{
	(void)state;
	begin();
	world.leaves_out = 1;
	assert_ptr_equal(next(), &world.show.stage.slots[1]);
	assert_ptr_equal(next(), &world.show.stage.slots[2]);
	assert_ptr_equal(next(), &world.show.stage.slots[1]);
}

static void there_may_be_none(void **state)
{
	(void)state;
	begin();
	world.leaves_out = 3;
	assert_null(next());
	assert_int_equal(world.looked, 3);
	assert_null(next());
	assert_int_equal(world.looked, 3);
}

static void what_is_left_out_is_not_missed(void **state)
{
	const struct slot *slot = &world.show.stage.slots[0];
	struct why why;

	(void)state;
	begin();
	world.show.stage.slots[0].left_out = true;
	world.show.stage.slots[0].shown.busy = true;
	world.show.stage.slots[0].late_since = clock_ns() - 2 * LOOP_LATE_MS * 1000000LL;
	assert_ptr_equal(next(), slot + 1);
	assert_false(slot->late_told);
	assert_int_equal(loop_wait(&world.show, &why), 0);
	assert_int_equal(world.watched, 0);
	world.show.stage.slots[1].shown.busy = true;
	assert_int_equal(loop_wait(&world.show, &why), 0);
	assert_int_equal(world.watched, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_has_its_turn_at_once),
		cmocka_unit_test(there_may_be_none),
		cmocka_unit_test(what_is_left_out_is_not_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
