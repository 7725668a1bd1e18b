// SPDX-License-Identifier: MIT
/*
 * drm_node: DRM devices and the node of each that can allocate. See drm_node.h.
 *
 * Which nodes belong to one device is read from sysfs: /sys/dev/char/226:128/device is a link to
 * the device. libdrm's drmGetDevices2() would say the same, but it leaves out devices on a bus it
 * does not know, and since Linux 6.16 vgem and vkms sit on such a one for libdrm before 2.4.125.
 */
#include "buffer/drm_node.h"

#include <dirent.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <gbm.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>

#include "buffer/device_file.h"

#define DRI_DIR "/dev/dri"
#define MAX_DEVICES 32
#define TRIAL_SIZE 64

static const char absent[] =
	"is there a DRM driver? `ls -l " DRI_DIR "` shows the devices; without "
	"a GPU `sudo modprobe vgem` makes one in software";

/* DRM's character devices, since ever (Documentation/admin-guide/devices.txt). */
#define DRM_CHAR_MAJOR 226

static bool is_drm(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == DRM_CHAR_MAJOR;
}

int drm_node_open_fd(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;

	/*
	 * Whoever opens a primary node while nobody is master becomes it. No process may get
	 * between: the open has already made us master, so drop it before anything else is done.
	 * A render node is never master, and says so.
	 */
	if (fstat(fd, &st) == 0 && is_drm(&st) && drmIsMaster(fd) && drmDropMaster(fd) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* The directory of @rdev's device in sysfs, links resolved. False where there is none. */
static bool device_of(dev_t rdev, char real[PATH_MAX])
{
	char link[64];

	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(rdev), minor(rdev));
	return realpath(link, real) != NULL;
}

static bool same_device(dev_t a, dev_t b)
{
	char of_a[PATH_MAX], of_b[PATH_MAX];

	if (a == b)
		return true;
	return device_of(a, of_a) && device_of(b, of_b) && !strcmp(of_a, of_b);
}

bool drm_node_is_device(int fd, dev_t device)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && same_device(st.st_rdev, device);
}

/* The nodes of one device; a path is "" where it has no such node. */
struct device {
	dev_t rdev; /* of either node */
	char render[64];
	char primary[64];
};

/* Every device that has a node in /dev/dri. How many; 0 also where the directory is missing. */
static int scan_devices(struct device *devices, int max)
{
	DIR *dir = opendir(DRI_DIR);
	const struct dirent *entry;
	int n = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		struct device *device = devices;
		struct stat st;
		char path[64];
		int len = snprintf(path, sizeof(path), DRI_DIR "/%s", entry->d_name);

		/* card0, renderD128; not by-path/, nor a name that somebody else put there. */
		if (len < 0 || (size_t)len >= sizeof(path) || stat(path, &st) < 0 || !is_drm(&st))
			continue;

		while (device < devices + n && !same_device(device->rdev, st.st_rdev))
			device++;
		if (device == devices + n) {
			if (n == max)
				continue;
			n++;
			*device = (struct device){ .rdev = st.st_rdev };
		}
		memcpy(strncmp(entry->d_name, "renderD", 7) ? device->primary : device->render,
		       path, sizeof(path));
	}
	closedir(dir);
	return n;
}

/* Those with a render node first, then by number: readdir(3) has no order of its own. */
static int compare_devices(const void *left, const void *right)
{
	const struct device *a = left, *b = right;

	if (!a->render[0] != !b->render[0])
		return !a->render[0] ? 1 : -1;
	return strverscmp(a->render[0] ? a->render : a->primary,
			  b->render[0] ? b->render : b->primary);
}

int drm_node_each(dev_t first, int (*each)(void *data, const char *path), void *data)
{
	struct device devices[MAX_DEVICES];
	int n = scan_devices(devices, MAX_DEVICES);

	if (n == 0)
		return -ENODEV;
	qsort(devices, (size_t)n, sizeof(devices[0]), compare_devices);

	/* Two rounds: the one that is first, then all the others. */
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < n; i++) {
			bool is_first = first && same_device(devices[i].rdev, first);
			int stop;

			if (is_first != (round == 0))
				continue;
			stop = each(data,
				    devices[i].render[0] ? devices[i].render : devices[i].primary);
			if (stop)
				return stop;
		}
	}
	return 0;
}

struct gbm_bo *drm_node_create_bo(struct gbm_device *gbm, uint32_t width, uint32_t height,
				  uint32_t fourcc)
{
	const uint64_t linear = DRM_FORMAT_MOD_LINEAR;
	struct gbm_bo *bo;

	/*
	 * Asked for by modifier where the driver knows modifiers, by usage flag where it doesn't.
	 * Without either a driver is free to tile, and the CPU would draw a puzzle. RENDERING is for
	 * the EGL peer, which draws into the buffer where it writes.
	 */
	bo = gbm_bo_create_with_modifiers2(gbm, width, height, fourcc, &linear, 1,
					   GBM_BO_USE_RENDERING);
	if (bo)
		return bo;
	return gbm_bo_create(gbm, width, height, fourcc, GBM_BO_USE_RENDERING | GBM_BO_USE_LINEAR);
}

