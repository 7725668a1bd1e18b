/* SPDX-License-Identifier: MIT */
/* seat: which of keyboard and pointer the connection's seat has, now and later. */
#ifndef STALELINE_SEAT_H
#define STALELINE_SEAT_H

struct connection;

/* Follow conn->seat, which may be NULL: then there is neither. To be called when it has just been bound. */
void seat_open(struct connection *conn);

/* The seat goes, and its keyboard and pointer with it. Another may be opened later. */
void seat_leave(struct connection *conn);

/* Lets go of all three, for good. */
void seat_close(struct connection *conn);

/* After a global went: nothing new is asked of it for pointers and cursors. */
void seat_look_at_makers(struct connection *conn);

#endif
