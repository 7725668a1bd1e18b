// SPDX-License-Identifier: MIT
/* The probe: on which side of a buffer each peer is said to be. */
#include <stdio.h>
#include <string.h>

#include "peer/probe.h"
#include "peers.h"

static const char *const side_names[] = { "not known", "the device's", "the CPU's" };

/* What the probe says of this peer on a buffer with these parameters, and that it leaves no trace. */
static void check_probe(const struct peer_wish *wish, struct drm_staleline_params params,
			enum probe_side expected, const char *what)
{
	enum probe_side side = PROBE_UNKNOWN;
	struct staleline_view view;
	struct world world;
	struct why why = { "" };
	int err = open_world(&world, "staleline", wish, &why);

	if (err && !strcmp(wish->name, "egl") && !strstr(needed, "egl")) {
		skip(what, why.text);
		return;
	}
	if (!ok(!err && !staleline_view_open(&view, &world.buffers[0], &why), why.text,
		"probe: %s opens", what))
		return;
	params.handle = view.handle;
	err = staleline_device_set(&view.device, &params);
	view.params.handle = view.handle;
	view.params.flags = 0;
	view.params.id = 0;
	if (!err)
		err = staleline_device_get(&view.device, &view.params);
	if (ok(!err, strerror(-err), "its buffer is mode %u", params.mode)) {
		err = probe_side(&world.peer, world.images[0], &world.buffers[0], &view,
				 card_serial(RUN, 1), world.map, &side, &why);
		ok(!err && side == expected, err ? why.text : side_names[side],
		   "probe: %s sees %s side (%s)", what, side_names[expected], why.text);
		is(state_of(&view).dirty + state_of(&view).both +
			   counter(&view, DRM_STALELINE_UNBALANCED),
		   0, "and leaves the buffer clean");
		is(world.buffers[0].access.open, 0, "with no bracket open");
	}
	staleline_view_close(&view);
	close_world(&world);
}

void check_probes(void)
{
	const struct drm_staleline_params noncoherent = {
		.flags = DRM_STALELINE_SET_MODE | DRM_STALELINE_SET_EVICT,
		.mode = DRM_STALELINE_MODE_NONCOHERENT,
	};
	struct drm_staleline_params evict = noncoherent, coherent = noncoherent;
	const struct peer_wish jobs = { .name = "jobs" }, surfaceless = { .name = "egl" };
	struct staleline_device device;
	struct why why;

	evict.evict = DRM_STALELINE_RATE_ALWAYS;
	coherent.mode = DRM_STALELINE_MODE_COHERENT;
	check_probe(&jobs, noncoherent, PROBE_DEVICE, "jobs");
	check_probe(&jobs, evict, PROBE_UNKNOWN, "jobs, lines being evicted");
	check_probe(&jobs, coherent, PROBE_UNKNOWN, "jobs, on a coherent buffer");
	check_probe(&surfaceless, noncoherent, PROBE_CPU, "EGL without a DRM device");
	if (!staleline_device_open(&device, NULL, &why)) {
		const struct peer_wish on_card = { .name = "egl", .device = device.path };

		staleline_device_close(&device);
		check_probe(&on_card, noncoherent, PROBE_DEVICE, "EGL on the module's card node");
	}
}
