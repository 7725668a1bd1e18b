// SPDX-License-Identifier: MIT
/* ground: on what ground a run is judged. See ground.h. */
#include "cmd/ground.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buffer/exporter.h"

/* Early evictions would blur what the probe sees: none while it looks. */
static int probe_undisturbed(const struct ground_party *party, uint32_t run,
			     struct cell_verdict *map, const struct staleline_view *view,
			     enum probe_side *side, struct why *why)
{
	struct buffer *buffer = party->buffer;
	struct staleline_view calm = *view;
	struct drm_staleline_params params = {
		.flags = DRM_STALELINE_SET_EVICT,
	};
	int err = staleline_view_set(view, &params), set_err;

	if (err)
		return why_set(why, err, "set evict of buffer %u to 0: %s", buffer->number,
			       strerror(-err));
	calm.params.evict = 0;
	err = probe_side(party->peer, party->image, buffer, &calm, card_serial(run, buffer->number),
			 map, side, why);
	params.evict = view->params.evict;
	set_err = staleline_view_set(view, &params);
	if (!err && set_err)
		err = why_set(why, set_err, "set evict of buffer %u back: %s", buffer->number,
			      strerror(-set_err));
	return err;
}

/*
 * The side of the peer in orders of @direction,
 * looked for in the buffer that the CPU shares with it.
 */
static int find_side(struct ground *ground, enum order_direction direction, uint32_t run,
		     struct cell_verdict *map, struct why *why)
{
	const struct ground_party *party = &ground->party[direction];
	struct why *unknown = &ground->unknown[direction];
	struct staleline_view view;
	int err = staleline_view_open(&view, party->buffer, unknown);

	if (err == -EOPNOTSUPP)
		return 0;
	if (!err) {
		ground->module = true;
		ground->params = view.params;
		if (party->image)
			err = probe_undisturbed(party, run, map, &view, &ground->side[direction],
						unknown);
		else
			why_set(unknown, 0, "no peer looks");
		staleline_view_close(&view);
	}
	if (err)
		*why = *unknown;
	return err;
}

int ground_find(struct ground *ground, const struct ground_party party[2], uint32_t run,
		struct cell_verdict *map, struct why *why)
{
	int err = 0;

	*ground = (struct ground){ .party = { party[0], party[1] } };
	for (int i = 0; i < 2 && !err; i++)
		if (party[i].buffer)
			err = find_side(ground, (enum order_direction)i, run, map, why);
	return err;
}

/* What of the module's parameters @order needs and does not have. NULL: nothing. */
static const char *lacks(const struct drm_staleline_params *params, const struct order *order)
{
	if (order->needs & ORDER_NEEDS_POISON && params->write != DRM_STALELINE_WRITE_POISON)
		return "it takes write=poison: other caches do what is right by chance";
	if (order->needs & ORDER_NEEDS_STRICT && params->end != DRM_STALELINE_END_STRICT)
		return "end=clean-always: END(READ) writes back, too";
	if (order->needs & ORDER_NEEDS_FENCE && params->hook == DRM_STALELINE_HOOK_WAIT_FIRST)
		return "hook=wait-first: START waits before its cache work, as i915's does";
	if (order->needs & ORDER_NEEDS_INJECT && !params->inject)
		return "it takes a START that is interrupted (inject=1 just before it)";
	return NULL;
}

/* A mix-up of buffers, or a write under a reader's eyes, shows anywhere. */
static bool is_of_sync(const struct order *order)
{
	return order_is_fault(order) && !order->anywhere;
}

uint64_t ground_wrong_lines(const struct record_module *module, enum order_direction direction)
{
	return (direction == ORDER_CPU_WRITE ? module->dirty : module->stale) + module->both;
}

bool ground_is_noncoherent(const struct ground *ground)
{
	return ground->module && ground->params.mode == DRM_STALELINE_MODE_NONCOHERENT;
}

/* A fault that no cell shows: is that our failure, or can't it be shown here? */
static void may_be_hidden(const struct ground *ground, const struct order *order,
			  struct record *record)
{
	const struct ground_party *party = &ground->party[order->direction];
	struct why *hidden = &record->hidden;

	if (!is_of_sync(order))
		return;
	if (!(order->by & NOTICE_CARD))
		why_set(hidden, 0, "no cell can show it; who can: --list-faults");
	else if (order->needs & ORDER_NEEDS_FENCE && party->peer && !party->peer->implicit)
		why_set(hidden, 0,
			"this peer leaves no fence in the buffer for START to wait for, so its "
			"work was waited for all the same; the module's jobs leave one");
	else if (!ground_is_noncoherent(ground))
		why_set(hidden, 0,
			"these buffers (%s%s%s) showed no need for brackets, which proves nothing "
			"(R3); those of --exporter=staleline:noncoherent do",
			party->buffer->exporter->ops->name, ground->module ? ", mode " : "",
			ground->module ? staleline_mode_name(ground->params.mode) : "");
	else if (ground->side[order->direction] == PROBE_UNKNOWN)
		why_set(hidden, 0, "which side the peer sees could not be found out: %s",
			ground->unknown[order->direction].text);
	else if (lacks(&ground->params, order))
		why_set(hidden, 0, "%s", lacks(&ground->params, order));
}

/* What was probed of the peer, behind its name. */
static void tell_side(const struct ground *ground, enum order_direction direction, char *text,
		      size_t size)
{
	size_t used = strlen(text);

	switch (ground->side[direction]) {
	case PROBE_DEVICE:
		snprintf(text + used, size - used, "; on the device's side (probed)");
		break;
	case PROBE_CPU:
		snprintf(text + used, size - used, "; on the CPU's side (probed)");
		break;
	case PROBE_UNKNOWN:
		snprintf(text + used, size - used, "; its side is not known: %s",
			 ground->unknown[direction].text);
		break;
	}
}

