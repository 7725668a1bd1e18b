// SPDX-License-Identifier: MIT
/*
 * Maps of both sides, in an arena: touched by two threads, taken apart, moved, protected, forked.
 * A hole in the arena is filled at once with a map of nothing, so that no other can come there.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmod_stress.h"

static __thread sigjmp_buf way_out;
static __thread volatile sig_atomic_t touching;

static void on_fault(int signal_number)
{
	if (touching)
		siglongjmp(way_out, 1);
	_exit(100 + signal_number);
}

static void *hole(void *at, size_t size)
{
	return mmap(at, size, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (at ? MAP_FIXED : 0), -1, 0);
}

bool map_init(struct worker *w)
{
	struct sigaction action = { .sa_handler = on_fault };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	w->arena = hole(NULL, (size_t)SLOT_SIZE * NSLOTS);
	return w->arena != MAP_FAILED;
}

static uint8_t *slot_at(struct worker *w, uint32_t slot)
{
	return w->arena + (size_t)SLOT_SIZE * slot;
}

/* -1: none. */
static int some_slot(struct worker *w, struct chooser *c)
{
	uint32_t first = below(c, NSLOTS);

	for (uint32_t i = 0; i < NSLOTS; i++)
		if (w->mapped[(first + i) % NSLOTS])
			return (int)((first + i) % NSLOTS);
	return -1;
}

bool touch_arena(struct worker *w, struct chooser *c)
{
	int slot = some_slot(w, c);
	volatile uint8_t *p;

	if (slot < 0)
		return false;
	/* The first pages most of all: they are mapped most often. */
	p = slot_at(w, (uint32_t)slot) + below(c, once_in(c, 2) ? SLOT_SIZE : 8 * PAGE);
	if (sigsetjmp(way_out, 1)) {
		touching = 0;
		return false;
	}
	touching = 1;
	if (once_in(c, 2))
		*p = (uint8_t)choose(c);
	else
		(void)*p;
	touching = 0;
	return true;
}

static int op_touch(struct worker *w)
{
	bool any = false;

	for (int i = 0; i < 8; i++)
		any |= touch_arena(w, &w->c);
	return any ? 0 : NOTHING;
}

static int map_at(struct worker *w, int fd, uint64_t offset, uint64_t size)
{
	uint32_t slot = below(&w->c, NSLOTS);
	int prot = below(&w->c, 4) ? PROT_READ | PROT_WRITE : PROT_READ;
	uint64_t length = size < SLOT_SIZE ? size : SLOT_SIZE;
	int ret = 0;

	if (!length)
		length = PAGE;
	/* A part of it, from somewhere in it: only the dma-buf's own map may begin inside. */
	if (!offset && length > PAGE && once_in(&w->c, 4)) {
		offset = PAGE * below(&w->c, (uint32_t)(length / PAGE));
		length -= offset;
	}
	if (length > PAGE && once_in(&w->c, 4))
		length = PAGE * (1 + below(&w->c, (uint32_t)(length / PAGE)));
	if (once_in(&w->c, 64))
		length += PAGE * below(&w->c, 4);
	w->mapped[slot] = false;
	hole(slot_at(w, slot), SLOT_SIZE);
	if (length > SLOT_SIZE)
		length = SLOT_SIZE;
	if (mmap(slot_at(w, slot), length, prot,
		 MAP_SHARED | MAP_FIXED | (once_in(&w->c, 8) ? MAP_POPULATE : 0), fd,
		 (off_t)offset) == MAP_FAILED)
		ret = -errno;
	w->mapped[slot] = !ret;
	return ret;
}

static int op_map_cpu(struct worker *w)
{
	struct item *b = some_item(w, true);

	return b ? map_at(w, b->fd, 0, b->size) : NOTHING;
}

static int op_map_device(struct worker *w)
{
	struct item *b = some_item(w, false);
	int64_t offset = b ? dumb_offset(w->cards[b->card], b->handle) : 0;

	return offset ? map_at(w, w->cards[b->card], (uint64_t)offset, b->size) : NOTHING;
}

/* A random part of a random map, in pages. */
static bool some_part(struct worker *w, uint8_t **at, size_t *length)
{
	int slot = some_slot(w, &w->c);
	uint32_t first = below(&w->c, once_in(&w->c, 2) ? 256 : 8);

	if (slot < 0)
		return false;
	*at = slot_at(w, (uint32_t)slot) + (size_t)first * PAGE;
	*length = (size_t)PAGE * (1 + below(&w->c, 256 - first));
	return true;
}

static int op_unmap_part(struct worker *w)
{
	uint8_t *at;
	size_t length;

	if (!some_part(w, &at, &length))
		return NOTHING;
	return hole(at, length) == MAP_FAILED ? -errno : 0;
}

static int op_unmap(struct worker *w)
{
	int slot = some_slot(w, &w->c);

	if (slot < 0)
		return NOTHING;
	w->mapped[slot] = false;
	return hole(slot_at(w, (uint32_t)slot), SLOT_SIZE) == MAP_FAILED ? -errno : 0;
}

