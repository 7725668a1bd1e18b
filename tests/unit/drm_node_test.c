// SPDX-License-Identifier: MIT
/*
 * Which node of a DRM device is opened: for GBM, for `auto`, for a look at the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "exporter_fake.h"

#include "buffer/drm_node.h"
#include "buffer/staleline_device.h"

/* The helper for whoever opens a node: close-on-exec (see __wrap_open64), and -errno. */
static void opening_a_node(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(drm_node_open_fd("/dev/dri/card9"), -ENOENT);
	make("/dev/dri", true);
	make("/dev/dri/card9", false);
	fd = drm_node_open_fd("/dev/dri/card9");
	assert_true(fd >= 0);
	assert_false(drm_node_is_device(fd, makedev(226, 9)));
	close(fd);
}

/* Opening @path by drm_node_open() ends at @node, after @tried. */
static void assert_node(const char *path, const char *node, const char *tried)
{
	struct drm_node opened;
	struct why why = { "" };

	fake.tried[0] = '\0';
	if (drm_node_open(&opened, path, &why))
		fail_msg("%s: %s", path, why.text);
	assert_string_equal(opened.path, node);
	assert_string_equal(opened.driver, fake.driver);
	assert_string_equal(fake.tried, tried);
	drm_node_close(&opened);
	assert_int_equal(opened.fd, -1);
}

/* Beside a desktop its primary node allocates as well, but without the GPU. */
static void a_gpus_render_node_comes_first(void **state)
{
	(void)state;
	make_drm("i915", true);
	assert_node("/dev/dri/card9", "/dev/dri/renderD137", "renderD137");
	assert_node("/dev/dri/renderD137", "/dev/dri/renderD137", "renderD137");

	fake.refuses = "renderD137"; /* no GPU after all, and found out by trial */
	assert_node("/dev/dri/card9", "/dev/dri/card9", "renderD137 card9");
	assert_node("/dev/dri/renderD137", "/dev/dri/card9", "renderD137 card9");
}

static void without_a_gpu_it_is_the_primary(void **state)
{
	(void)state;
	make_drm("vgem", true);
	assert_node("/dev/dri/card9", "/dev/dri/card9", "card9");
	assert_node("/dev/dri/renderD137", "/dev/dri/card9", "card9");
	fake.refuses = "card9";
	assert_node("/dev/dri/card9", "/dev/dri/renderD137", "card9 renderD137");
}

/*
 * When does `auto` take the module's buffers? Here its node is a plain file, so that a buffer can't be had in
 * the end; who was passed over, and why, is what the log says.
 */
static void auto_takes_the_module_only_without_a_gpu(void **state)
{
	struct exporter_wish wish = { .name = "auto" };
	struct why why;

	(void)state;
	make_drm("staleline", true);
	fake.drm_export = -ENOSYS; /* gbm is not what this is about */
	open_wish(&wish, &why);
	assert_has(logged[0], "not staleline: staleline on /dev/dri/card9: a dumb buffer of 64x64");

	/* The compositor works on another device: buffers of that one come first. */
	wish.has_main_device = true;
	wish.main_device = makedev(29, 1);
	open_wish(&wish, &why);
	assert_has(logged[0], "not staleline: the compositor's main device is another one");
	wish.name = "staleline";
	assert_int_equal(open_wish(&wish, &why), 0); /* asked for: taken */

	fake.driver = "i915";
	wish = (struct exporter_wish){ .name = "auto" };
	open_wish(&wish, &why);
	assert_has(logged[0], "not staleline: /dev/dri/renderD137 is a GPU's");
	wish.name = "staleline";
	assert_int_equal(open_wish(&wish, &why), -ENODEV);
	assert_has(why.text, "no device of the staleline module");
	wish.device = "/dev/dri/card9";
	assert_int_equal(open_wish(&wish, &why), -ENODEV);
	assert_has(why.text, "card9 is driver i915's, not the module's");
}

/* On a SoC: the display has no render node, and the GPU is not this device. */
static void a_display_without_render_node(void **state)
{
	(void)state;
	make_drm("rockchip", true);
	fake.split = true;
	assert_node("/dev/dri/card9", "/dev/dri/card9", "card9");
	assert_node("/dev/dri/renderD137", "/dev/dri/renderD137", "renderD137");
}

static void a_node_that_fails_is_left_closed(void **state)
{
	struct drm_node node;
	struct why why;

	(void)state;
	make_drm("vgem", false);
	fake.refuses = "card9";
	assert_int_equal(drm_node_open(&node, "/dev/dri/card9", &why), -ENOSYS);
	assert_has(why.text, "card9 (vgem): GBM has no driver");
	assert_int_equal(node.fd, -1);

	fake.forbidden = "/dev/dri/card9";
	fake.st = (struct stat){ .st_mode = S_IFCHR, .st_rdev = makedev(226, 9) };
	assert_int_equal(drm_node_open(&node, "/dev/dri/card9", &why), -EACCES);
	assert_int_equal(node.fd, -1);
	drm_node_close(&node); /* no harm */
}

/* Whether the buffers are the module's is asked in every run: who may not open a card node must still be able to run. */
static void a_closed_card_node_ends_no_run(void **state)
{
	const struct buffer buffer = { .fd = -1, .number = 1 };
	struct staleline_device device;
	struct staleline_view view;
	struct why why = { "" };

	(void)state;
	make_drm("i915", true);
	forbid("/dev/dri/card9", 44, 0660);
	fake.st.st_rdev = makedev(226, 9);
	assert_int_equal(staleline_view_open(&view, &buffer, &why), -EOPNOTSUPP);
	assert_has(why.text, "open /dev/dri/card9: Permission denied");

	/* Where sysfs tells that it is a GPU's, it is not even tried. */
	fake.uevent = "DRIVER=i915\nPCI_CLASS=30000\n";
	assert_int_equal(staleline_view_open(&view, &buffer, &why), -EOPNOTSUPP);
	assert_has(why.text, "no device of the staleline module: is it loaded?");
	fake.uevent = "MODALIAS=platform:staleline\n";
	assert_int_equal(staleline_device_open(&device, NULL, &why), -EACCES);
	fake.uevent = "DRIVER=staleline\n";
	assert_int_equal(staleline_device_open(&device, NULL, &why), -EACCES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opening_a_node),
		TEST(a_gpus_render_node_comes_first),
		TEST(without_a_gpu_it_is_the_primary),
		TEST(auto_takes_the_module_only_without_a_gpu),
		TEST(a_display_without_render_node),
		TEST(a_node_that_fails_is_left_closed),
		TEST(a_closed_card_node_ends_no_run),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("DRM node", tests, NULL, NULL);
}
