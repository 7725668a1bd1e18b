// SPDX-License-Identifier: MIT
/* options: the command line of `staleline show`, checked. */
#include "cmd/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer/exporter.h"

#define MAX_SIDE 16384

enum {
	OPT_FRAMES = 0x100,
	OPT_SIZE,
	OPT_BUFFERS,
	OPT_DISPLAY,
	OPT_EXPORTER,
	OPT_DEVICE,
	OPT_PEER,
	OPT_GL,
	OPT_ORDER,
	OPT_FAULT,
	OPT_LIST_FAULTS,
	OPT_FULLSCREEN,
	OPT_TRACE,
	OPT_SAVE,
	OPT_SAVE_CARD,
	OPT_SAVE_HEATMAP,
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
	{ "display", required_argument, NULL, OPT_DISPLAY },
	{ "exporter", required_argument, NULL, OPT_EXPORTER },
	{ "drm-device", required_argument, NULL, OPT_DEVICE },
	{ "drm-render-node", required_argument, NULL, OPT_DEVICE },
	{ "peer", required_argument, NULL, OPT_PEER },
	{ "gl", required_argument, NULL, OPT_GL },
	{ "order", required_argument, NULL, OPT_ORDER },
	{ "fault", required_argument, NULL, OPT_FAULT },
	{ "list-faults", no_argument, NULL, OPT_LIST_FAULTS },
	{ "fullscreen", no_argument, NULL, OPT_FULLSCREEN },
	{ "trace", no_argument, NULL, OPT_TRACE },
	{ "save", required_argument, NULL, OPT_SAVE },
	{ "save-card", required_argument, NULL, OPT_SAVE_CARD },
	{ "save-heatmap", required_argument, NULL, OPT_SAVE_HEATMAP },
	{ "json", required_argument, NULL, OPT_JSON },
	{ "screenshot", required_argument, NULL, OPT_SCREENSHOT },
	{ "screenshot-with", required_argument, NULL, OPT_SCREENSHOT_WITH },
	{ "screenshot-why", required_argument, NULL, OPT_SCREENSHOT_WHY },
	{ "screenshot-needed", no_argument, NULL, OPT_SCREENSHOT_NEEDED },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static const char help_head[] =
	"usage: staleline [show] [OPTION...]\n"
	"\n"
	"Draw a test card with the CPU into dma-bufs, in the order that the kernel asks for "
	"(wait,\n"
	"SYNC START, write, SYNC END, submit), check every cell of it through EGL, and show the "
	"very\n"
	"same buffers on a Wayland compositor.\n"
	"\n"
	"  --frames=N            stop after N frames (default: when the window is closed, or "
	"SIGINT);\n"
	"                        with --fault as many in order first, at most 60\n"
	"  --size=WxH            the card's size in pixels (default: what the compositor likes)\n"
	"  --buffers=N           2 to 4 buffers (default 3)\n"
	"  --fullscreen          no panel, the whole output\n"
	"  --display=NAME        the compositor's socket (default: $WAYLAND_DISPLAY)\n"
	"  --exporter=NAME       where buffers come from (default auto):\n";

static const char help_middle[] =
	"  --drm-device=PATH     the DRM device to allocate from and to check on\n"
	"  --drm-render-node=PATH  the same, as Weston's clients spell it\n"
	"  --peer=egl|jobs|none  who is on the other side of the buffer (default egl): a GPU or "
	"its "
	"driver\n"
	"                        through EGL, or device work of the module staleline\n"
	"  --gl=auto|es3|es2     which GL does: ES 3 decodes in a shader, ES 2 hands pixels back\n"
	"  --order=NAME          which right order to perform (default overwrite):\n";

static const char help_tail[] =
	"  --list-faults         what --fault= takes, with what each then shows\n"
	"  --save=FILE.png       card, counts and heatmap of the last frame\n"
	"  --save-card=FILE.png, --save-heatmap=FILE.png   one of them alone\n"
	"  --screenshot=FILE.png what the compositor shows of the last frame, decoded\n"
	"  --screenshot-with=weston|grim|scanout|none   who takes it (default none)\n"
	"  --screenshot-why=TEXT why there is none, for the result file\n"
	"  --screenshot-needed   a run without one, decoded bit by bit, has failed\n"
	"  --json=FILE           the result file\n"
	"  --trace               the calls of each frame in their order, a line each\n"
	"  --help, --version\n"
	"\n"
	"exit code: 0 in order and clean (a fault: noticed), 1 broken or unnoticed, 2 wrong "
	"usage,\n"
	"4 nothing could be checked, 3 anything else\n";

static void print_help(void)
{
	fputs(help_head, stdout);
	printf("      %-18s%s\n", "auto",
	       "gbm on the compositor's device, else the next that works; without a GPU the "
	       "module's");
	for (int i = 0; exporter_kinds[i]; i++)
		printf("      %-18s%s\n", exporter_kinds[i]->name, exporter_kinds[i]->about);
	fputs(help_middle, stdout);
	for (const struct order *order = order_catalogue; order->name; order++)
		if (!order_is_fault(order))
			printf("      %-18s%s\n", order->name, order->sentence);
	printf("  --fault=NAME          break the order on purpose; it must be noticed:\n");
	for (const struct order *order = order_catalogue; order->name; order++)
		if (order_is_fault(order))
			printf("      %-18s%s\n", order->name, order->sentence);
	fputs(help_tail, stdout);
}

static void list_faults(void)
{
	for (const struct order *order = order_catalogue; order->name; order++)
		if (order_is_fault(order))
			printf("%s (breaks %s; control: %s)\n    %s\n    shows: %s\n", order->name,
			       order->rules[0] ? order->rules : "no rule of SYNC", order->control,
			       order->sentence, order->shows);
}

/* What --order= or --fault= would have taken. */
static void list_names(bool faults)
{
	for (const struct order *order = order_catalogue; order->name; order++)
		if (order_is_fault(order) == faults)
			fprintf(stderr, " %s", order->name);
	fputc('\n', stderr);
}

static enum options_result wrong(const char *option, const char *value, const char *wanted)
{
	fprintf(stderr, "staleline: --%s=%s: %s\n", option, value, wanted);
	return OPTIONS_WRONG;
}

/* A whole number in [min, max] and nothing behind it but @end. NULL or where it ended. */
static const char *parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	char *end;

