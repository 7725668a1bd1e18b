/* SPDX-License-Identifier: MIT */
/* The faults of a CPU that writes. Rows of catalogue.c, and for it alone. */
/* clang-format off */

{
	.name = "wrong-buffer",
	.control = "overwrite",
	.direction = ORDER_CPU_WRITE,
	.rules = "", /* a plain mix-up */
	.sentence = "one buffer is drawn, another is submitted",
	.shows = "every cell is foreign: it names the buffer that was submitted by "
		 "mistake, or is unwritten where that was never drawn",
	.by = CARD,
	.anywhere = true,
	.steps = { WAIT(W), START(W), DRAW(WHOLE), END(W),
		   SUBMIT(.target = ORDER_OTHER) /* not the one drawn */ },
},
{
	.name = "reused-fd",
	.control = "overwrite",
	.direction = ORDER_CPU_WRITE,
	.rules = "", /* a plain mix-up: a number is a name only while its descriptor is open */
	.sentence = "a buffer is remembered by the number of its descriptor; that is closed, "
		    "another buffer's comes to have the number, and what has it is submitted",
	.shows = "as wrong-buffer: every cell is foreign, or unwritten",
	.by = CARD,
	.anywhere = true,
	.steps = { WAIT(W), START(W), DRAW(WHOLE), END(W),
		   SUBMIT(.target = ORDER_BY_NUMBER) /* not the one drawn */ },
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
	.anywhere = true,
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
	.by = CARD | ACCESS, /* once END is done, no line tells */
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
{
	.name = "no-release",
	.control = "overwrite-after-read",
	.direction = ORDER_CPU_WRITE,
	.rules = "R4 R5 R7",
	.sentence = "the CPU overwrites the buffer again while the peer still reads it: "
		    "the release point is not waited for",
	.shows = "with explicit sync START knows of no reader: what the peer comes to "
		 "later is of the next frame, ahead by one",
	.by = CARD | ACCESS,
	.needs = ORDER_NEEDS_READER,
	.syncs = SYNCOBJ,
	.anywhere = true,
	.steps = { WAIT(W), START(W), DRAW(WHOLE, .ahead = -1), END(W), PEER_READ,
		   /* no WAIT */ START(W), DRAW(WHOLE), END(W), PEER_JUDGE, SUBMIT() },
},
{
	.name = "wait-in-only",
	.control = "overwrite-after-read",
	.direction = ORDER_CPU_WRITE,
	.rules = "R5 R14 R16 R18",
	.sentence = "the CPU overwrites the buffer again while the peer still reads it: "
		    "the wait is for writers only",
	.shows = "no cell, ever: START(WRITE) waits for all users. The wait has moved "
		 "into it, where it has no limit and only the clock sees it",
	.by = ACCESS | CLOCK,
	.needs = ORDER_NEEDS_READER,
	.syncs = IMPLICIT | SYNC_FILE,
	.steps = { WAIT(W), START(W), DRAW(WHOLE, .ahead = -1), END(W), PEER_READ, WAIT(R),
		   /* not W */ START(W), DRAW(WHOLE), END(W), PEER_JUDGE, SUBMIT() },
},
{
	.name = "in-out-poll",
	.control = "overwrite-after-read",
	.direction = ORDER_CPU_WRITE,
	.rules = "R16",
	.sentence = "as wait-in-only, but poll is asked for POLLIN|POLLOUT, and returns "
		    "when either is ready",
	.shows = "as wait-in-only: no cell, ever; and the state machine sees a wait",
	.by = CLOCK,
	.needs = ORDER_NEEDS_READER,
	.syncs = IMPLICIT,
	.steps = { WAIT(W), START(W), DRAW(WHOLE, .ahead = -1), END(W), PEER_READ,
		   WAIT(W, .poll = ORDER_POLL_EITHER), /* not POLLOUT alone */ START(W),
		   DRAW(WHOLE), END(W), PEER_JUDGE, SUBMIT() },
},
{
	.name = "signal-early",
	.control = "overwrite-after-read",
	.direction = ORDER_CPU_WRITE,
	.rules = "R6 R24",
	.sentence = "the acquire point is signalled before END: the peer begins to read "
		    "what is not published yet",
	.shows = "what the peer reads before END is still in the CPU's cache: these cells "
		 "are stale, those that it comes to later are fresh",
	.by = CARD | ACCESS, /* once END is done, no line tells */
	.needs = ORDER_NEEDS_READER,
	.syncs = SYNCOBJ,
	.steps = { WAIT(W), START(W), DRAW(WHOLE, .ahead = -1), PEER_READ, END(W),
		   /* not before PEER_READ */ WAIT(W), START(W), DRAW(WHOLE), END(W),
		   PEER_JUDGE, SUBMIT() },
},
{
	.name = "private-map",
	.control = "overwrite-mapped",
	.direction = ORDER_CPU_WRITE,
	.rules = "R26",
	.sentence = "the CPU maps the buffer MAP_PRIVATE and overwrites it through that "
		    "map; where the map is refused that is not looked at",
	.shows = "every cell is as old as it was: each page that is written to becomes a "
		 "copy, or there is no map at all (EINVAL)",
	.by = CARD | KERNEL,
	.anywhere = true,
	.steps = { WAIT(W), MAP(PRIVATE), /* not SHARED */ START(W), DRAW(WHOLE), END(W),
		   SUBMIT() },
},
{
	.name = "memfd-map",
	.control = "overwrite-mapped",
	.direction = ORDER_CPU_WRITE,
	.rules = "R25",
	.sentence = "the buffer is made of a memfd, and the CPU overwrites it through a "
		    "map of that, in a bracket of the dma-buf",
	.shows = "nothing that anybody could notice: the memfd's pages are the buffer's, "
		 "a CPU's cache is one for all its maps, and SYNC is the same call; an "
		 "exporter that copies, or knows which pages were touched, owes nothing "
		 "to such a map",
	.needs = ORDER_NEEDS_MEMFD,
	.steps = { WAIT(W), MAP(MEMFD), /* not SHARED */ START(W), DRAW(WHOLE), END(W),
		   SUBMIT() },
},
