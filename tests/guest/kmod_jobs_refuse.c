// SPDX-License-Identifier: MIT
/*
 * What the ioctl of jobs refuses: places, fields, and more jobs than may be pending. A room of
 * kmod_jobs.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kmod_jobs.h"

static int submit_at(const struct buffer *b, uint64_t offset, uint64_t size)
{
	struct drm_staleline_job job = fill_job(b, 1);

	job.dst_offset = offset;
	job.size = size;
	return submit(&job);
}

static void test_bad_places(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	const uint64_t bad[][2] = {
		{ 0, 0 },
		{ 0, SIZE + LINE },
		{ LINE, SIZE },
		{ SIZE, LINE },
		{ 0, LINE - 1 },
		{ 1, LINE },
		{ 0, UINT64_MAX },
		{ UINT64_MAX - LINE + 1, LINE },
		{ UINT64_MAX - LINE + 1, 2 * LINE },
		{ LINE, UINT64_MAX - LINE + 1 },
		{ (uint64_t)1 << 32, LINE },
		{ 0, ((uint64_t)1 << 32) + LINE },
	};
	struct drm_staleline_job job = copy_job(&a, &b);
	size_t refused = 0;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused += submit_at(&a, bad[i][0], bad[i][1]) == -EINVAL;
	is((long long)refused, sizeof(bad) / sizeof(*bad), "JOB: places that are none");
	job.size = LINE;
	job.src_offset = SIZE;
	is(submit(&job), -EINVAL, "JOB: src beyond its end");
	job.src_offset = 32;
	is(submit(&job), -EINVAL, "JOB: src_offset that is no multiple of a line");
	job = copy_job(&a, &a);
	is(submit(&job), -EINVAL, "JOB: src is dst");
	job = copy_job(&a, &b);
	job.dst = 0xdead;
	is(submit(&job), -ENOENT, "JOB: no such dst");
	job = copy_job(&a, &b);
	job.src = 0;
	is(submit(&job), -ENOENT, "JOB: COPY without src");
	is((long long)counter(&a, DRM_STALELINE_JOBS), 0, "and nothing was submitted");
	ok(ready(a.fd, POLLOUT, 0) && ready(b.fd, POLLOUT, 0), "no fence either");
	drop(&a);
	drop(&b);
}

/* A job like @job, but for one field, is refused. */
#define REFUSED(job, error, field, val)                                                            \
	do {                                                                                       \
		struct drm_staleline_job bad = job;                                                \
		bad.field = val;                                                                   \
		is(submit(&bad), error, #job " " #field " = " #val);                               \
	} while (0)

/* What is not asked for by kind or flags must be 0, so that it can mean something one day. */
static void bad_unasked(struct buffer a, struct buffer b, int file, uint32_t syncobj)
{
	const struct drm_staleline_job fill = fill_job(&a, 1), copy = copy_job(&a, &b);

	REFUSED(fill, -EINVAL, kind, 2);
	REFUSED(fill, -EINVAL, flags, 0x40);
	REFUSED(fill, -EINVAL, flags, 0x80000000);
	REFUSED(fill, -EINVAL, pad, 1);
	REFUSED(fill, -EINVAL, steps, 0);
	REFUSED(fill, -EINVAL, steps, DRM_STALELINE_JOB_MAX_STEPS + 1);
	REFUSED(fill, -EINVAL, duration_us, DRM_STALELINE_JOB_MAX_US + 1);
	REFUSED(fill, -EINVAL, src, b.handle);
	REFUSED(fill, -EINVAL, src_offset, LINE);
	REFUSED(copy, -EINVAL, value, 1);
	REFUSED(fill, -EINVAL, in_fd, file);
	REFUSED(fill, -EINVAL, in_fd, -1);
	REFUSED(fill, -EINVAL, out_fd, 1);
	REFUSED(fill, -EINVAL, in_syncobj, syncobj);
	REFUSED(fill, -EINVAL, in_point, 1);
	REFUSED(fill, -EINVAL, out_syncobj, syncobj);
	REFUSED(fill, -EINVAL, out_point, 1);
}

static void bad_asked(struct buffer a, uint32_t syncobj)
{
	struct drm_staleline_job fill = fill_job(&a, 1);

	fill.flags = IN_FILE;
	REFUSED(fill, -EINVAL, in_fd, -1);
	REFUSED(fill, -EINVAL, in_fd, 9999);
	REFUSED(fill, -EINVAL, in_fd, a.fd);
	fill.flags = OUT_FILE;
	REFUSED(fill, -EINVAL, out_fd, 1);
	fill.flags = IN_POINT;
	REFUSED(fill, -ENOENT, in_syncobj, 0);
	REFUSED(fill, -ENOENT, in_syncobj, 0xdead);
	REFUSED(fill, -EINVAL, in_syncobj, syncobj); /* nothing was submitted to it (R24) */
	fill.flags = OUT_POINT;
	REFUSED(fill, -ENOENT, out_syncobj, 0);
	REFUSED(fill, -ENOENT, out_syncobj, 0xdead);
}

static void test_bad_fields(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	int file = submit_for_file(fill_job(&a, 1));
	uint32_t syncobj = syncobj_create();

	idle(&a);
	bad_unasked(a, b, file, syncobj);
	bad_asked(a, syncobj);
	is((long long)counter(&a, DRM_STALELINE_JOBS), 1, "and nothing was submitted");
	ok(ready(a.fd, POLLOUT, 0), "no fence either");
	close(file);
	syncobj_destroy(syncobj);
	drop(&a);
	drop(&b);
}

/* The last thing to fail is the descriptor. */
static void test_no_descriptor(void)
{
	struct buffer a = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 1);
	struct rlimit old, none;
	int ret;

	job.flags = OUT_FILE;
	getrlimit(RLIMIT_NOFILE, &old);
	none = old;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	ret = submit(&job);
	setrlimit(RLIMIT_NOFILE, &old);
	is(ret, -EMFILE, "no descriptor left for OUT_FILE");
	ok(ready(a.fd, POLLOUT, 0) && !counter(&a, DRM_STALELINE_JOBS), "nothing was submitted");
	job.out_fd = 0;
	is(submit(&job), 0, "with one left it is");
	is(fcntl(job.out_fd, F_GETFD), FD_CLOEXEC, "close-on-exec (R23)");
	close(job.out_fd);
	idle(&a);
	drop(&a);
}

