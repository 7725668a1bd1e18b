// SPDX-License-Identifier: MIT
/*
 * The maps of staleline.ko's buffers: who is on which side, whatever is done to a map; whose touch is noticed when, and what
 * the first one costs (kmod_maps_touch.c); brackets of several processes (kmod_maps_tasks.c). To be run as root in the
 * guest with the module loaded. Prints TAP.
 */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmod_maps.h"

/*
 * A driver that imports the buffer maps it for user space. vgem tells no offset for what it has
 * imported, but gives the first that is free: that of a buffer of the same size before it.
 */
static uint8_t *map_through_vgem(int vgem, const struct buffer *b, uint32_t *handle)
{
	struct drm_mode_map_dumb map = { 0 };

	if (dumb(vgem, 1024, (uint32_t)(b->size / 4096), 32, &map.handle, NULL) ||
	    call(vgem, DRM_IOCTL_MODE_MAP_DUMB, &map))
		return MAP_FAILED;
	close_handle(vgem, map.handle);
	if (import(vgem, b->fd, handle))
		return MAP_FAILED;
	return mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED, vgem, (off_t)map.offset);
}

static void check_importer(const struct buffer *b, volatile uint8_t *p)
{
	is(b->cpu[5], 0, "an importer's map: the CPU side has a copy");
	b->device[5] = 1;
	is(p[5], 1, "an importer's map sees the device side");
	p[6] = 2;
	ok(b->device[6] == 2 && b->cpu[6] == 0, "and stores to it");
	p[3 * 4096] = 3;
	is(b->device[3 * 4096], 3, "in its last page too");
	sync_buffer(b, START | RW);
	is(b->cpu[6], 2, "START brings it over");
	b->cpu[6] = 4;
	sync_buffer(b, END | RW);
	is(p[6], 4, "and END back");
	munmap((void *)p, 2 * 4096);
	is(p[3 * 4096], 3, "a part of it may be unmapped");
	set(b, with_mode(DRM_STALELINE_MODE_TRAP));
	p[2 * 4096] = 5;
	is((long long)counter(b, DRM_STALELINE_TRAP_WRITE), 0, "a trap is not for it");
}

static void test_importer_map(void)
{
	struct buffer b = make_noncoherent();
	int vgem = open_card("vgem");
	uint32_t handle = 0;
	uint8_t *p;

	if (vgem < 0) {
		skip("an importer's map", "no vgem");
		drop(&b);
		return;
	}
	p = map_through_vgem(vgem, &b, &handle);
	if (p == MAP_FAILED) {
		skip("an importer's map", "vgem doesn't map it at the offset expected");
	} else {
		check_importer(&b, p);
		munmap(p + 2 * 4096, 2 * 4096);
	}
	close_handle(vgem, handle);
	close(vgem);
	drop(&b);
}

/* Page offsets count, not addresses: the map moves, loses its beginning, is inherited. */
static void test_moved_map(uint32_t mode)
{
	struct buffer b = make(PAGES, mode);
	bool sides = mode == DRM_STALELINE_MODE_NONCOHERENT;
	volatile uint8_t *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, b.fd, 0);
	volatile uint8_t *q;

	p[3 * 4096] = 1;
	munmap((void *)p, 4096);
	q = mremap((void *)(p + 4096), 3 * 4096, 2 * 4096, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED, "mode %u: a map loses its beginning and its end", mode);
	q[0] = 2;
	is(b.cpu[4096], 2, "and shows the pages it showed before");
	q = mremap((void *)q, 2 * 4096, 2 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED,
		   mmap(NULL, 2 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	ok(q != MAP_FAILED, "it moves");
	q[4096] = 3;
	is(b.cpu[2 * 4096], 3, "and shows them still");
	is(mremap((void *)q, 2 * 4096, SIZE * 2, MREMAP_MAYMOVE) == MAP_FAILED ? errno : 0, EFAULT,
	   "it can't grow");
	sync_buffer(&b, END | RW);
	if (!fork()) {
		munmap((void *)q, 4096);
		q[4096] = 4;
		_exit(0);
	}
	wait(NULL);
	is(q[4096], 4, "a child that unmaps a part of it shares the rest");
	is(b.device[2 * 4096], sides ? 3 : 4, "on the same side");
	munmap((void *)q, 2 * 4096);
	drop(&b);
}

static void test_odd_maps(void)
{
	struct buffer b = make_noncoherent();
	static const size_t pages[] = { PAGES, PAGES + 1, 1UL << 51, (1UL << 51) - 1 };
	uint8_t byte = 0xff;
	struct iovec here = { &byte, 1 }, there = { (void *)b.cpu, 1 };
	int refused = 0;

	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		refused += mmap(NULL, 4096, PROT_READ, MAP_SHARED, b.fd,
				(off_t)(pages[i] * 4096)) == MAP_FAILED;
	is(refused, 4, "mmap from the end on, and from far beyond it, is refused");
	b.cpu[0] = 1;
	is(process_vm_readv(getpid(), &here, 1, &there, 1, 0) < 0 ? errno : 0, EFAULT,
	   "process_vm_readv can't read a map");
	is(madvise((void *)b.cpu, SIZE, MADV_DONTNEED) < 0 ? errno : 0, EINVAL,
	   "madvise can't empty it");
	is(b.cpu[0], 1, "and it stays as it was");
	drop(&b);
}

int main(void)
{
	uint64_t before;
	int others;

	open_the_card();
	before = total_bytes();
	others = dmabufs();
	test_mkwrite_race();
	test_zombie();
	test_leader_gone();
	test_poison_ends();
	test_poison_two_writers();
	test_stale_read();
	test_importer_map();
	test_moved_map(DRM_STALELINE_MODE_COHERENT);
	test_moved_map(DRM_STALELINE_MODE_NONCOHERENT);
	test_moved_map(DRM_STALELINE_MODE_TRAP);
	test_odd_maps();
	test_first_touch();
	is((long long)total_bytes(), (long long)before, "no buffer is left");
	is(dmabufs(), others, "and no dma-buf");
	return done_testing();
}
