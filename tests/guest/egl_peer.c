// SPDX-License-Identifier: MIT
/*
 * The EGL peer on real dma-bufs, in the guest. TAP.
 *
 *	egl_peer --exporter=NAME [--format=NAME] [--gl=es3|es2] [--device=PATH|none] [--need]
 *
 * The peer is on the exporter's DRM device, where it has one, else on the first of this machine,
 * else on none. What can't run here is a SKIP with its reason; with --need it is a failure.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <linux/dma-heap.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "buffer/drm_node.h"
#include "card/encoding.h"
#include "egl_bench.h"

static void test_fresh(void)
{
	static const char name[] = "all cells fresh, 20 frames";
	struct bench b;
	struct why why = { "" };
	bool ok = true;

	if (bench_open(&b, 256, 64, &why)) {
		skip(name, why.text);
		return;
	}
	printf("# %s, stride %u\n", b.peer.path, b.buffer.stride);
	for (uint32_t frame = 0; ok && frame < 20; frame++) {
		struct card_expect e = whole_of(&b, frame);

		ok = begin(&b, ACCESS_WRITE);
		draw(&b, e.serial, frame, card_whole(&b.card));
		ok = ok && end(&b, ACCESS_WRITE) && all_fresh(&b, &e);
	}
	result(ok, name);
	bench_close(&b);
}

static void test_sizes(void)
{
	static const uint32_t size[][2] = {
		{ 16, 1 }, { 37, 3 }, { 250, 61 }, { 500, 1 }, { 1000, 70 }
	};

	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		struct bench b;
		struct why why = { "" };
		struct card_expect e;
		char name[40];
		bool ok;

		snprintf(name, sizeof(name), "all cells fresh, %ux%u", size[i][0], size[i][1]);
		if (bench_open(&b, size[i][0], size[i][1], &why)) {
			skip(name, why.text);
			continue;
		}
		e = whole_of(&b, FRAME);
		ok = begin(&b, ACCESS_WRITE);
		draw(&b, e.serial, FRAME, card_whole(&b.card));
		ok = ok && end(&b, ACCESS_WRITE) && all_fresh(&b, &e);
		result(ok, name);
		bench_close(&b);
	}
}

/* What is planted where. In the order of places, as cell_count_add() names them. */
static const struct plant {
	uint32_t col, row;
	enum cell_kind kind;
	uint32_t by;
} plants[] = {
	{ 0, 0, CELL_STALE, 1 },    { 15, 0, CELL_FOREIGN, 0 }, { 3, 1, CELL_STALE, 700 },
	{ 4, 1, CELL_TORN, 0 },	    { 7, 20, CELL_AHEAD, 3 },	{ 8, 20, CELL_UNWRITTEN, 0 },
	{ 9, 20, CELL_FOREIGN, 0 }, { 2, 63, CELL_INEXACT, 0 }, { 15, 63, CELL_STALE, 0x7ffff },
};

#define PLANTS (sizeof(plants) / sizeof(plants[0]))

/* Takes 64 bytes of the card @frame as drawn elsewhere; the map itself is not read (R10). */
static const uint8_t *elsewhere(struct bench *b, uint32_t frame, uint32_t col, uint32_t row)
{
	size_t stride = row_bytes(&b->card);

	card_draw(&b->card, serial_of(b), frame, card_whole(&b->card), b->scratch, stride);
	return b->scratch + row * stride + (size_t)col * CARD_CELL_BYTES;
}

/* Every channel a little off; or, where a byte is no channel, the lowest bit of each pixel that is judged. */
static void make_inexact(const struct bench *b, uint8_t *cell, const uint8_t *from)
{
	const struct card_encoding *encoding = card_encoding_find(b->card.fourcc, 0);

	for (int i = 0; i < CARD_CELL_BYTES; i += 4) {
		uint32_t word;

		memcpy(&word, from + i, 4);
		word ^= encoding->judged & -encoding->judged;
		memcpy(cell + i, &word, 4);
	}
	for (int i = 0; !encoding->packed && i < CARD_CELL_BYTES; i++)
		cell[i] = (uint8_t)(from[i] + (i & 1 ? 1 : -1));
}

