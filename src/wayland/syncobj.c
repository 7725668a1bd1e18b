// SPDX-License-Identifier: MIT
/* syncobj: explicit sync by linux-drm-syncobj-v1. See syncobj.h. */
#include "wayland/syncobj.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <wayland-client-protocol.h>

#include "linux-drm-syncobj-v1-client-protocol.h"

static void line_close(struct syncobj_line *line)
{
	if (line->wl)
		wp_linux_drm_syncobj_timeline_v1_destroy(line->wl);
	timeline_destroy(&line->timeline);
	*line = (struct syncobj_line){ 0 };
}

static int line_open(const struct syncobj *sync, struct syncobj_line *line, struct why *why)
{
	int fd, err = timeline_create(&line->timeline, sync->drm_fd, why);

	if (err)
		return err;
	fd = timeline_export(&line->timeline, why);
	if (fd < 0) {
		line_close(line);
		return fd;
	}
	/* libwayland sends a duplicate; the compositor makes a syncobj of its own of that. */
	line->wl = wp_linux_drm_syncobj_manager_v1_import_timeline(sync->manager, fd);
	close(fd);
	if (line->wl)
		return 0;
	line_close(line);
	return why_set(why, -ENOMEM, "no memory");
}

void syncobj_leave(struct syncobj *sync)
{
	if (sync->surface)
		wp_linux_drm_syncobj_surface_v1_destroy(sync->surface);
	sync->surface = NULL;
}

int syncobj_enter(struct syncobj *sync, struct wl_surface *surface, struct why *why)
{
	if (!sync->surface)
		sync->surface = wp_linux_drm_syncobj_manager_v1_get_surface(sync->manager, surface);
	return sync->surface ? 0 : why_set(why, -ENOMEM, "no memory");
}

int syncobj_open(struct syncobj *sync, struct wp_linux_drm_syncobj_manager_v1 *manager,
		 struct wl_surface *surface, int drm_fd, struct why *why)
{
	int err;

	*sync = (struct syncobj){ .drm_fd = drm_fd, .manager = manager };
	err = timeline_can(drm_fd)
		      ? line_open(sync, &sync->acquire, why)
		      : why_set(why, -EOPNOTSUPP, "this DRM device makes no syncobj timelines");
	if (!err)
		err = syncobj_enter(sync, surface, why);
	if (err)
		syncobj_close(sync);
	return err;
}

void syncobj_close(struct syncobj *sync)
{
	if (!sync->manager)
		return;
	syncobj_leave(sync);
	line_close(&sync->acquire);
	close(sync->drm_fd);
	*sync = (struct syncobj){ 0 };
}

int syncobj_buffer_open(const struct syncobj *sync, struct syncobj_buffer *buffer, struct why *why)
{
	int err;

	*buffer = (struct syncobj_buffer){ .event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	if (buffer->event < 0)
		return why_set(why, -errno, "an eventfd: %s", strerror(errno));
	err = line_open(sync, &buffer->release[0], why);
	if (err) {
		close(buffer->event);
		*buffer = (struct syncobj_buffer){ 0 };
	}
	return err;
}

void syncobj_buffer_close(struct syncobj_buffer *buffer)
{
	if (!buffer->release[0].wl)
		return;
	for (int i = 0; i < SYNCOBJ_LINES; i++)
		line_close(&buffer->release[i]);
	close(buffer->event);
	*buffer = (struct syncobj_buffer){ 0 };
}

/* Forget what is pending on line @i once it is signalled. 1, 0 or -errno. */
static int look_at_line(struct syncobj_buffer *buffer, int i)
{
	int signalled =
		timeline_is_signalled(&buffer->release[i].timeline, buffer->release[i].point);

	if (signalled <= 0)
		return signalled;
	buffer->pending[i] = false;
	if (buffer->watched == i + 1)
		buffer->watched = 0;
	return 1;
}

/* A release timeline of @buffer with nothing pending on it; opened where it is not yet. */
static int free_line(const struct syncobj *sync, struct syncobj_buffer *buffer, struct why *why)
{
	int i = 0;

	/* In a right order nothing is pending, and nothing is asked. */
	while (i < SYNCOBJ_LINES && buffer->pending[i] && look_at_line(buffer, i) <= 0)
		i++;
	if (sync->no_more && (i == SYNCOBJ_LINES || !buffer->release[i].wl))
		return 0;
	if (i == SYNCOBJ_LINES)
		return why_set(why, -EBUSY,
			       "committed %d times, and none of these was released: that many are "
			       "kept apart",
			       SYNCOBJ_LINES);
	if (!buffer->release[i].wl) {
		int err = line_open(sync, &buffer->release[i], why);

		if (err)
			return err;
	}
	return i;
}

int syncobj_commit(struct syncobj *sync, struct syncobj_buffer *buffer, struct why *why)
{
	int i = free_line(sync, buffer, why), err;
	struct syncobj_line *acquire = &sync->acquire, *release;

	if (i < 0)
		return i;
	release = &buffer->release[i];
	err = timeline_signal(&acquire->timeline, acquire->point + 1);
	if (err)
		return why_set(why, err, "signal acquire point %llu: %s",
			       (unsigned long long)acquire->point + 1, strerror(-err));
	acquire->point++;
	release->point++;
	buffer->pending[i] = true;
	wp_linux_drm_syncobj_surface_v1_set_acquire_point(sync->surface, acquire->wl,
							  (uint32_t)(acquire->point >> 32),
							  (uint32_t)acquire->point);
	wp_linux_drm_syncobj_surface_v1_set_release_point(sync->surface, release->wl,
							  (uint32_t)(release->point >> 32),
							  (uint32_t)release->point);
	return 0;
}

int syncobj_look(struct syncobj_buffer *buffer)
{
	for (int i = 0; i < SYNCOBJ_LINES; i++) {
		int signalled = buffer->pending[i] ? look_at_line(buffer, i) : 1;

		if (signalled <= 0)
			return signalled;
	}
	return 1;
}

int syncobj_watch(struct syncobj *sync, struct syncobj_buffer *buffer, int *fd)
{
	uint64_t count;
	int i = 0, err;

	*fd = -1;
	while (i < SYNCOBJ_LINES && !buffer->pending[i])
		i++;
	if (sync->no_eventfd || i == SYNCOBJ_LINES)
		return 0;
	/*
	 * It may have told of a point that was found signalled before that, and would go on waking us for
	 * nothing. What it told of meanwhile is not lost: watched anew, it tells at once.
	 */
	if (read(buffer->event, &count, sizeof(count)) == sizeof(count))
		buffer->watched = 0;
	else if (errno != EAGAIN)
		return -errno;
	if (!buffer->watched) {
		err = timeline_watch(&buffer->release[i].timeline, buffer->release[i].point,
				     buffer->event);
		sync->no_eventfd = err == -ENOTTY;
		if (err)
			return err == -ENOTTY ? 0 : err;
		buffer->watched = i + 1;
	}
	*fd = buffer->event;
	return 0;
}
