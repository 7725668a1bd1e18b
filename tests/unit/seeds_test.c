// SPDX-License-Identifier: MIT
/* What the module's buffers are set to for an order: a control has each setting that one of its faults runs under. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "cmd/check_seeds.h"

enum { MANY = 64, SLOTS = 2 };

/* What the module was told, the last of each buffer, and how often START was to be interrupted. */
static struct drm_staleline_params told[SLOTS];
static int told_times, interrupts;
static const struct buffer *interrupted;

static struct bench bench;

int __wrap_staleline_view_open(struct staleline_view *view, const struct buffer *buffer,
			       struct why *why);
int __wrap_staleline_view_set(const struct staleline_view *view,
			      struct drm_staleline_params *params);
void __wrap_staleline_view_close(struct staleline_view *view);

int __wrap_staleline_view_open(struct staleline_view *view, const struct buffer *buffer,
			       struct why *why)
{
	(void)why;
	*view = (struct staleline_view){ .handle = buffer->number };
	return 0;
}

int __wrap_staleline_view_set(const struct staleline_view *view,
			      struct drm_staleline_params *params)
{
	if (params->flags == DRM_STALELINE_SET_INJECT) {
		interrupts += (int)params->inject;
		interrupted = &bench.slots[view->handle - 1].buffer;
		return 0;
	}
	told[view->handle - 1] = *params;
	told_times++;
	return 0;
}

void __wrap_staleline_view_close(struct staleline_view *view)
{
	view->handle = 0;
}

static int setup(void **state)
{
	(void)state;
	memset(told, 0, sizeof(told));
	told_times = interrupts = 0;
	bench = (struct bench){ .slot_count = SLOTS };
	bench.ground.module = true;
	bench.ground.params.mode = DRM_STALELINE_MODE_NONCOHERENT;
	for (uint32_t i = 0; i < SLOTS; i++)
		bench.slots[i].buffer.number = i + 1;
	return 0;
}

/* All of the catalogue, or the controls alone. */
static uint32_t plan(const struct order *orders[MANY], bool faults)
{
	uint32_t n = 0;

	for (const struct order *order = order_catalogue; order->name; order++)
		if (faults || !order_is_fault(order))
			orders[n++] = order;
	return n;
}

static void a_control_has_each_setting_of_its_faults(void **state)
{
	static const struct {
		const char *control;
		uint32_t count;
		unsigned int all; /* the bits of them */
	} expected[] = {
		{ "overwrite", 1, 0 },
		{ "partial-update", 2, ORDER_NEEDS_POISON },
		{ "blend", 2, ORDER_NEEDS_POISON },
		{ "update-after-device", 2, ORDER_NEEDS_INJECT },
		{ "read", 3, ORDER_NEEDS_POISON | ORDER_NEEDS_INJECT },
	};
	const struct order *orders[MANY];
	unsigned int settings[SEEDS_MAX_SETTINGS];
	uint32_t n = plan(orders, true);

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct order *control = order_find(expected[i].control);
		unsigned int all = 0;

		assert_int_equal(seeds_settings(control, orders, n, ORDER_IMPLICIT, settings),
				 expected[i].count);
		assert_int_equal(settings[0], 0);
		for (uint32_t j = 0; j < expected[i].count; j++)
			all |= settings[j];
		assert_int_equal(all, expected[i].all);
	}
}

static void every_fault_runs_under_a_setting_of_its_control(void **state)
{
	const struct order *orders[MANY];
	uint32_t n = plan(orders, true);

	(void)state;
	for (uint32_t i = 0; i < n; i++) {
		unsigned int own, settings[SEEDS_MAX_SETTINGS];
		uint32_t count;
		bool found = false;

		if (!order_is_fault(orders[i]))
			continue;
		own = orders[i]->needs & (ORDER_NEEDS_POISON | ORDER_NEEDS_INJECT);
		assert_int_equal(seeds_settings(orders[i], orders, n, ORDER_IMPLICIT, settings), 1);
		assert_int_equal(settings[0], own);
		for (enum order_sync sync = 0; sync < ORDER_SYNC_KINDS; sync++) {
			if (!order_has_sync(orders[i], sync))
				continue;
			count = seeds_settings(order_find(orders[i]->control), orders, n, sync,
					       settings);
			found = false;
			for (uint32_t j = 0; j < count; j++)
				found |= settings[j] == own;
			assert_true(found);
		}
	}
}

