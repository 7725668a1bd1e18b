// SPDX-License-Identifier: MIT
/* options: the command line of `staleline show`, checked. */
#include "cmd/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "buffer/exporter.h"
#include "cmd/option_value.h"

enum {
	OPT_FRAMES = 0x100,
	OPT_SIZE,
	OPT_BUFFERS,
	OPT_FORMAT,
	OPT_LIST_FORMATS,
	OPT_DISPLAY,
	OPT_EXPORTER,
	OPT_DEVICE,
	OPT_PEER,
	OPT_WRITER,
	OPT_GL,
	OPT_SYNC,
	OPT_EXPLICIT_SYNC,
	OPT_ORDER,
	OPT_FAULT,
	OPT_FAULTS_NOTICED,
	OPT_LIST_FAULTS,
	OPT_FULLSCREEN,
	OPT_NO_HUD,
	OPT_TRACE,
	OPT_VERBOSE,
	OPT_IMPORT_IMMEDIATE,
	OPT_SAVE,
	OPT_SAVE_CARD,
	OPT_SAVE_HEATMAP,
	OPT_SAVE_EACH,
	OPT_JSON,
	OPT_SCREENSHOT,
	OPT_SCREENSHOT_WITH,
	OPT_SCREENSHOT_WHY,
	OPT_SCREENSHOT_NEEDED,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{ "frames", required_argument, NULL, OPT_FRAMES },
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "buffers", required_argument, NULL, OPT_BUFFERS },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "list-formats", no_argument, NULL, OPT_LIST_FORMATS },
	{ "display", required_argument, NULL, OPT_DISPLAY },
	{ "exporter", required_argument, NULL, OPT_EXPORTER },
	{ "drm-device", required_argument, NULL, OPT_DEVICE },
	{ "drm-render-node", required_argument, NULL, OPT_DEVICE },
	{ "peer", required_argument, NULL, OPT_PEER },
	{ "writer", required_argument, NULL, OPT_WRITER },
	{ "gl", required_argument, NULL, OPT_GL },
	{ "sync", required_argument, NULL, OPT_SYNC },
	{ "explicit-sync", required_argument, NULL, OPT_EXPLICIT_SYNC },
	{ "order", required_argument, NULL, OPT_ORDER },
	{ "fault", required_argument, NULL, OPT_FAULT },
	{ "faults-noticed", no_argument, NULL, OPT_FAULTS_NOTICED },
	{ "list-faults", no_argument, NULL, OPT_LIST_FAULTS },
	{ "fullscreen", no_argument, NULL, OPT_FULLSCREEN },
	{ "no-hud", no_argument, NULL, OPT_NO_HUD },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "import-immediate", required_argument, NULL, OPT_IMPORT_IMMEDIATE },
	{ "trace", no_argument, NULL, OPT_TRACE },
	{ "save", required_argument, NULL, OPT_SAVE },
	{ "save-card", required_argument, NULL, OPT_SAVE_CARD },
	{ "save-heatmap", required_argument, NULL, OPT_SAVE_HEATMAP },
	{ "save-each", required_argument, NULL, OPT_SAVE_EACH },
	{ "json", required_argument, NULL, OPT_JSON },
	{ "screenshot", required_argument, NULL, OPT_SCREENSHOT },
	{ "screenshot-with", required_argument, NULL, OPT_SCREENSHOT_WITH },
	{ "screenshot-why", required_argument, NULL, OPT_SCREENSHOT_WHY },
	{ "screenshot-needed", no_argument, NULL, OPT_SCREENSHOT_NEEDED },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static enum options_result wrong(const char *option, const char *value, const char *wanted)
{
	return option_wrong("", option, value, wanted);
}

static enum options_result parse_size(struct show_options *options, const char *value)
{
	if (!option_size(value, &options->width, &options->height))
		return wrong("size", value, OPTION_SIZE_WANTED);
	return OPTIONS_RUN;
}

static enum options_result parse_frames(struct show_options *options, const char *value)
{
	if (!option_number(value, 1, UINT32_MAX, &options->frames))
		return wrong("frames", value, "not a whole number from 1 to 4294967295");
	return OPTIONS_RUN;
}

