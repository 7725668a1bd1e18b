// SPDX-License-Identifier: MIT
/*
 * Commits that signals end while they wait for a fence, and that are asked for again each time, as drmIoctl()
 * does. What such a commit has left behind, a kernel that looks for leaks says at the end of the suite.
 */
#include <drm_fourcc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "kms_screen.h"
#include "staleline_drm.h"

static volatile sig_atomic_t alarms;

static void on_alarm(int signal_number)
{
	(void)signal_number;
	alarms = alarms + 1;
}

/* A signal every 20 ms, without SA_RESTART; or none. */
static void storm(bool blows)
{
	struct sigaction action = { .sa_handler = blows ? on_alarm : SIG_DFL };
	struct itimerval every = { { 0, blows ? 20000 : 0 }, { 0, blows ? 20000 : 0 } };

	if (!blows)
		setitimer(ITIMER_REAL, &every, NULL);
	sigaction(SIGALRM, &action, NULL);
	if (blows)
		setitimer(ITIMER_REAL, &every, NULL);
}

/* A fence that signals after 400 ms, as a sync_file. */
static int slow_fence(uint32_t handle)
{
	struct drm_staleline_job job = {
		.flags = DRM_STALELINE_JOB_OUT_FILE,
		.kind = DRM_STALELINE_JOB_FILL,
		.dst = handle,
		.size = 64,
		.steps = 1,
		.duration_us = 400000,
	};
	int ret = call(screen.card, DRM_IOCTL_STALELINE_JOB, &job);

	return ret ? ret : job.out_fd;
}

/* One event, as bytes: what it says is not looked at. */
static bool event_came(void)
{
	struct pollfd fd = { .fd = screen.card, .events = POLLIN };
	char event[64];

	return poll(&fd, 1, 2000) == 1 && read(screen.card, event, sizeof(event)) > 0;
}

static void interrupted(const struct fb *fb, bool event, const uint8_t *picture)
{
	struct fb other = fb_create(64, 64, DRM_FORMAT_XRGB8888);
	int in = slow_fence(other.handle), out = -1;
	struct commit c = commit_new();

	if (in < 0)
		bail("a job with a fence");
	commit_primary(&c, fb->id);
	commit_set(&c, screen.primary, "IN_FENCE_FD", (uint64_t)in);
	if (!event)
		commit_set(&c, screen.crtc, "OUT_FENCE_PTR", (uintptr_t)&out);
	alarms = 0;
	storm(true);
	is(commit_go(&c, event ? DRM_MODE_PAGE_FLIP_EVENT : 0), 0,
	   event ? "a commit with an event in a storm of signals"
		 : "a commit with an out fence in a storm of signals");
	storm(false);
	ok(alarms >= 3, "was interrupted (%d signals)", (int)alarms);
	is(picture_differs(picture), 0, "and is shown all the same");
	ok(event ? event_came() : out >= 0, "and has what it asked for");
	if (out >= 0)
		close(out);
	close(in);
	fb_destroy(&other);
}

void test_interrupted(const struct fb *fb)
{
	uint8_t *picture = expected(fb, NULL, 0, 0);

	interrupted(fb, false, picture);
	interrupted(fb, true, picture);
	free(picture);
}
