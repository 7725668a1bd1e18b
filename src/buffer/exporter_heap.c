// SPDX-License-Identifier: MIT
/*
 * dma-heap: memory by name from /dev/dma_heap/ (drivers/dma-buf/dma-heap.c): "system" for plain
 * pages, on many SoCs others for contiguous memory ("linux,cma") or for one device.
 */
#include "buffer/exporter_kinds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/dma-heap.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "buffer/device_file.h"

#define HEAP_DIR "/dev/dma_heap"
#define DEFAULT_HEAP "system"

/* All our state is the heap's fd: it fits into priv, plus one so that NULL is "closed". */
static void *fd_to_priv(int fd)
{
	return (void *)(intptr_t)(fd + 1);
}

static int priv_to_fd(const void *priv)
{
	return (int)(intptr_t)priv - 1;
}

/* "system, linux,cma" into @list; the number of heaps, or -errno. Cut where it is too long. */
static int list_heaps(char *list, size_t size)
{
	DIR *dir = opendir(HEAP_DIR);
	const struct dirent *entry;
	size_t len = 0;
	int n = 0;

	list[0] = '\0';
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (len < size)
			len += (size_t)snprintf(list + len, size - len, "%s%s", n ? ", " : "",
						entry->d_name);
		n++;
	}
	closedir(dir);
	return n;
}

static int why_no_heap(struct why *why, const char *path)
{
	char list[256];
	int n = list_heaps(list, sizeof(list));

	if (n > 0)
		return why_set(why, -ENOENT, "open %s: no such heap; there are: %s", path, list);
	if (n < 0 && n != -ENOENT)
		return why_set(why, n, "open " HEAP_DIR ": %s", strerror(-n));
	return why_set(
		why, -ENOENT,
		"open %s: no heap at all in " HEAP_DIR ": take a kernel with "
		"CONFIG_DMABUF_HEAPS and CONFIG_DMABUF_HEAPS_SYSTEM (`sudo modprobe system_heap` "
		"where it is a module)",
		path);
}

/* The name is one entry of HEAP_DIR, not a way out of it. */
static int heap_check_arg(const char *arg, struct why *why)
{
	const size_t room = sizeof(((struct exporter *)NULL)->device) - sizeof(HEAP_DIR "/");

	if (!arg)
		return 0;
	if (!arg[0] || arg[0] == '.' || strchr(arg, '/'))
		return why_set(why, -EINVAL,
			       "dma-heap \"%.100s\": a heap's name is that of a file in " HEAP_DIR
			       ", without \"/\" and not beginning with \".\"",
			       arg);
	if (strlen(arg) > room)
		return why_set(why, -EINVAL,
			       "dma-heap \"%.100s\": the name is too long, %zu bytes at most", arg,
			       room);
	return 0;
}

static int heap_open(struct exporter *exporter, const struct exporter_wish *wish, const char *arg,
		     struct why *why)
{
	int fd;

	(void)wish;
	snprintf(exporter->device, sizeof(exporter->device), HEAP_DIR "/%s",
		 arg ? arg : DEFAULT_HEAP);
	fd = open(exporter->device, O_RDONLY | O_CLOEXEC); /* to allocate needs no more */
	if (fd < 0 && errno == ENOENT)
		return why_no_heap(why, exporter->device);
	if (fd < 0)
		return device_file_why(why, -errno, exporter->device, "the heap went away");

	exporter->priv = fd_to_priv(fd);
	return 0;
}

static void heap_close(struct exporter *exporter)
{
	close(priv_to_fd(exporter->priv));
	exporter->priv = NULL;
}

/*
 * The system heap refuses nothing: it takes pages until the kernel kills programs to find more
 * (measured on 6.12). So whoever asks for too much is refused here. A run has up to four buffers,
 * and the memory is not ours alone: with an eighth for each, half of it stays.
 */
static int check_memory(size_t size, struct why *why)
{
	struct sysinfo info;
	uint64_t total;

	if (sysinfo(&info) < 0)
		return 0;
	total = (uint64_t)info.totalram * info.mem_unit;
	if (size <= total / 8)
		return 0;
	return why_set(why, -ENOMEM,
		       "a buffer of %zu bytes is more than an eighth of this machine's memory "
		       "(%" PRIu64
		       " MiB), and a heap would take it all the same: choose a smaller size",
		       size, total >> 20);
}

/* For buffer_make(). */
static int make_dmabuf(void *data, struct buffer *buffer, uint32_t part, struct why *why)
{
	/* R26, R28: these are the flags of the dma-buf's fd. */
	struct dma_heap_allocation_data heap = { .fd_flags = O_RDWR | O_CLOEXEC };
	const struct exporter *exporter = data;
	size_t size = buffer_part_bytes(buffer, part);
	int err;

	heap.len = size;
	if (ioctl(priv_to_fd(exporter->priv), DMA_HEAP_IOCTL_ALLOC, &heap) == 0)
		return (int)heap.fd;
	err = -errno;
	return why_set(why, err, "DMA_HEAP_IOCTL_ALLOC of %zu bytes: %s%s", size, strerror(-err),
		       err == -ENOMEM ? "; the heap has no room for it: choose a smaller "
					"size or another heap"
				      : "");
}

static int heap_alloc(struct exporter *exporter, uint32_t width, uint32_t height, uint32_t fourcc,
		      struct buffer *buffer, struct why *why)
{
	size_t size;
	int err = buffer_layout(buffer, width, height, fourcc, &size, why);

	if (!err)
		err = check_memory(size, why);
	return err ? err : buffer_make(buffer, make_dmabuf, exporter, why);
}

static void heap_free(struct exporter *exporter, struct buffer *buffer)
{
	(void)exporter;
	buffer_disown(buffer);
}

const struct exporter_ops exporter_heap = {
	.name = "dma-heap",
	.arg = "NAME",
	.about = "a heap of " HEAP_DIR ", \"" DEFAULT_HEAP "\" if none is named",
	.check_arg = heap_check_arg,
	.open = heap_open,
	.close = heap_close,
	.alloc = heap_alloc,
	.free = heap_free,
};
