// SPDX-License-Identifier: MIT
/* look_drm: DRM devices, their nodes, and what the kernel says that they can do. See look.h. */
#include "cmd/look.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "buffer/device_file.h"
#include "buffer/drm_device.h"
#include "buffer/drm_node.h"

/* Whose the node is, and whether we may. The fd that it was opened with, or -1. */
static int look_at_node(struct listing_node *node, const char *path)
{
	struct stat st;
	int fd;

	if (!path[0])
		return -1;
	snprintf(node->path, sizeof(node->path), "%s", path);
	if (stat(path, &st) == 0) {
		const struct passwd *owner = getpwuid(st.st_uid);
		const struct group *group = getgrgid(st.st_gid);

		node->mode = st.st_mode & 07777;
		snprintf(node->owner, sizeof(node->owner), "%s", owner ? owner->pw_name : "");
		snprintf(node->group, sizeof(node->group), "%s", group ? group->gr_name : "");
	}
	fd = drm_node_open_fd(path);
	if (fd < 0)
		node->err = device_file_why(&node->why, fd, path, drm_device_absent);
	return fd;
}

/* "pci 0000:00:02.0": where sysfs has the device. */
static void look_at_bus(struct listing_device *device, dev_t rdev)
{
	char link[96], real[PATH_MAX], bus[PATH_MAX];
	const char *name;

	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(rdev), minor(rdev));
	if (!realpath(link, real))
		return;
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device/subsystem", major(rdev),
		 minor(rdev));
	name = strrchr(real, '/');
	snprintf(device->bus, sizeof(device->bus), "%.20s%s%.40s",
		 realpath(link, bus) ? strrchr(bus, '/') + 1 : "", " ", name ? name + 1 : real);
}

static bool capability(int fd, uint64_t cap, uint64_t bits)
{
	uint64_t value = 0;

	return drmGetCap(fd, cap, &value) == 0 && (value & bits);
}

/*
 * Made, and not asked for: DRM_CAP_DUMB_BUFFER is answered for drivers with a display only, and
 * vgem makes dumb buffers without one.
 */
static bool makes_dumb(int fd)
{
	uint32_t handle, pitch;
	uint64_t size;

	if (drmModeCreateDumbBuffer(fd, LISTING_TRIAL_SIZE, LISTING_TRIAL_SIZE, 32, 0, &handle,
				    &pitch, &size) < 0)
		return false;
	drmModeDestroyDumbBuffer(fd, handle);
	return true;
}

/*
 * Is SYNCOBJ_EVENTFD there? It is core code, so a kernel that has it says so on any device: one
 * without syncobjs answers EOPNOTSUPP, one that doesn't know the ioctl answers EINVAL.
 */
static int try_eventfd(int fd, bool syncobj)
{
	uint32_t handle = 0;
	int event = eventfd(0, EFD_CLOEXEC), err = 0;

	if (event < 0)
		return -errno;
	if (syncobj && drmSyncobjCreate(fd, 0, &handle) < 0)
		err = -errno;
	if (!err && drmSyncobjEventfd(fd, handle, 1, event, 0) < 0)
		err = -errno;
	if (handle)
		drmSyncobjDestroy(fd, handle);
	close(event);
	return err;
}

static void look_at_driver(struct listing_device *device, int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	if (!version)
		return;
	device->known = true;
	snprintf(device->driver, sizeof(device->driver), "%s", version->name);
	snprintf(device->version, sizeof(device->version), "%d.%d.%d", version->version_major,
		 version->version_minor, version->version_patchlevel);
	drmFreeVersion(version);
	if (drm_driver_has_no_gpu(device->driver))
		device->gpu = LISTING_GPU_NONE;
	device->prime_import = capability(fd, DRM_CAP_PRIME, DRM_PRIME_CAP_IMPORT);
	device->prime_export = capability(fd, DRM_CAP_PRIME, DRM_PRIME_CAP_EXPORT);
	device->syncobj = capability(fd, DRM_CAP_SYNCOBJ, 1);
	device->timeline = capability(fd, DRM_CAP_SYNCOBJ_TIMELINE, 1);
	device->eventfd_err = try_eventfd(fd, device->syncobj);
}

/* DRM master is asked for and given back at once: whoever keeps it keeps a compositor out. */
static int try_master(int fd)
{
	if (drmSetMaster(fd) < 0)
		return -errno;
	return drmDropMaster(fd) < 0 ? -errno : 0;
}

/* Connectors as the kernel knows them: to look anew at each would take seconds. */
static void count_connectors(struct listing_display *display, int fd)
{
	drmModeResPtr resources = drmModeGetResources(fd);

	for (int i = 0; resources && i < resources->count_connectors; i++) {
		drmModeConnectorPtr connector =
			drmModeGetConnectorCurrent(fd, resources->connectors[i]);

		if (!connector)
			continue;
		if (connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK) {
			display->writebacks++;
		} else {
			display->connectors++;
			display->connected += connector->connection == DRM_MODE_CONNECTED;
			display->unprobed += connector->connection == DRM_MODE_UNKNOWNCONNECTION;
		}
		drmModeFreeConnector(connector);
	}
	if (resources)
		drmModeFreeResources(resources);
}

static void look_at_display(struct listing_device *device, int fd, dev_t rdev)
{
	struct listing_display *display = &device->display;
	char path[96];

	/* Writeback connectors are shown to those only who say that they know such. */
	drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1);
	drmSetClientCap(fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1);
	count_connectors(display, fd);
	if (!display->connectors && !display->writebacks)
		return;
	display->master_err = try_master(fd);
	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/crtc-0/crc/control", minor(rdev));
	display->crc = access(path, R_OK | W_OK) == 0;
}

static void look_at_device(struct listing_device *device, const struct drm_device *found)
{
	int primary = look_at_node(&device->primary, found->primary);
	int render = look_at_node(&device->render, found->render);
	struct stat st;

	look_at_bus(device, found->rdev);
	if (primary >= 0 || render >= 0)
		look_at_driver(device, primary >= 0 ? primary : render);
	if (primary >= 0) {
		device->dumb = makes_dumb(primary);
		if (fstat(primary, &st) == 0)
			look_at_display(device, primary, st.st_rdev);
		close(primary);
	}
	if (render >= 0)
		close(render);
}

void look_at_devices(struct listing *listing)
{
	struct drm_device found[DRM_DEVICES];
	int n = drm_device_scan(found);

	_Static_assert((int)LISTING_DEVICES >= (int)DRM_DEVICES, "each device has a place");
	for (int i = 0; i < n; i++)
		look_at_device(&listing->devices[listing->device_count++], &found[i]);
}
