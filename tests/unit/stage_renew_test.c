// SPDX-License-Identifier: MIT
/* stage_renew_test: which buffers may still be shown, and which need not be waited for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "cmd/stage_renew.h"

static void fits_by_size_exporter_and_sync(void **state)
{
	struct stage stage = { .card = { .width = 640, .height = 480 },
			       .sync = SHOW_SYNC_IMPLICIT };
	struct slot slot = { .buffer = { .width = 640, .height = 480, .exporter = &stage.exporter },
			     .sync = SHOW_SYNC_IMPLICIT };

	(void)state;
	assert_true(stage_slot_fits(&stage, &slot));
	slot.buffer.width = 641;
	assert_false(stage_slot_fits(&stage, &slot));
	slot.buffer.width = 640;
	slot.buffer.height = 479;
	assert_false(stage_slot_fits(&stage, &slot));
	slot.buffer.height = 480;
	slot.buffer.exporter = &stage.before;
	assert_false(stage_slot_fits(&stage, &slot));
	slot.buffer.exporter = &stage.exporter;
	stage.sync = SHOW_SYNC_SYNCOBJ;
	assert_false(stage_slot_fits(&stage, &slot));
}

/* Only what nobody will be told of any more, and what is not on the screen. */
static void abandons_what_may_never_come_back(void **state)
{
	struct stage stage = { .sync = SHOW_SYNC_SYNCOBJ };
	struct slot slot = { .sync = SHOW_SYNC_IMPLICIT, .shown = { .busy = true } };
	struct slot other = slot;

	(void)state;
	assert_true(stage_may_abandon(&stage, &slot, &other));
	assert_false(stage_may_abandon(&stage, &slot, &slot));
	slot.sync = SHOW_SYNC_FILE;
	assert_true(stage_may_abandon(&stage, &slot, &other));
	slot.shown.barrier = (void *)&other;
	assert_false(stage_may_abandon(&stage, &slot, &other));
	slot.shown.barrier = NULL;
	slot.shown.busy = false; /* it is free: nothing to abandon */
	assert_false(stage_may_abandon(&stage, &slot, &other));
	slot.shown.busy = true;
	slot.sync = SHOW_SYNC_SYNCOBJ;
	assert_false(stage_may_abandon(&stage, &slot, &other));
	slot.sync = SHOW_SYNC_IMPLICIT;
	stage.sync = SHOW_SYNC_FILE; /* releases are told as before */
	assert_false(stage_may_abandon(&stage, &slot, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fits_by_size_exporter_and_sync),
		cmocka_unit_test(abandons_what_may_never_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
