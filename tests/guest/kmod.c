// SPDX-License-Identifier: MIT
/*
 * staleline.ko from user space: what the CPU (the map of the dma-buf) and the device (the dumb
 * map of the card node) each see. To be run as root in the guest with the module loaded. Prints
 * TAP.
 *
 *	kmod [--sequences=N]	all tests; N random sequences beside cache.c in user space (default 10000)
 *	kmod --show		tells how a new buffer behaves
 *	kmod --hold		keeps one buffer, by its dma-buf only, until stdin ends
 */
#include <drm.h>
#include <drm_mode.h>
#include <drm/vgem_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache.h"
#include "kmod_lib.h"

static void test_info(void)
{
	struct drm_staleline_info info = { 0 };

	is(call(card, DRM_IOCTL_STALELINE_INFO, &info), 0, "INFO");
	ok(info.version == DRM_STALELINE_VERSION && info.line_size == 64 &&
		   info.page_size == (uint32_t)getpagesize() && info.max_buffer && info.max_total,
	   "INFO tells version %u, lines of %u, limits", info.version, info.line_size);
}

static void test_coherent(void)
{
	struct buffer b = make(PAGES, DRM_STALELINE_MODE_COHERENT);
	int sum = 0;

	for (size_t i = 0; i < b.size; i++)
		sum |= b.device[i];
	is(sum, 0, "a new buffer is zero");
	b.cpu[5] = 7;
	is(b.device[5], 7, "coherent: a write without a bracket is seen");
	b.device[b.size - 1] = 8;
	is(b.cpu[b.size - 1], 8, "coherent: and the other way round");
	is(fcntl(b.fd, F_GETFL) & O_ACCMODE, O_RDWR, "exported writable though not asked to");
	is(sync_buffer(&b, START | RW), 0, "coherent: START");
	is(sync_buffer(&b, END | RW), 0, "coherent: END");
	is(counter(&b, DRM_STALELINE_LOOKED_AT), 0, "coherent: no line is looked at");
	drop(&b);
}

static void test_missing_end(void)
{
	struct buffer b = make_noncoherent();

	sync_buffer(&b, START | WRITE);
	b.cpu[100] = 1;
	is(b.device[100], 0, "a write without END is not seen by the device");
	is(line_state(&b, 1), DRM_STALELINE_LINE_DIRTY | DRM_STALELINE_LINE_CACHED, "it is dirty");
	is(sync_buffer(&b, END | WRITE), 0, "END(WRITE)");
	is(b.device[100], 1, "END makes it seen");
	is(line_state(&b, 1), DRM_STALELINE_LINE_CACHED, "then it is clean");
	b.cpu[101] = 2;
	is(b.device[101], 0, "a write after END is not seen");
	is(line_state(&b, 64), 0, "an untouched page has no copy");
	drop(&b);
}

static void test_missing_start(void)
{
	struct buffer b = make_noncoherent();

	is(b.cpu[0], 0, "a cold read fills");
	b.device[0] = 5;
	is(b.cpu[0], 0, "a read without START is stale");
	is(line_state(&b, 0), DRM_STALELINE_LINE_STALE | DRM_STALELINE_LINE_CACHED, "it is stale");
	is(sync_buffer(&b, END | READ), 0, "END(READ)");
	is(counter(&b, DRM_STALELINE_STALE_READ), 1, "END(READ) counts the stale line");
	is(sync_buffer(&b, START | READ), 0, "START(READ)");
	is(b.cpu[0], 5, "START(READ) refetches");
	sync_buffer(&b, END | READ);
	b.device[4096] = 6;
	is(b.cpu[4096], 6, "a page first touched is filled then");
	drop(&b);
}

static void test_neighbours(void)
{
	struct buffer b = make_noncoherent();

	sync_buffer(&b, START | RW);
	b.cpu[LINE] = 1;
	b.device[LINE - 1] = 2;
	b.device[2 * LINE] = 3;
	sync_buffer(&b, END | RW);
	ok(b.device[LINE - 1] == 2 && b.device[LINE] == 1 && b.device[2 * LINE] == 3,
	   "a device's newer neighbours survive END");
	b.cpu[LINE] = 4;
	b.device[LINE + 1] = 5;
	is(line_state(&b, 1) & 3, 3, "a line can be dirty and stale");
	sync_buffer(&b, END | WRITE);
	is(b.device[LINE + 1], 0, "within a line the CPU's whole line wins");
	drop(&b);
}

static void test_inval(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_INVAL,
					  .inval = DRM_STALELINE_INVAL_WRITEBACK };

	b.cpu[0] = 1;
	sync_buffer(&b, START | READ);
	ok(b.cpu[0] == 0 && b.device[0] == 0, "inval=discard: START(READ) loses a dirty line");
	is(counter(&b, DRM_STALELINE_DISCARDED), 1, "which is counted");
	sync_buffer(&b, END | READ);
	is(set(&b, p), 0, "SET inval");
	b.cpu[0] = 1;
	sync_buffer(&b, START | READ);
	ok(b.cpu[0] == 1 && b.device[0] == 1, "inval=writeback: START(READ) writes it back");
	drop(&b);
}

