// SPDX-License-Identifier: MIT
/* cursor_theme: see cursor_theme.h. The file format is Xcursor's, of xcursor(3). */
#include "cursor_theme.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE 0xfffd0002u /* a type of chunk */

enum { FILE_HEADER = 16, TOC_ENTRY = 12, IMAGE_HEADER = 36, MAX_SIDE = 48 };

static const struct {
	const char *path;
	uint32_t large; /* the side of the picture for 48; 0: there is none */
} cursors[] = {
	{ "/staleline/cursors/default", 48 },
	{ "/staleline/cursors/w-resize", 48 },
	{ "/staleline/cursors/n-resize", 45 },
	{ "/single/cursors/default", 0 },
};

static const char *const folders[] = { "", "/staleline", "/staleline/cursors", "/single",
				       "/single/cursors" };

enum {
	CURSORS = sizeof(cursors) / sizeof(cursors[0]),
	FOLDERS = sizeof(folders) / sizeof(folders[0])
};

static char root[64];

static void put(FILE *file, const uint32_t *words, size_t count)
{
	if (fwrite(words, sizeof(words[0]), count, file) != count)
		abort();
}

static void put_image(FILE *file, uint32_t size, uint32_t side)
{
	static const uint32_t pixels[MAX_SIDE * MAX_SIDE];
	const uint32_t header[] = {
		IMAGE_HEADER, IMAGE, size, 1, side, side, side / 2, side / 2, 0
	};

	put(file, header, 9);
	put(file, pixels, (size_t)side * side);
}

static void write_cursor(const char *path, uint32_t large)
{
	const uint32_t count = large ? 2 : 1, first = FILE_HEADER + count * TOC_ENTRY;
	const uint32_t second = first + IMAGE_HEADER + 24 * 24 * 4;
	const uint32_t head[] = { 0x72756358, FILE_HEADER, 0x10000, count }; /* "Xcur" */
	const uint32_t toc[] = { IMAGE, 24, first, IMAGE, 48, second };
	FILE *file = fopen(path, "we");

	if (!file)
		abort();
	put(file, head, 4);
	put(file, toc, (size_t)count * 3);
	put_image(file, 24, 24);
	if (large)
		put_image(file, 48, large);
	if (fclose(file))
		abort();
}

/* Below the folder that is the tests' own. */
static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s%s", root, name);
	return path;
}

void cursor_theme_begin(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(root, sizeof(root), "%s/staleline-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!mkdtemp(root))
		abort();
	for (size_t i = 1; i < FOLDERS; i++)
		if (mkdir(path_of(folders[i]), 0700))
			abort();
	for (size_t i = 0; i < CURSORS; i++)
		write_cursor(path_of(cursors[i].path), cursors[i].large);
	setenv("XCURSOR_PATH", root, 1);
	setenv("XCURSOR_SIZE", "24", 1);
	cursor_theme_have(true);
}

void cursor_theme_have(bool both)
{
	setenv("XCURSOR_THEME", both ? "staleline" : "single", 1);
}

void cursor_theme_end(void)
{
	for (size_t i = 0; i < CURSORS; i++)
		unlink(path_of(cursors[i].path));
	for (size_t i = FOLDERS; i; i--)
		rmdir(path_of(folders[i - 1]));
}
