// SPDX-License-Identifier: MIT
/*
 * A driver in a kernel thread that touches a buffer with the CPU, beside a device that has mapped it: its begin and end
 * sync as anybody's do, and are no process's bracket. A room of kmod_dma.
 */
#include <unistd.h>

#include "kmod_dma.h"

/* All that is counted of brackets. */
static uint64_t brackets_of(const struct buffer *b)
{
	uint64_t n = 0;

	for (int i = 0; i <= DRM_STALELINE_ABANDONED; i++)
		n += counter(b, (enum drm_staleline_counter)i);
	return n;
}

void test_thread(const struct kind *kind)
{
	struct buffer b = make_kind(kind);
	int device = importer_of(b.fd), thread = importer_thread(b.fd);
	uint64_t before = kind->mode >= 0 ? brackets_of(&b) : 0;

	importer_fill(device, FAR, SIZE);
	sees(kind, importer_byte(thread, FIRST), FAR, "a kernel thread reads what a device wrote");
	sees(kind, importer_byte(thread, SIZE - 1), FAR, "to the last byte, by its own map");
	importer_fill(thread, NEW, LINE);
	sees(kind, importer_byte(device, FIRST), NEW, "the device sees what the thread stored");
	sees(kind, importer_byte(device, NEXT), FAR, "and what was there beside it");
	sees(kind, importer_byte(thread, FIRST), NEW, "the thread finds it again");
	close(thread);
	if (kind->mode >= 0)
		sees(kind, (int)(brackets_of(&b) - before), 0, "none of it counts as a bracket");
	bracket(&b, START | READ);
	sees(kind, b.cpu[FIRST], NEW, "and the CPU sees it all");
	sees(kind, b.cpu[NEXT], FAR, "by START");
	bracket(&b, END | READ);
	close(device);
	drop_kind(kind, &b);
}
