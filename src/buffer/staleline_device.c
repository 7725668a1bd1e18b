// SPDX-License-Identifier: MIT
/* staleline_device: the module's card node and its ioctls. See staleline_device.h. */
#include "buffer/staleline_device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <unistd.h>
#include <xf86drm.h>

#include "buffer/buffer.h"
#include "buffer/device_file.h"
#include "buffer/drm_device.h"
#include "buffer/drm_node.h"

#define DRIVER "staleline"

static const char *const mode_names[] = {
	[DRM_STALELINE_MODE_COHERENT] = "coherent",
	[DRM_STALELINE_MODE_NONCOHERENT] = "noncoherent",
	[DRM_STALELINE_MODE_TRAP] = "trap",
};

enum { MODES = sizeof(mode_names) / sizeof(mode_names[0]) };

int staleline_mode_find(const char *name)
{
	for (int i = 0; i < MODES; i++)
		if (!strcmp(name, mode_names[i]))
			return i;
	return -EINVAL;
}

const char *staleline_mode_name(uint32_t mode)
{
	return mode < MODES ? mode_names[mode] : "an unknown mode";
}

/* Open the primary node of @found, if its driver is the module. 0 or -errno with @why. */
static int open_primary(struct staleline_device *device, const struct drm_device *found,
			const char *path, struct why *why)
{
	drmVersionPtr version;
	bool ours;
	int fd;

	if (!found->primary[0])
		return why_set(why, -ENODEV, "%s has no card node, so it is not the module's",
			       path);
	fd = drm_node_open_fd(found->primary);
	if (fd < 0)
		return device_file_why(why, fd, found->primary, drm_device_absent);
	version = drmGetVersion(fd);
	ours = version && !strcmp(version->name, DRIVER);
	if (ours) {
		device->fd = fd;
		snprintf(device->path, sizeof(device->path), "%s", found->primary);
	} else {
		close(fd);
		why_set(why, -ENODEV, "%s is driver %s's, not the module's", path,
			version ? version->name : "nobody");
	}
	if (version)
		drmFreeVersion(version);
	return ours ? 0 : -ENODEV;
}

/*
 * Does sysfs say that @found is another driver's? Then its node is left alone: a GPU's
 * may be closed to us, and is nothing to us. A module without a bus has no driver bound
 * there, but its name is told.
 */
static bool is_anothers(const struct drm_device *found)
{
	char path[64], text[1024];
	ssize_t len = -1;
	int fd;

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device/uevent", major(found->rdev),
		 minor(found->rdev));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	if (len <= 0)
		return false; /* not told: then the node must be asked */
	text[len] = '\0';
	return !strstr(text, "DRIVER=" DRIVER "\n") &&
	       !strstr(text, "MODALIAS=platform:" DRIVER "\n");
}

/* One that is there but may not be opened could be it: then that is the thing to tell. */
static int open_any(struct staleline_device *device, struct why *why)
{
	struct drm_device devices[DRM_DEVICES];
	int n = drm_device_scan(devices);
	struct why denied = { "" };

	for (int i = 0; i < n; i++) {
		int err;

		if (!devices[i].primary[0] || is_anothers(&devices[i]))
			continue;
		err = open_primary(device, &devices[i], devices[i].primary, why);
		if (!err)
			return 0;
		if (err == -EACCES)
			denied = *why;
	}
	if (denied.text[0]) {
		*why = denied;
		return why_prefix(why, -EACCES,
				  "no device of the staleline module among those "
				  "that may be opened; ");
	}
	return why_set(why, -ENODEV,
		       "no device of the staleline module: is it loaded? `sudo modprobe " DRIVER
		       "`, or `sudo insmod` of what docs/module.md tells to build");
}

int staleline_device_open(struct staleline_device *device, const char *path, struct why *why)
{
	struct drm_device found;
	int err;

	*device = (struct staleline_device){ .fd = -1 };
	if (!path)
		return open_any(device, why);
	err = drm_device_find(path, &found, why);
	return err ? err : open_primary(device, &found, path, why);
}

