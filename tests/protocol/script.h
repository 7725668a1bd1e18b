/* SPDX-License-Identifier: MIT */
/*
 * script: what the scripted server does, and what it saw.
 *
 * A zeroed script is a server that does everything right; each field makes one thing different, so
 * that a row of the table in cases.c names only what is wrong in it.
 */
#ifndef STALELINE_TEST_SCRIPT_H
#define STALELINE_TEST_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { ABSENT = -1 }; /* as the version of a global: it is not offered */

/*
 * Devices as feedback names them, in the kernel's 64 bits: 226:128 is the usual one, of which a machine may have a node or
 * not; and 511:1048575, the last that a character device can have: all of DRM have 226.
 */
#define SCRIPT_DEVICE 0xe280u
#define SCRIPT_NO_DEVICE 0xfff1ffffu

/* The points of a session at which a script can do something. */
enum step {
	NEVER,
	AT_COMPOSITOR, /* wl_compositor is bound */
	AT_DMABUF,     /* linux-dmabuf is bound */
	AT_FEEDBACK,   /* default feedback is asked for */
	AT_ROLE,       /* commit without a buffer: "configure me" */
	AT_TIMELINE,   /* a syncobj timeline is imported */
	AT_IMPORT,     /* linux-dmabuf create */
	AT_FRAME_1,    /* commit of the first dma-buf */
	AT_FRAME_3,
};

enum formats {
	XRGB_LINEAR, /* and some more */
	XRGB_INVALID,
	XRGB_TILED,
	OTHER_LINEAR,
	NO_FORMATS,
};

enum flaw {
	NO_FLAW,
	INDEX_BEYOND,  /* a tranche names an entry that the table hasn't */
	INDEX_HALF,    /* an odd number of bytes of indices */
	TABLE_SHORT,   /* the file is shorter than said */
	TABLE_ODD,     /* no multiple of 16 */
	TABLE_PIPE,    /* not a file at all */
	TABLE_MISSING, /* tranches without a table */
	TABLE_TWICE,   /* a second one takes the place of the first: right, if odd */
	DEVICE_SHORT,  /* the main device has 2 bytes */
	TARGET_SHORT,  /* the target device of a tranche has 3 bytes */
	DONE_MISSING,
	TRANCHE_EMPTY,	 /* right: it names no format */
	RESENT,		 /* a good feedback, and later another one */
	RESENT_BAD,	 /* a good feedback, and later bad ones */
	RESENT_EMPTY,	 /* a good feedback, and later one without a format */
	FIT_FOR_SCANOUT, /* right: with a tranche of another device in front */
};

enum release {
	WHEN_REPLACED, /* by the commit of another buffer, as compositors do */
	RELEASE_TWICE,
	RELEASE_NEVER,
	RELEASE_FIRST_ONLY, /* the first commit's at once, no other */
	RELEASE_BUT_FIRST,  /* all others */
};

/* How release points of explicit sync are signalled. */
enum points {
	POINTS_RIGHT, /* when another buffer is committed */
	POINTS_LATE,  /* some time after that */
	POINTS_NEVER,
	POINTS_TWICE,
	POINTS_AHEAD,	  /* and a thousand more */
	POINTS_CROSSWISE, /* a later commit's before an earlier one's */
	POINTS_BUT_FIRST, /* all others */
};

enum keymap {
	KEYMAP_GOOD,
	KEYMAP_GARBAGE,
	KEYMAP_SHORT, /* the file is empty */
	KEYMAP_HUGE,  /* it is said to have 4 GiB */
	KEYMAP_NONE,  /* no keymap, as the protocol has it */
};

/* Globals that may go while they are in use. */
enum global {
	GLOBAL_NONE,
	GLOBAL_SEAT,
	GLOBAL_OUTPUT, /* the second */
	GLOBAL_PRESENTATION,
	GLOBAL_DMABUF,
	GLOBAL_SYNCOBJ,
	GLOBAL_VIEWPORTER,
	GLOBAL_FRACTIONAL_SCALE,
	GLOBAL_SHM,
	GLOBAL_SUBCOMPOSITOR,
	GLOBAL_WM_BASE,
	GLOBAL_DECORATION,
	GLOBAL_CURSOR_SHAPE,
	GLOBALS,
};

enum { SCRIPT_KEYS = 10, SCRIPT_ASKS = 4 };

/* Where the left button is pressed, on the window's surface or on the panel's; units. */
struct script_press {
	int32_t x, y;
	bool panel, right_button;
};

enum { SCRIPT_PRESSES = 3 };

/* A configure in the middle of the session, after this many commits of the window; 0: none. */
struct script_ask {
	uint32_t at;
	int32_t width, height;
	bool maximized, fullscreen, resizing;
	int storm;	  /* so many others before it, each of another size */
	int32_t scale;	  /* wl_surface.preferred_buffer_scale first; 0: not sent */
	bool scale_alone; /* and nothing else */
};

struct script {
	int compositor, subcompositor, shm, wm_base, dmabuf, viewporter, presentation;
	int fractional_scale, syncobj;
	int seat, decoration;
	int32_t outputs[2]; /* the scale of each wl_output; 0: there is none */
	enum global goes;   /* after the second frame */
	enum global goes_too;
	uint32_t goes_at;	 /* not after the second frame, but this one; 0: after the second */
	uint32_t goes_at_import; /* neither, but while this one is waited for; 0: it is not so */
	uint32_t comes_at;	 /* and is offered again after this frame; 0: never */

	enum step disconnect; /* end without a word */
	enum step error;      /* send a protocol error: code 7, "scripted" */
	enum step garbage;    /* send an event that does not exist */
	enum step hang;	      /* do nothing any more */
	int naps_ms;	      /* so long nothing is read, from the third frame on */

