// SPDX-License-Identifier: MIT
/*
 * The modes of the module's buffers.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <xf86drm.h>

#include "exporters.h"

#include "buffer/staleline_device.h"

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

void check_modes(void)
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
