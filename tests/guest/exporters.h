/* SPDX-License-Identifier: MIT */
/* What is checked of each exporter, and what the checks share: descriptors, opening. */
#ifndef EXPORTERS_H
#define EXPORTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer/exporter.h"
#include "tap_why.h"

bool has(const char *text, const char *word);
/* Is the exporter @name among those that --need names? */
bool is_needed(const char *name);

int count_fds(void);
/* Maps of dma-bufs that this process has. */
int count_maps(void);

/* Prints the line; @data keeps it, 1024 bytes. */
void log_line(void *data, const char *line);
/* 0 or -errno. */
int open_exporter(struct exporter *exporter, const char *name, const char *device, struct why *why);

/* exporters_buffers.c */
void check_access(struct buffer *buffer, uint32_t seed);
void check_sizes(struct exporter *exporter);
void check_limits(struct exporter *exporter);

/* exporters_odd.c; the first two of gbm's. */
void check_odd_gbm_fds(const struct exporter *exporter);
void check_first_export_settles(const struct exporter *exporter);
void check_odd_heap_fds(void);

/* exporters_nodes.c; the last two of gbm's. */
void check_permission(const char *name, const char *path);
void check_no_such(const char *name, const char *device, int expected, const char *word);
void check_master_is_free(const struct exporter *exporter);
void check_each_node(const struct exporter *exporter);

/* exporters_modes.c */
void check_modes(void);

#endif
