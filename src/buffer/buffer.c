// SPDX-License-Identifier: MIT
/* buffer: what every exporter's dma-buf goes through to become a buffer. See buffer.h. */
#include "buffer/buffer.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Importers ask for a stride that their device can walk: many for 64 bytes, AMD's for 256. Every
 * one met so far divides 256, and so does the card's cell of 64 bytes: 256 suits all, for at most
 * 252 bytes a row.
 */
#define STRIDE_ALIGN 256

uint32_t buffer_pixel_bytes(uint32_t fourcc)
{
	const struct pixel_format *format = pixel_format_find(fourcc);

	return format ? format->bytes : 0;
}

uint32_t buffer_part_rows(const struct buffer *buffer, uint32_t part)
{
	uint32_t rows = buffer_rows(buffer);

	if (!buffer->disjoint)
		return rows;
	return part ? rows - buffer->height : buffer->height;
}

/* In whole pages. */
static uint64_t page_align(uint64_t bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

size_t buffer_part_bytes(const struct buffer *buffer, uint32_t part)
{
	return (size_t)page_align((uint64_t)buffer->stride * buffer_part_rows(buffer, part));
}

int buffer_layout(struct buffer *buffer, uint32_t width, uint32_t height, uint32_t fourcc,
		  size_t *size, struct why *why)
{
	const struct pixel_format *format = pixel_format_find(fourcc);
	uint64_t stride, bytes;

	if (!format)
		return why_set(why, -EINVAL, "format 0x%08" PRIx32 " (%.4s): not one of ours",
			       fourcc, (const char *)&fourcc);
	if (!width || !height)
		return why_set(why, -EINVAL, "a buffer of %" PRIu32 "x%" PRIu32 " has no pixels",
			       width, height);

	if (!pixel_format_fits(format, width, height))
		return why_set(why, -EINVAL,
			       "a buffer of %" PRIu32 "x%" PRIu32 ": %s has one colour for two "
			       "pixels%s: choose an even width%s",
			       width, height, format->name,
			       format->planes == 2 ? " of two rows" : "",
			       format->planes == 2 ? " and height" : "");

	if (buffer->disjoint && format->planes == 1)
		return why_set(why, -EINVAL,
			       "%s has one plane, and so lies in one dma-buf; NV12 and P010 have "
			       "two",
			       format->name);

	stride = (uint64_t)width * format->bytes;
	stride = (stride + STRIDE_ALIGN - 1) / STRIDE_ALIGN * STRIDE_ALIGN;
	bytes = page_align(stride * pixel_format_rows(format, height));
	/* linux-dmabuf and DRM carry strides in 32 bits, and as signed ones in places. */
	if (stride > INT32_MAX || bytes > INT64_MAX / 2 || bytes > SIZE_MAX / 2)
		return why_set(why, -EOVERFLOW, "a buffer of %" PRIu32 "x%" PRIu32 " is too large",
			       width, height);

	buffer->width = width;
	buffer->height = height;
	buffer->fourcc = fourcc;
	buffer->modifier = DRM_FORMAT_MOD_LINEAR;
	buffer->offset = 0;
	buffer->stride = (uint32_t)stride;
	*size = buffer_part_bytes(buffer, 0);
	if (buffer->disjoint)
		*size += buffer_part_bytes(buffer, 1);
	return 0;
}

/* R28: an fd that was not born close-on-exec has been open to every fork since. */
static int check_close_on_exec(int fd, struct why *why)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0)
		return why_set(why, -errno, "fd %d: %s", fd, strerror(errno));
	if (!(flags & FD_CLOEXEC))
		return why_set(
			why, -EINVAL,
			"R28: the exporter made fd %d without close-on-exec: a program started "
			"meanwhile would keep the buffer alive; export with DRM_CLOEXEC, "
			"UDMABUF_FLAGS_CLOEXEC or O_CLOEXEC",
			fd);
	return 0;
}

/* The last pixel must lie inside. The last row need not have its padding. */
static int check_size(const struct buffer *buffer, struct why *why)
{
	uint64_t need = buffer->offset + (uint64_t)buffer->stride * (buffer_rows(buffer) - 1) +
			(uint64_t)buffer->width * buffer_pixel_bytes(buffer->fourcc);

	if (need <= buffer->size)
		return 0;
	return why_set(
		why, -EOVERFLOW,
		"the dma-buf has %zu bytes, but %" PRIu32 "x%" PRIu32 " with stride %" PRIu32
		" and offset %" PRIu32 " needs %" PRIu64 ": the exporter told a wrong layout",
		buffer->size, buffer->width, buffer->height, buffer->stride, buffer->offset, need);
}

static int why_not_mapped(struct why *why, int err, int fd)
{
	switch (err) {
	case -EACCES:
		return why_set(
			why, err,
			"R26: fd %d is read-only, so the CPU may look but not write: it was "
			"exported without DRM_RDWR (or O_RDWR). The first export of an object "
			"settles that for good, so ours must come before any "
			"gbm_bo_get_fd() or EGL export",
			fd);
	case -ESPIPE:
	case -EBADF:
		return why_set(why, err, "R27: fd %d tells no size by lseek: %s; is it a dma-buf?",
			       fd, strerror(-err));
	default: /* -EINVAL among them: the core's word for an exporter without mmap */
		return why_set(why, err,
			       "R25: mmap of dma-buf fd %d: %s; not every exporter lets the CPU "
			       "in: take another exporter or another device",
			       fd, strerror(-err));
	}
}

