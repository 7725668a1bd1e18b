/* SPDX-License-Identifier: MIT */
/*
 * listing: what there is on a machine: devices, exporters, peers, kinds of sync. `staleline list`
 * fills it, the two printers read it and find out nothing by themselves.
 *
 * Of what can't be used, @why says what was tried, why it failed and the mend. An `err` is 0 or
 * -errno; where it is 0, @why is empty.
 */
#ifndef STALELINE_LISTING_H
#define STALELINE_LISTING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/why.h"
#include "report/machine.h"

enum {
	LISTING_DEVICES = 32,
	LISTING_EXPORTERS = 48,
	LISTING_PEERS = 72,
	LISTING_TRIAL_SIZE = 64, /* pixels, either side, of the buffer that is tried */
};

/* A device node and who may open it. */
struct listing_node {
	char path[64]; /* "": there is none */
	char owner[32], group[32];
	unsigned int mode; /* 0660 */
	int err;	   /* of opening it */
	struct why why;
};

/* What of a device can show a picture, and how that could be looked at. */
struct listing_display {
	uint32_t connectors, connected, writebacks;
	uint32_t unprobed; /* of the connectors: nobody has looked yet whether there is a monitor */
	int master_err;	   /* of becoming DRM master for a moment */
	bool crc;	   /* debugfs gives CRCs of what is scanned out */
};

enum listing_gpu {
	LISTING_GPU_UNKNOWN, /* it could not be asked, or nothing drew */
	LISTING_GPU_NONE,    /* a driver without one, or the CPU draws in its place */
	LISTING_GPU_OTHER,   /* a display: the GPU of another device draws for it */
	LISTING_GPU_OWN,
};

struct listing_device {
	struct listing_node primary, render;
	char driver[32], version[32]; /* "vgem", "1.0.0"; "" where no node could be opened */
	char bus[64];		      /* "pci 0000:00:02.0", "platform vgem", "faux vgem" */
	enum listing_gpu gpu;
	bool known; /* a node was opened: what follows was asked for */
	bool dumb, prime_import, prime_export, syncobj, timeline;
	int eventfd_err; /* SYNCOBJ_EVENTFD tried on it */
	struct listing_display display;
};

struct listing_exporter {
	char name[64];	 /* as --exporter= takes it: "gbm", "dma-heap:system" */
	char wanted[64]; /* the DRM device it was tried on; "" where it has none to choose */
	char device[64]; /* the node that it allocates from */
	int err;	 /* of opening it, allocating, mapping, START and END */
	struct why why;
	uint32_t stride; /* of the buffer that was tried, bytes */
	uint64_t size;
	uint64_t limit_mib;   /* for one buffer, where the exporter has one; else 0 */
	int sync_file_export; /* 0 or -errno of the ioctl on its buffer */
	int sync_file_import;
};

/* One exporter's buffer at one peer. */
struct listing_import {
	bool tried; /* else the exporter or the peer does not work */
	int err;
	struct why why;
	uint64_t cells, fresh; /* of a card that the CPU drew in order, as this peer sees it */
};

struct listing_peer {
	const char *kind; /* "egl", "jobs", "scanout" */
	char device[64];  /* the node; "": no DRM device (EGL: surfaceless) */
	int err;
	struct why why;

	/* egl */
	char renderer[96], version[96]; /* GL_RENDERER, GL_VERSION */
	bool software;			/* the CPU draws; of scanout: it composes */
	bool dma_buf, modifiers, native_fence;
	bool looked; /* the above is known */
	bool opened; /* it got as far as buffers */
	uint32_t at; /* the exporter whose buffer it is at, or was when it crashed */
	struct listing_import imports[LISTING_EXPORTERS];
};

struct listing_module {
	bool loaded;
	char version[32]; /* of the module; "" not known */
	uint32_t abi;	  /* DRM_STALELINE_VERSION; 0: not known */
	char mode[32];
	struct why why; /* how to get it, or why nothing more is known */
};

/* Kinds of sync; each 0 or -errno with its why. */
struct listing_sync {
	int sync_file_export, sync_file_import, timeline, eventfd;
	struct why sync_file_why, timeline_why, eventfd_why;
};

struct listing {
	struct machine machine;
	struct listing_device devices[LISTING_DEVICES];
	uint32_t device_count;
	struct listing_exporter exporters[LISTING_EXPORTERS];
	uint32_t exporter_count;
	struct listing_peer peers[LISTING_PEERS];
	uint32_t peer_count;
	struct listing_module module;
	struct listing_sync sync;
	struct why stopped; /* it is not whole: why, or "" */
};

/* How many exporters work. */
uint32_t listing_usable(const struct listing *listing);

/* For people, @columns wide. */
void listing_print(FILE *out, const struct listing *listing, int columns);

/* The result file, see docs/report.md; @path NULL: stdout. 0 or -errno with @why. */
int listing_write_json(const struct listing *listing, const char *version, const char *path,
		       struct why *why);

#endif
