// SPDX-License-Identifier: MIT
/* server: globals that go in the middle of a session, and come back. */
#include "server.h"

void offer_global(struct run *run, enum global which)
{
	static struct wl_global *(*const offer[GLOBALS])(struct run *) = {
		[GLOBAL_SEAT] = offer_seat,
		[GLOBAL_OUTPUT] = offer_output,
		[GLOBAL_PRESENTATION] = offer_presentation,
		[GLOBAL_DMABUF] = offer_dmabuf,
		[GLOBAL_SYNCOBJ] = offer_syncobj,
	};

	run->globals[which] = offer[which](run);
	run->gone[which] = false;
}

/* Removed, and not destroyed: a client may bind it until it has heard. */
static void take_back(struct run *run, enum global which)
{
	if (run->globals[which])
		wl_global_remove(run->globals[which]);
	run->gone[which] = true;
}

void globals_turn(struct run *run)
{
	const struct script *script = run->script;

	if (!script->goes || script->goes_at_import)
		return;
	if (run->seen->commits == (script->goes_at ? script->goes_at : 2)) {
		take_back(run, script->goes);
		if (script->goes_too)
			take_back(run, script->goes_too);
	}
	if (script->comes_at && run->seen->commits == script->comes_at)
		offer_global(run, script->goes);
}

void globals_import(struct run *run)
{
	const struct script *script = run->script;

	if (script->goes_at_import && run->seen->imports == script->goes_at_import)
		take_back(run, script->goes);
}

bool global_asked(struct run *run, enum global which)
{
	if (!run->gone[which])
		return true;
	wrong(run, "asks of a global that was taken back");
	return false;
}
