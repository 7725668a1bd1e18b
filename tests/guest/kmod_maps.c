// SPDX-License-Identifier: MIT
/*
 * The maps of staleline.ko's buffers: whose touch is noticed when, whatever is done to the map; who
 * is on which side; brackets of several processes; what a first touch costs beside that of the system
 * heap. To be run as root in the guest with the module loaded. Prints TAP.
 */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache.h"
#include "kmod_lib.h"

/* A child that does as it is told, to be another process at a time of our choosing. */
struct other {
	pid_t pid;
	int to, from;
};

static void other_serve(const struct buffer *b, int in, int out)
{
	struct {
		uint64_t flags;
		size_t at;
		int value;
	} order;

	while (read(in, &order, sizeof(order)) == sizeof(order)) {
		int ret = 0;

		if (order.flags)
			ret = sync_buffer(b, order.flags);
		else
			b->cpu[order.at] = (uint8_t)order.value;
		if (write(out, &ret, sizeof(ret)) != sizeof(ret))
			break;
	}
	_exit(0);
}

static struct other other_start(const struct buffer *b)
{
	struct other o;
	int to[2], from[2];

	if (pipe(to) || pipe(from))
		bail("pipe");
	o.pid = fork();
	if (!o.pid) {
		close(to[1]);
		close(from[0]);
		other_serve(b, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	o.to = to[1];
	o.from = from[0];
	return o;
}

/* A SYNC, or without flags a store. */
static int other_do(const struct other *o, uint64_t flags, size_t at, int value)
{
	struct {
		uint64_t flags;
		size_t at;
		int value;
	} order = { flags, at, value };
	int ret;

	if (write(o->to, &order, sizeof(order)) != sizeof(order) ||
	    read(o->from, &ret, sizeof(ret)) != sizeof(ret))
		bail("the other process");
	return ret;
}

static void other_end(struct other *o)
{
	close(o->to);
	close(o->from);
	waitpid(o->pid, NULL, 0);
}

/* Two threads that touch one page all the time, while the main thread ends brackets. */
static struct {
	struct buffer b;
	volatile uint64_t stores;
	volatile bool stop;
} race;

static void *store(void *arg)
{
	while (!race.stop) {
		race.b.cpu[0] = (uint8_t)race.stores;
		race.stores++;
	}
	return arg;
}

static void *load(void *arg)
{
	while (!race.stop)
		(void)race.b.cpu[1];
	return arg;
}

/* True once a store has begun and ended. */
static bool stored(void)
{
	uint64_t end = race.stores + 2;

	for (int i = 0; i < 100000 && race.stores < end; i++)
		usleep(10);
	return race.stores >= end;
}

/*
 * After each END the storing thread must be noticed again: the page must not become writable by
 * what it had begun before that END. Counts the ENDs after which it wasn't. The END before it and a
 * moment make it likely that a store is just being noticed, the loads bring the entry back that it
 * has seen.
 */
static void test_mkwrite_race(void)
{
	pthread_t threads[2];
	uint64_t seed = 1;
	int unseen = 0;

	race.b = make(PAGES, DRM_STALELINE_MODE_TRAP);
	pthread_create(&threads[0], NULL, store, NULL);
	pthread_create(&threads[1], NULL, load, NULL);
	for (int i = 0; i < 3000; i++) {
		uint64_t before;

		sync_buffer(&race.b, END | RW);
		for (uint32_t n = dice(&seed, 10000); n; n--)
			__asm__ volatile("" ::: "memory");
		before = counter(&race.b, DRM_STALELINE_TRAP_WRITE);
		sync_buffer(&race.b, END | RW);
		if (!stored())
			bail("no store gets done");
		unseen += counter(&race.b, DRM_STALELINE_TRAP_WRITE) == before;
	}
	race.stop = true;
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	is(unseen, 0, "trap: a store after END is noticed while others load and END");
	drop(&race.b);
}

static void test_zombie(void)
{
	struct buffer b = make_noncoherent();
	siginfo_t info;
	pid_t pid = fork();

	if (!pid) {
		sync_buffer(&b, START | RW);
		_exit(0);
	}
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	is(set(&b, with_mode(DRM_STALELINE_MODE_TRAP)), 0, "a zombie's bracket is not open");
	is((long long)counter(&b, DRM_STALELINE_ABANDONED), 1, "it is abandoned");
	waitpid(pid, NULL, 0);
	drop(&b);
}

static void *exit_later(void *arg)
{
	usleep(300000);
	_exit(0);
	return arg;
}

/* Its process lives on in another thread: that is no zombie. */
static void test_leader_gone(void)
{
	struct buffer b = make_noncoherent();
	pid_t pid = fork();

	if (!pid) {
		pthread_t thread;

		sync_buffer(&b, START | RW);
		pthread_create(&thread, NULL, exit_later, NULL);
		pthread_exit(NULL);
	}
	usleep(100000);
	is(set(&b, with_mode(DRM_STALELINE_MODE_TRAP)), -EBUSY,
	   "a process whose first thread is gone keeps its bracket");
	waitpid(pid, NULL, 0);
	is(set(&b, with_mode(DRM_STALELINE_MODE_TRAP)), 0, "until all its threads are");
	drop(&b);
}

static struct buffer make_poisoned(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_WRITE,
					  .write = DRM_STALELINE_WRITE_POISON };

	if (set(&b, p))
		bail("SET");
	return b;
}

static void test_poison_ends(void)
{
	struct buffer b = make_poisoned();
	pid_t pid;

	sync_buffer(&b, START | WRITE);
	is(b.cpu[0], CACHE_JUNK, "poison: a touch in the bracket finds junk");
	sync_buffer(&b, END | READ);
	is(b.cpu[4096], 0, "poison: after an END with other flags nothing new is junk");
	pid = fork();
	if (!pid) {
		sync_buffer(&b, START | WRITE);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	is(b.cpu[2 * 4096], 0, "poison: nor after the process is gone");
	sync_buffer(&b, END | WRITE);
	is(b.device[3 * 4096], 0, "poison: nor does its END write what was never touched");
	drop(&b);
}

static void test_poison_two_writers(void)
{
	struct buffer b = make_poisoned();
	struct other o = other_start(&b);

	sync_buffer(&b, START | WRITE);
	b.cpu[0] = 1;
	other_do(&o, START | WRITE, 0, 0);
	is(b.cpu[0], 1, "poison: a second writer's START leaves the first one's stores");
	other_do(&o, 0, LINE, 2);
	other_do(&o, END | WRITE, 0, 0);
	ok(b.device[0] == 1 && b.device[LINE] == 2, "poison: the first END writes both's");
	b.cpu[2 * LINE] = 3;
	sync_buffer(&b, END | WRITE);
	is(b.device[2 * LINE], 3, "poison: and the second what came after it");
	other_do(&o, START | RW, 0, 0);
	sync_buffer(&b, START | WRITE);
	is(b.cpu[0], 1, "poison: START(WRITE) junks nothing while another has RW open");
	sync_buffer(&b, END | WRITE);
	other_do(&o, END | RW, 0, 0);
	other_end(&o);
	drop(&b);
}

static void test_stale_read(void)
{
	struct buffer b = make_noncoherent();

	(void)b.cpu[0];
	(void)b.cpu[4096];
	sync_buffer(&b, START | READ);
	(void)b.cpu[4096];
	b.device[0] = 1;
	b.device[4096] = 1;
	b.device[4096 + LINE] = 1;
	sync_buffer(&b, END | READ);
	is((long long)counter(&b, DRM_STALELINE_STALE_READ), 2,
	   "END(READ) counts stale lines of pages touched since START, and no others");
	drop(&b);
}

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

#define FRESH (8 << 20)

/* With the mmap, in which the heap maps all of it. */
static uint64_t first_touch(int fd)
{
	uint64_t begun = now_ns();
	uint8_t *p = mmap(NULL, FRESH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		bail("mmap");
	for (size_t i = 0; i < FRESH; i += 4096)
		((volatile uint8_t *)p)[i] = 1;
	begun = now_ns() - begun;
	munmap(p, FRESH);
	return begun;
}

static uint64_t heap_first_touch(void)
{
	struct dma_heap_allocation_data data = { .len = FRESH, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
	uint64_t t = 0;

	if (heap >= 0 && !call(heap, DMA_HEAP_IOCTL_ALLOC, &data)) {
		t = first_touch((int)data.fd);
		close((int)data.fd);
	}
	if (heap >= 0)
		close(heap);
	return t;
}

static void test_first_touch(void)
{
	uint64_t ours = UINT64_MAX, theirs = UINT64_MAX;

	if (!heap_first_touch()) {
		skip("first touch beside the system heap's", "no system dma-heap");
		return;
	}
	for (int i = 0; i < 20; i++) {
		struct buffer b = make(FRESH / 4096, DRM_STALELINE_MODE_COHERENT);
		uint64_t t = first_touch(b.fd);

		ours = t < ours ? t : ours;
		drop(&b);
		t = heap_first_touch();
		theirs = t < theirs ? t : theirs;
	}
	ok(ours < theirs * 3 / 2, "first touch of 8 MiB: %llu us, the system heap's %llu us",
	   (unsigned long long)ours / 1000, (unsigned long long)theirs / 1000);
}

int main(void)
{
	uint64_t before;
	int others;

	card = open_card("staleline");
	if (card < 0)
		bail("no card node of staleline");
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
