// SPDX-License-Identifier: MIT
/*
 * The orders, performed on plain memory: a mock of poll and ioctl writes down what reaches the
 * kernel, so that each order's calls can be held against rules.md, and the card says what a
 * reader would find.
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
#include <sys/mman.h>
#include <unistd.h>

#include "fds.h"

#include "order/order.h"

enum { WIDTH = 64, HEIGHT = 8, STRIDE = WIDTH * 4, MOCK_CALLS = 16 };

/* What reached the kernel, as words: "pollout start-w end-w". */
static char calls[256];
static int fail_ioctl; /* errno that each START gets, 0: none */
static int fail_end;   /* and each END */
static int fail_export;
static bool never_ready;
static int poll_timeout; /* of the last poll */
static int
	signals; /* so many polls for either end in one after 1 ms; with no time left in nothing */
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

struct world {
	struct card card;
	struct buffer buffers[2];
	struct order_content content[2];
	struct order_frame frame;
	const struct buffer *submitted;
	struct cell_count seen; /* what a peer that is coherent finds at submit */
	uint32_t peer_frame;	/* what the peer wrote last */
	int memfd; /* what the first buffer is made of; its fd, too, as if that were the dma-buf */
	unsigned char read[HEIGHT * STRIDE]; /* what the peer has read so far: the upper half */
	struct cell_count read_seen;
	struct cell_verdict map[WIDTH / 16 * HEIGHT];
	struct order_hands hands;
	struct why why;
};

static struct cell_count look(struct world *world);

static int submit(void *data, enum order_target target, struct why *why)
{
	struct world *world = data;

	(void)why;
	note(target == ORDER_OTHER ? "submit-other" : "submit");
	world->submitted = target == ORDER_OTHER ? world->frame.other : world->frame.buffer;
	world->seen = look(world);
	return 0;
}

static int peer_write(void *data, uint32_t serial, uint32_t frame, struct why *why)
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

static int setup(void **state)
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

static int teardown(void **state)
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

/* The first kind of sync that @order has. */
static void use_sync_of(struct world *world, const struct order *order)
{
	world->frame.sync = ORDER_IMPLICIT;
	while (!order_has_sync(order, world->frame.sync))
		world->frame.sync++;
}

static int perform(struct world *world, const char *name, uint32_t frame)
{
	calls[0] = '\0';
	world->frame.frame = frame;
	return order_perform(order_find(name), &world->frame, &world->hands, &world->why);
}

/* What the peer would find in the buffer that was submitted. */
static struct cell_count look(struct world *world)
{
	struct cell_count count = { 0 };

	card_judge(&world->card, &world->content[0].expect, world->submitted->map, STRIDE,
		   world->map);
	cell_count_add(&count, &world->card, world->frame.frame, world->map);
	return count;
}

static void overwrite_is_wait_start_end_submit(void **state)
{
	struct world *world = *state;
	struct cell_count count;

	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_string_equal(calls, "pollout start-w end-w submit");
	count = look(world);
	assert_int_equal(count.checked, WIDTH / 16 * HEIGHT);
	assert_true(cell_count_clean(&count));
}

static void partial_update_is_a_read_write_bracket(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "partial-update", 7), 0);
	assert_string_equal(calls, "pollout start-rw end-rw submit");
}

static void partial_update_keeps_the_other_half(void **state)
{
	struct world *world = *state;
	struct cell_count count;

	for (uint32_t frame = 7; frame < 12; frame++) {
		assert_int_equal(perform(world, "partial-update", frame), 0);
		count = look(world);
		assert_true(cell_count_clean(&count));
		/* The first is whole, each next one a half. */
		assert_int_equal(world->content[0].expect.part.rows,
				 frame == 7 ? HEIGHT : HEIGHT / 2);
	}
}

static void partial_update_shows_a_lost_half(void **state)
{
	struct world *world = *state;
	struct cell_count count;

	assert_int_equal(perform(world, "partial-update", 7), 0);
	assert_int_equal(perform(world, "partial-update", 8), 0);
	/* As if the half that was not redrawn had been thrown away. */
	world->content[0].expect.rest = 6;
	count = look(world);
	assert_int_equal(count.kind[CELL_AHEAD], count.checked / 2);
	assert_int_equal(count.kind[CELL_FRESH], count.checked / 2);
}

static void read_waits_for_writers(void **state)
{
	struct world *world = *state;
	struct cell_count count = { 0 };

	assert_int_equal(perform(world, "read", 7), 0);
	assert_string_equal(calls, "pollout peer-write peer-wait pollin start-r end-r submit");
	cell_count_add(&count, &world->card, 7, world->map);
	assert_true(cell_count_clean(&count));
}

