/* SPDX-License-Identifier: MIT */
/* server: what the parts of the scripted server share; it runs in a process of its own. */
#ifndef STALELINE_TEST_SERVER_H
#define STALELINE_TEST_SERVER_H

#include <wayland-server.h>

#include "script.h"

struct run;

struct surface {
	struct run *run;
	struct wl_resource *resource;
	struct wl_resource *pending; /* attached, not yet committed */
	struct wl_resource *current;
	bool attached;
	bool panel, cursor;
	int32_t scale;				  /* of its buffers; 0: nothing was said */
	struct wl_resource *frame, *presentation; /* asked for with the pending commit */
};

struct run {
	const struct script *script;
	struct seen *seen;
	struct wl_display *display;

	struct surface *window; /* the one with the toplevel */
	struct wl_resource *wm_base, *xdg_surface, *toplevel;
	struct wl_resource *feedback; /* linux-dmabuf's default feedback */
	struct wl_resource *surface_feedback;
	/* How large each buffer is: by its resource, the newest of this address. */
	struct sized {
		struct wl_resource *buffer;
		int32_t width, height;
	} sized[64];
	uint32_t sized_count;
	/* The sizes that were asked for by asks[], by their serials; and the one that was acknowledged last. */
	struct asked {
		uint32_t serial;
		struct script_ask ask;
	} asked[SCRIPT_ASKS * 64];
	uint32_t asked_count;
	const struct script_ask *ask; /* NULL: none */
	bool acked_anew;	      /* since the last commit of the window */
	bool current_destroyed;	      /* the buffer on the screen is gone: right only at the end */
	uint32_t serial;	      /* of the last configure */
	uint32_t bound_serial;	      /* of the first with the script's size and states; 0: none */
	bool acked;
	bool bound; /* bound_serial was acknowledged */
	struct wl_resource *seat, *keyboard, *pointer;
	struct surface *panel;
	bool fullscreen;			    /* as the client asked last */
	int32_t committed_width, committed_height;  /* the geometry of the last frame */
	struct wl_resource *output, *second_output; /* once they are bound */
	struct held {
		struct wl_resource *buffer;
		uint32_t handle, fence;
		struct wl_event_source *timer;
		struct run *run;
	} held[8]; /* where script.fence_ms: buffers that get a fence */
	struct wl_global *globals[GLOBALS];
	bool gone[GLOBALS];		   /* taken back: nothing new may be asked of them */
	int fd;				   /* of the plane that was added last; owned; -1 */
	int drm_fd;			   /* whose timelines they are */
	struct sync_surface *sync_surface; /* NULL: implicit */
	struct sync_surface *left;    /* is destroyed, and its last points are to be signalled */
	struct wl_event_source *late; /* releases points some time later */
	int64_t first_presented;      /* where the display counts; nanoseconds */
};

/* A version of a global: the script's, @usual if it says nothing, 0 if it is absent. */
uint32_t script_version(int scripted, uint32_t usual);

/* Do what the script says at @step. True: the caller goes on no further. */
bool reached(struct run *run, struct wl_resource *resource, enum step step);

/* The client did something wrong. */
void wrong(struct run *run, const char *what);

struct wl_resource *make(struct run *run, struct wl_client *client,
			 const struct wl_interface *interface, struct wl_resource *parent,
			 uint32_t id, const void *implementation);
void destroy_resource(struct wl_client *client, struct wl_resource *resource);

/* One file for each part of the compositor. */
void add_surfaces(struct run *run);	/* wl_compositor */
void add_extras(struct run *run);	/* what hangs on a surface; outputs */
void add_shell(struct run *run);	/* xdg_wm_base */
void add_seat(struct run *run);		/* wl_seat, xdg-decoration */
void add_presentation(struct run *run); /* presentation-time */
void add_dmabuf(struct run *run);	/* linux-dmabuf */
void add_syncobj(struct run *run);	/* linux-drm-syncobj */

/* surfaces -> shell: the window's surface was committed, with a buffer or without. */
void shell_committed(struct run *run, bool has_buffer);

/* server_size.c: sizes in the middle of a session, and whether the client keeps to them. */
void size_imported(struct run *run, struct wl_resource *buffer, int32_t width, int32_t height);
void size_acked(struct run *run, uint32_t serial);
void size_committed(struct run *run, struct wl_resource *buffer);
void size_ask(struct run *run);

/*
 * surfaces -> syncobj: the window was committed, with @buffer or without (NULL). False: the points were
 * wrong, and the client has its error.
 */
bool syncobj_committed(struct run *run, struct wl_resource *buffer);

/* surfaces -> syncobj: the window's surface is gone. */
void syncobj_surface_gone(struct run *run);

/* surfaces -> presentation: what the pending commit asked is answered. */
void presentation_answer(struct surface *surface);

/* server_pointer.c: the pointer of the seat, and what a client asks for when it is pressed. */
void pointer_get(struct wl_client *client, struct wl_resource *resource, uint32_t id);
void pointer_press(struct run *run);
void pointer_grabbed(struct run *run, uint32_t serial);
void add_cursor_shape(struct run *run);

/* Press the script's keys. */
void seat_type(struct run *run);
/* server_fence.c: @buffer was made of @fd (not taken); it is about to be released. */
void fence_imported(struct run *run, struct wl_resource *buffer, int fd);
void fence_attach(struct run *run, struct wl_resource *buffer);

/*
 * server_globals.c: the script's global goes, or is back. Who has one offers it by offer_global(), and asks
 * global_asked() in each request that is ignored once it is gone: a client that knows makes none.
 */
void globals_turn(struct run *run);
void globals_import(struct run *run);
void offer_global(struct run *run, enum global which);
bool global_asked(struct run *run, enum global which);

/* Before anything is offered: what is asked of globals that went is looked at from here on. */
void globals_watch(struct run *run);

/* Those that offer_global() calls. */
struct wl_global *offer_seat(struct run *run);
struct wl_global *offer_output(struct run *run);
struct wl_global *offer_presentation(struct run *run);
struct wl_global *offer_dmabuf(struct run *run);
struct wl_global *offer_syncobj(struct run *run);
struct wl_global *offer_viewporter(struct run *run);
struct wl_global *offer_fractional_scale(struct run *run);
struct wl_global *offer_subcompositor(struct run *run);
struct wl_global *offer_wm_base(struct run *run);
struct wl_global *offer_decoration(struct run *run);
struct wl_global *offer_cursor_shape(struct run *run);

/* Send feedback again, if the script says so. */
void dmabuf_resend(struct run *run);

#endif