static void test_pending(void)
{
	struct buffer a = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 1);
	int one = open_card("staleline"), other = open_card("staleline"), n = 0, ret;
	long start = now_ms();

	if (import(one, a.fd, &job.dst))
		bail("import");
	job.flags = EXPLICIT;
	job.duration_us = 1000000;
	job.size = LINE;
	while (n <= DRM_STALELINE_JOB_MAX_PENDING &&
	       !(ret = call(one, DRM_IOCTL_STALELINE_JOB, &job)))
		n++;
	is(n, DRM_STALELINE_JOB_MAX_PENDING, "so many jobs may be pending");
	is(ret, -EBUSY, "one more is EBUSY");
	is(import(other, a.fd, &job.dst), 0, "another file");
	is(call(other, DRM_IOCTL_STALELINE_JOB, &job), 0, "has its own count");
	close(other);
	import(one, a.fd, &job.dst);
	job.flags = EXPLICIT | OUT_FILE;
	while ((ret = call(one, DRM_IOCTL_STALELINE_JOB, &job)) == -EBUSY &&
	       now_ms() < start + PATIENCE_MS)
		usleep(20000);
	is(ret, 0, "when they are done there is room again");
	ok(now_ms() - start >= 1000, "and not before");
	ok(ready(job.out_fd, POLLIN, PATIENCE_MS), "the last is done too");
	is((long long)counter(&a, DRM_STALELINE_JOBS), n + 2, "all are counted");
	close(job.out_fd);
	close(one);
	drop(&a);
}

/* All files together have a limit too: the last of them can't fill its own. */
static void test_total(void)
{
	enum { FILES = DRM_STALELINE_JOB_MAX_TOTAL / DRM_STALELINE_JOB_MAX_PENDING + 1 };
	struct buffer a = make_noncoherent();
	struct drm_staleline_job job = fill_job(&a, 1);
	int files[FILES], n[FILES] = { 0 }, all = 0, ret = 0;

	job.flags = EXPLICIT;
	job.duration_us = 4000000;
	job.size = LINE;
	for (int i = 0; i < FILES; i++) {
		files[i] = open_card("staleline");
		if (import(files[i], a.fd, &job.dst))
			bail("import");
		while (!(ret = call(files[i], DRM_IOCTL_STALELINE_JOB, &job)))
			n[i]++;
		all += n[i];
	}
	is(ret, -EBUSY, "EBUSY for all files together");
	ok(n[0] == DRM_STALELINE_JOB_MAX_PENDING && n[FILES - 1] < n[0], "the last one has %d jobs",
	   n[FILES - 1]);
	ok(all <= DRM_STALELINE_JOB_MAX_TOTAL && all > DRM_STALELINE_JOB_MAX_TOTAL - 8,
	   "which makes %d, beside those of other tests", all);
	for (int i = 0; i < 2000 && counter(&a, DRM_STALELINE_JOBS) < (uint64_t)all; i++)
		usleep(10000);
	is((long long)counter(&a, DRM_STALELINE_JOBS), all, "all are done");
	for (int i = 0; i < FILES; i++)
		close(files[i]);
	drop(&a);
}

void test_job_refusals(void)
{
	test_bad_places();
	test_bad_fields();
	test_no_descriptor();
	test_pending();
	test_total();
}