static void wrong_buffer_submits_the_other(void **state)
{
	struct world *world = *state;
	struct cell_count count;

	/* The other one holds a good card of its own, as after a control. */
	card_draw(&world->card, card_serial(0x12345, 2), 7, card_whole(&world->card),
		  world->buffers[1].map, STRIDE);
	world->buffers[1].access.ready = ACCESS_RW;
	assert_int_equal(perform(world, "wrong-buffer", 7), 0);
	/* It is the other one that is in use now, and has to be waited for (R5). */
	assert_int_equal(world->buffers[1].access.ready, 0);
	assert_string_equal(calls, "pollout start-w end-w submit-other");
	count = look(world);
	assert_int_equal(count.kind[CELL_FOREIGN], count.checked);
}

/*
 * Every fault: the calls that it makes after one frame of its control, what the state machine of access.c alone says of
 * them (rules, as bits), and the errno that the kernel gives. Where the state machine says nothing, it can't.
 */
#define BIT(n) (UINT32_C(1) << (n))
#define PEER_WRITES "pollout peer-write peer-wait "
#define READ_ON "peer-wait start-w end-w peer-read "

static const struct expected {
	const char *fault, *calls;
	uint32_t broken;
	int start_err; /* errno of this frame's STARTs */
	int refused;   /* which the fault goes over */
} every_fault[] = {
	{ "wrong-buffer", "pollout start-w end-w submit-other", 0, 0, 0 },
	{ "stride", "pollout start-w end-w submit", 0, 0, 0 },
	{ "no-bracket", "pollout submit", 0, 0, 0 },
	{ "no-start", PEER_WRITES "pollout end-rw submit", BIT(1), 0, 0 },
	{ "no-restart", PEER_WRITES "pollout start-rw end-rw submit", BIT(1), EINTR, -EINTR },
	{ "no-restart", PEER_WRITES "pollout start-rw end-rw submit", BIT(1), EAGAIN, -EAGAIN },
	{ "no-end", "pollout start-w submit", BIT(6), 0, 0 },
	{ "submit-open", "pollout start-w submit end-w", BIT(6), 0, 0 },
	{ "early-end", "pollout start-w end-w submit", 0, 0, 0 },
	{ "late-write", "pollout start-w end-w submit", 0, 0, 0 },
	{ "read-flag", "pollout start-r end-r submit", 0, 0, 0 },
	{ "end-flag", "pollout start-w end-r submit", BIT(2), 0, 0 },
	{ "no-flag", "pollout start- end- submit", BIT(9), 0, -EINVAL },
	{ "partial-write-flag", "pollout start-w end-w submit", 0, 0, 0 },
	{ "blend-write-flag", PEER_WRITES "pollout start-w end-w submit", 0, 0, 0 },
	{ "no-release", READ_ON "start-w end-w peer-judge submit", BIT(5), 0, 0 },
	{ "wait-in-only", "pollout start-w end-w peer-read pollin start-w end-w peer-judge submit",
	  BIT(5), 0, 0 },
	{ "in-out-poll",
	  "pollout start-w end-w peer-read poll-either start-w end-w peer-judge submit", 0, 0, 0 },
	{ "signal-early",
	  "peer-wait start-w peer-read end-w peer-wait start-w end-w peer-judge submit", BIT(6), 0,
	  0 },
	{ "private-map", "pollout start-w end-w submit", 0, 0, 0 },
	{ "memfd-map", "pollout start-w end-w submit", 0, 0, 0 },
	{ "snapshot-early", "export-w poll-file export-r peer-write poll-file start-r end-r submit",
	  BIT(19), 0, 0 },
	{ "read-no-start", PEER_WRITES "pollin end-r submit", BIT(1), 0, 0 },
	{ "read-no-restart", PEER_WRITES "pollin start-r end-r submit", BIT(1), EINTR, -EINTR },
	{ "read-no-wait", "pollout peer-write start-r end-r submit", BIT(5), 0, 0 },
	{ "read-write-flag", PEER_WRITES "pollin start-w end-w submit", BIT(5), 0, 0 },
	{ "read-after-end", PEER_WRITES "pollin start-r end-r submit", 0, 0, 0 },
};

enum { EVERY_FAULT = sizeof(every_fault) / sizeof(every_fault[0]) };

