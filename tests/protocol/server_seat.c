// SPDX-License-Identifier: MIT
/* server: a seat with a keyboard, as small as a keymap can be; and xdg-decoration. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server.h"
#include "xdg-decoration-unstable-v1-server-protocol.h"

/* q, space, period, question mark with Shift, F11, s, e, f: codes as xkb counts them, from 8 on. */
static const char keymap_text[] =
	"xkb_keymap {\n"
	"xkb_keycodes { minimum = 8; maximum = 255;\n"
	" <Q> = 24; <SPC> = 65; <DOT> = 60; <ASK> = 61; <F11> = 95; <SHF> = 50; <S> = 39; <E> = "
	"26; <F> = 41; };\n"
	"xkb_types { virtual_modifiers None;\n"
	" type \"ONE_LEVEL\" { modifiers = none; level_name[Level1] = \"Any\"; };\n"
	" type \"TWO_LEVEL\" { modifiers = Shift; map[Shift] = Level2;\n"
	"  level_name[Level1] = \"Base\"; level_name[Level2] = \"Shift\"; }; };\n"
	"xkb_compatibility { interpret Any { action = NoAction(); }; };\n"
	"xkb_symbols { key <Q> { [ q ] }; key <SPC> { [ space ] }; key <DOT> { [ period ] };\n"
	" key <ASK> { type = \"TWO_LEVEL\", [ slash, question ] }; key <F11> { [ F11 ] };\n"
	" key <SHF> { [ Shift_L ] }; key <S> { [ s ] }; key <E> { [ e ] }; key <F> { [ f ] };\n"
	" modifier_map Shift { <SHF> }; };\n"
	"};\n";

static int make_file(const char *text, size_t size)
{
	int fd = memfd_create("keymap", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, size) != (ssize_t)size)
		abort();
	return fd;
}

static void send_keymap(struct run *run, struct wl_resource *keyboard)
{
	enum keymap flaw = run->script->keymap;
	const char *text = flaw == KEYMAP_GARBAGE ? "xkb_keymap { but no more" : keymap_text;
	size_t size = strlen(text) + 1;
	int fd = make_file(text, flaw == KEYMAP_SHORT ? 0 : size); /* a page is never short */

	wl_keyboard_send_keymap(keyboard,
				flaw == KEYMAP_NONE ? WL_KEYBOARD_KEYMAP_FORMAT_NO_KEYMAP
						    : WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1,
				fd, flaw == KEYMAP_HUGE ? UINT32_MAX : (uint32_t)size);
	close(fd);
}

static void press(struct run *run, uint32_t key)
{
	wl_keyboard_send_key(run->keyboard, 1, 0, key, WL_KEYBOARD_KEY_STATE_PRESSED);
	wl_keyboard_send_key(run->keyboard, 2, 0, key, WL_KEYBOARD_KEY_STATE_RELEASED);
}

void seat_type(struct run *run)
{
	const struct script *script = run->script;

	if (!run->keyboard)
		return;
	if (script->held || script->locked)
		wl_keyboard_send_modifiers(run->keyboard, 3, script->held, 0, script->locked, 0);
	for (size_t i = 0; i < SCRIPT_KEYS && script->keys[i]; i++)
		press(run, script->keys[i]);
	if (!script->keyboard_leaves)
		return;
	wl_seat_send_capabilities(run->seat, 0);
	wl_seat_send_capabilities(run->seat, WL_SEAT_CAPABILITY_KEYBOARD);
}

/* --- wl_seat --- */

static void keyboard_gone(struct wl_resource *resource)
{
	struct run *run = wl_resource_get_user_data(resource);

	if (run->keyboard == resource)
		run->keyboard = NULL;
}

static const struct wl_keyboard_interface keyboard_implementation = {
	.release = destroy_resource,
};

static void get_keyboard(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	struct run *run = wl_resource_get_user_data(resource);

	if (run->keyboard)
		wrong(run, "a second keyboard while there is one");
	run->seen->keyboards++;
	run->keyboard =
		make(run, client, &wl_keyboard_interface, resource, id, &keyboard_implementation);
	wl_resource_set_destructor(run->keyboard, keyboard_gone);
	send_keymap(run, run->keyboard);
}

static void get_nothing(struct wl_client *client, struct wl_resource *resource, uint32_t id)
{
	(void)client;
	(void)id;
	wrong(wl_resource_get_user_data(resource), "touch that the seat has not");
}

static const struct wl_seat_interface seat_implementation = {
	.get_pointer = pointer_get,
	.get_keyboard = get_keyboard,
	.get_touch = get_nothing,
	.release = destroy_resource,
};

static void seat_gone(struct wl_resource *resource)
{
	struct run *run = wl_resource_get_user_data(resource);

	if (run->seat == resource)
		run->seat = NULL;
}

static void bind_seat(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct run *run = data;

	if (run->seat)
		wrong(run, "a second seat while it has the first");
	run->seen->seats++;
	run->seat = wl_resource_create(client, &wl_seat_interface, (int)version, id);
	wl_resource_set_implementation(run->seat, &seat_implementation, run, seat_gone);
	wl_seat_send_capabilities(run->seat,
				  WL_SEAT_CAPABILITY_KEYBOARD |
					  (run->script->pointer ? WL_SEAT_CAPABILITY_POINTER : 0));
}

/* --- xdg-decoration --- */

static void set_mode(struct wl_client *client, struct wl_resource *resource, uint32_t mode)
{
	struct run *run = wl_resource_get_user_data(resource);

	(void)client;
	run->seen->decoration_mode = mode;
	if (run->seen->commits)
		wrong(run, "a decoration after the first buffer");
	zxdg_toplevel_decoration_v1_send_configure(resource,
						   ZXDG_TOPLEVEL_DECORATION_V1_MODE_CLIENT_SIDE);
}

static void unset_mode(struct wl_client *client, struct wl_resource *resource)
{
	(void)client;
	(void)resource;
}

static const struct zxdg_toplevel_decoration_v1_interface decoration_implementation = {
	.destroy = destroy_resource,
	.set_mode = set_mode,
	.unset_mode = unset_mode,
};

static void get_decoration(struct wl_client *client, struct wl_resource *resource, uint32_t id,
			   struct wl_resource *toplevel)
{
	(void)toplevel;
	make(wl_resource_get_user_data(resource), client, &zxdg_toplevel_decoration_v1_interface,
	     resource, id, &decoration_implementation);
}

static const struct zxdg_decoration_manager_v1_interface manager_implementation = {
	.destroy = destroy_resource,
	.get_toplevel_decoration = get_decoration,
};

static void bind_manager(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wl_resource_set_implementation(
		wl_resource_create(client, &zxdg_decoration_manager_v1_interface, (int)version, id),
		&manager_implementation, data, NULL);
}

struct wl_global *offer_seat(struct run *run)
{
	int version = run->script->seat > 0 ? run->script->seat : 9;

	return wl_global_create(run->display, &wl_seat_interface, version, run, bind_seat);
}

struct wl_global *offer_decoration(struct run *run)
{
	return wl_global_create(run->display, &zxdg_decoration_manager_v1_interface, 1, run,
				bind_manager);
}

void add_seat(struct run *run)
{
	if (run->script->seat != ABSENT)
		offer_global(run, GLOBAL_SEAT);
	add_cursor_shape(run);
	if (run->script->decoration != ABSENT)
		offer_global(run, GLOBAL_DECORATION);
}
