// SPDX-License-Identifier: MIT
/* notice: the words. See notice.h. */
#include "base/notice.h"

#include <stddef.h>

const char *notice_name(unsigned int bit)
{
	switch (bit) {
	case NOTICE_CARD:
		return "card";
	case NOTICE_STATE:
		return "state";
	case NOTICE_ACCESS:
		return "access";
	case NOTICE_KERNEL:
		return "kernel";
	case NOTICE_CLOCK:
		return "clock";
	}
	return NULL;
}
