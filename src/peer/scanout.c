// SPDX-License-Identifier: MIT
/*
 * scanout: the peer that shows the buffer on a display and looks at what is shown, by a writeback
 * connector or, where there is none, by the CRC of a frame.
 *
 * It is DRM master itself, as a compositor is: the only place in this house that keeps it. It can
 * only read: a display writes into no framebuffer of ours but the writeback's.
 */
#include "peer/peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "buffer/device_file.h"
#include "buffer/drm_device.h"
#include "buffer/drm_node.h"
#include "peer/scanout.h"

/* A framebuffer of our own: the writeback's, or that of the known-good card. */
struct own_fb {
	struct drm_dumb dumb;
	void *map; /* through the card node: the display's side, no cache to look after */
	uint32_t fb;
};

/* What peer->priv points to. */
struct scanout {
	int fd; /* the primary node, DRM master */
	char node[64];
	struct kms kms;
	struct own_fb own;
	struct scanout_crc crc; /* without writeback */
};

struct peer_image {
	const struct buffer *buffer;
	uint32_t handle, fb;
};

static void drop_own(struct scanout *scanout)
{
	struct own_fb *own = &scanout->own;

	if (own->fb)
		drmModeRmFB(scanout->fd, own->fb);
	if (own->map)
		munmap(own->map, (size_t)own->dumb.size);
	drm_dumb_destroy(scanout->fd, &own->dumb);
	*own = (struct own_fb){ .fb = 0 };
}

static int make_own(struct scanout *scanout, const struct card *card, struct why *why)
{
	struct own_fb *own = &scanout->own;
	int err = drm_dumb_create(scanout->fd, card->width, card->height, &own->dumb);

	if (!err)
		err = drm_dumb_map(scanout->fd, &own->dumb, &own->map);
	if (!err)
		err = kms_add_fb(scanout->fd, own->dumb.handle, card->width, card->height,
				 own->dumb.stride, 0, &own->fb);
	return err ? why_set(why, err, "a framebuffer of its own of %ux%u: %s", card->width,
			     card->height, strerror(-err))
		   : 0;
}

static void scanout_close(struct peer *peer)
{
	struct scanout *scanout = peer->priv;

	if (!scanout)
		return;
	scanout_crc_close(&scanout->crc);
	if (scanout->fd >= 0) {
		kms_finish(&scanout->kms);
		drop_own(scanout);
		drmDropMaster(scanout->fd);
		close(scanout->fd);
	}
	free(scanout);
	peer->priv = NULL;
}

/* Whoever holds the display now keeps it: there is one master. */
static int become_master(struct scanout *scanout, const char *path, struct why *why)
{
	int err;

	scanout->fd = drm_node_open_fd(path);
	if (scanout->fd < 0)
		return device_file_why(why, scanout->fd, path, drm_device_absent);
	snprintf(scanout->node, sizeof(scanout->node), "%s", path);
	if (drmSetMaster(scanout->fd) == 0)
		return 0;
	err = -errno;
	close(scanout->fd);
	scanout->fd = -1;
	return why_set(why, err,
		       "%s: becoming DRM master: %s; somebody else drives this display: stop the "
		       "compositor, or take another device",
		       path, strerror(-err));
}

/* Master of the device at @path, with a mode of the card's size. 0 or -errno with @why. */
static int take_device(struct scanout *scanout, const char *path, const struct card *card,
		       struct why *why)
{
	int err = become_master(scanout, path, why);

	if (err)
		return err;
	err = kms_init(&scanout->kms, scanout->fd, card->width, card->height, why);
	if (!err)
		return 0;
	kms_finish(&scanout->kms);
	drmDropMaster(scanout->fd);
	close(scanout->fd);
	scanout->fd = -1;
	return why_prefix(why, err, "%s: ", path);
}

