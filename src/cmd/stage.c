// SPDX-License-Identifier: MIT
/* stage: everything a run of `show` stands on. */
#include "cmd/stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer/drm_node.h"
#include "cmd/describe.h"
#include "cmd/stage_feedback.h"
#include "cmd/stage_size.h"
#include "cmd/stage_sync.h"
#include "report/picture.h"

static void log_line(void *data, const char *line)
{
	(void)data;
	fprintf(stderr, "staleline: %s\n", line);
}

static int open_exporter(struct stage *stage, struct why *why)
{
	const struct offer_choice choice =
		offer_choose(&stage->conn.offer, stage->options->format->fourcc);
	const struct exporter_wish wish = {
		.name = stage->options->exporter,
		.device = stage->options->device,
		.main_device = choice.device,
		.has_main_device = choice.has_device,
		.disjoint = stage->options->disjoint,
	};
	int err = exporter_open(&stage->exporter, &wish, stage->options->format->fourcc, log_line,
				NULL, why);

	stage->exporter_open = !err;
	return err;
}

static int open_window(struct stage *stage, struct why *why)
{
	const struct show_options *options = stage->options;
	const struct window_wish wish = {
		.width = options->width,
		.height = options->height,
		.step = options->format->wide,
		.panel_width = options->fullscreen || options->no_hud ? 0 : PICTURE_PANEL_WIDTH,
		.fullscreen = options->fullscreen,
	};
	int err = window_open(&stage->window, &stage->conn, &wish, why);

	stage->window.import_immediately = options->import_immediately;
	stage->window_open = !err;
	if (stage->window.clamped)
		fprintf(stderr,
			"staleline: the compositor's size for the window is not usable: %ux%u it "
			"is\n",
			stage->window.width, stage->window.height);
	return err;
}

/* drm_node_each's way of asking for the first. */
static int take_path(void *data, const char *path)
{
	snprintf(data, PATH_MAX, "%s", path);
	return 1;
}

const char *stage_peer_device(const struct show_options *options, const struct exporter *exporter,
			      const struct offer *offer, char path[PATH_MAX])
{
	dev_t first = offer->has_main_device ? offer->main_device : 0;

	if (options->device)
		return options->device;
	if (!strncmp(exporter->device, "/dev/dri/", 9))
		return exporter->device;
	return drm_node_each(first, take_path, path) == 1 ? path : NULL;
}

static int open_peer(struct stage *stage, const struct peer_ops *ops, struct peer *peer, bool *open,
		     struct why *why)
{
	char path[PATH_MAX];
	struct peer_wish wish = { .name = ops->name, .gl = stage->options->gl };
	int err;

	if (ops == &peer_egl) /* others find theirs: --drm-device= is where buffers come from */
		wish.device = stage_peer_device(stage->options, &stage->exporter,
						&stage->conn.offer, path);
	err = ops->open(peer, &wish, &stage->card, why);
	if (err)
		return why_prefix(why, err, "peer %s (--peer=none goes without): ", ops->name);
	*open = true;
	return 0;
}

/* Two where one looks and another writes, and both are asked for. */
static int open_peers(struct stage *stage, struct why *why)
{
	const struct show_options *options = stage->options;
	bool writes = options_have(options, ORDER_CPU_READ);
	bool looks = options_have(options, ORDER_CPU_WRITE);
	const struct peer_ops *first = looks ? options->peer : options->writer;
	int err = 0;

	if (first)
		err = open_peer(stage, first, &stage->peer, &stage->peer_open, why);
	if (!err && writes && options->writer != first)
		err = open_peer(stage, options->writer, &stage->writer, &stage->writer_open, why);
	return err;
}

/* A peer of which it is known that it can't is refused here, before a frame needs it. */
static int check_write(struct stage *stage, struct slot *slot, struct why *why)
{
	return slot->image ? peer_check_write(&stage->peer, slot->image, why) : 0;
}

