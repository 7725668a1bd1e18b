// SPDX-License-Identifier: MIT
/*
 * Whose touch is noticed when: beside other threads' touches and ENDs, and at END(READ); what a first touch costs beside
 * that of the system heap.
 */
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmod_maps.h"

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
void test_mkwrite_race(void)
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

void test_stale_read(void)
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

void test_first_touch(void)
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
	ok(ours <= theirs, "first touch of 8 MiB: %llu us, not above the system heap's %llu us",
	   (unsigned long long)ours / 1000, (unsigned long long)theirs / 1000);
}
