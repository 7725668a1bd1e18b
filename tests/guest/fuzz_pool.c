// SPDX-License-Identifier: MIT
/* What the arguments are made of: opened, and closed again now and then. */
#include <drm.h>
#include <drm_mode.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmod_fuzz.h"

void forget(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void fill_up(struct pool *p)
{
	for (int i = 0; i < NHANDLES; i++) {
		if (dumb(p->master, 64, 64, 32, &p->handles[i], NULL))
			p->handles[i] = 0;
		p->dmabufs[i] = p->handles[i] ? export(p->master, p->handles[i], DRM_CLOEXEC) : -1;
	}
	/* One of somebody else */
	forget(&p->dmabufs[0]);
	p->dmabufs[0] = foreign_dmabuf(1, 65536);
}

void pool_init(struct pool *p)
{
	uint8_t *arena =
		mmap(NULL, 3 * SCRATCH_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (arena == MAP_FAILED)
		bail("mmap");
	p->scratch = arena + SCRATCH_SIZE;
	mprotect(p->scratch, SCRATCH_SIZE, PROT_READ | PROT_WRITE);
	for (int i = 0; i < NFDS; i++)
		p->files[i] = -1;
	p->master = open_card("staleline");
	p->other = open_card("staleline");
	p->quiet = open_card("staleline");
	if (p->master < 0 || p->other < 0 || p->quiet < 0)
		bail("no card node of staleline");
	fcntl(p->master, F_SETFL, O_NONBLOCK);
	call(p->master, DRM_IOCTL_SET_MASTER, NULL);
	kms_get(p->master, &p->kms);
	if (dumb(p->quiet, 1024, 2, 32, &p->witness, NULL))
		bail("CREATE_DUMB");
	fill_up(p);
}

void pool_forget(struct pool *p)
{
	struct drm_event events[64];

	for (int i = 0; i < NHANDLES; i++) {
		forget(&p->dmabufs[i]);
		if (p->fbs[i])
			call(p->master, DRM_IOCTL_MODE_RMFB, &p->fbs[i]);
		p->fbs[i] = 0;
	}
	for (int i = 0; i < NFDS; i++)
		forget(&p->files[i]);
	/* What a mutation or junk made and nobody has kept, too. */
	close_range((unsigned int)p->quiet + 1, ~0u, 0);
	for (uint32_t handle = 1; handle < 256; handle++)
		close_handle(p->master, handle);
	for (uint32_t handle = 1; handle < 64; handle++) {
		struct drm_syncobj_destroy destroy = { .handle = handle };

		call(p->master, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
	}
	memset(p->syncobjs, 0, sizeof(p->syncobjs));
	while (read(p->master, events, sizeof(events)) > 0)
		;
	fill_up(p);
}
