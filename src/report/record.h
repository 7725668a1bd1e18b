/* SPDX-License-Identifier: MIT */
/*
 * record: one result, and the file of many. Every command makes RECORDs, every printer (terminal,
 * JSON, PNG, the window's panel) reads them: one model, so that no two outputs disagree.
 */
#ifndef STALELINE_RECORD_H
#define STALELINE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/notice.h"
#include "base/presented.h"
#include "base/why.h"
#include "card/card.h"

enum verdict {
	/* of a control */
	VERDICT_OK,	/* every cell fresh */
	VERDICT_BROKEN, /* not clean though in order */
	/* of a fault */
	VERDICT_NOTICED,   /* not clean while its control is */
	VERDICT_UNNOTICED, /* it can be shown here, and nobody saw it: our failure */
	VERDICT_NOT_SHOWN, /* this machine can't show it */
	/* of either */
	VERDICT_SKIPPED, /* nothing could be checked; the why says so */
};

const char *verdict_name(enum verdict verdict);

/* How the cells lie in the buffer: whether a cell can be one cache line here. */
struct record_layout {
	uint32_t width, height; /* pixels; 0 x 0: no buffer was made */
	uint32_t stride;	/* bytes */
	uint32_t uncovered;	/* pixels at the end of each row that are no whole cell */
	uint32_t cpu_line;	/* bytes of the CPU's cache line; 0: it does not say */
	char size_why[96];	/* why the size is what it is, where that is worth a word; or "" */
	const char *format;	/* "XRGB8888"; NULL: no buffer was made */
	uint32_t sizes;		/* how many there were, this one the last; 0: no buffer was made */
	uint32_t dmabufs;	/* that one buffer is made of; 0: no buffer was made */
};

/*
 * What staleline.ko says of its own buffer: the truth to hold the card's verdict against. Lines of
 * the last frame's buffer, at rest; and what was counted since the order began, by `check` of its
 * own buffers, by `show` of all users of the device.
 */
struct record_module {
	const char *mode; /* NULL: the buffers are not the module's */
	uint64_t clean, dirty, stale, both;
	uint64_t starts, ends, unbalanced, mismatched, restarted;
	uint64_t trap_read, trap_write;	   /* pages, outside of brackets; in mode trap */
	uint64_t job_dirty, scanout_dirty; /* lines that device work found dirty */
};

/* What the control of a fault came to, where the control has no RECORD of its own. */
struct record_control {
	const char *name; /* NULL: it has one, or this is a control */
	uint64_t frames;
	struct cell_count cells;
};

/* How many can notice: the bits of enum notice. */
enum { RECORD_BYS = 5 };
_Static_assert(1 << RECORD_BYS == NOTICE_ALL + 1, "a place for each of them");

/* Of an order that was repeated with several seeds; a run is one of these repetitions. */
struct record_seeds {
	uint64_t first, count; /* what was asked for; count 0: nothing was repeated */
	uint64_t runs;	       /* that came to their end */
	uint32_t by
		[RECORD_BYS]; /* of a fault: in how many of them who noticed, by the bit's number */
	/* Of a fault: how many frames it took the card, over the runs in which it noticed. */
	uint64_t least, median, most;
	/*
	 * The first run that did not go as it should, a control not clean,
	 * a fault not noticed; 0: none.
	 */
	uint64_t odd;
	bool odd_writeback; /* and that was one with inval=writeback */
};

/*
 * Of an order that was soaked (`check --duration=`).
 * Descriptors and memory are those of the process that it ran in.
 */
struct record_soak {
	uint32_t threads;	       /* 0: it was not soaked */
	double seconds;		       /* of all orders together, until this one's last turn */
	struct cell_count again;       /* what was looked at a second time, some frames later */
	uint64_t signals;	       /* of the storm; 0: there was none */
	uint64_t start_hits, end_hits; /* START and END that said EINTR or EAGAIN */
	bool measured;		       /* the next four */
	uint64_t fds_begin, fds_end;
	uint64_t rss_begin, rss_end; /* KiB */
};

