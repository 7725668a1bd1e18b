/* SPDX-License-Identifier: MIT */
/* outputs: the scales of the outputs, for compositors that tell a surface no scale of its own. */
#ifndef STALELINE_OUTPUTS_H
#define STALELINE_OUTPUTS_H

#include "wayland/connection.h"

enum { OUTPUTS_VERSION = 2 }; /* of wl_output: the first with a scale */

/* The registry has offered one, of that version or later; at any time. */
void outputs_remember(struct connection *conn, uint32_t name);

/* The registry has taken back what has this name: an output or something else. */
void outputs_forget(struct connection *conn, uint32_t name);

/*
 * wl_surface says its scale from version 6 of wl_compositor on. Before, only the outputs have one:
 * the cursor's, and without fractional-scale the window's too. Their events are here before the
 * window asks: they were bound before linux-dmabuf was asked, whose answer is waited for. Those
 * that are bound already stay as they are.
 */
void outputs_bind(struct connection *conn);

/*
 * The cursor's surface has come upon @output (NULL: one that is gone), or left it. The largest
 * scale of those that it is on then; 0 where that is none.
 */
int32_t outputs_cursor_is_on(struct wl_output *output, bool is_on);
void outputs_close(struct connection *conn);

#endif
