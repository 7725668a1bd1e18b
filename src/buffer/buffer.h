/* SPDX-License-Identifier: MIT */
/*
 * buffer: what a dma-buf is to us: a descriptor, a map, a size, a layout and a number.
 *
 * A buffer is made by an exporter (exporter.h), mapped once (R11) and touched only through its
 * `access` (access.h).
 *
 * Two planes lie in one dma-buf, the second behind the first; or each lies in a dma-buf of its own,
 * as decoders and cameras give them: disjoint, as Vulkan calls it (V4L2: not contiguous). Then both
 * are mapped next to each other, and the first plane lies at the end of its dma-buf: so to the CPU,
 * which draws rows, the one is as the other.
 *
 *	one dma-buf	|offset| plane 0 | plane 1 |
 *	disjoint	|    offset | plane 0 || plane 1 |	"||": here the second dma-buf begins
 */
#ifndef STALELINE_BUFFER_H
#define STALELINE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pixel_format.h"
#include "base/why.h"
#include "buffer/access.h"

struct exporter;

struct buffer {
	int fd;	     /* the dma-buf, read-write, close-on-exec from birth (R26, R28); owned */
	void *map;   /* mmap of fd, MAP_SHARED, read and write, whole size (R25, R26); owned */
	size_t size; /* bytes of that map, by lseek(fd, 0, SEEK_END) (R27) */

	bool disjoint;	   /* @fd is of the first plane alone: */
	int second;	   /* that of the second, as @fd; owned; -1: there is none */
	size_t first_size; /* bytes of the first, where the second begins in @map */

	uint32_t width, height; /* pixels */
	uint32_t fourcc;	/* DRM_FORMAT_* */
	uint64_t modifier;	/* DRM_FORMAT_MOD_LINEAR: what the CPU needs */
	uint32_t offset;	/* bytes from the start of the (first) dma-buf to the first pixel */
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

/*
 * Bytes that a row of @fourcc takes for each pixel;
 * 0 for a format that is not one of ours (base/pixel_format.h).
 */
uint32_t buffer_pixel_bytes(uint32_t fourcc);

/*
 * A second plane lies behind the first, with the same stride:
 * rows of all of them. 0 for a format that is not ours.
 */
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

/* How many dma-bufs it is made of. The functions below count them from 0. */
static inline uint32_t buffer_parts(const struct buffer *buffer)
{
	return buffer->disjoint ? 2 : 1;
}

static inline int buffer_part_fd(const struct buffer *buffer, uint32_t part)
{
	return part ? buffer->second : buffer->fd;
}

/* Where the dma-buf begins in the map, and its bytes. */
static inline size_t buffer_part_start(const struct buffer *buffer, uint32_t part)
{
	return part ? buffer->first_size : 0;
}

static inline size_t buffer_part_size(const struct buffer *buffer, uint32_t part)
{
	size_t end = buffer->disjoint && !part ? buffer->first_size : buffer->size;

	return end - buffer_part_start(buffer, part);
}

/* The dma-buf that plane @plane lies in, and where it begins there, in bytes. */
static inline uint32_t buffer_plane_part(const struct buffer *buffer, uint32_t plane)
{
	return buffer->disjoint ? plane : 0;
}

static inline int buffer_plane_fd(const struct buffer *buffer, uint32_t plane)
{
	return buffer_part_fd(buffer, buffer_plane_part(buffer, plane));
}

static inline uint32_t buffer_plane_offset(const struct buffer *buffer, uint32_t plane)
{
	return buffer->offset + plane * buffer->height * buffer->stride -
	       (uint32_t)buffer_part_start(buffer, buffer_plane_part(buffer, plane));
}

/*
 * For exporters that hand out bare memory and so choose the layout: fill the layout fields
 * (@disjoint is set already), LINEAR, with a stride that suits importers, and tell the
 * @size to allocate, in whole pages, of all dma-bufs together. -EINVAL for no pixels, an
 * unknown format, a size that it can't have or disjoint planes where there is one,
 * -EOVERFLOW for too many pixels, with @why.
 */
int buffer_layout(struct buffer *buffer, uint32_t width, uint32_t height, uint32_t fourcc,
		  size_t *size, struct why *why);

/*
 * Rows that dma-buf @part has to hold, and the bytes that takes in whole pages:
 * of a layout with its stride.
 */
uint32_t buffer_part_rows(const struct buffer *buffer, uint32_t part);
size_t buffer_part_bytes(const struct buffer *buffer, uint32_t part);

/*
 * For exporters: take over @fd (owned from here on, closed on failure too), find its size, map it,
 * name it "staleline N" (R29; a kernel that can't name is no error), and set up its access.
 * The layout fields must be filled before; a size too small for them is -EOVERFLOW. An fd that is
 * not close-on-exec is -EINVAL (R28), a read-only one -EACCES (R26).
 */
int buffer_adopt(struct buffer *buffer, int fd, struct why *why);

/*
 * The same for all dma-bufs of a buffer, one or two: @make makes dma-buf @part, and gives
 * its descriptor or -errno with @why. It may change the stride, the same each time. Nothing
 * is left behind on failure.
 */
int buffer_make(struct buffer *buffer,
		int (*make)(void *data, struct buffer *buffer, uint32_t part, struct why *why),
		void *data, struct why *why);

/* For exporters: unmap and close. May be called on a zeroed buffer with fd = -1. */
void buffer_disown(struct buffer *buffer);

#endif
