// SPDX-License-Identifier: MIT
/*
 * A buffer whose two planes lie in two dma-bufs, with memfds in their place: where each byte of it comes to lie, and
 * that no descriptor and no map is left, whatever is wrong with one of the two.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exporter_fake.h"

enum { PAGE = 4096 };

/* What make() hands out: as asked for, but for what is set here, of the part @at. */
static struct {
	uint32_t at;
	int err;		   /* it fails */
	bool read_only, inherited; /* its descriptor is */
	bool first_again;	   /* its descriptor is the first's, duplicated */
	size_t size;		   /* its bytes */
	uint32_t stride;
	int made[2]; /* numbers of the descriptors */
} odd;

static int make_plane(void *data, struct buffer *buffer, uint32_t part, struct why *why)
{
	bool is_odd = odd.at == part;
	size_t size = is_odd && odd.size ? odd.size : buffer_part_bytes(buffer, part);
	int fd;

	assert_ptr_equal(data, &odd);
	if (is_odd && odd.err)
		return why_set(why, odd.err, "no more memory");
	if (is_odd && odd.stride)
		buffer->stride = odd.stride;
	if (is_odd && odd.first_again)
		return fcntl(buffer->fd, F_DUPFD_CLOEXEC, 0);
	fd = make_memfd(size, is_odd && odd.inherited ? 0 : MFD_CLOEXEC);
	if (is_odd && odd.read_only)
		fd = make_read_only(fd);
	odd.made[part] = fd;
	return fd;
}

static int make_buffer(struct buffer *buffer, uint32_t fourcc, uint32_t width, uint32_t height,
		       struct why *why)
{
	size_t size;

	*buffer = (struct buffer){ .fd = -1, .second = -1, .disjoint = true, .number = 7 };
	assert_int_equal(buffer_layout(buffer, width, height, fourcc, &size, why), 0);
	assert_int_equal(size, buffer_part_bytes(buffer, 0) + buffer_part_bytes(buffer, 1));
	return buffer_make(buffer, make_plane, &odd, why);
}

static int setup_odd(void **state)
{
	memset(&odd, 0, sizeof(odd));
	odd.at = 2; /* neither is */
	return setup(state);
}

static const struct {
	uint32_t fourcc, width, height;
	uint32_t stride, first, second; /* bytes */
	uint32_t offset;		/* of the first plane: what is left before it */
} good[] = {
	{ DRM_FORMAT_NV12, 64, 64, 256, 16384, 8192, 0 },
	{ DRM_FORMAT_NV12, 256, 194, 256, 53248, 28672, 3584 }, /* 194 rows: 49664 */
	{ DRM_FORMAT_P010, 130, 34, 512, 20480, 12288, 3072 },	/* 34 rows: 17408, 17: 8704 */
	{ DRM_FORMAT_NV12, 2, 2, 256, 4096, 4096, 3584 },
};

static void layout(void **state)
{
	struct buffer buffer;
	struct why why;

	(void)state;
	if (sysconf(_SC_PAGESIZE) != PAGE)
		skip();
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(
			make_buffer(&buffer, good[i].fourcc, good[i].width, good[i].height, &why),
			0);
		assert_int_equal(buffer.stride, good[i].stride);
		assert_int_equal(buffer.size, good[i].first + good[i].second);
		assert_int_equal(buffer_parts(&buffer), 2);
		assert_int_equal(buffer_part_start(&buffer, 1), good[i].first);
		assert_int_equal(buffer_part_size(&buffer, 0), good[i].first);
		assert_int_equal(buffer_part_size(&buffer, 1), good[i].second);
		assert_int_equal(buffer_plane_offset(&buffer, 0), good[i].offset);
		assert_int_equal(buffer_plane_offset(&buffer, 1), 0);
		assert_int_equal(buffer_plane_fd(&buffer, 0), odd.made[0]);
		assert_int_equal(buffer_plane_fd(&buffer, 1), odd.made[1]);
		buffer_disown(&buffer);
	}
}

/* Rows follow each other across the border, and each lands in its own dma-buf. */
static void rows_follow_each_other(void **state)
{
	struct buffer buffer;
	struct why why;
	uint8_t *pixels, byte;

	(void)state;
	assert_int_equal(make_buffer(&buffer, DRM_FORMAT_NV12, 256, 194, &why), 0);
	pixels = buffer_pixels(&buffer);
	for (uint32_t row = 0; row < buffer_rows(&buffer); row++)
		memset(pixels + (size_t)row * buffer.stride, (int)(row % 251) + 1, buffer.stride);
	for (uint32_t row = 0; row < buffer_rows(&buffer); row++) {
		uint32_t plane = row >= 194, first = plane ? 194 : 0;
		off_t at = buffer_plane_offset(&buffer, plane) + (off_t)(row - first) * 256;

		assert_int_equal(pread(odd.made[plane], &byte, 1, at), 1);
		assert_int_equal(byte, row % 251 + 1);
		assert_int_equal(pread(odd.made[plane], &byte, 1, at + 255), 1);
		assert_int_equal(byte, row % 251 + 1);
	}
	buffer_disown(&buffer);
}

/* One access for both, which borrows the descriptors. */
static void both_are_in_its_access(void **state)
{
	struct buffer buffer;
	struct why why;

	(void)state;
	assert_int_equal(make_buffer(&buffer, DRM_FORMAT_P010, 64, 64, &why), 0);
	assert_int_equal(buffer.access.fd, buffer.fd);
	assert_int_equal(buffer.access.mores, 1);
	assert_int_equal(buffer.access.more[0], buffer.second);
	buffer_disown(&buffer);
	assert_int_equal(buffer.access.mores, 0);
	assert_int_equal(buffer.fd, -1);
	assert_int_equal(buffer.second, -1);
	buffer_disown(&buffer); /* twice is no harm */
}

