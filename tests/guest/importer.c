// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "importer.h"
#include "tap.h"

#define STALELINE_IMPORT _IO('s', 1)

static int import_by(const char *node, int dmabuf)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, STALELINE_IMPORT, dmabuf))
		bail(node);
	return fd;
}

int importer_of(int dmabuf)
{
	return import_by("/dev/staleline-importer", dmabuf);
}

int importer_thread(int dmabuf)
{
	return import_by("/dev/staleline-thread", dmabuf);
}

int importer_byte(int importer, off_t at)
{
	uint8_t byte;

	if (pread(importer, &byte, 1, at) != 1)
		bail("read by the importer");
	return byte;
}

void importer_fill(int importer, uint8_t value, size_t size)
{
	uint8_t page[4096];
	ssize_t n;

	memset(page, value, sizeof(page));
	for (size_t at = 0; at < size; at += (size_t)n) {
		size_t rest = size - at;

		n = pwrite(importer, page, rest < sizeof(page) ? rest : sizeof(page), (off_t)at);
		if (n <= 0)
			bail("write by the importer");
	}
}
