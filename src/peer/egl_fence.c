// SPDX-License-Identifier: MIT
/*
 * egl_fence: waiting until the device is done with what was submitted, always with a limit: a
 * device that hangs must not hang us.
 *
 * A native fence is a sync_file: a descriptor to poll(2), which is what a program would hand on to
 * a compositor or to another device (R7, R20): see egl_sync.c. Here it is only waited for.
 */
#include "peer/egl.h"

#include <errno.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

static int timed_out(struct why *why, const struct egl_context *egl)
{
	return why_set(why, -ETIME,
		       "EGL (%s): not done after %d ms; the device hangs, see the kernel's log",
		       egl->renderer, EGL_WAIT_MS);
}

/*
 * A signalled fence can be that of a job that failed. Which error its driver gave it is not ours to
 * hand on: -ETIME would read as our own limit.
 */
static int fence_status(int fd)
{
	struct sync_file_info info = { 0 };

	if (ioctl(fd, SYNC_IOC_FILE_INFO, &info))
		return 0; /* it can't be asked; the stamp of the check will tell */
	return info.status < 0 ? -EIO : 0;
}

static int poll_fence(int fd)
{
	int64_t deadline = clock_ns() + (int64_t)EGL_WAIT_MS * 1000000;
	struct pollfd fence = { .fd = fd, .events = POLLIN };
	int got;

	do {
		got = poll(&fence, 1, clock_ms_left(deadline));
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got < 0)
		return -errno;
	if (got == 0)
		return -ETIME;
	if (!(fence.revents & POLLIN))
		return -EIO;
	return fence_status(fd);
}

int egl_native_fence(struct egl_context *egl)
{
	EGLSyncKHR sync;
	int fd;

	if (!egl->call.dup_native_fence)
		return -EOPNOTSUPP;
	sync = egl->call.create_sync(egl->display, EGL_SYNC_NATIVE_FENCE_ANDROID, NULL);
	if (sync == EGL_NO_SYNC_KHR)
		return -EOPNOTSUPP;
	/* There is no descriptor before the fence was submitted. */
	glFlush();
	fd = egl->call.dup_native_fence(egl->display, sync);
	egl->call.destroy_sync(egl->display, sync);
	return fd == EGL_NO_NATIVE_FENCE_FD_ANDROID ? -EOPNOTSUPP : fd;
}

/* -EOPNOTSUPP: this device gives no such fence; use another way. */
static int wait_native(struct egl_context *egl)
{
	int fd = egl_native_fence(egl), err;

	if (fd < 0)
		return fd;
	err = poll_fence(fd);
	close(fd);
	return err;
}

static int wait_sync(struct egl_context *egl)
{
	EGLSyncKHR sync;
	EGLint got;

	if (!egl->call.create_sync)
		return -EOPNOTSUPP;
	sync = egl->call.create_sync(egl->display, EGL_SYNC_FENCE_KHR, NULL);
	if (sync == EGL_NO_SYNC_KHR)
		return -EOPNOTSUPP;
	got = egl->call.client_wait_sync(egl->display, sync, EGL_SYNC_FLUSH_COMMANDS_BIT_KHR,
					 (EGLTimeKHR)EGL_WAIT_MS * 1000000);
	egl->call.destroy_sync(egl->display, sync);
	if (got == EGL_TIMEOUT_EXPIRED_KHR)
		return -ETIME;
	return got == EGL_CONDITION_SATISFIED_KHR ? 0 : -EIO;
}

int egl_fence_wait(struct egl_context *egl, struct why *why)
{
	int err = wait_native(egl);

	if (err == -EOPNOTSUPP)
		err = wait_sync(egl);
	if (err == -EOPNOTSUPP) {
		glFinish(); /* no limit, but nothing else is left */
		err = 0;
	}
	if (err == -ETIME)
		return timed_out(why, egl);
	if (err)
		return why_set(why, err, "EGL (%s): waiting for its fence: %s", egl->renderer,
			       strerror(-err));
	return 0;
}
