/* SPDX-License-Identifier: MIT */
/*
 * check_seeds: an order repeated with many seeds, and how the module's buffers behave meanwhile. A
 * seed decides the card's run and, on noncoherent buffers of the module, when lines are evicted and
 * fetched early, and how often: so a run can be had again by its seed.
 */
#ifndef STALELINE_CHECK_SEEDS_H
#define STALELINE_CHECK_SEEDS_H

#include "cmd/check_bench.h"

/*
 * A setting is what the module's buffers do beside how they were given:
 * some of these bits of enum order_needs.
 */
enum { SEEDS_SETTINGS = ORDER_NEEDS_POISON | ORDER_NEEDS_INJECT, SEEDS_MAX_SETTINGS = 4 };

/*
 * How the buffers behave for one order.
 * Nothing of it where they are not noncoherent ones of the module.
 */
struct seeds_wish {
	const struct order *order;
	unsigned int setting;
	uint64_t seed;	/* 0: none, and no line leaves the cache early */
	uint32_t inval; /* enum drm_staleline_inval; of seeded runs */
};

/*
 * The settings that @order is performed under by @sync: its own; and of a control those of its
 * faults among @orders, since a fault and its control differ in one step, and not in their device,
 * too. How many, each once, its own first.
 */
uint32_t seeds_settings(const struct order *order, const struct order *const *orders,
			uint32_t count, enum order_sync sync,
			unsigned int settings[SEEDS_MAX_SETTINGS]);

/*
 * What @needs of an order asks of the module, it will have: write=poison, a START that is
 * interrupted. So the ground's params say; @given are those of when the bench was opened,
 * which hold for all else.
 */
void seeds_promise(struct bench *bench, const struct drm_staleline_params *given,
		   unsigned int needs);

/*
 * The run that cards name from now on is the seed's:
 * all buffers are to be overwritten before anything else.
 */
void seeds_begin(struct bench *bench, const struct seeds_wish *wish);

/*
 * Keep that promise, and have both buffers behave as @wish says.
 * No bracket may be open. 0 or -errno with @why.
 */
int seeds_set(struct bench *bench, const struct drm_staleline_params *given,
	      const struct seeds_wish *wish, struct why *why);

/*
 * Of the buffer that comes next, which must be the module's:
 * the next @count STARTs and ENDs are interrupted.
 */
int seeds_interrupt(struct bench *bench, uint32_t count, struct why *why);

/*
 * Before each frame under a setting where START is interrupted:
 * the next one is. 0 or -errno with @why.
 */
int seeds_inject(struct bench *bench, unsigned int setting, struct why *why);

/* What repeats: one run of an order with a clean slate, into @record. 0 or -errno with @why. */
struct seeds_run {
	int (*once)(void *data, const struct seeds_wish *wish, struct record *record,
		    struct why *why);
	void *data;
	uint64_t first, count; /* the seeds */
	bool both_ways;	       /* with inval=discard and with inval=writeback */
};

/*
 * Repeat @order and add all runs up in @record, which is whole after each of them. Ends at the
 * first that fails: 0 or -errno with @why, which names the seed.
 */
int seeds_repeat(const struct seeds_run *run, const struct order *order, struct record *record,
		 struct why *why);

#endif
