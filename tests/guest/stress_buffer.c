// SPDX-License-Identifier: MIT
/* Buffers: create, export, import, pass on, close. */
#include <drm.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kmod_stress.h"

struct item *some_item(struct worker *w, bool with_fd)
{
	uint32_t first = below(&w->c, NITEMS);

	for (uint32_t i = 0; i < NITEMS; i++) {
		struct item *b = &w->items[(first + i) % NITEMS];

		if (b->handle && (!with_fd || b->fd >= 0))
			return b;
	}
	return NULL;
}

struct item *free_place(struct worker *w)
{
	for (uint32_t i = 0; i < NITEMS; i++)
		if (!w->items[i].handle)
			return &w->items[i];
	return NULL;
}

/* In an order of its own each time: whoever is last frees it. */
void drop_item(struct worker *w, struct item *b)
{
	bool fd_first = once_in(&w->c, 2);

	if (b->fb && once_in(&w->c, 2))
		call(w->cards[b->card], DRM_IOCTL_MODE_RMFB, &b->fb);
	if (fd_first && b->fd >= 0)
		close(b->fd);
	close_handle(w->cards[b->card], b->handle);
	if (!fd_first && b->fd >= 0)
		close(b->fd);
	*b = (struct item){ .fd = -1 };
}

static int op_create(struct worker *w)
{
	struct item *b = free_place(w);
	int ret;

	if (!b)
		return NOTHING;
	b->card = below(&w->c, NCARDS);
	b->width = 16 * (1 + below(&w->c, 16));
	b->height = 1 + below(&w->c, 64);
	/* For the cursor, for the screen, large */
	if (once_in(&w->c, 4))
		b->width = b->height = 64;
	if (once_in(&w->c, 4) && w->kms.nplanes) {
		b->width = w->kms.modes[0].hdisplay;
		b->height = w->kms.modes[0].vdisplay;
	}
	if (once_in(&w->c, 32))
		b->width = b->height = 1024;
	ret = dumb(w->cards[b->card], b->width, b->height, 32, &b->handle, &b->size);
	if (ret)
		*b = (struct item){ .fd = -1 };
	return ret;
}

static int op_export(struct worker *w)
{
	struct item *b = some_item(w, false);
	int fd;

	if (!b)
		return NOTHING;
	fd = export(w->cards[b->card], b->handle, below(&w->c, 4) ? DRM_CLOEXEC : DRM_RDWR);
	if (fd < 0)
		return fd;
	if (b->fd >= 0)
		close(b->fd);
	b->fd = fd;
	return 0;
}

/* Takes @fd, whatever comes of it. */
static int take(struct worker *w, int fd, uint64_t size)
{
	struct item *b = free_place(w);
	int ret = NOTHING;

	if (b) {
		b->card = below(&w->c, NCARDS);
		b->width = 256;
		b->height = 1;
		b->size = size;
		ret = import(w->cards[b->card], fd, &b->handle);
		if (!ret) {
			b->fd = fd;
			/* The same buffer gives the same handle twice: one place is enough. */
			for (uint32_t i = 0; i < NITEMS; i++) {
				struct item *o = &w->items[i];

				if (o == b || o->handle != b->handle || o->card != b->card)
					continue;
				b->handle = 0;
			}
		}
	}
	if (!b || ret || !b->handle) {
		close(fd);
		if (b)
			*b = (struct item){ .fd = -1 };
	}
	return ret;
}

static int op_import_self(struct worker *w)
{
	struct item *b = some_item(w, true);
	int fd = b ? fcntl(b->fd, F_DUPFD_CLOEXEC, 0) : -1;

	return fd < 0 ? NOTHING : take(w, fd, b->size);
}

static int op_import_foreign(struct worker *w)
{
	size_t size = PAGE * (1 + below(&w->c, 64));
	int fd = foreign_dmabuf(below(&w->c, FOREIGN_KINDS), size);

	return fd < 0 ? fd : take(w, fd, size);
}

static int op_send(struct worker *w)
{
	struct item *b = some_item(w, true);

	return b ? send_fd(w->pool[0], b->fd) : NOTHING;
}

static int op_receive(struct worker *w)
{
	int fd = receive_fd(w->pool[1]);
	off_t size;

	if (fd < 0)
		return NOTHING;
	size = lseek(fd, 0, SEEK_END);
	return take(w, fd, size > 0 ? (uint64_t)size : 0);
}

static int op_close(struct worker *w)
{
	struct item *b = some_item(w, false);

	if (!b)
		return NOTHING;
	drop_item(w, b);
	return 0;
}

/* The handle goes and the dma-buf stays, or the other way round. */
static int op_close_half(struct worker *w)
{
	struct item *b = some_item(w, true);

	if (!b)
		return NOTHING;
	if (once_in(&w->c, 2)) {
		send_fd(w->pool[0], b->fd);
		close_handle(w->cards[b->card], b->handle);
		close(b->fd);
		*b = (struct item){ .fd = -1 };
	} else {
		close(b->fd);
		b->fd = -1;
	}
	return 0;
}

/* The whole file, with all handles, framebuffers and syncobjs on it. */
static int op_reopen(struct worker *w)
{
	uint32_t which = below(&w->c, NCARDS);
	int fd = open_card("staleline");

	if (fd < 0)
		return -errno;
	close(w->cards[which]);
	w->cards[which] = fd;
	kms_get(fd, &w->kms);
	for (uint32_t i = 0; i < NITEMS; i++) {
		struct item *b = &w->items[i];

		if (!b->handle || b->card != which)
			continue;
		if (b->fd >= 0)
			close(b->fd);
		*b = (struct item){ .fd = -1 };
	}
	for (uint32_t i = 0; i < NSYNCOBJS; i++)
		if (w->syncobjs[i].card == which)
			w->syncobjs[i].handle = 0;
	return 0;
}

const struct op buffer_ops[] = {
	{ "create", op_create, 40, 0 },
	{ "export", op_export, 30, 0 },
	{ "import its own", op_import_self, 15, 0 },
	{ "import foreign", op_import_foreign, 8, NEED_UDMABUF },
	{ "send", op_send, 10, 0 },
	{ "import from another process", op_receive, 12, 0 },
	{ "close", op_close, 20, 0 },
	{ "close half", op_close_half, 10, 0 },
	{ "reopen the card", op_reopen, 2, 0 },
};
const unsigned int nbuffer_ops = sizeof(buffer_ops) / sizeof(*buffer_ops);
