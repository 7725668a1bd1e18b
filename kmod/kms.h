/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The display: one CRTC with a primary and a cursor plane, a connector without a monitor, and one
 * that writes back. Who does what:
 *
 *	kms.c        mode configuration, CRTC, connector, the order of a commit; load and unload
 *	modes.c      the modes= parameter
 *	plane.c      planes: what may be shown, and holding on to it while it is
 *	vblank.c     the timer that is the display's clock; it makes the next picture the shown one
 *	scanout.c    composing what is shown, row by row; CRCs
 *	writeback.c  the connector that writes it to a buffer
 *	outfence.c   the fences that commits give to user space
 *	picture.c    debugfs scanout
 *
 * A picture goes three steps, all under sl_kms.lock: planes change @drawn, a commit's flush makes
 * it @next together with its event, a vblank makes that @shown. The work composes from a copy of
 * @shown. What a picture points to belongs to a plane's state: it is put by cleanup_fb, which
 * takes it out of @shown and waits for the work.
 */
#ifndef STALELINE_KMS_H
#define STALELINE_KMS_H

#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <drm/drm_connector.h>
#include <drm/drm_crtc.h>
#include <drm/drm_encoder.h>
#include <drm/drm_plane.h>
#include <drm/drm_vblank.h>
#include <drm/drm_writeback.h>

#define SL_MIN_SIZE 16	 /* of a mode */
#define SL_MAX_SIZE 8192 /* of a mode and a framebuffer */
#define SL_MAX_REFRESH 120
#define SL_CURSOR_SIZE 64 /* what is announced */
#define SL_MAX_CURSOR 256 /* what is taken */

struct drm_atomic_state;
struct drm_minor;
struct sl_surface;

/* What one plane shows. Sizes and places are clipped to the screen. */
struct sl_layer {
	struct sl_surface *surface; /* of the plane's state; NULL: nothing */
	u64 at;			    /* of its first visible pixel, in bytes */
	u32 pitch;
	u32 x, y, width, height; /* on the screen */
};

struct sl_picture {
	u32 width, height; /* 0: none yet */
	struct sl_layer primary, cursor;
};

/* A picture that somebody waits for. */
struct sl_scan {
	struct list_head link; /* in sl_kms.scans, then in a list of who has taken it */
	bool taken;	       /* under the lock: its owner can't have it back before @done */
	struct completion done;
	int ret;
	u32 width, height;
	u64 frame;
	u32 primary, cursor, pitch; /* buffers by their number; 0: none, or another driver's */
	u8 *rgb;
};

struct sl_kms {
	struct drm_plane primary, cursor;
	struct drm_crtc crtc;
	struct drm_encoder encoder;
	struct drm_connector connector;
	struct drm_writeback_connector writeback;
	atomic_t writebacks; /* destinations that are held */

	struct workqueue_struct *queue;
	struct work_struct compose;
	u8 *row, *cursor_row; /* the work's */
	struct hrtimer timer;

	spinlock_t lock; /* all that follows; the timer takes it: interrupts off */
	bool active;	 /* the CRTC is on */
	bool ticking;	 /* somebody wants vblanks */
	ktime_t epoch;	 /* a vblank; all others are at whole periods from it */
	u64 period;	 /* ns */
	ktime_t last;	 /* the last vblank that the timer saw */
	u64 frame;	 /* and its number */

	struct sl_picture drawn, next, shown;
	bool armed; /* @next waits for a vblank, and holds a reference on vblanks for that */
	struct drm_pending_vblank_event *event; /* to be sent then */
	bool compose_next;			/* composes @shown though nobody asks */
	bool composing; /* the work is queued or running: no vblank makes @next @shown */
	/* The destination of a writeback goes the same steps; the work takes it from the last. */
	struct sl_writeback *wb_drawn, *wb_next, *wb_shown;
	unsigned int wb_lost; /* that another one has taken the place of: to be told so */
	bool crc;
	struct list_head scans; /* sl_scan */
};

static inline struct sl_kms *crtc_to_kms(struct drm_crtc *crtc)
{
	return container_of(crtc, struct sl_kms, crtc);
}

/* kms.c */
int sl_kms_load(struct drm_device *drm);
/* The last card node was closed: the screen goes off. */
void sl_kms_nobody_left(struct drm_device *drm);
/* Nobody can come any more: the screen goes off, all work ends. */
void sl_kms_unload(struct drm_device *drm);
/* The modes have changed: whoever was announced last tells user space. NULL: nobody. */
void sl_kms_hotplug(void);
void sl_kms_announce(struct drm_device *drm);

/* modes.c: adds the modes to a connector's; how many. */
int sl_modes_add(struct drm_connector *connector);
/* The modes= parameter: 0 or -EINVAL, and then nothing has changed. */
int sl_modes_set(const char *text);
int sl_modes_get(char *text);
enum drm_mode_status sl_mode_valid(struct drm_device *drm, const struct drm_display_mode *mode);

/* plane.c */
int sl_planes_init(struct drm_device *drm, struct sl_kms *kms);

/* vblank.c */
void sl_vblank_init(struct sl_kms *kms);
int sl_vblank_enable(struct drm_crtc *crtc);
void sl_vblank_disable(struct drm_crtc *crtc);
bool sl_vblank_timestamp(struct drm_crtc *crtc, int *max_error, ktime_t *time, bool in_irq);
/* The clock starts; the CRTC goes off, and whoever waits for a vblank is told. */
void sl_vblank_on(struct sl_kms *kms, u32 width, u32 height);
void sl_vblank_off(struct sl_kms *kms);
/* @drawn is to be shown from the next vblank on, and @event be sent then. */
void sl_vblank_arm(struct sl_kms *kms, struct drm_pending_vblank_event *event);
/* At once. */
void sl_vblank_send(struct sl_kms *kms, struct drm_pending_vblank_event *event);

/* scanout.c */
int sl_scanout_init(struct drm_device *drm, struct sl_kms *kms);
/* Under the lock: all scans go to @to, and are its owner's until he completes them. */
void sl_scans_take(struct sl_kms *kms, struct list_head *to);
/* Completes them: a scan's owner may free it at once. */
void sl_scans_end(struct list_head *scans);
/* The number of the buffer that is shown; 0: none, or another driver's. */
u32 sl_layer_id(const struct sl_layer *layer);
/* Under the lock: is there a reason to compose what is shown? */
bool sl_scanout_wanted(const struct sl_kms *kms);
const char *const *sl_crc_sources(struct drm_crtc *crtc, size_t *count);
int sl_crc_verify(struct drm_crtc *crtc, const char *source, size_t *values);
int sl_crc_set(struct drm_crtc *crtc, const char *source);

/* writeback.c */
int sl_writeback_init(struct drm_device *drm, struct sl_kms *kms);
struct sl_surface *sl_writeback_surface(struct sl_writeback *wb);
void sl_writeback_row(struct sl_writeback *wb, u32 y, const u8 *row, size_t size);
/* Written, or not: signals the fence. Takes no lock but the fence's and its list's. */
void sl_writeback_done(struct sl_kms *kms, int ret);

/* outfence.c: of a commit that has been checked. */
void sl_out_fences_hold(struct drm_atomic_state *state);

/* picture.c */
void sl_picture_init(struct drm_minor *minor, struct sl_kms *kms);

#endif