/* The device that was wished for, or the first with a display that can be had. */
static int find_device(struct scanout *scanout, const struct peer_wish *wish,
		       const struct card *card, struct why *why)
{
	struct drm_device devices[DRM_DEVICES], found;
	struct why each;
	int n, err;

	if (wish->device) {
		err = drm_device_find(wish->device, &found, why);
		if (!err && !found.primary[0])
			err = why_set(why, -EOPNOTSUPP, "%s has no card node, so no display",
				      wish->device);
		return err ? err : take_device(scanout, found.primary, card, why);
	}
	n = drm_device_scan(devices);
	err = -ENODEV;
	each.text[0] = '\0';
	for (int i = 0; i < n && err; i++) {
		if (!devices[i].primary[0])
			continue;
		err = take_device(scanout, devices[i].primary, card, why);
		why_prefix(why, err, "%s%s", each.text, each.text[0] ? "; " : "");
		each = *why; /* each says why not, one after the other */
	}
	return err && !each.text[0] ? why_set(why, err, "no DRM device with a card node") : err;
}

/* The CRC of @frame of a card of our own. */
static int crc_of_frame(struct scanout *scanout, const struct card *card, uint32_t frame,
			uint32_t *crc, struct why *why)
{
	const struct own_fb *own = &scanout->own;
	int err;

	card_draw(card, 0, frame, card_whole(card), own->map, own->dumb.stride);
	err = kms_show(&scanout->kms, own->fb, 0, why);
	return err ? err : scanout_crc_read(&scanout->crc, crc, why);
}

/* A CRC that is the same whatever is shown would call everything fresh: two cards must have two. */
static int check_crc(struct scanout *scanout, const struct card *card, struct why *why)
{
	uint32_t one, two;
	int err = crc_of_frame(scanout, card, 1, &one, why);

	if (!err)
		err = crc_of_frame(scanout, card, 2, &two, why);
	if (!err && one == two)
		err = why_set(why, -EOPNOTSUPP,
			      "it is 0x%08x for two cards that differ: not a CRC of what is shown",
			      one);
	return err;
}

/* By which way what is shown comes back. */
static int open_way_back(struct peer *peer, struct why *why)
{
	struct scanout *scanout = peer->priv;
	int err = make_own(scanout, peer->card, why);

	if (err || kms_can_write_back(&scanout->kms, scanout->own.fb))
		return err;
	scanout->kms.writeback = 0; /* one that can't take this mode or format is none */
	/* CRCs are of a mode that is set. */
	err = kms_show(&scanout->kms, scanout->own.fb, 0, why);
	if (!err)
		err = scanout_crc_open(&scanout->crc, scanout->fd, scanout->kms.crtc_index, why);
	if (!err)
		err = check_crc(scanout, peer->card, why);
	return err ? why_prefix(why, err, "no writeback that takes this, and no CRC: ") : 0;
}

static int scanout_open(struct peer *peer, const struct peer_wish *wish, const struct card *card,
			struct why *why)
{
	struct scanout *scanout = calloc(1, sizeof(*scanout));
	int err;

	if (!scanout)
		return why_set(why, -ENOMEM, "scanout: out of memory");
	scanout->fd = -1;
	scanout->crc.fd = -1;
	*peer = (struct peer){ .ops = &peer_scanout, .card = card, .priv = scanout };
	err = find_device(scanout, wish, card, why);
	if (wish->crc)
		scanout->kms.writeback = 0;
	if (!err)
		err = open_way_back(peer, why);
	if (err) {
		scanout_close(peer);
		return why_prefix(why, err, "scanout: ");
	}
	snprintf(peer->path, sizeof(peer->path), "scanout on %s at %s, %s", scanout->node,
		 scanout->kms.mode.name,
		 scanout->kms.writeback ? "read back by writeback"
					: "by CRC, which says all cells or none");
	return 0;
}

static int scanout_import(struct peer *peer, const struct buffer *buffer, struct peer_image **image,
			  struct why *why)
{
	const struct scanout *scanout = peer->priv;
	struct peer_image *made;
	int err = peer_check_buffer(peer, buffer, why);

	if (!err)
		err = peer_check_joint(peer, buffer, why);
	*image = NULL;
	if (err)
		return err;
	made = calloc(1, sizeof(*made));
	if (!made)
		return why_set(why, -ENOMEM, "scanout: out of memory");
	made->buffer = buffer;
	if (drmPrimeFDToHandle(scanout->fd, buffer->fd, &made->handle) < 0) {
		why_set(why, -EOPNOTSUPP,
			"import of buffer %u into %s: its driver refuses the dma-buf: %s; take "
			"another exporter or another device",
			buffer->number, scanout->node, strerror(errno));
		goto fail;
	}
	err = kms_add_fb(scanout->fd, made->handle, buffer->width, buffer->height, buffer->stride,
			 buffer->offset, &made->fb);
	if (err) {
		why_set(why, -EOPNOTSUPP,
			"buffer %u (stride %u) as a framebuffer of %s: %s; this display can't scan "
			"it out",
			buffer->number, buffer->stride, scanout->node, strerror(-err));
		drmCloseBufferHandle(scanout->fd, made->handle);
		goto fail;
	}
	*image = made;
	return 0;

fail:
	free(made);
	return -EOPNOTSUPP;
}

