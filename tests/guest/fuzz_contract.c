// SPDX-License-Identifier: MIT
/*
 * staleline_drm.h: a bit in a flags field that is not defined, a nonzero pad, and a value out of its
 * range are EINVAL, and then nothing was done. A buffer that nobody else touches is the witness.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kmod_fuzz.h"

union args {
	struct drm_staleline_info info;
	struct drm_staleline_params params;
	struct drm_staleline_state state;
	struct drm_staleline_counters counters;
	struct drm_staleline_tick tick;
	struct drm_staleline_process process;
	struct drm_staleline_job job;
	uint8_t bytes[MAX_ARGS];
};

/* A field of 32 bits, and which bits of it are defined: any other one is EINVAL. */
struct rule {
	const char *name;
	unsigned long request;
	size_t offset;
	uint32_t defined;
};

#define RULE(call, type, field, defined)                                                           \
	{                                                                                          \
#call " " #field, DRM_IOCTL_STALELINE_##call,                                      \
			offsetof(struct drm_staleline_##type, field), defined                      \
	}

static const struct rule rules[] = {
	RULE(INFO, info, flags, 0),	    RULE(SET, params, flags, 0x1ff),
	RULE(SET, params, id, 0),	    RULE(SET, params, pad, 0),
	RULE(GET, params, flags, 0),	    RULE(GET, params, id, 0),
	RULE(GET, params, pad, 0),	    RULE(STATE, state, flags, 0),
	RULE(COUNTERS, counters, flags, 0), RULE(COUNTERS, counters, pad, 0),
	RULE(TICK, tick, flags, 0),	    RULE(TICK, tick, pad, 0),
	RULE(PROCESS, process, flags, 1),   RULE(PROCESS, process, pad, 0),
	RULE(JOB, job, flags, 0x3f),	    RULE(JOB, job, pad, 0),
	RULE(JOB, job, kind, 0x1),	    RULE(JOB, job, src, 0),
	RULE(JOB, job, in_fd, 0),	    RULE(JOB, job, out_fd, 0),
	RULE(JOB, job, in_syncobj, 0),	    RULE(JOB, job, out_syncobj, 0),
};
#define NRULES (sizeof(rules) / sizeof(*rules))

/* The ioctl's arguments as they are valid, on the witness. */
static void valid(const struct pool *p, unsigned long request, union args *a)
{
	memset(a, 0, sizeof(*a));
	switch (request) {
	case DRM_IOCTL_STALELINE_SET:
		a->params = (struct drm_staleline_params){
			.handle = p->witness,
			.flags = 0x1ff,
			.mode = DRM_STALELINE_MODE_TRAP,
			.evict = 1,
			.seed = 99,
		};
		break;
	case DRM_IOCTL_STALELINE_JOB:
		a->job = (struct drm_staleline_job){
			.dst = p->witness,
			.size = 4096,
			.value = 0x55555555,
			.steps = 1,
		};
		break;
	case DRM_IOCTL_STALELINE_TICK:
		a->tick.steps = 1;
		a->tick.handle = p->witness;
		break;
	case DRM_IOCTL_STALELINE_GET:
	case DRM_IOCTL_STALELINE_STATE:
	case DRM_IOCTL_STALELINE_COUNTERS:
		a->params.handle = p->witness;
		break;
	}
}

/* All that the module tells of the witness. */
struct sight {
	struct drm_staleline_params params;
	struct drm_staleline_counters counters;
	uint8_t lines[64];
};

static bool look(const struct pool *p, struct sight *s)
{
	struct drm_staleline_state state = {
		.handle = p->witness,
		.count = 64,
		.lines = (uintptr_t)s->lines,
	};

	memset(s, 0, sizeof(*s));
	s->params.handle = s->counters.handle = p->witness;
	return !call(p->quiet, DRM_IOCTL_STALELINE_STATE, &state) &&
	       !call(p->quiet, DRM_IOCTL_STALELINE_GET, &s->params) &&
	       !call(p->quiet, DRM_IOCTL_STALELINE_COUNTERS, &s->counters);
}

/* NULL, or what was wrong. */
static const char *try_rule(const struct pool *p, const struct rule *rule, uint32_t value)
{
	static char text[160];
	static struct sight before, after;
	union args a, sent;
	int ret;

	valid(p, rule->request, &a);
	memcpy(a.bytes + rule->offset, &value, sizeof(value));
	sent = a;
	if (!look(p, &before))
		return "the witness can't be looked at";
	ret = call(p->quiet, rule->request, &a);
	/* A job that was taken would show after it is done. */
	if (!look(p, &after))
		return "the witness can't be looked at any more";
	if (ret == -EINTR || ret == -EAGAIN)
		return NULL;
	if (ret != -EINVAL)
		snprintf(text, sizeof(text), "%s = %#x: %d instead of EINVAL", rule->name, value,
			 ret);
	else if (memcmp(&before, &after, sizeof(before)))
		snprintf(text, sizeof(text), "%s = %#x: EINVAL, but something was done", rule->name,
			 value);
	else if (memcmp(&a, &sent, sizeof(a)))
		snprintf(text, sizeof(text), "%s = %#x: EINVAL, but something was answered",
			 rule->name, value);
	else
		return NULL;
	return text;
}

const char *try_contract(struct pool *p)
{
	const struct rule *rule = &rules[below(&p->c, NRULES)];
	uint32_t value = (uint32_t)boundary(&p->c);

	if (!(value & ~rule->defined))
		return NULL;
	return try_rule(p, rule, value);
}

void test_contract(struct pool *p)
{
	for (size_t i = 0; i < NRULES; i++) {
		const char *wrong = NULL;

		for (int bit = 0; bit < 32 && !wrong; bit++)
			if (!(1u << bit & rules[i].defined))
				wrong = try_rule(p, &rules[i], 1u << bit);
		ok(!wrong, "%s: every bit that is not defined is EINVAL and does nothing",
		   rules[i].name);
		if (wrong)
			note("%s", wrong);
	}
}
