// SPDX-License-Identifier: MIT
/* stage_bench: see stage_bench.h. */
#include "stage_bench.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/stage_exporter.h"
#include "cmd/stage_size.h"
#include "cmd/stage_sync.h"

struct world world;

/* --- what the rest of the program would do --- */

int __wrap_window_can_import(const struct window *window, struct why *why);
int __wrap_window_can_import_as(const struct window *window, bool is_explicit, struct why *why);
struct offer_choice __wrap_window_choose(const struct window *window, uint32_t fourcc);
void __wrap_window_keep_size(struct window *window, uint32_t width, uint32_t height);
bool __wrap_window_buffer_is_outdated(const struct window *window, const struct window_buffer *wb);
void __wrap_window_buffer_moved(struct window_buffer *wb);
int __wrap_exporter_alloc(struct exporter *exporter, uint32_t width, uint32_t height,
			  uint32_t fourcc, struct buffer *buffer, struct why *why);
int __wrap_stage_import_slot(struct stage *stage, struct slot *slot, struct why *why);
void __wrap_stage_close_slot(struct stage *stage, struct slot *slot);
void __wrap_stage_drop_exporter(struct stage *stage);
int __wrap_stage_resize(struct stage *stage, uint32_t width, uint32_t height,
			struct stage_sized *before, struct why *why);
void __wrap_stage_let_go(struct stage *stage, struct stage_sized *before);
int __wrap_stage_put_back(struct stage *stage, struct stage_sized *before, struct why *why);
int __wrap_stage_set_sync(struct stage *stage, enum show_sync sync, struct why *why);

int __wrap_window_can_import_as(const struct window *window, bool is_explicit, struct why *why)
{
	(void)window;
	if (world.gone)
		return why_set(why, -EOPNOTSUPP, "taken back");
	return world.manager_gone && is_explicit
		       ? why_set(why, -EOPNOTSUPP, "the manager was taken back")
		       : 0;
}

int __wrap_window_can_import(const struct window *window, struct why *why)
{
	return __wrap_window_can_import_as(window, world.stage.sync == SHOW_SYNC_SYNCOBJ, why);
}

struct offer_choice __wrap_window_choose(const struct window *window, uint32_t fourcc)
{
	(void)window;
	(void)fourcc;
	return (struct offer_choice){ .possible = true };
}

void __wrap_window_keep_size(struct window *window, uint32_t width, uint32_t height)
{
	window->want_width = width;
	window->want_height = height;
}

bool __wrap_window_buffer_is_outdated(const struct window *window, const struct window_buffer *wb)
{
	(void)window;
	(void)wb;
	return false;
}

void __wrap_window_buffer_moved(struct window_buffer *wb)
{
	(void)wb;
}

int __wrap_exporter_alloc(struct exporter *exporter, uint32_t width, uint32_t height,
			  uint32_t fourcc, struct buffer *buffer, struct why *why)
{
	(void)fourcc;
	(void)why;
	*buffer = (struct buffer){ .width = width,
				   .height = height,
				   .exporter = exporter,
				   .number = ++exporter->buffers };
	return 0;
}

/* The compositor is listened to while it is waited for. */
int __wrap_stage_import_slot(struct stage *stage, struct slot *slot, struct why *why)
{
	if (world.imports < 2 && world.asks[world.imports])
		stage->window.want_width = world.asks[world.imports];
	world.imports++;
	slot->sync = stage->sync;
	if (world.gone || (world.manager_gone && stage->sync == SHOW_SYNC_SYNCOBJ))
		fail_msg("asked for a buffer that can't be had");
	if (world.imports == world.goes_at) {
		if (world.manager_goes)
			world.manager_gone = true;
		else
			world.gone = true;
		return why_set(why, -EIO, "refused");
	}
	return world.refused-- > 0 ? why_set(why, -EIO, "refused") : 0;
}

void __wrap_stage_close_slot(struct stage *stage, struct slot *slot)
{
	(void)stage;
	*slot = (struct slot){ .fence = -1 };
}

