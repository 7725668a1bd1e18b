// SPDX-License-Identifier: MIT
/*
 * kmod/cache.c, the module's model of a CPU cache, in user space: a table of what CPU and device
 * each see after each sequence of steps; long random sequences beside a second, slow model; what
 * it costs; that it is reproducible.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "cache.h"

#define MAX_PAGES 256
#define GUARD 64 /* bytes around each allocation that nobody may touch */

/* A buffer under the model, with memory as the kernel half gives it: copies and bases on demand. */
struct bench {
	struct cache cache;
	struct cache_page pages[MAX_PAGES];
	unsigned long cached[MAX_PAGES / BITS_PER_LONG], young[MAX_PAGES / BITS_PER_LONG];
	u32 found_dirty; /* by the device */
};

static u8 *page_alloc(void)
{
	u8 *p = malloc(PAGE_SIZE + 2 * GUARD);

	assert_non_null(p);
	memset(p, 0x77, PAGE_SIZE + 2 * GUARD);
	return p + GUARD;
}

static void page_free(u8 *page)
{
	if (!page)
		return;
	for (int i = 0; i < GUARD; i++) {
		assert_int_equal(page[-1 - i], 0x77);
		assert_int_equal(page[PAGE_SIZE + i], 0x77);
	}
	free(page - GUARD);
}

static void bench_open(struct bench *b, unsigned long npages, const struct cache_params *params)
{
	memset(b, 0, sizeof(*b));
	for (unsigned long i = 0; i < npages; i++) {
		b->pages[i].device = page_alloc();
		memset(b->pages[i].device, 0, PAGE_SIZE);
	}
	cache_init(&b->cache, NULL, b->pages, npages, b->cached, b->young, params);
}

static void bench_close(struct bench *b)
{
	for (unsigned long i = 0; i < b->cache.npages; i++) {
		page_free(b->pages[i].device);
		page_free(b->pages[i].cpu);
		page_free(b->pages[i].base);
	}
}

/* As the fault handler does it. */
static void touch(struct bench *b, unsigned long i, bool write)
{
	if (cache_needs_copy(&b->cache, i))
		b->pages[i].cpu = page_alloc();
	if (cache_needs_base(&b->cache, i, write))
		b->pages[i].base = page_alloc();
	cache_touch(&b->cache, i, write);
}

static void start(struct bench *b, u32 flags, u32 others)
{
	bool poisons = cache_poisons(&b->cache, flags, others);

	for (unsigned long i = 0; poisons && i < b->cache.npages; i++)
		if (test_bit(i, b->cached) && !b->pages[i].base)
			b->pages[i].base = page_alloc();
	cache_start(&b->cache, flags, others);
}

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

static const struct cache_params writeback = { .inval = CACHE_INVAL_WRITEBACK };
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

/*
 * The second model, written from docs/module.md: bytes in whole arrays, a base always, everything
 * line by line and nothing skipped.
 */
#define REF_PAGES 3
#define REF_LINES (REF_PAGES * (int)CACHE_LINES_PER_PAGE)

struct ref_line {
	u8 device[CACHE_LINE], cpu[CACHE_LINE], base[CACHE_LINE];
};

struct ref {
	struct ref_line line[REF_LINES];
	bool cached[REF_PAGES], young[REF_PAGES];
	struct cache_params params;
	u64 seed, stale_read;
	u32 found_dirty;
	bool poisoned;
};

static u64 ref_random(struct ref *m)
{
	u64 z = (m->seed += UINT64_C(0x9e3779b97f4a7c15));

	z ^= z >> 30;
	z *= UINT64_C(0xbf58476d1ce4e5b9);
	z ^= z >> 27;
	z *= UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return z;
}

static bool ref_has(const struct ref *m, int line)
{
	return m->cached[line / (int)CACHE_LINES_PER_PAGE];
}

static bool ref_dirty(const struct ref *m, int line)
{
	return ref_has(m, line) && memcmp(m->line[line].cpu, m->line[line].base, CACHE_LINE) != 0;
}

static bool ref_stale(const struct ref *m, int line)
{
	return ref_has(m, line) &&
	       memcmp(m->line[line].device, m->line[line].base, CACHE_LINE) != 0;
}