static void plant(struct bench *b, const struct plant *p)
{
	uint8_t *cell = (uint8_t *)buffer_pixels(&b->buffer) + p->row * b->buffer.stride +
			p->col * CARD_CELL_BYTES;
	struct card_area here = { p->col, p->row, 1, 1 };
	const uint8_t *from;

	switch (p->kind) {
	case CELL_STALE:
		draw(b, serial_of(b), FRAME - p->by, here);
		break;
	case CELL_AHEAD:
		draw(b, serial_of(b), FRAME + p->by, here);
		break;
	case CELL_FOREIGN: /* another buffer at the top, another run below */
		draw(b,
		     p->row == 0 ? card_serial(RUN, b->buffer.number + 1)
				 : card_serial(RUN + 1, b->buffer.number),
		     FRAME, here);
		break;
	case CELL_TORN:
		from = elsewhere(b, FRAME - 1, p->col, p->row);
		memcpy(cell, from, 16);
		break;
	case CELL_UNWRITTEN:
		memset(cell, 0, CARD_CELL_BYTES);
		break;
	case CELL_INEXACT:
		from = elsewhere(b, FRAME, p->col, p->row);
		make_inexact(b, cell, from);
		break;
	default:
		break;
	}
}

static bool planted_as_told(const struct cell_count *count)
{
	uint64_t want[CELL_KINDS] = { 0 };
	bool ok = true;

	for (size_t i = 0; i < PLANTS; i++)
		want[plants[i].kind]++;
	want[CELL_FRESH] = count->checked - PLANTS;
	for (int kind = 0; kind < CELL_KINDS; kind++)
		ok &= expect(count->kind[kind] == want[kind], "%s: %llu cells, planted %llu",
			     cell_kind_name((enum cell_kind)kind),
			     (unsigned long long)count->kind[kind], (unsigned long long)want[kind]);
	ok &= expect(count->places == PLANTS, "%u places named", count->places);
	for (size_t i = 0; i < PLANTS && i < count->places; i++) {
		const struct cell_place *place = &count->first[i];

		ok &= expect(place->col == plants[i].col && place->row == plants[i].row &&
				     place->verdict.kind == plants[i].kind &&
				     cell_verdict_by(place->verdict) == plants[i].by,
			     "place %zu: %u,%u is %s by %u", i, place->col, place->row,
			     cell_kind_name(place->verdict.kind), cell_verdict_by(place->verdict));
	}
	return ok;
}

static void test_planted(void)
{
	static const char name[] = "planted faults: exactly these counts and places";
	struct bench b;
	struct why why = { "" };
	struct card_expect e;
	struct cell_count count;
	bool ok;

	if (bench_open(&b, 256, 64, &why)) {
		skip(name, why.text);
		return;
	}
	e = whole_of(&b, FRAME);
	ok = begin(&b, ACCESS_WRITE);
	draw(&b, e.serial, FRAME, card_whole(&b.card));
	for (size_t i = 0; i < PLANTS; i++)
		plant(&b, &plants[i]);
	ok = ok && end(&b, ACCESS_WRITE) && read_and_compare(&b, &e, &count) &&
	     planted_as_told(&count);
	result(ok, name);

	/* And all is well again after the next frame: nothing is remembered. */
	e = whole_of(&b, FRAME + 1);
	ok = begin(&b, ACCESS_WRITE);
	draw(&b, e.serial, FRAME + 1, card_whole(&b.card));
	ok = ok && end(&b, ACCESS_WRITE) && all_fresh(&b, &e);
	result(ok, "the next frame is fresh");
	bench_close(&b);
}

static void test_part(void)
{
	static const char name[] = "an update of a part: its frame inside, the older one around";
	struct card_area part = { 5, 7, 4, 9 };
	struct bench b;
	struct why why = { "" };
	struct card_expect e;
	struct cell_count count;
	bool ok;

	if (bench_open(&b, 256, 64, &why)) {
		skip(name, why.text);
		return;
	}
	e = (struct card_expect){ serial_of(&b), FRAME, part, FRAME - 1 };
	ok = begin(&b, ACCESS_WRITE);
	draw(&b, e.serial, FRAME - 1, card_whole(&b.card));
	ok = ok && end(&b, ACCESS_WRITE) && begin(&b, ACCESS_RW);
	draw(&b, e.serial, FRAME, part);
	ok = ok && end(&b, ACCESS_RW) && all_fresh(&b, &e);

	/* Told that all is of the new frame, the rest is stale by one. */
	e = whole_of(&b, FRAME);
	ok = ok && read_and_compare(&b, &e, &count) &&
	     expect(count.kind[CELL_FRESH] == 36 && count.kind[CELL_STALE] == count.checked - 36,
		    "%llu fresh, %llu stale", (unsigned long long)count.kind[CELL_FRESH],
		    (unsigned long long)count.kind[CELL_STALE]);
	result(ok, name);
	bench_close(&b);
}

