// SPDX-License-Identifier: MIT
/* last_frame: what people look at: the panel during the run, and pictures of its last frame. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "buffer/drm_dumb.h"
#include "card/colour.h"
#include "cmd/run.h"
#include "cmd/screenshot.h"
#include "cmd/stage_size.h"
#include "cmd/stage_sync.h"

enum {
	PANEL_MS = 250,	   /* how often the panel is drawn anew: text is no video */
	SETTLE_MS = 20000, /* until the last frame is on the screen */
};

static struct heat heat_of(const struct show *show, const struct record *record)
{
	return (struct heat){
		.colours = record->cells.checked ? show->stage.heat : NULL,
		.cols = show->stage.card.cols,
		.rows = show->stage.card.rows,
		.cell_width = show->stage.card.cell_width,
	};
}

/* What the keys have chosen, and how to get on. */
static void hint(const struct show *show, const struct picture *panel)
{
	char text[96];

	snprintf(text, sizeof(text), "%s, %s; %s", show->stage.exporter.ops->name,
		 stage_sync_name(show->stage.sync),
		 show->keys.paused ? "paused: space goes on" : "? shows the keys");
	picture_hint(panel, text);
}

void run_update_panel(struct show *show, const struct record *record)
{
	const struct heat heat = heat_of(show, record);
	struct picture panel;

	panel.pixels = window_panel_pixels(&show->stage.window, &panel.width, &panel.height,
					   &panel.stride);
	if (!panel.pixels)
		return;
	show->keys.panel_stale = false;
	if (show->keys.help) {
		picture_list(&panel, "keys", keys_lines);
	} else {
		picture_panel(&panel, record, &heat);
		if (show->stage.conn.keyboard.state)
			hint(show, &panel);
	}
	window_panel_show(&show->stage.window);
	show->panel_due = clock_ns() + (int64_t)PANEL_MS * 1000000;
}

void run_count_presented(struct show *show, struct record *record)
{
	const struct presented told = presentation_take(&show->stage.window.presentation);

	presented_merge(&record->presented, &told);
	record->scaled = show->stage.window.scaled;
}

/*
 * Until the last frame is on the screen: then the compositor asks for another. Who interrupts that
 * and wants no picture of the screen need not wait.
 */
static int settle(struct show *show, bool pictured, struct why *why)
{
	int64_t deadline = clock_ns() + (int64_t)SETTLE_MS * 1000000;
	int err = 0;

	while (!err && !show->stage.window.frame_due && !show->stage.window.closed &&
	       (pictured || !*show->interrupted) && clock_ms_left(deadline))
		err = connection_dispatch(&show->stage.conn, RUN_TICK_MS, why);
	return err;
}

/* What of a card is seen: its colours. */
static void copy_card(const struct show *show, struct picture *picture, const struct buffer *buffer,
		      const void *pixels)
{
	for (uint32_t y = 0; y < picture->height; y++)
		card_colours(&show->stage.card, pixels, buffer->stride, y,
			     picture->pixels + (size_t)y * picture->width);
}

/* The card as the CPU reads it back, in a bracket of its own (R1, R5). */
static int read_back(const struct show *show, struct picture *picture, struct buffer *buffer,
		     struct why *why)
{
	int err = order_settle(buffer, why); /* no bracket may be open (R11) */

	if (err)
		return err;
	err = access_wait(&buffer->access, ACCESS_READ, SETTLE_MS);
	if (!err)
		err = access_begin(&buffer->access, ACCESS_READ);
	if (err)
		return why_set(why, err, "read buffer %u back: %s", buffer->number, strerror(-err));
	copy_card(show, picture, buffer, buffer_pixels(buffer));
	err = access_end(&buffer->access, ACCESS_READ);
	if (err)
		return why_set(why, err, "SYNC END of reading buffer %u back: %s", buffer->number,
			       strerror(-err));
	return 0;
}

/*
 * What of dma-buf @part the device has, to its place in @copy,
 * which is laid out as the buffer's map.
 */
static int copy_part(const struct staleline_view *view, const struct buffer *buffer, uint32_t part,
		     char *copy)
{
	struct drm_dumb dumb = {
		.handle = part ? view->second : view->handle,
		.size = buffer_part_size(buffer, part),
	};
	void *map;
	int err = drm_dumb_map(view->device.fd, &dumb, &map);

	if (err)
		return err;
	memcpy(copy + buffer_part_start(buffer, part), map, dumb.size);
	munmap(map, dumb.size);
	return 0;
}

