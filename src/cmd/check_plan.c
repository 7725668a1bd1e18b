// SPDX-License-Identifier: MIT
/*
 * check_plan: who is there to be checked with whom. What does not work has a row too,
 * which says why and the mend.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer/drm_device.h"
#include "cmd/check.h"
#include "cmd/check_bench.h"
#include "cmd/look.h"

/* Is @device the one that was asked for, if one was? */
static bool is_wanted_device(const struct check *check, const char *device)
{
	struct drm_device asked, found;
	struct why why;

	if (!check->options.device)
		return true;
	return !drm_device_find(check->options.device, &asked, &why) &&
	       !drm_device_find(device, &found, &why) && drm_device_same(asked.rdev, found.rdev);
}

static bool is_wanted_exporter(const struct check *check, const char *name)
{
	const struct check_options *options = &check->options;
	size_t kind = strcspn(name, ":");

	for (uint32_t i = 0; i < options->exporter_count; i++)
		if (!strcmp(options->exporters[i], name) ||
		    (strlen(options->exporters[i]) == kind &&
		     !strncmp(options->exporters[i], name, kind)))
			return true;
	return !options->exporter_count;
}

static bool is_wanted_peer(const struct check *check, const char *kind)
{
	for (uint32_t i = 0; i < check->options.peer_count; i++)
		if (!strcmp(check->options.peers[i], kind))
			return true;
	return !check->options.peer_count && strcmp(kind, "scanout") != 0;
}

/* "gbm" and "/dev/dri/card0" make "gbm@card0". */
static void label(char text[64], const char *name, const char *device)
{
	const char *slash = strrchr(device, '/');

	snprintf(text, 64, "%.40s%s%.22s", name, device[0] ? "@" : "", slash ? slash + 1 : device);
}

static struct check_pair *add_pair(struct check *check)
{
	if (check->pair_count == check->pairs_room) {
		size_t room = check->pairs_room ? check->pairs_room * 2 : 32;
		struct check_pair *pairs = realloc(check->pairs, room * sizeof(*pairs));

		if (!pairs)
			return NULL;
		check->pairs = pairs;
		check->pairs_room = room;
	}
	check->pairs[check->pair_count] = (struct check_pair){ .first = check->count };
	return &check->pairs[check->pair_count++];
}

static int plan_pair(struct check *check, const char *name, const struct listing_exporter *exporter,
		     const struct listing_peer *peer)
{
	struct check_pair *pair = add_pair(check);
	bool module = !strncmp(name, "staleline", 9);

	if (!pair)
		return -ENOMEM;
	pair->ready = true;
	snprintf(pair->exporter, sizeof(pair->exporter), "%s", name);
	pair->wanted = exporter->wanted;
	pair->peer = peer->kind;
	pair->peer_device = peer->device;
	if (check->options.duration_s)
		pair->slots = BENCH_MAX_SLOTS;
	pair->write_us = (uint32_t)check->options.write_us;
	label(pair->exporter_label, name, exporter->wanted);
	label(pair->peer_label, peer->kind, peer->device);
	/* software: false where nobody looked. */
	return check_add_rows(check, pair, module || !strcmp(peer->kind, "jobs") || peer->software,
			      exporter->limit_mib);
}

/* What does not work can't be checked; that is told once, in a row without a partner. */
static int plan_useless(struct check *check, const char *exporter, const char *exporter_device,
			const char *peer, const char *peer_device, const struct why *why)
{
	const struct check_row row = { .order = check->options.orders[0] };
	struct check_pair *pair = add_pair(check);

	if (!pair)
		return -ENOMEM;
	snprintf(pair->exporter, sizeof(pair->exporter), "%s", exporter);
	label(pair->exporter_label, exporter, exporter_device);
	label(pair->peer_label, peer, peer_device);
	return check_add_row(check, pair, &row, why);
}

static bool is_asked_for(const struct check *check, const struct listing_peer *peer)
{
	return is_wanted_peer(check, peer->kind) &&
	       (!peer->device[0] || is_wanted_device(check, peer->device));
}

