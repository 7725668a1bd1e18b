// SPDX-License-Identifier: MIT
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "order_bench.h"

/* What reached the kernel, as words: "pollout start-w end-w". */
char calls[256];
int fail_ioctl, fail_end, fail_export;
bool never_ready;
int poll_timeout;
int signals;
static enum order_sync reading_sync;
static struct world *reading; /* its peer has half of what it reads; NULL: none does */

static void end_read(void);

static void note(const char *word)
{
	if (calls[0])
		strcat(calls, " ");
	strcat(calls, word);
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_ioctl(int fd, unsigned long request, void *arg);

static int storm(int timeout)
{
	if (!timeout)
		return 0;
	signals--;
	usleep(1000);
	errno = EINTR;
	return -1;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	assert_int_equal(count, 1);
	poll_timeout = timeout;
	if (signals && fds->events == (POLLIN | POLLOUT))
		return storm(timeout);
	if (fds->fd < 1000) /* no buffer: a sync_file */
		note(fds->events == POLLIN ? "poll-file" : "poll-file?");
	else
		note(fds->events == POLLOUT		 ? "pollout"
		     : fds->events == POLLIN		 ? "pollin"
		     : fds->events == (POLLIN | POLLOUT) ? "poll-either"
							 : "poll?");
	if (never_ready)
		return 0;
	if (fds->events == POLLOUT)
		end_read(); /* its fence is in the buffer */
	fds->revents = fds->events;
	return 1;
}

/* One that can be closed. */
static int export_file(struct dma_buf_export_sync_file *args)
{
	note(args->flags & DMA_BUF_SYNC_WRITE ? "export-w" : "export-r");
	errno = fail_export;
	args->fd = fail_export ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC);
	return args->fd < 0 ? -1 : 0;
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	const struct dma_buf_sync *sync = arg;
	char word[32];

	(void)fd;
	if (request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE)
		return export_file(arg);
	assert_true(request == DMA_BUF_IOCTL_SYNC);
	snprintf(word, sizeof(word), "%s-%s%s", sync->flags & DMA_BUF_SYNC_END ? "end" : "start",
		 sync->flags & DMA_BUF_SYNC_READ ? "r" : "",
		 sync->flags & DMA_BUF_SYNC_WRITE ? "w" : "");
	note(word);
	/* START(WRITE) waits for readers, too, where it knows of them (R12). */
	if (!(sync->flags & DMA_BUF_SYNC_END) && sync->flags & DMA_BUF_SYNC_WRITE && reading &&
	    reading_sync != ORDER_SYNCOBJ)
		end_read();
	errno = sync->flags & DMA_BUF_SYNC_END ? fail_end : fail_ioctl;
	if (!(sync->flags & DMA_BUF_SYNC_RW)) /* as the kernel (R9) */
		errno = EINVAL;
	return errno ? -1 : 0;
}

static int submit(void *data, enum order_target target, struct why *why)
{
	struct world *world = data;

	(void)why;
	note(target == ORDER_OTHER ? "submit-other" : "submit");
	world->submitted = target == ORDER_OTHER ? world->frame.other : world->frame.buffer;
	world->seen = look(world);
	return 0;
}

int peer_write(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	struct world *world = data;

	(void)why;
	note("peer-write");
	card_draw(&world->card, serial, frame, card_whole(&world->card), world->frame.buffer->map,
		  STRIDE);
	world->peer_frame = frame;
	return 0;
}

static int peer_wait(void *data, struct why *why)
{
	(void)data;
	(void)why;
	note("peer-wait");
	end_read();
	return 0;
}

/* The lower half, which it comes to later. */
static void end_read(void)
{
	struct world *world = reading;

	if (world)
		memcpy(world->read + HEIGHT / 2 * STRIDE,
		       (char *)world->frame.buffer->map + HEIGHT / 2 * STRIDE, HEIGHT / 2 * STRIDE);
	reading = NULL;
}

static int peer_read(void *data, struct why *why)
{
	struct world *world = data;

	(void)why;
	note("peer-read");
	memcpy(world->read, world->frame.buffer->map, HEIGHT / 2 * STRIDE);
	reading = world;
	reading_sync = world->frame.sync;
	return 0;
}

static int peer_judge(void *data, const struct card_expect *expect, struct why *why)
{
	struct world *world = data;

	(void)why;
	note("peer-judge");
	end_read();
	card_judge(&world->card, expect, world->read, STRIDE, world->map);
	world->read_seen = (struct cell_count){ 0 };
	cell_count_add(&world->read_seen, &world->card, world->frame.frame, world->map);
	return 0;
}

static int memfd_of(void *data, struct why *why)
{
	(void)why;
	return ((struct world *)data)->memfd;
}

int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	calls[0] = '\0';
	fail_ioctl = 0;
	fail_end = 0;
	fail_export = 0;
	reading = NULL;
	never_ready = false;
	signals = 0;
	assert_int_equal(card_init(&world->card, DRM_FORMAT_XRGB8888, WIDTH, HEIGHT), 0);
	for (uint32_t i = 0; i < 2; i++) {
		struct buffer *buffer = &world->buffers[i];

		buffer->size = (size_t)HEIGHT * STRIDE;
		buffer->fd = memfd_create("order_test", MFD_CLOEXEC);
		assert_int_equal(ftruncate(buffer->fd, (off_t)buffer->size), 0);
		buffer->map =
			mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, buffer->fd, 0);
		assert_true(buffer->map != MAP_FAILED);
		buffer->stride = STRIDE;
		buffer->number = i + 1;
		access_init(&buffer->access, 1000 + (int)i, ACCESS_ENFORCE);
	}
	world->frame = (struct order_frame){
		.card = &world->card,
		.buffer = &world->buffers[0],
		.other = &world->buffers[1],
		.content = &world->content[0],
		.run = 0x12345,
		.frame = 7,
		.wait_ms = 10,
		.map = world->map,
	};
	world->memfd = world->buffers[0].fd;
	world->hands = (struct order_hands){
		.data = world,
		.submit = submit,
		.peer_write = peer_write,
		.peer_wait = peer_wait,
		.peer_read = peer_read,
		.peer_judge = peer_judge,
		.memfd = memfd_of,
	};
	*state = world;
	return 0;
}

int teardown(void **state)
{
	struct world *world = *state;

	card_finish(&world->card);
	for (int i = 0; i < 2; i++) {
		munmap(world->buffers[i].map, world->buffers[i].size);
		close(world->buffers[i].fd);
	}
	free(world);
	return 0;
}

void use_sync_of(struct world *world, const struct order *order)
{
	world->frame.sync = ORDER_IMPLICIT;
	while (!order_has_sync(order, world->frame.sync))
		world->frame.sync++;
}

int perform(struct world *world, const char *name, uint32_t frame)
{
	calls[0] = '\0';
	world->frame.frame = frame;
	return order_perform(order_find(name), &world->frame, &world->hands, &world->why);
}

struct cell_count look(struct world *world)
{
	struct cell_count count = { 0 };

	card_judge(&world->card, &world->content[0].expect, world->submitted->map, STRIDE,
		   world->map);
	cell_count_add(&count, &world->card, world->frame.frame, world->map);
	return count;
}
