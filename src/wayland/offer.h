/* SPDX-License-Identifier: MIT */
/*
 * offer: what a compositor's linux-dmabuf says it takes: pairs of format and modifier, and which
 * device it would like them from. Plain data, and pure functions over it.
 */
#ifndef STALELINE_OFFER_H
#define STALELINE_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct offer_pair {
	uint32_t fourcc;
	uint64_t modifier;
	bool scanout; /* in a tranche with the scanout flag */
};

struct offer {
	struct offer_pair *pairs; /* owned */
	size_t count;
	dev_t main_device;
	bool has_main_device; /* from version 4 on */
};

/* Add a pair; one that is there already only gains the flag. 0 or -ENOMEM. */
int offer_add(struct offer *offer, uint32_t fourcc, uint64_t modifier, bool scanout);

/*
 * Add those pairs of a feedback's format table (16 bytes each: fourcc, padding, modifier; see
 * linux-dmabuf-v1.xml) that @indices names. -EPROTO for an index beyond the table.
 */
int offer_add_tranche(struct offer *offer, const void *table, size_t table_size,
		      const uint16_t *indices, size_t count, bool scanout);

/*
 * May a LINEAR buffer of this format be shown? Where the pair (fourcc, LINEAR) is offered: true
 * with *@modifier = LINEAR; where only the format with an implicit modifier is: *@modifier =
 * DRM_FORMAT_MOD_INVALID, which is not the same ("LINEAR is not no modifier").
 */
bool offer_takes(const struct offer *offer, uint32_t fourcc, uint64_t *modifier);

/* "XR24: LINEAR, I915_X_TILED; AR24: ..." for messages; cut where @size ends. */
void offer_describe(const struct offer *offer, char *text, size_t size);

void offer_clear(struct offer *offer);

#endif
