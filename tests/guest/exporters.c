// SPDX-License-Identifier: MIT
/*
 * Every exporter on real dma-bufs. To be run as root in the guest: it opens nodes as nobody, and
 * changes the group of device nodes for a moment. Prints TAP.
 *
 *	exporters [--need=staleline,gbm,dma-heap,udmabuf]
 *
 * An exporter that is absent is skipped, with the reason, unless --need names it.
 */
#include <dirent.h>
#include <errno.h>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <gbm.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/dma-heap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drm.h>

#include "buffer/drm_node.h"
#include "buffer/exporter.h"
#include "buffer/staleline_device.h"

#define NOBODY 65534

static int tests, failures;
static const char *needed = "";

/* One line of TAP, @what a sentence, and where it fails the reason beside it. */
static bool __attribute__((format(printf, 3, 4)))
ok(bool good, const char *why, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tests);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good)
		printf("# failed: %s\n", why);
	failures += !good;
	fflush(stdout);
	return good;
}

static void skip(const char *what, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tests, what, why);
}

static bool has(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

/* Is the exporter @name among those that --need names? */
static bool is_needed(const char *name)
{
	size_t len = strlen(name);

	for (const char *at = needed; (at = strstr(at, name)); at += len) {
		if ((at == needed || at[-1] == ',') && (!at[len] || at[len] == ','))
			return true;
	}
	return false;
}

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (!dir)
		return -1;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* Maps of dma-bufs that this process has. */
static int count_maps(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	char line[512];
	int n = 0;

	while (file && fgets(line, sizeof(line), file))
		n += has(line, "dmabuf");
	if (file)
		fclose(file);
	return n;
}

static void log_line(void *data, const char *line)
{
	printf("# %s\n", line);
	snprintf(data, 1024, "%s", line);
}

static int open_exporter(struct exporter *exporter, const char *name, const char *device,
			 struct why *why)
{
	const struct exporter_wish wish = { .name = name, .device = device };
	char last[1024];

	return exporter_open(exporter, &wish, DRM_FORMAT_XRGB8888, log_line, last, why);
}

/*
 * One buffer: descriptor, name, layout, and what is written comes back.
 */

/* R30: the kernel's own words about the descriptor. */
static void check_fdinfo(const struct buffer *buffer)
{
	char path[64], text[1024] = "", name[48], size[48];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", buffer->fd);
	file = fopen(path, "re");
	n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	text[n] = '\0';
	if (file)
		fclose(file);

	snprintf(name, sizeof(name), "name:\tstaleline %" PRIu32 "\n", buffer->number);
	snprintf(size, sizeof(size), "size:\t%zu\n", buffer->size);
	ok(has(text, name), text, "fdinfo has its name, staleline %" PRIu32, buffer->number);
	ok(has(text, size), text, "fdinfo agrees on its size, %zu", buffer->size);
}

static void check_descriptor(const struct buffer *buffer)
{
	int fd_flags = fcntl(buffer->fd, F_GETFD), fl = fcntl(buffer->fd, F_GETFL);

	ok(fd_flags >= 0 && (fd_flags & FD_CLOEXEC), "F_GETFD", "the fd is close-on-exec");
	ok(fl >= 0 && (fl & O_ACCMODE) == O_RDWR, "F_GETFL", "the fd is read-write");
}

static void check_layout(const struct buffer *buffer, uint32_t width, uint32_t height)
{
	char why[160];

	snprintf(why, sizeof(why), "%ux%u stride %u offset %u modifier %" PRIx64 " size %zu",
		 buffer->width, buffer->height, buffer->stride, buffer->offset, buffer->modifier,
		 buffer->size);
	ok(buffer->width == width && buffer->height == height &&
		   buffer->fourcc == DRM_FORMAT_XRGB8888 && buffer->stride >= width * 4 &&
		   buffer->modifier == DRM_FORMAT_MOD_LINEAR &&
		   buffer->offset + (uint64_t)buffer->stride * (height - 1) + width * 4 <=
			   buffer->size,
	   why, "the layout fits: %s", why);
}

static uint32_t pattern(uint32_t x, uint32_t y, uint32_t seed)
{
	return (x * 2654435761u) ^ (y * 40503u) ^ seed;
}

static void write_pattern(struct buffer *buffer, uint32_t seed)
{
	char *pixels = buffer_pixels(buffer);

	for (uint32_t y = 0; y < buffer->height; y++) {
		uint32_t *row = (uint32_t *)(pixels + (size_t)y * buffer->stride);

		for (uint32_t x = 0; x < buffer->width; x++)
			row[x] = pattern(x, y, seed);
	}
}

/* How many pixels are not the pattern's, through @map. */
static unsigned int count_wrong(const struct buffer *buffer, const void *map, uint32_t seed)
{
	const char *pixels = (const char *)map + buffer->offset;
	unsigned int wrong = 0;

	for (uint32_t y = 0; y < buffer->height; y++) {
		const uint32_t *row = (const uint32_t *)(pixels + (size_t)y * buffer->stride);

		for (uint32_t x = 0; x < buffer->width; x++)
			wrong += row[x] != pattern(x, y, seed);
	}
	return wrong;
}

static void check_access(struct buffer *buffer, uint32_t seed)
{
	struct access *access = &buffer->access;
	unsigned int wrong = ~0u;
	size_t size = 0;
	void *map = NULL;
	char why[120];
	int wait, begin, end, submit, err;

	wait = access_wait(access, ACCESS_WRITE, 1000);
	begin = access_begin(access, ACCESS_WRITE);
	if (!begin)
		write_pattern(buffer, seed);
	end = access_end(access, ACCESS_WRITE);
	submit = access_submit(access);
	snprintf(why, sizeof(why), "wait %d begin %d end %d submit %d", wait, begin, end, submit);
	ok(!wait && !begin && !end && !submit, why, "a WRITE frame: %s", why);

	err = access_map(buffer->fd, ACCESS_READ, &size, &map);
	if (!ok(!err && size == buffer->size && map != buffer->map, strerror(-err), "a second map"))
		return;
	wait = access_wait(access, ACCESS_READ, 1000);
	begin = access_begin(access, ACCESS_READ);
	if (!begin)
		wrong = count_wrong(buffer, map, seed);
	end = access_end(access, ACCESS_READ);
	munmap(map, size);
	snprintf(why, sizeof(why), "wait %d begin %d end %d, %u wrong pixels", wait, begin, end,
		 wrong);
	ok(!wait && !begin && !end && wrong == 0, why,
	   "what was written comes back through the second map");
	ok(access->violations == 0, access->violation ? access->violation : "", "no rule broken");
}

static const struct {
	uint32_t width, height;
} sizes[] = { { 256, 64 }, { 64, 64 }, { 333, 77 }, { 17, 5 }, { 1, 1 }, { 1919, 1079 } };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* All sizes at once, so that several buffers are alive. */
static void check_sizes(struct exporter *exporter)
{
	struct buffer buffers[SIZES];
	struct why why = { "" };

	for (uint32_t i = 0; i < SIZES; i++) {
		int err = exporter_alloc(exporter, sizes[i].width, sizes[i].height,
					 DRM_FORMAT_XRGB8888, &buffers[i], &why);

		if (!ok(!err, why.text, "%s allocates %ux%u", exporter->ops->name, sizes[i].width,
			sizes[i].height))
			continue;
		ok(buffers[i].number == i + 1, "number", "it is number %u", i + 1);
		check_descriptor(&buffers[i]);
		check_fdinfo(&buffers[i]);
		check_layout(&buffers[i], sizes[i].width, sizes[i].height);
		check_access(&buffers[i], i);
	}
	ok(count_maps() == (int)SIZES, "maps", "%d maps of dma-bufs, one each", (int)SIZES);
	/* The first still holds its own: no two share memory. */
	if (buffers[0].fd >= 0 && !access_wait(&buffers[0].access, ACCESS_READ, 1000) &&
	    !access_begin(&buffers[0].access, ACCESS_READ)) {
		ok(count_wrong(&buffers[0], buffers[0].map, 0) == 0, "pixels",
		   "the first buffer kept its pixels while the others were written");
		access_end(&buffers[0].access, ACCESS_READ);
	}
	for (uint32_t i = 0; i < SIZES; i++)
		exporter_free(&buffers[i]);
	ok(count_maps() == 0, "maps", "freed, none is mapped");
}

/* What can't be had, and that the message names @word. */
static void check_refused(struct exporter *exporter, uint32_t width, uint32_t height,
			  uint32_t fourcc, int expected, const char *word)
{
	struct buffer buffer;
	struct why why = { "" };
	int before = count_fds();
	int err = exporter_alloc(exporter, width, height, fourcc, &buffer, &why);

	printf("# %s\n", why.text);
	ok(err < 0 && (!expected || err == expected) && has(why.text, word), why.text,
	   "%s refuses %ux%u of format %08x: %s", exporter->ops->name, width, height, fourcc,
	   strerror(-err));
	if (!err)
		exporter_free(&buffer);
	ok(count_fds() == before, "fds", "and leaves no fd");
}

static void check_limits(struct exporter *exporter)
{
	const char *name = exporter->ops->name;

	check_refused(exporter, 0, 64, DRM_FORMAT_XRGB8888, -EINVAL, "no pixels");
	check_refused(exporter, 64, 64, DRM_FORMAT_NV16, -EINVAL, "NV16");
	check_refused(exporter, UINT32_MAX, UINT32_MAX, DRM_FORMAT_XRGB8888, -EOVERFLOW,
		      "too large");
	if (!strcmp(name, "udmabuf")) /* 4096 x 4 bytes x 4097: one row over 64 MiB */
		check_refused(exporter, 4096, 4097, DRM_FORMAT_XRGB8888, -EINVAL,
			      "limit of 64 MiB");
	if (!strcmp(name, "staleline")) /* 256 MiB is the limit */
		check_refused(exporter, 16384, 16383, DRM_FORMAT_XRGB8888, 0, "max_buffer_mib=");
	if (!strcmp(name, "dma-heap")) /* 1 TiB */
		check_refused(exporter, 1 << 19, 1 << 19, DRM_FORMAT_XRGB8888, -ENOMEM,
			      "more than an eighth");
}

/*
 * Descriptors that an exporter of ours never makes.
 */

/* Hand @fd to buffer_adopt() as a small buffer: it must be refused with @word, and closed. */
static void check_adopt_refused(int fd, int expected, const char *word, const char *what)
{
	struct buffer buffer = {
		.width = 16, .height = 4, .stride = 256, .fourcc = DRM_FORMAT_XRGB8888
	};
	struct why why = { "" };
	int err = buffer_adopt(&buffer, fd, &why);

	printf("# %s\n", why.text);
	ok(err == expected && has(why.text, word), why.text, "adopting %s: %s", what,
	   strerror(-err));
	ok(fcntl(fd, F_GETFD) < 0 && errno == EBADF, "still open", "and its fd is closed");
	if (!err)
		buffer_disown(&buffer);
}

static int export_bo(struct gbm_device *gbm, struct gbm_bo *bo, uint32_t flags)
{
	int fd = -1;

	drmPrimeHandleToFD(gbm_device_get_fd(gbm), gbm_bo_get_handle(bo).u32, flags, &fd);
	return fd;
}

static void check_odd_gbm_fds(const struct exporter *exporter)
{
	const struct drm_node *node = exporter->priv;
	struct gbm_bo *bo = drm_node_create_bo(node->gbm, 16, 4, DRM_FORMAT_XRGB8888);
	int fd;

	if (!ok(bo != NULL, strerror(errno), "a bo of our own"))
		return;
	fd = export_bo(node->gbm, bo, DRM_CLOEXEC);
	if (!strcmp(node->driver,
		    "staleline")) /* its export hook sees to it, whatever is asked for */
		ok((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR && !close(fd), "read-only",
		   "exported without DRM_RDWR, and read-write nevertheless");
	else if (ok(fd >= 0, strerror(errno), "exported without DRM_RDWR"))
		check_adopt_refused(fd, -EACCES, "read-only", "a read-only fd");
	gbm_bo_destroy(bo);

	bo = drm_node_create_bo(node->gbm, 16, 4, DRM_FORMAT_XRGB8888);
	fd = bo ? export_bo(node->gbm, bo, DRM_RDWR) : -1;
	if (ok(fd >= 0, strerror(errno), "exported without DRM_CLOEXEC"))
		check_adopt_refused(fd, -EINVAL, "R28", "an fd that is not close-on-exec");
	if (bo)
		gbm_bo_destroy(bo);
}

/* The reason for exporting before everybody else: the mode of the first export stays. */
static void check_first_export_settles(const struct exporter *exporter)
{
	const struct drm_node *node = exporter->priv;
	struct gbm_bo *bo = drm_node_create_bo(node->gbm, 16, 4, DRM_FORMAT_XRGB8888);
	int first, second, mode;

	if (!bo || !strcmp(node->driver, "staleline"))
		goto out;
	first = export_bo(node->gbm, bo, DRM_CLOEXEC);
	second = export_bo(node->gbm, bo, DRM_CLOEXEC | DRM_RDWR);
	mode = fcntl(second, F_GETFL) & O_ACCMODE;
	ok(first >= 0 && second >= 0 && mode == O_RDONLY, "it is writable now",
	   "the first export's mode stays: DRM_RDWR comes too late");
	close(first);
	close(second);
out:
	if (bo)
		gbm_bo_destroy(bo);
}

static int alloc_from_heap(uint32_t fd_flags)
{
	struct dma_heap_allocation_data data = { .len = 4096, .fd_flags = fd_flags };
	int heap = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
	int err = heap < 0 ? -1 : ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data);

	if (heap >= 0)
		close(heap);
	return err < 0 ? -1 : (int)data.fd;
}

static void check_odd_heap_fds(void)
{
	int fd = alloc_from_heap(O_RDONLY | O_CLOEXEC);

	if (ok(fd >= 0, strerror(errno), "a heap's buffer without O_RDWR"))
		check_adopt_refused(fd, -EACCES, "read-only", "a read-only fd");

	fd = alloc_from_heap(O_RDWR);
	if (ok(fd >= 0, strerror(errno), "a heap's buffer without O_CLOEXEC"))
		check_adopt_refused(fd, -EINVAL, "R28", "an fd that is not close-on-exec");

	fd = alloc_from_heap(O_RDWR | O_CLOEXEC);
	if (ok(fd >= 0, strerror(errno), "a heap's buffer of one page")) {
		struct buffer buffer = {
			.width = 16, .height = 17, .stride = 256, .fourcc = DRM_FORMAT_XRGB8888
		};
		struct why why = { "" };
		int err = buffer_adopt(&buffer, fd, &why);

		printf("# %s\n", why.text);
		ok(err == -EOVERFLOW && has(why.text, "4096"), why.text,
		   "adopting it for a layout that is larger: %s", strerror(-err));
	}
}

/*
 * No permission, no such node.
 */

/* As nobody, in a child: exporter_open() must fail with -EACCES, naming @word. */
static void check_as_nobody(const char *name, const char *device, const char *word)
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct exporter exporter;
		struct why why = { "" };
		int err;

		if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
			_exit(9);
		err = open_exporter(&exporter, name, device, &why);
		printf("# %s\n", why.text);
		fflush(stdout);
		_exit(err == -EACCES && has(why.text, "Permission denied") && has(why.text, word)
			      ? 0
			      : 1);
	}
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "see the line above",
	   "%s as nobody: the message names \"%s\"", name, word);
}

