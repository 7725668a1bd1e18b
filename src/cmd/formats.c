// SPDX-License-Identifier: MIT
/*
 * formats: which formats the compositor, the exporter and the EGL peer take.
 *
 * What a compositor takes it says itself. The others are tried: a small buffer is allocated, a card
 * drawn into it in order, and the peer looks. Drivers crash of formats, too: so that is done in a
 * child, and where it dies another goes on with the next format.
 */
#include "cmd/formats.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/look.h"
#include "cmd/stage.h"
#include "cmd/tty.h"

enum {
	MOST = 16, /* formats */
	WIDTH = 128,
	HEIGHT = 16,
	MOST_CELLS = WIDTH * 8 / CARD_CELL_BYTES * HEIGHT * 2,
};

/* One format, as the exporter and the peer take it. */
struct
try {
	bool allocated, read;
	struct why why; /* of what is not */
};

/* Shared with the child. */
struct result {
	uint32_t at; /* the format that is being tried */
	int err;     /* of opening the exporter */
	struct why why;
	char exporter[96], peer[160];
	struct try tries[MOST];
};

struct trial {
	const struct show_options *options;
	const struct offer *offer;
	struct exporter exporter;
	struct cell_verdict map[MOST_CELLS];
};

static void no_log(void *data, const char *line)
{
	(void)data;
	(void)line;
}

static int draw(const struct card *card, struct buffer *buffer, struct why *why)
{
	int err = access_wait(&buffer->access, ACCESS_WRITE, 1000);

	if (!err)
		err = access_begin(&buffer->access, ACCESS_WRITE);
	if (!err) {
		card_draw(card, card_serial(1, 1), 1, card_whole(card), buffer_pixels(buffer),
			  buffer->stride);
		err = access_end(&buffer->access, ACCESS_WRITE);
	}
	return err ? why_set(why, err, "SYNC: %s", strerror(-err)) : 0;
}

static int look(struct trial *trial, const struct peer *peer, struct peer_image *image,
		struct try *try)
{
	const struct card_expect expect = {
		.serial = card_serial(1, 1),
		.frame = 1,
		.part = card_whole(peer->card),
	};
	struct cell_count count = { 0 };
	int err = peer->ops->read((struct peer *)peer, image, &expect, trial->map, NULL, &try->why);

	if (err)
		return err;
	cell_count_add(&count, peer->card, 1, trial->map);
	if (!cell_count_clean(&count))
		return why_set(&try->why, -EIO, "%u of %u cells are what was drawn",
			       (unsigned int)count.kind[CELL_FRESH], (unsigned int)count.checked);
	try->read = true;
	return 0;
}

static void try_peer(struct trial *trial, const struct card *card, struct buffer *buffer,
		     struct result *result, struct try *try)
{
	struct peer_wish wish = { .name = "egl", .gl = trial->options->gl };
	struct peer_image *image;
	char path[PATH_MAX];
	struct peer peer;

	wish.device = stage_peer_device(trial->options, &trial->exporter, trial->offer, path);
	if (peer_egl.open(&peer, &wish, card, &try->why))
		return;
	snprintf(result->peer, sizeof(result->peer), "%s", peer.path);
	if (!peer_egl.import(&peer, buffer, &image, &try->why)) {
		look(trial, &peer, image, try);
		peer_egl.drop(&peer, image);
	}
	peer_egl.close(&peer);
}

static void try_format(struct trial *trial, uint32_t fourcc, struct result *result, struct try *try)
{
	struct buffer buffer;
	struct card card;
	int err;

	if (exporter_alloc(&trial->exporter, WIDTH, HEIGHT, fourcc, &buffer, &try->why))
		return;
	err = card_init(&card, fourcc, WIDTH, HEIGHT);
	if (err)
		why_set(&try->why, err, "a card: %s", strerror(-err));
	else
		err = draw(&card, &buffer, &try->why);
	try->allocated = !err;
	if (!err)
		try_peer(trial, &card, &buffer, result, try);
	card_finish(&card);
	exporter_free(&buffer);
}