static int op_protect(struct worker *w)
{
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE };
	uint8_t *at;
	size_t length;

	if (!some_part(w, &at, &length))
		return NOTHING;
	return mprotect(at, length, prots[below(&w->c, 3)]) ? -errno : 0;
}

/* Moved to another slot, smaller or larger too; a map can't grow beyond its buffer. */
static int op_move(struct worker *w)
{
	int from = some_slot(w, &w->c);
	uint32_t to = below(&w->c, NSLOTS);
	size_t old = PAGE * (1 + below(&w->c, 16)), new = PAGE *(1 + below(&w->c, 16));
	void *at;
	int ret;

	if (from < 0 || (uint32_t)from == to)
		return NOTHING;
	if (once_in(&w->c, 2))
		new = old;
	if (once_in(&w->c, 16))
		old = 0;
	at = mremap(slot_at(w, (uint32_t)from), old, new, MREMAP_MAYMOVE | MREMAP_FIXED,
		    slot_at(w, to));
	ret = at == MAP_FAILED ? -errno : 0;
	if (!ret) {
		w->mapped[to] = true;
		hole(slot_at(w, (uint32_t)from), old);
		hole((uint8_t *)at + new, SLOT_SIZE - new);
	}
	return ret;
}

static int op_advise(struct worker *w)
{
	static const int advice[] = { MADV_DONTNEED, MADV_DONTFORK, MADV_DOFORK, MADV_WILLNEED,
				      MADV_COLD,     MADV_PAGEOUT,  MADV_FREE,	 MADV_REMOVE };
	uint8_t *at;
	size_t length;

	if (!some_part(w, &at, &length))
		return NOTHING;
	return madvise(at, length, advice[below(&w->c, 8)]) ? -errno : 0;
}

/* read() and write() with a map as their buffer: the kernel is who faults. */
static int op_kernel_touch(struct worker *w)
{
	int slot = some_slot(w, &w->c), pipes[2], ret = 0;
	uint8_t *at;

	if (slot < 0 || pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		return NOTHING;
	at = slot_at(w, (uint32_t)slot) + PAGE * below(&w->c, 8);
	if (write(pipes[1], at, PAGE) < 0 || read(pipes[0], at + PAGE, PAGE) < 0)
		ret = -errno;
	close(pipes[0]);
	close(pipes[1]);
	return ret;
}

/* What a child does with what it got; only system calls, as the parent has two threads. */
static void __attribute__((noreturn)) child(struct worker *w)
{
	for (uint32_t i = below(&w->c, 64); i; i--) {
		struct item *b = some_item(w, true);
		struct dma_buf_sync sync = { .flags = (1 + below(&w->c, 3)) |
						      (below(&w->c, 2) ? DMA_BUF_SYNC_END : 0) };

		touch_arena(w, &w->c);
		if (b)
			call(b->fd, DMA_BUF_IOCTL_SYNC, &sync);
		if (once_in(&w->c, 8))
			op_unmap_part(w);
		if (once_in(&w->c, 16))
			close(w->cards[below(&w->c, NCARDS)]);
	}
	_exit(0);
}

/*
 * A fork for which no allocation is made to fail: the kernel complains of one that does, for want of
 * a stack, with a call trace of its own.
 */
static pid_t fork_in_peace(struct worker *w)
{
	bool failing = w->failing;
	pid_t pid;
	int err;

	for (int i = 0; failing && i < 100 && let_allocations_fail(w, false); i++)
		;
	pid = fork();
	err = errno;
	if (failing)
		let_allocations_fail(w, true);
	errno = err;
	return pid;
}

static int op_fork(struct worker *w)
{
	bool shoot = once_in(&w->c, 2);
	pid_t pid = fork_in_peace(w);
	int status;

	if (pid < 0)
		return -errno;
	if (!pid)
		child(w);
	choose(&w->c);
	op_touch(w);
	if (shoot)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return 0;
}

static void *toucher(void *arg)
{
	struct worker *w = arg;
	struct chooser c = { .state = w->c.state ^ 0x7041c4e5 };

	for (;;) {
		for (int i = 0; i < 64; i++)
			touch_arena(w, &c);
		usleep(below(&c, 2000));
	}
	return NULL;
}

void start_toucher(struct worker *w)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, toucher, w))
		pthread_detach(thread);
}

const struct op map_ops[] = {
	{ "map, CPU side", op_map_cpu, 30, 0 },
	{ "map, device side", op_map_device, 20, 0 },
	{ "touch", op_touch, 60, 0 },
	{ "partial munmap", op_unmap_part, 8, 0 },
	{ "munmap", op_unmap, 8, 0 },
	{ "mprotect", op_protect, 10, 0 },
	{ "mremap", op_move, 8, 0 },
	{ "madvise", op_advise, 6, 0 },
	{ "read and write from a map", op_kernel_touch, 6, 0 },
	{ "fork", op_fork, 2, 0 },
};
const unsigned int nmap_ops = sizeof(map_ops) / sizeof(*map_ops);
