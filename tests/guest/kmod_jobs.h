/* SPDX-License-Identifier: MIT */
/* The rooms of kmod_jobs, and what they share. */
#ifndef KMOD_JOBS_H
#define KMOD_JOBS_H

#include "kmod_lib.h"

/* Of a buffer of SIZE bytes. */
#define LINES (SIZE / LINE)

#define EXPLICIT DRM_STALELINE_JOB_EXPLICIT
#define SCATTERED DRM_STALELINE_JOB_SCATTERED
#define IN_FILE DRM_STALELINE_JOB_IN_FILE
#define OUT_FILE DRM_STALELINE_JOB_OUT_FILE
#define IN_POINT DRM_STALELINE_JOB_IN_POINT
#define OUT_POINT DRM_STALELINE_JOB_OUT_POINT

/* What a job that has to be seen at work takes: long against a slow guest's hiccups. */
#define LONG_MS 400
/* Who waits longer than that has waited in vain. */
#define PATIENCE_MS 5000

/* A fill with @value that takes LONG_MS, submitted. */
void long_fill(const struct buffer *b, uint32_t value);
/* A copy that takes as long. */
void long_copy(const struct buffer *dst, const struct buffer *src);
/* Done within PATIENCE_MS, with all its fences? */
bool idle(const struct buffer *b);
/* Submitted, and its sync_file. */
int submit_for_file(struct drm_staleline_job job);
/* Of a sync_file: 0 active, 1 signalled, or -errno. */
int file_status(int fd);
/* The first 4 bytes of line @i on the device side. */
uint32_t word(const struct buffer *b, uint32_t line);
/* Of the first LINES: those whose first word is @value. */
uint32_t lines_with(const struct buffer *b, uint32_t value);
long now_ms(void);

uint32_t syncobj_create(void);
void syncobj_destroy(uint32_t handle);

void test_job_bytes(void);
void test_job_refusals(void);
void test_job_foreign(void);
void test_job_ends(void);
void test_fences(void);
void test_fence_files(void);
void test_fence_points(void);

/* Jobs that come near their bound; they run beside the other tests. */
struct bound {
	struct buffer a, b, c;
	int file, late, full, sw, stuck;
	long start;
};

struct bound bound_start(void);
/* Waits for them, and tells how it went. */
void bound_end(struct bound *t);

#endif
