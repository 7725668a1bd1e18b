// SPDX-License-Identifier: MIT
/*
 * scripted: the scripted server for a program of its own, with real buffers and the kernel's own timelines.
 *
 *	scripted NAME [--drm=PATH] -- COMMAND...
 *
 * Runs COMMAND with WAYLAND_DISPLAY set to a server that follows the script NAME, and says what it saw. The exit code
 * is COMMAND's; 98 where the client did what a right client doesn't, 97 for wrong usage.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "script.h"

enum { FENCE_MS = 300, LIMIT_S = 600 };

/* A card of 256x192 beside the panel; then larger, maximized, and as it was before that. 20 sizes come with each. */
#define RESIZES                                                                                    \
	.width = 256 + 288, .height = 192,                                                         \
	.asks = {                                                                                  \
		{ .at = 6, .width = 512 + 288, .height = 300, .storm = 20 },                       \
		{ .at = 12, .width = 1000, .height = 400, .maximized = true, .storm = 20 },        \
		{ .at = 18, .storm = 20 },                                                         \
	}

static const struct named_script {
	const char *name;
	struct script script;
} scripts[] = {
	{ "implicit", { .syncobj = ABSENT } },
	{ "explicit", { 0 } },
	{ "explicit-again", { .again = true } },
	{ "explicit-late", { .points = POINTS_LATE, .late_ms = 400 } },
	{ "explicit-but-first", { .points = POINTS_BUT_FIRST } },
	{ "implicit-but-first", { .syncobj = ABSENT, .release = RELEASE_BUT_FIRST } },
	{ "no-device", { .dmabuf = 4, .device = SCRIPT_NO_DEVICE } },
	{ "feedback", { .surface_changes = FIT_FOR_SCANOUT } },
	{ "resize", { .syncobj = ABSENT, RESIZES } },
	{ "resize-explicit", { RESIZES } },
	/* The second of the new size, with 3 buffers: so that the first has to go back. */
	{ "resize-refused",
	  { .syncobj = ABSENT, RESIZES, .keeps_size = true, .refuse_from = 5, .refuse_to = 5 } },
	/* A height that EGL in software can't write: in blocks of 4 rows the last ends behind the dma-buf. */
	{ "resize-odd",
	  { .syncobj = ABSENT,
	    .width = 256 + 288,
	    .height = 192,
	    .keeps_size = true,
	    .asks = { { .at = 6, .width = 512 + 288, .height = 302 },
		      { .at = 12, .width = 512 + 288, .height = 304 } } } },
	/* s is pressed after frames 2, 12 and 22. */
	{ "key-s", { .keys = { 31 }, .type_every = 10, .type_times = 3 } },
	/* f is, more often than there are faults. */
	{ "key-f", { .syncobj = ABSENT, .keys = { 33 }, .type_every = 2, .type_times = 22 } },
	/* e is, and both. */
	{ "key-e", { .keys = { 18 }, .type_every = 10, .type_times = 3 } },
	{ "key-e-s", { .keys = { 18, 31 }, .type_every = 10, .type_times = 3, RESIZES } },
	{ "key-s-late",
	  { .keys = { 31 },
	    .type_every = 10,
	    .type_times = 3,
	    .points = POINTS_LATE,
	    .late_ms = 200 } },
	{ "key-s-implicit",
	  { .syncobj = ABSENT, .keys = { 31 }, .type_every = 10, .type_times = 3 } },
	{ "key-s-resize", { .keys = { 31 }, .type_every = 10, .type_times = 3, RESIZES } },
	{ "fences", { .syncobj = ABSENT, .fence_ms = FENCE_MS } },
};

static const struct script *find_script(const char *name)
{
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		if (!strcmp(scripts[i].name, name))
			return &scripts[i].script;
	return NULL;
}

/* How @argv ended, as a shell says it. */
static int run_command(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execvp(argv[0], argv);
		fprintf(stderr, "scripted: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 97;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	const struct script *found = argc > 1 ? find_script(argv[1]) : NULL;
	struct script script;
	struct server server;
	int at = 2, code;

	if (!found) {
		fputs("usage: scripted NAME [--drm=PATH] -- COMMAND...\n", stderr);
		return 97;
	}
	script = *found;
	script.limit_s = LIMIT_S;
	if (at < argc && !strncmp(argv[at], "--drm=", 6))
		script.drm_device = argv[at++] + 6;
	if (at + 1 >= argc || strcmp(argv[at], "--"))
		return 97;
	server_start(&server, &script);
	setenv("WAYLAND_DISPLAY", server.socket, 1);
	code = run_command(argv + at + 1);
	printf("scripted: %u commits, %u with points, %u buffers, %u timelines, %u other "
	       "sizes\n",
	       server.seen->commits, server.seen->explicit_commits, server.seen->imports,
	       server.seen->timelines, server.seen->sizes);
	if (server.seen->wrong[0]) {
		printf("scripted: wrong: %s\n", server.seen->wrong);
		code = 98;
	}
	server_stop(&server);
	return code;
}
