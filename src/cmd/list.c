// SPDX-License-Identifier: MIT
/*
 * list: the devices, exporters and peers of this machine. First the model is filled (look.h), then
 * the table, the JSON or both are printed from it.
 */
#include "cmd/list.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/look.h"
#include "cmd/options.h"
#include "cmd/tty.h"

static const char help[] =
	"usage: staleline list [OPTION...]\n"
	"\n"
	"List the DRM devices, exporters and peers of this machine and what each can do; for each\n"
	"that can't, why, and the mend. Each is really tried, with a small buffer.\n"
	"\n"
	"  --json        the same as JSON instead of the table, on stdout\n"
	"  --json=FILE   the table, and the JSON into FILE\n"
	"  --help, --version\n"
	"\n"
	"exit code: 0 an exporter works, 4 none does, 2 wrong usage, 3 anything else\n";

struct list_options {
	bool json;
	const char *file; /* NULL: stdout */
};

static enum options_result parse(struct list_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "json", optional_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (option) {
		case 'j':
			if (optarg && !*optarg) {
				fputs("staleline: --json=: a value must stand there\n", stderr);
				return OPTIONS_WRONG;
			}
			options->json = true;
			options->file = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return OPTIONS_DONE;
		case 'v':
			printf("staleline %s\n", STALELINE_VERSION);
			return OPTIONS_DONE;
		default: /* getopt has said what is wrong */
			fputs("staleline: see staleline list --help\n", stderr);
			return OPTIONS_WRONG;
		}
	}
	if (optind < argc) {
		fprintf(stderr,
			"staleline: %s: staleline list takes options only (a file's name goes into "
			"--json=FILE); see staleline list --help\n",
			argv[optind]);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

static int print(const struct list_options *options, const struct listing *listing)
{
	struct why why;
	int err = 0;

	if (!options->json || options->file) {
		listing_print(stdout, listing, tty_columns(60, 100, 120));
		err = tty_flush(&why);
	}
	if (!err && options->json)
		err = listing_write_json(listing, STALELINE_VERSION, options->file, &why);
	return tty_complain(err, &why);
}

int cmd_list(int argc, char **argv, const volatile sig_atomic_t *interrupted)
{
	struct list_options options = { 0 };
	struct listing *listing;
	struct look look = { .interrupted = interrupted, .progress = isatty(STDERR_FILENO) };
	int err, code = 0;

	switch (parse(&options, argc, argv)) {
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		return 2;
	case OPTIONS_RUN:
		break;
	}
	listing = calloc(1, sizeof(*listing));
	if (!listing) {
		fputs("staleline: out of memory\n", stderr);
		return 3;
	}
	look.listing = listing;
	err = look_around(&look);
	if (err)
		why_set(&listing->stopped, err,
			"stopped by a signal before all was looked at: this list is not whole");
	if (print(&options, listing) || err)
		code = 3;
	else if (!listing_usable(listing))
		code = 4;
	free(listing);
	return code;
}