static void every_fault_makes_its_calls_and_the_state_machine_knows(void **state)
{
	struct world *world = *state;
	const struct order_seen *seen = &world->frame.seen;

	for (size_t i = 0; i < EVERY_FAULT; i++) {
		const struct expected *expected = &every_fault[i];
		const struct order *fault = order_find(expected->fault);

		use_sync_of(world, fault);
		assert_int_equal(perform(world, fault->control, 7), 0);
		assert_int_equal(seen->broken | seen->violations, 0);
		assert_null(seen->violation);
		fail_ioctl = expected->start_err;
		assert_int_equal(perform(world, expected->fault, 8), 0);
		fail_ioctl = 0;
		assert_string_equal(calls, expected->calls);
		assert_int_equal(seen->broken, expected->broken);
		assert_int_equal(seen->violations != 0, expected->broken != 0);
		assert_int_equal(seen->violation != NULL, expected->broken != 0);
		assert_int_equal(seen->refused, expected->refused);
		/* The row says so, too. */
		assert_int_equal(!!(fault->by & NOTICE_ACCESS), expected->broken != 0);
		assert_true(!expected->refused || fault->by & NOTICE_KERNEL);
	}
}

static void every_fault_is_in_the_table_above(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		int n = 0;

		for (size_t i = 0; i < EVERY_FAULT; i++)
			n += !strcmp(every_fault[i].fault, order->name);
		assert_int_equal(n != 0, order_is_fault(order));
	}
}

/* On plain memory, which is coherent, only a mix-up of places, buffers or times can be seen. */
static void where_memory_is_coherent_only_mix_ups_show(void **state)
{
	struct world *world = *state;

	for (const struct order *order = order_catalogue; order->name; order++) {
		bool reads_on = order->needs & ORDER_NEEDS_READER;

		use_sync_of(world, order);
		if (order_is_fault(order))
			assert_int_equal(perform(world, order->control, 7), 0);
		assert_int_equal(perform(world, order->name, 8), 0);
		assert_true(world->seen.checked && (!reads_on || world->read_seen.checked));
		assert_int_equal(cell_count_clean(&world->seen) &&
					 (!reads_on || cell_count_clean(&world->read_seen)),
				 !order->anywhere);
		assert_true(!order->anywhere || order_is_fault(order));
	}
}

static void each_kind_of_sync_waits_its_way(void **state)
{
	struct world *world = *state;
	int fds = count_fds();

	world->frame.sync = ORDER_SYNC_FILE;
	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_string_equal(calls, "export-w poll-file start-w end-w submit");
	assert_int_equal(perform(world, "partial-update", 8), 0);
	assert_string_equal(calls, "export-w poll-file start-rw end-rw submit");
	assert_int_equal(perform(world, "read", 9), 0);
	assert_string_equal(calls, "export-w poll-file peer-write export-r poll-file start-r end-r "
				   "submit");
	assert_int_equal(perform(world, "read-by-snapshot", 10), 0);
	assert_string_equal(calls, "export-w poll-file peer-write export-r poll-file start-r end-r "
				   "submit");
	assert_int_equal(perform(world, "snapshot-early", 11), 0);
	never_ready = true;
	assert_int_equal(perform(world, "read", 12), -ETIME);
	assert_non_null(strstr(world->why.text, "buffer 1 was not ready for writing within 10 ms"));
	fail_export = ENOTTY;
	assert_int_equal(perform(world, "overwrite", 13), -ENOTTY);
	assert_non_null(strstr(world->why.text, "it came with Linux 6.0"));
	assert_int_equal(count_fds(), fds);
	/* The release point alone: nobody asks the dma-buf. */
	world->frame.sync = ORDER_SYNCOBJ;
	assert_int_equal(perform(world, "in-out-poll", 13), -EOPNOTSUPP);
	assert_string_equal(world->why.text, "order in-out-poll is not one of syncobj sync; "
					     "staleline check performs it");
	assert_string_equal(calls, "");
	assert_int_equal(perform(world, "overwrite", 14), 0);
	assert_string_equal(calls, "peer-wait start-w end-w submit");
	assert_int_equal(perform(world, "read", 15), 0);
	assert_string_equal(calls, "peer-wait peer-write peer-wait start-r end-r submit");
	assert_int_equal(world->frame.seen.violations, 0);
}

static void a_peer_that_cannot_read_on_is_told(void **state)
{
	struct world *world = *state;

	world->hands.peer_read = NULL;
	assert_int_equal(perform(world, "overwrite-after-read", 7), -EOPNOTSUPP);
	assert_non_null(strstr(world->why.text, "a peer that reads on while the CPU goes on"));
	assert_string_equal(calls, "pollout start-w end-w");
}

