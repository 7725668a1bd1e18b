// SPDX-License-Identifier: MIT
/* stage_feedback: the compositor's feedback, and what is made of it. See stage_feedback.h. */
#include "cmd/stage_feedback.h"

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