static void test_end(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_END,
					  .end = DRM_STALELINE_END_CLEAN_ALWAYS };

	b.cpu[0] = 1;
	sync_buffer(&b, END | READ);
	is(b.device[0], 0, "end=strict: END(READ) writes nothing");
	set(&b, p);
	sync_buffer(&b, END | READ);
	is(b.device[0], 1, "end=clean-always: END(READ) writes back");
	drop(&b);
}

/*
 * The CPU stores what was there before, under START(WRITE), over what the device wrote meanwhile.
 */
static int same_again(struct buffer *b)
{
	sync_buffer(b, START | RW);
	b->cpu[0] = 1;
	sync_buffer(b, END | RW);
	b->device[0] = 2;
	sync_buffer(b, START | WRITE);
	b->cpu[0] = 1;
	sync_buffer(b, END | WRITE);
	return b->device[0];
}

static void test_write(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_WRITE };

	is(same_again(&b), 1, "write=refetch: a store of the very bytes before is not lost");
	p.write = DRM_STALELINE_WRITE_NONE;
	set(&b, p);
	is(same_again(&b), 2, "write=none: it is");
	p.write = DRM_STALELINE_WRITE_POISON;
	set(&b, p);
	sync_buffer(&b, START | WRITE);
	b.cpu[0] = 9;
	is(b.cpu[1], CACHE_JUNK, "write=poison: what isn't overwritten is junk");
	is(b.cpu[4096], CACHE_JUNK, "write=poison: in a page first touched in the bracket too");
	sync_buffer(&b, END | WRITE);
	is(b.device[0], 9, "write=poison: what is overwritten goes over");
	is(b.device[1], CACHE_JUNK, "write=poison: and the junk beside it");
	is(b.device[3 * 4096], CACHE_JUNK, "write=poison: in untouched pages too");
	sync_buffer(&b, START | RW);
	b.cpu[1] = 1;
	sync_buffer(&b, END | RW);
	is(b.device[2], CACHE_JUNK, "write=poison: RW poisons nothing anew");
	drop(&b);
}

static void test_rates(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_tick tick = { .handle = b.handle, .steps = 1 };
	struct drm_staleline_params p = { .flags =
						  DRM_STALELINE_SET_EVICT | DRM_STALELINE_SET_FETCH,
					  .evict = DRM_STALELINE_RATE_ALWAYS };

	b.cpu[0] = 1;
	is(call(card, DRM_IOCTL_STALELINE_TICK, &tick), 0, "TICK");
	is(b.device[0], 0, "evict=0: nothing goes early");
	set(&b, p);
	call(card, DRM_IOCTL_STALELINE_TICK, &tick);
	is(b.device[0], 1, "evict=65536: a dirty line goes at the next entry");
	is(counter(&b, DRM_STALELINE_EVICTED), 1, "and is counted");
	b.device[0] = 2;
	call(card, DRM_IOCTL_STALELINE_TICK, &tick);
	is(b.cpu[0], 1, "fetch=0: nothing comes early");
	p.evict = 0;
	p.fetch = DRM_STALELINE_RATE_ALWAYS;
	set(&b, p);
	call(card, DRM_IOCTL_STALELINE_TICK, &tick);
	is(b.cpu[0], 2, "fetch=65536: a clean stale line comes at the next entry");
	is(counter(&b, DRM_STALELINE_FETCHED), 1, "and is counted");
	drop(&b);
}

static void test_inject(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params p = { .flags = DRM_STALELINE_SET_INJECT, .inject = 3 };

	set(&b, p);
	is(sync_buffer(&b, START | WRITE), -EINTR, "inject: the first START says EINTR");
	is(sync_buffer(&b, START | WRITE), -EAGAIN, "inject: the next EAGAIN");
	is(sync_buffer(&b, START | WRITE), -EINTR, "inject: then EINTR again");
	is(sync_buffer(&b, START | WRITE), 0, "inject: and then it works");
	is(sync_buffer(&b, END | WRITE), 0, "inject: END too");
	is(counter(&b, DRM_STALELINE_INJECTED), 3, "inject: counted");
	is(counter(&b, DRM_STALELINE_STARTS), 1, "inject: what failed opened no bracket");
	is(counter(&b, DRM_STALELINE_UNBALANCED), 0, "inject: nor is it unbalanced");
	drop(&b);
}

/* Lines looked at by one bracket around a touch of @n pages of 200. */
static uint64_t cost(const struct buffer *b, uint32_t n)
{
	uint64_t before = 0;

	for (int round = 0; round < 3; round++) {
		before = counter(b, DRM_STALELINE_LOOKED_AT);
		sync_buffer(b, START | RW);
		for (uint32_t i = 0; i < n; i++)
			b->cpu[i * 4096] = (uint8_t)round;
		sync_buffer(b, END | RW);
	}
	return counter(b, DRM_STALELINE_LOOKED_AT) - before;
}

