/* SPDX-License-Identifier: MIT */
/*
 * probe: which side of a noncoherent buffer of the module does a peer see?
 *
 * A peer that maps the dma-buf's descriptor itself (llvmpipe without a DRM device) is on the
 * CPU's side: it sees what the CPU wrote without any END, can show nothing, and what it writes is
 * lost at START. No kernel interface tells. So one cell is written without END, looked at from
 * over there, and repaired.
 *
 * Only there does seeing that cell mean this. On any other exporter it says that no need for
 * brackets was seen, and nothing about sides.
 */
#ifndef STALELINE_PROBE_H
#define STALELINE_PROBE_H

#include "buffer/buffer.h"
#include "buffer/staleline_device.h"
#include "peer/peer.h"

enum probe_side {
	PROBE_UNKNOWN,
	PROBE_DEVICE, /* as a device behind a cache would */
	PROBE_CPU,    /* through the CPU's map: it can show nothing */
};

/*
 * Find out for @peer, on @buffer, which @image is and @view knows to be the module's. Uses up frame
 * 0 and the last frame number of @serial, and leaves the buffer as after a right order: clean, with
 * a whole card of frame 0. @map has a place for each cell.
 *
 * 0 and @side; where that is PROBE_UNKNOWN @why says why: not noncoherent, lines are evicted at
 * random, a peer that lacks the verb `read`. Or -errno with @why.
 */
int probe_side(struct peer *peer, struct peer_image *image, struct buffer *buffer,
	       const struct staleline_view *view, uint32_t serial, struct cell_verdict *map,
	       enum probe_side *side, struct why *why);

#endif
