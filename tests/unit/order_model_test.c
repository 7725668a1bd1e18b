// SPDX-License-Identifier: MIT
/*
 * Every order on the module's model of a cache (kmod/cache.c), in user space: what the card shows of each fault, cell by
 * cell, and that every control is clean whatever the cache does. poll and SYNC are mocks that drive the model as the
 * module's hooks do; the peer is the device side, and what it writes or reads ends only when it is waited for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
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
	u8 read[PAGES * 4096];		  /* what the peer has read so far */
	bool reads;			  /* its lower half is still to come */
	enum order_sync sync;
	bool snapshot_writes, snapshot_reads; /* work that the last sync_file is of */
	struct cell_verdict map[CELLS];
	struct cell_count count; /* of the last look, and of that at what the peer read before */
	bool state_agrees;	 /* then: not fresh is what the model calls dirty or stale */
} w;

/* Rows of the device side, as work of the peer's finds them. */
static void device_read(u32 row, u32 rows)
{
	for (unsigned long i = row * STRIDE / 4096; i < (row + rows) * STRIDE / 4096; i++)
		cache_device(&w.cache, i, 0, 4096);
	memcpy(w.read + row * STRIDE, w.device + row * STRIDE, (size_t)rows * STRIDE);
}

/* The rest of what the peer was asked to write: it did the upper half at once. */
static void writer_ends(void)
{
	if (w.peer_serial)
		card_draw(&w.card, w.peer_serial, w.peer_frame, card_whole(&w.card), w.device,
			  STRIDE);
	w.peer_serial = 0;
}

static void reader_ends(void)
{
	if (w.reads)
		device_read(HEIGHT / 2, HEIGHT / 2);
	w.reads = false;
}

static void peer_ends(void)
{
	writer_ends();
	reader_ends();
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_ioctl(int fd, unsigned long request, void *arg);

/* Fences in the buffer, or in a sync_file; POLLIN|POLLOUT is done when either is. */
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	bool file = fds->fd != w.buffers[0].access.fd && fds->fd != w.buffers[1].access.fd;

	(void)timeout;
	assert_int_equal(count, 1);
	assert_int_not_equal(w.sync, ORDER_SYNCOBJ);
	if (file ? w.snapshot_writes : fds->events & POLLIN || fds->events == POLLOUT)
		writer_ends();
	if (file ? w.snapshot_reads : fds->events == POLLOUT)
		reader_ends();
	fds->revents = fds->events;
	return 1;
}

static int export_file(struct dma_buf_export_sync_file *args)
{
	w.snapshot_writes = w.peer_serial;
	w.snapshot_reads = w.reads && args->flags & DMA_BUF_SYNC_WRITE;
	args->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return args->fd < 0 ? -1 : 0;
}