static void a_control_alone_has_its_own(void **state)
{
	const struct order read_by_points = { .name = "fault",
					      .control = "read",
					      .needs = ORDER_NEEDS_POISON,
					      .syncs = 1 << ORDER_SYNCOBJ };
	const struct order *orders[MANY];
	unsigned int settings[SEEDS_MAX_SETTINGS];
	uint32_t n = plan(orders, false);

	(void)state;
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(seeds_settings(orders[i], orders, n, ORDER_IMPLICIT, settings), 1);
		assert_int_equal(settings[0], 0);
	}
	/* Nor has one whose fault is none of this sync. */
	orders[n++] = &read_by_points;
	assert_int_equal(seeds_settings(order_find("read"), orders, n, ORDER_IMPLICIT, settings),
			 1);
	assert_int_equal(seeds_settings(order_find("read"), orders, n, ORDER_SYNCOBJ, settings), 2);
	assert_int_equal(settings[1], ORDER_NEEDS_POISON);
}

static void a_setting_is_what_the_module_is_told(void **state)
{
	const struct drm_staleline_params given = { .mode = DRM_STALELINE_MODE_NONCOHERENT,
						    .write = DRM_STALELINE_WRITE_NONE,
						    .evict = 7 };
	struct seeds_wish wish = { .order = order_find("read"), .setting = ORDER_NEEDS_POISON };
	struct why why = { "" };

	(void)state;
	assert_int_equal(seeds_set(&bench, &given, &wish, &why), 0);
	assert_int_equal(told_times, SLOTS);
	for (int i = 0; i < SLOTS; i++) {
		assert_true(told[i].flags & DRM_STALELINE_SET_WRITE);
		assert_int_equal(told[i].write, DRM_STALELINE_WRITE_POISON);
		assert_int_equal(told[i].evict, 7);
	}
	wish.setting = 0;
	assert_int_equal(seeds_set(&bench, &given, &wish, &why), 0);
	assert_int_equal(told[1].write, DRM_STALELINE_WRITE_NONE);
	bench.ground.params.mode = DRM_STALELINE_MODE_COHERENT;
	assert_int_equal(seeds_set(&bench, &given, &wish, &why), 0);
	assert_int_equal(told_times, 2 * SLOTS);
}

static void a_start_is_interrupted_under_that_setting(void **state)
{
	struct why why = { "" };

	(void)state;
	bench.number = 1; /* the second slot was the last */
	assert_int_equal(seeds_inject(&bench, ORDER_NEEDS_INJECT | ORDER_NEEDS_POISON, &why), 0);
	assert_int_equal(interrupts, 1);
	assert_ptr_equal(interrupted, &bench.slots[0].buffer);
	assert_int_equal(seeds_inject(&bench, ORDER_NEEDS_POISON, &why), 0);
	bench.ground.params.mode = DRM_STALELINE_MODE_COHERENT;
	assert_int_equal(seeds_inject(&bench, ORDER_NEEDS_INJECT, &why), 0);
	assert_int_equal(interrupts, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(a_control_has_each_setting_of_its_faults),
		TEST(every_fault_runs_under_a_setting_of_its_control),
		TEST(a_control_alone_has_its_own),
		TEST(a_setting_is_what_the_module_is_told),
		TEST(a_start_is_interrupted_under_that_setting),
	};

	return cmocka_run_group_tests_name("seeds", tests, NULL, NULL);
}
