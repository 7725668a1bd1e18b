// SPDX-License-Identifier: MIT
/*
 * Buffers: descriptor, name, layout, and what is written comes back; what can't be had.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "exporters.h"

/* R30: the kernel's own words about the descriptor. */
static void check_fdinfo(const struct buffer *buffer)
{
	char path[64], text[1024] = "", name[48], size[48];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", buffer->fd);
	file = fopen(path, "re");
	n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	text[n] = '\0';
	if (file)
		fclose(file);

	snprintf(name, sizeof(name), "name:\tstaleline %" PRIu32 "\n", buffer->number);
	snprintf(size, sizeof(size), "size:\t%zu\n", buffer->size);
	ok(has(text, name), text, "fdinfo has its name, staleline %" PRIu32, buffer->number);
	ok(has(text, size), text, "fdinfo agrees on its size, %zu", buffer->size);
}

static void check_descriptor(const struct buffer *buffer)
{
	int fd_flags = fcntl(buffer->fd, F_GETFD), fl = fcntl(buffer->fd, F_GETFL);

	ok(fd_flags >= 0 && (fd_flags & FD_CLOEXEC), "F_GETFD", "the fd is close-on-exec");
	ok(fl >= 0 && (fl & O_ACCMODE) == O_RDWR, "F_GETFL", "the fd is read-write");
}

static void check_layout(const struct buffer *buffer, uint32_t width, uint32_t height)
{
	char why[160];

	snprintf(why, sizeof(why), "%ux%u stride %u offset %u modifier %" PRIx64 " size %zu",
		 buffer->width, buffer->height, buffer->stride, buffer->offset, buffer->modifier,
		 buffer->size);
	ok(buffer->width == width && buffer->height == height &&
		   buffer->fourcc == DRM_FORMAT_XRGB8888 && buffer->stride >= width * 4 &&
		   buffer->modifier == DRM_FORMAT_MOD_LINEAR &&
		   buffer->offset + (uint64_t)buffer->stride * (height - 1) + width * 4 <=
			   buffer->size,
	   why, "the layout fits: %s", why);
}

static uint32_t pattern(uint32_t x, uint32_t y, uint32_t seed)
{
	return (x * 2654435761u) ^ (y * 40503u) ^ seed;
}

static void write_pattern(struct buffer *buffer, uint32_t seed)
{
	char *pixels = buffer_pixels(buffer);

	for (uint32_t y = 0; y < buffer->height; y++) {
		uint32_t *row = (uint32_t *)(pixels + (size_t)y * buffer->stride);

		for (uint32_t x = 0; x < buffer->width; x++)
			row[x] = pattern(x, y, seed);
	}
}

/* How many pixels are not the pattern's, through @map. */
static unsigned int count_wrong(const struct buffer *buffer, const void *map, uint32_t seed)
{
	const char *pixels = (const char *)map + buffer->offset;
	unsigned int wrong = 0;

	for (uint32_t y = 0; y < buffer->height; y++) {
		const uint32_t *row = (const uint32_t *)(pixels + (size_t)y * buffer->stride);

		for (uint32_t x = 0; x < buffer->width; x++)
			wrong += row[x] != pattern(x, y, seed);
	}
	return wrong;
}

void check_access(struct buffer *buffer, uint32_t seed)
{
	struct access *access = &buffer->access;
	unsigned int wrong = ~0u;
	size_t size = 0;
	void *map = NULL;
	char why[120];
	int wait, begin, end, submit, err;

	wait = access_wait(access, ACCESS_WRITE, 1000);
	begin = access_begin(access, ACCESS_WRITE);
	if (!begin)
		write_pattern(buffer, seed);
	end = access_end(access, ACCESS_WRITE);
	submit = access_submit(access);
	snprintf(why, sizeof(why), "wait %d begin %d end %d submit %d", wait, begin, end, submit);
	ok(!wait && !begin && !end && !submit, why, "a WRITE frame: %s", why);

	err = access_map(buffer->fd, ACCESS_READ, &size, &map);
	if (!ok(!err && size == buffer->size && map != buffer->map, strerror(-err), "a second map"))
		return;
	wait = access_wait(access, ACCESS_READ, 1000);
	begin = access_begin(access, ACCESS_READ);
	if (!begin)
		wrong = count_wrong(buffer, map, seed);
	end = access_end(access, ACCESS_READ);
	munmap(map, size);
	snprintf(why, sizeof(why), "wait %d begin %d end %d, %u wrong pixels", wait, begin, end,
		 wrong);
	ok(!wait && !begin && !end && wrong == 0, why,
	   "what was written comes back through the second map");
	ok(access->violations == 0, access->violation ? access->violation : "", "no rule broken");
}

