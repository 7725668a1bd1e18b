// SPDX-License-Identifier: MIT
/* check_options: the command line of `staleline check`, checked. */
#include "cmd/check_options.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "buffer/exporter.h"
#include "cmd/option_value.h"
#include "peer/peer.h"

/* Of thousands of frames: short, and yet long beside what a program does between two calls. */
enum { SEEDED_WRITE_US = 2000 };

enum {
	LEAST_LIMIT_S = 300,	 /* drivers are opened and shaders compiled in there, too */
	FRAME_US = 1000000,	 /* 64 MiB, read through a map that no cache stands behind */
	FRAME_BYTES = 64 << 20,	 /* which is that */
	LEAST_FRAME_US = 20000,	 /* calls and threads take time, too, where there are few bytes */
	THREAD_S = 60,		 /* a thread of a soak: a driver to open, and shaders to compile */
	USUAL_WRITE_US = 100000, /* where nobody said it: what peer/jobs.c takes */
	GOOD_FRAMES = 4,	 /* before each order: both buffers, written and read */
	MOST_LIMIT_S = 4294967,	 /* milliseconds have to fit an unsigned int: 49 days */
};

static enum options_result wrong(const char *option, const char *value, const char *wanted)
{
	return option_wrong("check ", option, value, wanted);
}

static enum options_result take_size(struct check_options *options, const char *value)
{
	if (!option_size(value, &options->width, &options->height))
		return wrong("size", value, OPTION_SIZE_WANTED);
	return OPTIONS_RUN;
}

static enum options_result take_exporter(struct check_options *options, const char *value)
{
	struct why why = { "" };

	if (!strcmp(value, "auto"))
		return wrong("exporter", value, "name one; without this option all are checked");
	if (exporter_check_name(value, &why))
		return wrong("exporter", value, why.text);
	if (options->exporter_count == CHECK_MAX_NAMES)
		return wrong("exporter", value, "more than 8");
	options->exporters[options->exporter_count++] = value;
	return OPTIONS_RUN;
}

static enum options_result take_peer(struct check_options *options, const char *value)
{
	if (!peer_find(value))
		return wrong("peer", value, "not egl, jobs or scanout");
	if (options->peer_count == CHECK_MAX_NAMES)
		return wrong("peer", value, "more than 8");
	options->peers[options->peer_count++] = value;
	return OPTIONS_RUN;
}

static enum options_result take_sync(struct check_options *options, const char *value)
{
	options->syncs = 0;
	for (const char *at = value;; at++) {
		size_t len = strcspn(at, ",");
		enum order_sync sync = 0;

		while (sync < ORDER_SYNC_KINDS && (strlen(order_sync_name(sync)) != len ||
						   strncmp(order_sync_name(sync), at, len)))
			sync++;
		if (sync == ORDER_SYNC_KINDS)
			return wrong("sync", value, "not some of implicit, sync-file, syncobj");
		options->syncs |= 1u << sync;
		at += len;
		if (!*at)
			return OPTIONS_RUN;
	}
}

/* "90", "90s", "10m", "8h", in seconds. */
static bool take_duration(const char *value, uint64_t *seconds)
{
	static const char units[] = "smh";
	static const uint64_t factors[] = { 1, 60, 3600 };
	size_t len = strlen(value);
	const char *unit = strchr(units, value[len - 1]);
	uint64_t factor = unit ? factors[unit - units] : 1;
	char number[24];

	if (len >= sizeof(number))
		return false;
	snprintf(number, sizeof(number), "%.*s", (int)(unit ? len - 1 : len), value);
	if (!option_number(number, 1, 30 * 86400 / factor, seconds))
		return false;
	*seconds *= factor;
	return true;
}

