// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that touches dma-bufs with the CPU, for tests: in a kernel thread, through a kernel map,
 * between dma_buf_begin_cpu_access() and dma_buf_end_cpu_access(), as a driver does for whoever
 * isn't there to be asked.
 *
 * /dev/staleline-thread: STALELINE_IMPORT maps a dma-buf, pread() and pwrite() have a work item read
 * from it or write to it, a page at most, each in a bracket of its own.
 */
#include <linux/dma-buf.h>
#include <linux/fs.h>
#include <linux/iosys-map.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "node.h"

struct thread {
	struct mutex lock; /* guards what follows */
	struct dma_buf *dmabuf;
	struct iosys_map map; /* while @dmabuf */
	/* What the work is to do, and how it went. */
	struct work_struct work;
	bool write;
	size_t at, size;
	int ret;
	u8 bytes[PAGE_SIZE];
};

/* What is stored is a part, so the bracket around it is for both (R10). */
static void thread_work(struct work_struct *work)
{
	struct thread *thread = container_of(work, struct thread, work);
	enum dma_data_direction dir = thread->write ? DMA_BIDIRECTIONAL : DMA_FROM_DEVICE;

	thread->ret = dma_buf_begin_cpu_access(thread->dmabuf, dir);
	if (thread->ret)
		return;
	if (thread->write)
		iosys_map_memcpy_to(&thread->map, thread->at, thread->bytes, thread->size);
	else
		iosys_map_memcpy_from(thread->bytes, &thread->map, thread->at, thread->size);
	thread->ret = dma_buf_end_cpu_access(thread->dmabuf, dir);
}

/* Under the lock: has it done, and waits. How many bytes, or -errno. */
static ssize_t access(struct thread *thread, bool write, size_t size, loff_t at)
{
	if (!size)
		return 0;
	thread->write = write;
	thread->at = at;
	thread->size = size;
	schedule_work(&thread->work);
	flush_work(&thread->work);
	return thread->ret ?: size;
}

/* How many bytes of @size there are at @at, up to a page. */
static size_t room(const struct thread *thread, size_t size, loff_t at)
{
	if (!thread->dmabuf || at >= thread->dmabuf->size)
		return 0;
	return min3(size, sizeof(thread->bytes), (size_t)(thread->dmabuf->size - at));
}

static ssize_t thread_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	struct thread *thread = file->private_data;
	ssize_t ret;

	mutex_lock(&thread->lock);
	ret = access(thread, false, room(thread, size, *at), *at);
	if (ret > 0 && copy_to_user(to, thread->bytes, ret))
		ret = -EFAULT;
	mutex_unlock(&thread->lock);
	return ret;
}

static ssize_t thread_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	struct thread *thread = file->private_data;
	ssize_t ret;

	mutex_lock(&thread->lock);
	size = room(thread, size, *at);
	if (copy_from_user(thread->bytes, from, size))
		ret = -EFAULT;
	else
		ret = access(thread, true, size, *at);
	mutex_unlock(&thread->lock);
	return ret;
}

static int import(struct thread *thread, int fd)
{
	struct dma_buf *dmabuf = dma_buf_get(fd);
	int ret;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	ret = dma_buf_vmap_unlocked(dmabuf, &thread->map);
	if (ret)
		dma_buf_put(dmabuf);
	else
		thread->dmabuf = dmabuf;
	return ret;
}

static long thread_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct thread *thread = file->private_data;
	int ret;

	if (cmd != STALELINE_IMPORT)
		return -ENOTTY;
	mutex_lock(&thread->lock);
	ret = thread->dmabuf ? -EBUSY : import(thread, arg);
	mutex_unlock(&thread->lock);
	return ret;
}

static int thread_open(struct inode *inode, struct file *file)
{
	struct thread *thread = kzalloc(sizeof(*thread), GFP_KERNEL);

	if (!thread)
		return -ENOMEM;
	mutex_init(&thread->lock);
	INIT_WORK(&thread->work, thread_work);
	file->private_data = thread;
	return 0;
}

static int thread_release(struct inode *inode, struct file *file)
{
	struct thread *thread = file->private_data;

	if (thread->dmabuf) {
		dma_buf_vunmap_unlocked(thread->dmabuf, &thread->map);
		dma_buf_put(thread->dmabuf);
	}
	kfree(thread);
	return 0;
}

static const struct file_operations thread_fops = {
	.owner = THIS_MODULE,
	.open = thread_open,
	.release = thread_release,
	.unlocked_ioctl = thread_ioctl,
	.read = thread_read,
	.write = thread_write,
};

static struct miscdevice node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "staleline-thread",
	.fops = &thread_fops,
};

int thread_init(void)
{
	return misc_register(&node);
}

void thread_exit(void)
{
	misc_deregister(&node);
}
