// SPDX-License-Identifier: MIT
/* The command line: picks the command. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd/check.h"
#include "cmd/list.h"
#include "cmd/show.h"

/* Set by SIGINT, SIGTERM and SIGHUP: a handler has nothing but a global to write to. */
static volatile sig_atomic_t interrupted, interrupted_at;

enum { SECOND_MS = 2000 }; /* what comes later is meant as a second one */

/* Milliseconds that wrap, in what a handler may write at once. */
static sig_atomic_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (sig_atomic_t)(now.tv_sec % 1000000 * 1000 + now.tv_nsec / 1000000);
}

/*
 * The first one ends the run with its summary; a later one ends the program. Two within two seconds
 * are one: the terminal sends to all of a group, and so does timeout(1), which hands it on to its
 * command besides; on a machine with much to do some time lies between.
 */
static void interrupt(int number)
{
	if (interrupted && now_ms() - interrupted_at >= SECOND_MS) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	if (!interrupted)
		interrupted_at = now_ms();
	interrupted = 1;
}

/* Without SA_RESTART: a wait ends, and the loop sees the flag. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt }, before;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* A terminal or a connection that is gone; whoever is started by nohup(1) goes on. */
	if (sigaction(SIGHUP, NULL, &before) || before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	/*
	 * Whoever started us may have ignored it;
	 * then the screenshot's tool could not be waited for.
	 */
	action = (struct sigaction){ .sa_handler = SIG_DFL };
	sigaction(SIGCHLD, &action, NULL);
}

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv, const volatile sig_atomic_t *interrupted);
} commands[] = {
	{ "show", cmd_show }, /* the one that is meant where none is named */
	{ "check", cmd_check },
	{ "list", cmd_list },
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int no_command(const char *name)
{
	fprintf(stderr, "staleline: no command '%s'; there are:", name);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(stderr, "%s %s", i ? "," : "", commands[i].name);
	fputs(". See staleline --help\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const struct command *command = &commands[0];
	char program[] = "staleline", help[] = "--help";

	catch_signals();
	if (argc > 1 && !strcmp(argv[1], "help")) { /* [COMMAND], as git has it */
		if (argc > 2)
			argv[1] = argv[2];
		argv[argc > 2 ? 2 : 1] = help;
	}
	if (argc > 1 && argv[1][0] != '-') {
		command = find_command(argv[1]);
		if (!command)
			return no_command(argv[1]);
		argc--;
		argv++;
	}
	/* getopt begins its messages with argv[0]. */
	argv[0] = program;
	return command->run(argc, argv, &interrupted);
}
