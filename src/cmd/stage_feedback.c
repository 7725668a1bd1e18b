// SPDX-License-Identifier: MIT
/* stage_feedback: the compositor's feedback, and what is made of it. See stage_feedback.h. */
#include "cmd/stage_feedback.h"

#include <errno.h>
#include <stdio.h>
#include <sys/sysmacros.h>

static void tell_device(const struct offer *offer)
{
	if (offer->has_main_device)
		fprintf(stderr, "main device %u:%u, %u tranches", major(offer->main_device),
			minor(offer->main_device), offer->tranche);
	else
		fputs("no device is named", stderr);
}

void stage_tell_feedback(const struct stage *stage)
{
	const struct offer *offer = &stage->conn.offer;
	const struct offer_choice taken = window_choose(&stage->window, stage->card.fourcc);
	const struct offer_choice usual = offer_choose(offer, stage->card.fourcc);
	char text[1024];

	offer_describe(offer, text, sizeof(text));
	fprintf(stderr, "staleline: offered: linux-dmabuf version %u, ",
		stage->conn.dmabuf_offered);
	tell_device(offer);
	fprintf(stderr, ": %s\n", text);
	offer_choice_describe(&taken, stage->card.fourcc, text, sizeof(text));
	fprintf(stderr, "staleline: taken: %s; the CPU needs LINEAR, and it is %s\n", text,
		offer_choice_equal(&taken, &usual) ? "the first that the compositor names"
						   : "what the window's own feedback prefers");
}

/* The new buffer in @fresh is the slot's from here on. */
static int put_in_place(struct stage *stage, struct slot *slot, const struct buffer *fresh,
			struct why *why)
{
	uint32_t old = slot->buffer.number;
	char text[160];
	int err;

	stage_close_slot(stage, slot);
	slot->buffer = *fresh;
	err = stage_import_slot(stage, slot, why);
	if (err)
		return err;
	offer_choice_describe(&slot->shown.choice, fresh->fourcc, text, sizeof(text));
	fprintf(stderr,
		"staleline: the compositor's feedback has changed: buffer %u takes the place of "
		"buffer %u: %s; it is from %s %s as before\n",
		fresh->number, old, text, stage->exporter.ops->name, stage->exporter.device);
	return 0;
}

int stage_renew_slot(struct stage *stage, struct slot *slot, struct why *why)
{
	struct buffer fresh;

	if (!window_buffer_is_outdated(&stage->window, &slot->shown))
		return 0;
	if (!exporter_alloc(&stage->exporter, stage->card.width, stage->card.height,
			    stage->card.fourcc, &fresh, why))
		return put_in_place(stage, slot, &fresh, why);
	fprintf(stderr,
		"staleline: the compositor's feedback has changed, but buffer %u stays: %s\n",
		slot->buffer.number, why->text);
	why->text[0] = '\0';
	slot->shown.choice =
		window_choose(&stage->window, slot->shown.fourcc); /* not to ask again */
	return 0;
}
