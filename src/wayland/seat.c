// SPDX-License-Identifier: MIT
/* seat: what the connection's seat has. See seat.h. */
#include "wayland/seat.h"

#include <wayland-client-protocol.h>

#include "cursor-shape-v1-client-protocol.h"
#include "wayland/connection.h"

static void on_capabilities(void *data, struct wl_seat *seat, uint32_t capabilities)
{
	struct connection *conn = data;

	(void)seat;
	keyboard_follow(&conn->keyboard, capabilities & WL_SEAT_CAPABILITY_KEYBOARD);
	pointer_follow(&conn->pointer, capabilities & WL_SEAT_CAPABILITY_POINTER);
}

static void on_name(void *data, struct wl_seat *seat, const char *name)
{
	(void)data;
	(void)seat;
	(void)name;
}

static const struct wl_seat_listener seat_listener = {
	.capabilities = on_capabilities,
	.name = on_name,
};

void seat_look_at_makers(struct connection *conn)
{
	struct why why;

	conn->pointer.manager =
		connection_still_offers(conn, &wp_cursor_shape_manager_v1_interface, &why)
			? NULL
			: conn->cursor_shape;
	conn->pointer.shm =
		connection_still_offers(conn, &wl_shm_interface, &why) ? NULL : conn->shm;
	conn->pointer.cursor.shm = conn->pointer.shm;
}

void seat_open(struct connection *conn)
{
	if (!conn->seat)
		return;
	keyboard_open(&conn->keyboard, conn->seat);
	conn->pointer.seat = conn->seat;
	conn->pointer.compositor = conn->compositor;
	seat_look_at_makers(conn);
	wl_seat_add_listener(conn->seat, &seat_listener, conn);
}

void seat_leave(struct connection *conn)
{
	pointer_follow(&conn->pointer, false);
	keyboard_follow(&conn->keyboard, false);
	if (!conn->seat)
		return;
	if (wl_seat_get_version(conn->seat) >= WL_SEAT_RELEASE_SINCE_VERSION)
		wl_seat_release(conn->seat);
	else
		wl_seat_destroy(conn->seat);
	conn->seat = NULL;
}

void seat_close(struct connection *conn)
{
	seat_leave(conn);
	pointer_close(&conn->pointer);
	keyboard_close(&conn->keyboard);
}
