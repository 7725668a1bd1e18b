// SPDX-License-Identifier: MIT
/* scale: one pixel of a buffer is one pixel of the screen. See scale.h. */
#include "wayland/scale.h"

#include <stddef.h>
#include <wayland-client-protocol.h>

#include "viewporter-client-protocol.h"

int32_t scale_units(uint32_t pixels, uint32_t scale120)
{
	uint64_t units = ((uint64_t)pixels * SCALE_NONE + scale120 / 2) / scale120;

	if (scale_pixels((int32_t)units, scale120) > pixels)
		units--; /* one less is always enough: it is less than pixels + 1/2 */
	return units > 0 ? (int32_t)units : 1;
}

int64_t scale_pixels(int32_t units, uint32_t scale120)
{
	return units > 0 ? ((int64_t)units * scale120 + SCALE_NONE / 2) / SCALE_NONE : 0;
}

bool scale_apply(struct wp_viewport *viewport, uint32_t width, uint32_t height, uint32_t scale120)
{
	int32_t across = scale_units(width, scale120), down = scale_units(height, scale120);
	int64_t shown_across = scale_pixels(across, scale120);
	int64_t shown_down = scale_pixels(down, scale120);
	bool tiny = shown_across > width || shown_down > height;

	if (!viewport)
		return scale120 != SCALE_NONE;
	/* -1 unsets. A source beyond the buffer would be a protocol error: no crop where it is tiny. */
	if (scale120 == SCALE_NONE || tiny)
		wp_viewport_set_source(viewport, wl_fixed_from_int(-1), wl_fixed_from_int(-1),
				       wl_fixed_from_int(-1), wl_fixed_from_int(-1));
	else
		wp_viewport_set_source(viewport, 0, 0, wl_fixed_from_int((int)shown_across),
				       wl_fixed_from_int((int)shown_down));
	if (scale120 == SCALE_NONE)
		wp_viewport_set_destination(viewport, -1, -1);
	else
		wp_viewport_set_destination(viewport, across, down);
	return tiny;
}
