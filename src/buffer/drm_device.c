// SPDX-License-Identifier: MIT
/*
 * drm_device: DRM devices and their nodes. See drm_device.h.
 *
 * Which nodes belong to one device is read from sysfs: /sys/dev/char/226:128/device is a link to
 * the device. libdrm's drmGetDevices2() would say the same, but it leaves out devices on a bus it
 * does not know, and since Linux 6.16 vgem and vkms sit on such a one for libdrm before 2.4.125.
 */
#include "buffer/drm_device.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "buffer/device_file.h"

#define DRI_DIR "/dev/dri"

const char drm_device_absent[] =
	"is there a DRM driver? `ls -l " DRI_DIR "` shows the devices; without "
	"a GPU `sudo modprobe vgem` makes one in software";

/* DRM's character devices, since ever (Documentation/admin-guide/devices.txt). */
#define DRM_CHAR_MAJOR 226

bool drm_device_has_node(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == DRM_CHAR_MAJOR;
}

/* The directory of @rdev's device in sysfs, links resolved. False where there is none. */
static bool device_of(dev_t rdev, char real[PATH_MAX])
{
	char link[64];

	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(rdev), minor(rdev));
	return realpath(link, real) != NULL;
}

bool drm_device_same(dev_t a, dev_t b)
{
	char of_a[PATH_MAX], of_b[PATH_MAX];

	if (a == b)
		return true;
	return device_of(a, of_a) && device_of(b, of_b) && !strcmp(of_a, of_b);
}

/* The one of the first @n @devices that @rdev is a node of, or the end. */
static struct drm_device *find_among(struct drm_device *devices, int n, dev_t rdev)
{
	struct drm_device *device = devices;

	while (device < devices + n && !drm_device_same(device->rdev, rdev))
		device++;
	return device;
}

/* Those with a render node first, then by number: readdir(3) has no order of its own. */
static int compare_devices(const void *left, const void *right)
{
	const struct drm_device *a = left, *b = right;

	if (!a->render[0] != !b->render[0])
		return !a->render[0] ? 1 : -1;
	return strverscmp(a->render[0] ? a->render : a->primary,
			  b->render[0] ? b->render : b->primary);
}

int drm_device_scan(struct drm_device devices[DRM_DEVICES])
{
	DIR *dir = opendir(DRI_DIR);
	const struct dirent *entry;
	int n = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		struct drm_device *device;
		struct stat st;
		char path[64];
		int len = snprintf(path, sizeof(path), DRI_DIR "/%s", entry->d_name);

		/* card0, renderD128; not by-path/, nor a name that somebody else put there. */
		if (len < 0 || (size_t)len >= sizeof(path) || stat(path, &st) < 0 ||
		    !drm_device_has_node(&st))
			continue;

		device = find_among(devices, n, st.st_rdev);
		if (device == devices + n) {
			if (n == DRM_DEVICES)
				continue;
			n++;
			*device = (struct drm_device){ .rdev = st.st_rdev };
		}
		memcpy(strncmp(entry->d_name, "renderD", 7) ? device->primary : device->render,
		       path, sizeof(path));
	}
	closedir(dir);
	qsort(devices, (size_t)n, sizeof(devices[0]), compare_devices);
	return n;
}

int drm_device_find(const char *path, struct drm_device *found, struct why *why)
{
	struct drm_device devices[DRM_DEVICES], *device;
	struct stat st;
	int n;

	if (stat(path, &st) < 0)
		return device_file_why(why, -errno, path, drm_device_absent);
	if (!drm_device_has_node(&st))
		return why_set(why, -ENODEV,
			       "%s is not a DRM device; those are %s/card* and %s/renderD*", path,
			       DRI_DIR, DRI_DIR);

	n = drm_device_scan(devices);
	device = find_among(devices, n, st.st_rdev);
	if (device < devices + n)
		*found = *device;
	else /* a node made elsewhere than /dev/dri */
		*found = (struct drm_device){ .rdev = st.st_rdev };
	return 0;
}
