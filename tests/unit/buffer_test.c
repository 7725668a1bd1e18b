// SPDX-License-Identifier: MIT
/*
 * The buffer, with a memfd in a dma-buf's place: what it is laid out as, what it asks of a
 * descriptor that is handed over.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exporter_fake.h"

static struct buffer small_layout(void)
{
	return (struct buffer){
		.fd = -1, .width = 100, .height = 10, .stride = 512, .fourcc = DRM_FORMAT_XRGB8888
	};
}

static void assert_adopt_fails(int fd, int expected, const char *word)
{
	struct buffer buffer = small_layout();
	struct why why = { "" };

	assert_int_equal(buffer_adopt(&buffer, fd, &why), expected);
	assert_has(why.text, word);
	assert_int_equal(buffer.fd, -1);
	assert_null(buffer.map);
	assert_int_equal(fcntl(fd, F_GETFD), -1); /* closed: it was handed over */
}

static void adopt(void **state)
{
	struct buffer buffer = small_layout();
	struct why why = { "" };

	(void)state;
	assert_int_equal(buffer_adopt(&buffer, make_memfd(8192, MFD_CLOEXEC), &why), 0);
	assert_int_equal(buffer.size, 8192);
	assert_int_equal(buffer.access.fd, buffer.fd);
	assert_int_equal(buffer.access.policy, ACCESS_ENFORCE);
	assert_int_equal(buffer.access.ready, 0);
	memset(buffer.map, 1, buffer.size);
	buffer_disown(&buffer);
	assert_int_equal(buffer.fd, -1);
	buffer_disown(&buffer); /* twice is no harm */
}

/* The last row may lack its padding, but no pixel: 9 x 512 + 100 x 4 = 5008. */
static void adopt_checks_the_size(void **state)
{
	struct buffer buffer = small_layout();
	struct why why = { "" };

	(void)state;
	assert_int_equal(buffer_adopt(&buffer, make_memfd(5008, MFD_CLOEXEC), &why), 0);
	buffer_disown(&buffer);
	assert_adopt_fails(make_memfd(5007, MFD_CLOEXEC), -EOVERFLOW, "needs 5008");

	buffer = small_layout();
	buffer.stride = UINT32_MAX; /* no overflow in the sum */
	buffer.offset = UINT32_MAX;
	buffer.height = UINT32_MAX;
	assert_int_equal(buffer_adopt(&buffer, make_memfd(5008, MFD_CLOEXEC), &why), -EOVERFLOW);
}

static void adopt_wants_close_on_exec(void **state)
{
	(void)state;
	assert_adopt_fails(make_memfd(8192, 0), -EINVAL, "R28");
}

static void adopt_wants_read_write(void **state)
{
	(void)state;
	assert_adopt_fails(make_read_only(make_memfd(8192, MFD_CLOEXEC)), -EACCES, "read-only");
}

static void adopt_wants_a_size(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	close(fds[1]);
	assert_adopt_fails(fds[0], -ESPIPE, "R27");
	assert_adopt_fails(make_memfd(0, MFD_CLOEXEC), -EINVAL, "R25");
}

/* dma_buf_mmap_internal() says -EINVAL where the exporter has no mmap: no fault of the size. */
static void adopt_wants_a_map(void **state)
{
	(void)state;
	fake.mmap_error = EINVAL;
	assert_adopt_fails(make_memfd(8192, MFD_CLOEXEC), -EINVAL, "R25");
	fake.mmap_error = ENODEV;
	assert_adopt_fails(make_memfd(8192, MFD_CLOEXEC), -ENODEV, "R25");
}

static const struct {
	uint32_t width, height, fourcc, stride;
	size_t size;
	uint32_t second; /* where the second plane begins; 0: there is none */
} good[] = {
	{ 1, 1, DRM_FORMAT_XRGB8888, 256, 4096, 0 },
	{ 64, 16, DRM_FORMAT_XRGB8888, 256, 4096, 0 },
	{ 64, 17, DRM_FORMAT_XRGB8888, 256, 8192, 0 },
	{ 65, 8, DRM_FORMAT_XRGB8888, 512, 4096, 0 },
	{ 1920, 1080, DRM_FORMAT_XRGB8888, 7680, 8294400, 0 },
	{ 1919, 1079, DRM_FORMAT_XRGB8888, 7680, 8290304, 0 },
	{ 65536, 65536, DRM_FORMAT_XRGB8888, 262144, 17179869184, 0 },
	{ 100, 10, DRM_FORMAT_RGB565, 256, 4096, 0 },
	{ 64, 17, DRM_FORMAT_ABGR16161616F, 512, 12288, 0 },
	{ 64, 64, DRM_FORMAT_NV12, 256, 24576, 16384 },
	{ 129, 4, DRM_FORMAT_ARGB8888, 768, 4096, 0 },
	{ 130, 34, DRM_FORMAT_P010, 512, 28672, 17408 }, /* 51 rows: 26112 bytes */
	{ 1000, 3, DRM_FORMAT_YUYV, 2048, 8192, 0 },
};

static const struct {
	uint32_t width, height, fourcc;
	int err;
} bad[] = {
	{ 0, 1, DRM_FORMAT_XRGB8888, -EINVAL },
	{ 1, 0, DRM_FORMAT_XRGB8888, -EINVAL },
	{ 1, 1, DRM_FORMAT_NV16, -EINVAL },  /* not one of ours */
	{ 63, 2, DRM_FORMAT_NV12, -EINVAL }, /* half a square */
	{ 64, 3, DRM_FORMAT_P010, -EINVAL },
	{ 1, 1, DRM_FORMAT_YUYV, -EINVAL },
	{ 1, 1, 0, -EINVAL },
	{ 1 << 29, 1, DRM_FORMAT_XRGB8888, -EOVERFLOW }, /* the stride needs 32 bits */
	{ UINT32_MAX, UINT32_MAX, DRM_FORMAT_XRGB8888, -EOVERFLOW },
};

static void layout(void **state)
{
	struct buffer buffer = { .fd = -1 };
	struct why why;
	size_t size;

	(void)state;
	if (sysconf(_SC_PAGESIZE) != 4096)
		skip();
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(buffer_layout(&buffer, good[i].width, good[i].height,
					       good[i].fourcc, &size, &why),
				 0);
		assert_int_equal(buffer.stride, good[i].stride);
		assert_int_equal(size, good[i].size);
		assert_int_equal(buffer.modifier, DRM_FORMAT_MOD_LINEAR);
		assert_int_equal(buffer.offset, 0);
		assert_int_equal(buffer_planes(&buffer), good[i].second ? 2 : 1);
		if (good[i].second)
			assert_int_equal(buffer_plane_offset(&buffer, 1), good[i].second);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why.text[0] = '\0';
		assert_int_equal(buffer_layout(&buffer, bad[i].width, bad[i].height, bad[i].fourcc,
					       &size, &why),
				 bad[i].err);
		assert_true(why.text[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(adopt),
		TEST(adopt_checks_the_size),
		TEST(adopt_wants_close_on_exec),
		TEST(adopt_wants_read_write),
		TEST(adopt_wants_a_size),
		TEST(adopt_wants_a_map),
		TEST(layout),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