static void test_cost(void)
{
	struct buffer b = make(200, DRM_STALELINE_MODE_NONCOHERENT);
	uint64_t all = cost(&b, 200), some = cost(&b, 2);

	is((long long)all, 2 * 200 * 64, "touching all looks at every line twice");
	is((long long)some, 2 * 2 * 64, "touching 1 % costs 1 %");
	drop(&b);
}

static void test_brackets(void)
{
	struct buffer b = make_noncoherent();

	sync_buffer(&b, START | READ);
	sync_buffer(&b, START | READ);
	sync_buffer(&b, END | READ);
	is(counter(&b, DRM_STALELINE_RESTARTED), 1, "START again with the same flags is a restart");
	is(counter(&b, DRM_STALELINE_UNBALANCED), 0, "and not unbalanced");
	sync_buffer(&b, END | READ);
	is(counter(&b, DRM_STALELINE_UNBALANCED), 1, "END without START is unbalanced");
	sync_buffer(&b, START | READ);
	sync_buffer(&b, START | WRITE);
	is(counter(&b, DRM_STALELINE_UNBALANCED), 2, "START with other flags is unbalanced");
	sync_buffer(&b, END | READ);
	is(counter(&b, DRM_STALELINE_MISMATCHED), 1, "END with other flags is mismatched");
	sync_buffer(&b, START | READ);
	if (!fork()) {
		sync_buffer(&b, END | READ);
		sync_buffer(&b, START | RW);
		sync_buffer(&b, END | RW);
		sync_buffer(&b, START | RW);
		_exit(0);
	}
	wait(NULL);
	is(counter(&b, DRM_STALELINE_UNBALANCED), 3, "a child can't end its parent's bracket");
	sync_buffer(&b, END | READ);
	is(counter(&b, DRM_STALELINE_UNBALANCED), 3, "which the parent still can");
	sync_buffer(&b, START | READ);
	is(counter(&b, DRM_STALELINE_ABANDONED), 1, "a dead process's bracket is forgotten");
	sync_buffer(&b, END | READ);
	ok(counter(NULL, DRM_STALELINE_ABANDONED) >= 1, "the device's sums have it too");
	is(sync_buffer(&b, START), -EINVAL, "SYNC without READ or WRITE");
	drop(&b);
	ok(counter(NULL, DRM_STALELINE_ABANDONED) >= 1, "even when the buffer is gone");
}

static struct buffer make_trap(void)
{
	return make(PAGES, DRM_STALELINE_MODE_TRAP);
}

static void is_traps(const struct buffer *b, uint64_t reads, uint64_t writes, const char *what)
{
	uint64_t r = counter(b, DRM_STALELINE_TRAP_READ), w = counter(b, DRM_STALELINE_TRAP_WRITE);

	if (!ok(r == reads && w == writes, "trap: %s", what))
		printf("# %llu reads and %llu writes were trapped\n", (unsigned long long)r,
		       (unsigned long long)w);
}

static void test_trap(void)
{
	struct buffer b = make_trap();
	volatile uint8_t *again = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, b.fd, 0);

	sync_buffer(&b, START | RW);
	b.cpu[0] = (uint8_t)(b.cpu[4096] + 1);
	sync_buffer(&b, END | RW);
	is_traps(&b, 0, 0, "what a bracket allows is not counted");
	is(b.device[0], 1, "trap: nothing is lost");
	(void)b.cpu[0];
	is_traps(&b, 1, 0, "a read after END");
	(void)again[0];
	is_traps(&b, 1, 0, "the same page read through another map");
	b.cpu[1] = 1;
	is_traps(&b, 1, 1, "a write after a read of the same page");
	b.cpu[2] = b.cpu[3];
	is_traps(&b, 1, 1, "a page counts once in a direction");
	b.cpu[4096] = 1;
	is_traps(&b, 1, 2, "another page counts anew");
	sync_buffer(&b, START | READ);
	(void)b.cpu[0];
	is_traps(&b, 1, 2, "a read inside READ");
	b.cpu[0] = 2;
	is_traps(&b, 1, 3, "a write inside READ");
	sync_buffer(&b, END | READ);
	sync_buffer(&b, START | WRITE);
	(void)b.cpu[2 * 4096];
	is_traps(&b, 2, 3, "a read inside WRITE");
	b.cpu[2 * 4096] = 2;
	is_traps(&b, 2, 3, "a write inside WRITE");
	sync_buffer(&b, END | WRITE);
	munmap((void *)again, SIZE);
	drop(&b);
}

