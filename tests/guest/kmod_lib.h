/* SPDX-License-Identifier: MIT */
/*
 * What the tests of staleline.ko share: a card node, a buffer with both its maps. Calls return
 * 0 or -errno where nothing else is said.
 */
#ifndef KMOD_LIB_H
#define KMOD_LIB_H

#include <linux/dma-buf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "staleline_drm.h"
#include "tap.h"

#define LINE DRM_STALELINE_LINE_SIZE
#define PAGES 4
#define SIZE (PAGES * 4096)

/* The card node of staleline: main() opens it. */
extern int card;

int call(int fd, unsigned long request, void *arg);
/* A descriptor or -1. */
int open_card(const char *driver);
/* The module's, as @card, or the program ends. */
void open_the_card(void);
int dumb(int fd, uint32_t width, uint32_t height, uint32_t bpp, uint32_t *handle, uint64_t *size);
/* A dma-buf or -errno. */
int export(int fd, uint32_t handle, uint32_t flags);
int import(int fd, int dmabuf, uint32_t *handle);
void *map_dumb(int fd, uint32_t handle, size_t size);
void close_handle(int fd, uint32_t handle);

/* A buffer with both its maps. */
struct buffer {
	uint32_t handle;
	int fd; /* dma-buf */
	size_t size;
	volatile uint8_t *cpu, *device;
};

/* What the tests begin with, whatever the module's parameters say. */
struct drm_staleline_params plain(uint32_t mode);
struct drm_staleline_params with_mode(uint32_t mode);
int set(const struct buffer *b, struct drm_staleline_params params);
struct buffer make(uint32_t pages, uint32_t mode);
struct buffer make_noncoherent(void);
void drop(struct buffer *b);

#define START DMA_BUF_SYNC_START
#define END DMA_BUF_SYNC_END
#define READ DMA_BUF_SYNC_READ
#define WRITE DMA_BUF_SYNC_WRITE
#define RW DMA_BUF_SYNC_RW

int sync_buffer(const struct buffer *b, uint64_t flags);
/* Of all buffers where @b is NULL. */
uint64_t counter(const struct buffer *b, enum drm_staleline_counter which);
int line_state(const struct buffer *b, uint32_t line);
uint64_t total_bytes(void);
/* What a job held goes soon after its fence has signalled. */
bool total_becomes(uint64_t bytes);

/* A job on the whole of @dst, at once and in one step: to be changed before it is submitted. */
struct drm_staleline_job fill_job(const struct buffer *dst, uint32_t value);
struct drm_staleline_job copy_job(const struct buffer *dst, const struct buffer *src);
int submit(struct drm_staleline_job *job);
/* Is one of @events there within @ms? A dma-buf, or a sync_file with POLLIN. */
bool ready(int fd, short events, int ms);

/* A dma-heap's buffer of SIZE bytes or -errno. */
int heap_buffer(unsigned int mode);
/* A fence that vgem holds until told: put into our buffer's dma_resv as a writer's. */
int vgem_fence(int vgem, const struct buffer *b, uint32_t *fence);
/* dma-bufs of the whole machine; -1 if the kernel doesn't tell. */
int dmabufs(void);
uint64_t now_ns(void);
/* 0 to @sides - 1, as @seed goes on. */
uint32_t dice(uint64_t *seed, uint32_t sides);

#endif
