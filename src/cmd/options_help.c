// SPDX-License-Identifier: MIT
/* options_help: what `staleline --help` and --list-faults print. */
#include <stdio.h>

#include "buffer/exporter.h"
#include "cmd/options.h"

static const char help_head[] =
	"usage: staleline [show] [OPTION...]\n"
	"       staleline check [OPTION...]      the coherency check, without a compositor\n"
	"       staleline list [--json[=FILE]]   what there is on this machine, and what is not\n"
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
	"  --size=WxH            the card's size in pixels, for good (default: that of the "
	"window)\n"
	"  --buffers=N           2 to 4 buffers (default 3)\n"
	"  --format=NAME         of the buffers: a name (XRGB8888), four letters (XR24) or a "
	"number\n"
	"                        (default XRGB8888)\n"
	"  --planes=joint|disjoint   two planes (NV12, P010) in one dma-buf, or each in its own\n"
	"                        (default joint)\n"
	"  --list-formats        the formats, and who takes them: compositor, exporter, EGL\n"
	"  --fullscreen          no panel, the whole output\n"
	"  --no-hud              no panel\n"
	"  --display=NAME        the compositor's socket (default: $WAYLAND_DISPLAY)\n"
	"  --exporter=NAME       where buffers come from (default auto):\n";

static const char help_middle[] =
	"  --drm-device=PATH     the DRM device to allocate from and to check on\n"
	"  --drm-render-node=PATH  the same, as Weston's clients spell it\n"
	"  --peer=egl|jobs|none  who is on the other side of the buffer (default egl): a GPU or "
	"its "
	"driver\n"
	"                        through EGL, or device work of the module staleline\n"
	"  --writer=egl|jobs     who writes what the CPU reads (default: as --peer)\n"
	"  --gl=auto|es3|es2     which GL does: ES 3 decodes in a shader, ES 2 hands pixels back\n"
	"  --sync=auto|implicit|sync-file|syncobj   how the compositor says that a buffer is "
	"free:\n"
	"                        by its release event and the dma-buf's fences, or by points of a\n"
	"                        timeline (default auto: syncobj where both sides have it)\n"
	"  --import-immediate=0|1   linux-dmabuf's create_immed in place of create (default 0)\n"
	"  --explicit-sync=0|1   implicit or syncobj, as Weston's clients spell it\n"
	"  --order=NAME          which right order to perform (default overwrite):\n";

static const char help_tail[] =
	"  --faults-noticed      a fault that can't be shown here has failed too\n"
	"  --list-faults         every fault, here and of `staleline check`: what it breaks, and "
	"shows\n"
	"  --save=FILE.png       card, counts and heatmap of the last frame\n"
	"  --save-card=FILE.png, --save-heatmap=FILE.png   one of them alone\n"
	"  --save-each=FOLDER    all of these and the screenshot, of each order: ORDER.png, "
	"ORDER-card.png,\n"
	"                        ORDER-heatmap.png, ORDER-screen.png\n"
	"  --screenshot=FILE.png what the compositor shows of the last frame, decoded\n"
	"  --screenshot-with=weston|grim|scanout|none   who takes it (default none)\n"
	"  --screenshot-why=TEXT why there is none, for the result file\n"
	"  --screenshot-needed   a run without one, decoded bit by bit, has failed\n"
	"  --json=FILE           the result file\n"
	"  --trace               the calls of each frame in their order, a line each\n"
	"  --verbose             what the compositor offers, what was taken of it, and why;\n"
	"                        by which clock it says when a frame is on the screen\n"
	"  --help, --version\n"
	"\n"
	"keys: f the next fault, s the next kind of sync, e the next exporter, space pause, . one "
	"frame,\n"
	"h the panel, F11 fullscreen, ? these, q or Esc quit\n"
	"\n"
	"exit code: 0 in order and clean (a fault: noticed, or not to be shown here), 1 broken or\n"
	"unnoticed, 2 wrong usage, 4 nothing could be checked, 3 anything else\n";

/* Those that `show` performs. */
static void print_orders(bool faults)
{
	for (const struct order *order = order_catalogue; order->name; order++)
		if (order_is_fault(order) == faults && order_has_sync(order, ORDER_IMPLICIT))
			printf("      %-22s%s\n", order->name, order->sentence);
}

void options_print_help(void)
{
	fputs(help_head, stdout);
	printf("      %-22s%s\n", "auto",
	       "gbm on the compositor's device, else the next that works; without a GPU the "
	       "module's");
	for (int i = 0; exporter_kinds[i]; i++)
		printf("      %-22s%s\n", exporter_kinds[i]->name, exporter_kinds[i]->about);
	printf("      %-22s%s\n", "dma-heap:HEAP", "that heap");
	printf("      %-22s%s\n", "staleline:MODE", "the module's in that mode");
	fputs(help_middle, stdout);
	print_orders(false);
	printf("  --fault=NAME          break the order on purpose; it must be noticed. May be "
	       "given "
	       "several times:\n");
	print_orders(true);
	fputs(help_tail, stdout);
}

/* "by card, module": the words of @bits. */
static void print_bits(const char *what, unsigned int bits, const char *(*name)(unsigned int bit))
{
	const char *before = what;

	for (unsigned int bit = 1; bit; bit <<= 1)
		if (bits & bit) {
			printf("%s%s", before, name(bit));
			before = ", ";
		}
	if (bits)
		putchar('\n');
}

/* "only by: syncobj sync", where it is not by every kind. */
static void print_syncs(const struct order *order)
{
	const char *before = "    only by: ";

	for (enum order_sync sync = 0; order->syncs && sync < ORDER_SYNC_KINDS; sync++)
		if (order_has_sync(order, sync)) {
			printf("%s%s", before, order_sync_name(sync));
			before = ", ";
		}
	if (order->syncs)
		puts(" sync");
}

void options_list_faults(void)
{
	for (const struct order *order = order_catalogue; order->name; order++) {
		if (!order_is_fault(order))
			continue;
		printf("%s (breaks %s; control: %s)\n    %s\n    shows: %s\n", order->name,
		       order->rules[0] ? order->rules : "no rule of SYNC", order->control,
		       order->sentence, order->shows);
		print_bits("    noticed by: ", order->by, notice_name);
		print_bits("    needs: ", order->needs, order_needs_name);
		print_syncs(order);
	}
	printf("\ncard: a cell is not fresh. state: staleline.ko's lines and counters. access: the "
	       "state machine of\naccess.c. kernel: an errno. clock: START blocks.\n");
}

/* What --order= or --fault= would have taken. */
void options_list_names(bool faults, bool of_show)
{
	for (const struct order *order = order_catalogue; order->name; order++)
		if (order_is_fault(order) == faults &&
		    (!of_show || order_has_sync(order, ORDER_IMPLICIT)))
			fprintf(stderr, " %s", order->name);
	fputc('\n', stderr);
}