void staleline_device_close(struct staleline_device *device)
{
	if (device->fd >= 0)
		close(device->fd);
	device->fd = -1;
}

int staleline_device_import(const struct staleline_device *device, int dmabuf, uint32_t *handle)
{
	*handle = 0;
	return drmPrimeFDToHandle(device->fd, dmabuf, handle) < 0 ? -errno : 0;
}

void staleline_device_drop(const struct staleline_device *device, uint32_t handle)
{
	if (handle)
		drmCloseBufferHandle(device->fd, handle);
}

/* drmIoctl restarts at EINTR and EAGAIN. */
static int call(const struct staleline_device *device, unsigned long request, void *arg)
{
	return drmIoctl(device->fd, request, arg) < 0 ? -errno : 0;
}

int staleline_device_info(const struct staleline_device *device, struct drm_staleline_info *info)
{
	return call(device, DRM_IOCTL_STALELINE_INFO, info);
}

int staleline_device_set(const struct staleline_device *device, struct drm_staleline_params *params)
{
	return call(device, DRM_IOCTL_STALELINE_SET, params);
}

int staleline_device_get(const struct staleline_device *device, struct drm_staleline_params *params)
{
	return call(device, DRM_IOCTL_STALELINE_GET, params);
}

int staleline_device_state(const struct staleline_device *device, struct drm_staleline_state *state)
{
	return call(device, DRM_IOCTL_STALELINE_STATE, state);
}

int staleline_device_counters(const struct staleline_device *device,
			      struct drm_staleline_counters *counters)
{
	return call(device, DRM_IOCTL_STALELINE_COUNTERS, counters);
}

int staleline_device_job(const struct staleline_device *device, struct drm_staleline_job *job)
{
	return call(device, DRM_IOCTL_STALELINE_JOB, job);
}

/* Both handles, or the one. */
static int import_all(struct staleline_view *view, const struct buffer *buffer)
{
	int err = staleline_device_import(&view->device, buffer->fd, &view->handle);

	if (!err && buffer->disjoint)
		err = staleline_device_import(&view->device, buffer->second, &view->second);
	return err;
}

int staleline_view_open(struct staleline_view *view, const struct buffer *buffer, struct why *why)
{
	int err;

	*view = (struct staleline_view){ .device.fd = -1 };
	/* Whatever is wrong with the module's node is nothing to those who don't use the module. */
	if (staleline_device_open(&view->device, NULL, why))
		return -EOPNOTSUPP;
	err = import_all(view, buffer);
	if (!err) {
		view->params.handle = view->handle; /* the second was made as the first was */
		err = staleline_device_get(&view->device, &view->params);
	}
	if (!err)
		return 0;
	why_set(why, err, "buffer %u is not the module's (%s)", buffer->number, strerror(-err));
	staleline_view_close(view);
	return -EOPNOTSUPP; /* its own it knows: what it can't import or tell of is another's */
}

void staleline_view_close(struct staleline_view *view)
{
	if (view->device.fd < 0)
		return;
	staleline_device_drop(&view->device, view->handle);
	staleline_device_drop(&view->device, view->second);
	staleline_device_close(&view->device);
	view->handle = 0;
	view->second = 0;
}

int staleline_view_set(const struct staleline_view *view, struct drm_staleline_params *params)
{
	int err;

	params->handle = view->handle;
	err = staleline_device_set(&view->device, params);
	if (err || !view->second)
		return err;
	params->handle = view->second;
	return staleline_device_set(&view->device, params);
}

int staleline_view_state(const struct staleline_view *view, struct drm_staleline_state *state)
{
	struct drm_staleline_state second = { .handle = view->second };
	int err;

	*state = (struct drm_staleline_state){ .handle = view->handle };
	err = staleline_device_state(&view->device, state);
	if (!err && view->second)
		err = staleline_device_state(&view->device, &second);
	state->clean += second.clean;
	state->dirty += second.dirty;
	state->stale += second.stale;
	state->both += second.both;
	return err;
}