/* In either of them; after it neither is open (the teardown counts), and nothing is mapped. */
static void assert_refused(int expected, const char *word)
{
	struct buffer buffer;
	struct why why = { "" };

	assert_int_equal(make_buffer(&buffer, DRM_FORMAT_NV12, 256, 194, &why), expected);
	assert_has(why.text, word);
	assert_int_equal(buffer.fd, -1);
	assert_int_equal(buffer.second, -1);
	assert_null(buffer.map);
}

static void either_can_be_wrong(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < 2; at++) {
		memset(&odd, 0, sizeof(odd));
		odd.at = at;
		odd.err = -ENOMEM;
		assert_refused(-ENOMEM, "no more memory");
		odd.err = 0;
		odd.inherited = true;
		assert_refused(-EINVAL, "R28");
		odd.inherited = false;
		odd.read_only = true;
		assert_refused(-EACCES, "R26");
	}
}

static void sizes_are_looked_at(void **state)
{
	(void)state;
	odd.at = 0;
	odd.size = 12 * PAGE; /* a page less than its 194 rows take */
	assert_refused(-EOVERFLOW, "its 194 rows of 256 must fit");
	odd.size = 13 * PAGE + 1; /* the second could not begin there */
	assert_refused(-EOVERFLOW, "end with a page");
	odd.at = 1;
	odd.size = 6 * PAGE; /* 97 rows of 256: 24832 */
	assert_refused(-EOVERFLOW, "the exporter told a wrong layout");
}

static void strides_must_be_the_same(void **state)
{
	(void)state;
	odd.at = 1;
	odd.stride = 512;
	assert_refused(-EOPNOTSUPP, "are 256 bytes apart, those of the second 512");
}

/* Brackets don't nest, and where the planes lie would be anyone's guess. */
static void two_descriptors_of_one_are_refused(void **state)
{
	(void)state;
	odd.at = 1;
	odd.first_again = true;
	assert_refused(-EINVAL, "of one dma-buf");
}

static void no_map_is_told(void **state)
{
	(void)state;
	fake.mmap_error = ENODEV;
	assert_refused(-ENODEV, "R25");
}

static void one_plane_is_one_dma_buf(void **state)
{
	struct buffer buffer = { .fd = -1, .second = -1, .disjoint = true };
	struct why why;
	size_t size;

	(void)state;
	assert_int_equal(buffer_layout(&buffer, 64, 64, DRM_FORMAT_YUYV, &size, &why), -EINVAL);
	assert_has(why.text, "YUYV has one plane");
}

/*
 * Through an exporter.
 */

static int fake_alloc(struct exporter *exporter, uint32_t width, uint32_t height, uint32_t fourcc,
		      struct buffer *buffer, struct why *why)
{
	size_t size;
	int err = buffer_layout(buffer, width, height, fourcc, &size, why);

	(void)exporter;
	return err ? err : buffer_make(buffer, make_plane, &odd, why);
}

static void fake_free(struct exporter *exporter, struct buffer *buffer)
{
	(void)exporter;
	buffer_disown(buffer);
}

static int fake_memfd(const struct buffer *buffer)
{
	return buffer->fd;
}

static void an_exporter_makes_what_was_wished(void **state)
{
	static const struct exporter_ops ops = {
		.name = "fake", .alloc = fake_alloc, .free = fake_free, .memfd = fake_memfd
	};
	struct exporter exporter = { .ops = &ops };
	struct buffer buffer;
	struct why why;

	(void)state;
	assert_int_equal(exporter_alloc(&exporter, 64, 64, DRM_FORMAT_NV12, &buffer, &why), 0);
	assert_int_equal(buffer_parts(&buffer), 1);
	assert_int_equal(buffer.access.mores, 0);
	assert_int_equal(exporter_memfd(&buffer, &why), buffer.fd);
	exporter_free(&buffer);

	exporter.disjoint = true;
	assert_int_equal(exporter_alloc(&exporter, 64, 64, DRM_FORMAT_NV12, &buffer, &why), 0);
	assert_int_equal(buffer_parts(&buffer), 2);
	assert_int_equal(exporter_memfd(&buffer, &why), -EOPNOTSUPP);
	assert_has(why.text, "disjoint");
	exporter_free(&buffer);
	assert_int_equal(exporter_alloc(&exporter, 64, 64, DRM_FORMAT_RGB565, &buffer, &why),
			 -EINVAL);
}

static void one_that_makes_none_says_why(void **state)
{
	static const struct exporter_ops ops = { .name = "fake", .no_disjoint = "it has no two" };
	struct exporter exporter = { .ops = &ops, .device = "/dev/fake", .disjoint = true };
	struct buffer buffer;
	struct why why;

	(void)state;
	assert_int_equal(exporter_alloc(&exporter, 64, 64, DRM_FORMAT_NV12, &buffer, &why),
			 -EOPNOTSUPP);
	assert_has(why.text, "fake on /dev/fake: it has no two");
}

#define TEST_ODD(name) cmocka_unit_test_setup_teardown(name, setup_odd, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_ODD(layout),
		TEST_ODD(rows_follow_each_other),
		TEST_ODD(both_are_in_its_access),
		TEST_ODD(either_can_be_wrong),
		TEST_ODD(sizes_are_looked_at),
		TEST_ODD(strides_must_be_the_same),
		TEST_ODD(two_descriptors_of_one_are_refused),
		TEST_ODD(no_map_is_told),
		TEST_ODD(one_plane_is_one_dma_buf),
		TEST_ODD(an_exporter_makes_what_was_wished),
		TEST_ODD(one_that_makes_none_says_why),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("buffer, disjoint planes", tests, NULL, NULL);
}