/* What the peer has to find is what was there when it was told to read. */
static void a_peer_that_reads_on_is_waited_for(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "overwrite-after-read", 7), 0);
	assert_string_equal(calls, "pollout start-w end-w peer-read pollout start-w end-w "
				   "peer-judge submit");
	assert_true(world->read_seen.checked && cell_count_clean(&world->read_seen));
	assert_true(cell_count_clean(&world->seen));
	/* START makes up for it. */
	assert_int_equal(perform(world, "wait-in-only", 8), 0);
	assert_true(cell_count_clean(&world->read_seen));
	world->frame.sync = ORDER_SYNCOBJ; /* and can't, where it knows of no reader */
	assert_int_equal(perform(world, "no-release", 9), 0);
	assert_int_equal(world->read_seen.kind[CELL_FRESH], world->read_seen.checked / 2);
	assert_int_equal(world->read_seen.kind[CELL_AHEAD], world->read_seen.checked / 2);
	assert_true(cell_count_clean(&world->seen));
}

static void a_map_is_as_the_order_says(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "overwrite-mapped", 7), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(perform(world, "memfd-map", 8), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(perform(world, "private-map", 9), 0);
	assert_int_equal(world->seen.kind[CELL_STALE], world->seen.checked);
	assert_int_equal(world->frame.seen.refused, 0); /* a memfd allows it */
	close(world->buffers[0].fd);
	world->buffers[0].fd = open("/dev/null", O_RDWR | O_CLOEXEC); /* it has no mmap */
	assert_int_equal(perform(world, "private-map", 10), 0);
	assert_int_equal(world->frame.seen.refused, -ENODEV);
	assert_int_equal(world->seen.kind[CELL_STALE], world->seen.checked);
	assert_int_equal(perform(world, "overwrite-mapped", 11), -EINVAL);
	world->hands.memfd = NULL;
	assert_int_equal(perform(world, "memfd-map", 12), -EOPNOTSUPP);
}

/* With no START at all nothing is interrupted: then the order is in order. */
static void no_restart_takes_a_start_that_is_interrupted(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "no-restart", 7), 0);
	assert_int_equal(world->frame.seen.violations, 0);
	assert_int_equal(world->buffers[0].access.open, 0);
	/* Another error is one, to this program too. */
	fail_ioctl = EIO;
	assert_int_equal(perform(world, "no-restart", 8), -EIO);
	fail_ioctl = ENOTTY;
	assert_int_equal(perform(world, "no-flag", 9), 0);
}

static void a_stride_too_short_tears_all_rows_but_the_first(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_int_equal(perform(world, "stride", 8), 0);
	assert_int_equal(world->seen.kind[CELL_FRESH], world->card.cols - 1);
	/* Eight rows that are one cell too short: the last eight cells but one were not reached. */
	assert_int_equal(world->seen.kind[CELL_STALE], HEIGHT - 1);
	assert_int_equal(world->seen.kind[CELL_TORN],
			 world->seen.checked - world->card.cols + 1 - (HEIGHT - 1));
}

/* As if the device had not got the lines of the last rows, or of the right halves. */
static void a_late_write_is_expected_to_be_seen(void **state)
{
	struct world *world = *state;
	const struct card_expect *expect = &world->content[0].expect;

	assert_int_equal(perform(world, "late-write", 7), 0);
	assert_int_equal(expect->frame, 8);
	assert_int_equal(expect->rest, 7);
	assert_int_equal(expect->part.row, HEIGHT - HEIGHT / 4);
	assert_int_equal(expect->part.rows, HEIGHT / 4);
	card_draw(&world->card, expect->serial, 7, card_whole(&world->card), world->buffers[0].map,
		  STRIDE);
	world->seen = look(world);
	assert_int_equal(world->seen.kind[CELL_STALE], world->card.cols * (HEIGHT / 4));
	assert_int_equal(world->seen.kind[CELL_FRESH], world->card.cols * (HEIGHT - HEIGHT / 4));
}

static int peer_writes_nothing(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	(void)data;
	(void)serial;
	(void)frame;
	(void)why;
	return 0;
}