static int plan_exporter(struct check *check, const char *name,
			 const struct listing_exporter *exporter)
{
	const struct listing *listing = check->listing;
	int err = 0;

	if (!is_wanted_exporter(check, name) ||
	    (exporter->wanted[0] && !is_wanted_device(check, exporter->wanted)))
		return 0;
	if (exporter->err)
		return plan_useless(check, name, exporter->wanted, "none", "", &exporter->why);
	for (uint32_t i = 0; i < listing->peer_count && !err; i++)
		if (!listing->peers[i].err && is_asked_for(check, &listing->peers[i]))
			err = plan_pair(check, name, exporter, &listing->peers[i]);
	return err;
}

/* The module in both of the modes that say something here. */
static int plan_module(struct check *check, const struct listing_exporter *exporter)
{
	int err;

	if (exporter->err)
		return plan_exporter(check, exporter->name, exporter);
	err = plan_exporter(check, "staleline:noncoherent", exporter);
	return err ? err : plan_exporter(check, "staleline:coherent", exporter);
}

/*
 * Exporters that were asked for by a name that no list has: another mode, a heap that is not there.
 */
static int plan_unlisted(struct check *check)
{
	const struct listing *listing = check->listing;
	int err = 0;

	for (uint32_t i = 0; i < check->options.exporter_count && !err; i++) {
		const char *name = check->options.exporters[i];
		size_t kind = strcspn(name, ":");
		bool known = false;

		for (size_t j = 0; j < check->pair_count; j++) {
			const char *planned = check->pairs[j].exporter;

			known |= !strcmp(planned, name) ||
				 (!name[kind] && !strncmp(planned, name, kind));
		}
		for (uint32_t j = 0; j < listing->exporter_count && !known && !err; j++)
			if (!strncmp(listing->exporters[j].name, name, kind)) {
				err = plan_exporter(check, name, &listing->exporters[j]);
				known = true;
			}
	}
	return err;
}

static int plan_useless_peers(struct check *check)
{
	const struct listing *listing = check->listing;
	int err = 0;

	for (uint32_t i = 0; i < listing->peer_count && !err; i++) {
		const struct listing_peer *peer = &listing->peers[i];

		if (peer->err && is_asked_for(check, peer))
			err = plan_useless(check, "none", "", peer->kind, peer->device, &peer->why);
	}
	return err;
}

/* Unique in the file, and made of words that scripts can cut at dots. The arrays move no more. */
static void name_rows(struct check *check)
{
	for (size_t i = 0; i < check->count; i++) {
		const struct check_row *row = &check->rows[i];
		struct record *record = &check->records[i];
		char size[32] = "", sync[16] = "";

		/* Of implicit sync names are what they were before there was another. */
		if (row->sync != ORDER_IMPLICIT)
			snprintf(sync, sizeof(sync), ".%s", record->sync);
		if (record->layout.size_why[0])
			snprintf(size, sizeof(size), ".%ux%u", row->width, row->height);
		snprintf(check->rows[i].name, sizeof(row->name), "%s.%s.%s.%s%s%s",
			 record->exporter_label, record->peer_label, record->direction,
			 record->order, sync, size);
		record->name = row->name;
	}
}

int check_plan(struct check *check, struct why *why)
{
	struct listing *listing = check->listing;
	struct look look = {
		.listing = listing,
		.interrupted = check->interrupted,
		.progress = check->progress,
		.no_egl = !is_wanted_peer(check, "egl"),
		.no_imports = true,
	};
	struct drm_device device;
	int err;

	if (check->options.device) {
		err = drm_device_find(check->options.device, &device, why);
		if (err)
			return err;
	}
	err = look_around(&look);
	if (err)
		return why_set(why, err, "stopped by a signal before anything was checked");
	for (uint32_t i = 0; i < listing->exporter_count && !err; i++)
		err = strcmp(listing->exporters[i].name, "staleline")
			      ? plan_exporter(check, listing->exporters[i].name,
					      &listing->exporters[i])
			      : plan_module(check, &listing->exporters[i]);
	if (!err)
		err = plan_unlisted(check);
	if (!err)
		err = plan_useless_peers(check);
	if (err)
		return why_set(why, err, "plan: %s", strerror(-err));
	name_rows(check);
	return 0;
}
