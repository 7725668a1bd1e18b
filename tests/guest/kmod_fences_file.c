// SPDX-License-Identifier: MIT
/*
 * Waiting for jobs, and jobs that wait, by sync_files. A test for each of the rules R17 to R23, against jobs that are at
 * work.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "kmod_jobs.h"

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

void test_fence_files(void)
{
	test_export();
	test_pattern();
	test_no_pattern();
	test_import();
}
