// SPDX-License-Identifier: MIT
/*
 * Overwrites a whole dma-buf, frame after frame: wait, START(WRITE), write, END(WRITE), submit.
 * Needs access.c and access.h, nothing else: cc -o overwrite overwrite.c access.c
 */
#define _GNU_SOURCE /* -std=c11 alone hides O_CLOEXEC */
#include <err.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "access.h"

enum { WIDTH = 1024, HEIGHT = 512, STRIDE = WIDTH * 4, FRAMES = 60 };

static void must(int result, const char *what)
{
	if (result < 0)
		errx(1, "%s: %s", what, strerror(-result));
}

static int make_dmabuf(void) /* any exporter will do; a heap is the shortest */
{
	struct dma_heap_allocation_data data = { .len = STRIDE * HEIGHT,
						 .fd_flags = O_RDWR | O_CLOEXEC }; /* R26, R28 */
	int heap = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);

	if (heap < 0 || ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data) < 0)
		err(1, "/dev/dma_heap/system");
	close(heap);
	return (int)data.fd;
}

int main(void)
{
	int fd = make_dmabuf();
	struct access access;
	size_t size;
	void *map;

	must(access_map(fd, ACCESS_WRITE, &size, &map), "map"); /* once, not each frame: R11 */
	access_init(&access, fd, ACCESS_ENFORCE);
	for (uint32_t frame = 0; frame < FRAMES; frame++) {
		/* With Wayland: after wl_buffer.release, and then this. */
		must(access_wait(&access, ACCESS_WRITE, 1000), "wait"); /* no device is at it */
		must(access_begin(&access, ACCESS_WRITE), "START");	/* now it is the CPU's */
		for (uint32_t *pixel = map, *end = pixel + WIDTH * HEIGHT; pixel < end; pixel++)
			*pixel = 0xff000000 | frame * 0x010204; /* every pixel, and none is read */
		must(access_end(&access, ACCESS_WRITE), "END"); /* written back, for all to see */
		must(access_submit(&access), "submit");
		/* Here: wl_surface_attach() and commit, glDraw...(), or a job for a device. */
	}
	printf("overwrote %d frames of %dx%d, restarts: %u\n", FRAMES, WIDTH, HEIGHT,
	       access.restarts);
	return munmap(map, size) || close(fd);
}
