// SPDX-License-Identifier: MIT
/* device_file: opening a node in /dev, and the sentence for a person when that fails. */
#include "buffer/device_file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Not permitted: the mend is a group, where the node's mode lets its group in. */
static int why_not_permitted(struct why *why, int err, const char *path)
{
	struct stat st;
	const struct group *group;
	const struct passwd *owner;
	char name[32];

	if (stat(path, &st) < 0)
		return why_set(why, err, "open %s: %s", path, strerror(-err));

	group = getgrgid(st.st_gid);
	if (group)
		snprintf(name, sizeof(name), "%s", group->gr_name);
	else
		snprintf(name, sizeof(name), "%u", st.st_gid);

	if ((st.st_mode & 0060) == 0060 && st.st_gid != 0)
		return why_set(why, err,
			       "open %s: %s; its group %s may: "
			       "`sudo usermod -a -G %s $USER` and log in again",
			       path, strerror(-err), name, name);

	owner = getpwuid(st.st_uid);
	return why_set(why, err,
		       "open %s: %s; only user %s may (mode %04o, group %s): a udev rule can give "
		       "it to a group, or run this as that user",
		       path, strerror(-err), owner ? owner->pw_name : "of another namespace",
		       st.st_mode & 07777, name);
}

int device_file_why(struct why *why, int err, const char *path, const char *absent)
{
	switch (err) {
	case -ENOENT:
		return why_set(why, err, "open %s: %s; %s", path, strerror(-err), absent);
	case -ENODEV:
	case -ENXIO:
		return why_set(why, err, "open %s: %s; the node is there but its driver is not: %s",
			       path, strerror(-err), absent);
	case -EACCES:
		return why_not_permitted(why, err, path);
	case -EPERM:
		return why_set(why, err,
			       "open %s: %s; a container or sandbox that withholds devices says "
			       "this: give it the device or leave it",
			       path, strerror(-err));
	default:
		return why_set(why, err, "open %s: %s", path, strerror(-err));
	}
}

int device_file_open(const char *path, int mode, const char *absent, struct why *why)
{
	int fd = open(path, mode | O_CLOEXEC);

	return fd < 0 ? device_file_why(why, -errno, path, absent) : fd;
}