static enum options_result take_option(struct check_options *options, const char *name, char *value)
{
	if (!strcmp(name, "exporter"))
		return take_exporter(options, value);
	if (!strcmp(name, "peer"))
		return take_peer(options, value);
	if (!strcmp(name, "faults"))
		return check_take_faults(options, value);
	if (!strcmp(name, "sync"))
		return take_sync(options, value);
	if (!strcmp(name, "size"))
		return take_size(options, value);
	if (!strcmp(name, "frames") && !option_number(value, 1, 1u << 19, &options->frames))
		return wrong(name, value, "not a whole number from 1 to 524288");
	if (!strcmp(name, "max-size") && !option_number(value, 1, 1024, &options->max_mib))
		return wrong(name, value, "not a whole number of MiB from 1 to 1024");
	if (!strcmp(name, "timeout") && !option_number(value, 1, MOST_LIMIT_S, &options->timeout_s))
		return wrong(name, value, "not a whole number of seconds from 1 to 4294967");
	if (!strcmp(name, "seed") && !option_number(value, 1, UINT32_MAX, &options->seed))
		return wrong(name, value, "not a whole number from 1 to 4294967295");
	if (!strcmp(name, "seeds") && !option_number(value, 1, 10000, &options->seeds))
		return wrong(name, value, "not a whole number from 1 to 10000");
	if (!strcmp(name, "duration") && !take_duration(value, &options->duration_s))
		return wrong(name, value,
			     "not a time from 1 second to 30 days, as 90, 90s, 10m or 8h");
	if (!strcmp(name, "threads") && !option_number(value, 1, 32, &options->threads))
		return wrong(name, value, "not a whole number from 1 to 32");
	if (!strcmp(name, "write-us") && !option_number(value, 1, 1000000, &options->write_us))
		return wrong(name, value, "not a whole number of microseconds from 1 to 1000000");
	if (!strcmp(name, "drm-device"))
		options->device = value;
	if (!strcmp(name, "json"))
		options->json = value;
	if (!strcmp(name, "save"))
		options->save = value;
	return OPTIONS_RUN;
}

static enum options_result answer(struct check_options *options, int option, bool *compare)
{
	switch (option) {
	case 'k':
		options->ktap = true;
		return OPTIONS_RUN;
	case 'i':
		options->interrupt = true;
		return OPTIONS_RUN;
	case 'm':
		options->markdown = true;
		return OPTIONS_RUN;
	case 'c':
		*compare = true;
		return OPTIONS_RUN;
	case 'l':
		options_list_faults();
		return OPTIONS_DONE;
	case 'h':
		check_print_help();
		return OPTIONS_DONE;
	case 'v':
		printf("staleline %s\n", STALELINE_VERSION);
		return OPTIONS_DONE;
	default: /* getopt has said what is wrong */
		fputs("staleline: see staleline check --help\n", stderr);
		return OPTIONS_WRONG;
	}
}

static const struct option long_options[] = {
	{ "exporter", required_argument, NULL, 'o' },
	{ "peer", required_argument, NULL, 'o' },
	{ "drm-device", required_argument, NULL, 'o' },
	{ "faults", required_argument, NULL, 'o' },
	{ "frames", required_argument, NULL, 'o' },
	{ "size", required_argument, NULL, 'o' },
	{ "sync", required_argument, NULL, 'o' },
	{ "max-size", required_argument, NULL, 'o' },
	{ "timeout", required_argument, NULL, 'o' },
	{ "seed", required_argument, NULL, 'o' },
	{ "seeds", required_argument, NULL, 'o' },
	{ "write-us", required_argument, NULL, 'o' },
	{ "duration", required_argument, NULL, 'o' },
	{ "threads", required_argument, NULL, 'o' },
	{ "interrupt", no_argument, NULL, 'i' },
	{ "markdown", no_argument, NULL, 'm' },
	{ "json", required_argument, NULL, 'o' },
	{ "save", required_argument, NULL, 'o' },
	{ "compare", no_argument, NULL, 'c' },
	{ "ktap", no_argument, NULL, 'k' },
	{ "list-faults", no_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'v' },
	{ NULL, 0, NULL, 0 },
};

static enum options_result take_files(struct check_options *options, int count, char **files)
{
	if (count != 2) {
		fputs("staleline: check --compare takes two result files: BEFORE.json AFTER.json\n",
		      stderr);
		return OPTIONS_WRONG;
	}
	options->compare[0] = files[0];
	options->compare[1] = files[1];
	return OPTIONS_RUN;
}