void ground_of_record(const struct ground *ground, const struct order *order, struct record *record)
{
	if (ground->side[order->direction] == PROBE_CPU)
		why_set(&record->skip, 0,
			"the peer reads through the CPU map (probed: it sees what was written "
			"without END), so it can show nothing; --peer=jobs, or EGL on the "
			"module's card node, is on the device's side");
	if (ground_is_noncoherent(ground) && ground->party[order->direction].peer)
		tell_side(ground, order->direction, record->peer, sizeof(record->peer));
	may_be_hidden(ground, order, record);
}

void ground_add_own(struct ground *ground, const struct buffer *buffer)
{
	if (ground->own_count < GROUND_MAX_OWN)
		ground->own[ground->own_count++] = buffer;
}

/* Handle 0: of all buffers that are and were. */
static int add_counters(const struct staleline_view *view, uint32_t handle,
			struct drm_staleline_counters *sum)
{
	struct drm_staleline_counters one = { .handle = handle };
	int err = staleline_device_counters(&view->device, &one);

	for (int i = 0; !err && i < DRM_STALELINE_NCOUNTERS; i++)
		sum->value[i] += one.value[i];
	return err;
}

/* Of @buffer; or where it stands for the device, of everybody's. */
static int count_of(const struct buffer *buffer, bool everybody, struct drm_staleline_counters *sum,
		    struct why *why)
{
	struct staleline_view view;
	int err = staleline_view_open(&view, buffer, why);

	if (err)
		return err;
	err = add_counters(&view, everybody ? 0 : view.handle, sum);
	if (!err && !everybody && view.second)
		err = add_counters(&view, view.second, sum);
	if (err)
		why_set(why, err, "the module's counters: %s", strerror(-err));
	staleline_view_close(&view);
	return err;
}

static int ask_counters(const struct ground *ground, const struct buffer *buffer,
			struct drm_staleline_counters *counters, struct why *why)
{
	int err = 0;

	*counters = (struct drm_staleline_counters){ 0 };
	if (!ground->own_count)
		return count_of(buffer, true, counters, why);
	for (uint32_t i = 0; i < ground->own_count && !err; i++)
		err = count_of(ground->own[i], false, counters, why);
	return err;
}

int ground_begin(struct ground *ground, struct why *why)
{
	const struct buffer *buffer = ground->party[ORDER_CPU_WRITE].buffer;

	if (!ground->module)
		return 0;
	if (!buffer)
		buffer = ground->party[ORDER_CPU_READ].buffer;
	return ask_counters(ground, buffer, &ground->before, why);
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
	module->trap_read = SINCE(TRAP_READ);
	module->trap_write = SINCE(TRAP_WRITE);
	module->job_dirty = SINCE(JOB_DIRTY);
	module->scanout_dirty = SINCE(SCANOUT_DIRTY);
#undef SINCE
}

/*
 * What the module did by itself can have made up for the fault, where it says so: the fault leaves
 * lines behind that differ, and there are none; or a job read before END, and found none. Where END
 * has cleaned them nobody knows, and a fault that no cell shows is our failure.
 */
static void made_up_for(const struct ground *ground, const struct order *order,
			struct record *record)
{
	const struct drm_staleline_params *params = &ground->params;
	const struct record_module *module = &record->module;
	const struct peer *peer = ground->party[order->direction].peer;
	bool none_left = order_leaves_lines(order) && !ground_wrong_lines(module, order->direction);
	bool none_found = !order_leaves_lines(order) && order_hands_on_dirty(order) && peer &&
			  peer->ops == &peer_jobs && !module->job_dirty;

	if (order->direction == ORDER_CPU_WRITE && params->evict && (none_left || none_found))
		why_set(&record->hidden, 0,
			"evict is not 0, and all lines were written back early: %s",
			none_left ? "the module has none that is dirty"
				  : "no job found one that was dirty");
	if (order->direction == ORDER_CPU_READ && params->fetch && none_left)
		why_set(&record->hidden, 0,
			"fetch is not 0, and all lines were refilled early: the module has none "
			"that is stale");
}

/* What the module's word adds to why a fault need not show. */
static void add_to_hidden(const struct ground *ground, const struct order *order,
			  struct record *record)
{
	const struct record_module *module = &record->module;
	size_t used = strlen(record->hidden.text);

	if (!is_of_sync(order))
		return;
	if (!used)
		made_up_for(ground, order, record);
	else if (ground->params.mode == DRM_STALELINE_MODE_TRAP)
		snprintf(record->hidden.text + used, sizeof(record->hidden.text) - used,
			 "; its traps counted %" PRIu64 " pages read and %" PRIu64
			 " written outside of brackets",
			 module->trap_read, module->trap_write);
}

int ground_ask_module(const struct ground *ground, const struct order *order,
		      const struct buffer *buffer, struct record *record, struct why *why)
{
	struct staleline_view view;
	struct drm_staleline_counters now;
	struct drm_staleline_state state;
	int err;

	if (!ground->module)
		return 0;
	err = ask_counters(ground, buffer, &now, why);
	if (!err)
		err = staleline_view_open(&view, buffer, why);
	if (err)
		return err;
	err = staleline_view_state(&view, &state);
	if (err) {
		why_set(why, err, "what the module knows of buffer %u: %s", buffer->number,
			strerror(-err));
	} else {
		tell(&record->module, &state, ground->before.value, now.value);
		record->module.mode = staleline_mode_name(view.params.mode);
		add_to_hidden(ground, order, record);
	}
	staleline_view_close(&view);
	return err;
}
