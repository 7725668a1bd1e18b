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

/*
 * No more pairs are kept: each that comes is compared with all that are there, and a compositor
 * could go on for ever. The last OFFER_SPARE places are for LINEAR and the implicit modifier, which
 * decide; all others are only shown in messages.
 */
enum { OFFER_MAX = 4096, OFFER_SPARE = 512 };

struct offer_pair {
	uint32_t fourcc;
	uint64_t modifier;
};

struct offer {
	struct offer_pair *pairs; /* owned */
	size_t count;
	bool more; /* than OFFER_MAX were named, and left out */
	dev_t main_device;
	bool has_main_device; /* from version 4 on */
};

/*
 * Add a pair, unless it is there already. Where there is no place left it is no error: the pair is
 * left out, and `more` is set. 0 or -ENOMEM.
 */
int offer_add(struct offer *offer, uint32_t fourcc, uint64_t modifier);

/*
 * Add those pairs of a feedback's format table (16 bytes each: fourcc, padding, modifier; see
 * linux-dmabuf-v1.xml) that @indices names. -EPROTO for an index beyond the table.
 */
int offer_add_tranche(struct offer *offer, const void *table, size_t table_size,
		      const uint16_t *indices, size_t count);

/*
 * May a LINEAR buffer of this format be shown? Where the pair (fourcc, LINEAR) is offered: true
 * with *@modifier = LINEAR; where only the format with an implicit modifier is: *@modifier =
 * DRM_FORMAT_MOD_INVALID, which is not the same ("LINEAR is not no modifier").
 */
bool offer_takes(const struct offer *offer, uint32_t fourcc, uint64_t *modifier);

/* "XR24: LINEAR, INTEL_X_TILED; AR24: LINEAR; and more" for messages; cut where @size ends. */
void offer_describe(const struct offer *offer, char *text, size_t size);

void offer_clear(struct offer *offer);

#endif
