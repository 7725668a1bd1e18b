/* SPDX-License-Identifier: MIT */
/* jobs: the inside of the jobs peer. peer.h is what others see of it. */
#ifndef STALELINE_JOBS_H
#define STALELINE_JOBS_H

#include "buffer/buffer.h"
#include "buffer/staleline_device.h"
#include "peer/jobs_sync.h"
#include "peer/peer.h"

/* What peer->priv points to. */
struct jobs {
	struct staleline_device device;
	struct buffer staging; /* of the images' size, made at the first import */
	uint32_t staging_handle;
	uint32_t duration_us, steps;
	struct jobs_sync sync;
	int written; /* sync_file of the last write, -1: none that was not waited for */
	int reading; /* that of begin_read(), -1: none is under way */
};

struct peer_image {
	const struct buffer *buffer;
	uint32_t handle;
};

/* jobs_work.c: what the ops of peer_jobs of these names do. */
int jobs_read(struct peer *peer, struct peer_image *image, const struct card_expect *expect,
	      struct cell_verdict *map, uint32_t *heat, struct why *why);
int jobs_write(struct peer *peer, struct peer_image *image, uint32_t serial, uint32_t frame,
	       struct why *why);
int jobs_begin_read(struct peer *peer, struct peer_image *image, struct why *why);
int jobs_end_read(struct peer *peer, const struct card_expect *expect, struct cell_verdict *map,
		  struct why *why);
int jobs_finish(struct peer *peer, struct why *why);

#endif
