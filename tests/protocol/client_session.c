// SPDX-License-Identifier: MIT
/* client_session: the buffers of a session while they are shown. See client_session.h. */
#include "client_session.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int make_file(void)
{
	int fd = memfd_create("no dma-buf", MFD_CLOEXEC);

	if (fd < 0)
		abort();
	return fd;
}

/* The server imports nothing, so any file will do as a dma-buf. */
void client_make_buffer(const struct session *session, struct buffer *buffer, uint32_t number)
{
	const struct window *window = &session->window;
	bool yuv = session->planes != CLIENT_XRGB;

	*buffer = (struct buffer){ .width = window->want_width,
				   .height = window->want_height,
				   .stride = window->want_width * (yuv ? 1 : 4),
				   .fourcc = yuv ? DRM_FORMAT_NV12 : DRM_FORMAT_XRGB8888,
				   .offset = yuv ? CLIENT_OFFSET : 0,
				   .disjoint = session->planes == CLIENT_DISJOINT,
				   .second = -1,
				   .number = number };
	buffer->fd = make_file();
	if (buffer->disjoint) {
		buffer->second = make_file();
		buffer->first_size = buffer->offset + (size_t)buffer->height * buffer->stride;
	}
	for (uint32_t plane = 0; plane < buffer_planes(buffer); plane++) {
		uint8_t mark = (uint8_t)(plane + 1);

		if (pwrite(buffer_plane_fd(buffer, plane), &mark, 1,
			   buffer_plane_offset(buffer, plane)) != 1)
			abort();
	}
}

void client_free_buffer(struct buffer *buffer)
{
	if (buffer->fd >= 0)
		close(buffer->fd);
	if (buffer->disjoint)
		close(buffer->second);
}

/* By implicit sync it may never come back, and it is not on the screen: another is to take its place. */
static bool may_abandon(const struct session *session, const struct window_buffer *wb)
{
	return session->is_explicit && !wb->is_explicit && wb != session->shown;
}

int client_find_free(struct session *session, struct window_buffer **found, struct why *why)
{
	*found = NULL;
	for (int i = 0; i < 2 && !*found; i++) {
		int free = window_buffer_look(&session->wbs[i], why);

		if (free < 0)
			return free;
		if (free || may_abandon(session, &session->wbs[i]))
			*found = &session->wbs[i];
	}
	return 0;
}

static bool has_size(const struct buffer *buffer, const struct window *window)
{
	return buffer->width == window->want_width && buffer->height == window->want_height;
}

int client_renew(struct session *session, struct window_buffer *wb, struct outcome *outcome)
{
	struct window *window = &session->window;
	struct buffer *buffer = &session->buffers[wb - session->wbs];
	struct window_buffer old_wb = *wb;
	struct buffer old = *buffer;
	int err;

	if (!window_buffer_is_outdated(window, wb) && has_size(buffer, window) &&
	    wb->is_explicit == session->is_explicit)
		return 0;
	client_make_buffer(session, buffer, buffer->number);
	err = window_buffer_import(window, buffer, wb, &outcome->why);
	if (err && err != -EIO && err != -EOPNOTSUPP)
		return err;
	if (err) {
		client_free_buffer(buffer);
		*buffer = old;
		*wb = old_wb;
		outcome->why.text[0] = '\0';
		outcome->kept++;
		window_keep_size(window, buffer->width, buffer->height);
		session->is_explicit = wb->is_explicit;
		return window_set_explicit(window, wb->is_explicit, &outcome->why);
	}
	window_buffer_drop(&old_wb);
	client_free_buffer(&old);
	outcome->renewed++;
	return 0;
}

void client_toggle_sync(struct session *session)
{
	struct window *window = &session->window;
	struct why why;
	int err;

	session->is_explicit = !session->is_explicit;
	if (session->is_explicit && !window_has_syncobj(window))
		err = window_use_syncobj(window, memfd_create("no DRM", MFD_CLOEXEC), &why);
	else
		err = window_set_explicit(window, session->is_explicit, &why);
	if (err == -EOPNOTSUPP)
		session->is_explicit = !session->is_explicit;
	else if (err)
		abort();
}