/* As if the CPU's cache had lines of an older frame, and the device never got others. */
static void old_lines_under_an_update_are_torn_and_under_a_blend_are_wrong(void **state)
{
	struct world *world = *state;
	uint64_t lasts = world->card.cols * (HEIGHT / 4);

	assert_int_equal(perform(world, "update-after-device", 7), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(world->peer_frame, 7);
	world->hands.peer_write = peer_writes_nothing;
	assert_int_equal(perform(world, "no-start", 8), 0);
	assert_int_equal(world->seen.kind[CELL_TORN], lasts);
	assert_int_equal(world->seen.kind[CELL_STALE], world->seen.checked - lasts);
	world->hands.peer_write = peer_write;
	assert_int_equal(perform(world, "blend", 9), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(world->peer_frame, 8);
	world->hands.peer_write = peer_writes_nothing;
	assert_int_equal(perform(world, "blend-write-flag", 11), 0);
	assert_int_equal(world->seen.kind[CELL_FRESH], 0);
	assert_int_equal(world->seen.kind[CELL_STALE], world->seen.checked - lasts);
}

/* Else what it left dirty could go back over what the peer writes: see order_model_test. */
static void a_control_whose_peer_writes_cleans_up_after_a_fault(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "no-end", 7), 0);
	assert_int_equal(perform(world, "read", 8), 0);
	assert_string_equal(calls, "end-w pollout start-rw end-rw " PEER_WRITES
				   "pollin start-r end-r submit");
	assert_int_equal(perform(world, "read", 9), 0);
	assert_string_equal(calls, PEER_WRITES "pollin start-r end-r submit");
	assert_int_equal(perform(world, "no-end", 10), 0);
	never_ready = true;
	assert_int_equal(perform(world, "blend", 11), -ETIME);
	assert_non_null(strstr(world->why.text, "cleaning up after a fault: buffer 1 was not"));
}

static void a_control_after_a_fault_builds_on_nothing(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "partial-update", 7), 0);
	assert_int_equal(perform(world, "no-end", 8), 0);
	memset(world->buffers[0].map, 0, (size_t)HEIGHT * STRIDE);
	assert_int_equal(perform(world, "partial-update", 9), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(world->content[0].expect.part.rows, HEIGHT);
	assert_int_equal(perform(world, "partial-update", 10), 0);
	assert_true(cell_count_clean(&world->seen));
	assert_int_equal(world->content[0].expect.part.rows, HEIGHT / 2);
}

static void no_end_leaves_the_bracket_open_and_a_control_ends_it(void **state)
{
	struct world *world = *state;
	struct access *access = &world->buffers[0].access;

	assert_int_equal(perform(world, "no-end", 7), 0);
	assert_int_equal(access->open, ACCESS_WRITE);
	/* Again: the next START finds it open, as in a program that has this fault. */
	assert_int_equal(perform(world, "no-end", 8), 0);
	assert_string_equal(calls, "pollout start-w submit");
	assert_true(access->broken & 1u << 6); /* R6: submitted while open */
	assert_true(access->broken & 1u << 11);
	assert_int_equal(perform(world, "overwrite", 9), 0);
	assert_string_equal(calls, "end-w pollout start-w end-w submit");
	assert_int_equal(access->open, 0);
	assert_int_equal(perform(world, "overwrite", 10), 0);
	assert_string_equal(calls, "pollout start-w end-w submit");
}

/* Between two faults, and for whatever else touches the buffer. */
static void settling_ends_what_is_open_and_brings_the_rules_back(void **state)
{
	struct world *world = *state;
	struct access *access = &world->buffers[0].access;

	assert_int_equal(perform(world, "no-end", 7), 0);
	calls[0] = '\0';
	assert_int_equal(order_settle(&world->buffers[0], &world->why), 0);
	assert_string_equal(calls, "end-w");
	assert_int_equal(access->open, 0);
	assert_int_equal(access->policy, ACCESS_ENFORCE);
	assert_int_equal(order_settle(&world->buffers[0], &world->why), 0);
	assert_string_equal(calls, "end-w");
	fail_end = EIO;
	access->open = ACCESS_READ;
	assert_int_equal(order_settle(&world->buffers[0], &world->why), -EIO);
}

static void a_bracket_that_cannot_be_ended_stops_the_control(void **state)
{
	struct world *world = *state;

	assert_int_equal(perform(world, "no-end", 7), 0);
	fail_end = EIO;
	assert_int_equal(perform(world, "overwrite", 8), -EIO);
	assert_non_null(strstr(world->why.text, "ending the bracket that a fault left open"));
	assert_string_equal(calls, "end-w");
}

static void a_stray_end_is_refused_by_some_and_the_frame_goes_on(void **state)
{
	struct world *world = *state;

	fail_end = EINVAL; /* udmabuf */
	assert_int_equal(perform(world, "read-no-start", 7), 0);
	assert_string_equal(calls, "pollout peer-write peer-wait pollin end-r submit");
	fail_end = EIO;
	assert_int_equal(perform(world, "read-no-start", 8), -EIO);
	assert_null(strstr(calls, "submit"));
	/* Not of an END that had its START. */
	fail_end = EINVAL;
	assert_int_equal(perform(world, "read-no-wait", 9), -EINVAL);
}

static void a_control_is_held_to_the_rules_and_a_fault_is_not(void **state)
{
	struct world *world = *state;
	struct access *access = &world->buffers[0].access;

	assert_int_equal(perform(world, "read-no-wait", 7), 0);
	assert_int_equal(access->policy, ACCESS_OBSERVE);
	assert_true(access->broken & 1u << 5);
	assert_int_equal(perform(world, "read", 8), 0);
	assert_int_equal(access->policy, ACCESS_ENFORCE);
}

