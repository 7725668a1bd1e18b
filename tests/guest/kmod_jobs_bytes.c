// SPDX-License-Identifier: MIT
/*
 * What a job does to bytes, when, and what it evicts. A room of kmod_jobs.
 */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "kmod_jobs.h"

static void test_bytes(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 0x04030201);
	bool good = true;

	is(submit(&job), 0, "FILL");
	ok(idle(&a), "is done");
	for (size_t i = 0; i < SIZE; i++)
		good &= a.device[i] == i % 4 + 1;
	ok(good, "and every byte is right");
	is((long long)counter(&a, DRM_STALELINE_JOBS), 1, "and is counted");
	job = copy_job(&b, &a);
	job.dst_offset = 2 * LINE;
	job.src_offset = 4096 - LINE; /* parts of pages, which don't fall together */
	job.size = 2 * 4096;
	a.device[job.src_offset] = 77;
	a.device[job.src_offset + job.size - 1] = 78;
	is(submit(&job), 0, "COPY");
	ok(idle(&b), "is done");
	ok(!memcmp((void *)(b.device + job.dst_offset), (void *)(a.device + job.src_offset),
		   job.size),
	   "and has copied");
	ok(word(&b, 1) == 0 && word(&b, 2 + 2 * 64) == 0, "and nothing around it");
	drop(&a);
	drop(&b);
}

/* A job sees the device side. */
static void test_sides(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_job job = copy_job(&b, &a);

	a.cpu[0] = 1;
	a.cpu[3 * LINE] = 1;
	submit(&job);
	idle(&b);
	is(b.device[0], 0, "a job does not see a store without END");
	is((long long)counter(&a, DRM_STALELINE_JOB_DIRTY), 2, "and the dirty lines are counted");
	sync_buffer(&a, END | WRITE);
	submit(&job);
	idle(&b);
	is(b.device[0], 1, "after END it does");
	is((long long)counter(&a, DRM_STALELINE_JOB_DIRTY), 2, "and nothing more is counted");
	is(b.cpu[0], 1, "a cold CPU side has it too");
	job = fill_job(&b, 5);
	submit(&job);
	idle(&b);
	is(b.cpu[0], 1, "poll does no cache work: the CPU side is stale (R15)");
	is(line_state(&b, 0) & 3, DRM_STALELINE_LINE_STALE, "as STATE says");
	sync_buffer(&b, START | READ);
	is(b.cpu[0], 5, "START refills it");
	sync_buffer(&b, END | READ);
	drop(&a);
	drop(&b);
}

/* Waits until @ms after @start. */
static void until(long start, long ms)
{
	while (now_ms() < start + ms)
		usleep(1000);
}

static void test_steps(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent(), c = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 1), scattered = fill_job(&b, 1),
				 one = fill_job(&c, 1);
	uint32_t odd = 0;
	long start;

	job.steps = scattered.steps = 3;
	job.duration_us = scattered.duration_us = one.duration_us = 800000;
	scattered.flags = SCATTERED;
	start = now_ms();
	if (submit(&job) || submit(&scattered) || submit(&one))
		bail("jobs");
	until(start, 200);
	ok(lines_with(&a, 1) == LINES / 3 && word(&a, LINES / 3 - 1) && !word(&a, LINES / 3),
	   "the first of three steps comes at once: the first third");
	for (uint32_t i = 0; i < LINES; i++)
		odd += word(&b, i) != (i % 3 == 0);
	ok(!odd, "SCATTERED: every third line");
	is(lines_with(&c, 1), 0, "a single step does not come at once");
	ok(!ready(a.fd, POLLIN, 0) && !ready(b.fd, POLLIN, 0) && !ready(c.fd, POLLIN, 0),
	   "and all of them are busy");
	until(start, 600);
	ok(lines_with(&a, 1) == LINES * 2 / 3 && word(&a, LINES * 2 / 3 - 1),
	   "the second in the middle");
	is(lines_with(&b, 1), LINES - LINES / 3, "SCATTERED: two lines of three");
	is(lines_with(&c, 1), 0, "the single one not yet");
	ok(idle(&a) && idle(&b) && idle(&c) && now_ms() - start >= 800, "done after 800 ms");
	ok(lines_with(&a, 1) == LINES && lines_with(&b, 1) == LINES && lines_with(&c, 1) == LINES,
	   "with all lines");
	drop(&a);
	drop(&b);
	drop(&c);
}

/* More steps than lines, and more than a run's worth of bytes. */
static void test_sizes(void)
{
	struct buffer a = make_noncoherent();
	struct buffer big = make(2048, DRM_STALELINE_MODE_COHERENT);
	struct drm_staleline_job job = fill_job(&a, 1);
	uint32_t n = 0;

	job.steps = DRM_STALELINE_JOB_MAX_STEPS;
	job.duration_us = 10000;
	job.size = 5 * LINE;
	job.dst_offset = 3 * LINE;
	is(submit(&job), 0, "1024 steps for 5 lines");
	job.flags = SCATTERED;
	job.dst_offset = 9 * LINE;
	is(submit(&job), 0, "SCATTERED too");
	ok(idle(&a) && lines_with(&a, 1) == 10 && word(&a, 3) && word(&a, 13),
	   "are done, and touch no more");
	job = fill_job(&big, 1);
	job.flags = SCATTERED;
	job.steps = 7;
	is(submit(&job), 0, "8 MiB");
	ok(ready(big.fd, POLLOUT, 10000), "is done");
	for (uint32_t i = 0; i < big.size / LINE; i++)
		n += word(&big, i) == 1;
	is(n, (long long)(big.size / LINE), "all of it");
	drop(&a);
	drop(&big);
}

/* Which of the dirty lines a job's steps evicted. */
static void evicted_by_job(uint64_t seed, uint8_t *lines)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_EVICT | DRM_STALELINE_SET_SEED,
					  .evict = 20000,
					  .seed = seed };
	struct drm_staleline_job job = copy_job(&b, &a);

	memset((void *)a.cpu, 1, SIZE);
	set(&a, p);
	job.steps = 5;
	job.flags = SCATTERED;
	submit(&job);
	idle(&b);
	for (uint32_t i = 0; i < LINES; i++)
		lines[i] = b.device[i * LINE];
	drop(&a);
	drop(&b);
}

static void test_eviction(void)
{
	static uint8_t first[LINES], again[LINES], other[LINES];
	uint32_t n = 0;

	evicted_by_job(7, first);
	evicted_by_job(7, again);
	evicted_by_job(8, other);
	for (uint32_t i = 0; i < LINES; i++)
		n += first[i];
	ok(n > 0 && n < LINES, "a job evicts some of the dirty lines (%u of %u)", n, LINES);
	ok(!memcmp(first, again, LINES), "the same with the same seed");
	ok(memcmp(first, other, LINES), "others with another");
}

void test_job_bytes(void)
{
	test_bytes();
	test_sides();
	test_steps();
	test_sizes();
	test_eviction();
}
