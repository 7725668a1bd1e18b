// SPDX-License-Identifier: MIT
/*
 * kmod/cache.c, the module's model of a CPU cache, in user space: a table of what CPU and device
 * each see after each sequence of steps.
 */
#include "cache_bench.h"

/*
 * One line of one page. Steps: r touches for reading; a letter stores it with the CPU, a capital
 * one with the device; <r <w <b START(READ, WRITE, RW); >r >w >b END; t a tick. (r (w (b START
 * while another process's WRITE bracket is open; ! none is any more that allows WRITE; ? the device
 * looks at the line.
 */
struct row {
	const char *steps;
	struct cache_params params;
	int cpu, device; /* what each sees: a letter, '0' or '#' for junk; cpu ' ': no copy */
	u32 state;
	u32 found_dirty; /* lines, by the device */
};

#define DEFAULT                                                                                    \
	{                                                                                          \
		0                                                                                  \
	}
#define WRITEBACK                                                                                  \
	{                                                                                          \
		.inval = CACHE_INVAL_WRITEBACK                                                     \
	}
#define CLEAN_ALWAYS                                                                               \
	{                                                                                          \
		.end = CACHE_END_CLEAN_ALWAYS                                                      \
	}
#define NONE                                                                                       \
	{                                                                                          \
		.write = CACHE_WRITE_NONE                                                          \
	}
#define POISON                                                                                     \
	{                                                                                          \
		.write = CACHE_WRITE_POISON                                                        \
	}
#define EVICT                                                                                      \
	{                                                                                          \
		.evict = CACHE_ALWAYS                                                              \
	}
#define FETCH                                                                                      \
	{                                                                                          \
		.fetch = CACHE_ALWAYS                                                              \
	}

