// SPDX-License-Identifier: MIT
/*
 * The device nodes: no permission, no such node, which node of a device, and who is its master.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gbm.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drm.h>

#include "exporters.h"

#include "buffer/drm_node.h"

#define NOBODY 65534

/* As nobody, in a child: exporter_open() must fail with -EACCES, naming @word. */
static void check_as_nobody(const char *name, const char *device, const char *word)
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct exporter exporter;
		struct why why = { "" };
		int err;

		if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
			_exit(9);
		err = open_exporter(&exporter, name, device, &why);
		printf("# %s\n", why.text);
		fflush(stdout);
		_exit(err == -EACCES && has(why.text, "Permission denied") && has(why.text, word)
			      ? 0
			      : 1);
	}
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "see the line above",
	   "%s as nobody: the message names \"%s\"", name, word);
}

/* For a moment @path is a group's, as a distribution's udev rules make it. */
void check_permission(const char *name, const char *path)
{
	const char *device = strcmp(name, "gbm") ? NULL : path;
	const struct group *group = getgrnam("video");
	struct stat st;

	if (!group || stat(path, &st) < 0) {
		skip("permission", "no group video or no node");
		return;
	}
	chown(path, 0, group->gr_gid);
	chmod(path, 0660);
	check_as_nobody(name, device, "usermod -a -G video");
	chown(path, 0, 0);
	chmod(path, 0600);
	check_as_nobody(name, device, "only user root");
	chown(path, st.st_uid, st.st_gid);
	chmod(path, st.st_mode & 07777);
}

void check_no_such(const char *name, const char *device, int expected, const char *word)
{
	struct exporter exporter;
	struct why why = { "" };
	int before = count_fds();
	int err = open_exporter(&exporter, name, device, &why);

	printf("# %s\n", why.text);
	ok(err == expected && has(why.text, word), why.text, "%s on %s: %s", name,
	   device ? device : "nothing", strerror(-err));
	if (!err)
		exporter_close(&exporter);
	ok(count_fds() == before, "fds", "and leaves no fd");
}

/* Our open of a primary node must not keep a compositor out. */
void check_master_is_free(const struct exporter *exporter)
{
	const struct drm_node *node = exporter->priv;
	int fd;

	ok(!drmIsMaster(node->fd), "it is master", "%s is open and not DRM master", node->path);
	fd = open(node->path, O_RDWR | O_CLOEXEC);
	ok(fd >= 0 && (has(node->path, "render") || drmIsMaster(fd)), "it is not",
	   "the next to open it can be");
	close(fd);
}

/* For drm_node_each(). */
static int count_device(void *data, const char *path)
{
	printf("# device: %s\n", path);
	++*(int *)data;
	return 0;
}

/* Every node of the device must lead to the one that works. */
void check_each_node(const struct exporter *exporter)
{
	const struct drm_node *node = exporter->priv;
	struct dirent **entries;
	int n = scandir("/dev/dri", &entries, NULL, alphasort), nodes = 0, devices = 0;

	for (int i = 0; i < n; i++) {
		char path[300];
		struct drm_node other;
		struct why why = { "" };
		struct stat st;

		snprintf(path, sizeof(path), "/dev/dri/%s", entries[i]->d_name);
		free(entries[i]);
		if (stat(path, &st) < 0 || !S_ISCHR(st.st_mode) ||
		    !drm_node_is_device(node->fd, st.st_rdev))
			continue;
		nodes++;
		if (!ok(!drm_node_open(&other, path, &why), why.text, "%s opens", path))
			continue;
		ok(!strcmp(other.path, node->path), other.path, "by %s, %s, %s", other.path,
		   other.driver, gbm_device_get_backend_name(other.gbm));
		drm_node_close(&other);
	}
	if (n >= 0)
		free(entries);
	if (strcmp(node->driver, "vgem"))
		return;
	ok(nodes == 2, "nodes", "vgem has two nodes, and both are known to be its own");
	ok(!drm_node_each(0, count_device, &devices) && devices >= 1 && devices < n - 2, "devices",
	   "devices in all: %d, fewer than nodes", devices);
}
