// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <drm_fourcc.h>
#include <stdio.h>
#include <string.h>

#include "exporters.h"

bool has(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

bool is_needed(const char *name)
{
	size_t len = strlen(name);

	for (const char *at = needed; (at = strstr(at, name)); at += len) {
		if ((at == needed || at[-1] == ',') && (!at[len] || at[len] == ','))
			return true;
	}
	return false;
}

int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (!dir)
		return -1;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

int count_maps(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	char line[512];
	int n = 0;

	while (file && fgets(line, sizeof(line), file))
		n += has(line, "dmabuf");
	if (file)
		fclose(file);
	return n;
}

void log_line(void *data, const char *line)
{
	printf("# %s\n", line);
	snprintf(data, 1024, "%s", line);
}

int open_exporter(struct exporter *exporter, const char *name, const char *device, struct why *why)
{
	const struct exporter_wish wish = { .name = name, .device = device };
	char last[1024];

	return exporter_open(exporter, &wish, DRM_FORMAT_XRGB8888, log_line, last, why);
}
