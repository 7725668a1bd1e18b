// SPDX-License-Identifier: MIT
/*
 * perform_map: a map that an order makes for itself, right or wrong. Right is one for a buffer's
 * whole life (R11), and that is the buffer's own; here the making is what the order is about.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "order/perform.h"

/*
 * R26 broken: each page that is written to becomes a copy that no device sees;
 * where that is allowed at all.
 */
static int map_private(struct performance *p)
{
	const struct buffer *buffer = p->frame->buffer;
	void *map = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, buffer->fd, 0);

	if (map == MAP_FAILED)
		p->frame->seen.refused = -errno; /* the fault goes over it, and has no map */
	else
		p->map = map;
	return 0;
}

/* R25 broken: what SYNC does to the dma-buf need not be done to its memory's other names. */
static int map_memfd(struct performance *p)
{
	int fd = -EOPNOTSUPP;
	void *map;

	if (p->hands->memfd)
		fd = p->hands->memfd(p->hands->data, p->why);
	if (fd < 0)
		return fd;
	map = mmap(NULL, p->frame->buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return why_set(p->why, -errno, "mmap of the memfd of buffer %u: %s",
			       p->frame->buffer->number, strerror(errno));
	p->map = map;
	return 0;
}

static int map_shared(struct performance *p)
{
	size_t size;

	return access_map(p->frame->buffer->fd, ACCESS_RW, &size, &p->map);
}

int perform_map(struct performance *p, const struct order_step *step)
{
	p->mapped = true;
	if (p->frame->buffer->disjoint)
		return why_set(p->why, -EOPNOTSUPP,
			       "this order is about the map of one dma-buf, and buffer %u lies in "
			       "two (--planes=disjoint)",
			       p->frame->buffer->number);
	switch (step->map) {
	case ORDER_MAP_SHARED:
		return map_shared(p);
	case ORDER_MAP_PRIVATE:
		return map_private(p);
	case ORDER_MAP_MEMFD:
		return map_memfd(p);
	}
	return -EINVAL;
}

void perform_unmap(struct performance *p)
{
	if (p->map)
		munmap(p->map, p->frame->buffer->size);
	p->map = NULL;
}
