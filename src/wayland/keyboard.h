/* SPDX-License-Identifier: MIT */
/*
 * keyboard: the keys that a person presses while the window has the focus, as keysyms of xkbcommon:
 * what is written on the key in that person's layout, not where it lies. Not while Control, Alt or Super is held.
 */
#ifndef STALELINE_KEYBOARD_H
#define STALELINE_KEYBOARD_H

#include <stdbool.h>
#include <stdint.h>

struct wl_keyboard;
struct wl_seat;
struct xkb_context;
struct xkb_keymap;
struct xkb_state;

enum {
	KEYBOARD_WAITING = 8, /* presses that are kept until they are taken; more are lost */
	KEYBOARD_MAX_KEYMAP = 16 << 20, /* bytes; usual are 30,000 to 70,000 */
};

struct keyboard {
	struct wl_seat *seat;	/* not owned */
	struct wl_keyboard *wl; /* NULL while the seat has none */
	struct xkb_context *xkb;
	struct xkb_keymap *keymap; /* NULL: the compositor sent none that can be used */
	struct xkb_state *state;
	uint32_t pressed[KEYBOARD_WAITING];
	uint32_t count;
};

/*
 * Get ready for the keyboard of @seat. @keyboard is zeroed, or was of another seat that it doesn't follow any more; then
 * presses that wait stay. It must stay where it is until keyboard_close(), which comes before the seat is destroyed, if
 * keyboard_follow() has not let go. A keymap that can't be used is no error: a window without keys is still a window.
 * Without memory neither.
 */
void keyboard_open(struct keyboard *keyboard, struct wl_seat *seat);

/* The seat has a keyboard, or has none any more. */
void keyboard_follow(struct keyboard *keyboard, bool there);
void keyboard_close(struct keyboard *keyboard);

/* The oldest key that was pressed and not taken yet: a keysym, or 0. No system call. */
uint32_t keyboard_take(struct keyboard *keyboard);

#endif