static const struct row table[] = {
	/* Reading. */
	{ "A", DEFAULT, ' ', 'a', 0 },
	{ "Ar", DEFAULT, 'a', 'a', 0 },
	{ "rA", DEFAULT, '0', 'a', CACHE_STALE },
	{ "rA<r", DEFAULT, 'a', 'a', 0 },
	{ "rA<b", DEFAULT, 'a', 'a', 0 },
	{ "r<rA>r", DEFAULT, '0', 'a', CACHE_STALE },
	{ "rA>r", DEFAULT, '0', 'a', CACHE_STALE },
	/* Writing. */
	{ "x", DEFAULT, 'x', '0', CACHE_DIRTY },
	{ "<wx", DEFAULT, 'x', '0', CACHE_DIRTY },
	{ "<wx>w", DEFAULT, 'x', 'x', 0 },
	{ "<bx>b", DEFAULT, 'x', 'x', 0 },
	{ "x>w", DEFAULT, 'x', 'x', 0 },
	{ "<wx>wy", DEFAULT, 'y', 'x', CACHE_DIRTY },
	{ "<wx>wyz<wv>w", DEFAULT, 'v', 'v', 0 },
	{ "<wx>r", DEFAULT, 'x', '0', CACHE_DIRTY },
	{ "<wx>r", CLEAN_ALWAYS, 'x', 'x', 0 },
	{ "r>r", CLEAN_ALWAYS, '0', '0', 0 },
	/* Both sides wrote. */
	{ "xA", DEFAULT, 'x', 'a', CACHE_DIRTY | CACHE_STALE },
	{ "Ax", DEFAULT, 'x', 'a', CACHE_DIRTY },
	{ "xA>w", DEFAULT, 'x', 'x', 0 },
	{ "xA<r", DEFAULT, 'a', 'a', 0 },
	{ "xA<r", WRITEBACK, 'x', 'x', 0 },
	{ "x<r", DEFAULT, '0', '0', 0 },
	{ "x<r", WRITEBACK, 'x', 'x', 0 },
	{ "x<b", WRITEBACK, 'x', 'x', 0 },
	{ "rA<r", WRITEBACK, 'a', 'a', 0 },
	{ "xA<w", DEFAULT, 'x', 'a', CACHE_DIRTY | CACHE_STALE },
	/* START(WRITE). The store of what was there before: kept with refetch, lost with none. */
	{ "rA<w", DEFAULT, 'a', 'a', 0 },
	{ "rA<w", NONE, '0', 'a', CACHE_STALE },
	{ "xx>wA<wx>w", DEFAULT, 'x', 'x', 0 },
	{ "x>wA<wx>w", NONE, 'x', 'a', CACHE_STALE },
	{ "r<w", POISON, '#', '0', CACHE_DIRTY },
	{ "x<w>w", POISON, '#', '#', 0 },
	{ "<w>w", POISON, ' ', '#', 0 },
	{ "<wr", POISON, '#', '0', CACHE_DIRTY },
	{ "<wx>w", POISON, 'x', 'x', 0 },
	{ "r<wxA>w", POISON, 'x', 'x', 0 },
	{ "r<w<r", POISON, '0', '0', 0 },
	{ "r<w<r>w", POISON, '0', '0', 0 },
	{ "r<b>b", POISON, '0', '0', 0 },
	{ "r<w>w<rA>r>w", POISON, '#', 'a', CACHE_STALE },
	/* Poison ends with the bracket, whatever its END. What is junk by then stays so, and dirty. */
	{ "<w!r", POISON, '0', '0', 0 },
	{ "<w>r!Ar", POISON, 'a', 'a', 0 },
	{ "r<w>r!", POISON, '#', '0', CACHE_DIRTY },
	{ "r<w>r!>w", POISON, '#', '#', 0 },
	{ "<w!>w", POISON, ' ', '0', 0 },
	{ "<w>r!<wr", POISON, '#', '0', CACHE_DIRTY },
	/* A second writer's START goes over nobody's stores, and its own are not lost. */
	{ "<wx(w", POISON, 'x', '0', CACHE_DIRTY },
	{ "<wx(w>w", POISON, 'x', 'x', 0 },
	{ "<b(wr", POISON, '0', '0', 0 },
	{ "<brA(w", POISON, 'a', 'a', 0 },
	{ "<b(wx>w", POISON, 'x', 'x', 0 },
	{ "x>wA<b(wx>w", POISON, 'x', 'x', 0 },
	{ "<w(wr", POISON, '#', '0', CACHE_DIRTY },
	{ "<wxA(w(w(w>w", POISON, 'x', 'x', 0 },
	{ "<wx(r", POISON, '0', '0', 0 },
	{ "rA(w", DEFAULT, 'a', 'a', 0 },
	{ "rA(w", NONE, '0', 'a', CACHE_STALE },
	/* The device looks at a line: it finds it dirty, or it is evicted first. No fetch. */
	{ "?", DEFAULT, ' ', '0', 0, 0 },
	{ "r?", DEFAULT, '0', '0', 0, 0 },
	{ "x?", DEFAULT, 'x', '0', CACHE_DIRTY, 1 },
	{ "x??", DEFAULT, 'x', '0', CACHE_DIRTY, 2 },
	{ "xA?", DEFAULT, 'x', 'a', CACHE_DIRTY | CACHE_STALE, 1 },
	{ "x>w?", DEFAULT, 'x', 'x', 0, 0 },
	{ "x?>w?", DEFAULT, 'x', 'x', 0, 1 },
	{ "x>wA?", DEFAULT, 'x', 'a', CACHE_STALE, 0 },
	{ "x?", EVICT, 'x', 'x', 0, 0 },
	{ "xA?", EVICT, 'x', 'x', 0, 0 },
	{ "rA?", EVICT, '0', 'a', CACHE_STALE, 0 },
	{ "rA?", FETCH, '0', 'a', CACHE_STALE, 0 },
	{ "r<w?", POISON, '#', '0', CACHE_DIRTY, 1 },
	/* Early: eviction writes back, fetch refills what is clean. */
	{ "xt", DEFAULT, 'x', '0', CACHE_DIRTY },
	{ "xt", EVICT, 'x', 'x', 0 },
	{ "xAt", EVICT, 'x', 'x', 0 },
	{ "rAt", EVICT, '0', 'a', CACHE_STALE },
	{ "x<r", EVICT, 'x', 'x', 0 },
	{ "rAt", FETCH, 'a', 'a', 0 },
	{ "xAt", FETCH, 'x', 'a', CACHE_DIRTY | CACHE_STALE },
	{ "rA>r", FETCH, 'a', 'a', 0 },
	/* A page that no bracket touched falls out, unless it is dirty. */
	{ "r<r<r", DEFAULT, ' ', '0', 0 },
	{ "r<w<w", DEFAULT, ' ', '0', 0 },
	{ "r<w<wA", DEFAULT, ' ', 'a', 0 },
	{ "r<w<wAr", DEFAULT, 'a', 'a', 0 },
	{ "x<w<w", DEFAULT, 'x', '0', CACHE_DIRTY },
	{ "x<w>w<w<w", DEFAULT, ' ', 'x', 0 },
	{ "r<w<w", NONE, '0', '0', 0 },
	{ "x<w>w<r<rAy", DEFAULT, 'y', 'a', CACHE_DIRTY },
};

