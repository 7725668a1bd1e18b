// SPDX-License-Identifier: MIT
/*
 * Every order on the module's model of a cache (kmod/cache.c), in user space: what the card shows of each fault, cell by
 * cell, and that every control is clean whatever the cache does. poll and SYNC are mocks that drive the model as the
 * module's hooks do; the peer is the device side, and its write ends only when it is waited for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <drm_fourcc.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "order/order.h"

enum {
	WIDTH = 256,
	HEIGHT = 64,
	STRIDE = WIDTH * 4,
	CELLS = WIDTH / 16 * HEIGHT,
	LASTS = CELLS / 4, /* ORDER_LAST_ROWS */
	PAGES = STRIDE * HEIGHT / 4096,
};

static struct world {
	struct card card;
	struct buffer buffers[2];
	struct order_content content;
	struct cache cache;
	struct cache_page pages[PAGES];
	unsigned long cached[PAGES], young[PAGES];
	u8 cpu[PAGES * 4096], device[PAGES * 4096], base[PAGES * 4096];
	u8 other[PAGES * 4096]; /* the second buffer: both sides, never drawn */
	u32 open;		/* flags of the module's bracket */
	uint32_t serial, frame;
	uint32_t peer_serial, peer_frame; /* of the peer's write that is not done yet */
	struct cell_verdict map[CELLS];
	struct cell_count count; /* of the last look */
	bool state_agrees;	 /* then: not fresh is what the model calls dirty or stale */
} w;

/* The rest of what the peer was asked to write: it did the upper half at once. */
static void peer_ends(void)
{
	if (w.peer_serial)
		card_draw(&w.card, w.peer_serial, w.peer_frame, card_whole(&w.card), w.device,
			  STRIDE);
	w.peer_serial = 0;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_ioctl(int fd, unsigned long request, void *arg);

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	(void)timeout;
	assert_int_equal(count, 1);
	peer_ends(); /* its fence is in the buffer */
	fds->revents = fds->events;
	return 1;
}

static void model_start(u32 flags)
{
	cache_start(&w.cache, flags, 0);
	w.open = flags;
	peer_ends(); /* START waits, after its cache work (R12) */
	for (unsigned long i = 0; i < PAGES; i++)
		cache_touch(&w.cache, i, true);
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	const struct dma_buf_sync *sync = arg;
	u32 flags = sync->flags & DMA_BUF_SYNC_RW;
	int injected;

	assert_true(request == DMA_BUF_IOCTL_SYNC);
	if (fd != w.buffers[0].access.fd)
		return 0;
	injected = flags ? cache_inject(&w.cache) : 0;
	errno = !flags ? EINVAL : injected == 1 ? EINTR : injected ? EAGAIN : 0;
	if (errno)
		return -1;
	if (sync->flags & DMA_BUF_SYNC_END) {
		cache_end(&w.cache, flags);
		w.open = 0;
	} else {
		model_start(flags);
	}
	return 0;
}

/* The card of @pixels; and is what is not fresh just what the model has as @state? */
static void look(const void *pixels, u32 state)
{
	card_judge(&w.card, &w.content.expect, pixels, STRIDE, w.map);
	w.count = (struct cell_count){ 0 };
	cell_count_add(&w.count, &w.card, w.frame, w.map);
	w.state_agrees = true;
	for (unsigned long i = 0; i < CELLS; i++)
		w.state_agrees &= (w.map[i].kind != CELL_FRESH) ==
				  ((cache_line_state(&w.cache, i) & state) != 0);
}

static int submit(void *data, enum order_target target, struct why *why)
{
	(void)why;
	if (((const struct order *)data)->direction == ORDER_CPU_WRITE)
		look(target == ORDER_OTHER ? w.other : w.device, CACHE_DIRTY);
	return 0;
}

static void touched(void *data, const struct order_step *step, struct card_area area)
{
	(void)data;
	(void)area;
	if (step->verb == ORDER_JUDGE)
		look(w.cpu, CACHE_STALE);
}

static int peer_write(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	struct card_area half = { 0, 0, WIDTH / 16, HEIGHT / 2 };

	(void)data;
	(void)why;
	card_draw(&w.card, serial, frame, half, w.device, STRIDE);
	w.peer_serial = serial;
	w.peer_frame = frame;
	return 0;
}

static int peer_wait(void *data, struct why *why)
{
	(void)data;
	(void)why;
	peer_ends();
	return 0;
}

static int setup(void **state)
{
	const struct cache_params params = { .seed = 1 };

	(void)state;
	memset(&w, 0, sizeof(w));
	assert_int_equal(card_init(&w.card, DRM_FORMAT_XRGB8888, WIDTH, HEIGHT), 0);
	for (uint32_t i = 0; i < 2; i++) {
		w.buffers[i].map = i ? w.other : w.cpu;
		w.buffers[i].stride = STRIDE;
		w.buffers[i].number = i + 1;
		access_init(&w.buffers[i].access, 1000 + (int)i, ACCESS_ENFORCE);
	}
	for (int i = 0; i < PAGES; i++) {
		w.pages[i].cpu = w.cpu + i * 4096;
		w.pages[i].device = w.device + i * 4096;
		w.pages[i].base = w.base + i * 4096;
	}
	cache_init(&w.cache, NULL, w.pages, PAGES, w.cached, w.young, &params);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	card_finish(&w.card);
	return 0;
}

