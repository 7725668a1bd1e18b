/* SPDX-License-Identifier: MIT */
/*
 * feedback: how linux-dmabuf says what it takes.
 *
 * Version 3 has one `modifier` event for each pair. From version 4 on a feedback object brings a
 * table of pairs as a file, and tranches that name some of its entries; all of it is collected in
 * `next` and takes the place of the offer at `done`, so that nobody ever sees half of one.
 */
#ifndef STALELINE_FEEDBACK_H
#define STALELINE_FEEDBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "wayland/offer.h"

struct connection;
struct news;
struct wl_surface;
struct zwp_linux_dmabuf_feedback_v1;

struct feedback {
	struct zwp_linux_dmabuf_feedback_v1 *proxy; /* NULL at version 3 */
	struct offer *offer;			    /* what `done` replaces; not owned */

	/* The format table: a private, read-only map of the compositor's file. It stays until the
	 * next one comes: a compositor need not send it again with new tranches. */
	void *table;
	size_t table_size;

	struct offer next; /* what the tranches so far add up to */
	int err;	   /* the first thing wrong since the last `done`, with its sentence */
	struct why why;

	struct news *news; /* who hears of a later round that is wrong; not owned */
	bool of_window;	   /* and not the compositor's default */
	bool told;	   /* of such a round, and none was right since */

	uint32_t rounds; /* how often the offer was replaced */
	bool done;	 /* `done` came at least once */
	int result; /* err of the last whole feedback: 0 or -errno. Not 0: offer was left as it was */
};

/*
 * Ask the bound linux-dmabuf of @conn what it takes and wait, with the connection's limit, until it
 * has said so in @conn->offer. 0, -EPROTO for what is not a right answer, -ETIME for none, -ENOMEM;
 * or as connection_dispatch(). Later feedback replaces the offer during any dispatch; what is wrong of it is dropped, and
 * @conn->news says so.
 */
int feedback_open(struct feedback *feedback, struct connection *conn, struct why *why);

/*
 * The same for one surface: what suits it may change at any time, with where it is shown. Doesn't wait;
 * @offer is filled once it has come. Nothing at version 3. 0 or -ENOMEM with @why.
 */
int feedback_open_surface(struct feedback *feedback, struct connection *conn,
			  struct wl_surface *surface, struct offer *offer, struct why *why);
void feedback_close(struct feedback *feedback);

#endif
