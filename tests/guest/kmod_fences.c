// SPDX-License-Identifier: MIT
/*
 * Waiting for jobs, and jobs that wait: START, poll, sync_files, syncobj points. A test for each of
 * the rules R12 and R14 to R24, against jobs that are at work.
 */
#include <drm.h>
#include <drm_mode.h>
#include <drm/vgem_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kmod_jobs.h"

static void long_copy(const struct buffer *dst, const struct buffer *src)
{
	struct drm_staleline_job job = copy_job(dst, src);

	job.duration_us = LONG_MS * 1000;
	if (submit(&job))
		bail("a copy");
}

/* R14, R16: who is asked for, and at once where nobody is there. */
static void test_poll(void)
{
	struct buffer dst = make_noncoherent(), src = make_noncoherent();
	struct pollfd both = { .fd = src.fd, .events = POLLIN | POLLOUT };

	ok(ready(dst.fd, POLLIN, 0) && ready(dst.fd, POLLOUT, 0),
	   "a buffer without fences is ready at once (R16)");
	long_copy(&dst, &src);
	ok(!ready(dst.fd, POLLIN, 0), "POLLIN waits for a writer (R14)");
	ok(!ready(dst.fd, POLLOUT, 0), "so does POLLOUT");
	ok(ready(src.fd, POLLIN, 0), "POLLIN does not wait for a reader");
	ok(!ready(src.fd, POLLOUT, 0), "POLLOUT does");
	ok(poll(&both, 1, 0) == 1 && both.revents == POLLIN,
	   "POLLIN|POLLOUT returns when either is ready (R16)");
	ok(ready(src.fd, POLLOUT, PATIENCE_MS) && ready(dst.fd, POLLIN, PATIENCE_MS) &&
		   ready(dst.fd, POLLOUT, 0),
	   "all are ready when the job is done");
	drop(&dst);
	drop(&src);
}

/* ms that a SYNC takes. */
static long sync_ms(const struct buffer *b, uint64_t flags)
{
	long start = now_ms();

	if (sync_buffer(b, flags))
		bail("SYNC");
	return now_ms() - start;
}

/* R12: READ for writers, WRITE and RW for all users; END for nobody. */
static void test_start_waits(void)
{
	struct buffer dst = make_noncoherent(), src = make_noncoherent();

	long_copy(&dst, &src);
	ok(sync_ms(&src, START | READ) < LONG_MS / 2, "START(READ) waits for no reader (R12)");
	ok(sync_ms(&src, END | READ) < LONG_MS / 2 && !ready(src.fd, POLLOUT, 0),
	   "END waits for nobody");
	sync_ms(&dst, START | READ);
	ok(ready(dst.fd, POLLIN, 0), "START(READ) waits for a writer");
	sync_ms(&dst, END | READ);
	long_copy(&dst, &src);
	sync_ms(&src, START | WRITE);
	ok(ready(src.fd, POLLOUT, 0), "START(WRITE) waits for a reader");
	sync_ms(&src, END | WRITE);
	long_copy(&dst, &src);
	sync_ms(&src, START | RW);
	ok(ready(src.fd, POLLOUT, 0), "so does START(RW)");
	sync_ms(&src, END | RW);
	drop(&dst);
	drop(&src);
}

/* Lines that the CPU reads old after START has waited for a job in steps. */
static uint32_t stale_after_start(uint32_t hook, bool wait)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_HOOK, .hook = hook };
	struct drm_staleline_job job = fill_job(&b, 1);
	uint32_t stale = 0, reported = 0;

	set(&b, p);
	for (uint32_t i = 0; i < SIZE; i += 4096)
		(void)b.cpu[i]; /* the CPU side has copies */
	job.duration_us = LONG_MS * 1000;
	job.steps = 2;
	job.flags = SCATTERED;
	if (submit(&job))
		bail("a job");
	usleep(LONG_MS * 1000 / 4);
	if (wait)
		idle(&b);
	sync_buffer(&b, START | READ);
	if (!ready(b.fd, POLLIN, 0))
		return UINT32_MAX; /* START has not waited */
	for (uint32_t i = 0; i < LINES; i++) {
		stale += b.cpu[i * LINE] == 0;
		reported += (line_state(&b, i) & DRM_STALELINE_LINE_STALE) != 0;
	}
	sync_buffer(&b, END | READ);
	drop(&b);
	return stale == reported ? stale : UINT32_MAX;
}

static void test_read_no_wait(void)
{
	is(stale_after_start(DRM_STALELINE_HOOK_FIRST, true), 0, "wait, START, read: fresh (R5)");
	is(stale_after_start(DRM_STALELINE_HOOK_FIRST, false), LINES / 2,
	   "START, which waits too late, read: every other line is stale (R12)");
	is(stale_after_start(DRM_STALELINE_HOOK_WAIT_FIRST, false), 0,
	   "hook=wait-first: START waits in time");
}

