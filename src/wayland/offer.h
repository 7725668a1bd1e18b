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
enum { OFFER_MAX = 4096, OFFER_SPARE = 512, OFFER_TRANCHES = 32 };

struct offer_pair {
	uint32_t fourcc;
	uint64_t modifier;
	uint32_t tranche; /* the first that names it: tranches come in the order of preference */
};

/* A tranche of feedback: what its pairs are best for. */
struct offer_tranche {
	dev_t device; /* where has_device */
	bool has_device;
	bool scanout; /* could go to the screen as it is */
};

struct offer {
	struct offer_pair *pairs; /* owned */
	size_t count;
	bool more; /* than OFFER_MAX were named, and left out */
	dev_t main_device;
	bool has_main_device; /* from version 4 on */

	/* What else comes is taken for the last: it has no place of its own. */
	struct offer_tranche tranches[OFFER_TRANCHES];
	uint32_t tranche; /* whose turn it is; the number of those that are done */
};

/* What to make a buffer of: the answer to an offer. */
struct offer_choice {
	bool possible; /* a LINEAR buffer of the format can be shown; else nothing below counts */
	/*
	 * LINEAR; or INVALID, which is not the same ("LINEAR is not no modifier"), where the format is offered
	 * with the implicit modifier only.
	 */
	uint64_t modifier;
	dev_t device; /* from which it is best, where has_device: the tranche's, else the main one */
	bool has_device; /* at version 3 nobody says */
	bool scanout;	 /* such a buffer could go to the screen as it is */
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

/* The tranche is complete, and the next one begins. */
void offer_end_tranche(struct offer *offer);

/* The tranche whose turn it is. */
struct offer_tranche *offer_tranche(struct offer *offer);

/*
 * The one choice of device, format and modifier: what a buffer of @fourcc that the CPU writes should be. The CPU
 * needs LINEAR, so it is taken wherever it is offered, from the most preferred tranche that has it.
 */
struct offer_choice offer_choose(const struct offer *offer, uint32_t fourcc);

bool offer_choice_equal(const struct offer_choice *a, const struct offer_choice *b);

/* "XR24 LINEAR for device 226:128, fit for scanout": what was taken, for people. */
void offer_choice_describe(const struct offer_choice *choice, uint32_t fourcc, char *text,
			   size_t size);

/* "XR24: LINEAR, INTEL_X_TILED; AR24: LINEAR; and more" for messages; cut where @size ends. */
void offer_describe(const struct offer *offer, char *text, size_t size);

void offer_clear(struct offer *offer);

#endif