void __wrap_stage_drop_exporter(struct stage *stage)
{
	(void)stage;
}

int __wrap_stage_resize(struct stage *stage, uint32_t width, uint32_t height,
			struct stage_sized *before, struct why *why)
{
	(void)why;
	before->card = stage->card;
	stage->card.width = width;
	stage->card.height = height;
	return 0;
}

void __wrap_stage_let_go(struct stage *stage, struct stage_sized *before)
{
	(void)stage;
	(void)before;
}

int __wrap_stage_put_back(struct stage *stage, struct stage_sized *before, struct why *why)
{
	(void)why;
	stage->card = before->card;
	return 0;
}

int __wrap_stage_set_sync(struct stage *stage, enum show_sync sync, struct why *why)
{
	if (sync == SHOW_SYNC_SYNCOBJ && world.no_way)
		return why_set(why, -EOPNOTSUPP, "no way back");
	stage->sync = sync;
	return 0;
}

/* --- a run of them --- */

static const struct show_options options;

void begin(uint32_t slots, enum show_sync sync)
{
	struct stage *stage = &world.stage;

	world = (struct world){ .stage = {
					.options = &options, .slots_open = slots, .sync = sync } };
	stage->card.width = stage->window.want_width = WIDTH;
	stage->card.height = stage->window.want_height = HEIGHT;
	for (uint32_t i = 0; i < slots; i++)
		stage->slots[i] = (struct slot){ .buffer = { .width = WIDTH,
							     .height = HEIGHT,
							     .exporter = &stage->exporter,
							     .number = i + 1 },
						 .sync = sync,
						 .fence = -1 };
	stage->exporter.buffers = slots;
}

void change_exporter(void)
{
	for (uint32_t i = 0; i < world.stage.slots_open; i++)
		world.stage.slots[i].buffer.exporter = &world.stage.before;
}

uint32_t count_told(const char *words)
{
	uint32_t count = 0;

	for (const char *at = world.told; (at = strstr(at, words)); at++)
		count++;
	return count;
}

/* What is told on stderr from here on is kept; *@file and *@old are hear_no_more()'s. */
static void hear(int *file, int *old)
{
	*old = dup(STDERR_FILENO);
	*file = memfd_create("told", MFD_CLOEXEC);
	assert_true(*old >= 0 && *file >= 0 && dup2(*file, STDERR_FILENO) >= 0);
}

/* It goes to world.told. */
static void hear_no_more(int file, int old)
{
	size_t told = strlen(world.told);

	dup2(old, STDERR_FILENO);
	close(old);
	assert_true(pread(file, world.told + told, sizeof(world.told) - told - 1, 0) >= 0);
	close(file);
}

int draw(uint32_t slots, struct why *why)
{
	int file, old, err = 0;

	hear(&file, &old);
	for (uint32_t i = 0; i < slots && !err; i++) {
		struct slot *slot = &world.stage.slots[i];

		if (!stage_is_left_out(&world.stage, slot))
			err = stage_renew_slot(&world.stage, slot, why);
	}
	hear_no_more(file, old);
	return err;
}

int next_exporter(struct why *why)
{
	int file, old, err;

	hear(&file, &old);
	err = stage_next_exporter(&world.stage, why);
	hear_no_more(file, old);
	return err;
}

void draw_well(uint32_t slots)
{
	struct why why = { "" };
	int err = draw(slots, &why);

	if (err)
		fail_msg("%d: %s", err, why.text);
}

static uint32_t count_shown(void)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < world.stage.slots_open; i++)
		count += stage_slot_fits(&world.stage, &world.stage.slots[i]);
	return count;
}

void settles_with(uint32_t shown, uint32_t lines)
{
	for (int i = 0; i < 20; i++)
		draw_well(world.stage.slots_open);
	assert_int_equal(count_shown(), shown);
	if (count_told("\n") != lines)
		fail_msg("told: %s", world.told);
}
