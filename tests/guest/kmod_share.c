// SPDX-License-Identifier: MIT
/*
 * A buffer in several hands: maps of its dma-buf, imports here and by another driver, fences of
 * others. A room of kmod_test.
 */
#include <drm.h>
#include <drm/vgem_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmod_test.h"

static void test_maps(void)
{
	struct buffer b = make_noncoherent();
	uint8_t *p;

	p = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, b.fd, 0);
	is(p == MAP_FAILED ? errno : 0, EINVAL, "a private map is refused");
	p = mmap(NULL, SIZE + 4096, PROT_READ, MAP_SHARED, b.fd, 0);
	is(p == MAP_FAILED ? errno : 0, EINVAL, "so is one beyond the size");
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, b.fd, 2 * 4096);
	p[0] = 1;
	is(b.cpu[2 * 4096], 1, "a part can be mapped, and is the same page");
	munmap((void *)(b.cpu + 4096), 4096);
	sync_buffer(&b, END | WRITE);
	is(b.device[2 * 4096], 1, "a hole in the map does no harm");
	close_handle(card, b.handle);
	munmap((void *)b.device, SIZE);
	p[0] = 2;
	sync_buffer(&b, START | RW);
	is(p[0], 1, "without a handle the dma-buf lives on (START discards)");
	munmap(p, 4096);
	munmap((void *)b.cpu, SIZE);
	close(b.fd);
}

/*
 * Faults fill what is around them: never beyond the map. Page 0 of the buffer amid memory of our
 * own.
 */
static void map_amid(const struct buffer *b, const char *what)
{
	uint8_t *area =
		mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile uint8_t *p =
		mmap(area + 4096, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, b->fd, 0);
	int before, after;

	if (p == MAP_FAILED)
		bail("mmap of a part");
	b->device[0] = 1;
	b->device[4096] = 2;
	is(p[0], 1, what);
	before = area[0];
	after = area[2 * 4096];
	ok(!before && !after, "and nothing around it changes");
	munmap(area, 8 * 4096);
}

static void test_part_of_a_map(void)
{
	struct buffer b = make(PAGES, DRM_STALELINE_MODE_COHERENT);

	map_amid(&b, "a part of the dma-buf is mapped");
	drop(&b);
}

static void test_read_only_map(void)
{
	struct buffer b = make_noncoherent();
	uint8_t *p = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, b.fd, 0);

	is(p[0], 0, "a read-only map reads");
	b.device[0] = 1;
	is(p[0], 0, "and is stale");
	mprotect(p, SIZE, PROT_READ | PROT_WRITE);
	p[1] = 2;
	is(line_state(&b, 0) & 3, 3, "made writable, a store is noticed");
	munmap(p, SIZE);
	drop(&b);
}

static void test_self_import(void)
{
	struct buffer b = make_noncoherent();
	int other = open_card("staleline");
	uint32_t handle;
	uint8_t *p;

	is(import(card, b.fd, &handle), 0, "import into the same file");
	is(handle, b.handle, "gives the same handle");
	is(import(other, b.fd, &handle), 0, "import into another file");
	p = map_dumb(other, handle, SIZE);
	is(b.cpu[3], 0, "the CPU side has a copy");
	b.device[3] = 9;
	is(p[3], 9, "the other file's map sees the device side");
	munmap(p, SIZE);
	close(other);
	drop(&b);
}

static void test_foreign(void)
{
	struct drm_staleline_params args = { 0 };
	int fd = heap_buffer(O_RDWR);
	uint8_t *theirs, *ours;

	if (fd < 0) {
		skip("import of a foreign dma-buf", "no system dma-heap");
		return;
	}
	is(import(card, fd, &args.handle), 0, "import of a dma-heap's buffer");
	is(call(card, DRM_IOCTL_STALELINE_GET, &args), -EOPNOTSUPP, "which has no parameters");
	theirs = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ours = map_dumb(card, args.handle, SIZE);
	if (ok(ours != MAP_FAILED, "its dumb map")) {
		theirs[5000] = 3;
		is(ours[5000], 3, "is the exporter's memory");
		close_handle(card, args.handle);
		is(ours[5000], 3, "and lives on without the handle");
		munmap(ours, SIZE);
	}
	munmap(theirs, SIZE);
	close(fd);
}

/* Through us nobody may write what its exporter gave for reading. */
static void test_foreign_read_only(void)
{
	int fd = heap_buffer(O_RDONLY);
	uint32_t handle = 0;
	void *map;

	if (fd < 0) {
		skip("import of a read-only dma-buf", "no system dma-heap");
		return;
	}
	is(import(card, fd, &handle), 0, "import of a read-only dma-buf");
	map = map_dumb(card, handle, SIZE);
	if (!ok(map == MAP_FAILED && errno == EACCES, "its dumb map is not for writing"))
		munmap(map, SIZE);
	close_handle(card, handle);
	close(fd);
}

static void test_importer(void)
{
	struct buffer b = make_noncoherent();
	int vgem = open_card("vgem");
	uint32_t handle;

	if (vgem < 0) {
		skip("an importing driver", "no vgem");
	} else {
		is(import(vgem, b.fd, &handle), 0, "vgem imports a buffer of ours");
		sync_buffer(&b, START | RW);
		b.cpu[0] = 1;
		is(sync_buffer(&b, END | RW), 0, "brackets with an attachment");
		is(b.device[0], 1, "go over");
		close_handle(vgem, handle);
		close(vgem);
	}
	drop(&b);
}

static void *start_read(void *arg)
{
	return (void *)(intptr_t)sync_buffer(arg, START | READ);
}

/* A device writes while START waits for its fence. What does the CPU see after START? */
static int read_during_start(int vgem, uint32_t hook)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_HOOK, .hook = hook };
	struct drm_vgem_fence_signal signal = { 0 };
	pthread_t thread;
	void *ret;
	int seen;

	if (set(&b, p) || b.cpu[0] || vgem_fence(vgem, &b, &signal.fence))
		bail("a fence");
	pthread_create(&thread, NULL, start_read, &b);
	usleep(300000);
	b.device[0] = 1;
	is(call(vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal), 0, "the fence signals");
	pthread_join(thread, &ret);
	is((intptr_t)ret, 0, "START waited for it");
	seen = b.cpu[0];
	sync_buffer(&b, END | READ);
	drop(&b);
	return seen;
}

static void test_hook(void)
{
	int vgem = open_card("vgem");

	if (vgem < 0) {
		skip("hook=", "no vgem");
		return;
	}
	is(read_during_start(vgem, DRM_STALELINE_HOOK_FIRST), 0,
	   "hook=first: START invalidates and then waits, too late (R12)");
	is(read_during_start(vgem, DRM_STALELINE_HOOK_WAIT_FIRST), 1,
	   "hook=wait-first: START waits and then invalidates");
	close(vgem);
}

void test_sharing(void)
{
	test_maps();
	test_part_of_a_map();
	test_read_only_map();
	test_self_import();
	test_foreign();
	test_foreign_read_only();
	test_importer();
	test_hook();
}