	/* strtoull takes signs and leading blanks; a count has neither. */
	if (text[0] < '0' || text[0] > '9')
		return NULL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	if (errno || *number < min || *number > max)
		return NULL;
	return end;
}

static enum options_result parse_size(struct show_options *options, const char *value)
{
	uint64_t width, height;
	const char *end = parse_number(value, 16, MAX_SIDE, &width);

	if (end && *end == 'x')
		end = parse_number(end + 1, 1, MAX_SIDE, &height);
	else
		end = NULL;
	if (!end || *end)
		return wrong("size", value,
			     "not WIDTHxHEIGHT in pixels, from 16x1 (one cell) to 16384x16384");
	options->width = (uint32_t)width;
	options->height = (uint32_t)height;
	return OPTIONS_RUN;
}

static enum options_result parse_frames(struct show_options *options, const char *value)
{
	const char *end = parse_number(value, 1, UINT32_MAX, &options->frames);

	if (!end || *end)
		return wrong("frames", value, "not a whole number from 1 to 4294967295");
	return OPTIONS_RUN;
}

static enum options_result parse_buffers(struct show_options *options, const char *value)
{
	uint64_t number;
	const char *end = parse_number(value, 2, OPTIONS_MAX_BUFFERS, &number);

	if (!end || *end)
		return wrong("buffers", value, "not 2, 3 or 4");
	options->buffers = (uint32_t)number;
	return OPTIONS_RUN;
}

static enum options_result parse_order(struct show_options *options, const char *value, bool fault)
{
	const struct order *order = order_find(value);

	if (!order || order_is_fault(order) != fault) {
		fprintf(stderr,
			"staleline: --%s=%s: no such %s; there are:", fault ? "fault" : "order",
			value, fault ? "fault" : "order");
		list_names(fault);
		return OPTIONS_WRONG;
	}
	if (fault)
		options->fault = order;
	else
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
	fprintf(stderr, "staleline: --exporter=%s: %s\n", value, why.text);
	return OPTIONS_WRONG;
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
	case OPT_PEER:
		return parse_peer(options, optarg);
	case OPT_GL:
		return parse_gl(options, optarg);
	case OPT_ORDER:
		return parse_order(options, optarg, false);
	case OPT_FAULT:
		return parse_order(options, optarg, true);
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
		list_faults();
		return OPTIONS_DONE;
	case OPT_HELP:
		print_help();
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

/* What only shows once all options are known. */
static enum options_result check_together(struct show_options *options)
{
	if (options->fault) {
		const struct order *control = order_find(options->fault->control);

		if (options->order && options->order != control) {
			fprintf(stderr,
				"staleline: --fault=%s: its control is --order=%s, not %s\n",
				options->fault->name, control->name, options->order->name);
			return OPTIONS_WRONG;
		}
		options->order = control;
	}
	if (!options->order)
		options->order = order_find("overwrite");
	if (options->fault && !options->peer) {
		fprintf(stderr, "staleline: --fault=%s needs a peer that looks: not --peer=none\n",
			options->fault->name);
		return OPTIONS_WRONG;
	}
	if (options->order->direction == ORDER_CPU_READ && !options->peer) {
		fprintf(stderr, "staleline: --order=%s needs a peer that writes: not --peer=none\n",
			options->order->name);
		return OPTIONS_WRONG;
	}
	if (options->screenshot && options->screenshot_with == SCREENSHOT_NONE) {
		fprintf(stderr,
			"staleline: --screenshot=%s needs --screenshot-with=weston, grim or "
			"scanout\n",
			options->screenshot);
		return OPTIONS_WRONG;
	}
	if ((options->screenshot_with != SCREENSHOT_NONE || options->screenshot_needed) &&
	    !options->screenshot) {
		fprintf(stderr, "staleline: --screenshot-with= and --screenshot-needed need "
				"--screenshot=FILE.png\n");
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

enum options_result options_parse_show(struct show_options *options, int argc, char **argv)
{
	enum options_result result;
	int option, index = 0;

	*options = (struct show_options){ .exporter = "auto", .peer = &peer_egl, .buffers = 3 };
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
	return check_together(options);
}
