// SPDX-License-Identifier: MIT
/* offer: pairs of format and modifier that a compositor takes. See offer.h. */
#include "wayland/offer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <drm_fourcc.h>
#include <xf86drm.h>

/* One entry of the format table, as linux-dmabuf-v1.xml lays it out. */
struct table_entry {
	uint32_t fourcc;
	uint32_t padding; /* anything: not to be looked at */
	uint64_t modifier;
};

_Static_assert(sizeof(struct table_entry) == 16, "a format table has entries of 16 bytes");

static const struct offer_pair *offer_find(const struct offer *offer, uint32_t fourcc,
					   uint64_t modifier)
{
	for (size_t i = 0; i < offer->count; i++)
		if (offer->pairs[i].fourcc == fourcc && offer->pairs[i].modifier == modifier)
			return &offer->pairs[i];
	return NULL;
}

static uint32_t tranche_index(const struct offer *offer)
{
	return offer->tranche < OFFER_TRANCHES ? offer->tranche : OFFER_TRANCHES - 1;
}

struct offer_tranche *offer_tranche(struct offer *offer)
{
	return &offer->tranches[tranche_index(offer)];
}

void offer_end_tranche(struct offer *offer)
{
	if (offer->tranche < OFFER_TRANCHES)
		offer->tranche++;
}

/* The modifiers with which a LINEAR buffer can be shown; the better one first. */
static const uint64_t usable[] = { DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID };

int offer_add(struct offer *offer, uint32_t fourcc, uint64_t modifier)
{
	bool decides = modifier == usable[0] || modifier == usable[1];

	if (offer_find(offer, fourcc, modifier))
		return 0;
	if (offer->count >= (decides ? OFFER_MAX : OFFER_MAX - OFFER_SPARE)) {
		offer->more = true;
		return 0;
	}

	/* Room doubles whenever the count is a power of two, so it need not be kept. */
	if ((offer->count & (offer->count - 1)) == 0) {
		size_t room = offer->count ? 2 * offer->count : 1;
		struct offer_pair *pairs = realloc(offer->pairs, room * sizeof(*pairs));

		if (!pairs)
			return -ENOMEM;
		offer->pairs = pairs;
	}
	offer->pairs[offer->count++] =
		(struct offer_pair){ fourcc, modifier, tranche_index(offer) };
	return 0;
}

int offer_add_tranche(struct offer *offer, const void *table, size_t table_size,
		      const uint16_t *indices, size_t count)
{
	size_t entries = table_size / sizeof(struct table_entry);

	for (size_t i = 0; i < count; i++) {
		struct table_entry entry;
		int err;

		if (indices[i] >= entries)
			return -EPROTO;
		/* The table comes from someone else: nothing says that it is aligned. */
		memcpy(&entry, (const char *)table + indices[i] * sizeof(entry), sizeof(entry));
		err = offer_add(offer, entry.fourcc, entry.modifier);
		if (err)
			return err;
	}
	return 0;
}

struct offer_choice offer_choose(const struct offer *offer, uint32_t fourcc)
{
	for (size_t i = 0; i < sizeof(usable) / sizeof(usable[0]); i++) {
		const struct offer_pair *pair = offer_find(offer, fourcc, usable[i]);
		const struct offer_tranche *tranche;

		if (!pair)
			continue;
		tranche = &offer->tranches[pair->tranche];
		return (struct offer_choice){
			.possible = true,
			.modifier = usable[i],
			.device = tranche->has_device ? tranche->device : offer->main_device,
			.has_device = tranche->has_device || offer->has_main_device,
			.scanout = tranche->scanout,
		};
	}
	return (struct offer_choice){ 0 };
}

bool offer_choice_equal(const struct offer_choice *a, const struct offer_choice *b)
{
	if (!a->possible || !b->possible)
		return a->possible == b->possible;
	return a->modifier == b->modifier && a->scanout == b->scanout &&
	       a->has_device == b->has_device && (!a->has_device || a->device == b->device);
}

/* Text of a fixed size that fills up and then says that it was cut. */
struct text {
	char *start;
	size_t size, used;
	bool cut;
};

__attribute__((format(printf, 2, 3))) static void text_add(struct text *text, const char *fmt, ...)
{
	size_t room = text->size - text->used;
	va_list ap;
	int len;

	if (text->cut)
		return;
	va_start(ap, fmt);
	len = vsnprintf(text->start + text->used, room, fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < room) {
		text->used += (size_t)len;
		return;
	}
	text->cut = true;
	if (text->size > 4)
		memcpy(text->start + text->size - 4, "...", 4);
}

static void text_add_fourcc(struct text *text, uint32_t fourcc)
{
	char name[5] = { 0 };

	for (int i = 0; i < 4; i++) {
		name[i] = (char)(fourcc >> (8 * i) & 0x7f);
		if (name[i] < ' ' || name[i] > '~' || (fourcc >> (8 * i) & 0x80)) {
			text_add(text, "0x%08x", fourcc);
			return;
		}
	}
	text_add(text, "%s", name);
}

/* libdrm knows the names: "INTEL" and "X_TILED". What it doesn't know is shown as a number. */
static void text_add_modifier(struct text *text, uint64_t modifier)
{
	char *vendor, *name;

	if (modifier == DRM_FORMAT_MOD_LINEAR || modifier == DRM_FORMAT_MOD_INVALID) {
		text_add(text, modifier == DRM_FORMAT_MOD_LINEAR ? "LINEAR" : "INVALID");
		return;
	}
	vendor = drmGetFormatModifierVendor(modifier);
	name = drmGetFormatModifierName(modifier);
	if (vendor && name)
		text_add(text, "%s_%s", vendor, name);
	else
		text_add(text, "0x%016llx", (unsigned long long)modifier);
	free(vendor);
	free(name);
}

void offer_describe(const struct offer *offer, char *text, size_t size)
{
	struct text out = { .start = text, .size = size };

	if (size == 0)
		return;
	text[0] = '\0';
	if (offer->count == 0)
		text_add(&out, "nothing");

	/* Grouped by format, in the order in which the compositor named them: that is its taste. */
	for (size_t i = 0; i < offer->count && !out.cut; i++) {
		uint32_t fourcc = offer->pairs[i].fourcc;
		const char *between = ": ";
		size_t j = 0;

		while (offer->pairs[j].fourcc != fourcc)
			j++;
		if (j < i)
			continue;
		if (i > 0)
			text_add(&out, "; ");
		text_add_fourcc(&out, fourcc);
		for (; j < offer->count && !out.cut; j++) {
			if (offer->pairs[j].fourcc != fourcc)
				continue;
			text_add(&out, "%s", between);
			text_add_modifier(&out, offer->pairs[j].modifier);
			between = ", ";
		}
	}
	if (offer->more)
		text_add(&out, "; and more");
}

void offer_choice_describe(const struct offer_choice *choice, uint32_t fourcc, char *text,
			   size_t size)
{
	struct text out = { .start = text, .size = size };

	if (size == 0)
		return;
	text[0] = '\0';
	text_add_fourcc(&out, fourcc);
	if (!choice->possible) {
		text_add(&out, " that is LINEAR is not taken");
		return;
	}
	text_add(&out, " ");
	text_add_modifier(&out, choice->modifier);
	if (choice->has_device)
		text_add(&out, " for device %u:%u", major(choice->device), minor(choice->device));
	else
		text_add(&out, ", for which device is not said");
	text_add(&out, choice->scanout ? ", fit for scanout" : "");
}

void offer_clear(struct offer *offer)
{
	free(offer->pairs);
	*offer = (struct offer){ 0 };
}
