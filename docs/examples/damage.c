// SPDX-License-Identifier: MIT
/* Updates a part of a dma-buf: START(RW), since the rest must stay as it is; WRITE would not do.
 * Needs access.c and access.h, nothing else: cc -o damage damage.c access.c */
#define _GNU_SOURCE /* memfd_create() and its seals */
#include <err.h>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "access.h"

enum { WIDTH = 1024, HEIGHT = 512, STRIDE = WIDTH * 4, SIDE = 40, FRAMES = 60 };
static void must(int result, const char *what)
{
	if (result < 0)
		errx(1, "%s: %s", what, strerror(-result));
}

static int make_dmabuf(void) /* a sealed memfd of whole pages; any exporter will do */
{
	struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = STRIDE * HEIGHT };
	int device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), fd = -1;
	int memfd = memfd_create("damage", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	create.memfd = (uint32_t)memfd;
	if (device < 0 || ftruncate(memfd, STRIDE * HEIGHT) < 0 ||
	    fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK) < 0 ||
	    (fd = ioctl(device, UDMABUF_CREATE, &create)) < 0)
		err(1, "/dev/udmabuf");
	close(memfd); /* the dma-buf holds its pages; only the dma-buf's map is SYNC's business */
	close(device);
	return fd;
}

int main(void)
{
	int fd = make_dmabuf();
	struct access access;
	size_t size;
	void *map;

	must(access_map(fd, ACCESS_RW, &size, &map), "map");
	access_init(&access, fd, ACCESS_ENFORCE);
	for (uint32_t frame = 0; frame < FRAMES; frame++) {
		uint32_t left = frame * 10, *pixels = map; /* a square that moves to the right */
		/* With Wayland: after release; of several buffers each is as old as its last turn: draw what changed since. */
		must(access_wait(&access, ACCESS_RW, 1000), "wait");
		must(access_begin(&access, ACCESS_RW), "START");
		for (uint32_t i = 0; i < SIDE * SIDE; i++) /* ^= reads, so RW it must be */
			pixels[(100 + i / SIDE) * WIDTH + left + i % SIDE] ^= 0x00ffffff;
		must(access_end(&access, ACCESS_RW), "END");
		must(access_submit(&access), "submit");
		/* Here: attach, wl_surface_damage_buffer(surface, left, 100, SIDE, SIDE), commit. */
	}
	printf("updated %d squares of %dx%d, restarts: %u\n", FRAMES, SIDE, SIDE, access.restarts);
	return munmap(map, size) || close(fd);
}
