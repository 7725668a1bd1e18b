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

#include "base/notice.h"
#include "base/why.h"
#include "buffer/buffer.h"
#include "card/card.h"

enum order_verb {
	ORDER_END_OF_STEPS = 0,
	ORDER_WAIT,  /* until the buffer is ready for .flags (R5), by all that tells so (R7) */
	ORDER_START, /* SYNC START with .flags */
	ORDER_DRAW,  /* the CPU draws the cells of .cells, without reading the map */
	ORDER_BLEND, /* the CPU reads the cells of .cells and makes this frame of what it reads */
	ORDER_JUDGE, /* the CPU reads the whole card and judges it */
	ORDER_END,   /* SYNC END with .flags */
	ORDER_PEER_WRITE, /* the peer's work that puts a whole card there is submitted */
	/*
	 * The peer's work that reads the whole card is submitted (with explicit sync: its acquire
	 * point is signalled), and has more than half of it when this is done.
	 */
	ORDER_PEER_READ,
	ORDER_PEER_JUDGE, /* that work is waited for, and what it has read is judged */
	ORDER_SUBMIT,	  /* hand .target on: the peer looks, the compositor shows (R6) */
	/* The two halves of a wait by sync_file: of .flags one is exported; it is waited for. */
	ORDER_SNAPSHOT,
	ORDER_WAIT_SNAPSHOT,
	ORDER_MAP, /* another map than the buffer's, of .map, for all that is drawn from here on */
};

/*
 * How the CPU and the peer tell each other that they are done: how ORDER_WAIT waits, and
 * what the peer's work waits for and leaves behind. order_sync_name() has the words of
 * --sync= and of the result file.
 */
enum order_sync {
	ORDER_IMPLICIT,	 /* fences in the dma-buf, and poll (R14, R16) */
	ORDER_SYNC_FILE, /* these, carried to and from explicit work by sync_file (R17 to R24) */
	ORDER_SYNCOBJ,	 /* points of timelines alone; the dma-buf has no fences (R7) */
	ORDER_SYNC_KINDS,
};

/* Which cells a step touches. */
enum order_cells {
	ORDER_WHOLE, /* all */
	ORDER_HALF,  /* one half of the rows, upper and lower in turn; all, if never drawn before */
	ORDER_FIRST_ROWS,  /* all but the last rows */
	ORDER_LAST_ROWS,   /* the last quarter of the rows, one at least */
	ORDER_RIGHT_PARTS, /* of the last rows: the right half of each cell, part of a cache line */
};

/* What the program makes of an error of SYNC. */
enum order_care {
	ORDER_CAREFUL,	  /* as access.h says */
	ORDER_NO_RESTART, /* one START, and EINTR or EAGAIN is taken for done (R8 broken) */
	ORDER_CARELESS,	  /* EINVAL is not looked at (R9 broken) */
};

/* What poll is asked for before writing. */
enum order_poll {
	ORDER_POLL_RIGHT,  /* POLLOUT alone */
	ORDER_POLL_EITHER, /* POLLIN|POLLOUT, which returns when either is ready (R16 broken) */
};

/* What ORDER_MAP maps. */
enum order_map {
	ORDER_MAP_SHARED,  /* the dma-buf, MAP_SHARED */
	ORDER_MAP_PRIVATE, /* the dma-buf, MAP_PRIVATE (R26 broken); a refusal is not looked at */
	ORDER_MAP_MEMFD,   /* the memfd whose pages it is (R25 broken) */
};

/* How far apart two rows are, to who draws. */
enum order_stride {
	ORDER_OF_BUFFER,
	ORDER_SHORTER, /* by one cell than the buffer's */
};

/* Which buffer a step is about. */
enum order_target {
	ORDER_THIS,  /* the frame's own */
	ORDER_OTHER, /* another one of the same window */
	/*
	 * The one whose descriptor has the number that this one's had when it was remembered: that
	 * was closed meanwhile, and the other's came to have its number.
	 */
	ORDER_BY_NUMBER,
};

struct order_step {
	enum order_verb verb;
	uint64_t flags; /* ACCESS_READ, ACCESS_WRITE, ACCESS_RW */
	enum order_cells cells;
	enum order_target target;
	int ahead; /* draw, peer write: the frame's number and so many more; 0: that frame */
	enum order_care care;
	enum order_stride stride;
	enum order_poll poll;
	enum order_map map;
};

