// SPDX-License-Identifier: MIT
/*
 * The names with 64 are what meson's _FILE_OFFSET_BITS=64 makes of open, stat and opendir. What
 * stands behind a node (libdrm, GBM, sysfs) and sysinfo(2) and mmap(2) are functions of these very
 * names: a program's come before its libraries'.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <gbm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>

#include "exporter_fake.h"
#include "fds.h"

#include "buffer/drm_node.h"

int __real_open64(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __real_stat64(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);
int __wrap_stat64(const char *path, struct stat *st);
DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);

struct fake fake;

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
	if (fake.uevent && !strncmp(path, "/sys/dev/char/226:", 18)) {
		int fd = memfd_create("uevent", MFD_CLOEXEC);

		assert_int_equal(write(fd, fake.uevent, strlen(fake.uevent)), strlen(fake.uevent));
		lseek(fd, 0, SEEK_SET);
		return fd;
	}
	return __real_open64(redirect(path, buffer), flags);
}

int __wrap_open(const char *path, int flags, ...)
{
	return __wrap_open64(path, flags);
}

int __wrap_stat64(const char *path, struct stat *st)
{
	char buffer[256];
	unsigned int number;

	if (fake.forbidden && !strcmp(path, fake.forbidden)) {
		*st = fake.st;
		return 0;
	}
	if (fake.driver && (sscanf(path, "/dev/dri/card%u", &number) == 1 ||
			    sscanf(path, "/dev/dri/renderD%u", &number) == 1)) {
		*st = (struct stat){ .st_mode = S_IFCHR, .st_rdev = makedev(226, number) };
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

/*
 * What stands behind a DRM node.
 */

/* sysfs: /sys/dev/char/226:N/device. */
char *realpath(const char *path, char *resolved)
{
	return strcpy(resolved, fake.split ? path : "/sys/devices/gpu");
}

drmVersionPtr drmGetVersion(int fd)
{
	drmVersionPtr version = fake.driver ? calloc(1, sizeof(*version)) : NULL;

	(void)fd;
	if (version)
		version->name = strdup(fake.driver);
	return version;
}

void drmFreeVersion(drmVersionPtr version)
{
	free(version->name);
	free(version);
}

/* There is one of each, and it is known by its address. */
struct gbm_device *gbm_create_device(int fd)
{
	char link[64], path[256] = "";
	size_t len = strlen(fake.tried);
	const char *name;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	assert_true(readlink(link, path, sizeof(path) - 1) > 0);
	name = strrchr(path, '/') + 1;
	snprintf(fake.tried + len, sizeof(fake.tried) - len, "%s%s", len ? " " : "", name);
	if (!fake.refuses || strcmp(name, fake.refuses))
		return (struct gbm_device *)&fake;
	errno = ENOSYS;
	return NULL;
}

void gbm_device_destroy(struct gbm_device *gbm)
{
	assert_ptr_equal(gbm, &fake);
}

int gbm_device_get_fd(struct gbm_device *gbm)
{
	(void)gbm;
	return -1;
}

struct gbm_bo *gbm_bo_create_with_modifiers2(struct gbm_device *gbm, uint32_t width,
					     uint32_t height, uint32_t format,
					     const uint64_t *modifiers, const unsigned int count,
					     uint32_t flags)
{
	(void)gbm, (void)width, (void)height, (void)format, (void)modifiers, (void)count;
	(void)flags;
	return (struct gbm_bo *)&fake;
}

void gbm_bo_destroy(struct gbm_bo *bo)
{
	assert_ptr_equal(bo, &fake);
}

union gbm_bo_handle gbm_bo_get_handle(struct gbm_bo *bo)
{
	(void)bo;
	return (union gbm_bo_handle){ .u32 = 5 };
}

uint64_t gbm_bo_get_modifier(struct gbm_bo *bo)
{
	(void)bo;
	return DRM_FORMAT_MOD_LINEAR;
}

int gbm_bo_get_plane_count(struct gbm_bo *bo)
{
	(void)bo;
	return 1;
}

uint32_t gbm_bo_get_offset(struct gbm_bo *bo, int plane)
{
	(void)bo, (void)plane;
	return 0;
}

uint32_t gbm_bo_get_stride(struct gbm_bo *bo)
{
	(void)bo;
	return 256;
}

int drmPrimeHandleToFD(int fd, uint32_t handle, uint32_t flags, int *prime)
{
	(void)fd;
	assert_int_equal(handle, 5);
	assert_int_equal(flags, DRM_CLOEXEC | DRM_RDWR); /* R26, R28 */
	*prime = fake.drm_export;
	errno = fake.drm_export < 0 ? -fake.drm_export : 0;
	return fake.drm_export < 0 ? -1 : 0;
}

int gbm_bo_get_fd(struct gbm_bo *bo)
{
	(void)bo;
	errno = fake.gbm_export < 0 ? -fake.gbm_export : 0;
	return fake.gbm_export < 0 ? -1 : fake.gbm_export;
}

int sysinfo(struct sysinfo *info)
{
	*info = (struct sysinfo){ .totalram = fake.memory / 4096, .mem_unit = 4096 };
	return fake.memory ? 0 : -1;
}

/* The header makes this mmap64, as it does in what is tested. */
void *mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *(*real)(void *, size_t, int, int, int, off_t);

	*(void **)&real = dlsym(RTLD_NEXT, "mmap64"); /* as POSIX has it */
	if (!fake.mmap_error)
		return real(at, size, prot, flags, fd, offset);
	errno = fake.mmap_error;
	return MAP_FAILED;
}

/*
 * For the tests.
 */

void make(const char *path, bool directory)
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

void make_drm(const char *driver, bool render)
{
	fake.driver = driver;
	make("/dev/dri", true);
	make("/dev/dri/card9", false);
	if (render)
		make("/dev/dri/renderD137", false);
}

void forbid(const char *path, gid_t gid, mode_t mode)
{
	fake.forbidden = path;
	fake.st = (struct stat){ .st_mode = S_IFCHR | mode, .st_rdev = makedev(226, 0) };
	fake.st.st_gid = gid;
}

int make_memfd(size_t size, unsigned int flags)
{
	int fd = memfd_create("exporter_test", flags);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	return fd;
}

/* A read-only descriptor of the same memfd, and @fd closed. */
int make_read_only(int fd)
{
	char path[64];
	int read_only;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_only = __real_open64(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	return read_only;
}

static int fds_before;

/* An empty /dev. */
int setup(void **state)
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
int teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", fake.root);
	return system(command) || count_fds() != fds_before;
}

char logged[4][1024];
int lines;

void log_line(void *data, const char *line)
{
	assert_ptr_equal(data, logged);
	assert_true(lines < 4);
	snprintf(logged[lines++], sizeof(logged[0]), "%s", line);
}

int open_wish(const struct exporter_wish *wish, struct why *why)
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

int open_name(const char *name, struct why *why)
{
	const struct exporter_wish wish = { .name = name };

	return open_wish(&wish, why);
}

void assert_has(const char *text, const char *word)
{
	if (!strstr(text, word))
		fail_msg("\"%s\" lacks \"%s\"", text, word);
}