/* For a moment @path is a group's, as a distribution's udev rules make it. */
static void check_permission(const char *name, const char *path)
{
	const char *device = strcmp(name, "gbm") ? NULL : path;
	const struct group *group = getgrnam("video");
	struct stat st;

	if (!group || stat(path, &st) < 0) {
		skip("permission", "no group video or no node");
		return;
	}
	chown(path, 0, group->gr_gid);
	chmod(path, 0660);
	check_as_nobody(name, device, "usermod -a -G video");
	chown(path, 0, 0);
	chmod(path, 0600);
	check_as_nobody(name, device, "only user root");
	chown(path, st.st_uid, st.st_gid);
	chmod(path, st.st_mode & 07777);
}

static void check_no_such(const char *name, const char *device, int expected, const char *word)
{
	struct exporter exporter;
	struct why why = { "" };
	int before = count_fds();
	int err = open_exporter(&exporter, name, device, &why);

	printf("# %s\n", why.text);
	ok(err == expected && has(why.text, word), why.text, "%s on %s: %s", name,
	   device ? device : "nothing", strerror(-err));
	if (!err)
		exporter_close(&exporter);
	ok(count_fds() == before, "fds", "and leaves no fd");
}

/* Our open of a primary node must not keep a compositor out. */
static void check_master_is_free(const struct exporter *exporter)
{
	const struct drm_node *node = exporter->priv;
	int fd;

	ok(!drmIsMaster(node->fd), "it is master", "%s is open and not DRM master", node->path);
	fd = open(node->path, O_RDWR | O_CLOEXEC);
	ok(fd >= 0 && (has(node->path, "render") || drmIsMaster(fd)), "it is not",
	   "the next to open it can be");
	close(fd);
}

