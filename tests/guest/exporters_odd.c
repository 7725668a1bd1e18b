// SPDX-License-Identifier: MIT
/*
 * Descriptors that an exporter of ours never makes.
 */
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <gbm.h>
#include <linux/dma-heap.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xf86drm.h>

#include "exporters.h"

#include "buffer/drm_node.h"

/* Hand @fd to buffer_adopt() as a small buffer: it must be refused with @word, and closed. */
static void check_adopt_refused(int fd, int expected, const char *word, const char *what)
{
	struct buffer buffer = {
		.width = 16, .height = 4, .stride = 256, .fourcc = DRM_FORMAT_XRGB8888
	};
	struct why why = { "" };
	int err = buffer_adopt(&buffer, fd, &why);

	printf("# %s\n", why.text);
	ok(err == expected && has(why.text, word), why.text, "adopting %s: %s", what,
	   strerror(-err));
	ok(fcntl(fd, F_GETFD) < 0 && errno == EBADF, "still open", "and its fd is closed");
	if (!err)
		buffer_disown(&buffer);
}

static int export_bo(struct gbm_device *gbm, struct gbm_bo *bo, uint32_t flags)
{
	int fd = -1;

	drmPrimeHandleToFD(gbm_device_get_fd(gbm), gbm_bo_get_handle(bo).u32, flags, &fd);
	return fd;
}

void check_odd_gbm_fds(const struct exporter *exporter)
{
	const struct drm_node *node = exporter->priv;
	struct gbm_bo *bo = drm_node_create_bo(node->gbm, 16, 4, DRM_FORMAT_XRGB8888);
	int fd;

	if (!ok(bo != NULL, strerror(errno), "a bo of our own"))
		return;
	fd = export_bo(node->gbm, bo, DRM_CLOEXEC);
	if (!strcmp(node->driver,
		    "staleline")) /* its export hook sees to it, whatever is asked for */
		ok((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR && !close(fd), "read-only",
		   "exported without DRM_RDWR, and read-write nevertheless");
	else if (ok(fd >= 0, strerror(errno), "exported without DRM_RDWR"))
		check_adopt_refused(fd, -EACCES, "read-only", "a read-only fd");
	gbm_bo_destroy(bo);

	bo = drm_node_create_bo(node->gbm, 16, 4, DRM_FORMAT_XRGB8888);
	fd = bo ? export_bo(node->gbm, bo, DRM_RDWR) : -1;
	if (ok(fd >= 0, strerror(errno), "exported without DRM_CLOEXEC"))
		check_adopt_refused(fd, -EINVAL, "R28", "an fd that is not close-on-exec");
	if (bo)
		gbm_bo_destroy(bo);
}

/* The reason for exporting before everybody else: the mode of the first export stays. */
void check_first_export_settles(const struct exporter *exporter)
{
	const struct drm_node *node = exporter->priv;
	struct gbm_bo *bo = drm_node_create_bo(node->gbm, 16, 4, DRM_FORMAT_XRGB8888);
	int first, second, mode;

	if (!bo || !strcmp(node->driver, "staleline"))
		goto out;
	first = export_bo(node->gbm, bo, DRM_CLOEXEC);
	second = export_bo(node->gbm, bo, DRM_CLOEXEC | DRM_RDWR);
	mode = fcntl(second, F_GETFL) & O_ACCMODE;
	ok(first >= 0 && second >= 0 && mode == O_RDONLY, "it is writable now",
	   "the first export's mode stays: DRM_RDWR comes too late");
	close(first);
	close(second);
out:
	if (bo)
		gbm_bo_destroy(bo);
}

static int alloc_from_heap(uint32_t fd_flags)
{
	struct dma_heap_allocation_data data = { .len = 4096, .fd_flags = fd_flags };
	int heap = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
	int err = heap < 0 ? -1 : ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data);

	if (heap >= 0)
		close(heap);
	return err < 0 ? -1 : (int)data.fd;
}

void check_odd_heap_fds(void)
{
	int fd = alloc_from_heap(O_RDONLY | O_CLOEXEC);

	if (ok(fd >= 0, strerror(errno), "a heap's buffer without O_RDWR"))
		check_adopt_refused(fd, -EACCES, "read-only", "a read-only fd");

	fd = alloc_from_heap(O_RDWR);
	if (ok(fd >= 0, strerror(errno), "a heap's buffer without O_CLOEXEC"))
		check_adopt_refused(fd, -EINVAL, "R28", "an fd that is not close-on-exec");

	fd = alloc_from_heap(O_RDWR | O_CLOEXEC);
	if (ok(fd >= 0, strerror(errno), "a heap's buffer of one page")) {
		struct buffer buffer = {
			.width = 16, .height = 17, .stride = 256, .fourcc = DRM_FORMAT_XRGB8888
		};
		struct why why = { "" };
		int err = buffer_adopt(&buffer, fd, &why);

		printf("# %s\n", why.text);
		ok(err == -EOVERFLOW && has(why.text, "4096"), why.text,
		   "adopting it for a layout that is larger: %s", strerror(-err));
	}
}
