// SPDX-License-Identifier: MIT
/* stage_exporter: buffers from another exporter, while the run goes on. See stage_exporter.h. */
#include "cmd/stage_exporter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/stage_size.h"

static void say(void *data, const char *line)
{
	(void)data;
	fprintf(stderr, "staleline: %s\n", line);
}

static void point_to(struct slot *slot, const struct exporter *from, struct exporter *to)
{
	if (slot->buffer.exporter == from)
		slot->buffer.exporter = to;
}

/* Buffers know where their exporter lies. */
static void point_all(struct stage *stage, const struct exporter *from, struct exporter *to)
{
	for (uint32_t i = 0; i < stage->slots_open; i++)
		point_to(&stage->slots[i], from, to);
	for (int i = 0; i < 2; i++)
		point_to(&stage->spares[i], from, to);
	point_to(&stage->source, from, to);
}

static bool has_buffers(const struct stage *stage, const struct exporter *exporter)
{
	for (uint32_t i = 0; i < stage->slots_open; i++)
		if (stage->slots[i].buffer.exporter == exporter)
			return true;
	return false;
}

void stage_drop_exporter(struct stage *stage)
{
	if (!stage->before_open || has_buffers(stage, &stage->before))
		return;
	exporter_close(&stage->before);
	stage->before_open = false;
}

/* One buffer as it will be used: what is refused now need not be tried with each slot. */
static int try_buffer(struct stage *stage, struct slot *slot, struct why *why)
{
	int err = exporter_alloc(&stage->exporter, stage->card.width, stage->card.height,
				 stage->card.fourcc, &slot->buffer, why);

	if (err) {
		*slot = (struct slot){ .fence = -1 };
		return err;
	}
	err = stage_import_slot(stage, slot, why);
	if (err)
		stage_close_slot(stage, slot);
	return err;
}

/* The exporter in stage->exporter is a new one: @spare and the source are to be of it. 0 or -errno with @why. */
static int try_exporter(struct stage *stage, struct slot *spare, struct why *why)
{
	struct stage_sized before;
	int err = try_buffer(stage, spare, why);

	if (err || !stage->source_open)
		return err;
	err = stage_resize(stage, stage->card.width, stage->card.height, &before, why);
	if (err)
		stage_close_slot(stage, spare);
	else
		stage_let_go(stage, &before);
	return err;
}

/* The one of before again. */
static void go_back(struct stage *stage)
{
	exporter_close(&stage->exporter);
	stage->exporter = stage->before;
	point_all(stage, &stage->before, &stage->exporter);
}

/* 1: it is in the place of the one that there was; 0: it can't be had, which is said; or -ENOTRECOVERABLE with @why. */
static int take_exporter(struct stage *stage, const char *name, struct why *why)
{
	const struct offer_choice choice = window_choose(&stage->window, stage->card.fourcc);
	const struct exporter_wish wish = {
		.name = name,
		.device = stage->options->device,
		.main_device = choice.device,
		.has_main_device = choice.has_device,
		.disjoint = stage->options->disjoint,
	};
	struct slot *spare = &stage->spares[!stage->spare];
	struct exporter fresh;
	int err = exporter_open(&fresh, &wish, stage->card.fourcc, say, NULL, why);

	if (!err) {
		fresh.buffers = stage->exporter.buffers; /* no two of a run have the same number */
		stage->before = stage->exporter;
		point_all(stage, &stage->exporter, &stage->before);
		stage->exporter = fresh;
		err = try_exporter(stage, spare, why);
		if (err)
			go_back(stage);
	}
	if (err == -ENOTRECOVERABLE)
		return err;
	if (err) {
		fprintf(stderr, "staleline: exporter: not %s: %s\n", name, why->text);
		why->text[0] = '\0';
		return 0;
	}
	stage->before_open = true;
	if (stage_spare(stage)->buffer.exporter)
		stage_close_slot(stage, stage_spare(stage));
	stage->spare = !stage->spare;
	fprintf(stderr, "staleline: exporter: %s %s: a key asked for it\n",
		stage->exporter.ops->name, stage->exporter.device);
	return 1;
}

/* As the user wrote it, where it is of the kind that was asked for at the start. */
static const char *name_of(const struct stage *stage, const struct exporter_ops *ops)
{
	const char *asked = stage->options->exporter;
	size_t length = strlen(ops->name);

	return !strncmp(asked, ops->name, length) && asked[length] == ':' ? asked : ops->name;
}

int stage_next_exporter(struct stage *stage, struct why *why)
{
	size_t count = 0, at = 0;
	int taken = 0;

	if (window_can_import(&stage->window, why)) {
		fprintf(stderr, "staleline: exporter: no other: %s\n", why->text);
		why->text[0] = '\0';
		return 0;
	}
	if (stage->before_open) { /* until the last of them is renewed */
		fprintf(stderr,
			"staleline: exporter: buffers of the one of before are not back yet\n");
		return 0;
	}
	for (; exporter_kinds[count]; count++)
		if (exporter_kinds[count] == stage->exporter.ops)
			at = count;
	for (size_t i = 1; i < count && !taken; i++)
		taken = take_exporter(stage, name_of(stage, exporter_kinds[(at + i) % count]), why);
	return taken;
}
