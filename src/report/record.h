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

struct record {
	const char *name;      /* unique in its file: "show overwrite" */
	const char *command;   /* "show" */
	char exporter[96];     /* "gbm /dev/dri/card0 (vgem)" */
	char peer[160];	       /* "egl ...", "none" */
	char compositor[96];   /* "linux-dmabuf v5 of 5 on wayland-1"; "" where there is none */
	const char *direction; /* "cpu-write", "cpu-read" */
	const char *sync;      /* "implicit" */
	const char *order;     /* which order was performed */
	const char *fault;     /* NULL for a control */
	uint64_t frames;
	double seconds; /* from the first frame to the last; for frames/s */
	struct cell_count cells;
	bool has_screenshot;
	struct cell_count screenshot;
	char screenshot_why[256]; /* why there is none */
	enum verdict verdict;
	struct why why; /* "" where there is nothing to say */
};

/* Judge a control by its counts: ok, broken or skipped, with the why. */
void record_judge_control(struct record *record);

/* Judge a fault against its control of the same run. */
void record_judge_fault(struct record *record, const struct record *control);

/* Of a pair (exporter, peer, direction), from its control's record. */
struct report {
	struct record *records; /* not owned */
	size_t count;
	const char *version;  /* staleline's */
	const char *renderer; /* GL_RENDERER and path of the peer, or "" */
};

/*
 * The exit code of a run: 0 controls ok and faults noticed or not-shown, 1 broken or unnoticed,
 * 4 nothing could be checked.
 */
int report_exit_code(const struct report *report);

/* Write the result file. 0 or -errno with @why; a file half written is not left behind. */
int report_write_json(const struct report *report, const char *path, struct why *why);

#endif
