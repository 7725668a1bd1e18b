// SPDX-License-Identifier: MIT
/* check_save: what --save=DIR writes. See check_save.h. */
#include "cmd/check_save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int check_save_folder(const char *folder, struct why *why)
{
	if (!folder || mkdir(folder, 0777) == 0 || errno == EEXIST)
		return 0;
	return why_set(why, -errno, "make the folder %s: %s; choose another with --save=", folder,
		       strerror(errno));
}

int check_save_try(const char *file, struct why *why)
{
	int fd, err;

	if (!file)
		return 0;
	fd = open(file, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0)
			unlink(file);
	}
	err = -errno;
	if (fd >= 0)
		return close(fd);
	return why_set(why, err, "write the result file %s: %s; choose another with --json=", file,
		       strerror(-err));
}

int check_save_machine(const struct listing *listing, const char *folder, struct why *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/machine.json", folder);
	return listing_write_json(listing, STALELINE_VERSION, path, why);
}

int check_save_heat(const char *folder, const struct heat *heat, const struct record *record,
		    const struct card *card, struct why *why)
{
	char path[PATH_MAX];
	int used = snprintf(path, sizeof(path), "%s/", folder);

	if (used < 0 || (size_t)used >= sizeof(path))
		return why_set(why, -ENAMETOOLONG, "a heatmap in %.100s...: the path is too long",
			       folder);
	snprintf(path + used, sizeof(path) - (size_t)used, "%s.png", record->name);
	/* Without what some file systems don't take. */
	for (char *at = path + used; *at; at++)
		if (*at == ':' || *at == '/')
			*at = '-';
	return picture_save_heat(heat, record, card->width, card->height, path, why);
}
