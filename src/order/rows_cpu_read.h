/* SPDX-License-Identifier: MIT */
/* The faults of a CPU that reads. Rows of catalogue.c, and for it alone. */
/* clang-format off */

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
	.shows = "START does its cache work while the device still writes, and what comes "
		 "later is stale; then START waits, too late, for fences of the buffer; "
		 "by syncobj there is none, and it does not wait at all",
	.by = CARD | STATE | ACCESS | CLOCK,
	.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_FENCE | ORDER_NEEDS_WARM,
	.steps = { WAIT(W), PEER_WRITE(), /* no WAIT */ START(R), JUDGE, END(R), SUBMIT() },
},
{
	.name = "snapshot-early",
	.control = "read-by-snapshot",
	.direction = ORDER_CPU_READ,
	.rules = "R5 R19",
	.sentence = "the sync_file that the CPU waits for was exported before the peer's "
		    "work was submitted",
	.shows = "as read-no-wait: the sync_file is signalled already, and START does its "
		 "cache work while the device still writes",
	.by = CARD | STATE | ACCESS | CLOCK,
	.needs = ORDER_NEEDS_WRITER | ORDER_NEEDS_FENCE | ORDER_NEEDS_WARM,
	.syncs = SYNC_FILE,
	.steps = { WAIT(W), SNAPSHOT(R), PEER_WRITE(), /* not before SNAPSHOT */
		   WAIT_SNAPSHOT(R), START(R), JUDGE, END(R), SUBMIT() },
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
