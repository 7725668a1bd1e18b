/* SPDX-License-Identifier: MIT */
/* client_session: what the files of client.c share: its buffers, and what becomes of them while they are shown. */
#ifndef STALELINE_TEST_CLIENT_SESSION_H
#define STALELINE_TEST_CLIENT_SESSION_H

#include "client.h"

struct session {
	struct connection conn;
	struct window window;
	struct buffer buffers[2];
	struct window_buffer wbs[2];
	const struct window_buffer *shown; /* submitted last */
	bool is_explicit;
	enum client_planes planes;
};

/* As session->planes says. The first byte of each plane is its number and one more, for the server to find. */
void client_make_buffer(const struct session *session, struct buffer *buffer, uint32_t number);
void client_free_buffer(struct buffer *buffer);

/* A buffer that is free, or need not be waited for; or NULL. 0 or -errno with @why. */
int client_find_free(struct session *session, struct window_buffer **found, struct why *why);

/*
 * Feedback, size or kind of sync has changed, and @wb is to be drawn next: another buffer takes its place, as show does
 * it. One that is refused leaves the old one there.
 */
int client_renew(struct session *session, struct window_buffer *wb, struct outcome *outcome);

/* Explicit sync, or no longer; or as before, where it can't be had. */
void client_toggle_sync(struct session *session);

#endif
