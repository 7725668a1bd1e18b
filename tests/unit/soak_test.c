// SPDX-License-Identifier: MIT
/* How a soak ends that can't be done, or not to its end. There is no device here, and each bench is the test's own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <drm_fourcc.h>

#include "base/clock.h"
#include "cmd/soak.h"

enum { ROWS = 2, THREADS = 3 };

int __real_pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*main)(void *),
			  void *data);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*main)(void *),
			  void *data);

/* So many can be had. */
static int threads_left;

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*main)(void *),
			  void *data)
{
	if (threads_left-- <= 0)
		return EAGAIN;
	return __real_pthread_create(id, attr, main, data);
}

int __wrap_bench_open(struct bench *bench, const struct check_pair *pair, uint32_t width,
		      uint32_t height, struct why *why);
void __wrap_bench_close(struct bench *bench);
int __wrap_bench_set_sync(struct bench *bench, enum order_sync sync, struct why *why);
int __wrap_bench_frame(struct bench *bench, const struct order *order, struct record *record,
		       struct why *why);

/* What benches do. */
static struct {
	int open_err, sync_err, frame_err;
	int frames; /* of each bench, until it says @frame_err */
} bench_of;

int __wrap_bench_open(struct bench *bench, const struct check_pair *pair, uint32_t width,
		      uint32_t height, struct why *why)
{
	(void)pair;
	*bench = (struct bench){ .slot_count = 2, .slots_open = 2 };
	for (int i = 0; i < 2; i++)
		bench->slots[i].buffer = (struct buffer){
			.fourcc = DRM_FORMAT_XRGB8888,
			.width = width,
			.height = height,
		};
	if (bench_of.open_err)
		bench->slots_open = 0;
	return bench_of.open_err ? why_set(why, bench_of.open_err, "it does not open") : 0;
}

void __wrap_bench_close(struct bench *bench)
{
	(void)bench;
}

int __wrap_bench_set_sync(struct bench *bench, enum order_sync sync, struct why *why)
{
	(void)bench;
	(void)sync;
	return bench_of.sync_err ? why_set(why, bench_of.sync_err, "not so") : 0;
}

/* Four cells, all of them fresh, before the frame goes on to its end or does not. */
int __wrap_bench_frame(struct bench *bench, const struct order *order, struct record *record,
		       struct why *why)
{
	(void)order;
	record->cells.checked += 4;
	record->cells.kind[CELL_FRESH] += 4;
	if (bench->number++ < (uint32_t)bench_of.frames)
		return 0;
	return why_set(why, bench_of.frame_err, "it vanished");
}

static struct record records[ROWS];

/* For so long, with @threads that can be had. Returns the time that it took, in seconds. */
static double soak(double seconds, int threads)
{
	struct check_row rows[ROWS];
	struct check_pair pair = { .exporter = "e", .count = ROWS, .ready = true };
	struct check check = {
		.options = { .threads = THREADS, .timeout_s = 30, .duration_s = 1 },
		.soak_s = seconds,
		.pairs = &pair,
		.pair_count = 1,
		.rows = rows,
		.records = records,
		.count = ROWS,
	};
	int64_t begun = clock_ns();

	memset(records, 0, sizeof(records));
	for (int i = 0; i < ROWS; i++) {
		rows[i] = (struct check_row){ order_find(i ? "read" : "overwrite"), .width = 64,
					      .height = 1 };
		records[i].name = rows[i].order->name;
		records[i].order = rows[i].order->name;
		records[i].verdict = VERDICT_SKIPPED;
		why_set(&records[i].why, 0, "not reached");
	}
	threads_left = threads;
	assert_int_equal(soak_perform(&check, &pair), 0);
	return (double)(clock_ns() - begun) / 1e9;
}

static int setup(void **state)
{
	(void)state;
	memset(&bench_of, 0, sizeof(bench_of));
	bench_of.frames = 1 << 30;
	return 0;
}

static void too_few_threads_are_no_fault_of_the_exporter(void **state)
{
	(void)state;
	for (int threads = 0; threads < THREADS; threads++) {
		char which[32];

		soak(0.1, threads);
		snprintf(which, sizeof(which), "start thread %d of %d: ", threads + 1, THREADS);
		for (int i = 0; i < ROWS; i++) {
			assert_int_equal(records[i].verdict, VERDICT_SKIPPED);
			assert_non_null(strstr(records[i].why.text, which));
			assert_non_null(strstr(records[i].why.text, strerror(EAGAIN)));
			assert_true(records[i].cut_off);
		}
	}
}

static void with_all_of_them_it_is_done(void **state)
{
	(void)state;
	assert_true(soak(0.1, THREADS) >= 0.1);
	for (int i = 0; i < ROWS; i++) {
		assert_string_equal(records[i].why.text, "");
		assert_int_equal(records[i].verdict, VERDICT_OK);
		assert_true(records[i].frames > 0);
		assert_int_equal(records[i].cells.checked, 4 * records[i].frames);
		assert_true(records[i].soak.measured);
		assert_false(records[i].cut_off);
	}
}

static void what_does_not_open_says_why(void **state)
{
	(void)state;
	bench_of.open_err = -ENODEV;
	soak(0.1, THREADS);
	for (int i = 0; i < ROWS; i++) {
		assert_int_equal(records[i].verdict, VERDICT_SKIPPED);
		assert_string_equal(records[i].why.text, "it does not open");
	}
}

/* Nothing to do is no reason to go round until the time is over. */
static void what_a_peer_can_do_nothing_of_takes_no_time(void **state)
{
	(void)state;
	bench_of.sync_err = -EOPNOTSUPP;
	assert_true(soak(20, THREADS) < 10);
	for (int i = 0; i < ROWS; i++) {
		assert_int_equal(records[i].verdict, VERDICT_SKIPPED);
		assert_string_equal(records[i].why.text, "not so");
		assert_int_equal(records[i].frames, 0);
	}
}

/* In its first frame or a later one: fresh cells of a part are no verdict. */
static void a_device_that_vanishes_makes_no_verdict(void **state)
{
	(void)state;
	bench_of.frame_err = -ENODEV;
	for (int frames = 0; frames < 7; frames += 3) {
		bench_of.frames = frames;
		assert_true(soak(20, THREADS) < 10);
		assert_int_equal(records[0].verdict, VERDICT_SKIPPED);
		assert_non_null(strstr(records[0].why.text, "it vanished"));
		assert_true(records[0].cut_off);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(too_few_threads_are_no_fault_of_the_exporter, setup),
		cmocka_unit_test_setup(with_all_of_them_it_is_done, setup),
		cmocka_unit_test_setup(what_does_not_open_says_why, setup),
		cmocka_unit_test_setup(what_a_peer_can_do_nothing_of_takes_no_time, setup),
		cmocka_unit_test_setup(a_device_that_vanishes_makes_no_verdict, setup),
	};

	return cmocka_run_group_tests_name("soak", tests, NULL, NULL);
}
