// SPDX-License-Identifier: MIT
/*
 * How fast the card is drawn, against memset of the same memory, and judged, against a plain read
 * of the same memory: in one process, one round of each after the other, the median of the
 * rounds' ratios. docs/performance.md has the numbers.
 *
 *	card_bench [--rounds=N] [--loops=any|avx2|avx512]	ratios, for both sizes
 *	card_bench --cells=N draw|judge|stale|none		N cells of work, for callgrind
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <drm_fourcc.h>

#include "card/tables.h"

enum { MAX_ROUNDS = 1000 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Keep the compiler from dropping work whose result nobody looks at. */
static void use(const void *mem)
{
	__asm__ volatile("" : : "r"(mem) : "memory");
}

/*
 * The plain read: a sum in four accumulators, so that it waits for memory and not for adds. As
 * wide as the loops it is held against, or the judge would look good beside a slow read.
 */
#define READ(name, target, bytes)                                                                  \
	target static uint64_t name(const uint8_t *mem, size_t size)                               \
	{                                                                                          \
		typedef uint64_t lane __attribute__((vector_size(bytes)));                         \
		lane a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 }, x;                                \
		uint64_t total = 0;                                                                \
                                                                                                   \
		for (size_t at = 0; at + 4 * (bytes) <= size; at += 4 * (bytes)) {                 \
			memcpy(&x, mem + at, (bytes));                                             \
			a += x;                                                                    \
			memcpy(&x, mem + at + (bytes), (bytes));                                   \
			b += x;                                                                    \
			memcpy(&x, mem + at + 2 * (bytes), (bytes));                               \
			c += x;                                                                    \
			memcpy(&x, mem + at + 3 * (bytes), (bytes));                               \
			d += x;                                                                    \
		}                                                                                  \
		a += b + c + d;                                                                    \
		for (size_t i = 0; i < (bytes) / 8; i++)                                           \
			total += a[i];                                                             \
		return total;                                                                      \
	}

READ(read_any, , 16)
#if defined(__x86_64__)
READ(read_avx2, __attribute__((target("avx2"))), 32)
READ(read_avx512, __attribute__((target("avx512bw"))), 64)
#endif

struct loops {
	const char *name;
	const struct card_cells *cells;
	uint64_t (*read)(const uint8_t *mem, size_t size);
};

static const struct loops all_loops[] = {
	{ "any", &card_cells_any, read_any },
#if defined(__x86_64__)
	{ "avx2", &card_cells_avx2, read_avx2 },
	{ "avx512", &card_cells_avx512, read_avx512 },
#endif
};

enum { LOOPS = sizeof(all_loops) / sizeof(all_loops[0]) };

/* The loops of this name, or those that card_init() takes. */
static const struct loops *find_loops(const char *name)
{
	for (size_t i = 0; i < LOOPS; i++)
		if (name ? strcmp(name, all_loops[i].name) == 0
			 : all_loops[i].cells == card_cells_best())
			return &all_loops[i];
	return NULL;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	return values[n / 2];
}

struct bench {
	struct card card;
	size_t stride, bytes;
	uint8_t *mem;
	struct cell_verdict *map;
};

static void bench_open(struct bench *b, uint32_t width, uint32_t height)
{
	if (card_init(&b->card, DRM_FORMAT_XRGB8888, width, height) != 0)
		abort();
	b->stride = (size_t)width * 4;
	b->bytes = b->stride * height;
	b->mem = aligned_alloc(4096, (b->bytes + 4095) & ~(size_t)4095);
	b->map = calloc((size_t)b->card.cols * b->card.rows, sizeof(*b->map));
	if (!b->mem || !b->map)
		abort();
}

static void bench_close(struct bench *b)
{
	free(b->mem);
	free(b->map);
	card_finish(&b->card);
}