/* The trailing pixels that no cell covers, as the CPU would have drawn them. */
static bool same_tail(struct bench *b, uint32_t frame)
{
	size_t stride = row_bytes(&b->card);
	bool ok = true;

	elsewhere(b, frame, 0, 0);
	if (!begin(b, ACCESS_READ))
		return false;
	for (uint32_t y = 0; y < b->card.height; y++) {
		const uint8_t *row =
			(const uint8_t *)buffer_pixels(&b->buffer) + y * b->buffer.stride;

		for (uint32_t i = b->card.cols * CARD_CELL_BYTES; i < stride; i++)
			ok &= i % 4 == 3 || row[i] == b->scratch[y * stride + i];
	}
	expect(ok, "the pixels after the last cell differ");
	return end(b, ACCESS_READ) && ok;
}

static void test_write(uint32_t width, uint32_t height)
{
	struct bench b;
	struct why why = { "" };
	char name[60];
	bool ok = true;

	snprintf(name, sizeof(name), "the peer writes %ux%u, the CPU reads", width, height);
	if (bench_open(&b, width, height, &why)) {
		skip(name, why.text);
		return;
	}
	for (uint32_t frame = FRAME; ok && frame < FRAME + 10; frame++) {
		struct card_expect e = whole_of(&b, frame);
		struct cell_count count = { 0 };
		int err;

		/* An older card of the CPU's below, so that what is missing shows. */
		ok = begin(&b, ACCESS_WRITE);
		draw(&b, e.serial, frame - 2, card_whole(&b.card));
		ok = ok && end(&b, ACCESS_WRITE);
		err = b.peer.ops->write(&b.peer, b.image, e.serial, frame, &why);
		if (err == -EOPNOTSUPP) {
			skip(name, why.text);
			bench_close(&b);
			return;
		}
		if (!err)
			err = b.peer.ops->finish(&b.peer, &why);
		ok = ok && expect(!err, "write: %s", why.text) && judge(&b, &e);
		cell_count_add(&count, &b.card, frame, b.cpu);
		ok = ok && expect(cell_count_clean(&count), "%llu of %llu cells fresh",
				  (unsigned long long)count.kind[CELL_FRESH],
				  (unsigned long long)count.checked);
		ok = ok && same_tail(&b, frame) && all_fresh(&b, &e);
	}
	result(ok, name);
	bench_close(&b);
}

/*
 * A dma-buf that was exported read-only: the first export of an object fixes its mode, so it takes
 * an object of its own. From the device where there is one, else from the system heap.
 */
static int export_read_only(const struct buffer *like)
{
	struct dma_heap_allocation_data heap = { .len = like->size,
						 .fd_flags = O_RDONLY | O_CLOEXEC };
	uint32_t handle, pitch;
	uint64_t size;
	int fd, made = -1, err = 0;

	fd = options.device[0] ? drm_node_open_fd(options.device)
			       : open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return options.device[0] ? fd : -errno;
	if (!options.device[0]) {
		if (ioctl(fd, DMA_HEAP_IOCTL_ALLOC, &heap) < 0)
			err = -errno;
		else
			made = (int)heap.fd;
	} else if (drmModeCreateDumbBuffer(fd, like->stride / 4, buffer_rows(like), 32, 0, &handle,
					   &pitch, &size) ||
		   drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC, &made) < 0) {
		err = -errno;
	}
	close(fd); /* and the object's handle with it */
	return err ? err : made;
}

