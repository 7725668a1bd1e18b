// SPDX-License-Identifier: MIT
/* check_help: what `staleline check --help` prints. */
#include <stdio.h>

#include "cmd/check_options.h"

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
	"  --sync=KIND,...       how CPU and peer wait for each other: implicit, sync-file, "
	"syncobj "
	"(default\n"
	"                        all; a peer that can't is skipped)\n"
	"  --frames=N            of each order (default 12)\n"
	"  --size=WxH            of the buffers (default 256x64; where a GPU looks, a quarter and "
	"four\n"
	"                        times the last-level cache)\n"
	"  --max-size=MIB        the most for one buffer (default 64)\n"
	"  --timeout=SECONDS     the most for one exporter and peer (default 300, or more where "
	"the\n"
	"                        orders, frames, seeds and --write-us= that are asked for take "
	"more)\n"
	"  --seeds=N             each order N times, with seeds 1 to N, which decide what the "
	"module's\n"
	"                        noncoherent buffers evict and fetch early, with inval=discard and "
	"with\n"
	"                        inval=writeback; a fault ends where it is noticed, and has to be "
	"each time\n"
	"  --seed=N              this seed alone, or the first of several\n"
	"  --duration=TIME       a soak: the right orders in turns for so long, 90s, 10m or 8h, "
	"all "
	"pairs\n"
	"                        together; each buffer is looked at again before it is used again, "
	"and\n"
	"                        file descriptors and memory must not grow\n"
	"  --threads=N           of a soak: so many at once (1 to 32, default 1), each with "
	"buffers of\n"
	"                        its own\n"
	"  --interrupt           of a soak: in a storm of signals without SA_RESTART\n"
	"  --write-us=N          how long a write of jobs takes (default 100000; with --seeds and "
	"--duration 2000)\n"
	"  --ktap                KTAP, as kernel selftests, in place of the table\n"
	"  --markdown            a table for a page of documentation in place of it: who noticed, "
	"and\n"
	"                        how many frames that took\n"
	"  --json=FILE           the result file\n"
	"  --save=DIR            a heatmap of each result that was not clean, and the "
	"machine.json\n"
	"  --compare             what changed between two result files; 0 no verdict did, 1 some "
	"did\n"
	"  --help, --version\n"
	"\n"
	"R1, R2, ...: what the kernel asks of user space, in docs/rules.md\n"
	"exit code: 0 the controls are ok, faults noticed or not-shown; 1 broken or unnoticed;\n"
	"4 nothing could be checked; 2 wrong usage; 3 anything else\n";

void check_print_help(void)
{
	fputs(help_head, stdout);
	for (const struct order *order = order_catalogue; order->name; order++)
		if (order_is_fault(order))
			printf("      %-22s%s\n", order->name, order->sentence);
	fputs(help_tail, stdout);
}
