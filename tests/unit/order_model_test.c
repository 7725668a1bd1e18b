// SPDX-License-Identifier: MIT
/*
 * Every order on the module's model of a cache: what the card shows of each fault, cell by cell, and that every control
 * is clean whatever the cache does.
 */
#include <string.h>

#include "order_model.h"

static const struct shown {
	const char *fault;
	enum cell_kind kind; /* these cells and no others are not fresh */
	uint64_t cells;
	bool state; /* and they are just what the module calls dirty, or stale */
} every_fault[] = {
	{ "wrong-buffer", CELL_UNWRITTEN, CELLS, false },
	{ "reused-fd", CELL_UNWRITTEN, CELLS, false },
	{ "stride", CELL_TORN, CELLS - 2 * HEIGHT, false }, /* at least; see order_fault_test */
	{ "no-bracket", CELL_STALE, CELLS, true },
	{ "no-start", CELL_TORN, LASTS, false },
	{ "no-restart", CELL_TORN, LASTS, false },
	{ "no-end", CELL_STALE, CELLS, true },
	{ "submit-open", CELL_STALE, CELLS, true },
	{ "early-end", CELL_STALE, LASTS, true },
	{ "late-write", CELL_STALE, LASTS, true },
	{ "read-flag", CELL_STALE, CELLS, true },
	{ "end-flag", CELL_STALE, CELLS, true },
	{ "no-flag", CELL_STALE, CELLS, true },
	{ "partial-write-flag", CELL_UNWRITTEN, CELLS / 2, false },
	{ "blend-write-flag", CELL_UNWRITTEN, CELLS - LASTS, false }, /* at least */
	{ "no-release", CELL_AHEAD, CELLS / 2, false },
	{ "wait-in-only", CELL_STALE, 0, false },
	{ "in-out-poll", CELL_STALE, 0, false },
	{ "signal-early", CELL_STALE, CELLS / 2, false },
	{ "snapshot-early", CELL_STALE, CELLS / 2, true },
	{ "read-no-start", CELL_STALE, CELLS, true },
	{ "read-no-restart", CELL_STALE, CELLS, true },
	{ "read-no-wait", CELL_STALE, CELLS / 2, true },
	{ "read-write-flag", CELL_UNWRITTEN, CELLS, true },
	{ "read-after-end", CELL_STALE, 0, false },
};

/* Of its own, and under what the fault needs. */
enum { CONTROLS = 4 };

static void check_fault(const struct shown *shown, const struct cache_params *params)
{
	const struct order *fault = order_find(shown->fault);
	const struct order *control = order_find(fault->control);
	uint64_t not_fresh;

	for (int frame = 0; frame < 7; frame++) {
		perform(frame < CONTROLS ? control : fault, frame < 2 ? control : fault, *params);
		not_fresh = w.count.checked - w.count.kind[CELL_FRESH];
		assert_true(w.count.checked >= CELLS);
		if (frame < CONTROLS) {
			assert_int_equal(not_fresh, 0);
			continue;
		}
		assert_int_equal(not_fresh != 0, (fault->by & NOTICE_CARD) != 0);
		if (strcmp(shown->fault, "stride") && strcmp(shown->fault, "blend-write-flag"))
			assert_int_equal(not_fresh, shown->cells);
		assert_true(w.count.kind[shown->kind] >= shown->cells);
		assert_true(w.state_agrees || !shown->state);
	}
}

static void every_fault_shows_what_its_row_says(void **state)
{
	static const u32 invals[] = { CACHE_INVAL_DISCARD, CACHE_INVAL_WRITEBACK };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(every_fault) / sizeof(every_fault[0]); i++) {
		const struct shown *shown = &every_fault[i / 2];
		const struct cache_params params = { .inval = invals[i % 2] };

		for (w.sync = 0; w.sync < ORDER_SYNC_KINDS; w.sync++) {
			if (!order_has_sync(order_find(shown->fault), w.sync))
				continue;
			cache_set(&w.cache, &params, false);
			check_fault(shown, &params);
		}
	}
}

/* As with x86's clflush: there is nothing old to store into, if nobody has read what was there before. */
static void a_missing_start_shows_where_end_cools_the_cache_too(void **state)
{
	static const char *const faults[] = { "no-start", "no-restart" };
	const struct cache_params params = { .inval = CACHE_INVAL_WRITEBACK };

	(void)state;
	w.ends_cool = true;
	for (int i = 0; i < 2; i++) {
		const struct order *fault = order_find(faults[i]);

		perform(order_find(fault->control), fault, params);
		assert_true(cell_count_clean(&w.count));
		perform(fault, fault, params);
		assert_int_equal(w.count.kind[CELL_TORN], LASTS);
		perform(fault, fault, params);
		assert_int_equal(w.count.kind[CELL_TORN], LASTS);
	}
}

static bool makes_map(const struct order *order)
{
	for (const struct order_step *step = order->steps; step->verb; step++)
		if (step->verb == ORDER_MAP)
			return true;
	return false;
}

static void every_fault_is_in_the_table_above(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		int n = 0;

		for (size_t i = 0; i < sizeof(every_fault) / sizeof(every_fault[0]); i++)
			n += !strcmp(every_fault[i].fault, order->name);
		/* Which map is taken makes no difference to a cache: see order_test. */
		assert_int_equal(n, order_is_fault(order) && !makes_map(order));
	}
}

/* Whatever came before, and whatever the cache does by itself. */
static void every_control_is_clean(void **state)
{
	const struct order *orders[64];
	uint32_t n = 0, random = 1;

	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		if (!makes_map(order))
			orders[n++] = order;
	for (int round = 0; round < 4000; round++) {
		const struct order *order, *as;
		struct cache_params params;

		random = random * 1664525 + 1013904223;
		order = orders[(random >> 8) % n];
		as = orders[(random >> 4) % n];
		w.sync = (random >> 22) % ORDER_SYNC_KINDS;
		while (!order_has_sync(order, w.sync))
			w.sync = (w.sync + 1) % ORDER_SYNC_KINDS;
		params = (struct cache_params){ .inval = random >> 16 & 1,
						.end = random >> 17 & 1,
						.write = (random >> 18 & 3) % 3,
						.evict = random >> 20 & 1 ? 20000 : 0,
						.fetch = random >> 21 & 1 ? 20000 : 0 };
		perform(order, as, params);
		if (order_is_fault(order))
			continue;
		if (!cell_count_clean(&w.count))
			print_message("# round %d: %s\n", round, order->name);
		assert_true(cell_count_clean(&w.count));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_fault_shows_what_its_row_says),
		TEST(a_missing_start_shows_where_end_cools_the_cache_too),
		cmocka_unit_test(every_fault_is_in_the_table_above),
		TEST(every_control_is_clean),
	};

	return cmocka_run_group_tests_name("order model", tests, NULL, NULL);
}
