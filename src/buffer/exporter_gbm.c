// SPDX-License-Identifier: MIT
/*
 * gbm: LINEAR buffers of a DRM device, as a GPU's own driver makes them.
 *
 * Two things are easy to get wrong, and both make a buffer that the CPU can't write:
 * gbm_bo_get_fd() exports read-only in many drivers, and the first export of an object settles its
 * mode for good. So we export ourselves, read-write, before anybody else can.
 */
#include "buffer/exporter_kinds.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h> /* for DRM_CLOEXEC and DRM_RDWR */
#include <gbm.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>

#include "base/pixel_format.h"
#include "buffer/drm_node.h"

#define TRIAL_SIZE 64

/* What went wrong, or what the driver gave us that we can't use. */
static int check_bo(struct gbm_bo *bo, const struct drm_node *node, struct why *why)
{
	uint64_t modifier = gbm_bo_get_modifier(bo);

	/*
	 * INVALID means "the driver keeps no modifiers": its layout follows from how the buffer was
	 * asked for. We asked for LINEAR, by both ways that GBM has, and a driver that answers
	 * INVALID took the way of GBM_BO_USE_LINEAR, which it must obey or refuse. So the layout IS
	 * linear, and LINEAR is the true thing to record: it describes the bytes.
	 *
	 * It is not always the right thing to send: a compositor on such a driver may advertise
	 * INVALID alone. That is for src/wayland to see to.
	 */
	if (modifier != DRM_FORMAT_MOD_LINEAR && modifier != DRM_FORMAT_MOD_INVALID)
		return why_set(why, -EOPNOTSUPP,
			       "%s (%s) was asked for LINEAR but made modifier 0x%016" PRIx64
			       ", which the CPU can't draw into",
			       node->path, node->driver, modifier);
	if (gbm_bo_get_plane_count(bo) != 1)
		return why_set(why, -EOPNOTSUPP,
			       "%s (%s) made a buffer of %d planes instead of one", node->path,
			       node->driver, gbm_bo_get_plane_count(bo));
	return 0;
}

/* R26, R28: export read-write and close-on-exec. fd or -errno with @why. */
static int export_bo(struct gbm_bo *bo, const struct drm_node *node, struct why *why)
{
	/*
	 * The handle belongs to the fd that GBM works on, which need not be the one we gave it.
	 * Not gbm_bo_get_fd() at first: see the top.
	 */
	int gbm_fd = gbm_device_get_fd(node->gbm);
	int fd, err;

	if (drmPrimeHandleToFD(gbm_fd, gbm_bo_get_handle(bo).u32, DRM_CLOEXEC | DRM_RDWR, &fd) == 0)
		return fd;
	err = -errno;

	/*
	 * A GPU without a display of its own lends that of another device (Mesa's kmsro), and a
	 * buffer that was not made to be shown may have a handle on the GPU's fd alone, which only
	 * GBM knows. Then it is GBM that exports; where that is read-only, buffer_adopt() says so.
	 */
	if (err == -ENOENT) {
		fd = gbm_bo_get_fd(bo);
		if (fd >= 0)
			return fd;
	}
	return why_set(why, err, "%s (%s): exporting the buffer read-write: %s%s", node->path,
		       node->driver, strerror(-err),
		       err == -ENOSYS ? "; this driver exports no dma-bufs" : "");
}

/*
 * Few drivers allocate YUV. It is memory: so it is asked for as what its planes are looked at,
 * bytes (R8) or pairs of them (GR88), with the rows of the second plane behind those of the first.
 */
static struct gbm_bo *create_bo(const struct drm_node *node, const struct buffer *buffer)
{
	uint32_t fourcc = buffer->fourcc;

	if (fourcc == DRM_FORMAT_NV12)
		fourcc = DRM_FORMAT_R8;
	else if (fourcc == DRM_FORMAT_P010 || fourcc == DRM_FORMAT_YUYV)
		fourcc = DRM_FORMAT_GR88;
	return drm_node_create_bo(node->gbm, buffer->width, buffer_rows(buffer), fourcc);
}

static int gbm_alloc(struct exporter *exporter, uint32_t width, uint32_t height, uint32_t fourcc,
		     struct buffer *buffer, struct why *why)
{
	const struct drm_node *node = exporter->priv;
	struct gbm_bo *bo;
	size_t size;
	int fd, err;

	/*
	 * For its checks: drivers make something odd of sizes that overflow. The layout is GBM's.
	 */
	err = buffer_layout(buffer, width, height, fourcc, &size, why);
	if (err)
		return err;

	errno = 0;
	bo = create_bo(node, buffer);
	if (!bo) {
		err = errno ? -errno : -ENOMEM;
		return why_set(why, err,
			       "%s (%s): a LINEAR buffer of %" PRIu32 "x%" PRIu32 " %s: %s",
			       node->path, node->driver, width, height,
			       pixel_format_find(fourcc)->name, strerror(-err));
	}

