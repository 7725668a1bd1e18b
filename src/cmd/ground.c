// SPDX-License-Identifier: MIT
/* ground: on what ground a run is judged. See ground.h. */
#include "cmd/ground.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int ground_find(struct stage *stage, struct ground *ground, struct why *why)
{
	struct slot *slot = stage->source_open ? &stage->source : &stage->slots[0];
	struct staleline_view view;
	int err;

	*ground = (struct ground){ 0 };
	err = staleline_view_open(&view, &slot->buffer, &ground->unknown);
	if (err == -EOPNOTSUPP)
		return 0;
	if (err) {
		*why = ground->unknown;
		return err;
	}
	ground->module = true;
	ground->params = view.params;
	if (stage->peer_open)
		err = probe_side(&stage->peer, slot->image, &slot->buffer, &view,
				 card_serial(stage->run, slot->buffer.number), stage->map,
				 &ground->side, &ground->unknown);
	if (err)
		*why = ground->unknown;
	staleline_view_close(&view);
	return err;
}

/* What the module does by itself that can make up for the fault. NULL: nothing. */
static const char *made_up_for(const struct drm_staleline_params *params, const struct order *order)
{
	if (order->direction == ORDER_CPU_WRITE && params->evict)
		return "evict is not 0, so lines may be written back before the peer looks";
	if (order->direction == ORDER_CPU_READ && params->fetch)
		return "fetch is not 0, so lines may be refilled before the CPU looks";
	if (!strcmp(order->name, "read-no-wait") && params->hook == DRM_STALELINE_HOOK_WAIT_FIRST)
		return "hook=wait-first: START waits before its cache work, as i915's does";
	return NULL;
}

/* A fault that no cell shows: is that our failure, or can't it be shown here? */
static void may_be_hidden(const struct ground *ground, const struct stage *stage,
			  const struct order *order, struct record *record)
{
	const char *made_up;

	if (!order_is_fault(order) || !order->rules[0])
		return; /* a mix-up of buffers shows anywhere */
	if (!strcmp(order->name, "read-no-wait") && !stage->peer.implicit) {
		why_set(&record->hidden, 0,
			"this peer leaves no fence in the buffer for START to wait for, so its "
			"work was waited for all the same; --peer=jobs leaves one");
		return;
	}
	if (!ground->module || ground->params.mode != DRM_STALELINE_MODE_NONCOHERENT) {
		why_set(&record->hidden, 0,
			"these buffers (%s%s%s) showed no need for brackets, which proves nothing "
			"(R3); those of --exporter=staleline:noncoherent do",
			stage->exporter.ops->name, ground->module ? ", mode " : "",
			ground->module ? staleline_mode_name(ground->params.mode) : "");
		return;
	}
	made_up = made_up_for(&ground->params, order);
	if (made_up)
		why_set(&record->hidden, 0, "%s", made_up);
}

void ground_of_record(const struct ground *ground, const struct stage *stage,
		      const struct order *order, struct record *record)
{
	size_t used = strlen(record->peer);

	if (ground->side == PROBE_CPU)
		why_set(&record->skip, 0,
			"the peer reads through the CPU map (probed: it sees what was written "
			"without END), so it can show nothing; --peer=jobs, or EGL on the "
			"module's card node, is on the device's side");
	if (stage->peer_open && ground->module &&
	    ground->params.mode == DRM_STALELINE_MODE_NONCOHERENT)
		snprintf(record->peer + used, sizeof(record->peer) - used, "; %s",
			 ground->side == PROBE_DEVICE ? "on the device's side (probed)"
			 : ground->side == PROBE_CPU  ? "on the CPU's side (probed)"
						      : "its side is not known");
	may_be_hidden(ground, stage, order, record);
}

/* The module's counters of all buffers that are and were. */
static int ask_counters(const struct buffer *buffer, struct staleline_view *view,
			struct drm_staleline_counters *counters, struct why *why)
{
	int err = staleline_view_open(view, buffer, why);

	if (err)
		return err;
	*counters = (struct drm_staleline_counters){ 0 };
	err = staleline_device_counters(&view->device, counters);
	if (err) {
		why_set(why, err, "the module's counters: %s", strerror(-err));
		staleline_view_close(view);
	}
	return err;
}

int ground_begin(struct ground *ground, const struct stage *stage, struct why *why)
{
	struct staleline_view view;
	int err;

	if (!ground->module)
		return 0;
	err = ask_counters(&stage->slots[0].buffer, &view, &ground->before, why);
	if (!err)
		staleline_view_close(&view);
	return err;
}

static void tell(struct record_module *module, const struct drm_staleline_state *state,
		 const __u64 *before, const __u64 *now)
{
	module->clean = state->clean;
	module->dirty = state->dirty;
	module->stale = state->stale;
	module->both = state->both;
#define SINCE(counter) (now[DRM_STALELINE_##counter] - before[DRM_STALELINE_##counter])
	module->starts = SINCE(STARTS);
	module->ends = SINCE(ENDS);
	module->unbalanced = SINCE(UNBALANCED);
	module->mismatched = SINCE(MISMATCHED);
	module->restarted = SINCE(RESTARTED);
	module->job_dirty = SINCE(JOB_DIRTY);
	module->scanout_dirty = SINCE(SCANOUT_DIRTY);
#undef SINCE
}

int ground_ask_module(const struct ground *ground, const struct buffer *buffer,
		      struct record *record, struct why *why)
{
	struct staleline_view view;
	struct drm_staleline_counters now;
	struct drm_staleline_state state;
	int err;

	if (!ground->module)
		return 0;
	err = ask_counters(buffer, &view, &now, why);
	if (err)
		return err;
	state = (struct drm_staleline_state){ .handle = view.handle };
	err = staleline_device_state(&view.device, &state);
	if (err)
		why_set(why, err, "what the module knows of buffer %u: %s", buffer->number,
			strerror(-err));
	else
		tell(&record->module, &state, ground->before.value, now.value);
	record->module.mode = err ? NULL : staleline_mode_name(view.params.mode);
	staleline_view_close(&view);
	return err;
}