/* One buffer's brackets must not empty the maps of another. */
static void test_trap_of_another(void)
{
	struct buffer b = make_trap(), other = make_trap();

	sync_buffer(&b, START | WRITE);
	b.cpu[0] = 1;
	sync_buffer(&other, START | RW);
	sync_buffer(&other, END | RW);
	(void)b.cpu[0]; /* writable since the store, so unseen: as docs/module.md says */
	is_traps(&b, 0, 0, "another buffer's bracket empties no map of this one");
	sync_buffer(&b, END | WRITE);
	drop(&other);
	drop(&b);
}

/* Nobody ends a bracket of a buffer that is gone; the list of buffers is read meanwhile. */
static void test_gone_with_a_bracket(void)
{
	struct buffer b = make_trap();
	uint64_t before = counter(NULL, DRM_STALELINE_ABANDONED);

	sync_buffer(&b, START | RW);
	drop(&b);
	is((long long)(counter(NULL, DRM_STALELINE_ABANDONED) - before), 1,
	   "a bracket that goes with its buffer is abandoned");
}

static bool file_has(const char *path, const char *word)
{
	char line[512];
	bool found = false;
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		found |= strstr(line, word) != NULL;
	if (f)
		fclose(f);
	return found;
}

static void test_trap_processes(void)
{
	struct buffer b = make_trap();
	char path[64], word[64];
	pid_t child = fork();

	if (!child) {
		b.cpu[0] = 1;
		_exit(0);
	}
	waitpid(child, NULL, 0);
	is_traps(&b, 0, 1, "a child's write");
	snprintf(word, sizeof(word), "page 0 write by %.15s[%d]", program_invocation_short_name,
		 child);
	for (int i = 0; i < 16; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%d/violations", i);
		if (file_has(path, word))
			break;
		path[0] = '\0';
	}
	ok(path[0], "debugfs says \"%s\"", word);
	sync_buffer(&b, START | WRITE);
	if (!fork()) {
		b.cpu[4096] = 1;
		_exit(0);
	}
	wait(NULL);
	is_traps(&b, 0, 1, "another process's open bracket masks a touch");
	sync_buffer(&b, END | WRITE);
	drop(&b);
}

static sigjmp_buf hit;

static void on_sigbus(int signum)
{
	(void)signum;
	siglongjmp(hit, 1);
}

/* Does a store end in SIGBUS? */
static bool dies(struct buffer *b, size_t at)
{
	bool died = true;

	signal(SIGBUS, on_sigbus);
	if (!sigsetjmp(hit, 1)) {
		b->cpu[at] = 1;
		died = false;
	}
	signal(SIGBUS, SIG_DFL);
	return died;
}

static void test_sigbus(void)
{
	struct buffer b = make_trap();
	struct drm_staleline_process ask = { .flags = DRM_STALELINE_PROCESS_SIGBUS };
	int other = open_card("staleline"), status = 0;

	ok(!dies(&b, 0), "trap: no SIGBUS for who didn't ask");
	sync_buffer(&b, END | RW);
	is(call(other, DRM_IOCTL_STALELINE_PROCESS, &ask), 0, "PROCESS sigbus");
	ok(dies(&b, 0), "trap: SIGBUS for who asked");
	ok(dies(&b, 0), "trap: and again");
	is((long long)counter(&b, DRM_STALELINE_SIGBUS), 2, "trap: both are counted");
	sync_buffer(&b, START | WRITE);
	ok(!dies(&b, 0), "trap: not inside a bracket");
	sync_buffer(&b, END | WRITE);
	if (!fork())
		_exit(dies(&b, 0));
	wait(&status);
	is(status, 0, "trap: no SIGBUS for a child of who asked");
	close(other);
	sync_buffer(&b, END | RW);
	ok(!dies(&b, 0), "trap: none after the file is closed");
	drop(&b);
}

static void test_modes(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_params get = { .handle = b.handle };
	uint64_t bytes = total_bytes();

	b.cpu[0] = 1;
	is(set(&b, with_mode(DRM_STALELINE_MODE_TRAP)), 0, "SET mode trap");
	is((long long)(bytes - total_bytes()), 2 * SIZE, "the copies are given back");
	is(b.device[0], 1, "a change of mode loses no store");
	b.cpu[1] = 2;
	is(b.device[1], 2, "trap is one backing");
	is(set(&b, with_mode(DRM_STALELINE_MODE_NONCOHERENT)), 0, "SET mode noncoherent");
	is(b.cpu[1], 2, "the map goes on");
	b.cpu[1] = 3;
	is(b.device[1], 2, "with two sides again");
	sync_buffer(&b, START | READ);
	is(set(&b, with_mode(DRM_STALELINE_MODE_COHERENT)), -EBUSY,
	   "SET inside a bracket is EBUSY");
	sync_buffer(&b, END | READ);
	is(call(card, DRM_IOCTL_STALELINE_GET, &get), 0, "GET");
	ok(get.mode == DRM_STALELINE_MODE_NONCOHERENT && get.id && !get.flags,
	   "GET tells the mode");
	drop(&b);
}

