/* SPDX-License-Identifier: MIT */
/* The kinds of exporter.c's table, one file each. Nobody else needs them by name. */
#ifndef STALELINE_EXPORTER_KINDS_H
#define STALELINE_EXPORTER_KINDS_H

#include "buffer/exporter.h"

extern const struct exporter_ops exporter_gbm;
extern const struct exporter_ops exporter_heap;
extern const struct exporter_ops exporter_staleline;
extern const struct exporter_ops exporter_udmabuf;

#endif