/*
 * The card as the device has it, through the module's card node: no SYNC belongs to that, so a
 * bracket that a fault left open stays as it is, and what the fault did is what is seen.
 */
static int look_at_device(const struct show *show, struct picture *picture,
			  const struct buffer *buffer, struct why *why)
{
	struct staleline_view view;
	char *copy;
	int err = staleline_view_open(&view, buffer, why);

	if (err)
		return err;
	copy = malloc(buffer->size);
	if (!copy)
		err = -ENOMEM;
	for (uint32_t part = 0; !err && part < buffer_parts(buffer); part++)
		err = copy_part(&view, buffer, part, copy);
	if (!err)
		copy_card(show, picture, buffer, copy + buffer->offset);
	free(copy);
	staleline_view_close(&view);
	return err ? why_set(why, err, "map buffer %u through the module's card node: %s",
			     buffer->number, strerror(-err))
		   : 0;
}

/* The card of the last frame; to be freed in either case. */
static int picture_card(struct show *show, struct picture *picture, struct why *why)
{
	struct buffer *buffer = &show->sent->buffer;

	*picture = (struct picture){ NULL, buffer->width, buffer->height, buffer->width * 4 };
	picture->pixels = malloc((size_t)picture->stride * picture->height);
	if (!picture->pixels)
		return why_set(why, -ENOMEM, "a copy of the card: out of memory");
	return show->ground.module ? look_at_device(show, picture, buffer, why)
				   : read_back(show, picture, buffer, why);
}

static int save_pictures(struct show *show, const struct record *record,
			 const struct run_pictures *pictures, struct why *why)
{
	const struct heat heat = heat_of(show, record);
	struct picture card = { 0 };
	int err = 0;

	if (pictures->both || pictures->card)
		err = picture_card(show, &card, why);
	if (!err && pictures->card)
		err = picture_save(&card, pictures->card, why);
	if (!err && pictures->both)
		err = picture_save_both(&card, record, &heat, pictures->both, why);
	if (!err && pictures->heatmap && heat.colours)
		err = picture_save_heat(&heat, record,
					card.width ? card.width : show->stage.card.width,
					show->stage.card.rows, pictures->heatmap, why);
	else if (!err && pictures->heatmap)
		fprintf(stderr, "staleline: no heatmap %s: no cell was checked\n",
			pictures->heatmap);
	free(card.pixels);
	return err;
}

/* A picture that was asked for with --screenshot-needed is there, and says something. */
static int check_screenshot(const struct show *show, const struct record *record, struct why *why)
{
	const struct cell_count *screen = &record->screenshot;

	if (!show->options.screenshot_needed ||
	    (record->has_screenshot && !cell_count_mostly_inexact(screen)))
		return 0;
	return why_set(why, -EIO, "the screenshot that was needed: %s",
		       record->has_screenshot ? "it is not bit-exact" : record->screenshot_why);
}

/*
 * What is on the screen is of another size than the card: the window was given one, and the
 * run ended before a frame of it was drawn. Neither the card nor what was found out about its
 * cells is of the picture then.
 */
static int pass_over(const struct show *show, const struct run_pictures *pictures, struct why *why)
{
	const struct buffer *buffer = &show->sent->buffer;

	if (!pictures->both && !pictures->card && !pictures->heatmap && !pictures->screenshot &&
	    !show->options.screenshot_needed)
		return 0;
	return why_set(why, -ENODATA,
		       "pictures of the last frame: it is %ux%u, and the window was asked to be "
		       "%ux%u just before the run ended; run it again, or with --size=",
		       buffer->width, buffer->height, show->stage.card.width,
		       show->stage.card.height);
}

int last_frame_look(struct show *show, struct record *record, const struct run_pictures *pictures,
		    struct why *why)
{
	int err;

	if (!show->sent)
		return 0;
	if (!stage_card_is(&show->stage, show->sent->buffer.width, show->sent->buffer.height))
		return pass_over(show, pictures, why);
	run_update_panel(show, record);
	err = settle(show, pictures->screenshot, why);
	run_count_presented(show, record);
	if (!err)
		err = screenshot_take(&show->stage, &show->drawn->content.expect,
				      show->sent->content.expect.serial, pictures->screenshot,
				      record, why);
	if (!err)
		err = save_pictures(show, record, pictures, why);
	return err ? err : check_screenshot(show, record, why);
}