static void scanout_drop(struct peer *peer, struct peer_image *image)
{
	const struct scanout *scanout = peer->priv;

	/* Where it is still on the screen the kernel takes it down. */
	drmModeRmFB(scanout->fd, image->fb);
	drmCloseBufferHandle(scanout->fd, image->handle);
	free(image);
}

static int read_by_writeback(struct scanout *scanout, const struct peer_image *image,
			     const struct card *card, const struct card_expect *expect,
			     struct cell_verdict *map, struct why *why)
{
	int err = kms_show(&scanout->kms, image->fb, scanout->own.fb, why);

	/* What was read is what is shown from here on: the display is done with the image (R5). */
	if (!err)
		err = kms_show(&scanout->kms, scanout->own.fb, 0, why);
	if (!err)
		card_judge(card, expect, scanout->own.map, scanout->own.dumb.stride, map);
	return err;
}

/*
 * The card that should be there is drawn into a framebuffer of our own and shown first. A CRC is
 * one number: equal, and each cell is fresh; else some is not, and which nobody knows. Then all are
 * called torn: that they don't hold together is all that is known.
 */
static int read_by_crc(struct scanout *scanout, const struct peer_image *image,
		       const struct card *card, const struct card_expect *expect,
		       struct cell_verdict *map, struct why *why)
{
	const struct own_fb *own = &scanout->own;
	uint32_t good = 0, seen = 0;
	int err;

	card_draw(card, expect->serial, expect->rest, card_whole(card), own->map, own->dumb.stride);
	card_draw(card, expect->serial, expect->frame, expect->part, own->map, own->dumb.stride);
	err = kms_show(&scanout->kms, own->fb, 0, why);
	if (!err)
		err = scanout_crc_read(&scanout->crc, &good, why);
	if (!err)
		err = kms_show(&scanout->kms, image->fb, 0, why);
	if (!err)
		err = scanout_crc_read(&scanout->crc, &seen, why);
	/* The display is done with the image when another one is shown (R5). */
	if (!err)
		err = kms_show(&scanout->kms, own->fb, 0, why);
	for (size_t i = 0; !err && i < (size_t)card->cols * card->rows; i++)
		map[i] = (struct cell_verdict){ .kind = good == seen ? CELL_FRESH : CELL_TORN };
	return err;
}

static int scanout_read(struct peer *peer, struct peer_image *image,
			const struct card_expect *expect, struct cell_verdict *map, uint32_t *heat,
			struct why *why)
{
	struct scanout *scanout = peer->priv;
	int err;

	if (scanout->kms.writeback)
		err = read_by_writeback(scanout, image, peer->card, expect, map, why);
	else
		err = read_by_crc(scanout, image, peer->card, expect, map, why);
	if (err)
		return why_prefix(why, err, "scanout on %s, buffer %u: ", scanout->node,
				  image->buffer->number);
	peer_heat(peer->card, map, heat);
	return 0;
}

static int scanout_write(struct peer *peer, struct peer_image *image, uint32_t serial,
			 uint32_t frame, struct why *why)
{
	(void)peer;
	(void)image;
	(void)serial;
	(void)frame;
	return why_set(why, -EOPNOTSUPP, "a display only reads; take peer egl or jobs to write");
}

static int scanout_finish(struct peer *peer, struct why *why)
{
	(void)peer;
	(void)why;
	return 0; /* read() has waited, and there is no write */
}

const struct peer_ops peer_scanout = {
	.name = "scanout",
	.open = scanout_open,
	.close = scanout_close,
	.import = scanout_import,
	.drop = scanout_drop,
	.read = scanout_read,
	.write = scanout_write,
	.finish = scanout_finish,
};