/* Two dma-bufs next to each other. */
static int map_disjoint(struct buffer *buffer)
{
	char *at = mmap(NULL, buffer->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* These were addresses for both; and now over them what they are for. */
	if (at == MAP_FAILED)
		return -errno;
	for (uint32_t part = 0; part < buffer_parts(buffer); part++) {
		int err;

		if (mmap(at + buffer_part_start(buffer, part), buffer_part_size(buffer, part),
			 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			 buffer_part_fd(buffer, part), 0) != MAP_FAILED)
			continue;
		err = -errno;
		munmap(at, buffer->size);
		return err;
	}
	buffer->map = at;
	return 0;
}

/*
 * Both sizes; and where the first plane must lie so that the second follows it: at the end. The
 * exporter's stride is known by now.
 */
static int find_border(struct buffer *buffer, struct why *why)
{
	uint64_t first = (uint64_t)buffer->height * buffer->stride;
	off_t size[2];

	for (uint32_t part = 0; part < 2; part++) {
		size[part] = lseek(buffer_part_fd(buffer, part), 0, SEEK_END); /* R27 */
		if (size[part] < 0)
			return why_not_mapped(why, -errno, buffer_part_fd(buffer, part));
	}
	if ((uint64_t)size[0] < first || (uint64_t)size[0] - first > UINT32_MAX ||
	    page_align((uint64_t)size[0]) != (uint64_t)size[0])
		return why_set(why, -EOVERFLOW,
			       "the dma-buf of the first plane has %lld bytes: its %" PRIu32
			       " rows of %" PRIu32 " must fit, and it must end with a page",
			       (long long)size[0], buffer->height, buffer->stride);
	buffer->first_size = (size_t)size[0];
	buffer->size = (size_t)(size[0] + size[1]);
	buffer->offset = (uint32_t)((uint64_t)size[0] - first);
	return 0;
}

/* The map for life (R11). */
static int map_all(struct buffer *buffer, struct why *why)
{
	int err;

	if (buffer->disjoint) {
		err = find_border(buffer, why);
		if (err)
			return err;
		err = map_disjoint(buffer);
	} else {
		err = access_map(buffer->fd, ACCESS_RW, &buffer->size, &buffer->map);
	}
	return err ? why_not_mapped(why, err, buffer->fd) : 0;
}

/* For people who look into fdinfo or debugfs. Kernels before 5.3 can't: no harm. */
static void name_all(const struct buffer *buffer)
{
	for (uint32_t part = 0; part < buffer_parts(buffer); part++) {
		char name[DMA_BUF_NAME_LEN]; /* R29: under 32 bytes with its NUL */

		snprintf(name, sizeof(name), "staleline %" PRIu32 "%s", buffer->number,
			 !buffer->disjoint ? ""
			 : part		   ? " plane 1"
					   : " plane 0");
		ioctl(buffer_part_fd(buffer, part), DMA_BUF_SET_NAME, name);
	}
}

/* What every exporter's descriptors go through. @buffer owns them, on failure too. */
static int adopt(struct buffer *buffer, struct why *why)
{
	int err = 0;

	for (uint32_t part = 0; !err && part < buffer_parts(buffer); part++)
		err = check_close_on_exec(buffer_part_fd(buffer, part), why);
	if (!err)
		err = map_all(buffer, why);
	if (!err)
		err = check_size(buffer, why);
	if (err)
		return err;
	name_all(buffer);
	access_init(&buffer->access, buffer->fd, ACCESS_ENFORCE);
	if (!buffer->disjoint)
		return 0;
	err = access_add(&buffer->access, buffer->second);
	if (err)
		return why_set(why, err, "fd %d: %s", buffer->second, strerror(-err));
	if (!buffer->access.mores)
		return why_set(why, -EINVAL,
			       "fds %d and %d are of one dma-buf: two planes were to lie in two",
			       buffer->fd, buffer->second);
	return 0;
}

int buffer_adopt(struct buffer *buffer, int fd, struct why *why)
{
	int err;

	buffer->fd = fd;
	buffer->second = -1;
	buffer->map = NULL;
	err = adopt(buffer, why);
	if (err)
		buffer_disown(buffer);
	return err;
}

int buffer_make(struct buffer *buffer,
		int (*make)(void *data, struct buffer *buffer, uint32_t part, struct why *why),
		void *data, struct why *why)
{
	int *const fds[] = { &buffer->fd, &buffer->second };
	uint32_t stride = 0;
	int err = 0;

	buffer->fd = -1;
	buffer->second = -1;
	buffer->map = NULL;
	for (uint32_t part = 0; !err && part < buffer_parts(buffer); part++) {
		*fds[part] = make(data, buffer, part, why);
		if (*fds[part] < 0)
			err = *fds[part];
		else if (part && buffer->stride != stride)
			err = why_set(why, -EOPNOTSUPP,
				      "rows of the first plane are %" PRIu32
				      " bytes apart, those of "
				      "the second %" PRIu32 ": the card takes them to be the same",
				      stride, buffer->stride);
		stride = buffer->stride;
	}
	if (!err)
		err = adopt(buffer, why);
	if (err)
		buffer_disown(buffer);
	return err;
}

void buffer_disown(struct buffer *buffer)
{
	if (buffer->map)
		munmap(buffer->map, buffer->size);
	buffer->map = NULL;
	if (buffer->fd >= 0)
		close(buffer->fd);
	if (buffer->disjoint && buffer->second >= 0)
		close(buffer->second);
	buffer->fd = -1;
	buffer->second = -1;
	/* A late call gets EBADF, not whoever has this number next. */
	buffer->access.fd = -1;
	buffer->access.mores = 0;
}
