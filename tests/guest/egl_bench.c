// SPDX-License-Identifier: MIT
/* egl_bench: see egl_bench.h. */
#include "egl_bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>

struct options options = { .gl = PEER_GL_AUTO };
int tests, failures;

void result(bool ok, const char *name)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++tests, name);
	failures += !ok;
	fflush(stdout); /* so that a crash in the next test leaves this one on record */
}

void skip(const char *name, const char *why)
{
	if (options.need) {
		printf("# %s: %s\n", name, why);
		result(false, name);
		return;
	}
	printf("ok %d - %s # SKIP %s\n", ++tests, name, why);
	fflush(stdout);
}

bool expect(bool ok, const char *fmt, ...)
{
	va_list ap;

	if (ok)
		return true;
	va_start(ap, fmt);
	printf("# ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
	return false;
}

static void ignore_line(void *data, const char *line)
{
	(void)data;
	(void)line;
}

int open_exporter(struct exporter *exporter, const char *name, struct why *why)
{
	struct exporter_wish wish = {
		.name = name,
		.device = options.device[0] ? options.device : NULL,
	};

	return exporter_open(exporter, &wish, options.format->fourcc, ignore_line, NULL, why);
}

int open_peer(struct peer *peer, const struct card *card, struct why *why)
{
	struct peer_wish wish = {
		.name = "egl",
		.device = options.device[0] ? options.device : NULL,
		.gl = options.gl,
	};

	*peer = (struct peer){ .ops = &peer_egl };
	return peer_egl.open(peer, &wish, card, why);
}

void bench_close(struct bench *b)
{
	if (b->peer.priv && b->image)
		b->peer.ops->drop(&b->peer, b->image);
	if (b->peer.priv)
		b->peer.ops->close(&b->peer);
	if (b->buffer.map)
		exporter_free(&b->buffer);
	if (b->exporter.priv)
		exporter_close(&b->exporter);
	free(b->map);
	free(b->cpu);
	free(b->heat);
	free(b->scratch);
	card_finish(&b->card);
	memset(b, 0, sizeof(*b));
}

int bench_open(struct bench *b, uint32_t width, uint32_t height, struct why *why)
{
	int err;

	memset(b, 0, sizeof(*b));
	width = width * 4 / options.format->bytes; /* as many cells in all formats */
	if (options.format->planes == 2)	   /* squares of 2 x 2 pixels */
		height += height % 2;
	err = card_init(&b->card, options.format->fourcc, width, height);
	if (err)
		return why_set(why, err, "card_init: %s", strerror(-err));
	b->cells = (size_t)b->card.cols * b->card.rows;
	b->map = malloc(b->cells * sizeof(*b->map));
	b->cpu = malloc(b->cells * sizeof(*b->cpu));
	b->heat = malloc(b->cells * sizeof(*b->heat));
	b->scratch = malloc((size_t)row_bytes(&b->card) * b->card.rows);
	err = open_exporter(&b->exporter, options.exporter, why);
	if (!err)
		err = exporter_alloc(&b->exporter, width, height, b->card.fourcc, &b->buffer, why);
	if (!err)
		err = open_peer(&b->peer, &b->card, why);
	if (!err)
		err = b->peer.ops->import(&b->peer, &b->buffer, &b->image, why);
	if (err)
		bench_close(b);
	return err;
}

bool begin(struct bench *b, enum access_flags flags)
{
	int err = access_wait(&b->buffer.access, flags, WAIT_MS);

	if (!err)
		err = access_begin(&b->buffer.access, flags);
	return expect(!err, "START: %s", strerror(-err));
}

bool end(struct bench *b, enum access_flags flags)
{
	int err = access_end(&b->buffer.access, flags);

	if (!err)
		err = access_submit(&b->buffer.access);
	return expect(!err, "END: %s", strerror(-err));
}

uint32_t serial_of(const struct bench *b)
{
	return card_serial(RUN, b->buffer.number);
}

struct card_expect whole_of(const struct bench *b, uint32_t frame)
{
	return (struct card_expect){
		.serial = serial_of(b), .frame = frame, .part = card_whole(&b->card), .rest = frame
	};
}

void draw(struct bench *b, uint32_t serial, uint32_t frame, struct card_area area)
{
	card_draw(&b->card, serial, frame, area, buffer_pixels(&b->buffer), b->buffer.stride);
}

bool judge(struct bench *b, const struct card_expect *e)
{
	if (!begin(b, ACCESS_READ))
		return false;
	card_judge(&b->card, e, buffer_pixels(&b->buffer), b->buffer.stride, b->cpu);
	return end(b, ACCESS_READ);
}

bool read_and_compare(struct bench *b, const struct card_expect *e, struct cell_count *count)
{
	struct why why = { "" };
	int err;

	memset(b->map, 0xee, b->cells * sizeof(*b->map));
	memset(b->heat, 0xee, b->cells * sizeof(*b->heat));
	err = b->peer.ops->read(&b->peer, b->image, e, b->map, b->heat, &why);
	if (!expect(!err, "read: %s", why.text) || !judge(b, e))
		return false;
	for (size_t i = 0; i < b->cells; i++) {
		unsigned int col = (unsigned int)(i % b->card.cols);
		unsigned int row = (unsigned int)(i / b->card.cols);

		if (!expect(!memcmp(&b->map[i], &b->cpu[i], sizeof(b->map[i])),
			    "cell %u,%u: the peer says %s by %u, the CPU %s by %u", col, row,
			    cell_kind_name(b->map[i].kind), cell_verdict_by(b->map[i]),
			    cell_kind_name(b->cpu[i].kind), cell_verdict_by(b->cpu[i])) ||
		    !expect(b->heat[i] == cell_colour(b->map[i]), "cell %u,%u: colour 0x%08x", col,
			    row, b->heat[i]))
			return false;
	}
	memset(count, 0, sizeof(*count));
	cell_count_add(count, &b->card, e->frame, b->map);
	/* Not wanted is not written. */
	err = b->peer.ops->read(&b->peer, b->image, e, b->map, NULL, &why);
	return expect(!err, "read without heatmap: %s", why.text);
}

bool all_fresh(struct bench *b, const struct card_expect *e)
{
	struct cell_count count;

	return read_and_compare(b, e, &count) &&
	       expect(cell_count_clean(&count), "%llu of %llu cells fresh",
		      (unsigned long long)count.kind[CELL_FRESH],
		      (unsigned long long)count.checked);
}

const uint8_t *elsewhere(struct bench *b, uint32_t frame, uint32_t col, uint32_t row)
{
	size_t stride = row_bytes(&b->card);

	card_draw(&b->card, serial_of(b), frame, card_whole(&b->card), b->scratch, stride);
	return b->scratch + row * stride + (size_t)col * CARD_CELL_BYTES;
}