static void ref_to_device(struct ref_line *l)
{
	for (int i = 0; i < CACHE_LINE; i++)
		l->device[i] = l->base[i] = l->cpu[i];
}

static void ref_to_cpu(struct ref_line *l)
{
	for (int i = 0; i < CACHE_LINE; i++)
		l->cpu[i] = l->base[i] = l->device[i];
}

static void ref_touch(struct ref *m, int page)
{
	struct ref_line *line = &m->line[page * (int)CACHE_LINES_PER_PAGE];

	m->young[page] = true;
	if (m->cached[page])
		return;
	m->cached[page] = true;
	for (unsigned long i = 0; i < CACHE_LINES_PER_PAGE; i++) {
		ref_to_cpu(&line[i]);
		if (m->poisoned)
			memset(line[i].cpu, CACHE_JUNK, CACHE_LINE);
	}
}

static void ref_tick(struct ref *m)
{
	for (int i = 0; i < REF_LINES; i++) {
		if (ref_dirty(m, i)) {
			if (m->params.evict && ref_random(m) % 65536 < m->params.evict)
				ref_to_device(&m->line[i]);
		} else if (ref_stale(m, i)) {
			if (m->params.fetch && ref_random(m) % 65536 < m->params.fetch)
				ref_to_cpu(&m->line[i]);
		}
	}
}

static void ref_age(struct ref *m)
{
	for (int page = 0; page < REF_PAGES; page++) {
		bool dirty = false;

		for (int i = 0; i < (int)CACHE_LINES_PER_PAGE; i++)
			dirty |= ref_dirty(m, page * (int)CACHE_LINES_PER_PAGE + i);
		if (!m->young[page] && !dirty)
			m->cached[page] = false;
		m->young[page] = false;
	}
}

static void ref_start(struct ref *m, u32 flags, u32 others)
{
	bool reads = flags & CACHE_READ;
	bool poisons = !reads && m->params.write == CACHE_WRITE_POISON && !(others & CACHE_WRITE);

	ref_tick(m);
	if (!reads && !poisons && (m->poisoned || m->params.write == CACHE_WRITE_NONE))
		return;
	m->poisoned = poisons;
	if (!m->poisoned)
		ref_age(m);
	for (int i = 0; i < REF_LINES; i++) {
		if (!ref_has(m, i))
			continue;
		if (m->poisoned)
			memset(m->line[i].cpu, CACHE_JUNK, CACHE_LINE);
		else if (reads && ref_dirty(m, i) && m->params.inval == CACHE_INVAL_WRITEBACK)
			ref_to_device(&m->line[i]);
		else if (reads || !ref_dirty(m, i))
			ref_to_cpu(&m->line[i]);
	}
}

static void ref_end(struct ref *m, u32 flags)
{
	bool writes = flags & CACHE_WRITE;

	ref_tick(m);
	for (int i = 0; i < REF_LINES; i++)
		m->stale_read +=
			!writes && m->young[i / (int)CACHE_LINES_PER_PAGE] && ref_stale(m, i);
	if (!writes && m->params.end == CACHE_END_STRICT)
		return;
	for (int i = 0; i < REF_LINES; i++) {
		if (writes && m->poisoned && !ref_has(m, i))
			memset(m->line[i].device, CACHE_JUNK, CACHE_LINE);
		else if ((writes && m->poisoned) || ref_dirty(m, i))
			ref_to_device(&m->line[i]);
	}
	if (writes)
		m->poisoned = false;
}

/* The device reads @n lines. */
static u32 ref_device(struct ref *m, int first, int n)
{
	u32 dirty = 0;

	for (int i = first; i < first + n; i++) {
		if (!ref_dirty(m, i))
			continue;
		if (m->params.evict && ref_random(m) % 65536 < m->params.evict)
			ref_to_device(&m->line[i]);
		else
			dirty++;
	}
	return dirty;
}

