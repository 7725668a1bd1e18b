// SPDX-License-Identifier: MIT
/*
 * perform_number: a buffer that is looked up by the number of its descriptor, as in a cache
 * of imports with the number for its key. A number says which descriptor is meant only as
 * long as that is open. The next one to be opened or received gets the lowest number that is
 * free: so often just this one.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "order/perform.h"

/*
 * Which buffer is it that @fd is open on, by the kernel? Each dma-buf has an inode of its own.
 * -ESTALE: neither.
 */
static int ask_kernel(const struct order_frame *frame, int fd, enum order_target *target)
{
	struct stat it, this, other;

	if (fstat(fd, &it) || fstat(frame->buffer->fd, &this) || fstat(frame->other->fd, &other))
		return -errno;
	if (it.st_dev == this.st_dev && it.st_ino == this.st_ino)
		*target = ORDER_THIS;
	else if (it.st_dev == other.st_dev && it.st_ino == other.st_ino)
		*target = ORDER_OTHER;
	else
		return -ESTALE;
	return 0;
}

/*
 * dup3() closes @number and gives it to the other buffer in one call: between a close() and a dup()
 * a driver's thread could come to have it.
 */
static int reuse(const struct order_frame *frame, int number)
{
	return dup3(frame->other->fd, number, O_CLOEXEC) < 0 ? -errno : 0;
}

int perform_by_number(struct performance *p, enum order_target *target)
{
	const struct order_frame *frame = p->frame;
	int number = fcntl(frame->buffer->fd, F_DUPFD_CLOEXEC, 0), err;

	err = number < 0 ? -errno : reuse(frame, number);
	if (!err)
		err = ask_kernel(frame, number, target);
	if (number >= 0)
		close(number);
	return err ? why_set(p->why, err,
			     "a descriptor of buffer %u, closed, and its number given to one of "
			     "buffer %u: %s",
			     frame->buffer->number, frame->other->number, strerror(-err))
		   : 0;
}