bool stage_peer_can_write(struct stage *stage)
{
	struct why why;

	for (uint32_t i = 0; i < stage->slots_open; i++)
		if (check_write(stage, &stage->slots[i], &why))
			return false;
	return true;
}

/* Does an order that was asked for have the peer write into what the CPU writes? */
static bool is_peer_to_write(const struct show_options *options)
{
	bool is = order_peer_writes(options->order);

	for (uint32_t i = 0; i < options->faults_count; i++)
		is |= order_peer_writes(options->faults[i]);
	return is;
}

void stage_have_peer_write(struct stage *stage, bool writes)
{
	stage->peer_writes = writes || is_peer_to_write(stage->options);
}

int stage_import_slot(struct stage *stage, struct slot *slot, struct why *why)
{
	int err = 0;

	slot->fence = -1;
	slot->sync = stage->sync;
	if (stage->sync == SHOW_SYNC_FILE)
		err = stage_try_sync_file(&slot->buffer, why);
	if (!err)
		err = window_buffer_import(&stage->window, &slot->buffer, &slot->shown, why);
	/* Where the CPU reads, the peer works on the source alone. */
	if (!err && stage->peer_open && options_have(stage->options, ORDER_CPU_WRITE))
		err = stage->peer.ops->import(&stage->peer, &slot->buffer, &slot->image, why);
	return !err && stage->peer_writes ? check_write(stage, slot, why) : err;
}

void stage_close_slot(struct stage *stage, struct slot *slot)
{
	if (slot->image)
		stage->peer.ops->drop(&stage->peer, slot->image);
	window_buffer_drop(&slot->shown);
	if (slot->fence >= 0)
		close(slot->fence);
	exporter_free(&slot->buffer);
	*slot = (struct slot){ .fence = -1 };
}

static int open_slot(struct stage *stage, struct slot *slot, struct why *why)
{
	int err = exporter_alloc(&stage->exporter, stage->card.width, stage->card.height,
				 stage->card.fourcc, &slot->buffer, why);

	if (err)
		return err;
	stage->slots_open++;
	return stage_import_slot(stage, slot, why);
}

static int open_slots(struct stage *stage, struct why *why)
{
	int err = 0;

	for (uint32_t i = 0; i < stage->options->buffers && !err; i++)
		err = open_slot(stage, &stage->slots[i], why);
	return err ? err : stage_open_source(stage, why);
}

int stage_open(struct stage *stage, const struct show_options *options,
	       const volatile sig_atomic_t *interrupted, struct why *why)
{
	int err;

	*stage = (struct stage){
		.options = options,
		.interrupted = interrupted,
		.run = describe_run(),
		.sizes = 1,
		.peer_writes = is_peer_to_write(options),
	};
	stage->conn.interrupted = interrupted;
	err = connection_open(&stage->conn, options->display, why);
	if (err)
		return err;
	stage->conn_open = true;
	err = open_exporter(stage, why);
	if (!err)
		err = open_window(stage, why);
	if (!err)
		err = stage_choose_sync(stage, why);
	if (!err)
		err = stage_open_card(stage, why);
	if (!err)
		err = open_peers(stage, why);
	if (!err && options->verbose)
		stage_tell_feedback(stage);
	if (!err)
		err = open_slots(stage, why);
	return err;
}

void stage_close(struct stage *stage)
{
	stage_close_source(stage);
	for (int i = 0; i < 2; i++)
		if (stage->spares[i].buffer.exporter)
			stage_close_slot(stage, &stage->spares[i]);
	while (stage->slots_open)
		stage_close_slot(stage, &stage->slots[--stage->slots_open]);
	if (stage->writer_open)
		stage->writer.ops->close(&stage->writer);
	if (stage->peer_open)
		stage->peer.ops->close(&stage->peer);
	free(stage->heat);
	free(stage->map);
	card_finish(&stage->card);
	if (stage->window_open)
		window_close(&stage->window);
	if (stage->before_open)
		exporter_close(&stage->before);
	if (stage->exporter_open)
		exporter_close(&stage->exporter);
	if (stage->conn_open)
		connection_close(&stage->conn);
}
