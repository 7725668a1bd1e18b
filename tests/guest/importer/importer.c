// SPDX-License-Identifier: GPL-2.0
/*
 * A device that imports dma-bufs, for tests: it reads and writes the memory that the DMA API gave
 * it for a buffer, and no other. In a kernel booted with swiotlb=force that memory is a copy, so
 * that the machine really isn't coherent: bytes get there by dma_sync_*_for_device() alone, and
 * back by dma_sync_*_for_cpu(). An exporter that leaves one out is found out.
 *
 * /dev/staleline-importer: STALELINE_IMPORT takes a dma-buf's descriptor, once for each open file.
 * From then on pread() and pwrite() are the device's, at an offset into the buffer.
 *
 * thread.c has another node, for a driver that touches buffers with the CPU.
 */
#include <linux/dma-buf.h>
#include <linux/dma-direct.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "node.h"

struct importer {
	struct mutex lock; /* guards what follows */
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attach;
	struct sg_table *sgt;
};

static struct platform_device *device;

static int import(struct importer *importer, int fd)
{
	struct dma_buf *dmabuf = dma_buf_get(fd);
	struct dma_buf_attachment *attach;
	struct sg_table *sgt;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	attach = dma_buf_attach(dmabuf, &device->dev);
	if (IS_ERR(attach)) {
		dma_buf_put(dmabuf);
		return PTR_ERR(attach);
	}
	sgt = dma_buf_map_attachment_unlocked(attach, DMA_BIDIRECTIONAL);
	if (IS_ERR(sgt)) {
		dma_buf_detach(dmabuf, attach);
		dma_buf_put(dmabuf);
		return PTR_ERR(sgt);
	}
	importer->dmabuf = dmabuf;
	importer->attach = attach;
	importer->sgt = sgt;
	return 0;
}

static long importer_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct importer *importer = file->private_data;
	int ret;

	if (cmd != STALELINE_IMPORT)
		return -ENOTTY;
	mutex_lock(&importer->lock);
	ret = importer->sgt ? -EBUSY : import(importer, arg);
	mutex_unlock(&importer->lock);
	return ret;
}

/* Where the device finds byte @at, and how many there are in one piece; NULL: nowhere. */
static void *place(struct importer *importer, u64 at, size_t *size)
{
	struct scatterlist *sg;
	unsigned int i;

	if (!importer->sgt)
		return NULL;
	for_each_sgtable_dma_sg(importer->sgt, sg, i)
	{
		if (at < sg_dma_len(sg)) {
			*size = min_t(u64, *size, sg_dma_len(sg) - at);
			return phys_to_virt(dma_to_phys(&device->dev, sg_dma_address(sg))) + at;
		}
		at -= sg_dma_len(sg);
	}
	return NULL;
}

static ssize_t importer_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	struct importer *importer = file->private_data;
	ssize_t ret;
	void *from;

	mutex_lock(&importer->lock);
	from = place(importer, *at, &size);
	ret = !from ? 0 : copy_to_user(to, from, size) ? -EFAULT : size;
	mutex_unlock(&importer->lock);
	return ret;
}

static ssize_t importer_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	struct importer *importer = file->private_data;
	ssize_t ret;
	void *to;

	mutex_lock(&importer->lock);
	to = place(importer, *at, &size);
	ret = !to ? -ENOSPC : copy_from_user(to, from, size) ? -EFAULT : size;
	mutex_unlock(&importer->lock);
	return ret;
}

static int importer_open(struct inode *inode, struct file *file)
{
	struct importer *importer = kzalloc(sizeof(*importer), GFP_KERNEL);

	if (!importer)
		return -ENOMEM;
	mutex_init(&importer->lock);
	file->private_data = importer;
	return 0;
}

static int importer_release(struct inode *inode, struct file *file)
{
	struct importer *importer = file->private_data;

	if (importer->sgt) {
		dma_buf_unmap_attachment_unlocked(importer->attach, importer->sgt,
						  DMA_BIDIRECTIONAL);
		dma_buf_detach(importer->dmabuf, importer->attach);
		dma_buf_put(importer->dmabuf);
	}
	kfree(importer);
	return 0;
}

static const struct file_operations importer_fops = {
	.owner = THIS_MODULE,
	.open = importer_open,
	.release = importer_release,
	.unlocked_ioctl = importer_ioctl,
	.read = importer_read,
	.write = importer_write,
};

static struct miscdevice node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "staleline-importer",
	.fops = &importer_fops,
};

static int __init importer_init(void)
{
	int ret;

	device = platform_device_register_simple("staleline-importer", -1, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	ret = dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	if (!ret)
		ret = misc_register(&node);
	if (ret)
		goto unregister;
	ret = thread_init();
	if (ret)
		goto deregister;
	return 0;

deregister:
	misc_deregister(&node);
unregister:
	platform_device_unregister(device);
	return ret;
}

static void __exit importer_exit(void)
{
	thread_exit();
	misc_deregister(&node);
	platform_device_unregister(device);
}

module_init(importer_init);
module_exit(importer_exit);
MODULE_DESCRIPTION("A device that imports dma-bufs, for tests of their exporters");
MODULE_LICENSE("GPL");
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
MODULE_IMPORT_NS(DMA_BUF);
#else
MODULE_IMPORT_NS("DMA_BUF");
#endif
