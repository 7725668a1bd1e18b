/* SPDX-License-Identifier: MIT */
/*
 * order: the order of calls around one CPU access, as data.
 *
 * An order is a short list of steps. A control is right; a fault differs from its control in one
 * step. One function performs any of them, so that a new way to break the order is a new row in
 * catalogue.c, never a new code path.
 *
 * There is no single right order: overwriting everything asks for START(WRITE), updating a part
 * for START(RW), reading for START(READ) (R10).
 */
#ifndef STALELINE_ORDER_H
#define STALELINE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/why.h"
#include "buffer/buffer.h"
#include "card/card.h"

enum order_verb {
	ORDER_END_OF_STEPS = 0,
	ORDER_WAIT,	  /* until the buffer is ready for .flags (R5), by all that tells so (R7) */
	ORDER_START,	  /* SYNC START with .flags */
	ORDER_DRAW,	  /* the CPU draws the cells of .cells */
	ORDER_JUDGE,	  /* the CPU reads the whole card and judges it */
	ORDER_END,	  /* SYNC END with .flags */
	ORDER_PEER_WRITE, /* the peer's work that puts the card there is submitted */
	ORDER_SUBMIT,	  /* hand .target on: the peer looks, the compositor shows (R6) */
};

/* Which cells a step touches. */
enum order_cells {
	ORDER_WHOLE, /* all */
	ORDER_HALF,  /* one half of the rows, upper and lower in turn; all, if never drawn before */
};

/* Which buffer a step is about. */
enum order_target {
	ORDER_THIS,  /* the frame's own */
	ORDER_OTHER, /* another one of the same window */
};

struct order_step {
	enum order_verb verb;
	uint64_t flags; /* ACCESS_READ, ACCESS_WRITE, ACCESS_RW */
	enum order_cells cells;
	enum order_target target;
};

enum order_direction {
	ORDER_CPU_WRITE, /* the CPU writes, the peer reads */
	ORDER_CPU_READ,	 /* the peer writes, the CPU reads */
};

enum { ORDER_MAX_STEPS = 8 };

struct order {
	const char *name;    /* stable: --order=, --fault=, the JSON */
	const char *control; /* of a fault: the name of its control; NULL: this is a control */
	enum order_direction direction;
	const char *rules;    /* those that a fault breaks ("": none), those that a control keeps */
	const char *sentence; /* for people: what is done */
	const char *shows;    /* of a fault: what the card then shows, and why */
	struct order_step steps[ORDER_MAX_STEPS + 1];
};

/* All orders, controls first; ends with a row without a name. */
extern const struct order order_catalogue[];

/* The order of this name, or NULL. */
const struct order *order_find(const char *name);

static inline bool order_is_fault(const struct order *order)
{
	return order->control != NULL;
}

/* Does this fault leave out a START or an END? Only such a one tells whether brackets are needed. */
bool order_leaves_out_bracket(const struct order *order);

/* Does this order read what the peer writes without waiting for it before? */
bool order_leaves_out_wait(const struct order *order);

/* Is any step about another buffer than the frame's own? */
bool order_uses_other(const struct order *order);

/* What a buffer holds, if every step so far was right: remembered by whoever owns the buffer. */
struct order_content {
	bool drawn; /* a whole card was drawn at least once */
	bool lower; /* the half that comes next */
	struct card_expect expect;
};

/*
 * Who does what the order cannot do itself: the caller's hands. Each returns 0 or -errno with
 * @why. `submit` is called after access_submit() had its say.
 */
struct order_hands {
	void *data;
	int (*submit)(void *data, enum order_target target, struct why *why);
	int (*peer_write)(void *data, uint32_t serial, uint32_t frame, struct why *why);
	/*
	 * Wait for the peer's own fence: part of ORDER_WAIT for READ behind a peer's write, since not
	 * every device tells the dma-buf of its work (R7). May be NULL.
	 */
	int (*peer_wait)(void *data, struct why *why);
	/* Told what was drawn or judged, for the trace; may be NULL. */
	void (*touched)(void *data, const struct order_step *step, struct card_area area);
};

/* One performance of an order. */
struct order_frame {
	const struct card *card;
	struct buffer *buffer;
	struct buffer *other; /* for ORDER_OTHER; NULL where order_uses_other() says no */
	struct order_content *content;
	uint32_t run;		  /* the run's part of the serial */
	uint32_t frame;		  /* the number to draw */
	int wait_ms;		  /* time limit of ORDER_WAIT */
	struct cell_verdict *map; /* where ORDER_JUDGE leaves its verdicts */
	/*
	 * Where ORDER_JUDGE leaves the pixels that it has read, with the buffer's stride; or NULL. What is
	 * judged then is this copy: a device that is still at it could write between two looks.
	 */
	void *copy;
};

/*
 * Perform @order on one frame. Content is updated to what a reader must now find. Stops at the
 * first step that fails: 0 or -errno with @why, which names the step; an open bracket is closed
 * before it returns.
 *
 * A control is held to the rules, a fault goes through (access.h: ACCESS_ENFORCE, ACCESS_OBSERVE). A
 * fault may leave its bracket open, for that is what it is about: ending it at once would publish what
 * the fault is to hide. A control that finds one closes it before it begins.
 */
int order_perform(const struct order *order, struct order_frame *frame,
		  const struct order_hands *hands, struct why *why);

/*
 * What comes next on @buffer is in order, whatever was before: a bracket that a fault left open is ended, and
 * the rules hold again. order_perform() does it before a control; before whatever else comes it is the caller's to
 * do. 0 or -errno with @why.
 */
int order_settle(struct buffer *buffer, struct why *why);

#endif
