// SPDX-License-Identifier: MIT
/* pixel_format: the pixel formats that there is a card for. See pixel_format.h. */
#include "base/pixel_format.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <strings.h>

#include <drm_fourcc.h>

const struct pixel_format pixel_formats[] = {
	{ DRM_FORMAT_XRGB8888, "XRGB8888", 4, 1, 1 },
	{ DRM_FORMAT_ARGB8888, "ARGB8888", 4, 1, 1 },
	{ DRM_FORMAT_XBGR8888, "XBGR8888", 4, 1, 1 },
	{ DRM_FORMAT_ABGR8888, "ABGR8888", 4, 1, 1 },
	{ DRM_FORMAT_RGB565, "RGB565", 2, 1, 1 },
	{ DRM_FORMAT_XRGB2101010, "XRGB2101010", 4, 1, 1 },
	{ DRM_FORMAT_ABGR16161616F, "ABGR16161616F", 8, 1, 1 },
	{ DRM_FORMAT_NV12, "NV12", 1, 2, 2 },
	{ DRM_FORMAT_P010, "P010", 2, 2, 2 },
	{ DRM_FORMAT_YUYV, "YUYV", 2, 1, 2 },
	{ 0, NULL, 0, 0, 0 },
};

const struct pixel_format *pixel_format_find(uint32_t fourcc)
{
	for (const struct pixel_format *format = pixel_formats; format->name; format++)
		if (format->fourcc == fourcc)
			return format;
	return NULL;
}

void pixel_format_letters(uint32_t fourcc, char letters[5])
{
	for (int i = 0; i < 4; i++)
		letters[i] = (char)(fourcc >> (8 * i) & 0x7f);
	letters[4] = '\0';
}

/* "0x34325258". */
static const struct pixel_format *parse_number(const char *text)
{
	unsigned long long number;
	char *end;

	if (strncasecmp(text, "0x", 2))
		return NULL;
	errno = 0;
	number = strtoull(text, &end, 16);
	if (errno || *end || number > UINT32_MAX)
		return NULL;
	return pixel_format_find((uint32_t)number);
}

const struct pixel_format *pixel_format_parse(const char *text)
{
	char letters[5];

	for (const struct pixel_format *format = pixel_formats; format->name; format++) {
		pixel_format_letters(format->fourcc, letters);
		if (!strcasecmp(text, format->name) || !strcasecmp(text, letters))
			return format;
	}
	return parse_number(text);
}
