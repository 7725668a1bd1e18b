// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs scanout (root): what the screen shows, as a picture that any viewer reads, whoever is DRM
 * master. Each open is a new picture. The buffer is the opener's, so that the work that fills it
 * need not allocate.
 */
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_file.h>
#include <drm/drm_vblank.h>

#include "sl.h"

/* Any viewer of pictures skips the comment. */
#define PPM_HEADER "P6\n# staleline sequence %llu buffer %u pitch %u cursor %u\n%u %u\n255\n"

struct sl_picture_file {
	int ret; /* what a read is answered if there is no picture */
	size_t header, size;
	char text[192];
	u8 *rgb;
};

/*
 * Under the vblank reference. The work may have it in hand when time is up: it comes to an end. A
 * signal is EINTR and no restart: the error is for a read, which would be restarted in vain.
 */
static int wait_for_scan(struct sl_kms *kms, struct sl_scan *scan, u64 limit_ns)
{
	unsigned long limit = nsecs_to_jiffies(limit_ns), flags;
	long left = wait_for_completion_interruptible_timeout(&scan->done, limit);
	bool taken;

	if (left > 0)
		return scan->ret;
	spin_lock_irqsave(&kms->lock, flags);
	taken = scan->taken;
	if (!taken)
		list_del_init(&scan->link);
	spin_unlock_irqrestore(&kms->lock, flags);
	if (!taken)
		return left ? -EINTR : -ETIMEDOUT;
	wait_for_completion(&scan->done);
	return scan->ret;
}

/* @scan with the size of now, and memory for it. */
static int scan_alloc(struct sl_kms *kms, struct sl_scan *scan)
{
	unsigned long flags;

	*scan = (struct sl_scan){};
	INIT_LIST_HEAD(&scan->link);
	init_completion(&scan->done);
	spin_lock_irqsave(&kms->lock, flags);
	if (kms->active) {
		scan->width = kms->drawn.width;
		scan->height = kms->drawn.height;
	}
	spin_unlock_irqrestore(&kms->lock, flags);
	if (!scan->width)
		return -ENODATA;
	scan->rgb = kvmalloc_array(scan->height, 3 * scan->width, SL_GFP_SIZED);
	return scan->rgb ? 0 : -ENOMEM;
}

/* 0, or -ENODATA where the screen is off, or -EAGAIN where it has another size now. */
static int scan_once(struct sl_kms *kms, struct sl_scan *scan)
{
	unsigned long flags;
	u64 limit;
	int ret;

	ret = scan_alloc(kms, scan);
	if (ret)
		return ret;
	/* The timer has to run. */
	ret = drm_crtc_vblank_get(&kms->crtc);
	if (!ret) {
		spin_lock_irqsave(&kms->lock, flags);
		limit = max_t(u64, NSEC_PER_SEC, 3 * kms->period);
		if (kms->active)
			list_add_tail(&scan->link, &kms->scans);
		else
			ret = -ENODATA;
		spin_unlock_irqrestore(&kms->lock, flags);
		if (!ret)
			ret = wait_for_scan(kms, scan, limit);
		drm_crtc_vblank_put(&kms->crtc);
	} else {
		ret = -ENODATA;
	}
	if (ret)
		kvfree(scan->rgb);
	return ret;
}

static int picture_open(struct inode *inode, struct file *file)
{
	struct sl_kms *kms = inode->i_private;
	struct sl_picture_file *f = kzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);
	struct sl_scan scan;
	int tries = 3;

	if (!f)
		return -ENOMEM;
	do {
		f->ret = scan_once(kms, &scan);
	} while (f->ret == -EAGAIN && --tries);
	if (!f->ret) {
		f->rgb = scan.rgb;
		f->header =
			scnprintf(f->text, sizeof(f->text), PPM_HEADER, scan.frame, scan.primary,
				  scan.pitch, scan.cursor, scan.width, scan.height);
		f->size = (size_t)scan.width * scan.height * 3;
	}
	file->private_data = f;
	return 0;
}

static ssize_t picture_read(struct file *file, char __user *to, size_t count, loff_t *at)
{
	struct sl_picture_file *f = file->private_data;
	loff_t pixel;
	ssize_t n;

	if (f->ret)
		return f->ret;
	if (*at < f->header)
		return simple_read_from_buffer(to, count, at, f->text, f->header);
	pixel = *at - f->header;
	n = simple_read_from_buffer(to, count, &pixel, f->rgb, f->size);
	if (n > 0)
		*at += n;
	return n;
}

static int picture_release(struct inode *inode, struct file *file)
{
	struct sl_picture_file *f = file->private_data;

	kvfree(f->rgb);
	kfree(f);
	return 0;
}

static const struct file_operations picture_fops = {
	.owner = THIS_MODULE,
	.open = picture_open,
	.read = picture_read,
	.llseek = default_llseek,
	.release = picture_release,
};

void sl_picture_init(struct drm_minor *minor, struct sl_kms *kms)
{
	debugfs_create_file("scanout", 0400, minor->debugfs_root, kms, &picture_fops);
}
