// SPDX-License-Identifier: MIT
/*
 * check_faults: which orders a check performs:
 * --faults=, and what the kinds of sync leave of it. See check_options.h.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/check_options.h"

static void add_order(struct check_options *options, const struct order *order)
{
	for (uint32_t i = 0; i < options->order_count; i++)
		if (options->orders[i] == order)
			return;
	if (options->order_count < CHECK_MAX_ORDERS)
		options->orders[options->order_count++] = order;
}

void check_add_fault(struct check_options *options, const struct order *fault)
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
			options_list_names(true, false);
			return OPTIONS_WRONG;
		}
		check_add_fault(options, order);
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

enum options_result check_take_faults(struct check_options *options, const char *value)
{
	options->order_count = 0;
	options->named = strcmp(value, "all") && strcmp(value, "none");
	options->faults_named = strcmp(value, "none") != 0;
	if (!strcmp(value, "all") || !strcmp(value, "none")) {
		add_each(options, value[0] == 'a');
		return OPTIONS_RUN;
	}
	return add_named(options, value);
}

enum options_result check_faults_and_syncs(const struct check_options *options)
{
	for (uint32_t i = 0; i < options->order_count; i++) {
		const struct order *order = options->orders[i];

		if (!options->named || !order_is_fault(order) || !order->syncs ||
		    order->syncs & options->syncs)
			continue;
		fprintf(stderr,
			"staleline: check --faults=: %s can't be performed by any --sync= that was "
			"asked for: see --list-faults\n",
			order->name);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}
