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

int buffer_layout(struct buffer *buffer, uint32_t width, uint32_t height, uint32_t fourcc,
		  size_t *size, struct why *why)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
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

	stride = (uint64_t)width * format->bytes;
	stride = (stride + STRIDE_ALIGN - 1) / STRIDE_ALIGN * STRIDE_ALIGN;
	bytes = (stride * pixel_format_rows(format, height) + page - 1) / page * page;
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
	*size = (size_t)bytes;
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

int buffer_adopt(struct buffer *buffer, int fd, struct why *why)
{
	char name[DMA_BUF_NAME_LEN]; /* R29: under 32 bytes with its NUL */
	int err;

	buffer->fd = fd;
	buffer->map = NULL;

	err = check_close_on_exec(fd, why);
	if (err)
		goto fail;

	err = access_map(fd, ACCESS_RW, &buffer->size, &buffer->map);
	if (err) {
		why_not_mapped(why, err, fd);
		goto fail;
	}

	err = check_size(buffer, why);
	if (err)
		goto fail;

	/* For people who look into fdinfo or debugfs. Kernels before 5.3 can't: no harm. */
	snprintf(name, sizeof(name), "staleline %" PRIu32, buffer->number);
	ioctl(fd, DMA_BUF_SET_NAME, name);

	access_init(&buffer->access, fd, ACCESS_ENFORCE);
	return 0;

fail:
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
	buffer->fd = -1;
	buffer->access.fd = -1; /* a late call gets EBADF, not whoever has this number next */
}
