/* SPDX-License-Identifier: MIT */
/* client: a session of the real src/wayland/ against a scripted server, as `show` would do it. */
#ifndef STALELINE_TEST_CLIENT_H
#define STALELINE_TEST_CLIENT_H

#include "wayland/window.h"

#include "fake_syncobj.h"
#include "script.h"

enum stage {
	OPEN,	/* connection_open() */
	WINDOW, /* window_open() */
	SYNC,	/* window_use_syncobj() */
	IMPORT, /* window_buffer_import() */
	FRAMES,
	FINE, /* all frames were shown */
};

/* What its buffers are: one plane; two in one file, or each in its own. */
enum client_planes { CLIENT_XRGB, CLIENT_JOINT, CLIENT_DISJOINT };

/* How the client is to behave; zeroed: as a right one, in a window with a panel. */
struct manner {
	struct window_wish wish;
	bool no_panel;
	int panel_at[2], fullscreen_at[2]; /* toggled before these frames, the first is 1; 0: not */
	int sync_at[2];			   /* explicit sync, or no longer, before these frames */
	int pauses_at;			   /* after this frame, until all is answered */
	bool panel_in_pause;		   /* toggled then, before that */
	bool commit_twice; /* one buffer, committed again before it came back, then nothing more */
	bool then_another; /* the same, then another buffer */
	int many_times;	   /* so often more */
	int again_at;	   /* the buffer of this frame twice more, though it is busy; 0: not */
	bool floods;	   /* commits without waiting for anything, until the socket is full */
	bool commit_late;  /* a second frame when the server is gone already */
	bool poll_fails;   /* from the first frame on */
	bool immediately;  /* create_immed */
	bool syncobj;	   /* explicit sync */
	enum client_planes planes;
	enum fake_trouble trouble;
	bool plain_cursors; /* a theme that has one size only */
	bool interrupted;   /* CLIENT_INTERRUPT_MS after the start, from another thread */
};

struct outcome {
	enum stage stage; /* where it ended */
	int err;
	struct why why;
	struct why news[8]; /* what was told meanwhile, in this order */
	int news_count;

	/* What there was, just before it was closed. */
	struct window window;
	struct connection connection;
	size_t formats;
	bool busy[2];
	uint32_t releases[2];
	int frames;
	uint32_t keys[16]; /* taken, keysyms */
	size_t key_count;
	int took_ms;
	bool was_full; /* floods: the socket; and the processor time from then on */
	int full_cpu_ms;
	int renewed;		    /* buffers, since feedback or the size changed */
	int kept;		    /* buffers, since another was refused */
	struct offer_choice choice; /* what the last buffer was made by */
	int polls;		    /* how often show_frames() slept */
	int fds_left, maps_left;    /* how many more than before: 0 is right */
};

enum {
	CLIENT_LIMIT_MS = 5000, /* of each step; machines that test are busy */
	CLIENT_INTERRUPT_MS = 100,
	CLIENT_SHORT_LIMIT_MS = 2000, /* where it is expected to pass */
	CLIENT_FRAMES = 10,
	CLIENT_FLOOD = 100000, /* frames at most: 200 KiB are a few thousand */
	CLIENT_ASKED = 2,      /* of them the 1st and 9th ask how they were presented */
	CLIENT_PANEL = 320,
	CLIENT_OFFSET = 768, /* of the first of two planes */
};

void client_run(const char *socket, const struct manner *manner, int limit_ms,
		struct outcome *outcome);

#endif
