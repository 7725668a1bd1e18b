// SPDX-License-Identifier: MIT
/*
 * Buffers that don't fit, are read-only or somebody else's: taken and right, or refused with words.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <linux/dma-heap.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "buffer/drm_node.h"
#include "egl_peer.h"

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

void test_refused(void)
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
void test_foreign_buffer(const char *exporter)
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