struct record {
	const char *name;    /* unique in its file: "overwrite" */
	const char *command; /* "show", "check" */
	uint32_t pair; /* the same for all records of one exporter, peer, direction and sync */
	/* In few letters, for tables: "dma-heap:system", "egl@card0"; "": as below. */
	char exporter_label[64], peer_label[64];
	char exporter[96];    /* "gbm /dev/dri/card0" */
	char peer[400];	      /* "EGL on ...", and its side where that was probed; "none" */
	char compositor[160]; /* "linux-dmabuf version 5 (it offers 5)"; "" where there is none */
	struct record_layout layout;
	const char *direction;	   /* "cpu-write", "cpu-read" */
	const char *sync;	   /* "implicit", "sync-file", "syncobj" */
	const char *order;	   /* which order was performed */
	const char *fault;	   /* NULL for a control */
	const char *control_order; /* of a fault: the order that it is held against */
	struct record_control control;
	bool no_bracket; /* of a fault: it leaves out a START or an END */
	uint64_t frames;
	double seconds;		    /* that they took; for frames/s */
	struct presented presented; /* what wp_presentation told */
	/* Of each frame with a START: from that, the first of the frame, to the commit. */
	struct spread start_to_commit;
	bool scaled; /* the compositor scales: the screen is not 1:1 with the buffer */
	struct cell_count cells;
	unsigned int by; /* of a fault: who noticed, enum notice */
	/*
	 * Time inside START, fences included (R12):
	 * of all frames, and of the longest; 0: not measured.
	 */
	int64_t start_sum_ns, start_longest_ns;
	int64_t start_bound_ns; /* of a fault: above this START was blocked; 0: not asked */
	uint64_t start_blocked; /* frames in which it was */
	int refused;		/* -errno that the kernel said and the fault went over; 0: none */
	bool cardless;		/* of a fault: no cell can show it, whatever the machine */
	/*
	 * The first frame, from 1, in which a cell was not fresh; 0: none was.
	 * Of many runs the median.
	 */
	uint64_t noticed_at;
	struct record_seeds seeds;
	struct record_soak soak;
	bool has_screenshot;
	struct cell_count screenshot;
	bool screen_shared; /* other windows may lie over ours: only whole cells of ours count */
	char screenshot_why[256]; /* why there is none */
	char screenshot_of
		[128]; /* what its maker says of it: the module's frame and buffer; or "" */
	struct record_module module;
	/* On what ground it is judged: "" where nothing stands against it. */
	struct why skip;   /* nothing of what was seen may be believed: skipped, and why */
	struct why hidden; /* of a fault: why this machine need not show it */
	enum verdict verdict;
	bool cut_off;	/* not all frames were done: that is why it is skipped */
	struct why why; /* "" where there is nothing to say */
};

/* Judge a control by its counts: ok, broken or skipped, with the why. */
void record_judge_control(struct record *record);

/*
 * From which time on START is blocked, by its @control of the same run: twice what that took in the
 * mean, since START's cache work depends on what it finds, and 1 ms more, since schedulers and
 * clocks have their grain.
 */
int64_t record_start_bound(const struct record *control);

/* Was it, in more than half of the frames? One or two may be a scheduler's whim, either way. */
bool record_start_blocked(const struct record *record);

/*
 * Judge a fault against its control of the same run, by what the peer or the CPU saw. Where no cell
 * can show it, by who else on this machine noticed: the module, the kernel, the clock.
 */
void record_judge_fault(struct record *record, const struct record *control);

/*
 * A judged record whose frames were not all done, because of @what: a control that was not clean
 * stays broken, and a fault unnoticed that a whole run of a seed has missed; but a part of what was
 * asked for is no other verdict on the whole.
 */
void record_judge_part(struct record *record, const char *what);

/* What a result file is made of. */
struct report {
	struct record *records; /* not owned */
	size_t count;
	const char *version;  /* staleline's */
	const char *renderer; /* GL_RENDERER and path of the peer, or "" */
};

/*
 * A stride that is no multiple of 64, or another cache line than 64 bytes: cells may come out torn
 * by right. Pixels outside of whole cells: not checked. The words that say so, with no stop behind
 * them, or "".
 */
void record_layout_note(const struct record_layout *layout, char *text, size_t size);

/*
 * The exit code of a run: 0 controls ok and faults noticed or not-shown, 1 broken or unnoticed,
 * 4 nothing could be checked.
 */
int report_exit_code(const struct report *report);

/* Write the result file. 0 or -errno with @why; a file half written is not left behind. */
int report_write_json(const struct report *report, const char *path, struct why *why);

#endif
