// SPDX-License-Identifier: MIT
/*
 * The catalogue of orders: the controls first, then the faults. Each fault is its control with one
 * step changed, moved, added or left out; a comment says which. A bracket is one thing: its START and
 * its END change together.
 */
#include "order/order.h"

/* A word for each step: its flags or its cells, then what is out of the ordinary. */
/* clang-format off */
#define WAIT(f)		{ .verb = ORDER_WAIT, .flags = f }
#define START(f, ...)	{ .verb = ORDER_START, .flags = f, ##__VA_ARGS__ }
#define END(f, ...)	{ .verb = ORDER_END, .flags = f, ##__VA_ARGS__ }
#define DRAW(c, ...)	{ .verb = ORDER_DRAW, .cells = ORDER_##c, ##__VA_ARGS__ }
#define BLEND(c)	{ .verb = ORDER_BLEND, .cells = ORDER_##c }
#define PEER_WRITE(...)	{ .verb = ORDER_PEER_WRITE, ##__VA_ARGS__ }
#define JUDGE		{ .verb = ORDER_JUDGE, .cells = ORDER_WHOLE }
#define SUBMIT(...)	{ .verb = ORDER_SUBMIT, ##__VA_ARGS__ }
/* clang-format on */

enum {
	R = ACCESS_READ,
	W = ACCESS_WRITE,
	RW = ACCESS_RW,
	CARD = NOTICE_CARD,
	STATE = NOTICE_STATE,
	ACCESS = NOTICE_ACCESS,
	KERNEL = NOTICE_KERNEL,
	CLOCK = NOTICE_CLOCK,
};

