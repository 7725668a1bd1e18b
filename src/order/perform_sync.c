// SPDX-License-Identifier: MIT
/* perform_sync: the START and the END of an order, made with care or without. */
#include <errno.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "order/perform.h"

/* The kernel said @err, and the fault goes on as if it had not. */
static int go_over(struct performance *p, int err)
{
	p->frame->seen.refused = err;
	return 0;
}

/*
 * One START as a program makes it that has not heard of R8. access_begin() has no such thing
 * to offer, so this is a call beside it; the state machine is told what came of it, and no
 * more. Of several dma-bufs the first that is interrupted is the last: the program takes it
 * that all of them have begun.
 */
static int start_once(struct access *access, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | flags };
	int err = 0;

	for (unsigned int n = 0; !err && n <= access->mores; n++)
		err = ioctl(access_fd(access, n), DMA_BUF_IOCTL_SYNC, &sync) < 0 ? -errno : 0;
	if (!err)
		access->open = flags;
	if (access->trace)
		access->trace(access->trace_data, access, ACCESS_CALL_BEGIN, flags, err);
	return err;
}

int perform_start(struct performance *p, const struct order_step *step)
{
	struct access *access = &p->frame->buffer->access;
	int64_t since = clock_ns();
	int err = step->care == ORDER_NO_RESTART ? start_once(access, step->flags)
						 : access_begin(access, step->flags);

	p->frame->seen.start_ns += clock_ns() - since;
	if (!p->frame->seen.start_at)
		p->frame->seen.start_at = since;
	if (step->care == ORDER_NO_RESTART && (err == -EINTR || err == -EAGAIN))
		return go_over(p, err);
	return step->care == ORDER_CARELESS && err == -EINVAL ? go_over(p, err) : err;
}

int perform_end(struct performance *p, const struct order_step *step)
{
	struct access *access = &p->frame->buffer->access;
	bool stray = !access->open;
	int err = access_end(access, step->flags);

	/*
	 * Where a fault has left out START there is nothing to end. Some exporters say so
	 * (udmabuf), others don't, and no write hangs on it: the frame goes on.
	 */
	if (stray && access->policy == ACCESS_OBSERVE && err == -EINVAL)
		return go_over(p, err);
	return step->care == ORDER_CARELESS && err == -EINVAL ? go_over(p, err) : err;
}