static void perform(const struct order *order)
{
	const struct order_hands hands = { (void *)(uintptr_t)order, submit, peer_write, peer_wait,
					   touched };
	struct order_frame frame = {
		.card = &w.card,
		.buffer = &w.buffers[0],
		.other = &w.buffers[1],
		.content = &w.content,
		.run = 0x51a1e,
		.frame = ++w.frame,
		.wait_ms = 10,
		.map = w.map,
	};
	struct why why = { "" };

	assert_int_equal(order_perform(order, &frame, &hands, &why), 0);
}

/* As a checker does before each frame: the parameters that the row needs. */
static void set_params(struct cache_params params, const struct order *order)
{
	if (order->needs & ORDER_NEEDS_POISON)
		params.write = CACHE_WRITE_POISON;
	if (order->needs & ORDER_NEEDS_INJECT)
		params.inject = 1;
	cache_set(&w.cache, &params, false);
}

static const struct shown {
	const char *fault;
	enum cell_kind kind; /* these cells and no others are not fresh */
	uint64_t cells;
	bool state; /* and they are just what the module calls dirty, or stale */
} every_fault[] = {
	{ "wrong-buffer", CELL_UNWRITTEN, CELLS, false },
	{ "stride", CELL_TORN, CELLS - 2 * HEIGHT, false }, /* at least; see order_test */
	{ "no-bracket", CELL_STALE, CELLS, true },
	{ "no-start", CELL_TORN, LASTS, false },
	{ "no-restart", CELL_TORN, LASTS, false },
	{ "no-end", CELL_STALE, CELLS, true },
	{ "submit-open", CELL_STALE, CELLS, true },
	{ "early-end", CELL_STALE, LASTS, true },
	{ "late-write", CELL_STALE, LASTS, true },
	{ "read-flag", CELL_STALE, CELLS, true },
	{ "end-flag", CELL_STALE, CELLS, true },
	{ "no-flag", CELL_STALE, CELLS, true },
	{ "partial-write-flag", CELL_UNWRITTEN, CELLS / 2, false },
	{ "blend-write-flag", CELL_UNWRITTEN, CELLS - LASTS, false }, /* at least */
	{ "read-no-start", CELL_STALE, CELLS, true },
	{ "read-no-restart", CELL_STALE, CELLS, true },
	{ "read-no-wait", CELL_STALE, CELLS / 2, true },
	{ "read-write-flag", CELL_UNWRITTEN, CELLS, false },
	{ "read-after-end", CELL_STALE, 0, false },
};

static void every_fault_shows_what_its_row_says(void **state)
{
	static const u32 invals[] = { CACHE_INVAL_DISCARD, CACHE_INVAL_WRITEBACK };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(every_fault) / sizeof(every_fault[0]); i++) {
		const struct shown *shown = &every_fault[i / 2];
		const struct cache_params params = { .inval = invals[i % 2] };
		const struct order *fault = order_find(shown->fault);
		uint64_t not_fresh;

		cache_set(&w.cache, &params, false);
		for (int frame = 0; frame < 5; frame++) {
			if (frame >= 2)
				set_params(params, fault);
			perform(frame < 2 ? order_find(fault->control) : fault);
			not_fresh = w.count.checked - w.count.kind[CELL_FRESH];
			if (frame < 2) {
				assert_int_equal(not_fresh, 0);
				continue;
			}
			assert_int_equal(not_fresh != 0, (fault->by & NOTICE_CARD) != 0);
			if (strcmp(shown->fault, "stride") &&
			    strcmp(shown->fault, "blend-write-flag"))
				assert_int_equal(not_fresh, shown->cells);
			assert_true(w.count.kind[shown->kind] >= shown->cells);
			assert_true(w.state_agrees || !shown->state);
		}
	}
}

static void every_fault_is_in_the_table_above(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		int n = 0;

		for (size_t i = 0; i < sizeof(every_fault) / sizeof(every_fault[0]); i++)
			n += !strcmp(every_fault[i].fault, order->name);
		assert_int_equal(n, order_is_fault(order));
	}
}

/* Whatever came before, and whatever the cache does by itself. */
static void every_control_is_clean(void **state)
{
	const struct order *orders[64];
	uint32_t n = 0, random = 1;

	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		orders[n++] = order;
	for (int round = 0; round < 4000; round++) {
		const struct order *order;

		random = random * 1664525 + 1013904223;
		order = orders[(random >> 8) % n];
		if (!w.open) /* the module says EBUSY while a bracket is open */
			set_params((struct cache_params){ .inval = random >> 16 & 1,
							  .end = random >> 17 & 1,
							  .write = (random >> 18 & 3) % 3,
							  .evict = random >> 20 & 1 ? 20000 : 0,
							  .fetch = random >> 21 & 1 ? 20000 : 0 },
				   order);
		perform(order);
		if (order_is_fault(order))
			continue;
		if (!cell_count_clean(&w.count))
			print_message("# round %d: %s\n", round, order->name);
		assert_true(cell_count_clean(&w.count));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_fault_shows_what_its_row_says),
		cmocka_unit_test(every_fault_is_in_the_table_above),
		TEST(every_control_is_clean),
	};

	return cmocka_run_group_tests_name("order model", tests, NULL, NULL);
}
