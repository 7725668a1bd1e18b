// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_bench.h"

struct found found;
struct child_end end;
struct why why;

int fork_error;

pid_t __real_fork(void);
pid_t __wrap_fork(void);

pid_t __wrap_fork(void)
{
	errno = fork_error;
	return fork_error ? -1 : __real_fork();
}

int run(int (*work)(void *, void *), void *data, unsigned int limit_ms)
{
	const struct child_job job = {
		.work = work,
		.data = data,
		.result = &found,
		.size = sizeof(found),
		.limit_ms = limit_ms,
	};

	why.text[0] = '\0';
	return child_run(&job, &end, &why);
}

int begin(void **state)
{
	(void)state;
	memset(&found, 0, sizeof(found));
	return 0;
}

void assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

int add(void *data, void *result)
{
	struct found *to = result;

	to->step += *(int *)data;
	memset(to->text, 'x', sizeof(to->text));
	return -42;
}

int crash(void *data, void *result)
{
	struct found *to = result;

	to->step = 3;
	fprintf(stderr, "the first line\nabout to \x1b[31mcrash\n\n");
	raise(*(int *)data);
	to->step = 4;
	return 0;
}

int leave(void *data, void *result)
{
	(void)result;
	exit(*(int *)data);
}

int hang(void *data, void *result)
{
	(void)data;
	((struct found *)result)->step = 2;
	signal(SIGTERM, SIG_IGN);
	while (pause() < 0)
		;
	return 0;
}
