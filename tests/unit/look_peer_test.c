// SPDX-License-Identifier: MIT
/*
 * Which peers are listed on machines that are made up:
 * each kind of them, with why and the mend where it can't.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "cmd/look.h"

static struct listing listing;

int __wrap_look_in_child(const struct look *look, const char *what, int (*work)(void *, void *),
			 void *data, void *result, size_t size, struct why *why);

/* What would load drivers. */
int __wrap_look_in_child(const struct look *look, const char *what, int (*work)(void *, void *),
			 void *data, void *result, size_t size, struct why *why)
{
	(void)look;
	(void)what;
	(void)work;
	(void)data;
	(void)result;
	(void)size;
	(void)why;
	return 0;
}

static int begin(void **state)
{
	(void)state;
	memset(&listing, 0, sizeof(listing));
	return 0;
}

/* A device with a card node that may be opened; its display is the test's. */
static struct listing_device *add_device(const char *path)
{
	struct listing_device *device = &listing.devices[listing.device_count++];

	strcpy(device->primary.path, path);
	device->known = true;
	return device;
}

/* The only row of this kind. */
static const struct listing_peer *the(const char *kind)
{
	struct look look = { .listing = &listing };
	const struct listing_peer *found = NULL;

	listing.peer_count = 0;
	memset(listing.peers, 0, sizeof(listing.peers));
	assert_int_equal(look_at_peers(&look), 0);
	for (uint32_t i = 0; i < listing.peer_count; i++) {
		if (strcmp(listing.peers[i].kind, kind))
			continue;
		assert_null(found);
		found = &listing.peers[i];
	}
	assert_non_null(found);
	return found;
}

static void each_kind_is_listed_where_there_is_no_device(void **state)
{
	const struct listing_peer *scanout;

	(void)state;
	the("egl");
	the("jobs");
	scanout = the("scanout");
	assert_int_equal(scanout->err, -ENODEV);
	assert_string_equal(scanout->device, "");
	assert_non_null(strstr(scanout->why.text, "no DRM device, so no display; load the module"));
}

/* As with vgem alone. */
static void and_where_no_device_has_a_display(void **state)
{
	const struct listing_peer *scanout;

	(void)state;
	add_device("/dev/dri/card0");
	the("jobs");
	scanout = the("scanout");
	assert_int_equal(scanout->err, -ENODEV);
	assert_string_equal(scanout->device, "");
	assert_non_null(strstr(scanout->why.text, "no DRM device here has a display; load"));
	assert_non_null(strstr(scanout->why.text, "`sudo modprobe vkms`"));
}

static void a_display_is_the_row_where_there_is_one(void **state)
{
	const struct listing_peer *scanout;
	struct listing_device *display;

	(void)state;
	add_device("/dev/dri/card0");
	display = add_device("/dev/dri/card1");
	display->display.writebacks = 1;
	scanout = the("scanout");
	assert_int_equal(scanout->err, 0);
	assert_string_equal(scanout->device, "/dev/dri/card1");
	display->display.master_err = -EBUSY;
	scanout = the("scanout");
	assert_int_equal(scanout->err, -EBUSY);
	assert_non_null(strstr(scanout->why.text, "another program"));
}

/* Its display can't be asked for, and the mend is the node's. */
static void who_may_not_open_a_device_is_told_why(void **state)
{
	const struct listing_peer *scanout;
	struct listing_device *closed;

	(void)state;
	closed = add_device("/dev/dri/card0");
	closed->primary.err = why_set(&closed->primary.why, -EACCES, "its group video may");
	scanout = the("scanout");
	assert_int_equal(scanout->err, -EACCES);
	assert_string_equal(scanout->device, "/dev/dri/card0");
	assert_string_equal(scanout->why.text, "its group video may");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(each_kind_is_listed_where_there_is_no_device),
		TEST(and_where_no_device_has_a_display),
		TEST(a_display_is_the_row_where_there_is_one),
		TEST(who_may_not_open_a_device_is_told_why),
	};

	return cmocka_run_group_tests_name("look_peer", tests, NULL, NULL);
}