static int peer_is_slow(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	struct world *world = data;

	/* So far it has written one row. */
	(void)why;
	card_draw(&world->card, serial, frame, (struct card_area){ 0, 0, world->card.cols, 1 },
		  world->frame.buffer->map, STRIDE);
	return 0;
}

static void what_was_read_is_what_is_judged_and_kept(void **state)
{
	struct world *world = *state;
	struct cell_count count = { 0 };
	char *copy = calloc(HEIGHT, STRIDE);

	world->frame.copy = copy;
	assert_int_equal(perform(world, "read", 7), 0);
	world->hands.peer_write = peer_is_slow;
	assert_int_equal(perform(world, "read-no-wait", 8), 0);
	cell_count_add(&count, &world->card, 8, world->map);
	assert_int_equal(count.kind[CELL_FRESH], world->card.cols);
	assert_int_equal(count.kind[CELL_STALE], world->card.cols * (HEIGHT - 1));
	assert_memory_equal(copy, world->buffers[0].map, (size_t)HEIGHT * STRIDE);
	free(copy);
}

static int peer_hangs(void *data, struct why *why)
{
	(void)data;
	return why_set(why, -ETIME, "the peer hangs");
}

static void a_peer_that_hangs_is_told_and_nothing_is_read(void **state)
{
	struct world *world = *state;

	world->hands.peer_wait = peer_hangs;
	assert_int_equal(perform(world, "read", 7), -ETIME);
	assert_string_equal(world->why.text, "wait of frame 7, order read: the peer hangs");
	assert_string_equal(calls, "pollout peer-write");
}

static void not_ready_is_told_and_nothing_is_touched(void **state)
{
	struct world *world = *state;

	never_ready = true;
	assert_int_equal(perform(world, "overwrite", 7), -ETIME);
	assert_non_null(strstr(world->why.text, "buffer 1 was not ready for writing"));
	assert_null(strstr(calls, "start"));
	assert_null(strstr(calls, "submit"));
}

/* The frame comes again later: the second look finds it ready, and the wait behind the peer may block. */
static void a_look_does_not_block_and_does_nothing(void **state)
{
	struct world *world = *state;

	never_ready = true;
	world->frame.look = true;
	assert_int_equal(perform(world, "overwrite", 7), -EAGAIN);
	assert_true(world->frame.seen.not_ready);
	assert_string_equal(calls, "pollout");
	assert_int_equal(poll_timeout, 0);
	assert_false(world->content[0].drawn);
	never_ready = false;
	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_false(world->frame.seen.not_ready);
	assert_int_equal(perform(world, "read", 8), 0);
	assert_int_equal(poll_timeout, world->frame.wait_ms);
}

/* Not of each wait between two signals: of all of them together. */
static void a_time_limit_holds_in_a_storm_of_signals(void **state)
{
	struct world *world = *state;

	world->frame.wait_ms = 20;
	signals = 500;
	assert_int_equal(perform(world, "in-out-poll", 7), -ETIME);
	assert_int_equal(poll_timeout, 0);
	assert_in_range(signals, 1, 499);
}

/* A release point was waited for: the dma-buf isn't asked, until a peer has written (R7). */
static void what_was_waited_for_is_not_polled(void **state)
{
	struct world *world = *state;

	never_ready = true;
	world->frame.waited = true;
	assert_int_equal(perform(world, "overwrite", 7), 0);
	assert_string_equal(calls, "start-w end-w submit");
	never_ready = false;
	assert_int_equal(perform(world, "read", 8), 0);
	assert_string_equal(calls, "peer-write peer-wait pollin start-r end-r submit");
}

static void a_failed_start_is_told_and_nothing_is_submitted(void **state)
{
	struct world *world = *state;

	fail_ioctl = ENOTTY;
	assert_int_equal(perform(world, "overwrite", 7), -ENOTTY);
	assert_non_null(strstr(world->why.text, "SYNC START of frame 7, order overwrite"));
	assert_null(strstr(calls, "submit"));
	assert_false(world->content[0].drawn);
}

static int refuse(void *data, uint32_t serial, uint32_t frame, struct why *why)
{
	(void)data;
	(void)serial;
	(void)frame;
	return why_set(why, -EOPNOTSUPP, "this peer can't write");
}

static void a_peer_that_cannot_write_is_told(void **state)
{
	struct world *world = *state;

	world->hands.peer_write = refuse;
	assert_int_equal(perform(world, "read", 7), -EOPNOTSUPP);
	assert_string_equal(world->why.text,
			    "peer write of frame 7, order read: this peer can't write");
	assert_string_equal(calls, "pollout");
}

