// SPDX-License-Identifier: MIT
/* look_exporter: each exporter, tried by allocating a small buffer and touching it in order. */
#include "cmd/look.h"

#include <dirent.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "buffer/exporter.h"

#define HEAP_DIR "/dev/dma_heap"

static void no_log(void *data, const char *line)
{
	(void)data;
	(void)line;
}

int look_open_exporter(struct exporter *exporter, const struct listing_exporter *row,
		       struct why *why)
{
	const struct exporter_wish wish = {
		.name = row->name,
		.device = row->wanted[0] ? row->wanted : NULL,
	};

	return exporter_open(exporter, &wish, DRM_FORMAT_XRGB8888, no_log, NULL, why);
}

/* One bracket: a word is written and read back. */
static int touch(struct buffer *buffer, struct why *why)
{
	volatile uint32_t *pixel = buffer_pixels(buffer);
	uint32_t seen;
	int err;

	access_is_ready(&buffer->access, ACCESS_RW); /* new, and nobody else has seen it (R5) */
	err = access_begin(&buffer->access, ACCESS_RW);
	if (err)
		return why_set(why, err, "SYNC START of its buffer: %s", strerror(-err));
	*pixel = 0x00c0ffee;
	seen = *pixel;
	err = access_end(&buffer->access, ACCESS_RW);
	if (err)
		return why_set(why, err, "SYNC END of its buffer: %s", strerror(-err));
	if (seen != 0x00c0ffee)
		return why_set(why, -EIO,
			       "the map does not hold what the CPU writes: 0x00c0ffee became "
			       "0x%08x; this exporter's map is of no use",
			       seen);
	return 0;
}

/* R17 to R23: the fences out of the buffer as a sync_file, and that one in again. */
static void try_sync_file(struct listing_exporter *row, int fd)
{
	struct dma_buf_export_sync_file out = { .flags = DMA_BUF_SYNC_RW, .fd = -1 };
	struct dma_buf_import_sync_file in = { .flags = DMA_BUF_SYNC_READ };

	row->sync_file_export = ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out) < 0 ? -errno : 0;
	if (row->sync_file_export) {
		row->sync_file_import = row->sync_file_export;
		return;
	}
	in.fd = out.fd;
	row->sync_file_import = ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in) < 0 ? -errno : 0;
	close(out.fd);
}

/* In the child. */
static int try_exporter(void *data, void *result)
{
	struct listing_exporter *row = result;
	struct exporter exporter;
	struct buffer buffer;

	(void)data;
	row->err = look_open_exporter(&exporter, row, &row->why);
	if (row->err)
		return 0;
	row->why.text[0] = '\0'; /* a note for the log */
	snprintf(row->device, sizeof(row->device), "%s", exporter.device);
	row->err = exporter_alloc(&exporter, LISTING_TRIAL_SIZE, LISTING_TRIAL_SIZE,
				  DRM_FORMAT_XRGB8888, &buffer, &row->why);
	if (!row->err) {
		row->stride = buffer.stride;
		row->size = buffer.size;
		row->err = touch(&buffer, &row->why);
		try_sync_file(row, buffer.fd);
		exporter_free(&buffer);
	}
	exporter_close(&exporter);
	return 0;
}

static void add(struct listing *listing, const char *kind, const char *arg, const char *wanted)
{
	struct listing_exporter *row = &listing->exporters[listing->exporter_count];

	if (listing->exporter_count == LISTING_EXPORTERS)
		return;
	listing->exporter_count++;
	snprintf(row->name, sizeof(row->name), "%s%s%.50s", kind, arg ? ":" : "", arg ? arg : "");
	snprintf(row->wanted, sizeof(row->wanted), "%s", wanted);
}

static int is_heap(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Each heap by its name; without any, the kind alone, whose error then tells the mend. */
static void add_heaps(struct listing *listing, const char *kind)
{
	struct dirent **entries;
	int n = scandir(HEAP_DIR, &entries, is_heap, alphasort);

	if (n <= 0)
		add(listing, kind, NULL, "");
	for (int i = 0; i < n; i++) {
		add(listing, kind, entries[i]->d_name, "");
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

/* gbm is tried on each device; without any, alone, as above. */
static void add_gbm(struct listing *listing, const char *kind)
{
	for (uint32_t i = 0; i < listing->device_count; i++) {
		const struct listing_device *device = &listing->devices[i];

		add(listing, kind, NULL,
		    device->primary.path[0] ? device->primary.path : device->render.path);
	}
	if (!listing->device_count)
		add(listing, kind, NULL, "");
}

static void add_kind(struct listing *listing, const char *kind)
{
	if (!strcmp(kind, "gbm"))
		add_gbm(listing, kind);
	else if (!strcmp(kind, "dma-heap"))
		add_heaps(listing, kind);
	else
		add(listing, kind, NULL, "");
}

static uint64_t parameter(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned long long number = 0;

	if (file && fscanf(file, "%llu", &number) != 1)
		number = 0;
	if (file)
		fclose(file);
	return number;
}

/* MiB for one buffer, where the exporter's module has such a parameter. */
static uint64_t limit_of(const char *name)
{
	if (!strcmp(name, "udmabuf"))
		return parameter("/sys/module/udmabuf/parameters/size_limit_mb");
	if (!strcmp(name, "staleline"))
		return parameter("/sys/module/staleline/parameters/max_buffer_mib");
	return 0;
}

int look_at_exporters(struct look *look)
{
	struct listing *listing = look->listing;

	for (const struct exporter_ops *const *ops = exporter_kinds; *ops; ops++)
		add_kind(listing, (*ops)->name);

	for (uint32_t i = 0; i < listing->exporter_count; i++) {
		struct listing_exporter *row = &listing->exporters[i];
		struct why why = { "" };
		char what[128];
		int err;

		row->limit_mib = limit_of(row->name);
		snprintf(what, sizeof(what), "%s %s", row->name, row->wanted);
		err = look_in_child(look, what, try_exporter, NULL, row, sizeof(*row), &why);
		if (err)
			row->err = why_set(&row->why, err, "%s: while a buffer was tried: %s", what,
					   why.text);
		if (err == -EINTR)
			return err;
	}
	return 0;
}