/* Open @path and allocate on it. 0 or -errno with @why; then nothing is left open. */
static int try_node(struct drm_node *node, const char *path, struct why *why)
{
	struct gbm_bo *bo;
	drmVersionPtr version;
	int err;

	*node = (struct drm_node){ .fd = drm_node_open_fd(path) };
	if (node->fd < 0) {
		err = node->fd;
		return device_file_why(why, err, path, absent);
	}
	snprintf(node->path, sizeof(node->path), "%s", path);

	version = drmGetVersion(node->fd);
	if (!version) {
		err = why_set(why, -ENODEV, "%s is not a DRM device", path);
		goto fail;
	}
	snprintf(node->driver, sizeof(node->driver), "%s", version->name);
	drmFreeVersion(version);

	errno = 0;
	node->gbm = gbm_create_device(node->fd);
	if (!node->gbm) {
		err = why_set(why, errno ? -errno : -ENODEV,
			      "%s (%s): GBM has no driver for it; is Mesa's (Debian: "
			      "libgl1-mesa-dri) installed?",
			      path, node->driver);
		goto fail;
	}

	errno = 0;
	bo = drm_node_create_bo(node->gbm, TRIAL_SIZE, TRIAL_SIZE, DRM_FORMAT_XRGB8888);
	if (!bo) {
		err = errno ? -errno : -EIO;
		why_set(why, err, "%s (%s) allocates no LINEAR buffer: %s", path, node->driver,
			strerror(-err));
		goto fail;
	}
	gbm_bo_destroy(bo);
	return 0;

fail:
	drm_node_close(node);
	return err;
}

/* The device that holds @path, if it is one. 0 or -errno with @why. */
static int find_device(const char *path, struct device *found, struct why *why)
{
	struct device devices[MAX_DEVICES];
	struct stat st;
	int n;

	if (stat(path, &st) < 0)
		return device_file_why(why, -errno, path, absent);
	if (!is_drm(&st))
		return why_set(why, -ENODEV,
			       "%s is not a DRM device; those are %s/card* and %s/renderD*", path,
			       DRI_DIR, DRI_DIR);

	n = scan_devices(devices, MAX_DEVICES);
	for (int i = 0; i < n; i++) {
		if (same_device(devices[i].rdev, st.st_rdev)) {
			*found = devices[i];
			return 0;
		}
	}
	*found = (struct device){ .rdev = st.st_rdev }; /* a node made elsewhere than /dev/dri */
	return 0;
}

/* Is the same node among the first @n of @paths, maybe under another name? */
static bool tried(const char *const *paths, int n, const char *path)
{
	struct stat a, b;

	for (int i = 0; i < n; i++) {
		if (stat(paths[i], &a) == 0 && stat(path, &b) == 0 && a.st_rdev == b.st_rdev)
			return true;
	}
	return false;
}

/*
 * Drivers without a GPU: on their render nodes, where they have any, nothing can be allocated, and
 * Mesa complains on stderr when that is tried. Only a short cut: a driver that is missing here
 * (or a GPU that Mesa has no driver for) is found out by trial.
 */
static bool has_no_gpu(const char *path)
{
	static const char *const drivers[] = { "vgem", "vkms", "simpledrm", "staleline" };
	int fd = drm_node_open_fd(path);
	drmVersionPtr version = fd < 0 ? NULL : drmGetVersion(fd);
	bool found = false;

	for (size_t i = 0; version && i < sizeof(drivers) / sizeof(drivers[0]); i++)
		found |= !strcmp(version->name, drivers[i]);
	if (version)
		drmFreeVersion(version);
	if (fd >= 0)
		close(fd);
	return found;
}

/*
 * Software drivers allocate on their primary node only. Where the primary node was the user's
 * choice and works, whether the render node would have too is still to be found out.
 */
static bool is_software(const char *works, const char *render)
{
	struct drm_node node;
	struct why why;

	if (!render[0] || has_no_gpu(works))
		return true;
	if (tried(&render, 1, works)) /* it is the render node that works */
		return false;
	if (try_node(&node, render, &why))
		return true;
	drm_node_close(&node);
	return false;
}

/* The nodes to try, in order, into @paths. How many. */
static int order_nodes(const char *path, const struct device *device, const char *paths[3])
{
	int n = 0;

	if (device->primary[0] && has_no_gpu(path))
		paths[n++] = device->primary;
	if (!tried(paths, n, path))
		paths[n++] = path;
	if (device->render[0] && !tried(paths, n, device->render))
		paths[n++] = device->render;
	if (device->primary[0] && !tried(paths, n, device->primary))
		paths[n++] = device->primary;
	return n;
}

int drm_node_open(struct drm_node *node, const char *path, struct why *why)
{
	struct device device;
	const char *paths[3];
	struct why each[3];
	int n, err;

	*node = (struct drm_node){ .fd = -1 };
	err = find_device(path, &device, why);
	if (err)
		return err;

	n = order_nodes(path, &device, paths);
	for (int i = 0; i < n; i++) {
		err = try_node(node, paths[i], &each[i]);
		if (!err) {
			node->software = is_software(paths[i], device.render);
			return 0;
		}
	}
	/*
	 * The last error is handed back, all sentences are: a software driver's render node
	 * refuses by nature, its primary node is where a person can mend something.
	 */
	return why_set(why, err, "%s%s%s%s%s", each[0].text, n > 1 ? "; " : "",
		       n > 1 ? each[1].text : "", n > 2 ? "; " : "", n > 2 ? each[2].text : "");
}

void drm_node_close(struct drm_node *node)
{
	if (node->gbm)
		gbm_device_destroy(node->gbm);
	node->gbm = NULL;
	if (node->fd >= 0)
		close(node->fd);
	node->fd = -1;
}
