// SPDX-License-Identifier: MIT
/*
 * look_peer: each peer, tried by letting it look at a card in a buffer of
 * each exporter. See look.h.
 *
 * That an import is accepted says little: some drivers die when the buffer is used. So the card is
 * drawn by the CPU, in order, and read by the peer. One child looks at all buffers; where it
 * dies, the one that it was at is what is lost, and another goes on behind that.
 */
#include "cmd/look.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buffer/exporter.h"
#include "card/card.h"
#include "peer/egl_look.h"
#include "peer/peer.h"

enum {
	TRIAL_CELLS = LISTING_TRIAL_SIZE * LISTING_TRIAL_SIZE / CARD_CELL_PIXELS,
	TRIAL_RUN = 0x1157, /* any: nothing else writes into these buffers */
	TRIAL_FRAME = 1,
};

/* What a child works with; made by the parent. */
struct trial {
	const struct listing *listing;
	const struct peer_ops *ops;
	bool no_imports;
	struct card card;
	struct cell_verdict map[TRIAL_CELLS];
};

/* The CPU draws, in order. */
static int draw(struct trial *trial, struct buffer *buffer, struct why *why)
{
	int err = access_wait(&buffer->access, ACCESS_WRITE, 1000);

	if (!err)
		err = access_begin(&buffer->access, ACCESS_WRITE);
	if (err)
		return why_set(why, err, "START: %s", strerror(-err));
	card_draw(&trial->card, card_serial(TRIAL_RUN, buffer->number), TRIAL_FRAME,
		  card_whole(&trial->card), buffer_pixels(buffer), buffer->stride);
	err = access_end(&buffer->access, ACCESS_WRITE);
	if (!err)
		err = access_submit(&buffer->access);
	return err ? why_set(why, err, "END: %s", strerror(-err)) : 0;
}

static int read_card(struct trial *trial, struct peer *peer, struct buffer *buffer,
		     struct listing_import *import)
{
	const struct card_expect expect = {
		.serial = card_serial(TRIAL_RUN, buffer->number),
		.frame = TRIAL_FRAME,
		.part = card_whole(&trial->card),
	};
	struct cell_count count = { 0 };
	struct peer_image *image;
	int err = peer->ops->import(peer, buffer, &image, &import->why);

	if (err)
		return err;
	err = peer->ops->read(peer, image, &expect, trial->map, NULL, &import->why);
	if (!err) {
		cell_count_add(&count, &trial->card, TRIAL_FRAME, trial->map);
		import->cells = count.checked;
		import->fresh = count.kind[CELL_FRESH];
	}
	peer->ops->drop(peer, image);
	return err;
}

static void try_import(struct trial *trial, struct peer *peer, uint32_t index,
		       struct listing_import *import)
{
	struct exporter exporter;
	struct buffer buffer;
	int err = look_open_exporter(&exporter, &trial->listing->exporters[index], &import->why);

	if (err) {
		import->err = err;
		return;
	}
	err = exporter_alloc(&exporter, LISTING_TRIAL_SIZE, LISTING_TRIAL_SIZE, trial->card.fourcc,
			     &buffer, &import->why);
	if (!err) {
		err = draw(trial, &buffer, &import->why);
		if (!err)
			err = read_card(trial, peer, &buffer, import);
		exporter_free(&buffer);
	}
	exporter_close(&exporter);
	import->err = err;
	if (!err)
		import->why.text[0] = '\0';
}

static int look_at_egl(struct listing_peer *row)
{
	struct egl_facts facts;
	int err = egl_look(&facts, row->device[0] ? row->device : NULL, &row->why);

	if (err)
		return err;
	memcpy(row->device, facts.node, sizeof(row->device));
	memcpy(row->renderer, facts.renderer, sizeof(row->renderer));
	memcpy(row->version, facts.version, sizeof(row->version));
	row->software = facts.software;
	row->dma_buf = facts.dma_buf;
	row->modifiers = facts.modifiers;
	row->native_fence = facts.native_fence;
	return 0;
}

/* In the child. */
static int try_peer(void *data, void *result)
{
	struct trial *trial = data;
	struct listing_peer *row = result;
	struct peer_wish wish = { .name = row->kind };
	struct peer peer;

	if (!row->looked && !strcmp(row->kind, "egl"))
		row->err = look_at_egl(row);
	if (row->err)
		return 0;
	row->looked = true;
	wish.device = row->device[0] ? row->device : NULL;
	row->err = trial->ops->open(&peer, &wish, &trial->card, &row->why);
	if (row->err)
		return 0;
	row->opened = true;
	if (trial->no_imports)
		row->at = trial->listing->exporter_count;
	for (; row->at < trial->listing->exporter_count; row->at++) {
		struct listing_import *import = &row->imports[row->at];

		import->tried = !trial->listing->exporters[row->at].err;
		if (import->tried)
			try_import(trial, &peer, row->at, import);
	}
	peer.ops->close(&peer);
	return 0;
}

/* The child died: of opening, of one buffer, or of closing. */
static void blame(struct listing_peer *row, const struct listing *listing, int err,
		  const struct why *why)
{
	struct listing_import *import = &row->imports[row->at];

	if (!row->opened) {
		row->err = why_set(&row->why, err, "%s on %s: while it was opened: %s", row->kind,
				   row->device[0] ? row->device : "no DRM device", why->text);
	} else if (row->at < listing->exporter_count) {
		import->tried = true;
		import->err = why_set(&import->why, err, "while it was looked at: %s", why->text);
		row->at++;
	} else {
		row->err = why_set(&row->why, err, "%s on %s: while it was closed: %s", row->kind,
				   row->device, why->text);
	}
}

