// SPDX-License-Identifier: MIT
/* file: the end of a file that results were written to. See file.h. */
#include "report/file.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * The name goes if it is the file's own;
 * behind a link (/dev/stdout, latest.json) the file is emptied.
 */
static void take_back(const char *path, const struct stat *file)
{
	struct stat named;

	if (!lstat(path, &named) && is_same(&named, file))
		unlink(path);
	else if (!stat(path, &named) && is_same(&named, file) && truncate(path, 0))
		return; /* there is nothing else to try, and the error is told in any case */
}

int file_close(FILE *file, const char *path, int err)
{
	struct stat st;
	bool plain = !fstat(fileno(file), &st) && S_ISREG(st.st_mode);

	if (fclose(file) && !err)
		err = -errno;
	if (err && plain)
		take_back(path, &st);
	return err;
}
