// SPDX-License-Identifier: MIT
/* options: the command line of `staleline show`, checked. */
#include "cmd/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "buffer/exporter.h"
#include "cmd/option_value.h"

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

static enum options_result parse_planes(struct show_options *options, const char *value)
{
	if (strcmp(value, "joint") && strcmp(value, "disjoint"))
		return wrong("planes", value, "not joint or disjoint");
	options->disjoint = value[0] == 'd';
	return OPTIONS_RUN;
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

static enum options_result parse_either(struct show_options *options, const char *value, bool fault)
{
	const struct order *order = order_find(value);

	if (!order || order_is_fault(order) != fault) {
		fprintf(stderr,
			"staleline: --%s=%s: no such %s; there are:", fault ? "fault" : "order",
			value, fault ? "fault" : "order");
		options_list_names(fault, true);
		return OPTIONS_WRONG;
	}
	if (fault)
		return add_fault(options, order);
	options->order = order;
	return OPTIONS_RUN;
}

static enum options_result parse_order(struct show_options *options, const char *value)
{
	return parse_either(options, value, false);
}

static enum options_result parse_fault(struct show_options *options, const char *value)
{
	return parse_either(options, value, true);
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

/* Which of @names, up to a NULL, @value is; -1: none. */
static int which(const char *value, const char *const *names)
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(value, names[i]))
			return i;
	return -1;
}

static enum options_result parse_gl(struct show_options *options, const char *value)
{
	static const char *const names[] = { "auto", "es3", "es2", NULL };
	int gl = which(value, names);

	if (gl < 0)
		return wrong("gl", value, "not auto, es3 or es2");
	options->gl = (enum peer_gl)gl;
	return OPTIONS_RUN;
}

static enum options_result parse_sync(struct show_options *options, const char *value)
{
	static const char *const names[] = { "auto", "implicit", "sync-file", "syncobj", NULL };
	int sync = which(value, names);

	if (sync < 0)
		return wrong("sync", value, "not auto, implicit, sync-file or syncobj");
	options->sync = (enum show_sync)sync;
	return OPTIONS_RUN;
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
	static const char *const names[] = { "none", "weston", "grim", "scanout", NULL };
	int tool = which(value, names);

	if (tool < 0)
		return wrong("screenshot-with", value, "not weston, grim, scanout or none");
	options->screenshot_with = (enum screenshot_tool)tool;
	return OPTIONS_RUN;
}

static enum options_result list_faults(struct show_options *options, const char *value)
{
	(void)options, (void)value;
	options_list_faults();
	return OPTIONS_DONE;
}

static enum options_result print_help(struct show_options *options, const char *value)
{
	(void)options, (void)value;
	options_print_help();
	return OPTIONS_DONE;
}

static enum options_result print_version(struct show_options *options, const char *value)
{
	(void)options, (void)value;
	printf("staleline %s\n", STALELINE_VERSION);
	return OPTIONS_DONE;
}

/* --- all of them --- */

/* An option, and what is made of it: exactly one of @parse, @flag and @text. */
struct known {
	const char *name;
	enum options_result (*parse)(struct show_options *options, const char *value);
	size_t flag; /* where the bool is that it sets; with no value */
	size_t text; /* where its value is kept as it is */
	int has_arg;
};

#define PARSED(name, function)                                                                     \
	{                                                                                          \
		name, function, 0, 0, required_argument                                            \
	}
#define ASKED(name, function)                                                                      \
	{                                                                                          \
		name, function, 0, 0, no_argument                                                  \
	}
#define FLAG(name, member)                                                                         \
	{                                                                                          \
		name, NULL, offsetof(struct show_options, member), 0, no_argument                  \
	}
#define TEXT(name, member)                                                                         \
	{                                                                                          \
		name, NULL, 0, offsetof(struct show_options, member), required_argument            \
	}

static const struct known known[] = {
	PARSED("frames", parse_frames),
	PARSED("size", parse_size),
	PARSED("buffers", parse_buffers),
	PARSED("format", parse_format),
	PARSED("planes", parse_planes),
	FLAG("list-formats", list_formats),
	TEXT("display", display),
	PARSED("exporter", parse_exporter),
	TEXT("drm-device", device),
	TEXT("drm-render-node", device),
	PARSED("peer", parse_peer),
	PARSED("writer", parse_writer),
	PARSED("gl", parse_gl),
	PARSED("sync", parse_sync),
	PARSED("explicit-sync", parse_explicit_sync),
	PARSED("order", parse_order),
	PARSED("fault", parse_fault),
	FLAG("faults-noticed", faults_noticed),
	ASKED("list-faults", list_faults),
	FLAG("fullscreen", fullscreen),
	FLAG("no-hud", no_hud),
	FLAG("verbose", verbose),
	PARSED("import-immediate", parse_immediate),
	FLAG("trace", trace),
	TEXT("save", save),
	TEXT("save-card", save_card),
	TEXT("save-heatmap", save_heatmap),
	TEXT("save-each", save_each),
	TEXT("json", json),
	TEXT("screenshot", screenshot),
	PARSED("screenshot-with", parse_tool),
	TEXT("screenshot-why", screenshot_why),
	FLAG("screenshot-needed", screenshot_needed),
	ASKED("help", print_help),
	ASKED("version", print_version),
};

enum { NKNOWN = sizeof(known) / sizeof(*known) };

static enum options_result take_option(struct show_options *options, const struct known *option)
{
	char *base = (char *)options;

	if (option->parse)
		return option->parse(options, optarg);
	if (option->flag)
		*(bool *)(base + option->flag) = true;
	else
		*(const char **)(base + option->text) = optarg;
	return OPTIONS_RUN;
}

/* In getopt's form, with a 0 behind the last. */
static void tell_getopt(struct option table[NKNOWN + 1])
{
	for (int i = 0; i < NKNOWN; i++)
		table[i] = (struct option){ known[i].name, known[i].has_arg, NULL, 0 };
	table[NKNOWN] = (struct option){ 0 };
}

enum options_result options_parse_show(struct show_options *options, int argc, char **argv)
{
	struct option table[NKNOWN + 1];
	enum options_result result;
	int found, index = 0;

	*options = (struct show_options){
		.exporter = "auto",
		.peer = &peer_egl,
		.buffers = 3,
		.format = &pixel_formats[0],
	};
	tell_getopt(table);
	while ((found = getopt_long(argc, argv, "h", table, &index)) != -1) {
		if (found == 'h')
			return print_help(options, NULL);
		if (found) { /* getopt has said what is wrong */
			fputs("staleline: see staleline --help\n", stderr);
			return OPTIONS_WRONG;
		}
		if (optarg && !*optarg)
			return wrong(known[index].name, optarg, "a value must stand there");
		result = take_option(options, &known[index]);
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
