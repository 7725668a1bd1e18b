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
	struct buffer staging; /* as the last image that was imported or used lies */
	uint32_t staging_handle;
	uint32_t duration_us, steps;
	uint32_t wished_steps; /* 0: as the buffers' stride asks for */
	struct jobs_sync sync;
	int written; /* sync_file of the last write, -1: none that was not waited for */
	int reading; /* that of begin_read(), -1: none is under way */
};

struct peer_image {
	const struct buffer *buffer;
	uint32_t handle;
};

/* jobs.c: the staging buffer for images that lie as @buffer does. 0 or -errno with @why. */
int jobs_stage(struct jobs *jobs, const struct buffer *buffer, struct why *why);

/* jobs_work.c: until nothing of ours is at the staging buffer. 0 or -errno. */
int jobs_finish_own(const struct jobs *jobs);

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
