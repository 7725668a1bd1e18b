// SPDX-License-Identifier: MIT
/* drm_node: the node of a DRM device that can allocate, found by trial. See drm_node.h. */
#include "buffer/drm_node.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <gbm.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xf86drm.h>

#include "buffer/device_file.h"
#include "buffer/drm_device.h"

#define TRIAL_SIZE 64

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
	if (fstat(fd, &st) == 0 && drm_device_has_node(&st) && drmIsMaster(fd) &&
	    drmDropMaster(fd) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

bool drm_node_is_device(int fd, dev_t device)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && drm_device_same(st.st_rdev, device);
}

int drm_node_each(dev_t first, int (*each)(void *data, const char *path), void *data)
{
	struct drm_device devices[DRM_DEVICES];
	int n = drm_device_scan(devices);

	if (n == 0)
		return -ENODEV;

	/* Two rounds: the one that is first, then all the others. */
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < n; i++) {
			bool is_first = first && drm_device_same(devices[i].rdev, first);
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
	 * Without either a driver is free to tile, and the CPU would draw a puzzle. RENDERING is
	 * for the EGL peer, which draws into the buffer where it writes.
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
		node->fd = -1;
		return device_file_why(why, err, path, drm_device_absent);
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
bool drm_driver_has_no_gpu(const char *driver)
{
	static const char *const drivers[] = { "vgem", "vkms", "simpledrm", "staleline" };

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!strcmp(driver, drivers[i]))
			return true;
	return false;
}

static bool has_no_gpu(const char *path)
{
	int fd = drm_node_open_fd(path);
	drmVersionPtr version = fd < 0 ? NULL : drmGetVersion(fd);
	bool found = version && drm_driver_has_no_gpu(version->name);

	if (version)
		drmFreeVersion(version);
	if (fd >= 0)
		close(fd);
	return found;
}

bool drm_node_find_gpu(char path[64])
{
	struct drm_device devices[DRM_DEVICES];
	int n = drm_device_scan(devices);

	for (int i = 0; i < n; i++) {
		if (devices[i].render[0] && !has_no_gpu(devices[i].render)) {
			snprintf(path, 64, "%s", devices[i].render);
			return true;
		}
	}
	return false;
}

/*
 * The nodes to try, in order, into @paths. How many.
 *
 * That a node allocates is not enough to take it. A GPU's primary node may do so without the GPU:
 * where a desktop is DRM master, nobody else is authenticated there, so Mesa falls back to its
 * software renderer, and that one's dumb buffers need no authentication. So the render node comes
 * first whichever was named, unless the driver is known to have no GPU.
 */
static int order_nodes(const char *path, const struct drm_device *device, const char *paths[3])
{
	bool no_gpu = has_no_gpu(path);
	const char *const wanted[3] = {
		no_gpu ? device->primary : device->render,
		path,
		no_gpu ? device->render : device->primary,
	};
	int n = 0;

	for (int i = 0; i < 3; i++) {
		if (wanted[i][0] && !tried(paths, n, wanted[i]))
			paths[n++] = wanted[i];
	}
	return n;
}

int drm_node_open(struct drm_node *node, const char *path, struct why *why)
{
	struct drm_device device;
	const char *paths[3];
	struct why each[3];
	int n, err;

	*node = (struct drm_node){ .fd = -1 };
	err = drm_device_find(path, &device, why);
	if (err)
		return err;

	n = order_nodes(path, &device, paths);
	for (int i = 0; i < n; i++) {
		err = try_node(node, paths[i], &each[i]);
		if (!err)
			return 0;
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
