// SPDX-License-Identifier: MIT
/*
 * The exporters and the buffer without any device: each message, its errno, and no fd left.
 *
 * /dev is a folder of this test's own: open, opendir and stat are replaced at link time
 * (-Wl,--wrap=open,--wrap=open64,--wrap=stat,--wrap=stat64,--wrap=opendir; the names with 64 are
 * what meson's _FILE_OFFSET_BITS=64 makes of them), so that it says the same on every machine.
 * What stands behind a node (libdrm, GBM, sysfs) and sysinfo(2) and mmap(2) are this test's own
 * functions of these names: a program's come before its libraries'.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <gbm.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>

#include <cmocka.h>

#include "fds.h"

#include "buffer/drm_node.h"
#include "buffer/exporter.h"
#include "buffer/staleline_device.h"

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
	int mmap_error;	       /* what mmap fails with, or 0 */
	uint64_t memory;       /* what sysinfo says, or 0: the truth */

	/* A DRM device, where there is a driver: its nodes are card9 and renderD137. */
	const char *driver;
	const char *refuses; /* the node on which GBM finds no driver, or NULL */
	const char *uevent;  /* what sysfs says of it, or NULL: as this machine says it */
	bool split;	     /* the two nodes are two devices */
	char tried[128];     /* the nodes that GBM was asked for */
	int drm_export;	     /* what drmPrimeHandleToFD gives, fd or -errno; owned by who gets it */
	int gbm_export;	     /* what gbm_bo_get_fd gives, likewise */
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

/* The command line's question must get the same answer as opening does. */
static void assert_name_is_wrong(const char *name, const char *sentence)
{
	struct why why = { "" };

	assert_int_equal(exporter_check_name(name, &why), -EINVAL);
	assert_string_equal(why.text, sentence);
}

/* Whether the device is there does not matter. */
static void good_names(void **state)
{
	const char *const names[] = { "auto",
				      "gbm",
				      "dma-heap",
				      "dma-heap:system",
				      "udmabuf",
				      "dma-heap:linux,cma",
				      "staleline",
				      "staleline:noncoherent",
				      "staleline:coherent",
				      "staleline:trap" };
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(exporter_check_name(names[i], &why), 0);
}

static void unknown_names(void **state)
{
	const char *const names[] = { "nonsense", "",  "gb",	 "gbmx",	   "dma-heapx",
				      "AUTO",	  ":", "auto:x", "dma_heap:system" };
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(open_name(names[i], &why), -EINVAL);
		assert_has(why.text, "there are: auto, staleline, staleline:MODE, gbm, dma-heap, "
				     "dma-heap:NAME, udmabuf");
		assert_has(why.text, names[i]);
		assert_name_is_wrong(names[i], why.text);
	}
}

static void arguments_where_none_belongs(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(open_name("gbm:card0", &why), -EINVAL);
	assert_has(why.text, "--drm-device");
	assert_name_is_wrong("gbm:card0", why.text);
	assert_int_equal(open_name("udmabuf:1", &why), -EINVAL);
	assert_has(why.text, "takes no argument");
	assert_name_is_wrong("udmabuf:1", why.text);
	assert_int_equal(open_name("gbm:", &why), -EINVAL);
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
		assert_name_is_wrong(names[i], why.text);
	}
}

static void heap_name_too_long(void **state)
{
	struct why why;
	char name[200] = "dma-heap:";

	(void)state;
	memset(name + 9, 'a', sizeof(name) - 10);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(open_name(name, &why), -EINVAL);
	assert_has(why.text, "too long, 49 bytes at most");
	assert_name_is_wrong(name, why.text);

	name[9 + 50] = '\0';
	assert_int_equal(open_name(name, &why), -EINVAL);
	name[9 + 49] = '\0'; /* fits: the whole path is in the message */
	assert_int_equal(open_name(name, &why), -ENOENT);
	assert_has(why.text, name + 9);
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
 * Which node of a DRM device.
 */

static void make_drm(const char *driver, bool render)
{
	fake.driver = driver;
	make("/dev/dri", true);
	make("/dev/dri/card9", false);
	if (render)
		make("/dev/dri/renderD137", false);
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

/* A read-only descriptor of the same memfd, and @fd closed. */
static int make_read_only(int fd)
{
	char path[64];
	int read_only;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_only = __real_open64(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	return read_only;
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
		uint32_t width, height, fourcc, stride;
		size_t size;
		uint32_t second; /* where the second plane begins; 0: there is none */
	} other[] = {
		{ 100, 10, DRM_FORMAT_RGB565, 256, 4096, 0 },
		{ 64, 17, DRM_FORMAT_ABGR16161616F, 512, 12288, 0 },
		{ 64, 64, DRM_FORMAT_NV12, 256, 24576, 16384 },
		{ 129, 4, DRM_FORMAT_ARGB8888, 768, 4096, 0 },
		{ 130, 34, DRM_FORMAT_P010, 512, 28672, 17408 }, /* 51 rows: 26112 bytes */
		{ 1000, 3, DRM_FORMAT_YUYV, 2048, 8192, 0 },
	};
	const struct {
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
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		assert_int_equal(buffer_layout(&buffer, other[i].width, other[i].height,
					       other[i].fourcc, &size, &why),
				 0);
		assert_int_equal(buffer.stride, other[i].stride);
		assert_int_equal(size, other[i].size);
		assert_int_equal(buffer_planes(&buffer), other[i].second ? 2 : 1);
		if (other[i].second)
			assert_int_equal(buffer_plane_offset(&buffer, 1), other[i].second);
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
		TEST(good_names),
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
		TEST(a_gpus_render_node_comes_first),
		TEST(without_a_gpu_it_is_the_primary),
		TEST(auto_takes_the_module_only_without_a_gpu),
		TEST(a_display_without_render_node),
		TEST(a_node_that_fails_is_left_closed),
		TEST(permission_names_the_group),
		TEST(permission_without_group),
		TEST(a_closed_card_node_ends_no_run),
		TEST(adopt),
		TEST(adopt_checks_the_size),
		TEST(adopt_wants_close_on_exec),
		TEST(adopt_wants_read_write),
		TEST(adopt_wants_a_size),
		TEST(adopt_wants_a_map),
		TEST(gbm_exports_by_itself),
		TEST(gbm_exports_what_only_it_can),
		TEST(a_heap_does_not_take_all),
		TEST(layout),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exporter", tests, NULL, NULL);
}
