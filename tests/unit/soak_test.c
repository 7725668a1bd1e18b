// SPDX-License-Identifier: MIT
/* A soak that can't have all of its threads. No device is opened here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/soak.h"

enum { ROWS = 2, THREADS = 8 };

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

static struct record records[ROWS];

/* Of an exporter that there is none of; with @threads that can be had. */
static void soak(int threads)
{
	struct check_row rows[ROWS];
	struct check_pair pair = {
		.exporter = "dma-heap:nowhere",
		.wanted = "",
		.peer = "jobs",
		.peer_device = "",
		.count = ROWS,
		.ready = true,
	};
	struct check check = {
		.options = { .threads = THREADS, .timeout_s = 30, .duration_s = 1 },
		.soak_s = 0.5,
		.pairs = &pair,
		.pair_count = 1,
		.rows = rows,
		.records = records,
		.count = ROWS,
	};

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
}

static void too_few_threads_are_no_fault_of_the_exporter(void **state)
{
	(void)state;
	for (int threads = 0; threads < THREADS; threads++) {
		char which[32];

		soak(threads);
		snprintf(which, sizeof(which), "start thread %d of %d: ", threads + 1, THREADS);
		for (int i = 0; i < ROWS; i++) {
			assert_int_equal(records[i].verdict, VERDICT_SKIPPED);
			assert_non_null(strstr(records[i].why.text, which));
			assert_non_null(strstr(records[i].why.text, strerror(EAGAIN)));
			assert_true(records[i].cut_off);
		}
	}
}

static void with_all_of_them_the_exporter_is_what_is_told_of(void **state)
{
	(void)state;
	soak(THREADS);
	for (int i = 0; i < ROWS; i++) {
		assert_int_equal(records[i].verdict, VERDICT_SKIPPED);
		assert_non_null(strstr(records[i].why.text, "/dev/dma_heap/nowhere"));
		assert_false(records[i].cut_off);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_few_threads_are_no_fault_of_the_exporter),
		cmocka_unit_test(with_all_of_them_the_exporter_is_what_is_told_of),
	};

	return cmocka_run_group_tests_name("soak", tests, NULL, NULL);
}
