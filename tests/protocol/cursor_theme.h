/* SPDX-License-Identifier: MIT */
/* cursor_theme: a theme of cursors for the tests, whatever this machine has. */
#ifndef STALELINE_TEST_CURSOR_THEME_H
#define STALELINE_TEST_CURSOR_THEME_H

#include <stdbool.h>

/*
 * Write it, and have XCURSOR_PATH, XCURSOR_THEME and XCURSOR_SIZE name it. It has pictures of 24
 * and 48 pixels, but of the upper edge of 24 and 45. Ends the test where it can't be.
 */
void cursor_theme_begin(void);
void cursor_theme_end(void);

/* It has both sizes from here on; or one alone, of 24 pixels. */
void cursor_theme_have(bool both);

#endif
