// SPDX-License-Identifier: MIT
/* check_save: what --save=DIR writes. See check_save.h. */
#include "cmd/check_save.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int check_save_folder(const char *folder, struct why *why)
{
	if (!folder || mkdir(folder, 0777) == 0 || errno == EEXIST)
		return 0;
	return why_set(why, -errno, "make the folder %s: %s", folder, strerror(errno));
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