/* What is not defined is refused, so that it can mean something one day. */
static void test_flags_and_padding(void)
{
	struct buffer b = make_noncoherent();
	struct drm_staleline_info info = { .flags = 1 };
	struct drm_staleline_counters counters = { .handle = b.handle, .flags = 1 };
	struct drm_staleline_tick tick = { .handle = b.handle, .steps = 1, .flags = 1 };
	struct drm_staleline_process process = { .flags = 2 };
	struct drm_staleline_state state = { .handle = b.handle, .flags = 1 };
	struct drm_staleline_params get = { .handle = b.handle, .flags = 1 };

	is(call(card, DRM_IOCTL_STALELINE_INFO, &info), -EINVAL, "INFO: flags");
	is(call(card, DRM_IOCTL_STALELINE_COUNTERS, &counters), -EINVAL, "COUNTERS: flags");
	counters.flags = 0;
	counters.pad = 1;
	is(call(card, DRM_IOCTL_STALELINE_COUNTERS, &counters), -EINVAL, "COUNTERS: pad");
	is(call(card, DRM_IOCTL_STALELINE_TICK, &tick), -EINVAL, "TICK: flags");
	tick.flags = 0;
	tick.pad = 1;
	is(call(card, DRM_IOCTL_STALELINE_TICK, &tick), -EINVAL, "TICK: pad");
	tick.pad = 0;
	tick.steps = 0;
	is(call(card, DRM_IOCTL_STALELINE_TICK, &tick), -EINVAL, "TICK: no steps");
	tick.steps = 1001;
	is(call(card, DRM_IOCTL_STALELINE_TICK, &tick), -EINVAL, "TICK: too many");
	is(call(card, DRM_IOCTL_STALELINE_PROCESS, &process), -EINVAL, "PROCESS: flags");
	process.flags = 0;
	process.pad = 1;
	is(call(card, DRM_IOCTL_STALELINE_PROCESS, &process), -EINVAL, "PROCESS: pad");
	is(call(card, DRM_IOCTL_STALELINE_STATE, &state), -EINVAL, "STATE: flags");
	is(call(card, DRM_IOCTL_STALELINE_GET, &get), -EINVAL, "GET: flags");
	get.flags = 0;
	get.pad = 1;
	is(call(card, DRM_IOCTL_STALELINE_GET, &get), -EINVAL, "GET: pad");
	drop(&b);
}

static void test_bad_params(void)
{
	struct buffer b = make_noncoherent();
	const struct {
		const char *what;
		struct drm_staleline_params params;
	} bad[] = {
		{ "unknown flag", { .flags = 0x200 } },
		{ "id", { .id = 1 } },
		{ "pad", { .pad = 1 } },
		{ "mode", { .flags = DRM_STALELINE_SET_MODE, .mode = 3 } },
		{ "inval", { .flags = DRM_STALELINE_SET_INVAL, .inval = 2 } },
		{ "end", { .flags = DRM_STALELINE_SET_END, .end = 2 } },
		{ "write", { .flags = DRM_STALELINE_SET_WRITE, .write = 3 } },
		{ "hook", { .flags = DRM_STALELINE_SET_HOOK, .hook = 2 } },
		{ "evict", { .flags = DRM_STALELINE_SET_EVICT, .evict = 65537 } },
		{ "fetch", { .flags = DRM_STALELINE_SET_FETCH, .fetch = UINT32_MAX } },
	};
	struct drm_staleline_params good = { .mode = 99, .evict = 70000 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char what[64];

		snprintf(what, sizeof(what), "SET: bad %s", bad[i].what);
		is(set(&b, bad[i].params), -EINVAL, what);
	}
	is(set(&b, good), 0, "SET: a field not named is not looked at");
	drop(&b);
}

static void test_bad_ranges(void)
{
	struct buffer b = make_noncoherent();
	const uint32_t total = SIZE / LINE;
	const uint32_t bad[][2] = {
		{ 0, total + 1 },  { total, 0 },      { total, 1 },
		{ 1, total },	   { UINT32_MAX, 1 }, { UINT32_MAX, UINT32_MAX },
		{ 1, UINT32_MAX }, { UINT32_MAX, 0 },
	};
	static uint8_t lines[SIZE / LINE];
	struct drm_staleline_state args = { .handle = b.handle, .lines = (uintptr_t)lines };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		args.first = bad[i][0];
		args.count = bad[i][1];
		if (call(card, DRM_IOCTL_STALELINE_STATE, &args) != -EINVAL)
			break;
		args.total = (uint32_t)i + 1;
	}
	is(args.total, sizeof(bad) / sizeof(*bad), "STATE: ranges beyond the buffer");
	args = (struct drm_staleline_state){ .handle = b.handle, .count = total };
	is(call(card, DRM_IOCTL_STALELINE_STATE, &args), -EFAULT, "STATE: nowhere to write to");
	args.lines = (uintptr_t)b.cpu;
	is(call(card, DRM_IOCTL_STALELINE_STATE, &args), 0, "STATE: into the buffer's own map");
	args = (struct drm_staleline_state){ .handle = b.handle };
	b.cpu[0] = 1;
	is(call(card, DRM_IOCTL_STALELINE_STATE, &args), 0, "STATE: count 0 only counts");
	ok(args.total == total && args.clean + args.dirty + args.stale + args.both == total &&
		   args.cached == 64 && args.dirty,
	   "STATE: sums (%u clean, %u dirty, %u cached)", args.clean, args.dirty, args.cached);
	drop(&b);
}