	/* Of linux-dmabuf: the device that feedback names, 0 is SCRIPT_DEVICE. */
	dev_t device;
	enum formats formats;
	enum flaw flaw;
	enum flaw surface_flaw, surface_changes; /* of the surface's feedback; and later */
	uint32_t feedback_at;			 /* after this frame; 0: the second */
	bool surface_silent;			 /* it never comes at first */
	bool refuse;				 /* linux-dmabuf: failed */
	bool no_answer;				 /* linux-dmabuf: neither created nor failed */

	bool no_configure;
	int32_t width, height; /* of xdg_toplevel.configure */
	int32_t bounds_width, bounds_height;
	bool fullscreen, maximized;
	bool late;	   /* that and the size not at first, but after the second frame */
	int32_t scale;	   /* wl_surface.preferred_buffer_scale; 0: not sent */
	uint32_t fraction; /* fractional-scale's preferred_scale; 0: not sent */
	bool enters;	   /* wl_surface.enter the first output, after the first frame */
	int configures;	   /* after each frame so many more */
	struct script_ask asks[SCRIPT_ASKS];
	bool keeps_size;		 /* the client may keep its size whatever is asked for */
	uint32_t refuse_from, refuse_to; /* imports that fail, the first is 1; 0: none */
	uint32_t close_at;		 /* after this frame; 0: never */
	bool ping;			 /* at the first configure */
	bool pings_forever;		 /* a new one for each pong: never idle */
	bool no_frames;			 /* frame callbacks are never done */
	bool discard;			 /* presentation: discarded */
	bool zero_copy;
	int clock;	      /* presentation: 0: CLOCK_MONOTONIC; ABSENT: it is not told */
	int presented_ms;     /* how long after the commit */
	bool presented_never; /* neither presented nor discarded */
	bool presented_odd;   /* by a second of two thousand million nanoseconds */
	uint32_t refresh_ns;  /* 0: refreshes are not counted; else each has one frame of ours */
	uint32_t skipped;     /* but so many before the last that asks have none */
	enum release release;
	bool keeps_panel; /* the panel's buffers never come back */

	/* Pressed and released after the second frame: evdev's codes, 0 ends them. */
	uint32_t keys[SCRIPT_KEYS];
	bool pointer;				     /* the seat has one */
	struct script_press presses[SCRIPT_PRESSES]; /* after the second frame; x 0 ends them */
	bool pointer_leaves; /* after that, and comes back; nothing is pressed any more */
	int cursor_shape;    /* version of the global */
	bool cursor_on_both; /* the second output, too */
	/* Told to the cursor's surface once it is there, or by the first output; 0: not. */
	int32_t cursor_scale;
	uint32_t type_every,
		type_times; /* that again after so many frames, so often in all; 0: once */
	uint32_t held;	    /* meanwhile: 1 Shift, 2 Lock, 4 Control, 8 Alt, 16 NumLock, 64 Super */
	uint32_t locked;    /* the same */
	bool keyboard_leaves; /* after that, and comes back */
	enum keymap keymap;
	bool obeys_fullscreen; /* configures as it is asked to: the size only while fullscreen */
	uint32_t leaves_at;    /* and ends it by itself at this frame; 0: never */

	bool refuse_timeline, refuse_sync; /* explicit sync: invalid_timeline, surface_exists */
	bool again;			   /* a buffer may be committed while it is pending */
	enum points points;
	int late_ms; /* POINTS_LATE: how late; 0: LATE_MS */

	/*
	 * Against real buffers and timelines, where a test program runs staleline against this: who makes
	 * them, and how long after its release a buffer still has a fence (of vgem's) in its dma-buf.
	 */
	const char *drm_device;
	int fence_ms;
	int limit_s; /* how long it lives; 0: a minute */
};

/* What the server saw. In memory that both processes share. */
struct seen {
	uint32_t pongs, pongs_before; /* the last commit of the window */
	uint32_t acks, commits, imports, panel_commits, destroyed_buffers;
	int32_t geometry_width, geometry_height;
	int32_t destination_width, destination_height, source_width, source_height;
	int32_t panel_left;
	uint32_t outputs_bound;
	uint64_t modifier;
	/* Of the planes of the last buffer: where they were added, and the byte that is there. */
	struct {
		ino_t file;
		uint32_t offset;
		uint8_t mark;
	} planes[2];
	uint32_t cursors;			      /* pictures that the client has set */
	int32_t cursor_width, cursor_x, cursor_scale; /* of the last, pixels and units */
	uint32_t pointers, moves, resizes, resize_edge, shape, shapes;
	uint32_t seats, asks_of_presentation;
	uint32_t keyboards, decoration_mode, panel_unmaps;
	int32_t max_width;
	bool fullscreen_asked, synchronised_panel;
	uint32_t timelines, explicit_commits, immediate;
	/* How often explicit sync was left; the window's end is not counted. */
	uint32_t sync_left;
	int32_t buffer_width, buffer_height; /* of the last commit of the window */
	uint32_t sizes; /* how many other sizes than the one before were committed */
	uint32_t asked; /* configures that changed something */
	uint32_t refused, bare_commits;
	int32_t bare_width; /* the geometry's at the last of these */
	int32_t panel_height, min_width;

	/* The first thing the client did that a right client doesn't; "" if nothing. */
	char wrong[120];
};

struct server {
	pid_t pid;
	char dir[64], socket[80]; /* socket: an absolute path, as wl_display_connect() takes it */
	struct seen *seen;
};

/* Fork a server that follows @script and serves one client. Both end the test if they fail. */
void server_start(struct server *server, const struct script *script);
void server_stop(struct server *server);

#endif
