/* SPDX-License-Identifier: MIT */
/* options: the command line of `staleline show`, checked. */
#ifndef STALELINE_OPTIONS_H
#define STALELINE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pixel_format.h"
#include "base/why.h"
#include "order/order.h"
#include "peer/peer.h"

/* How the compositor's picture is taken after the last frame. */
enum screenshot_tool {
	SCREENSHOT_NONE,
	SCREENSHOT_WESTON,  /* weston-screenshooter: the whole screen; asks weston --debug for it */
	SCREENSHOT_GRIM,    /* grim: ext-image-copy-capture or wlr-screencopy, cut to the window */
	SCREENSHOT_SCANOUT, /* what staleline.ko's display shows, from debugfs: root's */
};

/* How the compositor and we tell each other that a buffer is ready. */
enum show_sync {
	SHOW_SYNC_AUTO,
	SHOW_SYNC_IMPLICIT, /* wl_buffer.release, then poll on the dma-buf */
	SHOW_SYNC_FILE,	    /* the same, but its fences are exported as a sync_file */
	SHOW_SYNC_SYNCOBJ,  /* linux-drm-syncobj-v1: acquire and release points */
};

enum { OPTIONS_MAX_BUFFERS = 4, OPTIONS_MAX_FAULTS = 8 };

/* Strings point into argv. */
struct show_options {
	uint64_t frames;		   /* 0: until closed or interrupted */
	uint32_t width, height;		   /* of the card in pixels; 0: as the compositor likes */
	uint32_t buffers;		   /* 2 to OPTIONS_MAX_BUFFERS */
	const struct pixel_format *format; /* of the buffers */
	bool disjoint;			   /* each plane in a dma-buf of its own */
	const char *display;		   /* NULL: WAYLAND_DISPLAY */
	const char *exporter;		   /* "auto" */
	const char *device;		   /* DRM node or NULL */
	const struct peer_ops *peer;	   /* who looks from the other side; NULL: nobody */
	const struct peer_ops *writer;	   /* who writes for the CPU to read; by default @peer */
	enum peer_gl gl;
	enum show_sync sync;
	const struct order *order;			/* the control */
	const struct order *faults[OPTIONS_MAX_FAULTS]; /* run behind it, each behind its own */
	uint32_t faults_count;
	bool list_formats; /* instead of a run */
	bool fullscreen;
	bool no_hud;		 /* no panel */
	bool import_immediately; /* create_immed, not create */
	bool verbose;		 /* what was offered, what was taken and why */
	bool trace;
	const char *save;	  /* card, counts and heatmap in one PNG */
	const char *save_card;	  /* the card alone, as the CPU reads it back */
	const char *save_heatmap; /* the heatmap alone */
	const char *save_each;	  /* a folder: all of these, of each order */
	const char *json;
	const char *screenshot;
	enum screenshot_tool screenshot_with;
	const char *screenshot_why; /* said in the result where none is taken */
	bool screenshot_needed;	    /* without one that was decoded the run has failed */
	bool faults_noticed;	    /* one that can't be shown here is a failure too */
};

enum options_result {
	OPTIONS_RUN,   /* go on */
	OPTIONS_DONE,  /* --help and the like were answered */
	OPTIONS_WRONG, /* said on stderr: exit 2 */
};

/* Does this run have an order of @direction? Its faults are of the same, or bring their control. */
bool options_have(const struct show_options *options, enum order_direction direction);

/*
 * Has `show` what @order takes: a kind of sync, a peer?
 * By what was asked for alone, nothing is opened.
 */
bool options_can_perform(const struct show_options *options, const struct order *order);

/*
 * options_help.c: what --help and --list-faults print,
 * and the names that --order= or --fault= takes, of `show` or of all.
 */
void options_print_help(void);
void options_list_faults(void);
void options_list_names(bool faults, bool of_show);

/* options_check.c: what only shows once all options are known; and what follows from them. */
enum options_result options_check_together(struct show_options *options);

/* Parse the arguments behind the command's name (argv[0] is that name, or the program's). */
enum options_result options_parse_show(struct show_options *options, int argc, char **argv);

#endif
