// SPDX-License-Identifier: MIT
/*
 * staleline: buffers of the module in kmod/, a DRM driver without hardware whose buffers behave as
 * on a machine that isn't coherent. Nothing here is special but the mode: dumb create and PRIME
 * export are what any driver with a display has.
 */
#include "buffer/exporter_kinds.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer/drm_dumb.h"
#include "buffer/drm_node.h"
#include "buffer/staleline_device.h"

/* The exporter's priv. */
struct own {
	struct staleline_device device;
	int mode; /* to set on each buffer; -1: the module's parameter stays */
};

static int staleline_check_arg(const char *arg, struct why *why)
{
	if (!arg || staleline_mode_find(arg) >= 0)
		return 0;
	return why_set(why, -EINVAL,
		       "exporter staleline: \"%.100s\" is no mode; there are: coherent, "
		       "noncoherent, trap; without one the module's own parameter `mode` decides",
		       arg);
}

static int staleline_open(struct exporter *exporter, const struct exporter_wish *wish,
			  const char *arg, struct why *why)
{
	struct own *own = calloc(1, sizeof(*own));
	int err;

	if (!own)
		return why_set(why, -ENOMEM, "out of memory");
	own->mode = arg ? staleline_mode_find(arg) : -1;
	err = staleline_device_open(&own->device, wish->device, why);
	if (err) {
		free(own);
		return wish->device && err == -ENODEV
			       ? why_prefix(why, err,
					    "exporter staleline allocates from the module alone; ")
			       : err;
	}
	exporter->priv = own;
	snprintf(exporter->device, sizeof(exporter->device), "%s", own->device.path);
	why->text[0] = '\0'; /* nodes of other drivers that were passed over are no news */
	return 0;
}

static void staleline_close(struct exporter *exporter)
{
	struct own *own = exporter->priv;

	staleline_device_close(&own->device);
	free(own);
	exporter->priv = NULL;
}

/* What can be wrong with a size is the module's limits. */
static int why_not_created(struct why *why, int err, const struct own *own, uint32_t width,
			   uint32_t height)
{
	struct drm_staleline_info info = { 0 };
	bool knows = staleline_device_info(&own->device, &info) == 0;

	if (knows && (uint64_t)width * height * 4 > info.max_buffer)
		return why_set(why, err,
			       "a buffer of %" PRIu32 "x%" PRIu32 " is over the module's limit of "
			       "%llu MiB: choose a smaller size, or raise it: load the module with "
			       "max_buffer_mib=",
			       width, height, (unsigned long long)info.max_buffer >> 20);
	return why_set(why, err, "a dumb buffer of %" PRIu32 "x%" PRIu32 ": %s%s", width, height,
		       strerror(-err),
		       err == -ENOMEM ? "; all buffers together have a limit, max_total_mib, and a "
					"noncoherent one counts three times"
				      : "");
}

static int set_mode(const struct own *own, uint32_t handle, struct why *why)
{
	struct drm_staleline_params params = {
		.handle = handle,
		.flags = DRM_STALELINE_SET_MODE,
		.mode = (uint32_t)own->mode,
	};
	int err = own->mode < 0 ? 0 : staleline_device_set(&own->device, &params);

	if (!err)
		return 0;
	return why_set(why, err, "mode %s: %s%s", staleline_mode_name(params.mode), strerror(-err),
		       err == -ENOMEM ? "; the copies that it needs are over max_total_mib or the "
					"cgroup's limit"
				      : "");
}

/* For buffer_make(). */
static int make_dmabuf(void *data, struct buffer *buffer, uint32_t part, struct why *why)
{
	const struct own *own = data;
	uint64_t row = (uint64_t)buffer->width * buffer_pixel_bytes(buffer->fourcc);
	struct drm_dumb dumb;
	int fd, err;

	/* In pixels of 32 bits, whatever the format's are: it is memory. */
	err = drm_dumb_create(own->device.fd, (uint32_t)((row + 3) / 4),
			      buffer_part_rows(buffer, part), &dumb);
	if (err)
		return why_not_created(why, err, own, buffer->width, buffer->height);
	buffer->stride = dumb.stride;

	err = set_mode(own, dumb.handle, why);
	fd = err ? err : drm_dumb_export(own->device.fd, &dumb);
	if (!err && fd < 0)
		why_set(why, fd, "exporting the buffer read-write: %s", strerror(-fd));
	/*
	 * The dma-buf keeps the memory;
	 * who needs a handle again imports it, as everybody else does.
	 */
	drm_dumb_destroy(own->device.fd, &dumb);
	return fd;
}

static int staleline_alloc(struct exporter *exporter, uint32_t width, uint32_t height,
			   uint32_t fourcc, struct buffer *buffer, struct why *why)
{
	size_t size;
	/* For its checks, and all fields but the stride, which is the driver's choice. */
	int err = buffer_layout(buffer, width, height, fourcc, &size, why);

	return err ? err : buffer_make(buffer, make_dmabuf, exporter->priv, why);
}

static void staleline_free(struct exporter *exporter, struct buffer *buffer)
{
	(void)exporter;
	buffer_disown(buffer);
}

/*
 * `auto` takes it only where no GPU is to be had: where there is one, its own buffers are what a
 * person wants to know about. And not where the compositor says that it works on another device:
 * buffers of that one it can show best.
 */
static int staleline_auto(const struct exporter_wish *wish, struct why *why)
{
	struct staleline_device device;
	char path[64];
	bool other;
	int err;

	if (drm_node_find_gpu(path))
		return why_set(why, -EOPNOTSUPP,
			       "%s is a GPU's, and its own buffers come first; "
			       "--exporter=staleline asks for the module's",
			       path);
	err = staleline_device_open(&device, wish->device, why);
	if (err)
		return err;
	other = wish->has_main_device && !drm_node_is_device(device.fd, wish->main_device);
	staleline_device_close(&device);
	if (other)
		return why_set(why, -EOPNOTSUPP,
			       "the compositor's main device is another one; --exporter=staleline "
			       "asks for the module's all the same");
	return 0;
}

const struct exporter_ops exporter_staleline = {
	.name = "staleline",
	.arg = "MODE",
	.about = "the module's: coherent, noncoherent or trap (docs/module.md)",
	.check_arg = staleline_check_arg,
	.check_auto = staleline_auto,
	.open = staleline_open,
	.close = staleline_close,
	.alloc = staleline_alloc,
	.free = staleline_free,
};
