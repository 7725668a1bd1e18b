// SPDX-License-Identifier: MIT
/* server: the pointer of the seat, and the shape of its cursor. */
#include <linux/input-event-codes.h>
#include <stdlib.h>

#include "cursor-shape-v1-server-protocol.h"
#include "server.h"

enum { ENTER_SERIAL = 100, PRESS_SERIAL = 200 };

static void pointer_gone(struct wl_resource *resource)
{
	struct run *run = wl_resource_get_user_data(resource);

	if (run->pointer == resource)
		run->pointer = NULL;
}

static void set_cursor(struct wl_client *client, struct wl_resource *resource, uint32_t serial,
		       struct wl_resource *surface, int32_t x, int32_t y)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	(void)y;
	if (run->script->cursor_shape != ABSENT && !run->gone[GLOBAL_CURSOR_SHAPE])
		wrong(run, "a cursor of its own, though there are shapes");
	if (serial < ENTER_SERIAL || serial >= ENTER_SERIAL + SCRIPT_PRESSES)
		wrong(run, "a cursor with another serial than that of the entry");
	if (surface)
		((struct surface *)wl_resource_get_user_data(surface))->cursor = true;
	run->seen->cursors += surface != NULL;
	run->seen->cursor_x = x;
}

static const struct wl_pointer_interface pointer_implementation = {
	.set_cursor = set_cursor,
	.release = destroy_resource,
};

void pointer_get(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct run *run = wl_resource_get_user_data(resource);

	if (!run->script->pointer || run->pointer)
		wrong(run, "a pointer that the seat has not, or a second one");
	run->seen->pointers++;
	run->pointer =
		make(run, client, &wl_pointer_interface, resource, id, &pointer_implementation);
	wl_resource_set_destructor(run->pointer, pointer_gone);
}

static void send_frame(struct run *run)
{
	if (wl_resource_get_version(run->pointer) >= WL_POINTER_FRAME_SINCE_VERSION)
		wl_pointer_send_frame(run->pointer);
}

/* From somewhere in the middle of the surface to where it is pressed. */
static void press(struct run *run, uint32_t n)
{
	const struct script_press *press = &run->script->presses[n];
	struct surface *surface = press->panel ? run->panel : run->window;
	uint32_t button = press->right_button ? BTN_RIGHT : BTN_LEFT;

	wl_pointer_send_enter(run->pointer, ENTER_SERIAL + n, surface->resource,
			      wl_fixed_from_int(100), wl_fixed_from_int(100));
	send_frame(run);
	wl_pointer_send_motion(run->pointer, 0, wl_fixed_from_int(press->x),
			       wl_fixed_from_int(press->y));
	send_frame(run);
	wl_pointer_send_button(run->pointer, PRESS_SERIAL + n, 0, button,
			       WL_POINTER_BUTTON_STATE_PRESSED);
	wl_pointer_send_button(run->pointer, PRESS_SERIAL + n + SCRIPT_PRESSES, 0, button,
			       WL_POINTER_BUTTON_STATE_RELEASED);
	wl_pointer_send_axis(run->pointer, 0, WL_POINTER_AXIS_VERTICAL_SCROLL, 1);
	send_frame(run);
	wl_pointer_send_leave(run->pointer, ENTER_SERIAL + n, surface->resource);
	/* One that is nowhere presses nothing. */
	wl_pointer_send_button(run->pointer, 1, 0, button, WL_POINTER_BUTTON_STATE_PRESSED);
	send_frame(run);
}

void pointer_press(struct run *run)
{
	if (!run->pointer)
		return;
	for (uint32_t n = 0; n < SCRIPT_PRESSES && run->script->presses[n].x; n++)
		press(run, n);
	if (!run->script->pointer_leaves)
		return;
	wl_seat_send_capabilities(run->seat, WL_SEAT_CAPABILITY_KEYBOARD);
	wl_seat_send_capabilities(run->seat,
				  WL_SEAT_CAPABILITY_KEYBOARD | WL_SEAT_CAPABILITY_POINTER);
}

void pointer_grabbed(struct run *run, uint32_t serial)
{
	if (serial < PRESS_SERIAL || serial >= PRESS_SERIAL + SCRIPT_PRESSES)
		wrong(run, "a grab with another serial than that of the press");
}

/* --- cursor-shape --- */

static void set_shape(struct wl_client *client, struct wl_resource *resource, uint32_t serial,
		      uint32_t shape)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	if (serial < ENTER_SERIAL || serial >= ENTER_SERIAL + SCRIPT_PRESSES)
		wrong(run, "a shape with another serial than that of the entry");
	run->seen->shape = shape;
	run->seen->shapes++;
}

static const struct wp_cursor_shape_device_v1_interface device_implementation = {
	.destroy = destroy_resource,
	.set_shape = set_shape,
};

static void get_pointer(struct wl_client *client, struct wl_resource *resource, uint32_t id,
			struct wl_resource *pointer)
{
	(void)pointer;
	make(wl_resource_get_user_data(resource), client, &wp_cursor_shape_device_v1_interface,
	     resource, id, &device_implementation);
}

static const struct wp_cursor_shape_manager_v1_interface manager_implementation = {
	.destroy = destroy_resource,
	.get_pointer = get_pointer,
};

static void bind_manager(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wl_resource_set_implementation(
		wl_resource_create(client, &wp_cursor_shape_manager_v1_interface, (int)version, id),
		&manager_implementation, data, NULL);
}

struct wl_global *offer_cursor_shape(struct run *run)
{
	int version = (int)script_version(run->script->cursor_shape, 1);

	return wl_global_create(run->display, &wp_cursor_shape_manager_v1_interface, version, run,
				bind_manager);
}

void add_cursor_shape(struct run *run)
{
	if (run->script->cursor_shape != ABSENT)
		offer_global(run, GLOBAL_CURSOR_SHAPE);
}
