// SPDX-License-Identifier: MIT
/*
 * What the CPU's side and the device's each see of a buffer, as its parameters say: which stores
 * get lost, which copies go stale, what a bracket costs and how it is counted. A room of kmod_test.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache.h"
#include "kmod_test.h"

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

void test_sides(void)
{
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
}
