// SPDX-License-Identifier: MIT
/* file: the end of a file that results were written to. See file.h. */
#include "report/file.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

int file_close(FILE *file, const char *path, int err)
{
	struct stat st;
	bool plain = !fstat(fileno(file), &st) && S_ISREG(st.st_mode);

	if (fclose(file) && !err)
		err = -errno;
	if (err && plain)
		unlink(path);
	return err;
}