static u32 flags_of(char c)
{
	return c == 'r' ? CACHE_READ : c == 'w' ? CACHE_WRITE : CACHE_RW;
}

static u8 byte_of(int c)
{
	return c == '0' ? 0 : c == '#' ? CACHE_JUNK : (u8)c;
}

static void perform(struct bench *b, const char *steps, size_t at)
{
	for (const char *s = steps; *s; s++) {
		if (*s == '<') {
			start(b, flags_of(*++s), 0);
		} else if (*s == '(') {
			start(b, flags_of(*++s), CACHE_WRITE);
		} else if (*s == '!') {
			cache_unpoison(&b->cache);
		} else if (*s == '?') {
			b->found_dirty += cache_device(&b->cache, 0, at, at + CACHE_LINE);
		} else if (*s == '>') {
			cache_end(&b->cache, flags_of(*++s));
		} else if (*s == 't') {
			cache_tick(&b->cache);
		} else if (*s == 'r') {
			touch(b, 0, false);
		} else if (*s >= 'A' && *s <= 'Z') {
			memset(b->pages[0].device + at, *s - 'A' + 'a', CACHE_LINE);
		} else {
			touch(b, 0, true);
			memset(b->pages[0].cpu + at, *s, CACHE_LINE);
		}
	}
}

static void check_bytes(const struct row *row, const char *who, const u8 *line, int expected)
{
	for (int i = 0; i < CACHE_LINE; i++)
		if (line[i] != byte_of(expected))
			fail_msg("\"%s\": byte %d of what the %s sees is %02x, not '%c'",
				 row->steps, i, who, line[i], expected);
}

/* In the first line, in the last and in one between: the other lines stay as they were. */
static void each_row_of_the_table(void **state)
{
	static const size_t places[] = { 0, 5 * CACHE_LINE, PAGE_SIZE - CACHE_LINE };

	(void)state;
	for (size_t r = 0; r < sizeof(table) / sizeof(*table) * 3; r++) {
		const struct row *row = &table[r / 3];
		size_t at = places[r % 3];
		struct bench b;

		bench_open(&b, 1, &row->params);
		perform(&b, row->steps, at);
		check_bytes(row, "device", b.pages[0].device + at, row->device);
		if (test_bit(0, b.cached) != (row->cpu != ' '))
			fail_msg("\"%s\": the CPU has %s copy", row->steps,
				 row->cpu == ' ' ? "a" : "no");
		if (row->cpu != ' ')
			check_bytes(row, "CPU", b.pages[0].cpu + at, row->cpu);
		if (cache_line_state(&b.cache, at / CACHE_LINE) != row->state)
			fail_msg("\"%s\": state %u, not %u", row->steps,
				 cache_line_state(&b.cache, at / CACHE_LINE), row->state);
		if (b.found_dirty != row->found_dirty)
			fail_msg("\"%s\": the device found %u dirty, not %u", row->steps,
				 b.found_dirty, row->found_dirty);
		bench_close(&b);
	}
}

static void counts_what_it_did(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, 2, &(struct cache_params){ 0 });
	perform(&b, "rA>r", 0);
	assert_int_equal(b.cache.counts.stale_read, 1);
	perform(&b, "x<r", 0);
	assert_int_equal(b.cache.counts.discarded, 1);
	assert_int_equal(b.cache.counts.refilled, 1);
	perform(&b, "y>w", 0);
	assert_int_equal(b.cache.counts.written, 1);
	bench_close(&b);
}

static void empty_loses_nothing(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, 1, &(struct cache_params){ 0 });
	perform(&b, "x", 0);
	cache_empty(&b.cache);
	assert_false(test_bit(0, b.cached));
	assert_int_equal(b.pages[0].device[0], 'x');
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_of_the_table),
		cmocka_unit_test(counts_what_it_did),
		cmocka_unit_test(empty_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
