// SPDX-License-Identifier: GPL-2.0
/* The modes of the connector: those of the modes= parameter, or the usual ones. */
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <drm/drm_edid.h>
#include <drm/drm_modes.h>

#include "sl.h"

#define MAX_MODES 32

struct sl_mode {
	unsigned int width, height, refresh;
};

static DEFINE_MUTEX(modes_lock);
static struct sl_mode modes[MAX_MODES];
static unsigned int nmodes;

static bool between(unsigned int n, unsigned int low, unsigned int high)
{
	return n >= low && n <= high;
}

/* Digits, and nothing else; what doesn't fit is none. */
static bool parse_number(const char *text, unsigned int *n)
{
	return isdigit(*text) && !kstrtouint(text, 10, n);
}

/* "1024x768" or "1024x768@30", and nothing behind it. */
static int parse_mode(char *text, struct sl_mode *mode)
{
	char *refresh = strim(text), *size = strsep(&refresh, "@");
	char *height = size, *width = strsep(&height, "x");

	mode->refresh = 60;
	if (!height || !parse_number(width, &mode->width) || !parse_number(height, &mode->height) ||
	    (refresh && !parse_number(refresh, &mode->refresh)))
		return -EINVAL;
	if (!between(mode->width, SL_MIN_SIZE, SL_MAX_SIZE) ||
	    !between(mode->height, SL_MIN_SIZE, SL_MAX_SIZE) ||
	    !between(mode->refresh, 1, SL_MAX_REFRESH))
		return -EINVAL;
	return 0;
}

static int parse_modes(char *text, struct sl_mode *list, unsigned int *n)
{
	char *word;
	int ret;

	*n = 0;
	text = strim(text);
	if (!*text)
		return 0;
	while ((word = strsep(&text, ","))) {
		if (*n == MAX_MODES)
			return -EINVAL;
		ret = parse_mode(word, &list[(*n)++]);
		if (ret)
			return ret;
	}
	return 0;
}

int sl_modes_set(const char *text)
{
	struct sl_mode *list = kcalloc(MAX_MODES, sizeof(*list), GFP_KERNEL);
	char *copy = kstrdup(text, GFP_KERNEL);
	unsigned int n;
	int ret = -ENOMEM;

	if (list && copy)
		ret = parse_modes(copy, list, &n);
	if (!ret) {
		mutex_lock(&modes_lock);
		memcpy(modes, list, sizeof(modes));
		nmodes = n;
		mutex_unlock(&modes_lock);
	}
	kfree(copy);
	kfree(list);
	return ret;
}

int sl_modes_get(char *text)
{
	unsigned int i;
	int n = 0;

	mutex_lock(&modes_lock);
	for (i = 0; i < nmodes; i++)
		n += sysfs_emit_at(text, n, "%s%ux%u@%u", i ? "," : "", modes[i].width,
				   modes[i].height, modes[i].refresh);
	mutex_unlock(&modes_lock);
	return n + sysfs_emit_at(text, n, "\n");
}

/*
 * Made here, as CVT has no widths but multiples of 8. The blanking is about that of reduced CVT,
 * and the clock is whole kHz.
 */
static struct drm_display_mode *mode_create(struct drm_device *drm, const struct sl_mode *from)
{
	struct drm_display_mode *mode = drm_mode_create(drm);

	if (!mode)
		return NULL;
	mode->hdisplay = from->width;
	mode->hsync_start = from->width + 48;
	mode->hsync_end = from->width + 80;
	mode->htotal = from->width + 160;
	mode->vdisplay = from->height;
	mode->vsync_start = from->height + 3;
	mode->vsync_end = from->height + 7;
	mode->vtotal = from->height + 30;
	mode->clock = DIV_ROUND_CLOSEST_ULL((u64)mode->htotal * mode->vtotal * from->refresh, 1000);
	mode->type = DRM_MODE_TYPE_DRIVER;
	mode->flags = DRM_MODE_FLAG_PHSYNC | DRM_MODE_FLAG_NVSYNC;
	drm_mode_set_name(mode);
	return mode;
}

static int add_usual_modes(struct drm_connector *connector)
{
	int n = drm_add_modes_noedid(connector, 2560, 1600);

	drm_set_preferred_mode(connector, 1024, 768);
	return n;
}

int sl_modes_add(struct drm_connector *connector)
{
	unsigned int i, n = 0;

	mutex_lock(&modes_lock);
	for (i = 0; i < nmodes; i++) {
		struct drm_display_mode *mode = mode_create(connector->dev, &modes[i]);

		if (!mode)
			break;
		if (!i)
			mode->type |= DRM_MODE_TYPE_PREFERRED;
		drm_mode_probed_add(connector, mode);
		n++;
	}
	mutex_unlock(&modes_lock);
	return n ?: add_usual_modes(connector);
}

/* For user space's own modes too. */
enum drm_mode_status sl_mode_valid(struct drm_device *drm, const struct drm_display_mode *mode)
{
	if (mode->flags & (DRM_MODE_FLAG_INTERLACE | DRM_MODE_FLAG_DBLSCAN | DRM_MODE_FLAG_3D_MASK))
		return MODE_BAD;
	if (mode->vscan > 1)
		return MODE_NO_VSCAN;
	if (!between(mode->hdisplay, SL_MIN_SIZE, SL_MAX_SIZE))
		return MODE_BAD_HVALUE;
	if (!between(mode->vdisplay, SL_MIN_SIZE, SL_MAX_SIZE))
		return MODE_BAD_VVALUE;
	if (!between(drm_mode_vrefresh(mode), 1, SL_MAX_REFRESH))
		return MODE_CLOCK_RANGE;
	return MODE_OK;
}
