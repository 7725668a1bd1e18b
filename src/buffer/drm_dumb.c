// SPDX-License-Identifier: MIT
/* drm_dumb: a dumb buffer. See drm_dumb.h. */
#include "buffer/drm_dumb.h"

#include <errno.h>
#include <fcntl.h> /* for DRM_CLOEXEC and DRM_RDWR */
#include <stddef.h>
#include <sys/mman.h>
#include <xf86drm.h>

int drm_dumb_create(int fd, uint32_t width, uint32_t height, struct drm_dumb *dumb)
{
	struct drm_mode_create_dumb create = { .width = width, .height = height, .bpp = 32 };

	*dumb = (struct drm_dumb){ 0 };
	if (drmIoctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &create) < 0)
		return -errno;
	*dumb = (struct drm_dumb){ create.handle, create.pitch, create.size };
	return 0;
}

void drm_dumb_destroy(int fd, struct drm_dumb *dumb)
{
	struct drm_mode_destroy_dumb destroy = { .handle = dumb->handle };

	if (dumb->handle)
		drmIoctl(fd, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy);
	*dumb = (struct drm_dumb){ 0 };
}

int drm_dumb_export(int fd, const struct drm_dumb *dumb)
{
	int dmabuf;

	if (drmPrimeHandleToFD(fd, dumb->handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf) < 0)
		return -errno;
	return dmabuf;
}

int drm_dumb_map(int fd, const struct drm_dumb *dumb, void **map)
{
	struct drm_mode_map_dumb where = { .handle = dumb->handle };
	void *at;

	if (drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &where) < 0)
		return -errno;
	at = mmap(NULL, (size_t)dumb->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		  (off_t)where.offset);
	if (at == MAP_FAILED)
		return -errno;
	*map = at;
	return 0;
}
