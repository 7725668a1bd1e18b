/* SPDX-License-Identifier: MIT */
/*
 * stage: everything a run of `show` stands on: the compositor, the exporter, the window, the card,
 * the peer and the buffers. Opened in this order, closed in the reverse one.
 */
#ifndef STALELINE_STAGE_H
#define STALELINE_STAGE_H

#include <limits.h>
#include <signal.h>

#include "buffer/exporter.h"
#include "card/card.h"
#include "cmd/options.h"
#include "order/order.h"
#include "peer/peer.h"
#include "wayland/connection.h"
#include "wayland/window.h"

/* One buffer and how each side knows it. */
struct slot {
	struct buffer buffer;
	struct window_buffer shown;   /* the compositor's side */
	struct peer_image *image;     /* the peer's side; NULL without a peer */
	struct order_content content; /* what it must hold */
	enum show_sync sync;	      /* by which it is known when it is free */

	/* While it is not free though the compositor gave it back: loop.h. */
	bool unready; /* implicit sync: its dma-buf has fences left */
	int fence;    /* sync-file: those fences, exported; owned; -1: none */

	bool left_out; /* it can't be renewed, which was told: stage_renew.h */

	int64_t late_since; /* clock_ns() when it was missed first; 0: it is not */
	bool late_told;
};

struct stage {
	const struct show_options *options;
	const volatile sig_atomic_t *interrupted; /* set by a signal: stop */
	struct connection conn;
	struct exporter exporter;
	struct window window;
	struct card card;
	struct peer peer;   /* looks at what the CPU wrote; .ops NULL: --peer=none */
	struct peer writer; /* writes what the CPU reads, where it is another than @peer */
	struct slot slots[OPTIONS_MAX_BUFFERS];
	uint32_t slots_open;
	/*
	 * Where the CPU reads: the buffer that the peer writes and the CPU reads, and
	 * what it has read, to be shown in one of the slots. The compositor never sees
	 * it: no other device is at it.
	 */
	struct slot source;
	void *copy;
	enum show_sync sync; /* what was taken: not auto */
	uint32_t run;	     /* of the card's serial, at random */
	/*
	 * After a change of exporter: the one of before, while it has buffers; and one
	 * buffer of the new, the same as those that are shown, to ask the peer and the
	 * module about (ground.h).
	 */
	struct exporter before;
	struct slot spares[2]; /* of which one is in use: stage_spare() */
	int spare;
	bool before_open;
	uint32_t sizes; /* how many the card has had */
	/* To another kind of sync than the run knows of, by itself; who takes note clears it. */
	bool fell_back;

	/* What the last look at a buffer found: one of each per cell. */
	struct cell_verdict *map;
	uint32_t *heat;

	bool peer_writes; /* into what the CPU writes, too: an order is performed that wants it */

	/* How far stage_open() came, so that stage_close() undoes just that. */
	bool conn_open, exporter_open, window_open, peer_open, writer_open, source_open;
};

static inline struct slot *stage_spare(struct stage *stage)
{
	return &stage->spares[stage->spare];
}

/* Who writes the source. */
static inline struct peer *stage_writer(struct stage *stage)
{
	return stage->writer_open ? &stage->writer : &stage->peer;
}

/* From the first pixel of a buffer to its last. */
static inline size_t stage_copy_size(const struct buffer *buffer)
{
	return (size_t)buffer->stride * (buffer_rows(buffer) - 1) +
	       (size_t)buffer->width * buffer_pixel_bytes(buffer->fourcc);
}

/*
 * The device on which to check: the user's, the one that buffers come from, the compositor's main
 * device, any; none where this machine has no DRM device at all. In @path, or what others own.
 */
const char *stage_peer_device(const struct show_options *options, const struct exporter *exporter,
			      const struct offer *offer, char path[PATH_MAX]);

/* 0 or -errno with @why; to be closed in either case. */
int stage_open(struct stage *stage, const struct show_options *options,
	       const volatile sig_atomic_t *interrupted, struct why *why);
void stage_close(struct stage *stage);

/*
 * What makes a slot of slot->buffer, which is allocated: the compositor's side of it and the
 * peer's. 0 or -errno with @why; to be closed in either case. The slot stays where it is.
 */
int stage_import_slot(struct stage *stage, struct slot *slot, struct why *why);
void stage_close_slot(struct stage *stage, struct slot *slot);

/* Can the peer write into what the CPU writes? Into each of the buffers that there are. */
bool stage_peer_can_write(struct stage *stage);

/*
 * From here on an order is performed that has it do so,
 * or none but those that were asked for at the start.
 */
void stage_have_peer_write(struct stage *stage, bool writes);

#endif
