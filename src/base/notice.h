/* SPDX-License-Identifier: MIT */
/*
 * notice: who can notice that an order was broken: a set of bits. The catalogue says of each fault
 * who can, a RECORD who did, and both use the same words.
 */
#ifndef STALELINE_NOTICE_H
#define STALELINE_NOTICE_H

enum notice {
	NOTICE_CARD = 1 << 0,	/* a cell is not fresh */
	NOTICE_STATE = 1 << 1,	/* staleline.ko: the state of its lines, its counters */
	NOTICE_ACCESS = 1 << 2, /* the state machine of access.c: it is an order of calls */
	NOTICE_KERNEL = 1 << 3, /* a call is refused, with an errno */
	NOTICE_CLOCK = 1 << 4,	/* START blocks, where after a wait it would not */
	NOTICE_ALL = (1 << 5) - 1,
};

/*
 * The word for one bit, that of the result file: "card", "state", ...; NULL for no bit or several.
 */
const char *notice_name(unsigned int bit);

#endif
