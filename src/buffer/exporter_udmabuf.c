// SPDX-License-Identifier: MIT
/*
 * udmabuf: a dma-buf made of a memfd's pages, by the kernel's udmabuf driver
 * (drivers/dma-buf/udmabuf.c). It needs no GPU: the simplest exporter there is.
 */
#include "buffer/exporter_kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/udmabuf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buffer/device_file.h"

#define UDMABUF_PATH "/dev/udmabuf"
#define SIZE_LIMIT_PATH "/sys/module/udmabuf/parameters/size_limit_mb"

/*
 * All our state is an fd, that of /dev/udmabuf or a buffer's memfd:
 * it fits into priv, plus one so that NULL is none.
 */
static void *fd_to_priv(int fd)
{
	return (void *)(intptr_t)(fd + 1);
}

static int priv_to_fd(const void *priv)
{
	return (int)(intptr_t)priv - 1;
}

static int udmabuf_check_arg(const char *arg, struct why *why)
{
	if (!arg)
		return 0;
	return why_set(why, -EINVAL, "exporter udmabuf takes no argument, got \"%.100s\"", arg);
}

static int udmabuf_open(struct exporter *exporter, const struct exporter_wish *wish,
			const char *arg, struct why *why)
{
	int fd;

	(void)wish;
	(void)arg;
	fd = device_file_open(UDMABUF_PATH, O_RDWR,
			      "load the module: `sudo modprobe udmabuf`, or take a kernel with "
			      "CONFIG_UDMABUF",
			      why);
	if (fd < 0)
		return fd;

	exporter->priv = fd_to_priv(fd);
	snprintf(exporter->device, sizeof(exporter->device), "%s", UDMABUF_PATH);
	return 0;
}

static void udmabuf_close(struct exporter *exporter)
{
	close(priv_to_fd(exporter->priv));
	exporter->priv = NULL;
}

/* A memfd as udmabuf wants it: it can't shrink under the device (F_SEAL_SHRINK), it is writable. */
static int make_memfd(size_t size, struct why *why)
{
	int fd = memfd_create("staleline", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err;

	if (fd < 0)
		return why_set(why, -errno, "memfd_create: %s", strerror(errno));

	if (ftruncate(fd, (off_t)size) < 0) {
		err = why_set(why, -errno, "memfd of %zu bytes: %s", size, strerror(errno));
		goto fail;
	}
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0) {
		err = why_set(why, -errno, "memfd: F_SEAL_SHRINK: %s", strerror(errno));
		goto fail;
	}
	return fd;

fail:
	close(fd);
	return err;
}

static long size_limit_mb(void)
{
	FILE *file = fopen(SIZE_LIMIT_PATH, "re");
	long mb = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &mb) != 1)
		mb = -1;
	fclose(file);
	return mb;
}

/* UDMABUF_CREATE says EINVAL for all it does not like. What we can get wrong is the size. */
static int why_not_created(struct why *why, int err, size_t size)
{
	long mb = size_limit_mb();

	if (err == -EINVAL && mb >= 0 && size > (size_t)mb << 20)
		return why_set(why, err,
			       "a buffer of %zu bytes is over udmabuf's limit of %ld MiB: choose a "
			       "smaller size, or raise it: `echo %zu | sudo tee " SIZE_LIMIT_PATH
			       "`",
			       size, mb, (size + (1 << 20) - 1) >> 20);
	if (err == -ENOTTY)
		return why_set(why, err, UDMABUF_PATH " knows no UDMABUF_CREATE: is it udmabuf?");
	return why_set(why, err, "UDMABUF_CREATE of %zu bytes: %s%s", size, strerror(-err),
		       err == -ENOMEM ? "; its pages are pinned, so memory must be free" : "");
}

/*
 * For buffer_make(). The dma-buf holds the pages now, and its own map is the only CPU path that
 * SYNC looks after (R25). The memfd stays for one purpose: to be mapped instead in the order that
 * does so to break the rule. Of disjoint planes it doesn't: no order is about two.
 */
static int make_dmabuf(void *data, struct buffer *buffer, uint32_t part, struct why *why)
{
	const struct exporter *exporter = data;
	struct udmabuf_create create = {
		.flags = UDMABUF_FLAGS_CLOEXEC, /* R28 */
		.size = buffer_part_bytes(buffer, part),
	};
	int memfd = make_memfd(create.size, why), fd, err;

	if (memfd < 0)
		return memfd;
	create.memfd = (uint32_t)memfd;
	fd = ioctl(priv_to_fd(exporter->priv), UDMABUF_CREATE, &create);
	err = fd < 0 ? why_not_created(why, -errno, create.size) : 0;
	if (err || buffer->disjoint)
		close(memfd);
	else
		buffer->priv = fd_to_priv(memfd);
	return err ? err : fd;
}

static void close_memfd(struct buffer *buffer)
{
	if (buffer->priv)
		close(priv_to_fd(buffer->priv));
	buffer->priv = NULL;
}

static int udmabuf_alloc(struct exporter *exporter, uint32_t width, uint32_t height,
			 uint32_t fourcc, struct buffer *buffer, struct why *why)
{
	size_t size;
	int err = buffer_layout(buffer, width, height, fourcc, &size, why);

	if (!err)
		err = buffer_make(buffer, make_dmabuf, exporter, why);
	if (err)
		close_memfd(buffer);
	return err;
}

static void udmabuf_free(struct exporter *exporter, struct buffer *buffer)
{
	(void)exporter;
	close_memfd(buffer);
	buffer_disown(buffer);
}

static int udmabuf_memfd(const struct buffer *buffer)
{
	return priv_to_fd(buffer->priv);
}

const struct exporter_ops exporter_udmabuf = {
	.name = "udmabuf",
	.about = "memfd pages as a dma-buf, through " UDMABUF_PATH,
	.check_arg = udmabuf_check_arg,
	.open = udmabuf_open,
	.close = udmabuf_close,
	.alloc = udmabuf_alloc,
	.free = udmabuf_free,
	.memfd = udmabuf_memfd,
};
