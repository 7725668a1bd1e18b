// SPDX-License-Identifier: MIT
/* stage_size: what has the card's size. See stage_size.h. */
#include "cmd/stage_size.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the kernel thinks can be had without swapping, in MiB; 0 where it does not say. */
static uint64_t available_mib(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	char line[128];
	unsigned long long kib = 0;

	while (file && fgets(line, sizeof(line), file) &&
	       sscanf(line, "MemAvailable: %llu kB", &kib) != 1)
		;
	if (file)
		fclose(file);
	return kib >> 10;
}

/*
 * Software drivers allocate a page when it is touched: too large a size would not fail, the
 * kernel would end us or the compositor. The buffers, and what stages: two for the peer, two for reading.
 */
static int check_memory(const struct stage *stage, uint32_t width, uint32_t height, struct why *why)
{
	uint64_t available = available_mib();
	uint64_t card = (uint64_t)width * height * stage->options->format->bytes >> 20;
	uint64_t staged = options_have(stage->options, ORDER_CPU_READ) ? 4 : 2;
	uint64_t needed = card * (stage->options->buffers + staged);

	if (!available || needed <= available)
		return 0;
	return why_set(why, -EFBIG,
		       "%u buffers of %ux%u pixels and what checks them need %" PRIu64
		       " MiB, %" PRIu64 " are free; choose a smaller --size or fewer --buffers",
		       stage->options->buffers, width, height, needed, available);
}

static int make_card(struct stage *stage, uint32_t width, uint32_t height, struct why *why)
{
	const struct pixel_format *format = stage->options->format;
	int err = check_memory(stage, width, height, why);

	if (err)
		return err;
	if (!pixel_format_fits(format, width, height))
		return why_set(why, -EINVAL,
			       "a card of %ux%u pixels: %s has one colour for two pixels%s: choose "
			       "an even width%s by --size=",
			       width, height, format->name,
			       format->planes == 2 ? " of two rows" : "",
			       format->planes == 2 ? " and height" : "");
	err = card_init(&stage->card, format->fourcc, width, height);
	return err ? why_set(why, err, "a card of %ux%u pixels of %s: %s; choose another --size",
			     width, height, format->name, strerror(-err))
		   : 0;
}

static int make_maps(struct stage *stage, struct why *why)
{
	size_t cells = (size_t)stage->card.cols * stage->card.rows;

	stage->map = calloc(cells, sizeof(*stage->map));
	stage->heat = calloc(cells, sizeof(*stage->heat));
	return stage->map && stage->heat
		       ? 0
		       : why_set(why, -ENOMEM, "verdicts of %zu cells: out of memory", cells);
}

int stage_open_card(struct stage *stage, struct why *why)
{
	int err = make_card(stage, stage->window.width, stage->window.height, why);

	return err ? err : make_maps(stage, why);
}

/* What the writer can't write into is refused here: a resize then keeps the size that there was. */
static int import_source(struct stage *stage, struct why *why)
{
	struct peer *writer = stage_writer(stage);
	struct slot *source = &stage->source;
	int err = writer->ops->import(writer, &source->buffer, &source->image, why);

	return err ? err : peer_check_write(writer, source->image, why);
}

int stage_open_source(struct stage *stage, struct why *why)
{
	struct slot *source = &stage->source;
	int err;

	if (!options_have(stage->options, ORDER_CPU_READ))
		return 0;
	err = exporter_alloc(&stage->exporter, stage->card.width, stage->card.height,
			     stage->card.fourcc, &source->buffer, why);
	if (err)
		return err;
	stage->source_open = true;
	stage->copy = malloc(stage_copy_size(&source->buffer));
	if (!stage->copy)
		return why_set(why, -ENOMEM, "a copy of what is read: out of memory");
	return import_source(stage, why);
}

void stage_close_source(struct stage *stage)
{
	if (stage->source.image)
		stage_writer(stage)->ops->drop(stage_writer(stage), stage->source.image);
	if (stage->source_open)
		exporter_free(&stage->source.buffer);
	free(stage->copy);
	stage->source = (struct slot){ .fence = -1 };
	stage->copy = NULL;
	stage->source_open = false;
}

/* --- another size --- */

static void take(struct stage *stage, struct stage_sized *before)
{
	*before = (struct stage_sized){ stage->card, stage->map, stage->heat, stage->source,
					stage->copy };
	stage->card = (struct card){ 0 };
	stage->map = NULL;
	stage->heat = NULL;
	stage->source = (struct slot){ .fence = -1 };
	stage->copy = NULL;
	stage->source_open = false;
}

static void put(struct stage *stage, const struct stage_sized *sized, bool source_open)
{
	stage->card = sized->card;
	stage->map = sized->map;
	stage->heat = sized->heat;
	stage->source = sized->source;
	stage->copy = sized->copy;
	stage->source_open = source_open;
}

static void drop_sized(struct stage *stage)
{
	stage_close_source(stage);
	free(stage->heat);
	free(stage->map);
	card_finish(&stage->card);
}

static int resize_peers(struct stage *stage, struct why *why)
{
	int err = stage->peer_open ? peer_resize(&stage->peer, why) : 0;

	return !err && stage->writer_open ? peer_resize(&stage->writer, why) : err;
}

void stage_let_go(struct stage *stage, struct stage_sized *before)
{
	struct stage_sized now;
	bool open = stage->source_open;

	take(stage, &now);
	put(stage, before, open);
	drop_sized(stage);
	put(stage, &now, open);
}

int stage_put_back(struct stage *stage, struct stage_sized *before, struct why *why)
{
	bool open = options_have(stage->options, ORDER_CPU_READ);
	struct why second;

	drop_sized(stage);
	put(stage, before, open);
	if (!resize_peers(stage, &second))
		return 0;
	return why_set(why, -ENOTRECOVERABLE, "the size of before could not be had again: %.200s",
		       second.text);
}

int stage_resize(struct stage *stage, uint32_t width, uint32_t height, struct stage_sized *before,
		 struct why *why)
{
	/* What the peer still writes to goes away with what was before. */
	int err =
		stage->source_open ? stage_writer(stage)->ops->finish(stage_writer(stage), why) : 0;

	if (err)
		return err;
	take(stage, before);
	err = make_card(stage, width, height, why);
	if (!err)
		err = make_maps(stage, why);
	if (err) { /* the peers know nothing of it */
		drop_sized(stage);
		put(stage, before, options_have(stage->options, ORDER_CPU_READ));
		return err;
	}
	err = resize_peers(stage, why);
	if (!err)
		err = stage_open_source(stage, why);
	if (!err)
		return 0;
	return stage_put_back(stage, before, why) ? -ENOTRECOVERABLE : err;
}
