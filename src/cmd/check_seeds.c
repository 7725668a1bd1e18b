// SPDX-License-Identifier: MIT
/* check_seeds: an order repeated with many seeds. See check_seeds.h. */
#include "cmd/check_seeds.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int set_slot(const struct bench_slot *slot, const struct drm_staleline_params *params,
		    struct why *why)
{
	struct staleline_view view;
	struct drm_staleline_params set = *params;
	int err = staleline_view_open(&view, &slot->buffer, why);

	if (err)
		return err;
	set.id = 0; /* it is an answer */
	err = staleline_view_set(&view, &set);
	if (err)
		why_set(why, err, "how buffer %u is to behave, set on the module: %s",
			slot->buffer.number, strerror(-err));
	staleline_view_close(&view);
	return err;
}

/* From never to one line in four each time; 16 seeds have all pairs of them. */
static uint32_t rate(uint64_t seed)
{
	static const uint32_t rates[] = { 0, 1024, 4096, 16384 };

	return rates[seed % 4];
}

static bool has_setting(const unsigned int *settings, uint32_t count, unsigned int setting)
{
	for (uint32_t i = 0; i < count; i++)
		if (settings[i] == setting)
			return true;
	return false;
}

uint32_t seeds_settings(const struct order *order, const struct order *const *orders,
			uint32_t count, enum order_sync sync,
			unsigned int settings[SEEDS_MAX_SETTINGS])
{
	uint32_t n = 0;

	settings[n++] = order->needs & SEEDS_SETTINGS;
	for (uint32_t i = 0; i < count; i++) {
		unsigned int setting = orders[i]->needs & SEEDS_SETTINGS;

		if (!order_is_fault(orders[i]) || strcmp(orders[i]->control, order->name) ||
		    !order_has_sync(orders[i], sync) || has_setting(settings, n, setting))
			continue;
		settings[n++] = setting;
	}
	return n;
}

void seeds_promise(struct bench *bench, const struct drm_staleline_params *given,
		   unsigned int needs)
{
	struct drm_staleline_params *params = &bench->ground.params;

	if (!ground_is_noncoherent(&bench->ground))
		return;
	*params = *given;
	if (needs & ORDER_NEEDS_POISON)
		params->write = DRM_STALELINE_WRITE_POISON;
	params->inject = (needs & ORDER_NEEDS_INJECT) != 0;
}

void seeds_begin(struct bench *bench, const struct seeds_wish *wish)
{
	if (wish->seed)
		bench->run = (uint32_t)(wish->seed * 2654435761u >> 8) & 0xfffff;
}

int seeds_set(struct bench *bench, const struct drm_staleline_params *given,
	      const struct seeds_wish *wish, struct why *why)
{
	struct drm_staleline_params *params = &bench->ground.params;
	int err = 0;

	if (!ground_is_noncoherent(&bench->ground))
		return 0;
	seeds_promise(bench, given, wish->setting);
	params->flags = DRM_STALELINE_SET_WRITE | DRM_STALELINE_SET_INVAL |
			DRM_STALELINE_SET_EVICT | DRM_STALELINE_SET_FETCH;
	if (wish->seed) {
		params->flags |= DRM_STALELINE_SET_SEED;
		params->seed = wish->seed;
		params->inval = wish->inval;
		params->evict = rate(wish->seed);
		params->fetch = rate(wish->seed / 4);
	}
	for (int i = 0; i < (int)bench->slot_count && !err; i++)
		err = set_slot(&bench->slots[i], params, why);
	return err;
}

int seeds_interrupt(struct bench *bench, uint32_t count, struct why *why)
{
	const struct drm_staleline_params params = {
		.flags = DRM_STALELINE_SET_INJECT,
		.inject = count,
	};

	/* The slot that comes next. */
	return set_slot(bench_next(bench), &params, why);
}

int seeds_inject(struct bench *bench, unsigned int setting, struct why *why)
{
	if (!(setting & ORDER_NEEDS_INJECT) || !ground_is_noncoherent(&bench->ground))
		return 0;
	return seeds_interrupt(bench, 1, why);
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A fault's run more that the card noticed at its frame @noticed_at. @needed has room for all. */
static void add_needed(struct record_seeds *seeds, uint64_t *needed, uint64_t noticed_at)
{
	uint32_t count = seeds->by[0]; /* of the card, before this run */

	needed[count++] = noticed_at;
	qsort(needed, count, sizeof(*needed), by_size);
	seeds->least = needed[0];
	seeds->median = needed[count / 2];
	seeds->most = needed[count - 1];
}

/* One whole run more in @sum. */
static void add_run(struct record *sum, const struct record *run, const struct seeds_wish *wish,
		    uint64_t *needed)
{
	struct record_seeds *seeds = &sum->seeds;
	unsigned int by = run->by | (run->noticed_at ? NOTICE_CARD : 0);

	sum->module = run->module;
	sum->refused = run->refused;
	sum->start_sum_ns += run->start_sum_ns;
	sum->start_bound_ns = run->start_bound_ns;
	sum->start_blocked += run->start_blocked;
	if (run->start_longest_ns > sum->start_longest_ns)
		sum->start_longest_ns = run->start_longest_ns;
	seeds->runs++;
	if (!seeds->odd && !sum->cardless && !run->noticed_at == !!sum->fault) {
		seeds->odd = wish->seed;
		seeds->odd_writeback = wish->inval == DRM_STALELINE_INVAL_WRITEBACK;
	}
	if (!sum->fault)
		return;
	if (run->noticed_at)
		add_needed(seeds, needed, run->noticed_at);
	sum->noticed_at = seeds->median;
	sum->by = 0;
	for (int i = 0; i < RECORD_BYS; i++) {
		seeds->by[i] += by >> i & 1;
		/* Who noticed is who did each time. */
		sum->by |= (unsigned int)(seeds->by[i] == seeds->runs) << i;
	}
}

int seeds_repeat(const struct seeds_run *run, const struct order *order, struct record *record,
		 struct why *why)
{
	const struct record blank = *record;
	uint64_t runs = run->count * (run->both_ways ? 2 : 1);
	uint64_t *needed = calloc(runs, sizeof(*needed));
	int err = 0;

	if (!needed)
		return why_set(why, -ENOMEM, "%" PRIu64 " runs: out of memory", runs);
	record->seeds = (struct record_seeds){ .first = run->first, .count = run->count };
	for (uint64_t i = 0; i < runs && !err; i++) {
		const bool writeback = run->both_ways && i % 2;
		const struct seeds_wish wish = {
			.order = order,
			.seed = run->first + (run->both_ways ? i / 2 : i),
			.inval = writeback ? DRM_STALELINE_INVAL_WRITEBACK
					   : DRM_STALELINE_INVAL_DISCARD,
		};
		struct record one = blank;

		err = run->once(run->data, &wish, &one, why);
		/* What was seen stands, also where the run came to no end. */
		cell_count_merge(&record->cells, &one.cells);
		record->frames += one.frames;
		if (err)
			why_prefix(why, err, "seed %" PRIu64 "%s: ", wish.seed,
				   writeback ? ", inval=writeback" : "");
		else
			add_run(record, &one, &wish, needed);
	}
	free(needed);
	return err;
}
