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
 * wl_surface says its scale from version 6 of wl_compositor on. Before, and without
 * fractional-scale, only the outputs have one. Their events are here before the window asks: they
 * were bound before linux-dmabuf was asked, whose answer is waited for. Those that are bound already stay as they are.
 */
void outputs_bind(struct connection *conn);
void outputs_close(struct connection *conn);

#endif
