// SPDX-License-Identifier: MIT
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "kmod_util.h"
#include "staleline_drm.h"

void note(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

uint64_t choose(struct chooser *c)
{
	uint64_t x = c->state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

uint32_t below(struct chooser *c, uint32_t n)
{
	return n ? (uint32_t)(choose(c) >> 32) % n : 0;
}

bool once_in(struct chooser *c, uint32_t n)
{
	return !below(c, n);
}

uint64_t boundary(struct chooser *c)
{
	static const uint64_t edges[] = {
		0,
		1,
		2,
		63,
		64,
		65,
		4095,
		4096,
		4097,
		0xff,
		0xffff,
		0x10000,
		0x10001,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x7fffffffffffffff,
		0x8000000000000000,
		0xffffffffffffffff,
		0xfffffffffffff000,
		0xffffffffffffffc0,
	};
	uint64_t edge = edges[below(c, sizeof(edges) / sizeof(*edges))];

	switch (below(c, 4)) {
	case 0:
		return edge + below(c, 3) - 1;
	case 1:
		return 1ULL << below(c, 64);
	case 2:
		return choose(c);
	default:
		return edge;
	}
}

int64_t dumb_offset(int fd, uint32_t handle)
{
	struct drm_mode_map_dumb map = { .handle = handle };

	return call(fd, DRM_IOCTL_MODE_MAP_DUMB, &map) ? 0 : (int64_t)map.offset;
}

bool all_is_back(int seconds)
{
	for (int i = 0; i < seconds * 10; i++) {
		if (!total_bytes())
			return true;
		usleep(100000);
	}
	return false;
}

static int make_udmabuf(size_t size)
{
	int memfd = memfd_create("foreign", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), fd = -ENODEV;
	struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = size };

	if (memfd >= 0 && dev >= 0 && !ftruncate(memfd, (off_t)size) &&
	    !fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK)) {
		create.memfd = (uint32_t)memfd;
		fd = ioctl(dev, UDMABUF_CREATE, &create);
		if (fd < 0)
			fd = -errno;
	}
	close(memfd);
	close(dev);
	return fd;
}

static int make_heap(size_t size)
{
	struct dma_heap_allocation_data data = { .len = size, .fd_flags = O_RDWR | O_CLOEXEC };
	int dev = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
	int ret = dev < 0 ? -ENODEV : call(dev, DMA_HEAP_IOCTL_ALLOC, &data);

	close(dev);
	return ret ? ret : (int)data.fd;
}

static int make_vgem(size_t size)
{
	int dev = open_card("vgem"), fd = -ENODEV;
	uint32_t handle;

	if (dev >= 0 && !dumb(dev, 1024, (uint32_t)(size / 4096), 32, &handle, NULL))
		fd = export(dev, handle, DRM_CLOEXEC | DRM_RDWR);
	close(dev);
	return fd;
}

int foreign_dmabuf(unsigned int kind, size_t size)
{
	switch (kind) {
	case 0:
		return make_udmabuf(size);
	case 1:
		return make_heap(size);
	default:
		return make_vgem(size);
	}
}

/* A message of one byte, with room for one descriptor. */
struct parcel {
	struct msghdr msg;
	struct iovec iov;
	char byte;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
};

static void parcel_init(struct parcel *p)
{
	memset(p, 0, sizeof(*p));
	p->iov = (struct iovec){ .iov_base = &p->byte, .iov_len = 1 };
	p->msg.msg_iov = &p->iov;
	p->msg.msg_iovlen = 1;
	p->msg.msg_control = p->control;
	p->msg.msg_controllen = sizeof(p->control);
}

int send_fd(int socket, int fd)
{
	struct cmsghdr *header;
	struct parcel p;

	parcel_init(&p);
	header = CMSG_FIRSTHDR(&p.msg);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	return sendmsg(socket, &p.msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int receive_fd(int socket)
{
	struct cmsghdr *header;
	struct parcel p;
	int fd;

	parcel_init(&p);
	if (recvmsg(socket, &p.msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	header = CMSG_FIRSTHDR(&p.msg);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -ENOMSG;
	memcpy(&fd, CMSG_DATA(header), sizeof(int));
	return fd;
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static void set_failure(const char *kind, const char *name, const char *value)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", kind, name);
	write_file(path, value);
}

/* Where a function of the kernel begins and the next one does; 0: not known. */
static void find_function(const char *name, unsigned long *start, unsigned long *end)
{
	FILE *f = fopen("/proc/kallsyms", "r");
	char line[512], symbol[256];
	unsigned long at;

	*start = *end = 0;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx %*c %255s", &at, symbol) != 2)
			continue;
		if (!strcmp(symbol, name))
			*start = at;
		else if (*start && at > *start && (!*end || at < *end))
			*end = at;
	}
	if (f)
		fclose(f);
}

/*
 * dma_buf_vmap() has a WARN_ON for an exporter that fails, and exporters fail where there is no memory: nothing fails
 * within it, or the kernel complains of what was asked for.
 */
static void spare(const char *kind, const char *function)
{
	unsigned long start, end;
	char text[32];

	find_function(function, &start, &end);
	if (!end)
		return;
	set_failure(kind, "stacktrace-depth", "32");
	snprintf(text, sizeof(text), "%#lx", start);
	set_failure(kind, "reject-start", text);
	snprintf(text, sizeof(text), "%#lx", end);
	set_failure(kind, "reject-end", text);
}

/* Quietly: what is injected shows no stack. */
void set_up_failures(unsigned int percent)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	char text[16];

	snprintf(text, sizeof(text), "%u", percent);
	for (unsigned int i = 0; i < 3; i++) {
		set_failure(kinds[i], "verbose", "0");
		set_failure(kinds[i], "task-filter", "Y");
		set_failure(kinds[i], "ignore-gfp-wait", "N");
		set_failure(kinds[i], "ignore-gfp-highmem", "N");
		set_failure(kinds[i], "min-order", "0");
		set_failure(kinds[i], "times", "-1");
		spare(kinds[i], "dma_buf_vmap");
		/* A signal that can't be delivered ends a process. */
		set_failure(kinds[i], "probability", i < 2 ? text : "0");
	}
}

bool number_option(const char *arg, const char *name, uint64_t *value)
{
	size_t length = strlen(name);

	if (strncmp(arg, "--", 2) || strncmp(arg + 2, name, length) || arg[2 + length] != '=')
		return false;
	*value = strtoull(arg + length + 3, NULL, 0);
	return true;
}

void debugfs_path(int fd, char *path, size_t size)
{
	struct stat st;

	*path = '\0';
	if (!fstat(fd, &st))
		snprintf(path, size, "/sys/kernel/debug/dri/%u", minor(st.st_rdev));
}