/* For drm_node_each(). */
static int count_device(void *data, const char *path)
{
	printf("# device: %s\n", path);
	++*(int *)data;
	return 0;
}

/* Every node of the device must lead to the one that works. */
static void check_each_node(const struct exporter *exporter)
{
	const struct drm_node *node = exporter->priv;
	struct dirent **entries;
	int n = scandir("/dev/dri", &entries, NULL, alphasort), nodes = 0, devices = 0;

	for (int i = 0; i < n; i++) {
		char path[300];
		struct drm_node other;
		struct why why = { "" };
		struct stat st;

		snprintf(path, sizeof(path), "/dev/dri/%s", entries[i]->d_name);
		free(entries[i]);
		if (stat(path, &st) < 0 || !S_ISCHR(st.st_mode) ||
		    !drm_node_is_device(node->fd, st.st_rdev))
			continue;
		nodes++;
		if (!ok(!drm_node_open(&other, path, &why), why.text, "%s opens", path))
			continue;
		ok(!strcmp(other.path, node->path), other.path, "by %s, %s, %s", other.path,
		   other.driver, gbm_device_get_backend_name(other.gbm));
		drm_node_close(&other);
	}
	if (n >= 0)
		free(entries);
	if (strcmp(node->driver, "vgem"))
		return;
	ok(nodes == 2, "nodes", "vgem has two nodes, and both are known to be its own");
	ok(!drm_node_each(0, count_device, &devices) && devices >= 1 && devices < n - 2, "devices",
	   "devices in all: %d, fewer than nodes", devices);
}

