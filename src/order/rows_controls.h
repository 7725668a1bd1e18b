/* SPDX-License-Identifier: MIT */
/* The controls: right, and clean wherever the machine is. Rows of catalogue.c, and for it alone. */
/* clang-format off */

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
	.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_WARM,
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
{
	.name = "overwrite-after-read",
	.direction = ORDER_CPU_WRITE,
	.rules = "R1 R2 R4 R5 R6 R7 R16 R24",
	.sentence = "the CPU overwrites the buffer, the peer reads it and takes its time, "
		    "the CPU waits and overwrites it again",
	.needs = ORDER_NEEDS_READER,
	.steps = { WAIT(W), START(W), DRAW(WHOLE, .ahead = -1), END(W), PEER_READ, WAIT(W),
		   START(W), DRAW(WHOLE), END(W), PEER_JUDGE, SUBMIT() },
},
{
	.name = "overwrite-mapped",
	.direction = ORDER_CPU_WRITE,
	.rules = "R1 R2 R5 R6 R16 R25 R26",
	.sentence = "the CPU maps the buffer and overwrites it through that map, the peer "
		    "reads it",
	.steps = { WAIT(W), MAP(SHARED), START(W), DRAW(WHOLE), END(W), SUBMIT() },
},
{
	.name = "read-by-snapshot",
	.direction = ORDER_CPU_READ,
	.rules = "R1 R2 R5 R10 R16 R18 R19",
	.sentence = "the peer writes the buffer, a sync_file of that is exported, the CPU "
		    "waits for it and reads",
	.needs = ORDER_NEEDS_WRITER,
	.syncs = SYNC_FILE,
	.steps = { WAIT(W), PEER_WRITE(), SNAPSHOT(R), WAIT_SNAPSHOT(R), START(R), JUDGE,
		   END(R), SUBMIT() },
},
