// SPDX-License-Identifier: MIT
/*
 * egl: the EGL peer: a GPU, or a driver without one, that looks at the card and draws one.
 *
 * It touches buffers only between peer->ops->read() or write() and its return or finish(): the
 * caller has done END (R6) before it calls, and may do START after (R5).
 */
#include "peer/egl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* What peer->priv points to. */
struct egl_peer {
	struct egl_context egl;
	struct egl_check check;	  /* es 3 */
	struct egl_pixels pixels; /* es 2 */
	struct egl_write write;	  /* both */
	struct egl_sync sync;
};

static void close_rooms(struct egl_peer *egl)
{
	struct why why;

	if (egl->egl.context == EGL_NO_CONTEXT)
		return; /* nothing was made */
	/* Names of GL mean something else in another peer's context: better to delete in none. */
	if (egl_context_use(&egl->egl, &why))
		eglReleaseThread();
	egl_write_finish(&egl->write);
	egl_pixels_finish(&egl->pixels);
	egl_check_finish(&egl->check);
}

static int open_rooms(struct egl_peer *egl, const struct card *card, struct why *why)
{
	struct egl_context *context = &egl->egl;
	int err;

	if (!context->dma_buf)
		return why_set(why, -EOPNOTSUPP,
			       "EGL (%s) takes no dma-bufs: it lacks %s; take another device",
			       context->renderer, context->no_dma_buf);
	if (card->width > (uint32_t)context->max_texture ||
	    card->height > (uint32_t)context->max_texture)
		return why_set(why, -EOPNOTSUPP,
			       "EGL (%s) has no textures of %ux%u, %d is the most either way; take "
			       "a smaller --size",
			       context->renderer, card->width, card->height, context->max_texture);
	if (context->es == 3)
		err = egl_check_init(&egl->check, context, card, why);
	else
		err = egl_pixels_init(&egl->pixels, context, card, why);
	return err ? err : egl_write_init(&egl->write, context, card, why);
}

static void peer_egl_close(struct peer *peer)
{
	struct egl_peer *egl = peer->priv;

	if (!egl)
		return;
	close_rooms(egl);
	points_close(&egl->sync.points);
	egl_context_close(&egl->egl);
	free(egl);
	peer->priv = NULL;
}

static int peer_egl_open(struct peer *peer, const struct peer_wish *wish, const struct card *card,
			 struct why *why)
{
	struct egl_peer *egl = calloc(1, sizeof(*egl));
	int err;

	if (!egl)
		return why_set(why, -ENOMEM, "EGL peer: out of memory");
	peer->ops = &peer_egl;
	peer->card = card;
	peer->priv = egl;
	err = egl_context_open(&egl->egl, wish->device, wish->gl, why);
	if (!err)
		err = open_rooms(egl, card, why);
	if (err) {
		peer_egl_close(peer);
		return err;
	}
	peer->implicit = !egl->egl.software;
	snprintf(peer->path, sizeof(peer->path), "EGL on %s (%s), %s%s",
		 wish->device ? egl->egl.node.path : "no DRM device", egl->egl.renderer,
		 egl->egl.es == 3 ? "GLES 3.0 check shader" : "GLES 2 passing pixels",
		 egl_image_has_modifiers(&egl->egl, card->fourcc) ? "" : ", no modifiers");
	return 0;
}

/* The new rooms first: where they can't be had the old ones are still there. */
static int peer_egl_resize(struct peer *peer, struct why *why)
{
	struct egl_peer *egl = peer->priv;
	struct egl_peer fresh = { .egl = egl->egl };
	int err = egl_context_use(&egl->egl, why);

	if (err)
		return err;
	err = open_rooms(&fresh, peer->card, why);
	if (err) {
		close_rooms(&fresh);
		return err;
	}
	close_rooms(egl);
	egl->check = fresh.check;
	egl->pixels = fresh.pixels;
	egl->write = fresh.write;
	return 0;
}

static int peer_egl_import(struct peer *peer, const struct buffer *buffer,
			   struct peer_image **image, struct why *why)
{
	struct egl_peer *egl = peer->priv;
	int err = peer_check_buffer(peer, buffer, why);