static int export_file(const struct buffer *b, uint32_t flags)
{
	struct dma_buf_export_sync_file args = { .flags = flags, .fd = -1 };
	int ret = call(b->fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &args);

	return ret ? ret : args.fd;
}

static int import_file(const struct buffer *b, uint32_t flags, int fd)
{
	struct dma_buf_import_sync_file args = { .flags = flags, .fd = fd };

	return call(b->fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &args);
}

/* Was it signalled when exported? Closes it. */
static bool exports_signalled(const struct buffer *b, uint32_t flags)
{
	int fd = export_file(b, flags);
	bool signalled = ready(fd, POLLIN, 0);

	close(fd);
	return signalled;
}

static void test_export(void)
{
	struct buffer dst = make_noncoherent(), src = make_noncoherent();
	int first, old = export_file(&dst, READ);

	ok(ready(old, POLLIN, 0), "EXPORT of an idle buffer is signalled (R19)");
	is(fcntl(old, F_GETFD), FD_CLOEXEC, "and close-on-exec (R23)");
	is(export_file(&dst, 0), -EINVAL, "EXPORT without READ or WRITE (R17)");
	is(export_file(&dst, READ | 4), -EINVAL, "EXPORT with another flag");
	is(import_file(&dst, 0, old), -EINVAL, "IMPORT without READ or WRITE");
	is(import_file(&dst, WRITE | DMA_BUF_SYNC_END, old), -EINVAL, "IMPORT with another flag");
	long_copy(&dst, &src);
	ok(exports_signalled(&src, READ), "EXPORT(READ) has no reader (R18)");
	ok(!exports_signalled(&src, WRITE), "EXPORT(WRITE) has");
	ok(!exports_signalled(&src, RW), "EXPORT(RW) too");
	ok(!exports_signalled(&dst, READ), "EXPORT(READ) has a writer");
	ok(ready(old, POLLIN, 0), "an older snapshot hasn't (R19)");
	first = export_file(&dst, READ);
	long_fill(&dst, 2);
	ok(ready(first, POLLIN, PATIENCE_MS) && !ready(dst.fd, POLLIN, 0),
	   "a snapshot signals though a later job runs");
	idle(&dst);
	close(old);
	close(first);
	drop(&dst);
	drop(&src);
}

/* R20: export, submit what waits on it and yields another, import that. */
static void test_pattern(void)
{
	struct buffer a = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 2);
	long start = now_ms();
	int first, second;

	long_fill(&a, 1);
	first = export_file(&a, WRITE);
	job.flags = EXPLICIT | IN_FILE;
	job.in_fd = first;
	job.duration_us = LONG_MS * 1000;
	second = submit_for_file(job);
	is(import_file(&a, WRITE, second), 0, "EXPORT, submit, IMPORT (R20)");
	ok(!ready(a.fd, POLLIN, 0), "the buffer is busy");
	ok(idle(&a) && now_ms() - start >= 2 * LONG_MS, "with both jobs, one after the other");
	ok(file_status(first) == 1 && file_status(second) == 1 && word(&a, 0) == 2,
	   "and the second had the last word");
	close(first);
	close(second);
	drop(&a);
}

/*
 * R21: who submits between EXPORT and the submission that waits for it is not waited for, and here
 * has the last word though it came first.
 */
static void test_no_pattern(void)
{
	struct buffer a = make_noncoherent();
	struct drm_staleline_job between = fill_job(&a, 1), job = fill_job(&a, 2);
	int first = export_file(&a, WRITE), second;
	uint32_t last = SIZE / LINE - 1;

	/* Its second half at its end. */
	between.duration_us = LONG_MS * 1000;
	between.steps = 2;
	if (submit(&between))
		bail("a job");
	job.flags = EXPLICIT | IN_FILE;
	job.in_fd = first;
	second = submit_for_file(job);
	ok(ready(second, POLLIN, PATIENCE_MS) && !ready(a.fd, POLLIN, 0),
	   "EXPORT, another's job, submit: ours waits for what was exported only (R21)");
	is(word(&a, last), 2, "and is done");
	is(import_file(&a, WRITE, second), 0, "IMPORT");
	ok(!ready(a.fd, POLLIN, 0), "the other's job is still at work");
	ok(idle(&a) && word(&a, last) == 1, "and goes over what ours wrote");
	close(first);
	close(second);
	drop(&a);
}

/* An explicit job's fence, which says nothing about @b until it is imported. */
static int fence_elsewhere(struct buffer *other)
{
	struct drm_staleline_job job = fill_job(other, 1);

	job.flags = EXPLICIT;
	job.duration_us = LONG_MS * 1000;
	return submit_for_file(job);
}

