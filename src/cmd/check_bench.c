// SPDX-License-Identifier: MIT
/* check_bench: what one exporter and one peer stand on. See check_bench.h. */
#include "cmd/check_bench.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/describe.h"

enum { BENCH_WAIT_MS = 15000 }; /* a job is done after 10 s at the latest */

static void no_log(void *data, const char *line)
{
	(void)data;
	(void)line;
}

static int open_card(struct bench *bench, uint32_t width, uint32_t height, struct why *why)
{
	int err = card_init(&bench->card, DRM_FORMAT_XRGB8888, width, height);
	size_t cells = (size_t)bench->card.cols * bench->card.rows;

	if (err)
		return why_set(why, err, "a card of %ux%u pixels: %s", width, height,
			       strerror(-err));
	bench->map = calloc(cells, sizeof(*bench->map));
	if (!bench->map)
		return why_set(why, -ENOMEM, "verdicts of %zu cells: out of memory", cells);
	return 0;
}

static int open_slot(struct bench *bench, struct bench_slot *slot, struct why *why)
{
	const struct card *card = &bench->card;
	int err = exporter_alloc(&bench->exporter, card->width, card->height, card->fourcc,
				 &slot->buffer, why);

	if (err)
		return err;
	bench->slots_open++;
	return bench->peer.ops->import(&bench->peer, &slot->buffer, &slot->image, why);
}

static int open_slots(struct bench *bench, struct why *why)
{
	int err = 0;

	for (uint32_t i = 0; i < bench->slot_count && !err; i++)
		err = open_slot(bench, &bench->slots[i], why);
	if (err)
		return err;
	bench->copy = malloc((size_t)bench->slots[0].buffer.stride * bench->card.height);
	return bench->copy ? 0 : why_set(why, -ENOMEM, "a copy of what is read: out of memory");
}

int bench_open(struct bench *bench, const struct check_pair *pair, uint32_t width, uint32_t height,
	       struct why *why)
{
	const struct exporter_wish exporter = {
		.name = pair->exporter,
		.device = pair->wanted[0] ? pair->wanted : NULL,
	};
	const struct peer_wish peer = {
		.name = pair->peer,
		.device = pair->peer_device[0] ? pair->peer_device : NULL,
		.duration_us = pair->write_us,
	};
	struct ground_party party;
	int err;

	*bench = (struct bench){ 0 };
	bench->run = describe_run();
	bench->slot_count = pair->slots ? pair->slots : BENCH_SLOTS;
	err = open_card(bench, width, height, why);
	if (!err)
		err = exporter_open(&bench->exporter, &exporter, bench->card.fourcc, no_log, NULL,
				    why);
	bench->exporter_open = bench->exporter.ops != NULL;
	if (!err)
		err = peer_find(pair->peer)->open(&bench->peer, &peer, &bench->card, why);
	bench->peer_open = bench->exporter_open && !err;
	if (!err)
		err = open_slots(bench, why);
	if (err)
		return err;
	why->text[0] = '\0'; /* a note of the exporter's */
	party = (struct ground_party){ &bench->peer, bench->slots[0].image,
				       &bench->slots[0].buffer };
	err = ground_find(&bench->ground, (struct ground_party[2]){ party, party }, bench->run,
			  bench->map, why);
	for (uint32_t i = 0; i < bench->slot_count; i++)
		ground_add_own(&bench->ground, &bench->slots[i].buffer);
	return err;
}

void bench_close(struct bench *bench)
{
	while (bench->slots_open) {
		struct bench_slot *slot = &bench->slots[--bench->slots_open];

		if (slot->image)
			bench->peer.ops->drop(&bench->peer, slot->image);
		exporter_free(&slot->buffer);
	}
	if (bench->peer_open)
		bench->peer.ops->close(&bench->peer);
	if (bench->exporter_open)
		exporter_close(&bench->exporter);
	free(bench->copy);
	free(bench->map);
	card_finish(&bench->card);
}

struct bench_slot *bench_drawn(struct bench *bench)
{
	return &bench->slots[bench->number % bench->slot_count];
}

struct bench_slot *bench_next(struct bench *bench)
{
	return &bench->slots[(bench->number + 1) % bench->slot_count];
}

/* What the hands of an order have in hand. */
struct performance {
	struct bench *bench;
	const struct order *order;
	struct record *record;
};

static void count(const struct performance *performance)
{
	const struct bench *bench = performance->bench;
	struct record *record = performance->record;
	bool clean;

	if (!record)
		return;
	clean = !record->cells.checked || cell_count_clean(&record->cells);
	/* The record's own frames are told: how many it takes to notice a fault is of interest. */
	cell_count_add(&record->cells, &bench->card, (uint32_t)record->frames + 1, bench->map);
	if (clean && !cell_count_clean(&record->cells))
		peer_heat(&bench->card, bench->map, bench->heat);
}

/*
 * After END and nothing before it (R6). Where the CPU has read, nobody is there to be given more.
 */
