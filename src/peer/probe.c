// SPDX-License-Identifier: MIT
/* probe: which side does a peer see? See probe.h. */
#include "peer/probe.h"

#include <errno.h>
#include <string.h>

enum { PROBE_WAIT_MS = 5000 };

/* The frames of the card and of the one cell that must not be seen. */
enum { CARD_FRAME = 0, CELL_FRAME = CARD_FRAME_MASK };

/* Can it be found out on this buffer? Where lines are written back early, the cell may get out. */
static bool can_tell(const struct staleline_view *view, struct why *why)
{
	const struct drm_staleline_params *params = &view->params;

	if (params->mode != DRM_STALELINE_MODE_NONCOHERENT) {
		why_set(why, 0, "the buffer's mode is %s: only noncoherent has two sides",
			staleline_mode_name(params->mode));
		return false;
	}
	if (params->evict) {
		why_set(why, 0,
			"evict=%u: lines reach the device by themselves, which looks the same",
			params->evict);
		return false;
	}
	return true;
}

static int begin(struct buffer *buffer, uint64_t flags)
{
	int err = access_wait(&buffer->access, flags, PROBE_WAIT_MS);

	return err ? err : access_begin(&buffer->access, flags);
}

/* The cell in the middle: no page of it is shared with the edges, where a peer could cut. */
static struct card_area middle(const struct card *card)
{
	return (struct card_area){ card->cols / 2, card->rows / 2, 1, 1 };
}

static enum probe_side side_of(const struct card *card, const struct cell_verdict *map,
			       struct why *why)
{
	struct card_area cell = middle(card);
	size_t place = (size_t)cell.row * card->cols + cell.col, bad = 0;

	for (size_t i = 0; i < (size_t)card->cols * card->rows; i++)
		bad += i != place && map[i].kind != CELL_FRESH;
	if (bad) {
		why_set(why, 0, "%zu cells beside the one that was probed are not fresh", bad);
		return PROBE_UNKNOWN;
	}
	if (map[place].kind == CELL_FRESH)
		return PROBE_DEVICE;
	if (map[place].kind == CELL_STALE && cell_verdict_by(map[place]) == 1) /* modulo 2^20 */
		return PROBE_CPU;
	why_set(why, 0, "the probed cell is %s", cell_kind_name(map[place].kind));
	return PROBE_UNKNOWN;
}

/* A bracket with one cell in it, and the peer looks before END: the wrong order, on purpose. */
static int look_inside(struct peer *peer, struct peer_image *image, struct buffer *buffer,
		       uint32_t serial, struct cell_verdict *map, struct why *why)
{
	const struct card *card = peer->card;
	const struct card_expect expect = {
		.serial = serial,
		.frame = CARD_FRAME,
		.part = card_whole(card),
	};
	int err = begin(buffer, ACCESS_RW), end;

	if (err)
		return why_set(why, err, "START: %s", strerror(-err));
	card_draw(card, serial, CELL_FRAME, middle(card), buffer_pixels(buffer), buffer->stride);
	err = peer->ops->read(peer, image, &expect, map, NULL, why);
	/* Repaired: the cell is again what it was, and what END writes back is no other. */
	card_draw(card, serial, CARD_FRAME, middle(card), buffer_pixels(buffer), buffer->stride);
	end = access_end(&buffer->access, ACCESS_RW);
	if (!err && end)
		return why_set(why, end, "END: %s", strerror(-end));
	return err;
}

int probe_side(struct peer *peer, struct peer_image *image, struct buffer *buffer,
	       const struct staleline_view *view, uint32_t serial, struct cell_verdict *map,
	       enum probe_side *side, struct why *why)
{
	const struct card *card = peer->card;
	int err;

	*side = PROBE_UNKNOWN;
	if (!can_tell(view, why))
		return 0;
	err = begin(buffer, ACCESS_WRITE);
	if (!err) {
		card_draw(card, serial, CARD_FRAME, card_whole(card), buffer_pixels(buffer),
			  buffer->stride);
		err = access_end(&buffer->access, ACCESS_WRITE);
	}
	if (err)
		return why_set(why, err, "the probe of peer %s: buffer %u: %s", peer->ops->name,
			       buffer->number, strerror(-err));
	err = look_inside(peer, image, buffer, serial, map, why);
	if (err == -EOPNOTSUPP)
		return 0;
	if (err)
		return why_prefix(why, err, "the probe of peer %s: ", peer->ops->name);
	*side = side_of(card, map, why);
	return 0;
}
