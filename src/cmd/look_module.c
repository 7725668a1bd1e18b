// SPDX-License-Identifier: MIT
/* look_module: the module of kmod/, and the kinds of sync that are there. See look.h. */
#include "cmd/look.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buffer/staleline_device.h"

#define MODULE_DIR "/sys/module/staleline"

static void read_word(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");

	text[0] = '\0';
	if (file && fgets(text, (int)size, file))
		text[strcspn(text, "\n")] = '\0';
	if (file)
		fclose(file);
}

void look_at_module(struct listing *listing)
{
	struct listing_module *module = &listing->module;
	struct drm_staleline_info info = { 0 };
	struct staleline_device device;

	if (access(MODULE_DIR, F_OK) < 0) {
		why_set(&module->why, 0,
			"not loaded: `make -C kmod && sudo modprobe -a drm drm_kms_helper && sudo "
			"insmod kmod/staleline.ko`, or by DKMS; docs/module.md tells");
		return;
	}
	module->loaded = true;
	read_word(MODULE_DIR "/version", module->version, sizeof(module->version));
	read_word(MODULE_DIR "/parameters/mode", module->mode, sizeof(module->mode));
	if (staleline_device_open(&device, NULL, &module->why))
		return;
	module->why.text[0] = '\0'; /* of nodes that are other drivers' */
	if (staleline_device_info(&device, &info) == 0)
		module->abi = info.version;
	staleline_device_close(&device);
	if (module->abi != DRM_STALELINE_VERSION)
		why_set(&module->why, 0,
			"its interface has version %u, this program is made for %u: build and load "
			"the module of the same release",
			module->abi, DRM_STALELINE_VERSION);
}

/* Implicit sync in files: core code, so any exporter's buffer tells. */
static void look_at_sync_file(struct listing *listing)
{
	struct listing_sync *sync = &listing->sync;
	const struct listing_exporter *works = NULL;

	for (uint32_t i = 0; i < listing->exporter_count && !works; i++)
		if (!listing->exporters[i].err)
			works = &listing->exporters[i];
	if (!works) {
		sync->sync_file_export = sync->sync_file_import =
			why_set(&sync->sync_file_why, -ENODEV,
				"not known: no exporter gives a buffer to try it on");
		return;
	}
	sync->sync_file_export = works->sync_file_export;
	sync->sync_file_import = works->sync_file_import;
	if (sync->sync_file_import == -ENOTTY)
		why_set(&sync->sync_file_why, 0,
			"this kernel lacks DMA_BUF_IOCTL_EXPORT_SYNC_FILE (R23): take Linux 6.0 or "
			"later");
	else if (sync->sync_file_import)
		why_set(&sync->sync_file_why, 0, "DMA_BUF_IOCTL_%s_SYNC_FILE on a buffer of %s: %s",
			sync->sync_file_export ? "EXPORT" : "IMPORT", works->name,
			strerror(-sync->sync_file_import));
}

/* Syncobjs belong to no buffer: one device that has them is enough for all. */
static void look_at_syncobj(struct listing *listing)
{
	struct listing_sync *sync = &listing->sync;
	bool known = false;

	sync->timeline = sync->eventfd = -ENODEV;
	for (uint32_t i = 0; i < listing->device_count; i++) {
		const struct listing_device *device = &listing->devices[i];

		if (!device->known)
			continue;
		known = true;
		if (device->timeline)
			sync->timeline = 0;
		/*
		 * EOPNOTSUPP tells more than EINVAL: the kernel has it, this device can't use it.
		 */
		if (sync->eventfd && sync->eventfd != -EOPNOTSUPP)
			sync->eventfd = device->eventfd_err;
		else if (!device->eventfd_err)
			sync->eventfd = 0;
	}
	if (!known) {
		why_set(&sync->timeline_why, 0, "not known: no DRM device could be asked");
		sync->eventfd_why = sync->timeline_why;
		return;
	}
	if (sync->timeline)
		why_set(&sync->timeline_why, 0,
			"no DRM device here has syncobj timelines; a GPU's driver, virtio-gpu or "
			"the module staleline would (vgem and vkms have none)");
	if (sync->eventfd == -EOPNOTSUPP)
		why_set(&sync->eventfd_why, 0,
			"the kernel has it, but no DRM device here has syncobjs to use it with");
	else if (sync->eventfd == -EINVAL || sync->eventfd == -ENOTTY)
		why_set(&sync->eventfd_why, 0, "this kernel lacks it: take Linux 6.6 or later");
	else if (sync->eventfd)
		why_set(&sync->eventfd_why, 0, "DRM_IOCTL_SYNCOBJ_EVENTFD: %s",
			strerror(-sync->eventfd));
}

void look_at_sync(struct listing *listing)
{
	look_at_sync_file(listing);
	look_at_syncobj(listing);
}