	err = check_bo(bo, node, why);
	if (err)
		goto fail;

	fd = export_bo(bo, node, why);
	if (fd < 0) {
		err = fd;
		goto fail;
	}

	buffer->modifier = DRM_FORMAT_MOD_LINEAR; /* check_bo() has made sure */
	buffer->offset = gbm_bo_get_offset(bo, 0);
	buffer->stride = gbm_bo_get_stride(bo);
	err = buffer_adopt(buffer, fd, why);
	if (err)
		goto fail;

	buffer->priv = bo;
	return 0;

fail:
	gbm_bo_destroy(bo);
	return err;
}

static void gbm_free(struct exporter *exporter, struct buffer *buffer)
{
	(void)exporter;
	buffer_disown(buffer);
	gbm_bo_destroy(buffer->priv);
}

/* Open the device at @path and make it prove itself. 0 or -errno with @why. */
static int open_device(struct exporter *exporter, const char *path, struct why *why)
{
	struct drm_node *node = exporter->priv;
	struct buffer buffer = { .fd = -1 };
	int err = drm_node_open(node, path, why);

	if (err)
		return err;

	/* Not each driver that allocates lets the CPU map what it exports (R25). */
	err = gbm_alloc(exporter, TRIAL_SIZE, TRIAL_SIZE, DRM_FORMAT_XRGB8888, &buffer, why);
	if (err) {
		drm_node_close(node);
		return err;
	}
	gbm_free(exporter, &buffer);
	snprintf(exporter->device, sizeof(exporter->device), "%s", node->path);
	return 0;
}

/* The search over all devices. */
struct search {
	struct exporter *exporter;
	struct why why; /* of each that failed, one after the other */
	int err;	/* of the last that failed */
};

/* For drm_node_each(): 1 ends it, found. */
static int try_device(void *data, const char *path)
{
	struct search *search = data;
	struct why why;
	size_t len;

	search->err = open_device(search->exporter, path, &why);
	if (!search->err)
		return 1;
	len = strlen(search->why.text);
	snprintf(search->why.text + len, sizeof(search->why.text) - len, "%s%s", len ? "; " : "",
		 why.text);
	return 0;
}

static int open_any(struct exporter *exporter, dev_t first, struct why *why)
{
	struct search search = { .exporter = exporter };
	int found = drm_node_each(first, try_device, &search);

	*why = search.why;
	if (found == -ENODEV)
		return why_set(
			why, -ENODEV,
			"no DRM device: /dev/dri holds none; without a GPU `sudo modprobe vgem` "
			"makes one in software");
	return found ? 0 : search.err;
}

/* Opened: what the log of --exporter=auto should say beside the path. @why: who was passed over. */
static void note_device(const struct exporter *exporter, const struct exporter_wish *wish,
			struct why *why)
{
	const struct drm_node *node = exporter->priv;
	const char *is_main = "";

	if (wish->has_main_device)
		is_main = drm_node_is_device(node->fd, wish->main_device)
				  ? ", the compositor's main device"
				  : ", which is not the compositor's main device";
	why_prefix(why, 0, "(%s%s)%s", node->driver, is_main, why->text[0] ? "; not " : "");
}

static int gbm_check_arg(const char *arg, struct why *why)
{
	if (!arg)
		return 0;
	return why_set(
		why, -EINVAL,
		"exporter gbm takes no argument, got \"%.100s\"; --drm-device=PATH chooses the "
		"device",
		arg);
}

static int gbm_open(struct exporter *exporter, const struct exporter_wish *wish, const char *arg,
		    struct why *why)
{
	int err;

	(void)arg;
	exporter->priv = calloc(1, sizeof(struct drm_node));
	if (!exporter->priv)
		return why_set(why, -ENOMEM, "out of memory");

	/*
	 * Buffers of the compositor's own device are the ones it can show best, so it comes first.
	 */
	if (wish->device)
		err = open_device(exporter, wish->device, why);
	else
		err = open_any(exporter, wish->has_main_device ? wish->main_device : 0, why);
	if (err) {
		free(exporter->priv);
		exporter->priv = NULL;
		return err;
	}
	note_device(exporter, wish, why);
	return 0;
}

static void gbm_close(struct exporter *exporter)
{
	drm_node_close(exporter->priv);
	free(exporter->priv);
	exporter->priv = NULL;
}

const struct exporter_ops exporter_gbm = {
	.name = "gbm",
	.about = "LINEAR buffers of a DRM device",
	.check_arg = gbm_check_arg,
	.open = gbm_open,
	.close = gbm_close,
	.alloc = gbm_alloc,
	.free = gbm_free,
	.no_disjoint =
		"GBM makes one buffer object for all planes, and that is one dma-buf; for disjoint "
		"planes take --exporter=udmabuf, dma-heap or staleline",
};
