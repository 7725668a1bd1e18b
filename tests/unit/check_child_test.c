// SPDX-License-Identifier: MIT
/* A pair in a child process: what it says on the way, and what stands of one that was stopped. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/check_child.h"

enum { ROWS = 3 };

static struct record records[ROWS];
static struct check_pair pair;
static struct check check;
static volatile sig_atomic_t interrupted;
static char said[2000]; /* on stderr */
static int blamed;	/* for this -errno */
static size_t blamed_at;
static struct why blamed_why;
static unsigned int limit_ms;

static int setup(void **state)
{
	static const char *const names[ROWS] = { "x.overwrite", "x.no-end", "x.late-write" };

	(void)state;
	memset(records, 0, sizeof(records));
	for (int i = 0; i < ROWS; i++) {
		records[i].name = names[i];
		records[i].order = names[i] + 2;
		records[i].fault = i ? names[i] + 2 : NULL;
		records[i].verdict = VERDICT_SKIPPED;
	}
	pair = (struct check_pair){ .exporter_label = "e", .peer_label = "p", .count = ROWS };
	check = (struct check){
		.options = { .seeds = 4 },
		.pairs = &pair,
		.pair_count = 1,
		.records = records,
		.interrupted = &interrupted,
	};
	interrupted = 0;
	blamed = 0;
	limit_ms = 60000;
	return 0;
}

static void blame(void *data, struct check_result *result, int err, const struct why *why)
{
	(void)data;
	assert_true(why->text[0] != '\0');
	blamed = err;
	blamed_at = result->at;
	blamed_why = *why;
}

/* Four seeds, both ways; the first order is a control, the last one does not end where *data is true. */
static int perform(void *data, void *shared)
{
	const bool *hangs = data;
	struct check_result *result = shared;

	for (; result->at < ROWS; result->at++) {
		struct record *record = &result->records[result->at];

		record->seeds.count = 4;
		while (*hangs && result->at == ROWS - 1)
			pause();
		usleep(300000); /* longer than the parent sleeps between two looks */
		record->seeds.runs = 8;
		record->frames = 16;
		record->cells.checked = 32;
		record->cells.kind[CELL_FRESH] = 32 - result->at;
		record->seeds.by[0] = 7;
		record->verdict = record->fault ? VERDICT_NOTICED : VERDICT_OK;
	}
	return 0;
}

/* In a child with @hangs; what was said is in `said`. */
static int run(bool hangs)
{
	const struct check_child child = {
		.work = perform,
		.data = &hangs,
		.limit_ms = limit_ms,
		.blame = blame,
	};
	int file = memfd_create("stderr", MFD_CLOEXEC), kept = dup(STDERR_FILENO), err;
	ssize_t n;

	assert_true(file >= 0 && kept >= 0);
	dup2(file, STDERR_FILENO);
	err = check_in_child(&check, &pair, &child);
	dup2(kept, STDERR_FILENO);
	close(kept);
	n = pread(file, said, sizeof(said) - 1, 0);
	close(file);
	assert_true(n >= 0);
	said[n] = '\0';
	return err;
}

static void each_order_that_is_done_is_a_line(void **state)
{
	(void)state;
	assert_int_equal(run(false), 0);
	assert_string_equal(said,
			    "staleline: x.overwrite: ok, 8 runs, 16 frames, 32 of 32 cells fresh\n"
			    "staleline: x.no-end: noticed, by the card in 7 of 8 runs\n"
			    "staleline: x.late-write: noticed, by the card in 7 of 8 runs\n");
	assert_int_equal(records[2].verdict, VERDICT_NOTICED);
	assert_int_equal(blamed, 0);
}

/* Without seeds it takes a minute or two, and the table has it all. */
static void without_seeds_nothing_is_said(void **state)
{
	(void)state;
	check.options.seeds = 0;
	assert_int_equal(run(false), 0);
	assert_string_equal(said, "");
	assert_int_equal(records[2].verdict, VERDICT_NOTICED);
}

static void a_terminal_has_a_line_for_where_it_is(void **state)
{
	(void)state;
	check.options.seeds = 0;
	check.progress = true;
	assert_int_equal(run(false), 0);
	assert_non_null(strstr(said, "checking 1 of 1: e with p: 2 of 3, no-end ...\r"));
	assert_non_null(strstr(said, "checking 1 of 1: e with p: 3 of 3, late-write ..."));
}

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* While the last one hangs: what was done before stands, and has been told. */
static void what_was_done_stands_when_it_is_stopped(void **state)
{
	(void)state;
	signal(SIGALRM, interrupt);
	alarm(2);
	assert_int_equal(run(true), -EINTR);
	assert_int_equal(blamed, -EINTR);
	assert_int_equal(blamed_at, 2);
	assert_int_equal(records[0].verdict, VERDICT_OK);
	assert_int_equal(records[0].cells.checked, 32);
	assert_int_equal(records[1].verdict, VERDICT_NOTICED);
	assert_int_equal(records[2].verdict, VERDICT_SKIPPED);
	assert_non_null(strstr(said, "x.overwrite: ok"));
	assert_non_null(strstr(said, "x.no-end: noticed"));
	assert_null(strstr(said, "x.late-write"));
}

static void a_limit_says_how_there_is_more(void **state)
{
	(void)state;
	limit_ms = 1500;
	assert_int_equal(run(true), 0);
	assert_int_equal(blamed, -ETIME);
	assert_int_equal(blamed_at, 2);
	assert_non_null(strstr(blamed_why.text, "longer than 1.5 s"));
	assert_non_null(strstr(blamed_why.text, "--timeout="));
	assert_int_equal(records[1].verdict, VERDICT_NOTICED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_order_that_is_done_is_a_line, setup),
		cmocka_unit_test_setup(without_seeds_nothing_is_said, setup),
		cmocka_unit_test_setup(a_terminal_has_a_line_for_where_it_is, setup),
		cmocka_unit_test_setup(what_was_done_stands_when_it_is_stopped, setup),
		cmocka_unit_test_setup(a_limit_says_how_there_is_more, setup),
	};

	return cmocka_run_group_tests_name("check_child", tests, NULL, NULL);
}