static enum options_result parse_buffers(struct show_options *options, const char *value)
{
	uint64_t number;

	if (!option_number(value, 2, OPTIONS_MAX_BUFFERS, &number))
		return wrong("buffers", value, "not 2, 3 or 4");
	options->buffers = (uint32_t)number;
	return OPTIONS_RUN;
}

static enum options_result parse_format(struct show_options *options, const char *value)
{
	options->format = pixel_format_parse(value);
	if (options->format)
		return OPTIONS_RUN;
	return wrong("format", value, "not a format that there is a card for; see --list-formats");
}

/* Its name names its RECORD and its pictures, so once. */
static enum options_result add_fault(struct show_options *options, const struct order *fault)
{
	for (uint32_t i = 0; i < options->faults_count; i++)
		if (options->faults[i] == fault)
			return wrong("fault", fault->name, "given twice");
	if (options->faults_count == OPTIONS_MAX_FAULTS)
		return wrong("fault", fault->name, "more than 8 in one run");
	options->faults[options->faults_count++] = fault;
	return OPTIONS_RUN;
}

static enum options_result parse_order(struct show_options *options, const char *value, bool fault)
{
	const struct order *order = order_find(value);

	if (!order || order_is_fault(order) != fault) {
		fprintf(stderr,
			"staleline: --%s=%s: no such %s; there are:", fault ? "fault" : "order",
			value, fault ? "fault" : "order");
		options_list_names(fault);
		return OPTIONS_WRONG;
	}
	if (fault)
		return add_fault(options, order);
	options->order = order;
	return OPTIONS_RUN;
}

/* "NAME" or "NAME:ARG"; whether it is there on this machine shows when it is opened. */
static enum options_result parse_exporter(struct show_options *options, const char *value)
{
	struct why why = { "" };

	options->exporter = value;
	if (!exporter_check_name(value, &why))
		return OPTIONS_RUN;
	return wrong("exporter", value, why.text);
}

static enum options_result parse_gl(struct show_options *options, const char *value)
{
	static const char *const names[] = { "auto", "es3", "es2" };

	for (int i = 0; i < 3; i++)
		if (!strcmp(value, names[i])) {
			options->gl = (enum peer_gl)i;
			return OPTIONS_RUN;
		}
	return wrong("gl", value, "not auto, es3 or es2");
}

static enum options_result parse_sync(struct show_options *options, const char *value)
{
	static const char *const names[] = { "auto", "implicit", "sync-file", "syncobj" };

	for (int i = 0; i < 4; i++)
		if (!strcmp(value, names[i])) {
			options->sync = (enum show_sync)i;
			return OPTIONS_RUN;
		}
	return wrong("sync", value, "not auto, implicit, sync-file or syncobj");
}

static enum options_result parse_immediate(struct show_options *options, const char *value)
{
	if (strcmp(value, "0") && strcmp(value, "1"))
		return wrong("import-immediate", value, "not 0 or 1");
	options->import_immediately = value[0] == '1';
	return OPTIONS_RUN;
}

/* As Weston's clients spell it. */
static enum options_result parse_explicit_sync(struct show_options *options, const char *value)
{
	if (strcmp(value, "0") && strcmp(value, "1"))
		return wrong("explicit-sync", value, "not 0 or 1");
	options->sync = value[0] == '1' ? SHOW_SYNC_SYNCOBJ : SHOW_SYNC_IMPLICIT;
	return OPTIONS_RUN;
}

static enum options_result parse_peer(struct show_options *options, const char *value)
{
	options->peer = peer_find(value);
	if (options->peer == &peer_scanout)
		return wrong("peer", value,
			     "it drives a display itself, as DRM master, and so can't beside a "
			     "compositor: egl, jobs or none");
	if (!options->peer && strcmp(value, "none"))
		return wrong("peer", value, "not egl, jobs or none");
	return OPTIONS_RUN;
}

static enum options_result parse_writer(struct show_options *options, const char *value)
{
	options->writer = peer_find(value);
	if (!options->writer || options->writer == &peer_scanout)
		return wrong("writer", value, "not egl or jobs");
	return OPTIONS_RUN;
}