/*
 * The module's modes.
 */

static void check_mode(const char *name, uint32_t mode)
{
	struct staleline_view view;
	struct exporter exporter;
	struct buffer buffer;
	struct why why = { "" };
	int before = count_fds();

	if (!ok(!open_exporter(&exporter, name, NULL, &why) &&
			!exporter_alloc(&exporter, 64, 64, DRM_FORMAT_XRGB8888, &buffer, &why),
		why.text, "%s gives a buffer", name))
		return;
	if (ok(!staleline_view_open(&view, &buffer, &why), why.text, "which is the module's")) {
		ok(view.params.mode == mode, "another mode", "of mode %u", mode);
		staleline_view_close(&view);
	}
	check_access(&buffer, mode);
	exporter_free(&buffer);
	exporter_close(&exporter);
	ok(count_fds() == before, "fds", "%s: all fds are closed again", name);
}

static void check_modes(void)
{
	struct staleline_device device;
	struct staleline_view view;
	struct exporter exporter;
	struct buffer buffer;
	struct why why = { "" };

	if (staleline_device_open(&device, NULL, &why)) {
		skip("modes", why.text);
		return;
	}
	ok(!drmIsMaster(device.fd), "it is master", "%s is open and not DRM master", device.path);
	staleline_device_close(&device);
	check_mode("staleline:coherent", DRM_STALELINE_MODE_COHERENT);
	check_mode("staleline:noncoherent", DRM_STALELINE_MODE_NONCOHERENT);
	check_mode("staleline:trap", DRM_STALELINE_MODE_TRAP);
	if (!open_exporter(&exporter, "udmabuf", NULL, &why) &&
	    !exporter_alloc(&exporter, 64, 64, DRM_FORMAT_XRGB8888, &buffer, &why)) {
		ok(staleline_view_open(&view, &buffer, &why) == -EOPNOTSUPP, why.text,
		   "udmabuf's is not the module's: %s", why.text);
		exporter_free(&buffer);
		exporter_close(&exporter);
	}
}

