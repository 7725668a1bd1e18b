// SPDX-License-Identifier: MIT
/* ppm: reading a binary PPM, the one picture format that a kernel module can write by itself. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/picture.h"

/* A comment runs to the end of its line; the first one is kept. */
static void read_comment(FILE *file, char *comment, size_t size)
{
	bool keep = comment[0] == '\0';
	size_t used = 0;
	int c;

	while ((c = getc(file)) != EOF && c != '\n')
		if (keep && used + 1 < size && (used || c != ' '))
			comment[used++] = (char)c;
	if (keep)
		comment[used] = '\0';
}

/* The next number of the header, or -1. White space and comments may stand before it. */
static long read_number(FILE *file, char *comment, size_t size)
{
	long number = 0;
	int c = getc(file), digits = 0;

	while (c == '#' || isspace(c)) {
		if (c == '#')
			read_comment(file, comment, size);
		c = getc(file);
	}
	for (; isdigit(c) && digits < 6; digits++, c = getc(file))
		number = number * 10 + (c - '0');
	/* One white space ends it: behind the last number come the pixels. */
	return digits && isspace(c) ? number : -1;
}

static int read_row(FILE *file, unsigned char *bytes, uint32_t *pixels, uint32_t width)
{
	if (fread(bytes, 3, width, file) != width)
		return ferror(file) ? -errno : -EILSEQ;
	for (uint32_t x = 0; x < width; x++)
		pixels[x] = (uint32_t)bytes[3 * x] << 16 | (uint32_t)bytes[3 * x + 1] << 8 |
			    bytes[3 * x + 2];
	return 0;
}

static int read_pixels(FILE *file, struct picture *picture)
{
	unsigned char *bytes = malloc((size_t)picture->width * 3);
	int err = 0;

	picture->pixels = calloc(picture->height, picture->stride);
	if (!bytes || !picture->pixels)
		err = -ENOMEM;
	for (uint32_t y = 0; !err && y < picture->height; y++)
		err = read_row(file, bytes, picture->pixels + (size_t)y * picture->width,
			       picture->width);
	free(bytes);
	if (err) {
		free(picture->pixels);
		picture->pixels = NULL;
	}
	return err;
}

static int read_ppm(FILE *file, struct picture *picture, char *comment, size_t size)
{
	long width, height, most;

	errno = 0;
	if (getc(file) != 'P' || getc(file) != '6')
		return ferror(file) && errno ? -errno : -EILSEQ;
	width = read_number(file, comment, size);
	height = read_number(file, comment, size);
	most = read_number(file, comment, size);
	if (width <= 0 || height <= 0 || width > PICTURE_MAX_SIDE || height > PICTURE_MAX_SIDE ||
	    most != 255)
		return -EILSEQ;
	*picture = (struct picture){ NULL, (uint32_t)width, (uint32_t)height, (uint32_t)width * 4 };
	return read_pixels(file, picture);
}

int picture_load_ppm(struct picture *picture, const char *path, char *comment, size_t size,
		     struct why *why)
{
	FILE *file = fopen(path, "re");
	int err;

	comment[0] = '\0';
	if (!file)
		return why_set(why, -errno, "open the picture %s: %s", path, strerror(errno));
	err = read_ppm(file, picture, comment, size);
	fclose(file);
	if (err == -EILSEQ)
		return why_set(why, err, "read the picture %s: it is no whole binary PPM", path);
	if (err)
		return why_set(why, err, "read the picture %s: %s", path, strerror(-err));
	return 0;
}
