// SPDX-License-Identifier: MIT
/*
 * egl_sync: what EGL's work waits for and what it leaves behind, where that is not the driver's own affair.
 *
 * A native fence (EGL_ANDROID_native_fence_sync) is a sync_file, both ways: the device waits for one that we
 * give it, and gives one for what was submitted so far. That is all a program needs for R20, and for points.
 */
#include "peer/egl.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What is submitted from here on waits for @file, which is EGL's from here on. */
static int wait_for(const struct egl_context *egl, int file)
{
	const EGLint attribs[] = { EGL_SYNC_NATIVE_FENCE_FD_ANDROID, file, EGL_NONE };
	EGLSyncKHR sync =
		egl->call.create_sync(egl->display, EGL_SYNC_NATIVE_FENCE_ANDROID, attribs);
	EGLint good;

	if (sync == EGL_NO_SYNC_KHR) {
		close(file);
		return -EIO;
	}
	good = egl->call.wait_sync(egl->display, sync, 0);
	egl->call.destroy_sync(egl->display, sync);
	return good ? 0 : -EIO;
}

int egl_sync_choose(struct egl_sync *sync, struct egl_context *egl, enum peer_sync kind,
		    struct why *why)
{
	int file, err = 0;

	if (kind == PEER_IMPLICIT) {
		sync->kind = kind;
		return 0;
	}
	file = egl->call.wait_sync ? egl_native_fence(egl) : -EOPNOTSUPP;
	if (file < 0)
		return why_set(why, -EOPNOTSUPP,
			       "EGL (%s) gives no native fences (EGL_ANDROID_native_fence_sync): "
			       "implicit sync is all it can",
			       egl->renderer);
	close(file);
	if (kind == PEER_POINT)
		err = points_open(&sync->points, egl->node.fd, egl->node.path, why);
	if (!err)
		sync->kind = kind;
	return err ? why_prefix(why, err, "EGL (%s): ", egl->renderer) : 0;
}

/* To read, writers are waited for; to write, all (R18). */
static uint64_t flags_of(bool writes)
{
	return writes ? ACCESS_WRITE : ACCESS_READ;
}

int egl_sync_before(struct egl_sync *sync, struct egl_context *egl, const struct buffer *buffer,
		    bool writes, struct why *why)
{
	int file = -1, err = 0;

	if (sync->kind == PEER_IMPLICIT)
		return 0;
	if (sync->kind == PEER_FILE) {
		file = access_export(buffer->fd, flags_of(writes));
	} else {
		err = points_signal(&sync->points); /* the CPU has done END (R24) */
		file = err ? err : points_export(&sync->points);
	}
	err = file < 0 ? file : wait_for(egl, file);
	if (err)
		why_set(why, err, "EGL (%s): a fence for it to wait for, of buffer %u: %s",
			egl->renderer, buffer->number, strerror(-err));
	return err;
}

int egl_sync_after(struct egl_sync *sync, struct egl_context *egl, const struct buffer *buffer,
		   bool writes, struct why *why)
{
	int file, err;

	if (sync->kind == PEER_IMPLICIT)
		return 0;
	file = egl_native_fence(egl);
	if (file < 0)
		err = file;
	else if (sync->kind == PEER_FILE)
		err = access_import(buffer->fd, file, flags_of(writes)); /* R20, R22 */
	else
		err = points_import(&sync->points, file);
	if (file >= 0)
		close(file);
	if (err)
		why_set(why, err, "EGL (%s): its fence behind work on buffer %u: %s", egl->renderer,
			buffer->number, strerror(-err));
	return err;
}
