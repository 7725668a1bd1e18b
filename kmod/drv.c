// SPDX-License-Identifier: GPL-2.0
/*
 * staleline: a DRM driver without hardware that behaves like a non-coherent device, so that a
 * missing DMA_BUF_IOCTL_SYNC shows on any machine. Load, unload, open, close.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>

#include "sl.h"

static struct sl_device *sl_device;
static struct platform_device *sl_platform;

static int sl_open(struct drm_device *drm, struct drm_file *file)
{
	struct sl_file *priv = kzalloc(sizeof(*priv), GFP_KERNEL_ACCOUNT);

	if (!priv)
		return -ENOMEM;
	kref_init(&priv->ref);
	INIT_LIST_HEAD(&priv->link);
	file->driver_priv = priv;
	atomic_inc(&to_sl_device(drm)->files);
	return 0;
}

static void file_free(struct kref *ref)
{
	kfree(container_of(ref, struct sl_file, ref));
}

void sl_file_put(struct sl_file *file)
{
	kref_put(&file->ref, file_free);
}

static void sl_postclose(struct drm_device *drm, struct drm_file *file)
{
	sl_ask_sigbus(to_sl_device(drm), file->driver_priv, false);
	sl_file_put(file->driver_priv);
	if (atomic_dec_and_test(&to_sl_device(drm)->files))
		sl_kms_nobody_left(drm);
}

/* The core's for GEM, but for the map: see sl_node_mmap(). */
static const struct file_operations sl_fops = { .owner = THIS_MODULE,
						.open = drm_open,
						.release = drm_release,
						.unlocked_ioctl = drm_ioctl,
						.compat_ioctl = drm_compat_ioctl,
						.poll = drm_poll,
						.read = drm_read,
						.llseek = noop_llseek,
						.mmap = sl_node_mmap,
						SL_FOP_FLAGS };

/* Not const: render= adds a feature; how many ioctls there are, ioctl.c knows. */
static struct drm_driver sl_driver = {
	.driver_features = DRIVER_GEM | DRIVER_MODESET | DRIVER_ATOMIC | DRIVER_SYNCOBJ |
			   DRIVER_SYNCOBJ_TIMELINE,
	.open = sl_open,
	.postclose = sl_postclose,
	.dumb_create = sl_dumb_create,
	.dumb_map_offset = sl_dumb_map_offset,
	.gem_prime_import = sl_import,
	.gem_prime_import_sg_table = sl_import_sg,
	SL_DRIVER_PRIME.debugfs_init = sl_debugfs_init,
	.ioctls = sl_ioctls,
	.fops = &sl_fops,
	.name = "staleline",
	.desc = "software exporter that behaves like a non-coherent device",
	/* Another major would be an interface that is not compatible. */
	SL_DRIVER_DATE.major = 1,
	.minor = DRM_STALELINE_VERSION,
};

static void sl_device_init(struct sl_device *sl)
{
	mutex_init(&sl->list_lock);
	INIT_LIST_HEAD(&sl->buffers);
	spin_lock_init(&sl->asked_lock);
	INIT_LIST_HEAD(&sl->askers);
	spin_lock_init(&sl->log_lock);
}

/* The parent is what imported buffers are mapped for; it can address all memory. */
static int sl_device_add(struct device *parent)
{
	int ret;

	ret = dma_coerce_mask_and_coherent(parent, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	/* It is no device, and takes a segment of any length. */
	dma_set_max_seg_size(parent, UINT_MAX);
	sl_device = devm_drm_dev_alloc(parent, &sl_driver, struct sl_device, drm);
	if (IS_ERR(sl_device))
		return PTR_ERR(sl_device);
	sl_device_init(sl_device);
	ret = sl_kms_load(&sl_device->drm);
	if (ret)
		return ret;
	ret = drm_dev_register(&sl_device->drm, 0);
	if (!ret)
		sl_kms_announce(&sl_device->drm);
	return ret;
}

static int __init sl_init(void)
{
	int ret;

	sl_driver.num_ioctls = sl_nioctls;
	if (sl_render)
		sl_driver.driver_features |= DRIVER_RENDER;
	ret = sl_jobs_init();
	if (ret)
		return ret;
	sl_platform = platform_device_register_simple("staleline", -1, NULL, 0);
	if (IS_ERR(sl_platform)) {
		sl_jobs_exit();
		return PTR_ERR(sl_platform);
	}
	ret = -ENOMEM;
	if (devres_open_group(&sl_platform->dev, NULL, GFP_KERNEL)) {
		ret = sl_device_add(&sl_platform->dev);
		if (ret)
			devres_release_group(&sl_platform->dev, NULL);
	}
	if (ret) {
		platform_device_unregister(sl_platform);
		sl_jobs_exit();
	}
	return ret;
}

/*
 * Nobody has the node open, no buffer, dma-buf or fence lives, the core's of the display neither:
 * each of them holds the module. A hotplug event wants a device that is registered.
 */
static void __exit sl_exit(void)
{
	sl_kms_announce(NULL);
	drm_dev_unregister(&sl_device->drm);
	sl_kms_unload(&sl_device->drm);
	devres_release_group(&sl_platform->dev, NULL);
	platform_device_unregister(sl_platform);
	sl_jobs_exit();
}

module_init(sl_init);
module_exit(sl_exit);

MODULE_AUTHOR("the staleline authors");
MODULE_DESCRIPTION("DRM driver without hardware that behaves like a non-coherent device");
MODULE_LICENSE("GPL");
SL_IMPORT_DMA_BUF;
