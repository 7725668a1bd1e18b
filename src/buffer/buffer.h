/* SPDX-License-Identifier: MIT */
/*
 * buffer: what a dma-buf is to us: a descriptor, a map, a size, a layout and a number.
 *
 * A buffer is made by an exporter (exporter.h), mapped once (R11) and touched only through its
 * `access` (access.h).
 */
#ifndef STALELINE_BUFFER_H
#define STALELINE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "base/pixel_format.h"
#include "base/why.h"
#include "buffer/access.h"

struct exporter;

struct buffer {
	int fd;	     /* the dma-buf, read-write, close-on-exec from birth (R26, R28); owned */
	void *map;   /* mmap of fd, MAP_SHARED, read and write, whole size (R25, R26); owned */
	size_t size; /* bytes, by lseek(fd, 0, SEEK_END) (R27) */

	uint32_t width, height; /* pixels */
	uint32_t fourcc;	/* DRM_FORMAT_* */
	uint64_t modifier;	/* DRM_FORMAT_MOD_LINEAR: what the CPU needs */
	uint32_t offset;	/* bytes from the start of the dma-buf to the first pixel */
	uint32_t stride;	/* bytes from one row to the next */

	uint32_t number; /* 1, 2, ...: the buffer's part of the card's serial */

	struct access access; /* the only way to touch map */

	struct exporter *exporter; /* not owned; must outlive the buffer */
	void *priv;		   /* the exporter's */
};

/* The first pixel as the CPU sees it. To be touched inside a bracket only (R1). */
static inline void *buffer_pixels(const struct buffer *buffer)
{
	return (char *)buffer->map + buffer->offset;
}

/* Bytes that a row of @fourcc takes for each pixel; 0 for a format that is not one of ours (base/pixel_format.h). */
uint32_t buffer_pixel_bytes(uint32_t fourcc);

/* A second plane lies behind the first, with the same stride: rows of all of them. 0 for a format that is not ours. */
static inline uint32_t buffer_rows(const struct buffer *buffer)
{
	const struct pixel_format *format = pixel_format_find(buffer->fourcc);

	return format ? pixel_format_rows(format, buffer->height) : 0;
}

static inline uint32_t buffer_planes(const struct buffer *buffer)
{
	const struct pixel_format *format = pixel_format_find(buffer->fourcc);

	return format ? format->planes : 1;
}

/* Where plane @plane begins, in bytes from the start of the dma-buf. */
static inline uint32_t buffer_plane_offset(const struct buffer *buffer, uint32_t plane)
{
	return buffer->offset + plane * buffer->height * buffer->stride;
}

/*
 * For exporters that hand out bare memory and so choose the layout: fill the layout fields, LINEAR,
 * with a stride that suits importers, and tell the @size to allocate, in whole pages. -EINVAL for no
 * pixels, an unknown format or a size that it can't have, -EOVERFLOW for too many, with @why.
 */
int buffer_layout(struct buffer *buffer, uint32_t width, uint32_t height, uint32_t fourcc,
		  size_t *size, struct why *why);

/*
 * For exporters: take over @fd (owned from here on, closed on failure too), find its size, map it,
 * name it "staleline N" (R29; a kernel that can't name is no error), and set up its access.
 * The layout fields must be filled before; a size too small for them is -EOVERFLOW. An fd that is
 * not close-on-exec is -EINVAL (R28), a read-only one -EACCES (R26).
 */
int buffer_adopt(struct buffer *buffer, int fd, struct why *why);

/* For exporters: unmap and close. May be called on a zeroed buffer with fd = -1. */
void buffer_disown(struct buffer *buffer);

#endif
