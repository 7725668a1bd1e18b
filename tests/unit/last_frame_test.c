// SPDX-License-Identifier: MIT
/* last_frame_test: how long the end of a run waits for its last frame to be on the screen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "cmd/run.h"
#include "cmd/screenshot.h"

static struct world {
	struct show show;
	volatile sig_atomic_t interrupted;
	int polls;
	int interrupts_at, closes_at, shows_at; /* which of them; 0: none */
} world;

int __wrap_connection_dispatch(struct connection *conn, int timeout_ms, struct why *why);
int __wrap_screenshot_take(struct stage *stage, const struct card_expect *expect, uint32_t serial,
			   const char *path, struct record *record, struct why *why);
uint32_t *__wrap_window_panel_pixels(struct window *window, uint32_t *width, uint32_t *height,
				     uint32_t *stride);

int __wrap_connection_dispatch(struct connection *conn, int timeout_ms, struct why *why)
{
	(void)conn;
	(void)timeout_ms;
	world.polls++;
	if (world.polls == world.interrupts_at)
		world.interrupted = 1;
	if (world.polls == world.closes_at)
		world.show.stage.window.closed = true;
	if (world.polls == world.shows_at)
		world.show.stage.window.frame_due = true;
	return world.polls < 100 ? 0 : why_set(why, -1, "it never ends");
}

int __wrap_screenshot_take(struct stage *stage, const struct card_expect *expect, uint32_t serial,
			   const char *path, struct record *record, struct why *why)
{
	(void)stage;
	(void)expect;
	(void)serial;
	(void)path;
	(void)record;
	(void)why;
	return 0;
}

uint32_t *__wrap_window_panel_pixels(struct window *window, uint32_t *width, uint32_t *height,
				     uint32_t *stride)
{
	(void)window;
	*width = *height = *stride = 0;
	return NULL;
}

/* How many polls it took. */
static int end(const char *screenshot)
{
	const struct run_pictures pictures = { .screenshot = screenshot };
	struct show *show = &world.show;
	struct record record = { 0 };
	struct why why = { "" };

	show->interrupted = &world.interrupted;
	show->drawn = show->sent = &show->stage.slots[0];
	if (last_frame_look(show, &record, &pictures, &why))
		fail_msg("%s", why.text);
	return world.polls;
}

static void waits_until_it_is_there(void **state)
{
	(void)state;
	world = (struct world){ .shows_at = 4 };
	assert_int_equal(end(NULL), 4);
}

/* A window out of sight hears of no frame. */
static void a_signal_ends_it(void **state)
{
	(void)state;
	world = (struct world){ .interrupts_at = 3, .shows_at = 50 };
	assert_int_equal(end(NULL), 3);
}

static void a_signal_before_it_ends_it(void **state)
{
	(void)state;
	world = (struct world){ .interrupted = 1, .shows_at = 50 };
	assert_int_equal(end(NULL), 0);
}

/* The picture of the screen would be of another frame. */
static void a_signal_does_not_end_it_where_the_screen_is_pictured(void **state)
{
	(void)state;
	world = (struct world){ .interrupts_at = 3, .shows_at = 7 };
	assert_int_equal(end("screen.png"), 7);
}

static void a_closed_window_ends_it(void **state)
{
	(void)state;
	world = (struct world){ .closes_at = 2, .shows_at = 50 };
	assert_int_equal(end("screen.png"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_until_it_is_there),
		cmocka_unit_test(a_signal_ends_it),
		cmocka_unit_test(a_signal_before_it_ends_it),
		cmocka_unit_test(a_signal_does_not_end_it_where_the_screen_is_pictured),
		cmocka_unit_test(a_closed_window_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
