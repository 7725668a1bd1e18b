// SPDX-License-Identifier: MIT
/* checks: what must hold of what linux-dmabuf's feedback names. See cases_dmabuf.h. */
#include "checks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <drm_fourcc.h>
#include <sys/sysmacros.h>

/* The number is the compositor's word: it is told as it came, and nothing is made less of the picture. */
void is_shown_for_no_device(const struct outcome *outcome, const struct seen *seen)
{
	const struct offer *offer = &outcome->connection.offer;
	char text[100];

	assert_int_equal(outcome->frames, CLIENT_FRAMES);
	assert_int_equal(seen->commits, CLIENT_FRAMES);
	assert_int_equal(seen->modifier, DRM_FORMAT_MOD_LINEAR);
	assert_int_equal(seen->buffer_width, WINDOW_WIDTH);
	assert_int_equal(outcome->renewed, 0);
	assert_true(offer->has_main_device);
	assert_true(offer->main_device == makedev(511, 1048575));
	offer_choice_describe(&outcome->choice, DRM_FORMAT_XRGB8888, text, sizeof(text));
	assert_string_equal(text, "XR24 LINEAR for device 511:1048575");
}