static int look_at_peer(struct look *look, struct trial *trial, struct listing_peer *row)
{
	struct why why = { "" };
	char what[96];
	int err;

	snprintf(what, sizeof(what), "%s %s", row->kind, row->device);
	do {
		row->opened = false;
		err = look_in_child(look, what, try_peer, trial, row, sizeof(*row), &why);
		if (err)
			blame(row, look->listing, err, &why);
	} while (err && err != -EINTR && !row->err && row->at < look->listing->exporter_count);
	return err == -EINTR ? err : 0;
}

static struct listing_peer *add(struct listing *listing, const char *kind, const char *device)
{
	struct listing_peer *row = &listing->peers[listing->peer_count];

	if (listing->peer_count < LISTING_PEERS - 1)
		listing->peer_count++;
	row->kind = kind;
	snprintf(row->device, sizeof(row->device), "%s", device);
	return row;
}

/* Whose GPU draws for this device: what EGL says of itself, on the driver's own word. */
static void judge_gpu(struct listing_device *device, const struct listing_peer *row)
{
	if (row->looked && device->gpu == LISTING_GPU_UNKNOWN)
		device->gpu = row->software	       ? LISTING_GPU_NONE
			      : device->render.path[0] ? LISTING_GPU_OWN
						       : LISTING_GPU_OTHER;
}

static int look_at_each_egl(struct look *look, struct trial *trial)
{
	struct listing *listing = look->listing;
	int err = 0;

	trial->ops = &peer_egl;
	for (uint32_t i = 0; i < listing->device_count && !err; i++) {
		struct listing_device *device = &listing->devices[i];
		struct listing_peer *row =
			add(listing, "egl",
			    device->primary.path[0] ? device->primary.path : device->render.path);

		err = look_at_peer(look, trial, row);
		judge_gpu(device, row);
	}
	if (!listing->device_count)
		err = look_at_peer(look, trial, add(listing, "egl", ""));
	return err;
}

/* Device work of the module: on its card node, and without the module the peer says the mend. */
static int look_at_jobs(struct look *look, struct trial *trial)
{
	struct listing *listing = look->listing;
	const char *node = "";

	trial->ops = &peer_jobs;
	for (uint32_t i = 0; i < listing->device_count; i++)
		if (!strcmp(listing->devices[i].driver, "staleline"))
			node = listing->devices[i].primary.path;
	return look_at_peer(look, trial, add(listing, "jobs", node));
}

/*
 * Scanout is not tried: that would take the screen from whoever sits before it. What it would need
 * has been asked for.
 */
static void judge_scanout(struct listing_peer *row, const struct listing_display *display)
{
	if (!display->connected && !display->unprobed && !display->writebacks)
		row->err = why_set(&row->why, -ENOTCONN,
				   "none of its %u connectors has a monitor, and it has no "
				   "writeback; connect one",
				   display->connectors);
	else if (display->master_err)
		row->err = why_set(
			&row->why, display->master_err,
			"DRM master of %s: %s; another program, a compositor mostly, has it: stop "
			"that, or run this as root on a console of its own",
			row->device, strerror(-display->master_err));
	else if (!display->writebacks && !display->crc)
		row->err =
			why_set(&row->why, -EOPNOTSUPP,
				"nothing tells what %s scans out: it has no writeback connector, "
				"and no CRC "
				"in debugfs (for root; `mount -t debugfs none /sys/kernel/debug`)",
				row->device);
}

/* Displays without hardware: their pictures are put together by the CPU. */
static bool is_software_display(const char *driver)
{
	return !strcmp(driver, "vkms") || !strcmp(driver, "staleline");
}

/*
 * Nobody knows whether a device that can't be opened has a display:
 * its row says what the node's does.
 */
static bool is_closed(const struct listing_device *device)
{
	return device->primary.path[0] && device->primary.err;
}

/* The peer is told of in any case, with the mend: displays can be had without hardware. */
static void miss_scanout(struct listing *listing)
{
	struct listing_peer *row = add(listing, "scanout", "");

	row->err = why_set(&row->why, -ENODEV,
			   "%s; load the module staleline (docs/module.md), whose display takes no "
			   "hardware, or vkms where the kernel has it: `sudo modprobe vkms`",
			   listing->device_count ? "no DRM device here has a display"
						 : "no DRM device, so no display");
}

static void look_at_scanout(struct listing *listing)
{
	bool any = false;

	for (uint32_t i = 0; i < listing->device_count; i++) {
		const struct listing_device *device = &listing->devices[i];
		struct listing_peer *row;

		if (!is_closed(device) && !device->display.connectors &&
		    !device->display.writebacks)
			continue;
		any = true;
		row = add(listing, "scanout", device->primary.path);
		row->software = is_software_display(device->driver);
		if (is_closed(device)) {
			row->err = device->primary.err;
			row->why = device->primary.why;
		} else {
			judge_scanout(row, &device->display);
		}
	}
	if (!any)
		miss_scanout(listing);
}

int look_at_peers(struct look *look)
{
	struct trial trial = { .listing = look->listing, .no_imports = look->no_imports };
	int err =
		card_init(&trial.card, DRM_FORMAT_XRGB8888, LISTING_TRIAL_SIZE, LISTING_TRIAL_SIZE);

	if (err)
		return err;
	err = look->no_egl ? 0 : look_at_each_egl(look, &trial);
	if (!err)
		err = look_at_jobs(look, &trial);
	look_at_scanout(look->listing);
	card_finish(&trial.card);
	return err;
}