static void refused(struct bench *b, const struct buffer *buffer, int want, const char *word,
		    const char *name)
{
	struct peer_image *image = NULL;
	struct why why = { "" };
	int err = b->peer.ops->import(&b->peer, buffer, &image, &why);

	printf("# %s\n", err ? why.text : "imported");
	result(expect(err == want, "import says %d", err) && expect(!image, "an image") &&
		       expect(strstr(why.text, word), "the message has no \"%s\"", word),
	       name);
	if (image)
		b->peer.ops->drop(&b->peer, image);
}

/* On a card node the descriptor's mode is no matter; a renderer that maps it itself needs both. */
static void test_read_only(struct bench *b)
{
	static const char taken[] = "a read-only dma-buf of the device is taken, read, drawn into";
	static const char not_taken[] = "a read-only dma-buf is refused with words";
	struct card_expect e = whole_of(b, FRAME);
	struct cell_count count = { 0 };
	struct peer_image *image = NULL;
	struct why why = { "" };
	struct buffer odd = b->buffer;
	int err;

	odd.fd = export_read_only(&b->buffer);
	if (odd.fd < 0) {
		skip(not_taken, strerror(-odd.fd));
	} else if (!strstr(b->peer.path, "llvmpipe")) {
		skip(not_taken, "this is no software renderer");
	} else if (!options.device[0]) {
		refused(b, &odd, -EOPNOTSUPP, "R26", not_taken);
	} else {
		err = b->peer.ops->import(&b->peer, &odd, &image, &why);
		if (!err)
			err = b->peer.ops->write(&b->peer, image, e.serial, FRAME, &why);
		if (!err)
			err = b->peer.ops->read(&b->peer, image, &e, b->map, NULL, &why);
		if (!err)
			cell_count_add(&count, &b->card, FRAME, b->map);
		result(expect(!err, "%s", why.text) && cell_count_clean(&count), taken);
		if (image)
			b->peer.ops->drop(&b->peer, image);
	}
	if (odd.fd >= 0)
		close(odd.fd);
}

static void test_refused(void)
{
	static const char name[] = "a buffer of another size is refused with words";
	struct bench b;
	struct why why = { "" };
	struct buffer odd;

	if (bench_open(&b, 256, 64, &why)) {
		skip(name, why.text);
		return;
	}
	odd = b.buffer;
	odd.width = 240;
	refused(&b, &odd, -EINVAL, "but the card is", name);

	odd = b.buffer;
	odd.modifier = DRM_FORMAT_MOD_BROADCOM_SAND128;
	refused(&b, &odd, -EOPNOTSUPP, "modifier", "a modifier EGL lacks is refused with words");

	test_read_only(&b);
	bench_close(&b);
}

