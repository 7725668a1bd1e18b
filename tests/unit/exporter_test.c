// SPDX-License-Identifier: MIT
/*
 * The exporters and the buffer without any device: each message, its errno, and no fd left.
 *
 * /dev is a folder of this test's own: open, opendir and stat are replaced at link time
 * (-Wl,--wrap=open,--wrap=open64,--wrap=stat,--wrap=stat64,--wrap=opendir; the names with 64 are
 * what meson's _FILE_OFFSET_BITS=64 makes of them), so that it says the same on every machine.
 */
#include <dirent.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "buffer/drm_node.h"
#include "buffer/exporter.h"

int __real_open64(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __real_stat64(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);
int __wrap_stat64(const char *path, struct stat *st);
DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);

static struct {
	char root[32];	       /* stands for / where /dev is meant */
	const char *forbidden; /* a path that may not be opened, or NULL */
	struct stat st;	       /* what stat says of it */
} fake;

/* Another path for those in /dev, the same one else. */
static const char *redirect(const char *path, char buffer[256])
{
	if (strncmp(path, "/dev/", 5) || !strcmp(path, "/dev/null"))
		return path;
	snprintf(buffer, 256, "%s%s", fake.root, path);
	return buffer;
}

int __wrap_open64(const char *path, int flags, ...)
{
	char buffer[256];

	if (fake.forbidden && !strcmp(path, fake.forbidden)) {
		errno = EACCES;
		return -1;
	}
	assert_true(flags & O_CLOEXEC); /* R28, of every file we open */
	return __real_open64(redirect(path, buffer), flags);
}

int __wrap_open(const char *path, int flags, ...)
{
	return __wrap_open64(path, flags);
}

int __wrap_stat64(const char *path, struct stat *st)
{
	char buffer[256];

	if (fake.forbidden && !strcmp(path, fake.forbidden)) {
		*st = fake.st;
		return 0;
	}
	return __real_stat64(redirect(path, buffer), st);
}

int __wrap_stat(const char *path, struct stat *st)
{
	return __wrap_stat64(path, st);
}

DIR *__wrap_opendir(const char *path)
{
	char buffer[256];

	return __real_opendir(redirect(path, buffer));
}

static void make(const char *path, bool directory)
{
	char full[256];
	int fd;

	snprintf(full, sizeof(full), "%s%s", fake.root, path);
	if (directory) {
		assert_int_equal(mkdir(full, 0700), 0);
		return;
	}
	fd = creat(full, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static int fds_before;

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* An empty /dev. */
static int setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	snprintf(fake.root, sizeof(fake.root), "/tmp/exporter_test.XXXXXX");
	if (!mkdtemp(fake.root))
		return -1;
	make("/dev", true);
	fds_before = count_fds();
	return 0;
}

/* After every test: no fd more than before it. */
static int teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", fake.root);
	return system(command) || count_fds() != fds_before;
}

static char logged[4][1024];
static int lines;

static void log_line(void *data, const char *line)
{
	assert_ptr_equal(data, logged);
	assert_true(lines < 4);
	snprintf(logged[lines++], sizeof(logged[0]), "%s", line);
}

static int open_wish(const struct exporter_wish *wish, struct why *why)
{
	struct exporter exporter;
	int err;

	lines = 0;
	memset(why, 'x', sizeof(*why));
	err = exporter_open(&exporter, wish, DRM_FORMAT_XRGB8888, log_line, logged, why);
	if (!err)
		exporter_close(&exporter);
	assert_null(exporter.ops); /* nothing half open is handed out */
	assert_null(exporter.priv);
	return err;
}

static int open_name(const char *name, struct why *why)
{
	const struct exporter_wish wish = { .name = name };

	return open_wish(&wish, why);
}

static void assert_has(const char *text, const char *word)
{
	if (!strstr(text, word))
		fail_msg("\"%s\" lacks \"%s\"", text, word);
}

/*
 * Names.
 */

static void unknown_names(void **state)
{
	const char *const names[] = { "nonsense", "",  "gb",	 "gbmx",	   "dma-heapx",
				      "AUTO",	  ":", "auto:x", "dma_heap:system" };
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(open_name(names[i], &why), -EINVAL);
		assert_has(why.text, "known are auto, gbm, dma-heap, dma-heap:NAME and udmabuf");
		assert_has(why.text, names[i]);
	}
}

static void arguments_where_none_belongs(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(open_name("gbm:card0", &why), -EINVAL);
	assert_has(why.text, "--drm-device");
	assert_int_equal(open_name("udmabuf:1", &why), -EINVAL);
	assert_has(why.text, "takes no argument");
}

static void heap_names_stay_in_the_folder(void **state)
{
	const char *const names[] = { "dma-heap:../x", "dma-heap:/dev/null", "dma-heap:a/b",
				      "dma-heap:..",   "dma-heap:.",	     "dma-heap:" };
	struct why why;

	(void)state;
	make("/dev/dma_heap", true);
	make("/dev/x", false);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(open_name(names[i], &why), -EINVAL);
		assert_has(why.text, "without \"/\"");
	}
}