static enum options_result parse_tool(struct show_options *options, const char *value)
{
	static const char *const names[] = { "none", "weston", "grim", "scanout" };

	for (int i = 0; i < 4; i++)
		if (!strcmp(value, names[i])) {
			options->screenshot_with = (enum screenshot_tool)i;
			return OPTIONS_RUN;
		}
	return wrong("screenshot-with", value, "not weston, grim, scanout or none");
}

static enum options_result take_option(struct show_options *options, int option)
{
	switch (option) {
	case OPT_FRAMES:
		return parse_frames(options, optarg);
	case OPT_SIZE:
		return parse_size(options, optarg);
	case OPT_BUFFERS:
		return parse_buffers(options, optarg);
	case OPT_FORMAT:
		return parse_format(options, optarg);
	case OPT_LIST_FORMATS:
		options->list_formats = true;
		break;
	case OPT_PEER:
		return parse_peer(options, optarg);
	case OPT_WRITER:
		return parse_writer(options, optarg);
	case OPT_GL:
		return parse_gl(options, optarg);
	case OPT_SYNC:
		return parse_sync(options, optarg);
	case OPT_EXPLICIT_SYNC:
		return parse_explicit_sync(options, optarg);
	case OPT_ORDER:
		return parse_order(options, optarg, false);
	case OPT_FAULT:
		return parse_order(options, optarg, true);
	case OPT_FAULTS_NOTICED:
		options->faults_noticed = true;
		break;
	case OPT_SCREENSHOT_WITH:
		return parse_tool(options, optarg);
	case OPT_DISPLAY:
		options->display = optarg;
		break;
	case OPT_EXPORTER:
		return parse_exporter(options, optarg);
	case OPT_DEVICE:
		options->device = optarg;
		break;
	case OPT_FULLSCREEN:
		options->fullscreen = true;
		break;
	case OPT_NO_HUD:
		options->no_hud = true;
		break;
	case OPT_IMPORT_IMMEDIATE:
		return parse_immediate(options, optarg);
	case OPT_VERBOSE:
		options->verbose = true;
		break;
	case OPT_TRACE:
		options->trace = true;
		break;
	case OPT_SAVE:
		options->save = optarg;
		break;
	case OPT_SAVE_CARD:
		options->save_card = optarg;
		break;
	case OPT_SAVE_HEATMAP:
		options->save_heatmap = optarg;
		break;
	case OPT_SAVE_EACH:
		options->save_each = optarg;
		break;
	case OPT_JSON:
		options->json = optarg;
		break;
	case OPT_SCREENSHOT:
		options->screenshot = optarg;
		break;
	case OPT_SCREENSHOT_WHY:
		options->screenshot_why = optarg;
		break;
	case OPT_SCREENSHOT_NEEDED:
		options->screenshot_needed = true;
		break;
	case OPT_LIST_FAULTS:
		options_list_faults();
		return OPTIONS_DONE;
	case OPT_HELP:
		options_print_help();
		return OPTIONS_DONE;
	case OPT_VERSION:
		printf("staleline %s\n", STALELINE_VERSION);
		return OPTIONS_DONE;
	default: /* getopt has said what is wrong */
		fputs("staleline: see staleline --help\n", stderr);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

enum options_result options_parse_show(struct show_options *options, int argc, char **argv)
{
	enum options_result result;
	int option, index = 0;

	*options = (struct show_options){
		.exporter = "auto",
		.peer = &peer_egl,
		.buffers = 3,
		.format = &pixel_formats[0],
	};
	while ((option = getopt_long(argc, argv, "", long_options, &index)) != -1) {
		if (optarg && !*optarg)
			return wrong(long_options[index].name, optarg, "a value must stand there");
		result = take_option(options, option);
		if (result != OPTIONS_RUN)
			return result;
	}
	if (optind < argc) {
		fprintf(stderr,
			"staleline: %s: staleline show takes options only; see staleline --help\n",
			argv[optind]);
		return OPTIONS_WRONG;
	}
	return options_check_together(options);
}