/* A buffer of somebody else: taken and right, or refused with words; in no case a crash. */
static void test_foreign_buffer(const char *exporter)
{
	struct exporter other = { 0 };
	struct buffer buffer = { .fd = -1 };
	struct peer peer = { 0 };
	struct card card = { 0 };
	struct peer_image *image = NULL;
	struct why why = { "" };
	char name[80];
	int err;

	snprintf(name, sizeof(name), "a buffer of %s on this peer: right or refused", exporter);
	card_init(&card, options.format->fourcc, 256, 64);
	err = open_exporter(&other, exporter, &why);
	if (!err)
		err = exporter_alloc(&other, 256, 64, card.fourcc, &buffer, &why);
	if (!err)
		err = open_peer(&peer, &card, &why);
	if (err) {
		skip(name, why.text);
	} else {
		struct card_expect e = { card_serial(RUN, buffer.number), FRAME, card_whole(&card),
					 FRAME };
		struct cell_verdict map[16 * 64];
		struct cell_count count = { 0 };

		access_wait(&buffer.access, ACCESS_WRITE, WAIT_MS);
		access_begin(&buffer.access, ACCESS_WRITE);
		card_draw(&card, e.serial, FRAME, card_whole(&card), buffer_pixels(&buffer),
			  buffer.stride);
		access_end(&buffer.access, ACCESS_WRITE);
		err = peer.ops->import(&peer, &buffer, &image, &why);
		if (!err)
			err = peer.ops->read(&peer, image, &e, map, NULL, &why);
		if (!err)
			cell_count_add(&count, &card, FRAME, map);
		printf("# %s\n", err ? why.text : "taken");
		result(err ? err == -EOPNOTSUPP && strlen(why.text) > 40 : cell_count_clean(&count),
		       name);
	}
	if (image)
		peer.ops->drop(&peer, image);
	if (peer.priv)
		peer.ops->close(&peer);
	if (buffer.map)
		exporter_free(&buffer);
	if (other.priv)
		exporter_close(&other);
	card_finish(&card);
}

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void test_leak(void)
{
	static const char name[] = "open, import, read, drop, close 20 times: no descriptor more";
	struct why why = { "" };
	int before = 0;
	bool ok = true;

	for (int i = 0; ok && i < 22; i++) {
		struct bench b;

		if (bench_open(&b, 64, 16, &why)) {
			skip(name, why.text);
			return;
		}
		struct card_expect e = whole_of(&b, FRAME);
		struct peer_image *again = NULL;

		ok = begin(&b, ACCESS_WRITE);
		draw(&b, e.serial, FRAME, card_whole(&b.card));
		ok = ok && end(&b, ACCESS_WRITE) && all_fresh(&b, &e) &&
		     !b.peer.ops->write(&b.peer, b.image, e.serial, FRAME, &why) &&
		     !b.peer.ops->finish(&b.peer, &why) &&
		     !b.peer.ops->import(&b.peer, &b.buffer, &again, &why);
		if (again)
			b.peer.ops->drop(&b.peer, again);
		ok = ok && all_fresh(&b, &e);
		expect(ok, "round %d: %s", i, why.text);
		bench_close(&b);
		if (i == 1) /* what libraries open once for good is open by now */
			before = count_fds();
	}
	result(ok && expect(count_fds() == before, "%d descriptors before, %d after", before,
			    count_fds()),
	       name);
}

/* The first device is as good as any: the guest has one or none. */
static int take_device(void *data, const char *path)
{
	snprintf(data, sizeof(options.device), "%s", path);
	return 1;
}

/* The node that the peer takes by itself: on a software driver only that one has dumb buffers. */
static void use_card_node(void)
{
	struct drm_node node;
	struct why why;

	if (!options.device[0] || drm_node_open(&node, options.device, &why))
		return;
	snprintf(options.device, sizeof(options.device), "%s", node.path);
	drm_node_close(&node);
}

static int usage(void)
{
	fprintf(stderr, "usage: egl_peer --exporter=NAME [--format=NAME] [--gl=es3|es2] "
			"[--device=PATH|none] [--need]\n");
	return 2;
}

static int parse(int argc, char **argv)
{
	const char *device = NULL;

	options.format = pixel_format_find(DRM_FORMAT_XRGB8888);
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "--exporter=", 11))
			options.exporter = argv[i] + 11;
		else if (!strncmp(argv[i], "--format=", 9))
			options.format = pixel_format_parse(argv[i] + 9);
		else if (!strcmp(argv[i], "--gl=es3"))
			options.gl = PEER_GL_ES3;
		else if (!strcmp(argv[i], "--gl=es2"))
			options.gl = PEER_GL_ES2;
		else if (!strncmp(argv[i], "--device=", 9))
			device = argv[i] + 9;
		else if (!strcmp(argv[i], "--need"))
			options.need = true;
		else
			return usage();
	}
	if (!options.exporter || !options.format)
		return usage();
	if (!device)
		drm_node_each(0, take_device, options.device);
	else if (strcmp(device, "none"))
		snprintf(options.device, sizeof(options.device), "%s", device);
	return 0;
}

int main(int argc, char **argv)
{
	int err = parse(argc, argv);

	if (err)
		return err;
	use_card_node();
	printf("TAP version 13\n# exporter %s, %s, peer on %s\n", options.exporter,
	       options.format->name, options.device[0] ? options.device : "no DRM device");
	test_fresh();
	test_sizes();
	test_planted();
	test_part();
	test_write(256, 64);
	test_write(250, 61);
	test_refused();
	if (options.format->fourcc == DRM_FORMAT_XRGB8888) { /* the same in all of them */
		test_foreign_buffer("udmabuf");
		test_foreign_buffer("dma-heap");
		test_leak();
	}
	printf("1..%d\n", tests);
	return failures != 0;
}