/* START waits, after its cache work (R12): for writers, or for all users; where it knows of them. */
static void model_start(u32 flags)
{
	cache_start(&w.cache, flags, 0);
	w.open = flags;
	if (w.sync != ORDER_SYNCOBJ) {
		writer_ends();
		if (flags & CACHE_WRITE)
			reader_ends();
	}
	for (unsigned long i = 0; i < PAGES; i++)
		cache_touch(&w.cache, i, true);
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	const struct dma_buf_sync *sync = arg;
	u32 flags = sync->flags & DMA_BUF_SYNC_RW;
	int injected;

	if (request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE)
		return export_file(arg);
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

static int peer_read(void *data, struct why *why)
{
	(void)data;
	(void)why;
	device_read(0, HEIGHT / 2);
	w.reads = true;
	return 0;
}

static int peer_judge(void *data, const struct card_expect *expect, struct why *why)
{
	(void)data;
	(void)why;
	reader_ends();
	card_judge(&w.card, expect, w.read, STRIDE, w.map);
	cell_count_add(&w.count, &w.card, w.frame, w.map);
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
	const struct order_hands hands = {
		.data = (void *)(uintptr_t)order,
		.submit = submit,
		.peer_write = peer_write,
		.peer_wait = peer_wait,
		.peer_read = peer_read,
		.peer_judge = peer_judge,
		.touched = touched,
	};
	struct order_frame frame = {
		.card = &w.card,
		.buffer = &w.buffers[0],
		.other = &w.buffers[1],
		.content = &w.content,
		.run = 0x51a1e,
		.frame = w.frame += 2, /* an order that draws twice begins with the one before */
		.wait_ms = 10,
		.sync = w.sync,
		.map = w.map,
	};
	struct why why = { "" };

	w.count = (struct cell_count){ 0 };
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
	{ "stride", CELL_TORN, CELLS - 2 * HEIGHT, false }, /* at least; see order_fault_test */
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
	{ "no-release", CELL_AHEAD, CELLS / 2, false },
	{ "wait-in-only", CELL_STALE, 0, false },
	{ "in-out-poll", CELL_STALE, 0, false },
	{ "signal-early", CELL_STALE, CELLS / 2, false },
	{ "snapshot-early", CELL_STALE, CELLS / 2, true },
	{ "read-no-start", CELL_STALE, CELLS, true },
	{ "read-no-restart", CELL_STALE, CELLS, true },
	{ "read-no-wait", CELL_STALE, CELLS / 2, true },
	{ "read-write-flag", CELL_UNWRITTEN, CELLS, true },
	{ "read-after-end", CELL_STALE, 0, false },
};

/* Without this nothing ends of itself, and read-no-wait has no START that waits. */
static bool shows_by(const struct order *fault, enum order_sync sync)
{
	return order_has_sync(fault, sync) &&
	       !(fault->needs & ORDER_NEEDS_FENCE && sync == ORDER_SYNCOBJ);
}

static void check_fault(const struct shown *shown, const struct cache_params *params)
{
	const struct order *fault = order_find(shown->fault);
	uint64_t not_fresh;

	for (int frame = 0; frame < 5; frame++) {
		if (frame >= 2)
			set_params(*params, fault);
		perform(frame < 2 ? order_find(fault->control) : fault);
		not_fresh = w.count.checked - w.count.kind[CELL_FRESH];
		assert_true(w.count.checked >= CELLS);
		if (frame < 2) {
			assert_int_equal(not_fresh, 0);
			continue;
		}
		assert_int_equal(not_fresh != 0, (fault->by & NOTICE_CARD) != 0);
		if (strcmp(shown->fault, "stride") && strcmp(shown->fault, "blend-write-flag"))
			assert_int_equal(not_fresh, shown->cells);
		assert_true(w.count.kind[shown->kind] >= shown->cells);
		assert_true(w.state_agrees || !shown->state);
	}
}

static void every_fault_shows_what_its_row_says(void **state)
{
	static const u32 invals[] = { CACHE_INVAL_DISCARD, CACHE_INVAL_WRITEBACK };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(every_fault) / sizeof(every_fault[0]); i++) {
		const struct shown *shown = &every_fault[i / 2];
		const struct cache_params params = { .inval = invals[i % 2] };

		for (w.sync = 0; w.sync < ORDER_SYNC_KINDS; w.sync++) {
			if (!shows_by(order_find(shown->fault), w.sync))
				continue;
			cache_set(&w.cache, &params, false);
			check_fault(shown, &params);
		}
	}
}

static bool makes_map(const struct order *order)
{
	for (const struct order_step *step = order->steps; step->verb; step++)
		if (step->verb == ORDER_MAP)
			return true;
	return false;
}

static void every_fault_is_in_the_table_above(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		int n = 0;

		for (size_t i = 0; i < sizeof(every_fault) / sizeof(every_fault[0]); i++)
			n += !strcmp(every_fault[i].fault, order->name);
		/* Which map is taken makes no difference to a cache: see order_test. */
		assert_int_equal(n, order_is_fault(order) && !makes_map(order));
	}
}

/* Whatever came before, and whatever the cache does by itself. */
static void every_control_is_clean(void **state)
{
	const struct order *orders[64];
	uint32_t n = 0, random = 1;

	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		if (!makes_map(order))
			orders[n++] = order;
	for (int round = 0; round < 4000; round++) {
		const struct order *order;

		random = random * 1664525 + 1013904223;
		order = orders[(random >> 8) % n];
		w.sync = (random >> 22) % ORDER_SYNC_KINDS;
		while (!order_has_sync(order, w.sync))
			w.sync = (w.sync + 1) % ORDER_SYNC_KINDS;
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
