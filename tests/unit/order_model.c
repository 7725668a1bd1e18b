// SPDX-License-Identifier: MIT
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "order_model.h"

struct world w;

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
	if (!w.peer_serial)
		return;
	card_draw(&w.card, w.peer_serial, w.peer_frame, card_whole(&w.card), w.device, STRIDE);
	if (w.ends_cool && w.cold) /* whatever the CPU touches next it fetches */
		memcpy(w.cpu, w.device, sizeof(w.cpu));
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
		w.cold = flags & CACHE_WRITE;
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
	/* By points nothing on the CPU's side has ended it; lines that the device has not come to yet are not stale. */
	if (w.sync == ORDER_SYNCOBJ)
		writer_ends();
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

int setup(void **state)
{
	const struct cache_params params = { .seed = 1 };

	(void)state;
	memset(&w, 0, sizeof(w));
	assert_int_equal(card_init(&w.card, DRM_FORMAT_XRGB8888, WIDTH, HEIGHT), 0);
	for (uint32_t i = 0; i < 2; i++) {
		w.buffers[i].map = i ? w.other : w.cpu;
		w.buffers[i].stride = STRIDE;
		w.buffers[i].number = i + 1;
		w.buffers[i].fd = memfd_create("order_model", MFD_CLOEXEC); /* for its number */
		assert_true(w.buffers[i].fd >= 0);
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

int teardown(void **state)
{
	(void)state;
	card_finish(&w.card);
	for (int i = 0; i < 2; i++)
		close(w.buffers[i].fd);
	return 0;
}

static void set_params(struct cache_params params, const struct order *order)
{
	if (order->needs & ORDER_NEEDS_POISON)
		params.write = CACHE_WRITE_POISON;
	if (order->needs & ORDER_NEEDS_INJECT)
		params.inject = 1;
	cache_set(&w.cache, &params, false);
}

void perform(const struct order *order, const struct order *as, struct cache_params params)
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
	assert_int_equal(order_warm_up(order, &frame, &hands, &why), 0);
	if (!w.open) /* the module says EBUSY while a bracket is open */
		set_params(params, as);
	assert_int_equal(order_perform(order, &frame, &hands, &why), 0);
}
