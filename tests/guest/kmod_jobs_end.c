// SPDX-License-Identifier: MIT
/*
 * How a job ends: without its process, without its buffers, and after 10 s at the latest. A room of
 * kmod_jobs.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmod_jobs.h"

/* Its process, its files and its buffer's handle are gone. */
static void test_killed(void)
{
	struct buffer a = make_noncoherent();
	int status;
	long start = now_ms();
	pid_t child = fork();

	if (!child) {
		struct buffer theirs = a;

		card = open_card("staleline");
		if (import(card, a.fd, &theirs.handle))
			_exit(1);
		long_fill(&theirs, 6);
		raise(SIGKILL);
	}
	waitpid(child, &status, 0);
	ok(WIFSIGNALED(status) && now_ms() < start + LONG_MS, "a process dies while its job runs");
	ok(!ready(a.fd, POLLIN, 0), "which goes on");
	ok(idle(&a), "and signals");
	is(lines_with(&a, 6), LINES, "with all lines");
	drop(&a);
}

/* Handles and dma-bufs may go: a job holds what it works on. */
static void test_buffer_gone(void)
{
	struct buffer a = make_noncoherent(), b = make_noncoherent();
	struct drm_staleline_job job = copy_job(&b, &a);
	int file;

	job.duration_us = LONG_MS * 1000;
	job.steps = 4;
	file = submit_for_file(job);
	drop(&a);
	drop(&b);
	ok(!ready(file, POLLIN, 0), "a job goes on without handles");
	ok(ready(file, POLLIN, PATIENCE_MS), "and signals");
	is(file_status(file), 1, "without an error");
	close(file);
}

/* A fence that never signals, which only a debug kernel offers: -1 elsewhere. */
static int never(int *sw)
{
	struct {
		uint32_t value;
		char name[32];
		int32_t fence;
	} create = { .value = 1, .name = "never" };

	*sw = open("/sys/kernel/debug/sync/sw_sync", O_RDWR | O_CLOEXEC);
	if (*sw < 0 || call(*sw, _IOWR('W', 0, create), &create))
		return -1;
	return create.fence;
}

struct bound bound_start(void)
{
	struct bound t = { .a = make_noncoherent(),
			   .b = make_noncoherent(),
			   .c = make_noncoherent(),
			   .stuck = -1 };
	struct drm_staleline_job job = fill_job(&t.a, 1);
	int fence = never(&t.sw);

	t.start = now_ms();
	job.duration_us = 9500000;
	t.file = submit_for_file(job);
	job.duration_us = DRM_STALELINE_JOB_MAX_US;
	job.dst = t.c.handle;
	t.full = submit_for_file(job);
	job = fill_job(&t.b, 1);
	job.flags = IN_FILE;
	job.in_fd = t.file;
	job.duration_us = 5000000;
	job.steps = 2;
	t.late = submit_for_file(job);
	if (fence >= 0) {
		job.flags = IN_FILE | EXPLICIT;
		job.in_fd = fence;
		t.stuck = submit_for_file(job);
		close(fence);
	}
	return t;
}

/* When a sync_file of one fence has signalled, in ms as now_ms(). */
static long signalled_ms(int fd)
{
	struct sync_fence_info fence = { .timestamp_ns = 0 };
	struct sync_file_info info = { .num_fences = 1, .sync_fence_info = (uintptr_t)&fence };

	if (call(fd, SYNC_IOC_FILE_INFO, &info))
		bail("FILE_INFO");
	return (long)(fence.timestamp_ns / 1000000);
}

void bound_end(struct bound *t)
{
	long took;

	ok(ready(t->late, POLLIN, 15000), "a job that can't be done in time signals");
	took = signalled_ms(t->late) - t->start;
	ok(took >= 10000 && took < 10500, "10 s after its submission (%ld ms)", took);
	is(file_status(t->file), 1, "what it waited for was in time");
	is(file_status(t->late), -ETIMEDOUT, "its fence has the error ETIMEDOUT");
	ok(word(&t->b, 0) == 1 && word(&t->b, LINES - 1) == 0, "and half of it was done");
	ok(ready(t->full, POLLIN, 1000), "a job of 10 s is done too");
	took = signalled_ms(t->full) - t->start;
	ok(file_status(t->full) == 1 || took > 10100, "and in time, or it was late (%ld ms)", took);
	if (t->stuck >= 0) {
		ok(ready(t->stuck, POLLIN, 1000), "a job whose fence never signals is done");
		is(file_status(t->stuck), -ETIMEDOUT, "with an error");
		close(t->stuck);
		close(t->sw);
		usleep(100000); /* nobody calls back into a job that is gone */
	} else {
		skip("a fence that never signals", "no sw_sync");
	}
	close(t->file);
	close(t->late);
	close(t->full);
	drop(&t->a);
	drop(&t->b);
	drop(&t->c);
}

void test_job_ends(void)
{
	test_killed();
	test_buffer_gone();
}
