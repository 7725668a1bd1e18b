// SPDX-License-Identifier: MIT
/* Waiting for jobs, and jobs that wait, by points of a syncobj (R24); and all kinds of fences at once. */
#include <drm.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "kmod_jobs.h"

/* Waits for a point, or with point 0 for a binary syncobj. 0 or -errno. */
static int wait_point(uint32_t syncobj, uint64_t point, int ms)
{
	struct drm_syncobj_timeline_wait args = {
		.handles = (uintptr_t)&syncobj,
		.points = (uintptr_t)&point,
		.count_handles = 1,
		.timeout_nsec = (now_ms() + ms) * INT64_C(1000000),
	};

	return call(card, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &args);
}

static uint64_t reached(uint32_t syncobj)
{
	uint64_t point = UINT64_MAX;
	struct drm_syncobj_timeline_array args = { .handles = (uintptr_t)&syncobj,
						   .points = (uintptr_t)&point,
						   .count_handles = 1 };

	call(card, DRM_IOCTL_SYNCOBJ_QUERY, &args);
	return point;
}

/* a is filled, b gets it from a, c from b: told by points alone. */
static void test_points(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent(), c = make_noncoherent();
	struct drm_staleline_job jobs[] = { fill_job(&a, 5), copy_job(&b, &a), copy_job(&c, &b) };
	uint32_t timeline = syncobj_create();
	long start = now_ms();

	for (uint32_t i = 0; i < 3; i++) {
		jobs[i].flags = EXPLICIT | OUT_POINT | (i ? IN_POINT : 0);
		jobs[i].out_syncobj = timeline;
		jobs[i].out_point = 10 * (i + 1);
		jobs[i].in_syncobj = i ? timeline : 0;
		jobs[i].in_point = 10 * i;
		jobs[i].duration_us = LONG_MS * 1000;
		is(submit(&jobs[i]), 0, "a job of a chain");
	}
	is((long long)reached(timeline), 0, "no point is reached yet");
	is(wait_point(timeline, 20, 0), -ETIME, "nor can be waited for in no time");
	is(wait_point(timeline, 10, PATIENCE_MS), 0, "the first point");
	ok(reached(timeline) == 10 && word(&a, 0) == 5 && !word(&b, 0), "is the first job's");
	jobs[0].flags |= IN_POINT;
	jobs[0].in_syncobj = timeline;
	jobs[0].in_point = 31;
	is(submit(&jobs[0]), -EINVAL,
	   "a point that is not submitted is waited for by nobody (R24)");
	is(wait_point(timeline, 30, PATIENCE_MS), 0, "the last point");
	ok(now_ms() - start >= 3 * LONG_MS && word(&c, LINES - 1) == 5,
	   "comes when all three are done, one after the other");
	jobs[0].in_point = 10;
	jobs[0].out_point = 40;
	jobs[0].duration_us = 0;
	is(submit(&jobs[0]), 0, "a point that is reached already");
	is(wait_point(timeline, 40, PATIENCE_MS), 0, "holds nobody up");
	syncobj_destroy(timeline);
	drop(&a);
	drop(&b);
	drop(&c);
}

static void test_binary(void)
{
	struct buffer a = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 5);
	uint32_t syncobj = syncobj_create();

	job.flags = EXPLICIT | OUT_POINT;
	job.out_syncobj = syncobj;
	job.duration_us = LONG_MS * 1000;
	is(submit(&job), 0, "OUT_POINT 0: a binary syncobj");
	is(wait_point(syncobj, 0, 0), -ETIME, "is not signalled yet");
	job.flags = EXPLICIT | IN_POINT | OUT_POINT;
	job.in_syncobj = syncobj;
	job.value = 6;
	job.duration_us = 0;
	is(submit(&job), 0, "IN_POINT 0 of the same, which gets a new fence");
	is(word(&a, 0), 0, "waits");
	is(wait_point(syncobj, 0, PATIENCE_MS), 0, "and signals");
	is(word(&a, 0), 6, "when both are done");
	syncobj_destroy(syncobj);
	drop(&a);
}

/* All at once: what one job waits for and gives. */
static void test_all_fences(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent(), x = make_noncoherent();
	struct drm_staleline_job file = fill_job(&x, 1), point = file, job = copy_job(&b, &a);
	uint32_t timeline = syncobj_create();
	long start = now_ms();
	int in, out;

	file.flags = EXPLICIT;
	file.duration_us = LONG_MS * 1000;
	in = submit_for_file(file);
	point.flags = EXPLICIT | OUT_POINT;
	point.out_syncobj = timeline;
	point.out_point = 1;
	point.duration_us = 2 * LONG_MS * 1000;
	submit(&point);
	long_fill(&a, 4);
	long_fill(&b, 3);
	job.flags = IN_FILE | IN_POINT | OUT_POINT;
	job.in_fd = in;
	job.in_syncobj = job.out_syncobj = timeline;
	job.in_point = 1;
	job.out_point = 2;
	out = submit_for_file(job);
	ok(ready(out, POLLIN, PATIENCE_MS) && now_ms() - start >= 2 * LONG_MS,
	   "four fences are waited for, the longest too");
	ok(word(&b, 0) == 4 && reached(timeline) == 2 && ready(b.fd, POLLOUT, 0) &&
		   file_status(out) == 1,
	   "and all that were asked for signal");
	close(in);
	close(out);
	syncobj_destroy(timeline);
	drop(&a);
	drop(&b);
	drop(&x);
}

void test_fence_points(void)
{
	test_points();
	test_binary();
	test_all_fences();
}
