// SPDX-License-Identifier: MIT
/* keyboard: wl_keyboard, and what xkbcommon makes of it. See keyboard.h. */
#include "wayland/keyboard.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wayland-client-protocol.h>
#include <xkbcommon/xkbcommon.h>

static void forget_keymap(struct keyboard *keyboard)
{
	xkb_state_unref(keyboard->state);
	xkb_keymap_unref(keyboard->keymap);
	keyboard->state = NULL;
	keyboard->keymap = NULL;
}

/* A file shorter than was said would end us with SIGBUS when it is read. */
static struct xkb_keymap *read_keymap(struct xkb_context *xkb, int fd, uint32_t size)
{
	struct xkb_keymap *keymap;
	struct stat stat;
	char *text;

	if (!size || size > KEYBOARD_MAX_KEYMAP || fstat(fd, &stat) < 0 || stat.st_size < size)
		return NULL;
	/* Private, as the protocol asks from version 7 on: the file may be sealed or read-only. */
	text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return NULL;
	keymap = xkb_keymap_new_from_buffer(xkb, text, strnlen(text, size),
					    XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
	munmap(text, size);
	return keymap;
}

static void on_keymap(void *data, struct wl_keyboard *wl, uint32_t format, int32_t fd,
		      uint32_t size)
{
	struct keyboard *keyboard = data;

	(void)wl;
	forget_keymap(keyboard);
	if (format == WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1)
		keyboard->keymap = read_keymap(keyboard->xkb, fd, size);
	close(fd);
	if (keyboard->keymap)
		keyboard->state = xkb_state_new(keyboard->keymap);
}

static void on_enter(void *data, struct wl_keyboard *wl, uint32_t serial,
		     struct wl_surface *surface, struct wl_array *keys)
{
	/* Keys that are held already were pressed for someone else. */
	(void)data;
	(void)wl;
	(void)serial;
	(void)surface;
	(void)keys;
}

static void on_leave(void *data, struct wl_keyboard *wl, uint32_t serial,
		     struct wl_surface *surface)
{
	(void)data;
	(void)wl;
	(void)serial;
	(void)surface;
}

/* Control, Alt or Super makes of a key another one, which is for someone else, and at any rate none of ours. */
static bool is_shortcut(struct xkb_state *state)
{
	return xkb_state_mod_names_are_active(state, XKB_STATE_MODS_EFFECTIVE,
					      XKB_STATE_MATCH_ANY | XKB_STATE_MATCH_NON_EXCLUSIVE,
					      XKB_MOD_NAME_CTRL, XKB_MOD_NAME_ALT,
					      XKB_MOD_NAME_LOGO, NULL) > 0;
}

static void on_key(void *data, struct wl_keyboard *wl, uint32_t serial, uint32_t time, uint32_t key,
		   uint32_t state)
{
	struct keyboard *keyboard = data;
	xkb_keysym_t symbol;

	(void)wl;
	(void)serial;
	(void)time;
	if (state != WL_KEYBOARD_KEY_STATE_PRESSED || !keyboard->state ||
	    keyboard->count == KEYBOARD_WAITING || is_shortcut(keyboard->state))
		return;
	/* The wire has evdev's codes, which xkb counts from 8. */
	symbol = xkb_state_key_get_one_sym(keyboard->state, key + 8);
	if (symbol != XKB_KEY_NoSymbol)
		keyboard->pressed[keyboard->count++] = symbol;
}

static void on_modifiers(void *data, struct wl_keyboard *wl, uint32_t serial, uint32_t depressed,
			 uint32_t latched, uint32_t locked, uint32_t group)
{
	struct keyboard *keyboard = data;

	(void)wl;
	(void)serial;
	if (keyboard->state)
		xkb_state_update_mask(keyboard->state, depressed, latched, locked, 0, 0, group);
}

static void on_repeat_info(void *data, struct wl_keyboard *wl, int32_t rate, int32_t delay)
{
	/* Nothing here is worth being repeated. */
	(void)data;
	(void)wl;
	(void)rate;
	(void)delay;
}

static const struct wl_keyboard_listener keyboard_listener = {
	.keymap = on_keymap,
	.enter = on_enter,
	.leave = on_leave,
	.key = on_key,
	.modifiers = on_modifiers,
	.repeat_info = on_repeat_info,
};

static void let_go(struct keyboard *keyboard)
{
	if (!keyboard->wl)
		return;
	if (wl_keyboard_get_version(keyboard->wl) >= WL_KEYBOARD_RELEASE_SINCE_VERSION)
		wl_keyboard_release(keyboard->wl);
	else
		wl_keyboard_destroy(keyboard->wl);
	keyboard->wl = NULL;
	forget_keymap(keyboard);
}

void keyboard_follow(struct keyboard *keyboard, bool there)
{
	if (!there)
		let_go(keyboard);
	if (!there || keyboard->wl || !keyboard->xkb)
		return;
	keyboard->wl = wl_seat_get_keyboard(keyboard->seat);
	if (keyboard->wl)
		wl_keyboard_add_listener(keyboard->wl, &keyboard_listener, keyboard);
}

void keyboard_open(struct keyboard *keyboard, struct wl_seat *seat)
{
	keyboard->seat = seat;
	if (keyboard->xkb)
		return;
	/* A keymap on the wire is whole: nothing is read from this machine's own folders. */
	keyboard->xkb =
		xkb_context_new(XKB_CONTEXT_NO_DEFAULT_INCLUDES | XKB_CONTEXT_NO_ENVIRONMENT_NAMES);
	if (keyboard->xkb)
		xkb_context_set_log_level(keyboard->xkb, XKB_LOG_LEVEL_CRITICAL);
}

void keyboard_close(struct keyboard *keyboard)
{
	let_go(keyboard);
	xkb_context_unref(keyboard->xkb);
	*keyboard = (struct keyboard){ 0 };
}

uint32_t keyboard_take(struct keyboard *keyboard)
{
	uint32_t symbol;

	if (!keyboard->count)
		return 0;
	symbol = keyboard->pressed[0];
	keyboard->count--;
	memmove(keyboard->pressed, keyboard->pressed + 1,
		keyboard->count * sizeof(keyboard->pressed[0]));
	return symbol;
}
