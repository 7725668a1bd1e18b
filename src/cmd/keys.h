/* SPDX-License-Identifier: MIT */
/* keys: what a person at the window can ask for while it runs. */
#ifndef STALELINE_KEYS_H
#define STALELINE_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "report/picture.h"

/* What the keys have asked for so far; zeroed: nothing. */
struct keys {
	bool quit;
	bool paused;
	bool step; /* one frame, though paused; who draws it clears it */
	bool help; /* the panel shows the keys */
	/* To be done by who can, and then cleared. */
	bool toggle_panel, toggle_fullscreen, next_fault, next_sync, next_exporter;
	bool panel_stale; /* what the panel is to show has changed */
};

/* A key was pressed: @symbol is its keysym. One that means nothing here is ignored. */
void keys_press(struct keys *keys, uint32_t symbol);

/* One line for each key: the key and what it does; ends with a line of NULLs. */
extern const struct picture_line keys_lines[];

#endif
