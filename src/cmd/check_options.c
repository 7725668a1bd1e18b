// SPDX-License-Identifier: MIT
/* check_options: the command line of `staleline check`, checked. */
#include "cmd/check_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "buffer/exporter.h"
#include "cmd/option_value.h"
#include "peer/peer.h"

static const char help_head[] =
	"usage: staleline check [OPTION...]\n"
	"       staleline check --compare BEFORE.json AFTER.json\n"
	"\n"
	"Is CPU access to dma-bufs coherent on this machine when it is bracketed, and do the\n"
	"brackets matter? Each exporter is checked with each peer in both directions, in order "
	"and\n"
	"with the order broken on purpose. No compositor is needed. Each exporter and peer have a\n"
	"process of their own: a driver that crashes or hangs takes no other result with it.\n"
	"\n"
	"  --exporter=NAME       only this one, as `staleline show --exporter=` takes it; may be "
	"given\n"
	"                        several times. Without it all; staleline in two modes\n"
	"  --peer=egl|jobs|scanout   only this one; several times. Without it egl and jobs "
	"(scanout\n"
	"                        takes the screen)\n"
	"  --drm-device=PATH     only this DRM device\n"
	"  --faults=WHICH        which orders are broken: all, none, or NAME,...\n"
	"                        (default: no-bracket and read-no-start):\n";

static const char help_tail[] =
	"  --list-faults         the same, with the rules that they break and what each then "
	"shows\n"
	"  --frames=N            of each order (default 12)\n"
	"  --size=WxH            of the buffers (default 256x64; where a GPU looks, a quarter and "
	"four\n"
	"                        times the last-level cache)\n"
	"  --max-size=MIB        the most for one buffer (default 64)\n"
	"  --timeout=SECONDS     the most for one exporter and peer (default 120)\n"
	"  --ktap                KTAP, as kernel selftests, in place of the table\n"
	"  --json=FILE           the result file\n"
	"  --save=DIR            a heatmap of each result that was not clean, and the "
	"machine.json\n"
	"  --compare             what changed between two result files; 0 no verdict did, 1 some "
	"did\n"
	"  --help, --version\n"
	"\n"
	"exit code: 0 the controls are ok, faults noticed or not-shown; 1 broken or unnoticed;\n"
	"4 nothing could be checked; 2 wrong usage; 3 anything else\n";

static void print_help(void)
{
	fputs(help_head, stdout);
	for (const struct order *order = order_catalogue; order->name; order++)
		if (order_is_fault(order))
			printf("      %-20s%s\n", order->name, order->sentence);
	fputs(help_tail, stdout);
}

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

static void add_order(struct check_options *options, const struct order *order)
{
	for (uint32_t i = 0; i < options->order_count; i++)
		if (options->orders[i] == order)
			return;
	if (options->order_count < CHECK_MAX_ORDERS)
		options->orders[options->order_count++] = order;
}

/* Behind its control, which is its measure. */
static void add_fault(struct check_options *options, const struct order *fault)
{
	add_order(options, order_find(fault->control));
	add_order(options, fault);
}

static enum options_result add_named(struct check_options *options, const char *value)
{
	char name[64];

	for (const char *at = value;; at++) {
		size_t len = strcspn(at, ",");
		const struct order *order;

		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		order = order_find(name);
		if (!order || !order_is_fault(order)) {
			fprintf(stderr,
				"staleline: check --faults=%s: no fault \"%s\"; there are: all, "
				"none, or some of:",
				value, name);
			options_list_names(true);
			return OPTIONS_WRONG;
		}
		add_fault(options, order);
		at += len;
		if (!*at)
			return OPTIONS_RUN;
	}
}

/* In the catalogue's order, the faults of a control behind it. */
static void add_each(struct check_options *options, bool faults)
{
	for (const struct order *order = order_catalogue; order->name; order++) {
		if (order_is_fault(order))
			continue;
		add_order(options, order);
		for (const struct order *fault = order; faults && fault->name; fault++)
			if (order_is_fault(fault) && !strcmp(fault->control, order->name))
				add_order(options, fault);
	}
}

static enum options_result take_faults(struct check_options *options, const char *value)
{
	options->order_count = 0;
	if (!strcmp(value, "all") || !strcmp(value, "none")) {
		add_each(options, value[0] == 'a');
		return OPTIONS_RUN;
	}
	return add_named(options, value);
}

static enum options_result take_option(struct check_options *options, const char *name, char *value)
{
	if (!strcmp(name, "exporter"))
		return take_exporter(options, value);
	if (!strcmp(name, "peer"))
		return take_peer(options, value);
	if (!strcmp(name, "faults"))
		return take_faults(options, value);
	if (!strcmp(name, "size"))
		return take_size(options, value);
	if (!strcmp(name, "frames") && !option_number(value, 1, 1u << 19, &options->frames))
		return wrong(name, value, "not a whole number from 1 to 524288");
	if (!strcmp(name, "max-size") && !option_number(value, 1, 1024, &options->max_mib))
		return wrong(name, value, "not a whole number of MiB from 1 to 1024");
	if (!strcmp(name, "timeout") && !option_number(value, 1, 86400, &options->timeout_s))
		return wrong(name, value, "not a whole number of seconds from 1 to 86400");
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
	case 'c':
		*compare = true;
		return OPTIONS_RUN;
	case 'l':
		options_list_faults();
		return OPTIONS_DONE;
	case 'h':
		print_help();
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
	{ "exporter", required_argument, NULL, 'o' },	{ "peer", required_argument, NULL, 'o' },
	{ "drm-device", required_argument, NULL, 'o' }, { "faults", required_argument, NULL, 'o' },
	{ "frames", required_argument, NULL, 'o' },	{ "size", required_argument, NULL, 'o' },
	{ "max-size", required_argument, NULL, 'o' },	{ "timeout", required_argument, NULL, 'o' },
	{ "json", required_argument, NULL, 'o' },	{ "save", required_argument, NULL, 'o' },
	{ "compare", no_argument, NULL, 'c' },		{ "ktap", no_argument, NULL, 'k' },
	{ "list-faults", no_argument, NULL, 'l' },	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'v' },		{ NULL, 0, NULL, 0 },
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

enum options_result check_parse(struct check_options *options, int argc, char **argv)
{
	enum options_result result;
	bool compare = false;
	int option, index = 0;

	*options = (struct check_options){ .frames = 12, .max_mib = 64, .timeout_s = 120 };
	add_fault(options, order_find("no-bracket"));
	add_fault(options, order_find("read-no-start"));
	while ((option = getopt_long(argc, argv, "", long_options, &index)) != -1) {
		if (optarg && !*optarg)
			return wrong(long_options[index].name, optarg, "a value must stand there");
		if (option == 'o')
			result = take_option(options, long_options[index].name, optarg);
		else
			result = answer(options, option, &compare);
		if (result != OPTIONS_RUN)
			return result;
	}
	if (compare)
		return take_files(options, argc - optind, argv + optind);
	if (optind < argc) {
		fprintf(stderr,
			"staleline: %s: staleline check takes options only; see staleline check "
			"--help\n",
			argv[optind]);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}
