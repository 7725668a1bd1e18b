/* SPDX-License-Identifier: MIT */
/* The rooms of peers, in the order in which they are gone through, and the world that they share. */
#ifndef PEERS_H
#define PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer/exporter.h"
#include "buffer/staleline_device.h"
#include "order/order.h"
#include "peer/peer.h"
#include "tap_why.h"

enum { WIDTH = 256, HEIGHT = 64, CELLS = WIDTH / 16 * HEIGHT, RUN = 0x51a1e };

/* Two buffers of one exporter, and one peer on their other side. */
struct world {
	struct card card;
	struct exporter exporter;
	struct peer peer;
	struct buffer buffers[2];
	struct peer_image *images[2];
	struct order_content content[2];
	struct cell_verdict map[CELLS];
	struct cell_count count; /* of the last frame */
	struct cell_count read;	 /* and of what the peer read while the CPU went on */
	uint32_t number;	 /* of the last frame */
	struct order_seen seen;	 /* and what its order saw */
	enum order_sync sync;
	/* NULL, or before each frame the first buffer is set to what the order @as needs of the module, if anything. */
	const struct staleline_view *set;
	const struct order *as;
	/* NULL, or the module's word on the first buffer: is what is not fresh what it calls so? */
	const struct staleline_view *view;
	uint64_t alike, unlike; /* cells */
};

/* Says what was there instead. */
bool is(uint64_t got, uint64_t expected, const char *what);

/* exporter_open() takes it. */
void log_line(void *data, const char *line);

/* 0, or -errno with @why and nothing open. */
int open_world(struct world *world, const char *exporter, const struct peer_wish *peer,
	       struct why *why);
void close_world(struct world *world);

/* One frame of the order @name on the first buffer, warmed up; what was seen is in world->count. */
int perform(struct world *world, const char *name);
/* Performed, every cell is to be fresh, or stale by exactly @by. */
void check_fresh(struct world *world, const char *order, const char *on);
void check_stale(struct world *world, const char *order, uint32_t by);
/* How many cells are stale by exactly @by. */
uint64_t stale_by(const struct world *world, uint32_t by);

/* What the module says of a buffer; UINT64_MAX and a total of UINT32_MAX where it says nothing. */
uint64_t counter(const struct staleline_view *view, enum drm_staleline_counter which);
struct drm_staleline_state state_of(const struct staleline_view *view);

/* peers_jobs.c, and on noncoherent buffers the catalogue row by row: peers_faults.c */
void check_noncoherent(void);
void every_row_shows_what_it_says(struct world *world, const struct staleline_view *view);
/* Where nothing is lost every order looks right. */
void check_coherent(const char *exporter);
/* peers_probe.c */
void check_probes(void);
/* peers_scanout.c */
void check_scanout(bool crc);
/* peers_jobs.c again: what the jobs peer refuses */
void check_refusals(void);

#endif
