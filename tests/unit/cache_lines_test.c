// SPDX-License-Identifier: MIT
/*
 * kmod/cache.c over several lines and pages: which of them are written back, counted and looked at,
 * at which rate, and what that costs.
 */
#include "cache_bench.h"

static const struct cache_params writeback = { .inval = CACHE_INVAL_WRITEBACK };

/* What this is all for: of a page, only the lines that were written go over. */
static void a_newer_neighbour_survives(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, 1, &writeback);
	touch(&b, 0, false);
	start(&b, CACHE_WRITE, 0);
	touch(&b, 0, true);
	b.pages[0].cpu[CACHE_LINE] = 1;				   /* the second line, one byte */
	memset(b.pages[0].device, 2, CACHE_LINE);		   /* the device writes the first */
	memset(b.pages[0].device + 2 * CACHE_LINE, 3, CACHE_LINE); /* and the third */
	cache_end(&b.cache, CACHE_WRITE);
	assert_int_equal(b.pages[0].device[CACHE_LINE - 1], 2);
	assert_int_equal(b.pages[0].device[CACHE_LINE], 1);
	assert_int_equal(b.pages[0].device[CACHE_LINE + 1], 0);
	assert_int_equal(b.pages[0].device[2 * CACHE_LINE], 3);
	assert_int_equal(cache_line_state(&b.cache, 0), CACHE_STALE);
	assert_int_equal(cache_line_state(&b.cache, 1), 0);
	assert_int_equal(b.cache.counts.written, 1);
	bench_close(&b);
}

/* END(READ) counts what was there to be read: pages touched since their START, and no others. */
static void stale_read_counts_pages_touched(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, 2, &(struct cache_params){ 0 });
	touch(&b, 0, false);
	touch(&b, 1, false);
	start(&b, CACHE_READ, 0);
	touch(&b, 1, false);
	memset(b.pages[0].device, 1, 2 * CACHE_LINE);
	memset(b.pages[1].device, 1, 3 * CACHE_LINE);
	cache_end(&b.cache, CACHE_READ);
	assert_int_equal(b.cache.counts.stale_read, 3);
	touch(&b, 0, false);
	cache_end(&b.cache, CACHE_READ);
	assert_int_equal(b.cache.counts.stale_read, 3 + 5);
	start(&b, CACHE_READ, 0);
	memset(b.pages[1].device, 2, CACHE_LINE);
	cache_end(&b.cache, CACHE_READ);
	assert_int_equal(b.cache.counts.stale_read, 3 + 5);
	bench_close(&b);
}

/*
 * Of a page whose lines 1 to 3 are dirty: which of them the device meets between two bytes, and
 * that no other is looked at.
 */
static void a_device_meets_the_lines_it_touches(void **state)
{
	static const struct {
		size_t at, end;
		u32 dirty;
	} ranges[] = {
		{ 0, 1, 0 },	 { 0, 64, 0 },	  { 63, 65, 1 },   { 64, 128, 1 },
		{ 65, 66, 1 },	 { 127, 129, 2 }, { 100, 200, 3 }, { 64, 256, 3 },
		{ 191, 192, 1 }, { 192, 257, 1 }, { 0, 4096, 3 },  { 256, 4096, 0 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(ranges) / sizeof(*ranges); i++) {
		size_t at = ranges[i / 2].at, end = ranges[i / 2].end;
		u32 dirty = ranges[i / 2].dirty, evict = i % 2 ? CACHE_ALWAYS : 0;
		struct bench b;

		bench_open(&b, 2, &(struct cache_params){ .evict = evict });
		touch(&b, 1, true);
		memset(b.pages[1].cpu + CACHE_LINE, 1, 3 * CACHE_LINE);
		assert_int_equal(cache_device(&b.cache, 0, at, end), 0);
		assert_int_equal(cache_device(&b.cache, 1, at, end), evict ? 0 : dirty);
		assert_int_equal(b.cache.counts.evicted, evict ? dirty : 0);
		assert_int_equal(b.cache.counts.looked_at, (end + 63) / 64 - at / 64);
		for (u32 line = 1; line <= 3; line++) {
			bool met = at < (line + 1) * 64 && end > line * 64;

			assert_int_equal(b.pages[1].device[line * 64], evict && met);
			assert_int_equal(cache_line_state(&b.cache, 64 + line),
					 evict && met ? 0 : CACHE_DIRTY);
		}
		bench_close(&b);
	}
}

static void injects_by_turns(void **state)
{
	static const int expected[] = { 1, 2, 1, 0, 0 };
	struct bench b;

	(void)state;
	bench_open(&b, 1, &(struct cache_params){ .inject = 3 });
	for (int i = 0; i < 5; i++)
		assert_int_equal(cache_inject(&b.cache), expected[i]);
	bench_close(&b);
}

/*
 * Lines looked at by one START and END around touching @n of 256 pages, after all had been
 * touched.
 */
static u64 cost_of(unsigned long n)
{
	struct bench b;
	u64 before;

	bench_open(&b, MAX_PAGES, &(struct cache_params){ 0 });
	for (unsigned long i = 0; i < MAX_PAGES; i++)
		touch(&b, i, true);
	for (int round = 0; round < 3; round++) {
		before = b.cache.counts.looked_at;
		start(&b, CACHE_RW, 0);
		for (unsigned long i = 0; i < n; i++)
			touch(&b, i * (MAX_PAGES / n), true);
		cache_end(&b.cache, CACHE_RW);
	}
	before = b.cache.counts.looked_at - before;
	bench_close(&b);
	return before;
}

static void a_bracket_costs_what_was_touched(void **state)
{
	u64 all = cost_of(MAX_PAGES), some = cost_of(MAX_PAGES / 64);

	(void)state;
	assert_int_equal(all, 2 * MAX_PAGES * CACHE_LINES_PER_PAGE);
	assert_int_equal(some, all / 64);
}

/* A rate is a rate: of 64 * 200 dirty lines about a quarter goes at each tick. */
static void rates_are_what_they_say(void **state)
{
	static struct bench b;
	struct cache_params params = { .evict = CACHE_ALWAYS / 4, .seed = 4 };

	(void)state;
	bench_open(&b, 200, &params);
	for (unsigned long i = 0; i < 200; i++) {
		touch(&b, i, true);
		memset(b.pages[i].cpu, 1, PAGE_SIZE);
	}
	cache_tick(&b.cache);
	assert_in_range(b.cache.counts.evicted, 2800, 3600);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_newer_neighbour_survives),
		cmocka_unit_test(stale_read_counts_pages_touched),
		cmocka_unit_test(a_device_meets_the_lines_it_touches),
		cmocka_unit_test(injects_by_turns),
		cmocka_unit_test(a_bracket_costs_what_was_touched),
		cmocka_unit_test(rates_are_what_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