enum order_direction {
	ORDER_CPU_WRITE, /* the CPU writes, the peer reads */
	ORDER_CPU_READ,	 /* the peer writes, the CPU reads */
};

enum { ORDER_MAX_STEPS = 12 };

/*
 * What it takes to see a fault (and its control, where the peer has to write): a set of bits. The
 * parameters are the module's, of the buffer that the order is about.
 * order_needs_name() has the words.
 */
enum order_needs {
	ORDER_NEEDS_WRITER = 1 << 0, /* a peer that writes */
	/*
	 * The peer goes on writing after its call has returned, and leaves a fence in the buffer.
	 */
	ORDER_NEEDS_FENCE = 1 << 1,
	/*
	 * The CPU's cache holds an older frame: a control was performed on this buffer before. Each
	 * frame of a CPU that reads leaves one there; before each of one that writes (its control,
	 * too) the caller has order_warm_up().
	 */
	ORDER_NEEDS_WARM = 1 << 2,
	ORDER_NEEDS_POISON = 1 << 3, /* write=poison: what a WRITE bracket doesn't write is junk */
	ORDER_NEEDS_STRICT = 1 << 4, /* end=strict: END(READ) writes nothing back */
	ORDER_NEEDS_INJECT = 1 << 5, /* inject=1 before each frame: START is interrupted */
	ORDER_NEEDS_TRAP = 1 << 6,   /* mode=trap */
	ORDER_NEEDS_READER = 1 << 7, /* a peer that reads on after its call has returned */
	ORDER_NEEDS_MEMFD = 1 << 8,  /* a buffer that is made of a memfd: udmabuf */
	ORDER_NEEDS_ALL = (1 << 9) - 1,
};