static void test_import(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent(), other = make_noncoherent();
	struct drm_staleline_job read = copy_job(&b, &a), write = fill_job(&a, 1);
	int fd = fence_elsewhere(&other), done, late;

	ok(ready(other.fd, POLLOUT, 0), "an EXPLICIT job adds no implicit fence");
	is(import_file(&a, READ, fd), 0, "IMPORT(READ)");
	ok(ready(a.fd, POLLIN, 0) && !ready(a.fd, POLLOUT, 0), "is a reader's fence (R22)");
	done = submit_for_file(read);
	late = submit_for_file(write);
	ok(ready(done, POLLIN, LONG_MS / 2) && !file_status(fd), "a job that reads does not wait");
	is(file_status(late), 0, "one that writes does");
	ok(ready(late, POLLIN, PATIENCE_MS) && file_status(fd) == 1, "until it has signalled");
	close(fd);
	close(done);
	close(late);
	fd = fence_elsewhere(&other);
	is(import_file(&a, WRITE, fd), 0, "IMPORT(WRITE)");
	ok(!ready(a.fd, POLLIN, 0) && !ready(a.fd, POLLOUT, 0), "is a writer's fence (R22)");
	late = submit_for_file(read);
	usleep(LONG_MS * 1000 / 4);
	is(file_status(late), 0, "a job that reads waits");
	ok(ready(late, POLLIN, PATIENCE_MS) && file_status(fd) == 1, "until it has signalled");
	close(fd);
	close(late);
	drop(&a);
	drop(&b);
	drop(&other);
}

/* What jobs wait for without being told. */
static void test_implicit(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent(), c = make_noncoherent();
	struct drm_staleline_job read = copy_job(&b, &a), also = copy_job(&c, &a),
				 write = fill_job(&a, 7), now = fill_job(&a, 9);
	int readers[2], writer, explicit_one;

	long_fill(&a, 1);
	read.duration_us = also.duration_us = LONG_MS * 1000;
	readers[0] = submit_for_file(read);
	readers[1] = submit_for_file(also);
	writer = submit_for_file(write);
	now.flags = EXPLICIT;
	explicit_one = submit_for_file(now);
	ok(ready(explicit_one, POLLIN, LONG_MS / 2) && word(&a, 0) == 9 && !ready(a.fd, POLLIN, 0),
	   "an EXPLICIT job waits for no implicit fence");
	ok(ready(readers[0], POLLIN, PATIENCE_MS) && ready(readers[1], POLLIN, LONG_MS / 2),
	   "two readers wait for a writer, and not for each other");
	is(word(&b, 0), 1, "they have read what it has written");
	ok(ready(writer, POLLIN, PATIENCE_MS), "a writer waits for readers");
	ok(word(&a, 0) == 7 && word(&b, LINES - 1) == 1 && word(&c, LINES - 1) == 1,
	   "and has overwritten nothing that they still read");
	for (int i = 0; i < 2; i++)
		close(readers[i]);
	close(writer);
	close(explicit_one);
	drop(&a);
	drop(&b);
	drop(&c);
}

/* Two jobs that take the same two buffers the other way round. */
static void test_both_ways(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_job to = copy_job(&a, &b), fro = copy_job(&b, &a);

	for (int i = 0; i < 100; i++)
		if (submit(&to) || submit(&fro))
			bail("a copy");
	ok(idle(&a) && idle(&b), "copies to and fro end");
	is((long long)(counter(&a, DRM_STALELINE_JOBS) + counter(&b, DRM_STALELINE_JOBS)), 200,
	   "all of them");
	drop(&a);
	drop(&b);
}

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

/* vgem's fence, which lasts until it is told: a job that waits for another driver. */
static void test_foreign_fence(void)
{
	struct buffer a = make_noncoherent();
	struct drm_vgem_fence_signal signal = { 0 };
	struct drm_staleline_job job = fill_job(&a, 1);
	int vgem = open_card("vgem"), file;

	if (vgem < 0) {
		skip("another driver's fence", "no vgem");
		drop(&a);
		return;
	}
	if (vgem_fence(vgem, &a, &signal.fence))
		bail("a fence");
	file = submit_for_file(job);
	ok(!ready(file, POLLIN, 100) && !word(&a, 0), "a job waits for another driver's fence");
	call(vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal);
	ok(ready(file, POLLIN, PATIENCE_MS) && word(&a, 0) == 1, "which starts it");
	close(file);
	close(vgem);
	drop(&a);
}

void test_fences(void)
{
	test_poll();
	test_start_waits();
	test_read_no_wait();
	test_export();
	test_pattern();
	test_no_pattern();
	test_import();
	test_implicit();
	test_both_ways();
	test_points();
	test_binary();
	test_all_fences();
	test_foreign_fence();
}