/* What does not go together. */
static enum options_result check_soak(const struct check_options *options)
{
	const char *beside = options->faults_named ? "faults="
			     : options->seeds	   ? "seeds="
			     : options->seed	   ? "seed="
			     : options->frames	   ? "frames="
						   : NULL;

	if (!options->duration_s && (options->interrupt || options->threads)) {
		fputs("staleline: check --interrupt and --threads= are of a soak: say --duration= "
		      "too\n",
		      stderr);
		return OPTIONS_WRONG;
	}
	if (!options->duration_s || !beside)
		return OPTIONS_RUN;
	fprintf(stderr,
		"staleline: check --duration= performs the right orders for a time: not beside "
		"--%s\n",
		beside);
	return OPTIONS_WRONG;
}

/* What a frame of the size that is asked for may take, jobs aside. */
static uint64_t frame_us(const struct check_options *options)
{
	uint64_t bytes = options->width ? (uint64_t)options->width * options->height * 4
					: (uint64_t)options->max_mib << 20;
	uint64_t us = bytes * FRAME_US / FRAME_BYTES;

	return us > LEAST_FRAME_US ? us : LEAST_FRAME_US;
}

/*
 * The most for one exporter and peer, in seconds: what is asked for must have its time, or a right
 * machine were broken. A frame may take two jobs, one of them that of a reader. Of a soak it is
 * what comes on top of its time.
 */
static uint64_t limit_s(const struct check_options *options)
{
	uint64_t write_us = options->write_us ? options->write_us : USUAL_WRITE_US;
	uint64_t ways = options->seeds ? 2 : 1; /* inval=discard, inval=writeback */
	uint64_t frames = options->order_count * (uint64_t)__builtin_popcount(options->syncs) *
			  ways * (options->frames + GOOD_FRAMES);
	uint64_t seconds = frames * (frame_us(options) + 2 * write_us) / 1000000;

	if (options->duration_s)
		return LEAST_LIMIT_S + (uint64_t)options->threads * THREAD_S;
	if (seconds < LEAST_LIMIT_S)
		seconds = LEAST_LIMIT_S;
	seconds *= options->seeds ? options->seeds : 1;
	return seconds < MOST_LIMIT_S ? seconds : MOST_LIMIT_S;
}

/* What follows from the others where it was not said. */
static void complete(struct check_options *options)
{
	if (!options->frames)
		options->frames = 12;
	if (!options->threads)
		options->threads = 1;
	if (options->duration_s)
		check_take_faults(options, "none");
	if (options->seed && !options->seeds)
		options->seeds = 1;
	if (options->seeds && !options->seed)
		options->seed = 1;
	if ((options->seeds || options->duration_s) && !options->write_us)
		options->write_us = SEEDED_WRITE_US;
	if (!options->timeout_s)
		options->timeout_s = limit_s(options);
}

enum options_result check_parse(struct check_options *options, int argc, char **argv)
{
	enum options_result result;
	bool compare = false;
	int option, index = 0;

	*options = (struct check_options){
		.max_mib = 64,
		.syncs = (1u << ORDER_SYNC_KINDS) - 1,
	};
	check_add_fault(options, order_find("no-bracket"));
	check_add_fault(options, order_find("read-no-start"));
	while ((option = getopt_long(argc, argv, "h", long_options, &index)) != -1) {
		if (optarg && !*optarg)
			return wrong(long_options[index].name, optarg, "a value must stand there");
		if (option == 'o')
			result = take_option(options, long_options[index].name, optarg);
		else
			result = answer(options, option, &compare);
		if (result != OPTIONS_RUN)
			return result;
	}
	if (options->ktap && options->markdown) {
		fputs("staleline: check takes --ktap or --markdown, not both\n", stderr);
		return OPTIONS_WRONG;
	}
	if (check_soak(options) != OPTIONS_RUN)
		return OPTIONS_WRONG;
	complete(options);
	if (compare)
		return take_files(options, argc - optind, argv + optind);
	if (optind < argc) {
		fprintf(stderr,
			"staleline: %s: staleline check takes options only; see staleline check "
			"--help\n",
			argv[optind]);
		return OPTIONS_WRONG;
	}
	return check_faults_and_syncs(options);
}