static void test_bad_handles(void)
{
	static const unsigned long requests[] = {
		DRM_IOCTL_STALELINE_SET,      DRM_IOCTL_STALELINE_GET,	DRM_IOCTL_STALELINE_STATE,
		DRM_IOCTL_STALELINE_COUNTERS, DRM_IOCTL_STALELINE_TICK,
	};

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		uint32_t words[128] = { 0xdead };
		char what[64];

		words[2] = requests[i] == DRM_IOCTL_STALELINE_TICK;
		snprintf(what, sizeof(what), "ioctl %#lx: a bad handle", requests[i] & 0xff);
		is(call(card, requests[i], words), -ENOENT, what);
	}
}

static void test_bad_sizes(void)
{
	const struct {
		uint32_t w, h, bpp;
	} bad[] = {
		{ 0, 1, 32 },
		{ 1, 0, 32 },
		{ 1, 1, 0 },
		{ UINT32_MAX, 1, 32 },
		{ 1, UINT32_MAX, 32 },
		{ 65536, 65536, 32 },
		{ UINT32_MAX, UINT32_MAX, UINT32_MAX },
		{ 1, 1, UINT32_MAX },
		{ 32768, 32768, 32 },
		{ 16384, 8192, 32 },
		{ UINT32_MAX / 4, 1, 32 },
		{ 0x08000000, 1, 32 },
	};
	struct drm_mode_create_dumb flags = { .width = 1, .height = 1, .bpp = 32, .flags = 1 };
	size_t refused = 0;
	uint32_t handle;
	uint64_t size;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused += dumb(card, bad[i].w, bad[i].h, bad[i].bpp, &handle, NULL) == -EINVAL;
	is((long long)refused, sizeof(bad) / sizeof(*bad),
	   "CREATE_DUMB: 0, huge, overflowing sizes");
	is(call(card, DRM_IOCTL_MODE_CREATE_DUMB, &flags), -EINVAL, "CREATE_DUMB: flags");
	is(dumb(card, 1, 1, 8, &handle, &size), 0, "CREATE_DUMB: one byte");
	is((long long)size, 4096, "is one page");
	close_handle(card, handle);
}

/* Memory that somebody has just left. */
static void test_zeroed(void)
{
	unsigned long dirty = 0;

	for (int round = 0; round < 2; round++) {
		struct buffer b = make(4096, DRM_STALELINE_MODE_COHERENT);

		for (size_t i = 0; i < b.size; i += 512)
			dirty += b.device[i] != 0;
		memset((void *)b.device, 0xff, b.size);
		drop(&b);
	}
	is((long long)dirty, 0, "memory used before comes back as zero");
}

/* There is no memory for what noncoherent needs: then nothing of the SET is taken. */
static void set_fails_whole(uint32_t handle)
{
	struct drm_staleline_params set = { .handle = handle,
					    .flags = DRM_STALELINE_SET_MODE |
						     DRM_STALELINE_SET_INJECT |
						     DRM_STALELINE_SET_EVICT |
						     DRM_STALELINE_SET_HOOK,
					    .mode = DRM_STALELINE_MODE_NONCOHERENT,
					    .inject = 3,
					    .evict = 7,
					    .hook = DRM_STALELINE_HOOK_WAIT_FIRST };
	struct drm_staleline_params before = { .handle = handle }, after = { .handle = handle };

	call(card, DRM_IOCTL_STALELINE_GET, &before);
	is(call(card, DRM_IOCTL_STALELINE_SET, &set), -ENOMEM, "SET: no memory for a mode");
	is(call(card, DRM_IOCTL_STALELINE_GET, &after), 0, "SET: it can be asked after that");
	ok(!memcmp(&before, &after, sizeof(before)), "SET: and nothing has changed");
}

static void test_limits(void)
{
	uint32_t handles[64], n = 0;
	uint64_t before = total_bytes();

	while (n < 64 && !dumb(card, 4096, 4096, 32, &handles[n], NULL))
		n++;
	ok(n && n < 64, "max_total_mib holds after %u buffers of 64 MiB", n);
	set_fails_whole(handles[0]);
	while (n)
		close_handle(card, handles[--n]);
	is((long long)total_bytes(), (long long)before, "and all of it comes back");
}

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

/* The model in user space beside the real module. */
struct twin {
	struct cache cache;
	struct cache_page pages[PAGES];
	unsigned long cached[1], young[1];
	uint8_t device[SIZE], cpu[SIZE], base[SIZE];
	uint8_t sink[SIZE]; /* what jobs have read */
	uint64_t dirty;	    /* lines that were dirty then */
};

