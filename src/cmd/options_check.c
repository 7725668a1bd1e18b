// SPDX-License-Identifier: MIT
/* options_check: what only shows once all options of `staleline show` are known. See options.h. */
#include <stdio.h>
#include <string.h>

#include "cmd/option_value.h"
#include "cmd/options.h"

static enum options_result wrong(const char *option, const char *value, const char *wanted)
{
	return option_wrong("", option, value, wanted);
}

bool options_have(const struct show_options *options, enum order_direction direction)
{
	bool have = options->order->direction == direction;

	for (uint32_t i = 0; i < options->faults_count; i++)
		have |= options->faults[i]->direction == direction;
	return have;
}

/*
 * Without --order= it is the control of the first fault; that fault must be one of it in any case.
 */
static enum options_result check_orders(struct show_options *options)
{
	const struct order *fault = options->faults[0];

	if (fault && options->order && strcmp(options->order->name, fault->control)) {
		fprintf(stderr, "staleline: --fault=%s: its control is --order=%s, not %s\n",
			fault->name, fault->control, options->order->name);
		return OPTIONS_WRONG;
	}
	if (!options->order)
		options->order = order_find(fault ? fault->control : "overwrite");
	if (options->faults_noticed && !fault) {
		fputs("staleline: --faults-noticed: there is no --fault=\n", stderr);
		return OPTIONS_WRONG;
	}
	if (options->faults_count > 1 && !options->frames)
		return wrong("fault", options->faults[1]->name,
			     "several faults need --frames=, or the first would never end");
	return OPTIONS_RUN;
}

/*
 * What is performed here is performed by implicit sync;
 * a peer that reads on is known by what it can.
 */
bool options_can_perform(const struct show_options *options, const struct order *order)
{
	return order_has_sync(order, ORDER_IMPLICIT) &&
	       (!(order->needs & ORDER_NEEDS_READER) ||
		(options->peer && options->peer->begin_read)) &&
	       !(options->disjoint && order_makes_map(order));
}

/* Said before anything is opened: `staleline check` would do it, or another peer. */
static enum options_result check_order(const struct show_options *options, const char *option,
				       const struct order *order)
{
	if (options_can_perform(options, order))
		return OPTIONS_RUN;
	if (!order_has_sync(order, ORDER_IMPLICIT))
		fprintf(stderr,
			"staleline: --%s=%s: can't be performed with a compositor, only between "
			"the CPU and a device; staleline check performs it\n",
			option, order->name);
	else if (options->disjoint && order_makes_map(order))
		fprintf(stderr,
			"staleline: --%s=%s: is about the map of one dma-buf, not beside "
			"--planes=disjoint\n",
			option, order->name);
	else
		fprintf(stderr,
			"staleline: --%s=%s: needs a peer that reads on while the CPU writes: "
			"--peer=jobs\n",
			option, order->name);
	return OPTIONS_WRONG;
}

/*
 * The order is said to be at fault where it was asked for, or by its fault: that is what was typed.
 */
static enum options_result check_all_orders(const struct show_options *options)
{
	enum options_result result = OPTIONS_RUN;

	for (uint32_t i = 0; i < options->faults_count && result == OPTIONS_RUN; i++)
		result = check_order(options, "fault", options->faults[i]);
	return result == OPTIONS_RUN ? check_order(options, "order", options->order) : result;
}

static enum options_result check_peers(struct show_options *options)
{
	if (!options->writer)
		options->writer = options->peer;
	for (uint32_t i = 0; i < options->faults_count; i++)
		if (options->faults[i]->direction == ORDER_CPU_WRITE && !options->peer)
			return wrong("fault", options->faults[i]->name,
				     "needs a peer that looks: not --peer=none");
	if (options_have(options, ORDER_CPU_READ) && !options->writer) {
		fprintf(stderr,
			"staleline: --order=%s needs a peer that writes: --writer=, where "
			"--peer=none\n",
			options->order->name);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

/* Devices that take a buffer by one descriptor, and formats that have one plane. */
static enum options_result check_planes(const struct show_options *options)
{
	if (!options->disjoint)
		return OPTIONS_RUN;
	if (options->format->planes == 1) {
		fprintf(stderr,
			"staleline: --planes=disjoint: %s has one plane; --format=NV12 and P010 "
			"have two\n",
			options->format->name);
		return OPTIONS_WRONG;
	}
	if (options->peer == &peer_jobs || options->writer == &peer_jobs)
		return wrong("planes", "disjoint",
			     "jobs take one dma-buf: not beside --peer=jobs or --writer=jobs");
	return OPTIONS_RUN;
}

static enum options_result check_pictures(const struct show_options *options)
{
	bool wanted = options->screenshot || options->save_each;

	if (options->save_each &&
	    (options->save || options->save_card || options->save_heatmap || options->screenshot))
		return wrong("save-each", options->save_each,
			     "makes all pictures, of each order: not beside --save=, --save-card=, "
			     "--save-heatmap= or --screenshot=");
	if (options->screenshot && options->screenshot_with == SCREENSHOT_NONE) {
		fprintf(stderr,
			"staleline: --screenshot=%s needs --screenshot-with=weston, grim or "
			"scanout\n",
			options->screenshot);
		return OPTIONS_WRONG;
	}
	if ((options->screenshot_with != SCREENSHOT_NONE || options->screenshot_needed) &&
	    !wanted) {
		fprintf(stderr, "staleline: --screenshot-with= and --screenshot-needed need "
				"--screenshot=FILE.png, or --save-each=FOLDER\n");
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

enum options_result options_check_together(struct show_options *options)
{
	enum options_result result = check_orders(options);

	if (result == OPTIONS_RUN)
		result = check_all_orders(options);
	if (result == OPTIONS_RUN)
		result = check_peers(options);
	if (result == OPTIONS_RUN)
		result = check_planes(options);
	return result == OPTIONS_RUN ? check_pictures(options) : result;
}
