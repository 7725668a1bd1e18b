// SPDX-License-Identifier: MIT
/* screen_side: which side of a buffer does the compositor see? See screen_side.h. */
#include "cmd/screen_side.h"

#include <stdio.h>
#include <string.h>

bool screen_side_may_show(const struct show *show)
{
	/* Lines that are written back by themselves would put both sides into one picture. */
	return show->options.screenshot_with != SCREENSHOT_NONE &&
	       ground_is_noncoherent(&show->ground) && !show->ground.params.evict;
}

/* A compositor that stands still shows an old card in order, too. */
static bool follows(const struct record *control)
{
	return control && control->has_screenshot &&
	       control->screenshot.kind[CELL_FRESH] == control->screenshot.checked;
}

enum probe_side screen_side_of(const struct ground *ground, const struct record *control,
			       const struct record *record)
{
	const struct cell_count *screen = &record->screenshot;

	if (!ground_is_noncoherent(ground) || ground->params.evict || !record->has_screenshot ||
	    !screen->checked || !follows(control))
		return PROBE_UNKNOWN;
	/* A line that is not dirty is the same on both sides. */
	if (record->module.dirty != screen->checked)
		return PROBE_UNKNOWN;
	if (screen->kind[CELL_FRESH] == screen->checked)
		return PROBE_CPU;
	if (screen->kind[CELL_STALE] == screen->checked)
		return PROBE_DEVICE;
	return PROBE_UNKNOWN;
}

/* Only where the screen is looked at is there something to say, or where nobody else looks. */
static bool is_of_interest(const struct show *show, const struct order *order)
{
	return order->direction == ORDER_CPU_WRITE &&
	       (screen_side_may_show(show) ||
		(ground_is_noncoherent(&show->ground) && !show->options.peer));
}

void screen_side_tell(const struct show *show, const struct order *order,
		      const struct record *control, struct record *record)
{
	/*
	 * A picture that the display took itself does not
	 * say whether the compositor had a hand in it.
	 */
	bool display = show->options.screenshot_with == SCREENSHOT_SCANOUT;
	const char *words = display ? "" : "its side of the buffers is not known";
	size_t used = strlen(record->compositor);

	if (!is_of_interest(show, order))
		return;
	switch (screen_side_of(&show->ground, control, record)) {
	case PROBE_DEVICE:
		words = display ? "it, or its display, is on the device's side (seen on the screen)"
				: "on the device's side (seen on its screen)";
		break;
	case PROBE_CPU:
		words = "on the CPU's side (seen on its screen): it can show no missing END";
		break;
	case PROBE_UNKNOWN:
		break;
	}
	if (words[0])
		snprintf(record->compositor + used, sizeof(record->compositor) - used, "; %s",
			 words);
}