static void twin_init(struct twin *t, const struct cache_params *params)
{
	memset(t, 0, sizeof(*t));
	for (int i = 0; i < PAGES; i++)
		t->pages[i] = (struct cache_page){ t->device + i * 4096, t->cpu + i * 4096,
						   t->base + i * 4096, false };
	cache_init(&t->cache, NULL, t->pages, PAGES, t->cached, t->young, params);
}

static struct cache_params any_params(uint64_t *seed)
{
	static const uint32_t rates[] = { 0, 0, 0, 1000, 30000, CACHE_ALWAYS };

	return (struct cache_params){
		.inval = dice(seed, 2),
		.end = dice(seed, 2),
		.write = dice(seed, 3),
		.evict = rates[dice(seed, 6)],
		.fetch = rates[dice(seed, 6)],
		.seed = dice(seed, 1000),
	};
}

static void set_from(const struct buffer *b, const struct cache_params *params)
{
	struct drm_staleline_params p = {
		.flags = 0x1ff & ~(DRM_STALELINE_SET_MODE | DRM_STALELINE_SET_HOOK),
		.inval = params->inval,
		.end = params->end,
		.write = params->write,
		.evict = params->evict,
		.fetch = params->fetch,
		.seed = params->seed,
	};

	if (set(b, p))
		bail("SET");
}

/* One line of a job. Reading is copying to the same place of the other buffer. */
static void twin_job_line(struct twin *t, const struct drm_staleline_job *job, uint64_t line)
{
	uint64_t at = line * LINE;
	uint32_t dirty = cache_device(&t->cache, at / 4096, at % 4096, at % 4096 + LINE);

	if (job->kind == DRM_STALELINE_JOB_FILL) {
		memset(t->device + at, (uint8_t)job->value, LINE);
	} else {
		memcpy(t->sink + at, t->device + at, LINE);
		t->dirty += dirty;
	}
}

static void twin_job(struct twin *t, const struct drm_staleline_job *job)
{
	uint64_t lines = job->size / LINE,
		 offset = job->kind == DRM_STALELINE_JOB_FILL ? job->dst_offset : job->src_offset;
	bool scattered = job->flags & DRM_STALELINE_JOB_SCATTERED;

	for (uint64_t step = 0; step < (scattered ? job->steps : 1); step++)
		for (uint64_t i = step; i < lines; i += scattered ? job->steps : 1)
			twin_job_line(t, job, offset / LINE + i);
}

/* A job on some of the lines, and the wait for it (R5). */
static void any_job(struct buffer *b, struct buffer *sink, struct twin *t, uint64_t *seed)
{
	uint32_t first = dice(seed, SIZE / LINE), count = 1 + dice(seed, SIZE / LINE - first);
	bool fill = dice(seed, 2);
	struct drm_staleline_job job =
		fill ? fill_job(b, dice(seed, 3) * 0x01010101) : copy_job(sink, b);

	job.flags = dice(seed, 2) ? DRM_STALELINE_JOB_SCATTERED : 0;
	job.steps = 1 + dice(seed, 5);
	job.dst_offset = (uint64_t)first * LINE;
	job.src_offset = fill ? 0 : job.dst_offset;
	job.size = (uint64_t)count * LINE;
	if (submit(&job) || !ready(b->fd, POLLOUT, 10000))
		bail("a job");
	twin_job(t, &job);
}

static void any_step(struct buffer *b, struct buffer *sink, struct twin *t, uint64_t *seed)
{
	struct drm_staleline_tick tick = { .handle = b->handle, .steps = 1 };
	uint32_t at = dice(seed, SIZE), value = dice(seed, 3), flags = 1 + dice(seed, 3);

	switch (dice(seed, 10)) {
	case 0:
	case 1:
		cache_touch(&t->cache, at / 4096, true);
		t->cpu[at] = b->cpu[at] = (uint8_t)value;
		break;
	case 2:
		cache_touch(&t->cache, at / 4096, false);
		if (b->cpu[at] != t->cpu[at])
			t->device[at] ^= 0xff; /* found by the comparison */
		break;
	case 3:
	case 4:
		t->device[at] = b->device[at] = (uint8_t)value;
		break;
	case 5:
		sync_buffer(b, START | flags);
		cache_start(&t->cache, flags, 0);
		break;
	case 6:
		sync_buffer(b, END | flags);
		cache_end(&t->cache, flags);
		cache_unpoison(&t->cache); /* ours was the only bracket */
		break;
	case 7:
	case 8:
		any_job(b, sink, t, seed);
		break;
	default:
		call(card, DRM_IOCTL_STALELINE_TICK, &tick);
		cache_tick(&t->cache);
	}
}

/*
 * The CPU side is compared by its state, and where a step reads it: reading it here would be a
 * touch.
 */