static int submit(void *data, enum order_target target, struct why *why)
{
	struct performance *performance = data;
	struct bench *bench = performance->bench;
	const struct bench_slot *drawn = bench_drawn(bench);
	const struct bench_slot *sent = target == ORDER_OTHER ? bench_next(bench) : drawn;
	int err;

	if (performance->order->direction == ORDER_CPU_READ)
		return 0;
	err = bench->peer.ops->read(&bench->peer, sent->image, &drawn->content.expect, bench->map,
				    NULL, why);
	if (!err)
		count(performance);
	return err;
}

static int peer_wait(void *data, struct why *why)
{
	struct performance *performance = data;
	struct peer *peer = &performance->bench->peer;

	return peer->ops->finish(peer, why);
}

/*
 * Where the peer leaves no fence in the buffer it is waited for here, as frame.c does and says why.
 */
static int peer_write(void *data, uint32_t serial, uint32_t number, struct why *why)
{
	struct performance *performance = data;
	struct bench *bench = performance->bench;
	int err = bench->peer.ops->write(&bench->peer, bench_drawn(bench)->image, serial, number,
					 why);

	return err || bench->peer.implicit ? err : peer_wait(data, why);
}

static int peer_read(void *data, struct why *why)
{
	struct performance *performance = data;
	struct bench *bench = performance->bench;

	return bench->peer.ops->begin_read(&bench->peer, bench_drawn(bench)->image, why);
}

static int peer_judge(void *data, const struct card_expect *expect, struct why *why)
{
	struct performance *performance = data;
	struct bench *bench = performance->bench;
	int err = bench->peer.ops->end_read(&bench->peer, expect, bench->map, why);

	if (!err)
		count(performance);
	return err;
}

static int memfd(void *data, struct why *why)
{
	struct performance *performance = data;

	return exporter_memfd(&bench_drawn(performance->bench)->buffer, why);
}

static void touched(void *data, const struct order_step *step, struct card_area area)
{
	(void)area;
	if (step->verb == ORDER_JUDGE)
		count(data);
}

int bench_set_sync(struct bench *bench, enum order_sync sync, struct why *why)
{
	static const enum peer_sync of_peer[ORDER_SYNC_KINDS] = {
		[ORDER_IMPLICIT] = PEER_IMPLICIT,
		[ORDER_SYNC_FILE] = PEER_FILE,
		[ORDER_SYNCOBJ] = PEER_POINT,
	};
	int err = bench->peer.ops->finish(&bench->peer, why);

	if (!err)
		err = peer_set_sync(&bench->peer, of_peer[sync], why);
	if (!err)
		bench->sync = sync;
	return err;
}

/* What the order itself has seen: how long START took, what the kernel refused. */
static void tell_seen(struct record *record, const struct order_seen *seen)
{
	record->start_sum_ns += seen->start_ns;
	record->start_blocked += record->start_bound_ns && seen->start_ns > record->start_bound_ns;
	if (seen->start_ns > record->start_longest_ns)
		record->start_longest_ns = seen->start_ns;
	if (seen->refused)
		record->refused = seen->refused;
}

int bench_frame(struct bench *bench, const struct order *order, struct record *record,
		struct why *why)
{
	struct performance performance = { bench, order, record };
	const struct order_hands hands = {
		.data = &performance,
		.submit = submit,
		.peer_write = peer_write,
		.peer_wait = peer_wait,
		.peer_read = bench->peer.ops->begin_read ? peer_read : NULL,
		.peer_judge = peer_judge,
		.memfd = memfd,
		.touched = touched,
	};
	struct bench_slot *drawn;
	struct order_frame frame;
	int err;

	bench->number++;
	drawn = bench_drawn(bench);
	frame = (struct order_frame){
		.card = &bench->card,
		.buffer = &drawn->buffer,
		.other = &bench_next(bench)->buffer,
		.content = &drawn->content,
		.run = bench->run,
		.frame = bench->number & CARD_FRAME_MASK,
		.wait_ms = BENCH_WAIT_MS,
		.sync = bench->sync,
		.map = bench->map,
		.copy = bench->copy,
	};
	err = order_perform(order, &frame, &hands, why);
	if (!err && record)
		tell_seen(record, &frame.seen);
	return err;
}

int bench_warm_up(struct bench *bench, const struct order *order, struct why *why)
{
	struct performance performance = { .bench = bench, .order = order };
	const struct order_hands hands = { .data = &performance, .peer_wait = peer_wait };
	struct order_frame frame = {
		.card = &bench->card,
		.buffer = &bench_next(bench)->buffer,
		.wait_ms = BENCH_WAIT_MS,
		.sync = bench->sync,
	};

	return order_warm_up(order, &frame, &hands, why);
}

int bench_make_good(struct bench *bench, const struct order *order, struct why *why)
{
	int err = 0;

	for (uint32_t i = 0; i < bench->slot_count && !err; i++)
		err = bench_frame(bench, order_find("overwrite"), NULL, why);
	if (order->direction != ORDER_CPU_READ)
		return err;
	err = 0; /* a peer need not be able to look for the CPU to read */
	for (uint32_t i = 0; i < bench->slot_count && !err; i++)
		err = bench_frame(bench, order_find("read"), NULL, why);
	return err;
}
