// SPDX-License-Identifier: MIT
/* stage_sync_test: which kind of sync is next, where buffers of some are not to be had any more. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>

#include "cmd/stage_sync.h"

static bool implicit_gone, explicit_gone;

int __wrap_window_can_import_as(const struct window *window, bool is_explicit, struct why *why);
bool __wrap_window_has_syncobj(const struct window *window);
int __wrap_window_set_explicit(struct window *window, bool is_explicit, struct why *why);
int __wrap_access_snapshot(struct access *access, uint64_t flags);

int __wrap_window_can_import_as(const struct window *window, bool is_explicit, struct why *why)
{
	(void)window;
	return (is_explicit ? explicit_gone : implicit_gone)
		       ? why_set(why, -EOPNOTSUPP, "taken back")
		       : 0;
}

bool __wrap_window_has_syncobj(const struct window *window)
{
	(void)window;
	return true;
}

int __wrap_window_set_explicit(struct window *window, bool is_explicit, struct why *why)
{
	(void)window;
	(void)is_explicit;
	(void)why;
	return 0;
}

/* The fences of any dma-buf; the caller's. */
int __wrap_access_snapshot(struct access *access, uint64_t flags)
{
	(void)access;
	(void)flags;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static enum show_sync after(enum show_sync sync, bool *is_another)
{
	struct stage stage = { .sync = sync };

	*is_another = stage_next_sync(&stage);
	return stage.sync;
}

static void goes_round(void **state)
{
	bool another;

	(void)state;
	implicit_gone = explicit_gone = false;
	assert_int_equal(after(SHOW_SYNC_IMPLICIT, &another), SHOW_SYNC_FILE);
	assert_true(another);
	assert_int_equal(after(SHOW_SYNC_FILE, &another), SHOW_SYNC_SYNCOBJ);
	assert_true(another);
	assert_int_equal(after(SHOW_SYNC_SYNCOBJ, &another), SHOW_SYNC_IMPLICIT);
	assert_true(another);
}

static void passes_explicit_sync_over(void **state)
{
	bool another;

	(void)state;
	implicit_gone = false;
	explicit_gone = true;
	assert_int_equal(after(SHOW_SYNC_FILE, &another), SHOW_SYNC_IMPLICIT);
	assert_true(another);
	assert_int_equal(after(SHOW_SYNC_SYNCOBJ, &another), SHOW_SYNC_IMPLICIT);
	assert_true(another);
}

/* Each buffer would have to be another, and none is to be had: it is not begun. */
static void stays(void **state)
{
	static const enum show_sync all[] = { SHOW_SYNC_IMPLICIT, SHOW_SYNC_FILE,
					      SHOW_SYNC_SYNCOBJ };
	bool another;

	(void)state;
	implicit_gone = explicit_gone = true;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(after(all[i], &another), all[i]);
		assert_false(another);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_round),
		cmocka_unit_test(passes_explicit_sync_over),
		cmocka_unit_test(stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
