// SPDX-License-Identifier: MIT
/* news: see news.h. */
#include "wayland/news.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void news_say(struct news *news, const char *fmt, ...)
{
	struct why *line = &news->lines[news->count];
	va_list ap;

	if (news->count == NEWS_WAITING)
		return;
	va_start(ap, fmt);
	vsnprintf(line->text, sizeof(line->text), fmt, ap);
	va_end(ap);
	news->count++;
}

bool news_take(struct news *news, struct why *line)
{
	if (!news->count)
		return false;
	*line = news->lines[0];
	news->count--;
	memmove(news->lines, news->lines + 1, news->count * sizeof(news->lines[0]));
	return true;
}
