// SPDX-License-Identifier: MIT
/* The command line: picks the command. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/show.h"

/* Set by SIGINT and SIGTERM: a handler has nothing but a global to write to. */
static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* Without SA_RESTART: a wait ends, and the loop sees the flag. */
static void catch_signals(void)
{
	/* The first one ends the run with its summary, a second one ends the program. */
	struct sigaction action = { .sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* Whoever started us may have ignored it; then the screenshot's tool could not be waited for. */
	action = (struct sigaction){ .sa_handler = SIG_DFL };
	sigaction(SIGCHLD, &action, NULL);
}

int main(int argc, char **argv)
{
	char program[] = "staleline";

	catch_signals();
	if (argc > 1 && argv[1][0] != '-') {
		if (strcmp(argv[1], "show")) {
			fprintf(stderr,
				"staleline: no command '%s'; there is: show. See staleline "
				"--help\n",
				argv[1]);
			return 2;
		}
		argc--;
		argv++;
	}
	/* getopt begins its messages with argv[0]. */
	argv[0] = program;
	return cmd_show(argc, argv, &interrupted);
}
