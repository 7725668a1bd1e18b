// SPDX-License-Identifier: MIT
/*
 * staleline with wl_shm: the same program, window and pictures, but the compositor gets the memory that a udmabuf is made of
 * as shared memory, and no dma-buf. What differs between the two is the compositor's work. For tests/compositors/measure.sh;
 * --exporter=udmabuf, --format=XRGB8888.
 */
#include <errno.h>
#include <wayland-client-protocol.h>

#include "buffer/exporter.h"
#include "wayland/window_priv.h"

int __wrap_window_buffer_import(struct window *window, const struct buffer *buffer,
				struct window_buffer *wb, struct why *why);

static void on_release(void *data, struct wl_buffer *wl)
{
	struct window_buffer *wb = data;

	(void)wl;
	wb->releases++;
	wb->busy = false;
}

static const struct wl_buffer_listener buffer_listener = {
	.release = on_release,
};

int __wrap_window_buffer_import(struct window *window, const struct buffer *buffer,
				struct window_buffer *wb, struct why *why)
{
	int memfd = exporter_memfd(buffer, why);
	struct wl_shm_pool *pool;

	*wb = (struct window_buffer){
		.fourcc = buffer->fourcc,
		.rounds = window->priv->feedback.rounds + window->conn->feedback.rounds,
		.choice = window_choose(window, buffer->fourcc),
	};
	if (memfd < 0)
		return memfd;
	pool = wl_shm_create_pool(window->conn->shm, memfd, (int32_t)buffer->size);
	wb->wl = wl_shm_pool_create_buffer(pool, (int32_t)buffer->offset, (int32_t)buffer->width,
					   (int32_t)buffer->height, (int32_t)buffer->stride,
					   WL_SHM_FORMAT_XRGB8888);
	wl_shm_pool_destroy(pool);
	wl_buffer_add_listener(wb->wl, &buffer_listener, wb);
	return 0;
}