static const struct {
	uint32_t width, height;
} sizes[] = { { 256, 64 }, { 64, 64 }, { 333, 77 }, { 17, 5 }, { 1, 1 }, { 1919, 1079 } };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* All sizes at once, so that several buffers are alive. */
void check_sizes(struct exporter *exporter)
{
	struct buffer buffers[SIZES];
	struct why why = { "" };

	for (uint32_t i = 0; i < SIZES; i++) {
		int err = exporter_alloc(exporter, sizes[i].width, sizes[i].height,
					 DRM_FORMAT_XRGB8888, &buffers[i], &why);

		if (!ok(!err, why.text, "%s allocates %ux%u", exporter->ops->name, sizes[i].width,
			sizes[i].height))
			continue;
		ok(buffers[i].number == i + 1, "number", "it is number %u", i + 1);
		check_descriptor(&buffers[i]);
		check_fdinfo(&buffers[i]);
		check_layout(&buffers[i], sizes[i].width, sizes[i].height);
		check_access(&buffers[i], i);
	}
	ok(count_maps() == (int)SIZES, "maps", "%d maps of dma-bufs, one each", (int)SIZES);
	/* The first still holds its own: no two share memory. */
	if (buffers[0].fd >= 0 && !access_wait(&buffers[0].access, ACCESS_READ, 1000) &&
	    !access_begin(&buffers[0].access, ACCESS_READ)) {
		ok(count_wrong(&buffers[0], buffers[0].map, 0) == 0, "pixels",
		   "the first buffer kept its pixels while the others were written");
		access_end(&buffers[0].access, ACCESS_READ);
	}
	for (uint32_t i = 0; i < SIZES; i++)
		exporter_free(&buffers[i]);
	ok(count_maps() == 0, "maps", "freed, none is mapped");
}

/* What can't be had, and that the message names @word. */
static void check_refused(struct exporter *exporter, uint32_t width, uint32_t height,
			  uint32_t fourcc, int expected, const char *word)
{
	struct buffer buffer;
	struct why why = { "" };
	int before = count_fds();
	int err = exporter_alloc(exporter, width, height, fourcc, &buffer, &why);

	printf("# %s\n", why.text);
	ok(err < 0 && (!expected || err == expected) && has(why.text, word), why.text,
	   "%s refuses %ux%u of format %08x: %s", exporter->ops->name, width, height, fourcc,
	   strerror(-err));
	if (!err)
		exporter_free(&buffer);
	ok(count_fds() == before, "fds", "and leaves no fd");
}

void check_limits(struct exporter *exporter)
{
	const char *name = exporter->ops->name;

	check_refused(exporter, 0, 64, DRM_FORMAT_XRGB8888, -EINVAL, "no pixels");
	check_refused(exporter, 64, 64, DRM_FORMAT_NV16, -EINVAL, "NV16");
	check_refused(exporter, UINT32_MAX, UINT32_MAX, DRM_FORMAT_XRGB8888, -EOVERFLOW,
		      "too large");
	if (!strcmp(name, "udmabuf")) /* 4096 x 4 bytes x 4097: one row over 64 MiB */
		check_refused(exporter, 4096, 4097, DRM_FORMAT_XRGB8888, -EINVAL,
			      "limit of 64 MiB");
	if (!strcmp(name, "staleline")) /* 256 MiB is the limit */
		check_refused(exporter, 16384, 16383, DRM_FORMAT_XRGB8888, 0, "max_buffer_mib=");
	if (!strcmp(name, "dma-heap")) /* 1 TiB */
		check_refused(exporter, 1 << 19, 1 << 19, DRM_FORMAT_XRGB8888, -ENOMEM,
			      "more than an eighth");
}
