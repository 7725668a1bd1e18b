/* SPDX-License-Identifier: MIT */
/*
 * panel: the surface beside the card, drawn by the CPU into ordinary shared memory (wl_shm), twice.
 *
 * It is no part of what is checked, so it must not disturb it: a subsurface of its own, which is
 * desynchronised and so commits when it likes, and never a reason for the card to wait.
 */
#ifndef STALELINE_PANEL_H
#define STALELINE_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct connection;
struct wl_buffer;
struct wl_subsurface;
struct wl_surface;
struct wp_viewport;

/* Two buffers of one size. They stay where they are: the compositor's answers find them. */
struct panel_memory {
	uint32_t height; /* pixels */
	void *map;	 /* both buffers, one after the other; NULL: there are none */
	size_t size;
	struct panel_buffer {
		struct wl_buffer *wl;
		bool busy; /* with the compositor until wl_buffer.release */
	} buffers[2];
};

struct panel {
	struct wl_surface *surface; /* NULL: there is no panel */
	struct wl_subsurface *subsurface;
	struct wp_viewport *viewport;
	uint32_t width, height; /* pixels */
	size_t stride;

	/* What is drawn to; and what was before, until something of the new height is on the screen. */
	struct panel_memory memory[2];
	int now;     /* which of them is drawn to */
	bool hidden; /* nothing of it is on the screen */
	bool due;    /* no longer hidden, and nothing shown since */
	bool blank;  /* it is shown again, but nothing was drawn since */
	int drawing; /* which buffer panel_pixels() gave out; -1: none */
};

/* Below @parent, not yet placed or shown. 0 or -errno with @why; then nothing is left behind. */
int panel_open(struct panel *panel, struct connection *conn, struct wl_surface *parent,
	       uint32_t width, uint32_t height, struct why *why);
void panel_close(struct panel *panel);

/*
 * From now on so high: what is on the screen stays until the next panel_show(). 0, or -errno with @why, and then
 * it is as high as it was.
 */
int panel_resize(struct panel *panel, struct connection *conn, uint32_t height, struct why *why);

/* @left units from the parent's left edge; to be followed by a commit of the parent. */
void panel_place(struct panel *panel, int32_t left, uint32_t scale120);

/* Take it off the screen, or let panel_come_back() or the next panel_show() bring it back. */
void panel_hide(struct panel *panel, bool hidden);

/*
 * After panel_hide(panel, false): it is there again, so that the window may measure it. What it shows is what was drawn
 * last, or nothing where it has another height by now: panel_show() is to follow soon (panel->blank).
 */
void panel_come_back(struct panel *panel);

/* The memory of a buffer that is free now, or NULL; NULL too while hidden. The same one until panel_show(). */
uint32_t *panel_pixels(struct panel *panel);

/* Commit what was drawn there; nothing if nothing was. */
void panel_show(struct panel *panel);

#endif
