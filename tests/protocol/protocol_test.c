// SPDX-License-Identifier: MIT
/*
 * protocol_test: src/wayland/ against a scripted server, one cmocka test for each row of cases.c,
 * and the ways in which there is no compositor at all.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "cursor_theme.h"

enum { MAX_TESTS = 320 };

static struct server server;

static int start(void **state)
{
	const struct test_case *test = *state;

	fake_syncobj_trouble(NO_TROUBLE); /* the server's kernel is in order */
	cursor_theme_have(!test->manner.plain_cursors);
	server_start(&server, &test->script);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	server_stop(&server);
	return 0;
}

static void must_say(const struct why *why, const char *words)
{
	if (!strstr(why->text, words))
		fail_msg("\"%s\" does not say \"%s\"", why->text, words);
}

static void must_tell(const struct outcome *outcome, const char *const news[2])
{
	for (int i = 0; i < 2 && news[i]; i++)
		if (!strstr(outcome->news[i].text, news[i]))
			fail_msg("news %d is \"%s\", and not \"%s\"", i, outcome->news[i].text,
				 news[i]);
	if (outcome->news_count != !!news[0] + !!news[1])
		fail_msg("%d news, the first \"%s\"", outcome->news_count, outcome->news[0].text);
}

static void follows_script(void **state)
{
	const struct test_case *test = *state;
	enum stage stage = test->err ? test->stage : FINE;
	struct outcome outcome;

	client_run(server.socket, &test->manner,
		   test->err == -ETIME ? CLIENT_SHORT_LIMIT_MS : CLIENT_LIMIT_MS, &outcome);
	if (outcome.err != test->err || outcome.stage != stage)
		fail_msg("ended at stage %d with %d (%s), not at %d with %d", outcome.stage,
			 outcome.err, outcome.why.text, stage, test->err);
	for (int i = 0; i < 3 && test->says[i]; i++)
		must_say(&outcome.why, test->says[i]);
	must_tell(&outcome, test->news);
	assert_string_equal(server.seen->wrong, "");
	if (test->check)
		test->check(&outcome, server.seen);
	assert_int_equal(outcome.fds_left, 0);
	assert_int_equal(outcome.maps_left, 0);
	assert_int_equal(fake_syncobj_count(), 0);
}

/* --- no compositor --- */

static void must_not_connect(const char *display, const char *words)
{
	struct connection conn = { 0 };
	struct why why = { "" };

	assert_int_equal(connection_open(&conn, display, &why), -ECONNREFUSED);
	must_say(&why, words);
	must_say(&why, "./demo");
	connection_close(&conn);
}

static void has_no_runtime_dir(void **state)
{
	(void)state;
	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("WAYLAND_DISPLAY");
	unsetenv("WAYLAND_SOCKET");
	must_not_connect(NULL, "XDG_RUNTIME_DIR is not set");
	setenv("XDG_RUNTIME_DIR", "not/absolute", 1);
	must_not_connect(NULL, "XDG_RUNTIME_DIR is not set");
	must_not_connect("/nowhere/wl", "no compositor at /nowhere/wl");
}

static void has_no_socket(void **state)
{
	(void)state;
	setenv("XDG_RUNTIME_DIR", "/nowhere", 1);
	unsetenv("WAYLAND_DISPLAY");
	must_not_connect(NULL, "no compositor at /nowhere/wayland-0: No such file");
	setenv("WAYLAND_DISPLAY", "mistyped", 1);
	must_not_connect(NULL, "no compositor at /nowhere/mistyped: No such file");
	must_not_connect(NULL, "set WAYLAND_DISPLAY");
}

/* It goes before --display=, so that is not to be blamed. */
static void has_bad_socket_variable(void **state)
{
	(void)state;
	setenv("WAYLAND_SOCKET", "900", 1);
	must_not_connect(NULL, "WAYLAND_SOCKET=900 is no open connection: Bad file");
	must_not_connect("mistyped", "WAYLAND_SOCKET=900");
	must_not_connect("mistyped", "even --display=mistyped");
	setenv("WAYLAND_SOCKET", "wayland-1", 1);
	must_not_connect(NULL, "not a number");
}

static int drop_socket_variable(void **state)
{
	(void)state;
	return unsetenv("WAYLAND_SOCKET");
}

int main(void)
{
	struct CMUnitTest tests[MAX_TESTS];
	size_t count = 0;
	int failed;

	if (case_count + 3 > MAX_TESTS) {
		fprintf(stderr, "protocol_test: more cases than MAX_TESTS\n");
		return 1;
	}
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(has_no_runtime_dir);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(has_no_socket);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test_teardown(has_bad_socket_variable,
								      drop_socket_variable);
	for (size_t i = 0; i < case_count; i++)
		tests[count++] = (struct CMUnitTest){ .name = cases[i].name,
						      .test_func = follows_script,
						      .setup_func = start,
						      .teardown_func = stop,
						      .initial_state = (void *)&cases[i] };
	cursor_theme_begin();
	failed = _cmocka_run_group_tests("protocol", tests, count, NULL, NULL);
	cursor_theme_end();
	return failed;
}