static bool same_step(const struct order_step *a, const struct order_step *b)
{
	return a->verb == b->verb && a->flags == b->flags && a->cells == b->cells &&
	       a->target == b->target && a->ahead == b->ahead && a->care == b->care &&
	       a->stride == b->stride && a->poll == b->poll && a->map == b->map;
}

static bool same_steps(const struct order_step *a, const struct order_step *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!same_step(a + i, b + i))
			return false;
	return true;
}

static size_t count_steps(const struct order *order)
{
	size_t n = 0;

	while (order->steps[n].verb)
		n++;
	return n;
}

/* Is @right a whole bracket, and @wrong the same with another one or with none around what it does? */
static bool other_bracket(const struct order_step *right, size_t n, const struct order_step *wrong,
			  size_t m)
{
	if (n < 2 || right[0].verb != ORDER_START || right[n - 1].verb != ORDER_END)
		return false;
	if (m == n - 2)
		return same_steps(right + 1, wrong, m);
	return m == n && wrong[0].verb == ORDER_START && wrong[m - 1].verb == ORDER_END &&
	       wrong[0].flags == wrong[m - 1].flags && wrong[0].care == wrong[m - 1].care &&
	       same_steps(right + 1, wrong + 1, n - 2);
}

/* Is one step of @control another in @fault, or gone, or one more, or in another place? */
static bool one_step_apart(const struct order *control, const struct order *fault)
{
	const struct order_step *right = control->steps, *wrong = fault->steps;
	size_t n = count_steps(control), m = count_steps(fault);

	for (; n && m && same_step(right, wrong); n--, m--)
		right++, wrong++;
	for (; n && m && same_step(right + n - 1, wrong + m - 1); n--, m--)
		;
	if (n + m == 1 || (n == 1 && m == 1 && right->verb == wrong->verb))
		return true;
	if (n == m && n > 1 &&
	    ((same_step(right, wrong + n - 1) && same_steps(right + 1, wrong, n - 1)) ||
	     (same_step(right + n - 1, wrong) && same_steps(right, wrong + 1, n - 1))))
		return true;
	return other_bracket(right, n, wrong, m);
}

static void every_fault_differs_from_its_control_in_one_step(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		if (order_is_fault(order))
			assert_true(one_step_apart(order_find(order->control), order));
	/* And that would have been noticed. */
	assert_false(one_step_apart(order_find("overwrite"), order_find("overwrite")));
	assert_false(one_step_apart(order_find("overwrite"), order_find("partial-write-flag")));
	assert_false(one_step_apart(order_find("partial-update"), order_find("end-flag")));
	assert_false(one_step_apart(order_find("read"), order_find("no-start")));
}

/* What a row says of itself follows from its steps, where it does. */
static void what_an_order_needs_is_in_its_steps(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		bool writes = false, interrupted = false, reads = false, memfd = false;

		for (const struct order_step *step = order->steps; step->verb; step++) {
			writes |= step->verb == ORDER_PEER_WRITE;
			interrupted |= step->care == ORDER_NO_RESTART;
			reads |= step->verb == ORDER_PEER_READ;
			memfd |= step->map == ORDER_MAP_MEMFD;
		}
		assert_int_equal(!!(order->needs & ORDER_NEEDS_READER), reads);
		assert_int_equal(!!(order->needs & ORDER_NEEDS_MEMFD), memfd);
		assert_int_equal(!!(order->needs & ORDER_NEEDS_WRITER), writes);
		assert_int_equal(!!(order->needs & ORDER_NEEDS_INJECT), interrupted);
		/* Of memfd-map the row says why nobody can notice it. */
		assert_int_equal(order->by != 0,
				 order_is_fault(order) && strcmp(order->name, "memfd-map"));
		assert_int_equal(order->needs & ~ORDER_NEEDS_ALL, 0);
		assert_int_equal(order->by & ~NOTICE_ALL, 0);
	}
}

static void every_bit_has_a_word(void **state)
{
	(void)state;
	for (unsigned int bit = 1; bit; bit <<= 1) {
		assert_int_equal(notice_name(bit) != NULL, (bit & NOTICE_ALL) != 0);
		assert_int_equal(order_needs_name(bit) != NULL, (bit & ORDER_NEEDS_ALL) != 0);
	}
	assert_string_equal(notice_name(NOTICE_ACCESS), "access");
	assert_string_equal(order_sync_name(ORDER_SYNC_FILE), "sync-file");
}