static void heap_name_too_long(void **state)
{
	struct why why;
	char name[200] = "dma-heap:";

	(void)state;
	memset(name + 9, 'a', sizeof(name) - 10);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(open_name(name, &why), -ENAMETOOLONG);
	assert_has(why.text, "too long");
}

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

static void auto_says_why_not_of_each(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(open_name("auto", &why), -ENODEV);
	assert_int_equal(lines, 3);
	assert_has(logged[0], "not gbm: no DRM device");
	assert_has(logged[1], "not dma-heap: open /dev/dma_heap/system");
	assert_has(logged[2], "not udmabuf: open /dev/udmabuf: No such file");
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
	assert_int_equal(lines, 3);
	assert_has(logged[1], "not dma-heap: dma-heap on /dev/dma_heap/system: ");
	assert_has(logged[1], "Inappropriate ioctl");
	assert_has(logged[2], "not udmabuf: udmabuf on /dev/udmabuf: ");
	assert_has(logged[2], "is it udmabuf?");
}

/*
 * Not permitted.
 */

static void forbid(const char *path, gid_t gid, mode_t mode)
{
	fake.forbidden = path;
	fake.st = (struct stat){ .st_mode = S_IFCHR | mode, .st_rdev = makedev(226, 0) };
	fake.st.st_gid = gid;
}

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
 * The buffer, with a memfd in a dma-buf's place.
 */

static int make_memfd(size_t size, unsigned int flags)
{
	int fd = memfd_create("exporter_test", flags);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	return fd;
}

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
	int fd = make_memfd(8192, MFD_CLOEXEC), read_only;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_only = __real_open64(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	assert_adopt_fails(read_only, -EACCES, "read-only");
}

static void adopt_wants_a_size(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	close(fds[1]);
	assert_adopt_fails(fds[0], -ESPIPE, "R27");
	assert_adopt_fails(make_memfd(0, MFD_CLOEXEC), -EINVAL, "is it a dma-buf?");
}

static void layout(void **state)
{
	const struct {
		uint32_t width, height, stride;
		size_t size;
	} good[] = {
		{ 1, 1, 256, 4096 },
		{ 64, 16, 256, 4096 },
		{ 64, 17, 256, 8192 },
		{ 65, 8, 512, 4096 },
		{ 1920, 1080, 7680, 8294400 },
		{ 1919, 1079, 7680, 8290304 },
		{ 65536, 65536, 262144, 17179869184 },
	};
	const struct {
		uint32_t width, height, fourcc;
		int err;
	} bad[] = {
		{ 0, 1, DRM_FORMAT_XRGB8888, -EINVAL },
		{ 1, 0, DRM_FORMAT_XRGB8888, -EINVAL },
		{ 1, 1, DRM_FORMAT_NV12, -EINVAL },
		{ 1, 1, 0, -EINVAL },
		{ 1 << 29, 1, DRM_FORMAT_XRGB8888, -EOVERFLOW }, /* the stride needs 32 bits */
		{ UINT32_MAX, UINT32_MAX, DRM_FORMAT_XRGB8888, -EOVERFLOW },
	};
	struct buffer buffer;
	struct why why;
	size_t size;

	(void)state;
	if (sysconf(_SC_PAGESIZE) != 4096)
		skip();
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(buffer_layout(&buffer, good[i].width, good[i].height,
					       DRM_FORMAT_XRGB8888, &size, &why),
				 0);
		assert_int_equal(buffer.stride, good[i].stride);
		assert_int_equal(size, good[i].size);
		assert_int_equal(buffer.modifier, DRM_FORMAT_MOD_LINEAR);
		assert_int_equal(buffer.offset, 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why.text[0] = '\0';
		assert_int_equal(buffer_layout(&buffer, bad[i].width, bad[i].height, bad[i].fourcc,
					       &size, &why),
				 bad[i].err);
		assert_true(why.text[0]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unknown_names),
		TEST(arguments_where_none_belongs),
		TEST(heap_names_stay_in_the_folder),
		TEST(heap_name_too_long),
		TEST(no_heap_at_all),
		TEST(no_such_heap_lists_those_there_are),
		TEST(no_udmabuf),
		TEST(no_drm_device),
		TEST(drm_device_that_is_none),
		TEST(opening_a_node),
		TEST(auto_says_why_not_of_each),
		TEST(auto_tries_a_buffer),
		TEST(permission_names_the_group),
		TEST(permission_without_group),
		TEST(adopt),
		TEST(adopt_checks_the_size),
		TEST(adopt_wants_close_on_exec),
		TEST(adopt_wants_read_write),
		TEST(adopt_wants_a_size),
		TEST(layout),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exporter", tests, NULL, NULL);
}
