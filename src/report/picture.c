// SPDX-License-Identifier: MIT
/* picture: PNGs in and out. The panel is in panel.c. */
#include "report/picture.h"

#include <cairo.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/file.h"

static int cairo_errno(cairo_status_t status)
{
	switch (status) {
	case CAIRO_STATUS_SUCCESS:
		return 0;
	case CAIRO_STATUS_NO_MEMORY:
		return -ENOMEM;
	case CAIRO_STATUS_FILE_NOT_FOUND:
		return -ENOENT;
	case CAIRO_STATUS_WRITE_ERROR:
	case CAIRO_STATUS_READ_ERROR:
		return errno ? -errno : -EIO;
	default:
		return -EIO;
	}
}

static cairo_status_t write_part(void *data, const unsigned char *bytes, unsigned int length)
{
	FILE *file = data;

	return fwrite(bytes, 1, length, file) == length ? CAIRO_STATUS_SUCCESS
							: CAIRO_STATUS_WRITE_ERROR;
}

/* 0 or -errno. */
static int write_png(cairo_surface_t *surface, const char *path)
{
	FILE *file = fopen(path, "we");
	cairo_status_t status;

	if (!file)
		return -errno;
	errno = 0;
	status = cairo_surface_write_to_png_stream(surface, write_part, file);
	return file_close(file, path, cairo_errno(status));
}

int picture_save(const struct picture *picture, const char *path, struct why *why)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data(
		(unsigned char *)picture->pixels, CAIRO_FORMAT_RGB24, (int)picture->width,
		(int)picture->height, (int)picture->stride);
	int err = write_png(surface, path);

	cairo_surface_destroy(surface);
	if (err)
		return why_set(why, err,
			       "write the picture %s: %s; name a path that can be written", path,
			       strerror(-err));
	return 0;
}

static uint32_t *new_pixels(struct picture *picture, uint32_t width, uint32_t height)
{
	*picture = (struct picture){ .width = width, .height = height, .stride = width * 4 };
	picture->pixels = calloc(height, picture->stride);
	return picture->pixels;
}

/* Each cell as large as it is on the card; pixels after the last whole cell stay black. */
static void draw_blocks(const struct picture *picture, const struct heat *heat, uint32_t height)
{
	for (uint32_t y = 0; y < height && y < heat->rows; y++)
		for (uint32_t x = 0; x < picture->width && x / heat->cell_width < heat->cols; x++)
			picture->pixels[y * picture->width + x] =
				heat->colours[y * heat->cols + x / heat->cell_width];
}

int picture_save_heat(const struct heat *heat, const struct record *record, uint32_t width,
		      uint32_t height, const char *path, struct why *why)
{
	uint32_t full = width < picture_legend_width() ? picture_legend_width() : width;
	uint32_t legend_height = picture_legend_height(full);
	struct picture picture, legend;
	int err;

	if (!new_pixels(&picture, full, height + legend_height))
		return why_set(why, -ENOMEM, "write the heatmap %s: out of memory", path);
	draw_blocks(&picture, heat, height);
	legend = picture;
	legend.pixels += (size_t)height * full;
	legend.height = legend_height;
	picture_legend(&legend, record);
	err = picture_save(&picture, path, why);
	free(picture.pixels);
	return err;
}

int picture_save_both(const struct picture *card, const struct record *record,
		      const struct heat *heat, const char *path, struct why *why)
{
	struct picture both, panel;
	int err;

	if (!new_pixels(&both, card->width + PICTURE_PANEL_WIDTH,
			card->height < 560 ? 560 : card->height))
		return why_set(why, -ENOMEM, "write the picture %s: out of memory", path);
	/* A card lower than the panel stands on the panel's ground. */
	for (size_t i = 0; i < (size_t)both.width * both.height; i++)
		both.pixels[i] = 0x14171e;
	for (uint32_t y = 0; y < card->height; y++)
		memcpy(both.pixels + y * both.width, picture_row(card, y), card->width * 4);
	panel = (struct picture){
		.pixels = both.pixels + card->width,
		.width = PICTURE_PANEL_WIDTH,
		.height = both.height,
		.stride = both.stride,
	};
	picture_magnify(&panel, picture_panel(&panel, record, heat), card, heat);
	err = picture_save(&both, path, why);
	free(both.pixels);
	return err;
}

int picture_load(struct picture *picture, const char *path, struct why *why)
{
	cairo_surface_t *surface = cairo_image_surface_create_from_png(path);
	int err = cairo_errno(cairo_surface_status(surface));
	int width = cairo_image_surface_get_width(surface);
	int height = cairo_image_surface_get_height(surface);
	size_t stride = (size_t)cairo_image_surface_get_stride(surface);
	const unsigned char *data = cairo_image_surface_get_data(surface);

	/* Others would be other bytes: what cairo makes of 16 bits a channel is floating point. */
	if (!err && cairo_image_surface_get_format(surface) != CAIRO_FORMAT_RGB24 &&
	    cairo_image_surface_get_format(surface) != CAIRO_FORMAT_ARGB32)
		err = -EILSEQ;
	if (!err &&
	    (width <= 0 || height <= 0 || width > PICTURE_MAX_SIDE || height > PICTURE_MAX_SIDE))
		err = -EINVAL;
	if (!err && !new_pixels(picture, (uint32_t)width, (uint32_t)height))
		err = -ENOMEM;
	for (uint32_t y = 0; !err && y < picture->height; y++)
		memcpy(picture->pixels + (size_t)y * picture->width, data + y * stride,
		       picture->stride);
	cairo_surface_destroy(surface);
	if (err)
		return why_set(why, err, "read the picture %s: %s", path, strerror(-err));
	return 0;
}