/*
 * The exporters, one after the other.
 */

static void check_exporter(const char *name)
{
	int before = count_fds();
	struct exporter exporter;
	struct why why = { "" };
	char path[64];
	int err = open_exporter(&exporter, name, NULL, &why);

	if (err && !is_needed(name)) {
		skip(name, why.text);
		return;
	}
	if (!ok(!err, why.text, "%s opens", name))
		return;

	printf("# %s on %s: %s\n", name, exporter.device, exporter.ops->about);
	snprintf(path, sizeof(path), "%s", exporter.device);
	check_sizes(&exporter);
	check_limits(&exporter);
	if (!strcmp(name, "gbm")) {
		check_odd_gbm_fds(&exporter);
		check_first_export_settles(&exporter);
		check_master_is_free(&exporter);
		check_each_node(&exporter);
	} else if (!strcmp(name, "dma-heap")) {
		check_odd_heap_fds();
	}
	exporter_close(&exporter);
	ok(count_fds() == before, "fds", "%s: all fds are closed again", name);
	check_permission(name, path);
}

static void check_auto(void)
{
	static const char *const order[] = { "staleline", "gbm", "dma-heap", "udmabuf" };
	struct exporter_wish wish = { .name = "auto", .has_main_device = true };
	struct exporter exporter;
	struct why why = { "" };
	char last[1024] = "", took[96];
	int before = count_fds(), err;
	struct stat st;

	if (stat("/dev/dri/card0", &st) == 0)
		wish.main_device = st.st_rdev;
	err = exporter_open(&exporter, &wish, DRM_FORMAT_XRGB8888, log_line, last, &why);
	if (err && !needed[0]) {
		skip("auto", why.text);
		return;
	}
	if (!ok(!err, why.text, "auto takes one"))
		return;
	for (size_t i = 0; i < 4; i++) {
		if (is_needed(order[i])) {
			ok(!strcmp(exporter.ops->name, order[i]), exporter.ops->name,
			   "it is %s, the first of those that are needed", order[i]);
			break;
		}
	}
	snprintf(took, sizeof(took), "took %s on %s", exporter.ops->name, exporter.device);
	ok(has(last, took), last, "and says so: %s", took);
	ok(exporter.buffers == 0, "numbers", "its trial leaves number 1 to the first buffer");
	exporter_close(&exporter);
	ok(count_fds() == before, "fds", "auto: all fds are closed again");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--need=", 7)) {
			fprintf(stderr,
				"usage: exporters [--need=staleline,gbm,dma-heap,udmabuf]\n");
			return 2;
		}
		needed = argv[i] + 7;
	}

	check_exporter("staleline");
	check_modes();
	check_exporter("gbm");
	check_exporter("dma-heap");
	check_exporter("udmabuf");
	check_auto();
	check_no_such("nonsense", NULL, -EINVAL, "there are: auto, staleline, staleline:MODE, gbm");
	check_no_such("staleline:fast", NULL, -EINVAL, "coherent, noncoherent, trap");
	check_no_such("staleline", "/dev/null", -ENODEV, "not a DRM device");
	check_no_such("gbm", "/dev/dri/card99", -ENOENT, "/dev/dri/card99");
	check_no_such("gbm", "/dev/null", -ENODEV, "not a DRM device");
	check_no_such("dma-heap:../null", NULL, -EINVAL, "without \"/\"");
	check_no_such("dma-heap:nope", NULL, -ENOENT,
		      access("/dev/dma_heap/system", F_OK) ? "no heap at all"
							   : "there are: system");
	printf("1..%d\n# %d of %d failed\n", tests, failures, tests);
	return failures ? 1 : 0;
}
