// SPDX-License-Identifier: MIT
/* One frame of `show`: what reaches the kernel, the peer and the compositor, in which order. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "order_bench.h"

#include "cmd/frame.h"

/* The frame's stage stands on the bench's buffers; no compositor, and a peer that is always done. */
struct bench {
	struct stage stage;
	struct record record;
	struct trace trace;
	struct frame frame;
	struct why why;
};

static struct world *world; /* of order_bench.h: its buffers, and what is wrapped */

static void note(const char *word)
{
	size_t used = strlen(calls);

	snprintf(calls + used, sizeof(calls) - used, "%s%s", used ? " " : "", word);
}

int __wrap_window_submit(struct window *window, struct window_buffer *wb, struct why *why);
void __wrap_window_fit(struct window *window, uint32_t width, uint32_t height);
void __wrap_trace_print(struct trace *trace);

int __wrap_window_submit(struct window *window, struct window_buffer *wb, struct why *why)
{
	(void)window;
	(void)wb;
	(void)why;
	note("commit");
	return 0;
}

void __wrap_window_fit(struct window *window, uint32_t width, uint32_t height)
{
	(void)window;
	(void)width;
	(void)height;
}

void __wrap_trace_print(struct trace *trace)
{
	(void)trace; /* stdout is the test's own */
}

static int reads(struct peer *peer, struct peer_image *image, const struct card_expect *expect,
		 struct cell_verdict *map, uint32_t *heat, struct why *why)
{
	const struct slot *slot = (const void *)image;

	(void)heat;
	(void)why;
	note("peer-read");
	card_judge(peer->card, expect, slot->buffer.map, STRIDE, map);
	return 0;
}

static int writes(struct peer *peer, struct peer_image *image, uint32_t serial, uint32_t frame,
		  struct why *why)
{
	const struct slot *slot = (const void *)image;

	(void)why;
	note("peer-write");
	card_draw(peer->card, serial, frame, card_whole(peer->card), slot->buffer.map, STRIDE);
	return 0;
}

static int finishes(struct peer *peer, struct why *why)
{
	(void)peer;
	(void)why;
	note("peer-wait");
	return 0;
}

static const struct peer_ops ops = {
	.name = "peer",
	.read = reads,
	.write = writes,
	.finish = finishes,
};

static int open_bench(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct stage *stage = &bench->stage;

	assert_int_equal(setup((void **)&world), 0);
	stage->card = world->card;
	stage->map = world->map;
	stage->run = 0x12345;
	stage->peer_open = true;
	stage->peer = (struct peer){ .ops = &ops, .card = &stage->card, .implicit = true };
	stage->sync = SHOW_SYNC_IMPLICIT;
	for (int i = 0; i < 2; i++) {
		stage->slots[i].buffer = world->buffers[i];
		stage->slots[i].image = (void *)&stage->slots[i];
	}
	bench->frame = (struct frame){
		.stage = stage,
		.record = &bench->record,
		.trace = &bench->trace,
		.slot = &stage->slots[0],
		.other = &stage->slots[1],
	};
	*state = bench;
	return 0;
}

static int close_bench(void **state)
{
	free(*state);
	return teardown((void **)&world);
}

/* One frame more of the order @name, which has to succeed. */
static void show(struct bench *bench, const char *name)
{
	calls[0] = '\0';
	bench->frame.order = order_find(name);
	bench->frame.number++;
	assert_int_equal(frame_perform(&bench->frame, &bench->why), 0);
}

/* Waits by poll; where the caller has waited, as for points, for nobody but the peer. */
static void what_takes_a_warm_cache_has_read_before(void **state)
{
	static const char *const warm[] = { "update-after-device", "no-start" };
	static const char *const steps[] = { "start-rw end-rw", "end-rw" };
	struct bench *bench = *state;
	char expected[256];

	for (int i = 0; i < 2; i++) {
		show(bench, warm[i]);
		snprintf(expected, sizeof(expected),
			 "pollout start-r end-r pollout peer-write peer-wait pollout %s peer-read "
			 "commit",
			 steps[i]);
		assert_string_equal(calls, expected);
	}
	bench->stage.sync = SHOW_SYNC_SYNCOBJ;
	show(bench, "no-start");
	assert_string_equal(calls, "start-r end-r peer-write peer-wait pollout end-rw peer-read "
				   "commit");
	assert_int_equal(cell_count_clean(&bench->record.cells), true); /* memory is coherent */
}

static void what_takes_none_makes_no_call_more(void **state)
{
	struct bench *bench = *state;

	show(bench, "overwrite");
	assert_string_equal(calls, "pollout start-w end-w peer-read commit");
	show(bench, "partial-update");
	assert_string_equal(calls, "pollout start-rw end-rw peer-read commit");
	show(bench, "no-bracket");
	assert_string_equal(calls, "pollout peer-read commit");
}

static void a_trace_says_that_the_cache_was_warmed(void **state)
{
	struct bench *bench = *state;
	const char *warm;

	bench->trace.on = true;
	show(bench, "no-start");
	warm = strstr(bench->trace.line, "SYNC END READ (R2) ok | all was read, in order: the "
					 "cache is warm | poll POLLOUT");
	assert_non_null(warm);
	show(bench, "overwrite");
	assert_null(strstr(bench->trace.line, "warm"));
}

static void a_warm_up_that_fails_ends_the_run(void **state)
{
	struct bench *bench = *state;

	fail_ioctl = EIO;
	bench->frame.order = order_find("no-start");
	assert_int_equal(frame_perform(&bench->frame, &bench->why), -EIO);
	assert_string_equal(bench->why.text,
			    "reading buffer 1 before order no-start: Input/output error");
	assert_false(bench->frame.not_ready);
	assert_int_equal(bench->record.frames, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
	const struct CMUnitTest tests[] = {
		TEST(what_takes_a_warm_cache_has_read_before),
		TEST(what_takes_none_makes_no_call_more),
		TEST(a_trace_says_that_the_cache_was_warmed),
		TEST(a_warm_up_that_fails_ends_the_run),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
