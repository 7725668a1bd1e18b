// SPDX-License-Identifier: MIT
/*
 * Jobs of staleline.ko from user space: what they do to bytes, what the ioctl refuses, when they
 * end, what waits for them and what they wait for (kmod_fences*.c). To be run as root in the guest
 * with the module loaded. Prints TAP.
 *
 *	kmod_jobs		all tests
 *	kmod_jobs --hold-file	keeps a sync_file of a job that is done, until stdin ends
 *	kmod_jobs --hold-point	keeps a syncobj with such a job's fence
 *	kmod_jobs --leave	submits a job of 3 s and goes
 */
#include <drm.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kmod_jobs.h"

static void test_all(void)
{
	uint64_t before = total_bytes();
	struct bound bound = bound_start();
	int others = dmabufs();

	test_job_bytes();
	test_job_refusals();
	test_job_foreign();
	test_job_ends();
	test_fences();
	test_fence_files();
	test_fence_points();
	is(dmabufs(), others, "no dma-buf is left, of ours or imported");
	bound_end(&bound);
	ok(total_becomes(before), "no buffer is left");
}

/* Keeps one fence of ours, in a sync_file or in a syncobj, and nothing else. */
static int hold(bool file)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_job job = fill_job(&b, 1);
	struct drm_syncobj_handle point = { 0 };
	char c;

	job.flags = OUT_FILE | OUT_POINT;
	job.out_syncobj = point.handle = syncobj_create();
	job.out_point = 1;
	if (submit(&job) || call(card, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &point) || !idle(&b))
		bail("a fence");
	close(file ? point.fd : job.out_fd);
	drop(&b);
	close(card);
	printf("held\n");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	return 0;
}

static int leave(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_job job = fill_job(&b, 1);

	job.duration_us = 3000000;
	return submit(&job) ? 1 : 0;
}

int main(int argc, char **argv)
{
	open_the_card();
	if (argc > 1 && !strcmp(argv[1], "--leave"))
		return leave();
	if (argc > 1)
		return hold(!strcmp(argv[1], "--hold-file"));
	test_all();
	return done_testing();
}
