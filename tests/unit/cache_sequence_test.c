// SPDX-License-Identifier: MIT
/*
 * kmod/cache.c over long random sequences: beside a second, slow model; what holds after each
 * bracket; that they are reproducible.
 */
#include "cache_bench.h"
#include "cache_ref.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_sequences_agree_with_a_second_model),
		cmocka_unit_test(after_a_bracket_the_sides_agree),
		cmocka_unit_test(the_seed_decides_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