static void what_leaves_out_a_bracket_is_known(void **state)
{
	static const char *const leave_out[] = { "no-end", "no-bracket", "no-start",
						 "read-no-start" };
	int n = 0;

	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		n += order_leaves_out_bracket(order);
	assert_int_equal(n, 4);
	for (int i = 0; i < 4; i++)
		assert_true(order_leaves_out_bracket(order_find(leave_out[i])));
}

/* By its steps: the CPU goes on while the peer's write may be under way. */
static bool leaves_out_wait(const struct order *order)
{
	bool pending = false;

	for (const struct order_step *step = order->steps; step->verb; step++) {
		if (pending && (step->verb == ORDER_START || step->verb == ORDER_JUDGE))
			return true;
		if (step->verb == ORDER_PEER_WRITE || step->verb == ORDER_WAIT ||
		    step->verb == ORDER_WAIT_SNAPSHOT)
			pending = step->verb == ORDER_PEER_WRITE;
	}
	return false;
}

static void what_leaves_out_the_wait_is_known(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		assert_int_equal(leaves_out_wait(order), !strcmp(order->name, "read-no-wait"));
}

static void what_is_about_another_buffer_is_known(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++)
		assert_int_equal(order_uses_other(order), !strcmp(order->name, "wrong-buffer"));
}

static void every_fault_has_a_control_of_the_same_direction(void **state)
{
	(void)state;
	for (const struct order *order = order_catalogue; order->name; order++) {
		const struct order *control;

		assert_true(order_find(order->name) == order); /* names are unique */
		assert_int_equal(order->steps[ORDER_MAX_STEPS].verb, ORDER_END_OF_STEPS);
		if (!order_is_fault(order))
			continue;
		control = order_find(order->control);
		assert_non_null(control);
		assert_false(order_is_fault(control));
		assert_int_equal(control->direction, order->direction);
		for (enum order_sync sync = 0; sync < ORDER_SYNC_KINDS; sync++)
			assert_true(!order_has_sync(order, sync) || order_has_sync(control, sync));
		assert_non_null(order->shows);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(overwrite_is_wait_start_end_submit),
		TEST(partial_update_is_a_read_write_bracket),
		TEST(partial_update_keeps_the_other_half),
		TEST(partial_update_shows_a_lost_half),
		TEST(read_waits_for_writers),
		TEST(wrong_buffer_submits_the_other),
		TEST(every_fault_makes_its_calls_and_the_state_machine_knows),
		TEST(where_memory_is_coherent_only_mix_ups_show),
		TEST(each_kind_of_sync_waits_its_way),
		TEST(a_peer_that_cannot_read_on_is_told),
		TEST(a_peer_that_reads_on_is_waited_for),
		TEST(a_map_is_as_the_order_says),
		TEST(no_restart_takes_a_start_that_is_interrupted),
		TEST(a_stride_too_short_tears_all_rows_but_the_first),
		TEST(a_late_write_is_expected_to_be_seen),
		TEST(old_lines_under_an_update_are_torn_and_under_a_blend_are_wrong),
		TEST(a_control_whose_peer_writes_cleans_up_after_a_fault),
		TEST(a_control_after_a_fault_builds_on_nothing),
		TEST(no_end_leaves_the_bracket_open_and_a_control_ends_it),
		TEST(settling_ends_what_is_open_and_brings_the_rules_back),
		TEST(a_bracket_that_cannot_be_ended_stops_the_control),
		TEST(a_stray_end_is_refused_by_some_and_the_frame_goes_on),
		TEST(a_control_is_held_to_the_rules_and_a_fault_is_not),
		TEST(what_was_read_is_what_is_judged_and_kept),
		TEST(a_peer_that_hangs_is_told_and_nothing_is_read),
		TEST(not_ready_is_told_and_nothing_is_touched),
		TEST(a_look_does_not_block_and_does_nothing),
		TEST(a_time_limit_holds_in_a_storm_of_signals),
		TEST(what_was_waited_for_is_not_polled),
		TEST(a_failed_start_is_told_and_nothing_is_submitted),
		TEST(a_peer_that_cannot_write_is_told),
		cmocka_unit_test(every_fault_differs_from_its_control_in_one_step),
		cmocka_unit_test(every_fault_is_in_the_table_above),
		cmocka_unit_test(what_an_order_needs_is_in_its_steps),
		cmocka_unit_test(every_bit_has_a_word),
		cmocka_unit_test(what_leaves_out_a_bracket_is_known),
		cmocka_unit_test(what_leaves_out_the_wait_is_known),
		cmocka_unit_test(what_is_about_another_buffer_is_known),
		cmocka_unit_test(every_fault_has_a_control_of_the_same_direction),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
