// SPDX-License-Identifier: MIT
/* keys: which key asks for what. See keys.h. */
#include "cmd/keys.h"

#include <xkbcommon/xkbcommon-keysyms.h>

const struct picture_line keys_lines[] = {
	{ "f", "the next fault" },
	{ "s", "the next kind of sync" },
	{ "e", "the next exporter" },
	{ "space", "pause, go on" },
	{ ".", "one frame" },
	{ "h", "this panel: away, back" },
	{ "F11", "fullscreen, window" },
	{ "?", "these keys" },
	{ "q, Esc", "quit" },
	{ 0 },
};

void keys_press(struct keys *keys, uint32_t symbol)
{
	switch (symbol) {
	case XKB_KEY_q:
	case XKB_KEY_Q:
	case XKB_KEY_Escape:
		keys->quit = true;
		break;
	case XKB_KEY_space:
		keys->paused = !keys->paused;
		break;
	case XKB_KEY_period:
	case XKB_KEY_KP_Decimal:
		keys->paused = true;
		keys->step = true;
		break;
	case XKB_KEY_h:
	case XKB_KEY_H:
		keys->toggle_panel = !keys->toggle_panel;
		break;
	case XKB_KEY_F11:
		keys->toggle_fullscreen = !keys->toggle_fullscreen;
		break;
	case XKB_KEY_question:
		keys->help = !keys->help;
		break;
	case XKB_KEY_f:
	case XKB_KEY_F:
		keys->next_fault = true;
		break;
	case XKB_KEY_s:
	case XKB_KEY_S:
		keys->next_sync = true;
		break;
	case XKB_KEY_e:
	case XKB_KEY_E:
		keys->next_exporter = true;
		break;
	default:
		return;
	}
	keys->panel_stale = true;
}
