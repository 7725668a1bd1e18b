// SPDX-License-Identifier: MIT
/* What the module's word makes of a fault that no cell showed; and whose counters are its word. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "cmd/ground.h"

enum { OWN = 2, OTHERS = 1000 };

/* The module: counters by handle, 0 those of everybody; and the lines of every buffer. */
static __u64 starts[OWN + 1];
static __u64 job_dirty;
static struct drm_staleline_state lines;

static struct buffer buffers[OWN];
static struct peer peer;
static struct ground ground;
static struct record record;

int __wrap_staleline_view_open(struct staleline_view *view, const struct buffer *buffer,
			       struct why *why);
int __wrap_staleline_view_state(const struct staleline_view *view,
				struct drm_staleline_state *state);
int __wrap_staleline_device_counters(const struct staleline_device *device,
				     struct drm_staleline_counters *counters);

int __wrap_staleline_view_open(struct staleline_view *view, const struct buffer *buffer,
			       struct why *why)
{
	(void)why;
	*view = (struct staleline_view){ .device.fd = -1, .handle = buffer->number };
	return 0;
}

int __wrap_staleline_view_state(const struct staleline_view *view,
				struct drm_staleline_state *state)
{
	(void)view;
	*state = lines;
	return 0;
}

int __wrap_staleline_device_counters(const struct staleline_device *device,
				     struct drm_staleline_counters *counters)
{
	(void)device;
	counters->value[DRM_STALELINE_STARTS] = starts[counters->handle];
	counters->value[DRM_STALELINE_JOB_DIRTY] = job_dirty;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	memset(starts, 0, sizeof(starts));
	job_dirty = 0;
	lines = (struct drm_staleline_state){ .clean = 16 };
	peer = (struct peer){ .ops = &peer_jobs };
	for (uint32_t i = 0; i < OWN; i++)
		buffers[i].number = i + 1;
	ground = (struct ground){ .module = true };
	ground.params.mode = DRM_STALELINE_MODE_NONCOHERENT;
	for (int i = 0; i < 2; i++)
		ground.party[i] = (struct ground_party){ .peer = &peer, .buffer = &buffers[0] };
	return 0;
}

/* Is @fault excused, if it has left the lines so, and the jobs have found so many? */
static bool is_excused(const char *fault)
{
	struct why why = { "" };

	record = (struct record){ .name = fault };
	assert_int_equal(ground_begin(&ground, &why), 0);
	assert_int_equal(ground_ask_module(&ground, order_find(fault), &buffers[0], &record, &why),
			 0);
	return record.hidden.text[0] != '\0';
}

static void lines_that_are_gone_early_excuse_who_would_have_left_them(void **state)
{
	static const char *const left[] = { "no-bracket", "no-end",   "early-end", "late-write",
					    "read-flag",  "end-flag", "no-flag" };

	(void)state;
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		assert_false(is_excused(left[i]));
		ground.params.evict = 1024;
		assert_true(is_excused(left[i]));
		assert_non_null(strstr(record.hidden.text, "the module has none that is dirty"));
		/* There was one to be seen. */
		lines.dirty = 1;
		assert_false(is_excused(left[i]));
		lines.dirty = 0;
		ground.params.evict = 0;
	}
	assert_false(is_excused("read-no-start"));
	ground.params.fetch = 1024;
	assert_true(is_excused("read-no-start"));
	lines.stale = 1;
	assert_false(is_excused("read-no-start"));
}

/* What END has written back is clean, whatever was evicted before: nobody can say that it was. */
static void whose_end_cleans_is_not_excused(void **state)
{
	static const char *const cleaned[] = { "no-start", "no-restart", "partial-write-flag",
					       "blend-write-flag", "read-write-flag" };

	(void)state;
	ground.params.evict = ground.params.fetch = 1024;
	for (size_t i = 0; i < sizeof(cleaned) / sizeof(cleaned[0]); i++)
		assert_false(is_excused(cleaned[i]));
}

/* There a job has read in between, and the module has counted what that found. */
static void who_submits_before_end_is_excused_by_what_a_job_found(void **state)
{
	static const struct peer_ops other;

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *fault = i ? "signal-early" : "submit-open";

		ground.params.evict = 0;
		assert_false(is_excused(fault));
		ground.params.evict = 1024;
		assert_true(is_excused(fault));
		assert_non_null(strstr(record.hidden.text, "no job found one that was dirty"));
		peer.ops = &other;
		assert_false(is_excused(fault));
		peer.ops = &peer_jobs;
	}
}

static void dirty_lines_that_a_job_found_were_there_to_be_seen(void **state)
{
	struct why why = { "" };

	(void)state;
	ground.params.evict = 1024;
	record = (struct record){ .name = "submit-open" };
	assert_int_equal(ground_begin(&ground, &why), 0);
	job_dirty = 1;
	assert_int_equal(
		ground_ask_module(&ground, order_find("submit-open"), &buffers[0], &record, &why),
		0);
	assert_int_equal(record.module.job_dirty, 1);
	assert_string_equal(record.hidden.text, "");
}

static uint64_t starts_since(void)
{
	struct why why = { "" };

	record = (struct record){ .name = "overwrite" };
	assert_int_equal(ground_begin(&ground, &why), 0);
	starts[0] += OTHERS + 3 + 4;
	starts[1] += 3;
	starts[2] += 4;
	assert_int_equal(
		ground_ask_module(&ground, order_find("overwrite"), &buffers[0], &record, &why), 0);
	return record.module.starts;
}

/* What other users of the device do meanwhile is nothing to those who have said which buffers are theirs. */
static void counters_are_of_the_own_buffers(void **state)
{
	(void)state;
	assert_int_equal(starts_since(), OTHERS + 3 + 4);
	for (int i = 0; i < OWN; i++)
		ground_add_own(&ground, &buffers[i]);
	assert_int_equal(starts_since(), 3 + 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(lines_that_are_gone_early_excuse_who_would_have_left_them),
		TEST(whose_end_cleans_is_not_excused),
		TEST(who_submits_before_end_is_excused_by_what_a_job_found),
		TEST(dirty_lines_that_a_job_found_were_there_to_be_seen),
		TEST(counters_are_of_the_own_buffers),
	};

	return cmocka_run_group_tests_name("ground", tests, NULL, NULL);
}