static void bench_judge(struct bench *b, uint32_t frame)
{
	struct card_expect expect = { .serial = 1, .frame = frame, .part = card_whole(&b->card) };

	card_judge(&b->card, &expect, b->mem, b->stride, b->map);
	use(b->map);
}

static void ratios(uint32_t width, uint32_t height, int rounds, const struct loops *loops)
{
	static double set[MAX_ROUNDS], draw[MAX_ROUNDS], read[MAX_ROUNDS], judge[MAX_ROUNDS];
	static double drawn[MAX_ROUNDS], judged[MAX_ROUNDS];
	struct cell_count count = { 0 };
	struct bench b;

	bench_open(&b, width, height);
	b.card.tables->cells = loops->cells;
	memset(b.mem, 1, b.bytes);
	for (int i = 0; i < rounds; i++) {
		double t[5];
		uint64_t sum;

		t[0] = now();
		memset(b.mem, i, b.bytes);
		use(b.mem);
		t[1] = now();
		card_draw(&b.card, 1, (uint32_t)i, card_whole(&b.card), b.mem, b.stride);
		use(b.mem);
		t[2] = now();
		sum = loops->read(b.mem, b.bytes);
		use(&sum);
		t[3] = now();
		bench_judge(&b, (uint32_t)i);
		t[4] = now();
		cell_count_add(&count, &b.card, (uint32_t)i, b.map);
		set[i] = t[1] - t[0];
		draw[i] = t[2] - t[1];
		read[i] = t[3] - t[2];
		judge[i] = t[4] - t[3];
		drawn[i] = set[i] / draw[i];
		judged[i] = read[i] / judge[i];
	}
	if (!cell_count_clean(&count))
		abort();
	printf("%5ux%-5u memset %6.3f ms, draw  %6.3f ms: %.2f of memset's speed (goal 0.80)\n",
	       width, height, median(set, rounds) * 1e3, median(draw, rounds) * 1e3,
	       median(drawn, rounds));
	printf("%11s read   %6.3f ms, judge %6.3f ms: %.2f of the read's speed (goal 0.50)\n", "",
	       median(read, rounds) * 1e3, median(judge, rounds) * 1e3, median(judged, rounds));
	bench_close(&b);
}

/*
 * Work for callgrind, in rows of 120 cells. "none" does all of the rest, to be subtracted:
 * --toggle-collect would count no inlined function.
 */
static int count_cells(uint32_t cells, const char *what)
{
	struct bench b;

	bench_open(&b, 1920, cells < 120 ? 1 : cells / 120);
	card_draw(&b.card, 1, 5, card_whole(&b.card), b.mem, b.stride);
	use(b.mem);
	if (strcmp(what, "draw") == 0)
		card_draw(&b.card, 1, 6, card_whole(&b.card), b.mem, b.stride);
	else if (strcmp(what, "judge") == 0)
		bench_judge(&b, 5);
	else if (strcmp(what, "stale") == 0)
		bench_judge(&b, 6);
	use(b.mem);
	printf("%u cells\n", b.card.cols * b.card.rows);
	bench_close(&b);
	return 0;
}

int main(int argc, char **argv)
{
	const char *name = NULL;
	const struct loops *loops;
	int rounds = 201;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--cells=", 8) == 0 && i + 1 < argc)
			return count_cells((uint32_t)strtoul(argv[i] + 8, NULL, 10), argv[i + 1]);
		if (strncmp(argv[i], "--rounds=", 9) == 0)
			rounds = atoi(argv[i] + 9);
		else if (strncmp(argv[i], "--loops=", 8) == 0)
			name = argv[i] + 8;
		else
			return 2;
	}
	loops = find_loops(name);
	if (!loops || rounds < 1 || rounds > MAX_ROUNDS)
		return 2;
	printf("loops: %s, median of %d rounds\n", loops->name, rounds);
	ratios(1920, 1080, rounds, loops);
	ratios(3840, 2160, rounds, loops);
	return 0;
}
