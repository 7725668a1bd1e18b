// SPDX-License-Identifier: MIT
/*
 * The module beside its model (kmod/cache.c) in user space, over random sequences of touches,
 * brackets, jobs and ticks: both sides and each line's state must be the same after every step. A
 * room of kmod_test.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cache.h"
#include "kmod_test.h"

/* The model in user space beside the real module. */
struct twin {
	struct cache cache;
	struct cache_page pages[PAGES];
	unsigned long cached[1], young[1];
	uint8_t device[SIZE], cpu[SIZE], base[SIZE];
	uint8_t sink[SIZE]; /* what jobs have read */
	uint64_t dirty;	    /* lines that were dirty then */
};

static void twin_init(struct twin *t, const struct cache_params *params)
{
	memset(t, 0, sizeof(*t));
	for (int i = 0; i < PAGES; i++)
		t->pages[i] = (struct cache_page){ t->device + i * 4096, t->cpu + i * 4096,
						   t->base + i * 4096, false };
	cache_init(&t->cache, NULL, t->pages, PAGES, t->cached, t->young, params);
}

static struct cache_params any_params(uint64_t *seed)
{
	static const uint32_t rates[] = { 0, 0, 0, 1000, 30000, CACHE_ALWAYS };

	return (struct cache_params){
		.inval = dice(seed, 2),
		.end = dice(seed, 2),
		.write = dice(seed, 3),
		.evict = rates[dice(seed, 6)],
		.fetch = rates[dice(seed, 6)],
		.seed = dice(seed, 1000),
	};
}

static void set_from(const struct buffer *b, const struct cache_params *params)
{
	struct drm_staleline_params p = {
		.flags = 0x1ff & ~(DRM_STALELINE_SET_MODE | DRM_STALELINE_SET_HOOK),
		.inval = params->inval,
		.end = params->end,
		.write = params->write,
		.evict = params->evict,
		.fetch = params->fetch,
		.seed = params->seed,
	};

	if (set(b, p))
		bail("SET");
}

/* One line of a job. Reading is copying to the same place of the other buffer. */
static void twin_job_line(struct twin *t, const struct drm_staleline_job *job, uint64_t line)
{
	uint64_t at = line * LINE;
	uint32_t dirty = cache_device(&t->cache, at / 4096, at % 4096, at % 4096 + LINE);

	if (job->kind == DRM_STALELINE_JOB_FILL) {
		memset(t->device + at, (uint8_t)job->value, LINE);
	} else {
		memcpy(t->sink + at, t->device + at, LINE);
		t->dirty += dirty;
	}
}

static void twin_job(struct twin *t, const struct drm_staleline_job *job)
{
	uint64_t lines = job->size / LINE,
		 offset = job->kind == DRM_STALELINE_JOB_FILL ? job->dst_offset : job->src_offset;
	bool scattered = job->flags & DRM_STALELINE_JOB_SCATTERED;

	for (uint64_t step = 0; step < (scattered ? job->steps : 1); step++)
		for (uint64_t i = step; i < lines; i += scattered ? job->steps : 1)
			twin_job_line(t, job, offset / LINE + i);
}

/* A job on some of the lines, and the wait for it (R5). */
static void any_job(struct buffer *b, struct buffer *sink, struct twin *t, uint64_t *seed)
{
	uint32_t first = dice(seed, SIZE / LINE), count = 1 + dice(seed, SIZE / LINE - first);
	bool fill = dice(seed, 2);
	struct drm_staleline_job job =
		fill ? fill_job(b, dice(seed, 3) * 0x01010101) : copy_job(sink, b);

	job.flags = dice(seed, 2) ? DRM_STALELINE_JOB_SCATTERED : 0;
	job.steps = 1 + dice(seed, 5);
	job.dst_offset = (uint64_t)first * LINE;
	job.src_offset = fill ? 0 : job.dst_offset;
	job.size = (uint64_t)count * LINE;
	if (submit(&job) || !ready(b->fd, POLLOUT, 10000))
		bail("a job");
	twin_job(t, &job);
}

