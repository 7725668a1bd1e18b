// SPDX-License-Identifier: MIT
/*
 * The exporters without any device: each message, its errno, and no fd left.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exporter_fake.h"

/*
 * Nothing there.
 */

static void no_heap_at_all(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(open_name("dma-heap", &why), -ENOENT);
	assert_has(why.text, "open /dev/dma_heap/system");
	assert_has(why.text, "CONFIG_DMABUF_HEAPS_SYSTEM");
}

static void no_such_heap_lists_those_there_are(void **state)
{
	struct why why;

	(void)state;
	make("/dev/dma_heap", true);
	make("/dev/dma_heap/linux,cma", false);
	make("/dev/dma_heap/reserved", false);
	assert_int_equal(open_name("dma-heap:nope", &why), -ENOENT);
	assert_has(why.text, "/dev/dma_heap/nope");
	assert_has(why.text, "linux,cma");
	assert_has(why.text, "reserved");
}

static void no_udmabuf(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(open_name("udmabuf", &why), -ENOENT);
	assert_has(why.text, "open /dev/udmabuf: No such file");
	assert_has(why.text, "modprobe udmabuf");
}

static void no_drm_device(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(open_name("gbm", &why), -ENODEV);
	assert_has(why.text, "no DRM device");
	assert_has(why.text, "modprobe vgem");
}

static void drm_device_that_is_none(void **state)
{
	struct exporter_wish wish = { .name = "gbm", .device = "/dev/dri/card9" };
	struct why why;

	(void)state;
	assert_int_equal(open_wish(&wish, &why), -ENOENT);
	assert_has(why.text, "open /dev/dri/card9: No such file");

	wish.device = "/dev/null";
	assert_int_equal(open_wish(&wish, &why), -ENODEV);
	assert_has(why.text, "/dev/null is not a DRM device");

	make("/dev/dri", true);
	make("/dev/dri/card9", false); /* a plain file */
	wish.device = "/dev/dri/card9";
	assert_int_equal(open_wish(&wish, &why), -ENODEV);
	assert_has(why.text, "not a DRM device");
	assert_int_equal(open_name("gbm", &why), -ENODEV); /* nor is it found by itself */
}

static void auto_says_why_not_of_each(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(open_name("auto", &why), -ENODEV);
	assert_int_equal(lines, 4);
	assert_has(logged[0], "not staleline: no device of the staleline module: is it loaded?");
	assert_has(logged[0], "modprobe staleline");
	assert_has(logged[1], "not gbm: no DRM device");
	assert_has(logged[2], "not dma-heap: open /dev/dma_heap/system");
	assert_has(logged[3], "not udmabuf: open /dev/udmabuf: No such file");
	assert_has(why.text, "no exporter works here");
	assert_has(why.text, "modprobe");
}

/* What opens but gives no buffer is not taken, and is closed again. */
static void auto_tries_a_buffer(void **state)
{
	struct why why;

	(void)state;
	make("/dev/udmabuf", false); /* opens, but it is a plain file */
	make("/dev/dma_heap", true);
	make("/dev/dma_heap/system", false);
	assert_int_equal(open_name("auto", &why), -ENODEV);
	assert_int_equal(lines, 4);
	assert_has(logged[2], "not dma-heap: dma-heap on /dev/dma_heap/system: ");
	assert_has(logged[2], "Inappropriate ioctl");
	assert_has(logged[3], "not udmabuf: udmabuf on /dev/udmabuf: ");
	assert_has(logged[3], "is it udmabuf?");
}

/*
 * Not permitted.
 */

static void permission_names_the_group(void **state)
{
	struct exporter_wish wish = { .name = "gbm", .device = "/dev/dri/card9" };
	struct why why;

	(void)state;
	forbid("/dev/udmabuf", 44, 0660); /* video, on Debian and its kin */
	assert_int_equal(open_name("udmabuf", &why), -EACCES);
	assert_has(why.text, "open /dev/udmabuf: Permission denied");
	assert_has(why.text, "usermod -a -G video");

	forbid("/dev/dma_heap/system", 44, 0660);
	assert_int_equal(open_name("dma-heap", &why), -EACCES);
	assert_has(why.text, "usermod -a -G video");

	forbid("/dev/dri/card9", 44, 0660);
	assert_int_equal(open_wish(&wish, &why), -EACCES);
	assert_has(why.text, "open /dev/dri/card9: Permission denied");
	assert_has(why.text, "usermod -a -G video");
}