const struct order order_catalogue[] = {
	/* The controls: right, and clean wherever the machine is. */
	{
		.name = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R2 R5 R6 R10 R16",
		.sentence = "the CPU overwrites the whole buffer, the peer reads it",
		.steps = { WAIT(W), START(W), DRAW(WHOLE), END(W), SUBMIT() },
	},
	{
		.name = "overwrite-in-two",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R2 R5 R6 R10 R16",
		.sentence = "the CPU overwrites the whole buffer, the last rows in a second go, "
			    "the peer reads it",
		.steps = { WAIT(W), START(W), DRAW(FIRST_ROWS), DRAW(LAST_ROWS), END(W), SUBMIT() },
	},
	{
		.name = "partial-update",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R2 R5 R6 R10 R16",
		.sentence = "the CPU updates one half of the buffer and keeps the other, the "
			    "peer reads it",
		.steps = { WAIT(RW), START(RW), DRAW(HALF), END(RW), SUBMIT() },
	},
	{
		.name = "update-after-device",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R2 R5 R6 R10 R12 R16",
		.sentence = "the peer writes the buffer, the CPU updates the right half of some "
			    "cells, the peer reads it",
		.needs = ORDER_NEEDS_WRITER,
		.steps = { WAIT(W), PEER_WRITE(), WAIT(RW), START(RW), DRAW(RIGHT_PARTS), END(RW),
			   SUBMIT() },
	},
	{
		.name = "blend",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R2 R5 R6 R10 R12 R16",
		.sentence = "the peer writes the buffer, the CPU blends into some of it what "
			    "depends on what is there, the peer reads it",
		.needs = ORDER_NEEDS_WRITER,
		.steps = { WAIT(W), PEER_WRITE(.ahead = -1), WAIT(RW), START(RW), BLEND(LAST_ROWS),
			   END(RW), SUBMIT() },
	},
	{
		.name = "read",
		.direction = ORDER_CPU_READ,
		.rules = "R1 R2 R5 R7 R10 R14 R16",
		.sentence = "the peer writes the buffer, the CPU reads it",
		.needs = ORDER_NEEDS_WRITER,
		/* The first wait: others may still read, and not every device waits by itself. */
		.steps = { WAIT(W), PEER_WRITE(), WAIT(R), START(R), JUDGE, END(R), SUBMIT() },
	},

	/* The faults of a CPU that writes. */
	{
		.name = "wrong-buffer",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "", /* a plain mix-up */
		.sentence = "one buffer is drawn, another is submitted",
		.shows = "every cell is foreign: it names the buffer that was submitted by "
			 "mistake, or is unwritten where that was never drawn",
		.by = CARD,
		.steps = { WAIT(W), START(W), DRAW(WHOLE), END(W),
			   SUBMIT(.target = ORDER_OTHER) /* not the one drawn */ },
	},
	{
		.name = "stride",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "", /* a plain mix-up */
		.sentence = "the CPU takes another stride than the buffer's (here one cell too "
			    "short), as of a map that has its own",
		.shows = "all rows but the first slip to the left, further from row to row: "
			 "their cells are torn, since they lie in others' places; the last "
			 "cells are old",
		.by = CARD,
		.steps = { WAIT(W), START(W), DRAW(WHOLE, .stride = ORDER_SHORTER), END(W),
			   SUBMIT() },
	},
	{
		.name = "no-bracket",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R3 R6",
		.sentence = "the CPU overwrites the buffer without START and END",
		.shows = "as no-end: every cell is stale, but for lines that were evicted "
			 "meanwhile",
		.by = CARD | STATE,
		.steps = { WAIT(W), /* no START */ DRAW(WHOLE),
			   /* and so no END: a bracket is one thing */ SUBMIT() },
	},
	{
		.name = "no-start",
		.control = "update-after-device",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R12",
		.sentence = "the peer writes the buffer, the CPU updates the right half of some "
			    "cells without START",
		.shows = "the CPU stores into lines that its cache still holds of an earlier "
			 "frame; their old left halves go back with them, and the cells are "
			 "torn",
		.by = CARD | STATE | ACCESS | KERNEL,
		.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_WARM,
		.steps = { WAIT(W), PEER_WRITE(), WAIT(RW), /* no START */ DRAW(RIGHT_PARTS),
			   END(RW), SUBMIT() },
	},
	{
		.name = "no-restart",
		.control = "update-after-device",
		.direction = ORDER_CPU_WRITE,
		.rules = "R8",
		.sentence = "as no-start, but there is a START: a signal interrupts it, and "
			    "EINTR is taken for done",
		.shows = "as no-start: the cells are torn",
		.by = CARD | STATE | ACCESS | KERNEL,
		.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_WARM | ORDER_NEEDS_INJECT,
		.steps = { WAIT(W), PEER_WRITE(), WAIT(RW),
			   START(RW, .care = ORDER_NO_RESTART), /* whatever it says */
			   DRAW(RIGHT_PARTS), END(RW), SUBMIT() },
	},
	{
		.name = "no-end",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R6",
		.sentence = "the CPU overwrites the buffer and submits it without END",
		.shows = "what was written is still in the CPU's cache: every cell is stale, "
			 "but for lines that were evicted meanwhile; the bracket stays open, "
			 "and the next START replaces it",
		.by = CARD | STATE | ACCESS,
		.steps = { WAIT(W), START(W), DRAW(WHOLE), /* no END */ SUBMIT() },
	},
	{
		.name = "submit-open",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R6",
		.sentence = "the CPU overwrites the buffer and submits it before END",
		.shows = "as no-end while the device reads: every cell is stale, by what END "
			 "brought there last time",
		.by = CARD | STATE | ACCESS,
		.steps = { WAIT(W), START(W), DRAW(WHOLE), SUBMIT(),
			   END(W) /* not before SUBMIT */ },
	},
	{
		.name = "early-end",
		.control = "overwrite-in-two",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R6",
		.sentence = "the CPU overwrites the buffer, the last rows after END",
		.shows = "the last rows are stale, but for lines that were evicted meanwhile; "
			 "the next END brings them, one frame too late",
		.by = CARD | STATE,
		.steps = { WAIT(W), START(W), DRAW(FIRST_ROWS), END(W),
			   /* not after all was drawn */ DRAW(LAST_ROWS), SUBMIT() },
	},
	{
		.name = "late-write",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R1 R6",
		.sentence = "the CPU overwrites the buffer and after END draws the last rows of "
			    "the next frame",
		.shows = "the last rows are stale by one frame: the device has what was there "
			 "at END, but for lines that were evicted meanwhile",
		.by = CARD | STATE,
		.steps = { WAIT(W), START(W), DRAW(WHOLE), END(W), DRAW(LAST_ROWS, .ahead = 1),
			   /* one touch more */ SUBMIT() },
	},
	{
		.name = "read-flag",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R10",
		.sentence = "the CPU overwrites the buffer in a bracket for READ",
		.shows = "END(READ) writes nothing back and START(READ) throws away what is "
			 "dirty: every cell is stale",
		.by = CARD | STATE,
		.needs = ORDER_NEEDS_STRICT,
		.steps = { WAIT(W), START(R), /* not W */ DRAW(WHOLE), END(R),
			   /* and so not W either */ SUBMIT() },
	},
	{
		.name = "end-flag",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R2",
		.sentence = "the CPU overwrites the buffer, and END says READ where START said "
			    "WRITE",
		.shows = "END(READ) writes nothing back: every cell is stale, but for lines "
			 "that were evicted meanwhile",
		.by = CARD | STATE | ACCESS,
		.needs = ORDER_NEEDS_STRICT,
		.steps = { WAIT(W), START(W), DRAW(WHOLE), END(R), /* not W */ SUBMIT() },
	},
	{
		.name = "no-flag",
		.control = "overwrite",
		.direction = ORDER_CPU_WRITE,
		.rules = "R9",
		.sentence = "the CPU overwrites the buffer; START and END say neither READ nor "
			    "WRITE, and EINVAL is not looked at",
		.shows = "as no-bracket, since nothing was synchronised: every cell is stale",
		.by = CARD | STATE | ACCESS | KERNEL,
		.steps = { WAIT(W), START(0, .care = ORDER_CARELESS), /* not W */ DRAW(WHOLE),
			   END(0, .care = ORDER_CARELESS), /* and so not W either */ SUBMIT() },
	},
	{
		.name = "partial-write-flag",
		.control = "partial-update",
		.direction = ORDER_CPU_WRITE,
		.rules = "R10",
		.sentence = "the CPU updates one half of the buffer in a bracket for WRITE, "
			    "which says that it overwrites all",
		.shows = "the half that was to be kept is anyone's guess: with write=poison "
			 "it is unwritten; most caches leave it as it was",
		.by = CARD,
		.needs = ORDER_NEEDS_POISON,
		.steps = { WAIT(RW), START(W), /* not RW */ DRAW(HALF), END(W),
			   /* and so not RW either */ SUBMIT() },
	},
	{
		.name = "blend-write-flag",
		.control = "blend",
		.direction = ORDER_CPU_WRITE,
		.rules = "R10",
		.sentence = "the peer writes the buffer, the CPU blends in a bracket for WRITE, "
			    "which allows no read",
		.shows = "what is blended with is not what the device wrote: with "
			 "write=poison or write=none these cells are torn or unwritten",
		.by = CARD,
		.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_POISON,
		.steps = { WAIT(W), PEER_WRITE(.ahead = -1), WAIT(RW), START(W), /* not RW */
			   BLEND(LAST_ROWS), END(W), /* and so not RW either */ SUBMIT() },
	},

	/* The faults of a CPU that reads. */
	{
		.name = "read-no-start",
		.control = "read",
		.direction = ORDER_CPU_READ,
		.rules = "R1 R15",
		.sentence = "the peer writes the buffer, the CPU reads it without START",
		.shows = "the CPU reads what its cache still holds of an earlier frame: every "
			 "cell is stale, but for lines that had left the cache",
		.by = CARD | STATE | ACCESS | KERNEL,
		.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_WARM,
		.steps = { WAIT(W), PEER_WRITE(), WAIT(R),
			   /* no START: the wait does no cache work */ JUDGE, END(R), SUBMIT() },
	},
	{
		.name = "read-no-restart",
		.control = "read",
		.direction = ORDER_CPU_READ,
		.rules = "R8",
		.sentence = "as read-no-start, but there is a START: a signal interrupts it, and "
			    "EINTR is taken for done",
		.shows = "as read-no-start: every cell is stale",
		.by = CARD | STATE | ACCESS | KERNEL,
		.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_WARM | ORDER_NEEDS_INJECT,
		.steps = { WAIT(W), PEER_WRITE(), WAIT(R), START(R, .care = ORDER_NO_RESTART),
			   /* whatever it says */ JUDGE, END(R), SUBMIT() },
	},
	{
		.name = "read-no-wait",
		.control = "read",
		.direction = ORDER_CPU_READ,
		.rules = "R5 R7 R12",
		.sentence = "the peer writes the buffer, the CPU reads it with START and END but "
			    "does not wait before",
		.shows = "START waits too, but too late: it has done its cache work while the "
			 "device still wrote, and what came later is stale",
		.by = CARD | STATE | ACCESS | CLOCK,
		.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_FENCE | ORDER_NEEDS_WARM,
		.steps = { WAIT(W), PEER_WRITE(), /* no WAIT */ START(R), JUDGE, END(R), SUBMIT() },
	},
	{
		.name = "read-write-flag",
		.control = "read",
		.direction = ORDER_CPU_READ,
		.rules = "R5 R10",
		.sentence = "the peer writes the buffer, the CPU reads it in a bracket for "
			    "WRITE, which allows no read",
		.shows = "a START(WRITE) need not fetch what the device wrote: with "
			 "write=none every cell is stale, with write=poison unwritten",
		.by = CARD | ACCESS,
		.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_POISON,
		.steps = { WAIT(W), PEER_WRITE(), WAIT(R), START(W), /* not R */ JUDGE, END(W),
			   /* and so not R either */ SUBMIT() },
	},
	{
		.name = "read-after-end",
		.control = "read",
		.direction = ORDER_CPU_READ,
		.rules = "R1",
		.sentence = "the peer writes the buffer, the CPU reads it after END",
		.shows = "nothing, as long as the device does not write again: what START has "
			 "fetched is still right; mode=trap counts the touch of each page",
		.by = STATE,
		.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_TRAP,
		.steps = { WAIT(W), PEER_WRITE(), WAIT(R), START(R), END(R),
			   /* not after all was read */ JUDGE, SUBMIT() },
	},
	{ .name = NULL },
};