static void compare(struct bench *b, const struct ref *m, u64 seed, int step)
{
	for (int i = 0; i < REF_LINES; i++) {
		int page = i / (int)CACHE_LINES_PER_PAGE;
		size_t at = (size_t)i % CACHE_LINES_PER_PAGE * CACHE_LINE;
		u32 state =
			(ref_dirty(m, i) ? CACHE_DIRTY : 0) | (ref_stale(m, i) ? CACHE_STALE : 0);

		if (test_bit((unsigned long)page, b->cached) != m->cached[page])
			fail_msg("seed %llu step %d: page %d", (unsigned long long)seed, step,
				 page);
		if (memcmp(b->pages[page].device + at, m->line[i].device, CACHE_LINE) != 0)
			fail_msg("seed %llu step %d: device, line %d", (unsigned long long)seed,
				 step, i);
		if (m->cached[page] &&
		    memcmp(b->pages[page].cpu + at, m->line[i].cpu, CACHE_LINE) != 0)
			fail_msg("seed %llu step %d: CPU, line %d", (unsigned long long)seed, step,
				 i);
		if (cache_line_state(&b->cache, (unsigned long)i) != state)
			fail_msg("seed %llu step %d: state of line %d", (unsigned long long)seed,
				 step, i);
	}
	if (b->cache.counts.stale_read != m->stale_read)
		fail_msg("seed %llu step %d: stale lines read", (unsigned long long)seed, step);
	if (b->found_dirty != m->found_dirty)
		fail_msg("seed %llu step %d: lines found dirty", (unsigned long long)seed, step);
}

/* The test's own chances; not the model's. */
static u32 dice(u64 *seed, u32 sides)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (u32)(*seed >> 33) % sides;
}

static struct cache_params any_params(u64 *seed)
{
	static const u32 rates[] = { 0, 0, 0, 100, 30000, CACHE_ALWAYS };

	return (struct cache_params){
		.inval = dice(seed, 2),
		.end = dice(seed, 2),
		.write = dice(seed, 3),
		.evict = rates[dice(seed, 6)],
		.fetch = rates[dice(seed, 6)],
		.seed = dice(seed, 1000),
	};
}

/* A few bytes somewhere, of few values, so that stores of what is there already happen. */
static void any_store(struct bench *b, struct ref *m, u64 *seed, bool device)
{
	int line = (int)dice(seed, REF_LINES), page = line / (int)CACHE_LINES_PER_PAGE;
	size_t at = (size_t)line % CACHE_LINES_PER_PAGE * CACHE_LINE;
	u32 from = dice(seed, CACHE_LINE), n = 1 + dice(seed, CACHE_LINE - from);
	int value = (int)dice(seed, 3);

	if (device) {
		memset(b->pages[page].device + at + from, value, n);
		memset(m->line[line].device + from, value, n);
		return;
	}
	touch(b, (unsigned long)page, true);
	ref_touch(m, page);
	memset(b->pages[page].cpu + at + from, value, n);
	memset(m->line[line].cpu + from, value, n);
}

/* The device reads some lines of a page, from somewhere in the first to somewhere in the last. */
static void any_look(struct bench *b, struct ref *m, u64 *seed)
{
	u32 page = dice(seed, REF_PAGES), line = dice(seed, CACHE_LINES_PER_PAGE);
	u32 n = 1 + dice(seed, (u32)CACHE_LINES_PER_PAGE - line);
	size_t at = line * CACHE_LINE + dice(seed, CACHE_LINE);
	size_t end = (line + n) * CACHE_LINE - (n > 1 ? dice(seed, CACHE_LINE) : 0);

	b->found_dirty += cache_device(&b->cache, page, at, end);
	m->found_dirty += ref_device(m, (int)(page * CACHE_LINES_PER_PAGE + line), (int)n);
}

static void any_bracket(struct bench *b, struct ref *m, u64 *seed)
{
	u32 flags = 1 + dice(seed, 3), others = dice(seed, 4);

	switch (dice(seed, 9)) {
	case 0:
		cache_unpoison(&b->cache);
		m->poisoned = false;
		break;
	case 1:
	case 2:
	case 3:
	case 4:
		start(b, flags, others);
		ref_start(m, flags, others);
		break;
	default:
		cache_end(&b->cache, flags);
		ref_end(m, flags);
	}
}