static void any_step(struct buffer *b, struct buffer *sink, struct twin *t, uint64_t *seed)
{
	struct drm_staleline_tick tick = { .handle = b->handle, .steps = 1 };
	uint32_t at = dice(seed, SIZE), value = dice(seed, 3), flags = 1 + dice(seed, 3);

	switch (dice(seed, 10)) {
	case 0:
	case 1:
		cache_touch(&t->cache, at / 4096, true);
		t->cpu[at] = b->cpu[at] = (uint8_t)value;
		break;
	case 2:
		cache_touch(&t->cache, at / 4096, false);
		if (b->cpu[at] != t->cpu[at])
			t->device[at] ^= 0xff; /* found by the comparison */
		break;
	case 3:
	case 4:
		t->device[at] = b->device[at] = (uint8_t)value;
		break;
	case 5:
		sync_buffer(b, START | flags);
		cache_start(&t->cache, flags, 0);
		break;
	case 6:
		sync_buffer(b, END | flags);
		cache_end(&t->cache, flags);
		cache_unpoison(&t->cache); /* ours was the only bracket */
		break;
	case 7:
	case 8:
		any_job(b, sink, t, seed);
		break;
	default:
		call(card, DRM_IOCTL_STALELINE_TICK, &tick);
		cache_tick(&t->cache);
	}
}

/*
 * The CPU side is compared by its state, and where a step reads it: reading it here would be a
 * touch.
 */
static bool same(const struct buffer *b, const struct buffer *sink, struct twin *t)
{
	static uint8_t lines[SIZE / LINE];
	struct drm_staleline_state args = { .handle = b->handle,
					    .count = SIZE / LINE,
					    .lines = (uintptr_t)lines };

	if (call(card, DRM_IOCTL_STALELINE_STATE, &args))
		bail("STATE");
	cache_tick(&t->cache); /* STATE is an entry too */
	for (uint32_t i = 0; i < SIZE / LINE; i++) {
		uint32_t state = cache_line_state(&t->cache, i);

		if (test_bit(i / 64, t->cached))
			state |= DRM_STALELINE_LINE_CACHED;
		if (lines[i] != state)
			return false;
	}
	return !memcmp((const void *)b->device, t->device, SIZE) &&
	       !memcmp((const void *)sink->device, t->sink, SIZE);
}

void test_sequences(uint64_t sequences)
{
	static struct twin t;
	uint64_t first, steps = 0, different = 0;
	struct buffer b = make_noncoherent(), sink = make(PAGES, DRM_STALELINE_MODE_COHERENT);
	uint64_t dirty = 0;

	for (first = 1; first <= sequences && !different; first++) {
		uint64_t seed = first * 104729;
		struct cache_params params = any_params(&seed);

		/* Any process's bracket that is open would make SET fail. */
		sync_buffer(&b, END | RW);
		set(&b, with_mode(DRM_STALELINE_MODE_COHERENT));
		memset((void *)b.device, 0, SIZE);
		memset((void *)sink.device, 0, SIZE);
		set_from(&b, &params);
		set(&b, with_mode(DRM_STALELINE_MODE_NONCOHERENT));
		twin_init(&t, &params);
		for (int i = 0; i < 24 && !different; i++, steps++) {
			any_step(&b, &sink, &t, &seed);
			different = same(&b, &sink, &t) ? 0 : first;
		}
		dirty += t.dirty;
	}
	ok(!different, "%llu random sequences, %llu steps: the module is its model",
	   (unsigned long long)sequences, (unsigned long long)steps);
	if (different)
		printf("# sequence %llu, step %llu\n", (unsigned long long)different,
		       (unsigned long long)steps);
	is((long long)counter(&b, DRM_STALELINE_JOB_DIRTY), (long long)dirty,
	   "and counts the dirty lines that jobs read");
	drop(&sink);
	drop(&b);
}