static bool same(const struct buffer *b, const struct buffer *sink, struct twin *t)
{
	static uint8_t lines[SIZE / LINE];
	struct drm_staleline_state args = { .handle = b->handle,
					    .count = SIZE / LINE,
					    .lines = (uintptr_t)lines };

	if (call(card, DRM_IOCTL_STALELINE_STATE, &args))
		bail("STATE");
	cache_tick(&t->cache); /* STATE is an entry too */
	for (uint32_t i = 0; i < SIZE / LINE; i++) {
		uint32_t state = cache_line_state(&t->cache, i);

		if (test_bit(i / 64, t->cached))
			state |= DRM_STALELINE_LINE_CACHED;
		if (lines[i] != state)
			return false;
	}
	return !memcmp((const void *)b->device, t->device, SIZE) &&
	       !memcmp((const void *)sink->device, t->sink, SIZE);
}

static void test_sequences(uint64_t sequences)
{
	static struct twin t;
	uint64_t first, steps = 0, different = 0;
	struct buffer b = make_noncoherent(), sink = make(PAGES, DRM_STALELINE_MODE_COHERENT);
	uint64_t dirty = 0;

	for (first = 1; first <= sequences && !different; first++) {
		uint64_t seed = first * 104729;
		struct cache_params params = any_params(&seed);

		/* Any process's bracket that is open would make SET fail. */
		sync_buffer(&b, END | RW);
		set(&b, with_mode(DRM_STALELINE_MODE_COHERENT));
		memset((void *)b.device, 0, SIZE);
		memset((void *)sink.device, 0, SIZE);
		set_from(&b, &params);
		set(&b, with_mode(DRM_STALELINE_MODE_NONCOHERENT));
		twin_init(&t, &params);
		for (int i = 0; i < 24 && !different; i++, steps++) {
			any_step(&b, &sink, &t, &seed);
			different = same(&b, &sink, &t) ? 0 : first;
		}
		dirty += t.dirty;
	}
	ok(!different, "%llu random sequences, %llu steps: the module is its model",
	   (unsigned long long)sequences, (unsigned long long)steps);
	if (different)
		printf("# sequence %llu, step %llu\n", (unsigned long long)different,
		       (unsigned long long)steps);
	is((long long)counter(&b, DRM_STALELINE_JOB_DIRTY), (long long)dirty,
	   "and counts the dirty lines that jobs read");
	drop(&sink);
	drop(&b);
}

static void test_all(uint64_t sequences)
{
	uint64_t before = total_bytes();
	int others = dmabufs();

	test_info();
	test_coherent();
	test_missing_end();
	test_missing_start();
	test_neighbours();
	test_inval();
	test_end();
	test_write();
	test_rates();
	test_inject();
	test_cost();
	test_brackets();
	test_trap();
	test_trap_of_another();
	test_gone_with_a_bracket();
	test_trap_processes();
	test_sigbus();
	test_modes();
	test_flags_and_padding();
	test_bad_params();
	test_bad_ranges();
	test_bad_handles();
	test_bad_sizes();
	test_zeroed();
	test_limits();
	test_maps();
	test_part_of_a_map();
	test_read_only_map();
	test_self_import();
	test_foreign();
	test_foreign_read_only();
	test_importer();
	test_hook();
	test_sequences(sequences);
	ok(total_becomes(before), "no buffer is left");
	is(dmabufs(), others, "and no dma-buf, of ours or imported");
}

/* How a new buffer behaves. */
static int show(void)
{
	struct drm_staleline_params p = { 0 };

	if (dumb(card, 64, 64, 32, &p.handle, NULL) || call(card, DRM_IOCTL_STALELINE_GET, &p))
		bail("GET");
	printf("mode %u inval %u end %u write %u hook %u evict %u fetch %u inject %u seed %llu\n",
	       p.mode, p.inval, p.end, p.write, p.hook, p.evict, p.fetch, p.inject,
	       (unsigned long long)p.seed);
	return 0;
}

static int hold(void)
{
	uint32_t handle;
	char c;
	int fd;

	if (dumb(card, 64, 64, 32, &handle, NULL))
		bail("CREATE_DUMB");
	fd = export(card, handle, DRM_CLOEXEC);
	close(card);
	printf("held\n");
	fflush(stdout);
	while (fd >= 0 && read(0, &c, 1) > 0)
		;
	return fd < 0;
}

int main(int argc, char **argv)
{
	uint64_t sequences = 10000;

	card = open_card("staleline");
	if (card < 0)
		bail("no card node of staleline");
	if (argc > 1 && !strcmp(argv[1], "--hold"))
		return hold();
	if (argc > 1 && !strcmp(argv[1], "--show"))
		return show();
	if (argc > 1 && sscanf(argv[1], "--sequences=%llu", (unsigned long long *)&sequences) != 1)
		bail("usage: kmod [--sequences=N | --hold]");
	test_all(sequences);
	return done_testing();
}