/* In the child. */
static int try_all(void *data, void *shared)
{
	struct trial *trial = data;
	struct result *result = shared;
	const struct exporter_wish wish = {
		.name = trial->options->exporter,
		.device = trial->options->device,
		.main_device = trial->offer->main_device,
		.has_main_device = trial->offer->has_main_device,
	};

	result->err = exporter_open(&trial->exporter, &wish, pixel_formats[0].fourcc, no_log, NULL,
				    &result->why);
	if (result->err)
		return 0;
	snprintf(result->exporter, sizeof(result->exporter), "%s on %s", trial->exporter.ops->name,
		 trial->exporter.device);
	for (; pixel_formats[result->at].name; result->at++)
		try_format(trial, pixel_formats[result->at].fourcc, result,
			   &result->tries[result->at]);
	exporter_close(&trial->exporter);
	return 0;
}

static int try_in_children(struct trial *trial, struct result *result,
			   const volatile sig_atomic_t *interrupted)
{
	const struct look look = { .interrupted = interrupted, .progress = isatty(STDERR_FILENO) };

	while (!result->err && pixel_formats[result->at].name) {
		struct why why = { "" };
		int err = look_in_child(&look, "formats", try_all, trial, result, sizeof(*result),
					&why);

		if (err == -EINTR)
			return err;
		if (!err)
			continue;
		if (!result->exporter[0]) /* it died before the first */
			return why_set(&result->why, err, "exporter %s: %s",
				       trial->options->exporter, why.text);
		result->tries[result->at++].why = why;
	}
	return result->err;
}

static const char *word(bool known, bool taken)
{
	return !known ? "?" : taken ? "yes" : "no";
}

static void print(const struct offer *offer, const struct result *result)
{
	printf("%-14s %-6s %-11s %-11s %-9s %s\n", "format", "", "", "compositor", "exporter",
	       "EGL");
	for (uint32_t i = 0; pixel_formats[i].name; i++) {
		const struct pixel_format *format = &pixel_formats[i];
		const struct try *try = &result->tries[i];
		char letters[5];

		pixel_format_letters(format->fourcc, letters);
		printf("%-14s %-6s 0x%08x  %-11s %-9s %s\n", format->name, letters, format->fourcc,
		       word(offer->count, offer_choose(offer, format->fourcc).possible),
		       word(!result->err, try->allocated),
		       word(!result->err && try->allocated, try->read));
	}
	putchar('\n');
}

/* Who was asked, and why not. */
static void print_reasons(const struct result *result, int compositor_err,
			  const struct why *compositor_why)
{
	if (compositor_err)
		printf("compositor: %s\n", compositor_why->text);
	if (result->err) {
		printf("exporter: %s\n", result->why.text);
		return;
	}
	printf("exporter: %s\n", result->exporter);
	if (result->peer[0])
		printf("EGL: %s\n", result->peer);
	for (uint32_t i = 0; pixel_formats[i].name; i++)
		if (!result->tries[i].read)
			printf("%s: %s\n", pixel_formats[i].name, result->tries[i].why.text);
}

int formats_list(const struct show_options *options, const volatile sig_atomic_t *interrupted)
{
	static const struct offer nothing;
	struct connection conn = { .interrupted = interrupted };
	struct why why = { "" };
	int connect_err = connection_open(&conn, options->display, &why), err;
	struct trial trial = { .options = options, .offer = connect_err ? &nothing : &conn.offer };
	struct result result = { 0 };

	err = try_in_children(&trial, &result, interrupted);
	if (err != -EINTR) {
		print(trial.offer, &result);
		print_reasons(&result, connect_err, &why);
	}
	if (!connect_err)
		connection_close(&conn);
	if (err == -EINTR)
		return 3;
	return err ? 4 : 0;
}