static void any_step(struct bench *b, struct ref *m, u64 *seed)
{
	u32 page;

	switch (dice(seed, 17)) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
		any_store(b, m, seed, false);
		break;
	case 5:
	case 6:
	case 7:
		any_store(b, m, seed, true);
		break;
	case 8:
		any_look(b, m, seed);
		break;
	case 9:
		page = dice(seed, REF_PAGES);
		touch(b, page, false);
		ref_touch(m, (int)page);
		break;
	case 10:
	case 11:
	case 12:
	case 13:
	case 14:
		any_bracket(b, m, seed);
		break;
	case 15:
		cache_tick(&b->cache);
		ref_tick(m);
		break;
	default:
		if (dice(seed, 20) == 0) {
			m->params = any_params(seed);
			m->seed = m->params.seed;
			cache_set(&b->cache, &m->params, true);
		}
	}
}

static void random_sequences_agree_with_a_second_model(void **state)
{
	static struct bench b;
	static struct ref m;

	(void)state;
	for (u64 first = 1; first <= 10000; first++) {
		u64 seed = first * 7919;

		memset(&m, 0, sizeof(m));
		m.params = any_params(&seed);
		m.seed = m.params.seed;
		bench_open(&b, REF_PAGES, &m.params);
		for (int step = 0; step < 40; step++) {
			any_step(&b, &m, &seed);
			compare(&b, &m, first, step);
		}
		bench_close(&b);
	}
}

/* What must hold whatever came before, over long sequences with pages in plenty. */
static void after_a_bracket_the_sides_agree(void **state)
{
	static struct bench b;
	static struct ref m; /* not looked at */
	u64 seed = 12345;

	(void)state;
	for (int run = 0; run < 50; run++) {
		m.params = any_params(&seed);
		bench_open(&b, REF_PAGES, &m.params);
		for (int step = 0; step < 1000; step++) {
			any_step(&b, &m, &seed);
			if (step % 10 == 0) {
				start(&b, CACHE_RW, 0);
				for (int i = 0; i < REF_LINES; i++)
					assert_int_equal(cache_line_state(&b.cache, i), 0);
			} else if (step % 10 == 5) {
				cache_end(&b.cache, CACHE_WRITE);
				for (int i = 0; i < REF_LINES; i++)
					assert_false(cache_line_state(&b.cache, i) & CACHE_DIRTY);
			}
		}
		bench_close(&b);
	}
}

/* A hash of all that can be seen after 2000 steps. */
static u64 outcome(u64 cache_seed)
{
	static struct bench b;
	static struct ref m;
	struct cache_params params = { .evict = 20000, .fetch = 20000, .seed = cache_seed };
	u64 seed = 99, hash = 0;

	memset(&m, 0, sizeof(m));
	bench_open(&b, REF_PAGES, &params);
	for (int step = 0; step < 2000; step++) {
		u32 what = dice(&seed, 4);

		if (what < 2)
			any_store(&b, &m, &seed, what);
		else
			cache_tick(&b.cache);
		for (int i = 0; i < REF_LINES; i++)
			hash = hash * 31 + cache_line_state(&b.cache, i);
	}
	bench_close(&b);
	return hash;
}

static void the_seed_decides_and_nothing_else(void **state)
{
	(void)state;
	assert_true(outcome(1) == outcome(1));
	assert_true(outcome(1) != outcome(2));
	assert_true(outcome(0) == outcome(0));
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
		cmocka_unit_test(each_row_of_the_table),
		cmocka_unit_test(a_newer_neighbour_survives),
		cmocka_unit_test(counts_what_it_did),
		cmocka_unit_test(stale_read_counts_pages_touched),
		cmocka_unit_test(a_device_meets_the_lines_it_touches),
		cmocka_unit_test(empty_loses_nothing),
		cmocka_unit_test(injects_by_turns),
		cmocka_unit_test(a_bracket_costs_what_was_touched),
		cmocka_unit_test(random_sequences_agree_with_a_second_model),
		cmocka_unit_test(after_a_bracket_the_sides_agree),
		cmocka_unit_test(the_seed_decides_and_nothing_else),
		cmocka_unit_test(rates_are_what_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