	*image = NULL;
	if (!err)
		err = egl_context_use(&egl->egl, why);
	return err ? err : egl_image_import(&egl->egl, buffer, image, why);
}

static void peer_egl_drop(struct peer *peer, struct peer_image *image)
{
	struct egl_peer *egl = peer->priv;
	struct why why;

	if (!egl_context_use(&egl->egl, &why))
		egl_image_drop(&egl->egl, image);
}

static int peer_egl_read(struct peer *peer, struct peer_image *image,
			 const struct card_expect *expect, struct cell_verdict *map, uint32_t *heat,
			 struct why *why)
{
	struct egl_peer *egl = peer->priv;
	int err;

	err = egl_context_use(&egl->egl, why);
	if (!err)
		err = egl_image_renew(&egl->egl, image, why);
	if (!err)
		err = egl_sync_before(&egl->sync, &egl->egl, image->buffer, false, why);
	if (err)
		return err;
	if (egl->egl.es == 2) {
		err = egl_pixels_read(&egl->pixels, &egl->egl, &image->source, expect, map, heat,
				      why);
		return err ? err : egl_sync_after(&egl->sync, &egl->egl, image->buffer, false, why);
	}
	err = egl_check_draw(&egl->check, &image->source, expect, heat != NULL, why);
	if (!err)
		err = egl_sync_after(&egl->sync, &egl->egl, image->buffer, false, why);
	/* Everything that looks at the buffer is submitted: from the fence on it is free (R5). */
	if (!err)
		err = egl_fence_wait(&egl->egl, why);
	return err ? err : egl_check_fetch(&egl->check, map, heat, why);
}

static int peer_egl_check_write(struct peer *peer, struct peer_image *image, struct why *why)
{
	struct egl_peer *egl = peer->priv;
	int err = egl_context_use(&egl->egl, why);

	for (uint32_t n = 0; !err && n < image->views; n++)
		err = egl_image_canvas(&egl->egl, image, n, why);
	return err;
}

static int peer_egl_write(struct peer *peer, struct peer_image *image, uint32_t serial,
			  uint32_t frame, struct why *why)
{
	struct egl_peer *egl = peer->priv;
	int err = peer_egl_check_write(peer, image, why); /* before anything is submitted */

	if (!err)
		egl_write_prepare(&egl->write, serial, frame);
	if (!err)
		err = egl_sync_before(&egl->sync, &egl->egl, image->buffer, true, why);
	for (uint32_t n = 0; !err && n < image->views; n++) {
		err = egl_image_canvas(&egl->egl, image, n, why);
		if (!err)
			err = egl_write_draw(&egl->write, n, why);
	}
	return err ? err : egl_sync_after(&egl->sync, &egl->egl, image->buffer, true, why);
}

static int peer_egl_finish(struct peer *peer, struct why *why)
{
	struct egl_peer *egl = peer->priv;
	int err = egl_context_use(&egl->egl, why);

	if (!err && egl->sync.kind == PEER_POINT)
		err = points_wait(&egl->sync.points, EGL_WAIT_MS);
	if (err == -ETIME)
		return why_set(why, err, "EGL (%s): its release point was not signalled in %d ms",
			       egl->egl.renderer, EGL_WAIT_MS);
	return err ? err : egl_fence_wait(&egl->egl, why);
}

static int peer_egl_set_sync(struct peer *peer, enum peer_sync sync, struct why *why)
{
	struct egl_peer *egl = peer->priv;
	int err = egl_context_use(&egl->egl, why);

	/*
	 * peer->implicit stays: by sync_file there is a fence of EGL's in the buffer, but that of a
	 * driver in software may be signalled when it is made, while the threads still draw. Nobody
	 * can wait too late for that.
	 */
	return err ? err : egl_sync_choose(&egl->sync, &egl->egl, sync, why);
}

const struct peer_ops peer_egl = {
	.name = "egl",
	.open = peer_egl_open,
	.close = peer_egl_close,
	.resize = peer_egl_resize,
	.import = peer_egl_import,
	.drop = peer_egl_drop,
	.read = peer_egl_read,
	.check_write = peer_egl_check_write,
	.write = peer_egl_write,
	.finish = peer_egl_finish,
	.set_sync = peer_egl_set_sync,
};
