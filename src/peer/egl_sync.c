// SPDX-License-Identifier: MIT
/*
 * egl_sync: what EGL's work waits for and what it leaves behind, where that is not
 * the driver's own affair.
 *
 * A native fence (EGL_ANDROID_native_fence_sync) is a sync_file, both ways: the device waits for
 * one that we give it, and gives one for what was submitted so far. That is all a program needs
 * for R20, and for points.
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

/* What is submitted from here on waits for the fences of each dma-buf (R20, R31). */
static int wait_for_fences(const struct egl_context *egl, const struct buffer *buffer, bool writes)
{
	int err = 0;

	for (uint32_t part = 0; !err && part < buffer_parts(buffer); part++) {
		int file = access_export(buffer_part_fd(buffer, part), flags_of(writes));

		err = file < 0 ? file : wait_for(egl, file);
	}
	return err;
}

static int wait_for_point(const struct egl_context *egl, struct points *points)
{
	int err = points_signal(points); /* the CPU has done END (R24) */
	int file = err ? err : points_export(points);

	return file < 0 ? file : wait_for(egl, file);
}

int egl_sync_before(struct egl_sync *sync, struct egl_context *egl, const struct buffer *buffer,
		    bool writes, struct why *why)
{
	int err = 0;

	if (sync->kind == PEER_FILE)
		err = wait_for_fences(egl, buffer, writes);
	else if (sync->kind == PEER_POINT)
		err = wait_for_point(egl, &sync->points);
	if (err)
		why_set(why, err, "EGL (%s): a fence for it to wait for, of buffer %u: %s",
			egl->renderer, buffer->number, strerror(-err));
	return err;
}

/* Each dma-buf has @file from here on (R20, R22, R31). */
static int leave_fence(const struct buffer *buffer, int file, bool writes)
{
	int err = 0;

	for (uint32_t part = 0; !err && part < buffer_parts(buffer); part++)
		err = access_import(buffer_part_fd(buffer, part), file, flags_of(writes));
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
		err = leave_fence(buffer, file, writes);
	else
		err = points_import(&sync->points, file);
	if (file >= 0)
		close(file);
	if (err)
		why_set(why, err, "EGL (%s): its fence behind work on buffer %u: %s", egl->renderer,
			buffer->number, strerror(-err));
	return err;
}