/* A group that may not either is no mend. */
static void permission_without_group(void **state)
{
	struct why why;

	(void)state;
	forbid("/dev/udmabuf", 44, 0600);
	assert_int_equal(open_name("udmabuf", &why), -EACCES);
	assert_has(why.text, "only user root may");
	assert_null(strstr(why.text, "usermod"));

	forbid("/dev/udmabuf", 0, 0660);
	assert_int_equal(open_name("udmabuf", &why), -EACCES);
	assert_has(why.text, "only user root may");
}

/*
 * There, and asked for a buffer.
 */

static int open_gpu(struct why *why)
{
	const struct exporter_wish wish = { .name = "gbm", .device = "/dev/dri/card9" };

	return open_wish(&wish, why);
}

/* Opening makes one buffer, so that is what is asked here. */
static void gbm_exports_by_itself(void **state)
{
	struct why why;

	(void)state;
	make_drm("panfrost", true);
	fake.drm_export = make_memfd(65536, MFD_CLOEXEC);
	fake.gbm_export = -EBADF;
	assert_int_equal(open_gpu(&why), 0);

	fake.drm_export = -ENOSYS;
	fake.gbm_export = make_memfd(65536, MFD_CLOEXEC); /* not asked for */
	assert_int_equal(open_gpu(&why), -ENOSYS);
	assert_has(why.text, "exports no dma-bufs");
	close(fake.gbm_export);
}

/* A handle that the display's fd does not know: GBM exports, and its mode is looked at. */
static void gbm_exports_what_only_it_can(void **state)
{
	struct why why;

	(void)state;
	make_drm("rockchip", false);
	fake.drm_export = -ENOENT;
	fake.gbm_export = make_memfd(65536, MFD_CLOEXEC);
	assert_int_equal(open_gpu(&why), 0);

	fake.gbm_export = make_read_only(make_memfd(65536, MFD_CLOEXEC));
	assert_int_equal(open_gpu(&why), -EACCES);
	assert_has(why.text, "R26");

	fake.gbm_export = -EMFILE;
	assert_int_equal(open_gpu(&why), -ENOENT);
	assert_has(why.text, "exporting the buffer read-write: No such file");
}

/* A run's four buffers must leave room for others: an eighth of the memory each, 64 of 512 MiB. */
static void a_heap_does_not_take_all(void **state)
{
	const struct exporter_wish wish = { .name = "dma-heap" };
	struct exporter exporter;
	struct buffer buffer;
	struct why why;

	(void)state;
	fake.memory = UINT64_C(512) << 20;
	make("/dev/dma_heap", true);
	make("/dev/dma_heap/system", false);
	assert_int_equal(
		exporter_open(&exporter, &wish, DRM_FORMAT_XRGB8888, log_line, logged, &why), 0);
	assert_int_equal(exporter_alloc(&exporter, 4096, 4097, DRM_FORMAT_XRGB8888, &buffer, &why),
			 -ENOMEM);
	assert_has(why.text, "more than an eighth of this machine's memory (512 MiB)");
	assert_int_equal(exporter_alloc(&exporter, 4096, 4096, DRM_FORMAT_XRGB8888, &buffer, &why),
			 -ENOTTY);
	exporter_close(&exporter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_heap_at_all),
		TEST(no_such_heap_lists_those_there_are),
		TEST(no_udmabuf),
		TEST(no_drm_device),
		TEST(drm_device_that_is_none),
		TEST(auto_says_why_not_of_each),
		TEST(auto_tries_a_buffer),
		TEST(permission_names_the_group),
		TEST(permission_without_group),
		TEST(gbm_exports_by_itself),
		TEST(gbm_exports_what_only_it_can),
		TEST(a_heap_does_not_take_all),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exporter", tests, NULL, NULL);
}