struct order {
	const char *name;    /* stable: --order=, --fault=, the JSON */
	const char *control; /* of a fault: the name of its control; NULL: this is a control */
	enum order_direction direction;
	const char *rules;    /* those that a fault breaks ("": none), those that a control keeps */
	const char *sentence; /* for people: what is done */
	const char *shows;  /* of a fault: what a device that isn't coherent then shows, and why */
	unsigned int by;    /* of a fault: who can notice it, here or there: enum notice */
	unsigned int needs; /* enum order_needs */
	unsigned int
		syncs; /* by which kinds of sync it can be performed, bit n for kind n; 0: all */
	bool anywhere; /* of a fault: its cells show on every machine, since no cache hides them */
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

/* A few words for one bit; NULL for no bit or several. */
const char *order_needs_name(unsigned int bit);

/* "implicit", "sync-file", "syncobj". */
const char *order_sync_name(enum order_sync sync);

/* Can @order be performed by this kind of sync? */
bool order_has_sync(const struct order *order, enum order_sync sync);

/*
 * Does this fault leave out a START or an END? Only such a one tells whether brackets are needed.
 */
bool order_leaves_out_bracket(const struct order *order);

/*
 * Does it leave lines behind that tell of it, once it is done: drawn, blended or judged, and no END
 * for WRITE after? Such an END writes back what is dirty, right or wrong, and what was wrong before
 * it no line tells any more.
 */
bool order_leaves_lines(const struct order *order);

/* Is anything handed on, to read, between what was drawn and the END that publishes it? */
bool order_hands_on_dirty(const struct order *order);

/*
 * Does the peer write into the buffer that the CPU writes,
 * in this order or in the control that comes with it?
 */
bool order_peer_writes(const struct order *order);

/* Is it about the map of one dma-buf? Disjoint planes lie in two. */
bool order_makes_map(const struct order *order);

/* Does order_warm_up() do anything before a frame of @order? */
bool order_takes_warm_up(const struct order *order);

/* Is any step about another buffer than the frame's own? */
bool order_uses_other(const struct order *order);

/* What a buffer holds, if every step so far was right: remembered by whoever owns the buffer. */
struct order_content {
	bool drawn;  /* a whole card was drawn at least once */
	bool lower;  /* the half that comes next */
	bool spoilt; /* a fault was the last: a control doesn't build on what is there */
	struct card_expect expect;
};

/*
 * Who does what the order cannot do itself: the caller's hands. Each returns 0 or -errno with
 * @why. `submit` is called after access_submit() had its say, with ORDER_THIS or ORDER_OTHER.
 */
struct order_hands {
	void *data;
	int (*submit)(void *data, enum order_target target, struct why *why);
	/* The peer writes order_frame.buffer. NULL where no order asks for it. */
	int (*peer_write)(void *data, uint32_t serial, uint32_t frame, struct why *why);
	/*
	 * Wait for the peer's own fence, with ORDER_SYNCOBJ for its release point. With that it is
	 * every ORDER_WAIT; with ORDER_IMPLICIT part of one behind a peer's write, since not every
	 * device tells the dma-buf of its work (R7). May be NULL where neither is asked for.
	 */
	int (*peer_wait)(void *data, struct why *why);
	/*
	 * The two halves of a read of order_frame.buffer that goes on while the CPU does: submit
	 * it; wait for it and judge what it has read. NULL where no peer can.
	 */
	int (*peer_read)(void *data, struct why *why);
	int (*peer_judge)(void *data, const struct card_expect *expect, struct why *why);
	/*
	 * The memfd that order_frame.buffer is made of, or -errno with @why;
	 * stays the owner's. May be NULL.
	 */
	int (*memfd)(void *data, struct why *why);
	/* Told what was drawn, blended or judged, for the trace; may be NULL. */
	void (*touched)(void *data, const struct order_step *step, struct card_area area);
};

/* What was seen during one performance, by who is asked for nothing. */
struct order_seen {
	uint32_t violations;   /* how often the state machine of access.c complained */
	uint32_t broken;       /* of what: bit n for rule Rn */
	const char *violation; /* its last sentence; NULL: none */
	int refused;	       /* -errno that the kernel said and the fault went over; 0: none */
	int64_t start_ns;      /* time inside START, fences included (R12) */
	int64_t start_at;      /* when the first START was called, clock_ns(); 0: there was none */
	bool not_ready;	       /* order_frame.look found it so */
};

/* One performance of an order. */
struct order_frame {
	const struct card *card;
	struct buffer *buffer;
	struct buffer *other; /* for another target; NULL where order_uses_other() says no */
	struct order_content *content;
	uint32_t run;	/* the run's part of the serial */
	uint32_t frame; /* the number to draw */
	int wait_ms;	/* time limit of ORDER_WAIT */
	/*
	 * Of an ORDER_WAIT that is the first step. `look`: it doesn't block; where the buffer isn't
	 * ready nothing is done, and the performance returns -EAGAIN with `not_ready`. `waited`:
	 * nobody is asked: the caller has waited until the buffer is ready for writing, for a point
	 * or a fence (R7); so it is for order_warm_up().
	 */
	bool look, waited;
	enum order_sync sync;	  /* one that order_has_sync() */
	struct cell_verdict *map; /* where ORDER_JUDGE leaves its verdicts */
	/*
	 * Where ORDER_JUDGE leaves the pixels that it has read, with the buffer's stride;
	 * or NULL. What is judged then is this copy: a device that is still at it could
	 * write between two looks.
	 */
	void *copy;
	struct order_seen seen; /* out, also where the performance fails */
};

/*
 * Perform @order on one frame. Content is updated to what a reader must now find. Stops at the
 * first step that fails: 0 or -errno with @why, which names the step; an open bracket is closed
 * before it returns.
 *
 * A control is held to the rules, a fault goes through (access.h: ACCESS_ENFORCE, ACCESS_OBSERVE).
 * A fault may leave its bracket open, for that is what it is about: ending it at once would publish
 * what the fault is to hide. A control that finds one closes it before it begins. A control whose
 * peer writes also has an empty bracket for RW before, where a fault was the last on this buffer:
 * what that left dirty in the CPU's cache could go back over what the peer writes.
 */
int order_perform(const struct order *order, struct order_frame *frame,
		  const struct order_hands *hands, struct why *why);

/*
 * Before a frame of an order that writes and needs a warm cache: the CPU reads the whole buffer, in
 * order. It waits as the order's own first step will: where that one only looks, -EAGAIN with
 * `not_ready`, and nothing was read. Nothing else of it is in frame->seen. Other orders need
 * nothing, and get nothing. What a fault left open is ended. 0 or -errno with @why.
 */
int order_warm_up(const struct order *order, struct order_frame *frame,
		  const struct order_hands *hands, struct why *why);

/*
 * What comes next on @buffer is in order, whatever was before: a bracket that a fault left open is
 * ended, and the rules hold again. order_perform() does it before a control; before whatever else
 * comes it is the caller's to do. 0 or -errno with @why.
 */
int order_settle(struct buffer *buffer, struct why *why);

#endif
