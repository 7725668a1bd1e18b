// SPDX-License-Identifier: MIT
/* panel: the surface beside the card. See panel.h. */
#include "wayland/panel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client-protocol.h>

#include "viewporter-client-protocol.h"
#include "wayland/connection.h"
#include "wayland/scale.h"

static void on_release(void *data, struct wl_buffer *wl)
{
	struct panel_buffer *buffer = data;

	(void)wl;
	buffer->busy = false;
}

static const struct wl_buffer_listener buffer_listener = {
	.release = on_release,
};

/*
 * A memfd that can't shrink any more, so that the compositor may map it without fear of SIGBUS.
 * Writing stays allowed: compositors map a wl_shm pool writable.
 */
static int make_memory(size_t size)
{
	int fd = memfd_create("staleline panel", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

static void close_memory(struct panel_memory *memory)
{
	for (size_t i = 0; i < 2; i++)
		if (memory->buffers[i].wl)
			wl_buffer_destroy(memory->buffers[i].wl);
	if (memory->map)
		munmap(memory->map, memory->size);
	*memory = (struct panel_memory){ 0 };
}

static int map_memory(struct panel_memory *memory, int fd, struct why *why)
{
	void *map = mmap(NULL, memory->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return why_set(why, -errno, "mmap %zu bytes for the panel: %s", memory->size,
			       strerror(errno));
	memory->map = map;
	return 0;
}

/* libwayland duplicates @fd when it is sent. */
static int share_memory(struct panel *panel, struct panel_memory *memory, struct connection *conn,
			int fd, struct why *why)
{
	struct wl_shm_pool *pool = wl_shm_create_pool(conn->shm, fd, (int32_t)memory->size);

	if (!pool)
		return why_set(why, -ENOMEM, "no memory");
	for (size_t i = 0; i < 2; i++) {
		struct panel_buffer *buffer = &memory->buffers[i];

		buffer->wl = wl_shm_pool_create_buffer(
			pool, (int32_t)(i * memory->size / 2), (int32_t)panel->width,
			(int32_t)memory->height, (int32_t)panel->stride, WL_SHM_FORMAT_XRGB8888);
		if (buffer->wl)
			wl_buffer_add_listener(buffer->wl, &buffer_listener, buffer);
	}
	wl_shm_pool_destroy(pool);
	return memory->buffers[0].wl && memory->buffers[1].wl ? 0
							      : why_set(why, -ENOMEM, "no memory");
}

/* @memory is zeroed, and so it is again after a failure. */
static int open_memory(struct panel *panel, struct panel_memory *memory, struct connection *conn,
		       uint32_t height, struct why *why)
{
	int fd, err;

	/* A pool's size and offsets are int32 on the wire. */
	if (panel->width > INT32_MAX / 4 / 2 / height)
		return why_set(why, -EOVERFLOW, "a panel of %ux%u is too large for wl_shm",
			       panel->width, height);
	*memory = (struct panel_memory){ .height = height, .size = 2 * panel->stride * height };
	fd = make_memory(memory->size);
	if (fd < 0)
		return why_set(why, fd, "a memfd of %zu bytes for the panel: %s", memory->size,
			       strerror(-fd));
	err = map_memory(memory, fd, why);
	if (!err)
		err = share_memory(panel, memory, conn, fd, why);
	close(fd); /* the map needs it no longer */
	if (err)
		close_memory(memory);
	return err;
}

/* Draw to @now from here on. */
static void use_memory(struct panel *panel, int now)
{
	panel->now = now;
	panel->height = panel->memory[now].height;
	panel->drawing = -1;
}

int panel_resize(struct panel *panel, struct connection *conn, uint32_t height, struct why *why)
{
	int other = !panel->now, err;

	if (!panel->surface || panel->height == height)
		return 0;
	err = connection_still_offers(conn, &wl_shm_interface, why);
	if (err)
		return err;
	/* Two resizes with nothing shown in between: what is on the screen is older, and stays. */
	if (panel->memory[other].map) {
		close_memory(&panel->memory[panel->now]);
		use_memory(panel, other);
		return panel_resize(panel, conn, height, why);
	}
	err = open_memory(panel, &panel->memory[other], conn, height, why);
	if (!err)
		use_memory(panel, other);
	return err;
}

int panel_open(struct panel *panel, struct connection *conn, struct wl_surface *parent,
	       uint32_t width, uint32_t height, struct why *why)
{
	int err;

	*panel = (struct panel){
		.width = width,
		.height = height,
		.stride = (size_t)width * 4,
		.drawing = -1,
		.due = true, /* the window may measure it before anything is drawn */
	};
	err = open_memory(panel, &panel->memory[0], conn, height, why);
	if (err)
		goto fail;
	err = -ENOMEM;
	panel->surface = wl_compositor_create_surface(conn->compositor);
	if (!panel->surface)
		goto fail_memory;
	panel->subsurface =
		wl_subcompositor_get_subsurface(conn->subcompositor, panel->surface, parent);
	if (!panel->subsurface)
		goto fail_memory;
	wl_subsurface_set_desync(panel->subsurface);
	if (conn->viewporter)
		panel->viewport = wp_viewporter_get_viewport(conn->viewporter, panel->surface);
	return 0;

fail_memory:
	why_set(why, err, "no memory");
fail:
	panel_close(panel);
	return err;
}

void panel_close(struct panel *panel)
{
	if (panel->viewport)
		wp_viewport_destroy(panel->viewport);
	if (panel->subsurface)
		wl_subsurface_destroy(panel->subsurface);
	if (panel->surface)
		wl_surface_destroy(panel->surface);
	for (size_t i = 0; i < 2; i++)
		close_memory(&panel->memory[i]);
	*panel = (struct panel){ .drawing = -1 };
}

void panel_place(struct panel *panel, int32_t left, uint32_t scale120)
{
	if (!panel->surface)
		return;
	wl_subsurface_set_position(panel->subsurface, left, 0);
	scale_apply(panel->viewport, panel->width, panel->height, scale120);
}

void panel_hide(struct panel *panel, bool hidden)
{
	if (!panel->surface || panel->hidden == hidden)
		return;
	panel->hidden = hidden;
	panel->due = !hidden;
	if (!hidden)
		return;
	/* Both buffers come back: what was given out and not shown is free to be drawn anew. */
	panel->drawing = -1;
	wl_surface_attach(panel->surface, NULL, 0, 0);
	wl_surface_commit(panel->surface);
}

uint32_t *panel_pixels(struct panel *panel)
{
	const struct panel_memory *memory = &panel->memory[panel->now];

	if (!panel->surface || panel->hidden)
		return NULL;
	if (panel->drawing < 0) {
		if (memory->buffers[0].busy && memory->buffers[1].busy)
			return NULL;
		panel->drawing = memory->buffers[0].busy ? 1 : 0;
	}
	return (uint32_t *)((char *)memory->map +
			    (size_t)panel->drawing * panel->stride * panel->height);
}

void panel_come_back(struct panel *panel)
{
	if (!panel->due)
		return;
	/* Where the compositor has both: one as it is, nothing is drawn in it. */
	if (!panel_pixels(panel))
		panel->drawing = 0;
	panel_show(panel);
	panel->blank = true;
}

void panel_show(struct panel *panel)
{
	struct panel_buffer *buffer;

	if (!panel->surface || panel->drawing < 0)
		return;
	buffer = &panel->memory[panel->now].buffers[panel->drawing];
	panel->drawing = -1;
	panel->due = false;
	panel->blank = false;
	buffer->busy = true;
	wl_surface_attach(panel->surface, buffer->wl, 0, 0);
	wl_surface_damage_buffer(panel->surface, 0, 0, (int32_t)panel->width,
				 (int32_t)panel->height);
	wl_surface_commit(panel->surface);
	close_memory(&panel->memory[!panel->now]); /* of the height before: no longer shown */
}
