// SPDX-License-Identifier: GPL-2.0
/* The module's parameters: limits, and how a new buffer behaves. */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "sl.h"

static unsigned int max_total_mib = 1024;
module_param(max_total_mib, uint, 0644);
MODULE_PARM_DESC(max_total_mib, "MiB that all buffers may have, copies counted (default 1024)");

static unsigned int max_buffer_mib = 256;
module_param(max_buffer_mib, uint, 0644);
MODULE_PARM_DESC(max_buffer_mib, "MiB that one buffer may have, copies not counted (default 256)");

bool sl_render;
module_param_named(render, sl_render, bool, 0444);
MODULE_PARM_DESC(render,
		 "a render node too: for tests, as it misleads GBM and wlroots (default 0)");

/* A parameter that is one of a few words. */
struct sl_choice {
	u32 value;
	const char *const *words; /* NULL after the last */
};

static int choice_set(const char *text, const struct kernel_param *param)
{
	struct sl_choice *choice = param->arg;
	int i;

	for (i = 0; choice->words[i]; i++) {
		if (sysfs_streq(text, choice->words[i])) {
			WRITE_ONCE(choice->value, i);
			return 0;
		}
	}
	return -EINVAL;
}

static int choice_get(char *text, const struct kernel_param *param)
{
	const struct sl_choice *choice = param->arg;

	return sysfs_emit(text, "%s\n", choice->words[READ_ONCE(choice->value)]);
}

static const struct kernel_param_ops choice_ops = {
	.set = choice_set,
	.get = choice_get,
};

/* The words are in the order of their enum in the uapi header. */
const char *const sl_mode_words[] = { "coherent", "noncoherent", "trap", NULL };
static const char *const inval_words[] = { "discard", "writeback", NULL };
static const char *const end_words[] = { "strict", "clean-always", NULL };
static const char *const write_words[] = { "refetch", "none", "poison", NULL };
static const char *const hook_words[] = { "first", "wait-first", NULL };

static struct sl_choice mode_choice = { .words = sl_mode_words };
static struct sl_choice inval_choice = { .words = inval_words };
static struct sl_choice end_choice = { .words = end_words };
static struct sl_choice write_choice = { .words = write_words };
static struct sl_choice hook_choice = { .words = hook_words };

module_param_cb(mode, &choice_ops, &mode_choice, 0644);
MODULE_PARM_DESC(mode,
		 "coherent (default), noncoherent (two sides) or trap (counts wrong touches)");
module_param_cb(inval, &choice_ops, &inval_choice, 0644);
MODULE_PARM_DESC(inval, "what START(READ) does to dirty lines: discard (default) or writeback");
module_param_cb(end, &choice_ops, &end_choice, 0644);
MODULE_PARM_DESC(end,
		 "what END(READ) does to dirty lines: strict (default, nothing) or clean-always");
module_param_cb(write, &choice_ops, &write_choice, 0644);
MODULE_PARM_DESC(write, "what START(WRITE) does: refetch (default), none or poison");
module_param_cb(hook, &choice_ops, &hook_choice, 0644);
MODULE_PARM_DESC(hook, "START's cache work comes first (default) or after its wait: wait-first");

static int modes_set(const char *text, const struct kernel_param *param)
{
	int ret = sl_modes_set(text);

	if (!ret)
		sl_kms_hotplug();
	return ret;
}

static int modes_get(char *text, const struct kernel_param *param)
{
	return sl_modes_get(text);
}

static const struct kernel_param_ops modes_ops = {
	.set = modes_set,
	.get = modes_get,
};

module_param_cb(modes, &modes_ops, NULL, 0644);
MODULE_PARM_DESC(modes, "of the display: WxH[@HZ],..., preferred first (default: usual, 1024x768)");

/* A chance in 65536. */
static int rate_set(const char *text, const struct kernel_param *param)
{
	return param_set_uint_minmax(text, param, 0, DRM_STALELINE_RATE_ALWAYS);
}

static const struct kernel_param_ops rate_ops = {
	.set = rate_set,
	.get = param_get_uint,
};

static unsigned int evict;
module_param_cb(evict, &rate_ops, &evict, 0644);
MODULE_PARM_DESC(evict, "chance in 65536 that a dirty line is written back early (default 0)");

static unsigned int fetch;
module_param_cb(fetch, &rate_ops, &fetch, 0644);
MODULE_PARM_DESC(fetch, "chance in 65536 that a clean stale line is refilled early (default 0)");

static unsigned int inject;
module_param(inject, uint, 0644);
MODULE_PARM_DESC(inject, "so many STARTs and ENDs of a new buffer fail: EINTR, EAGAIN (default 0)");

static unsigned long long seed = 1;
module_param(seed, ullong, 0644);
MODULE_PARM_DESC(seed, "of the chances, for each new buffer (default 1)");

/* uint MiB can't overflow 64 bits. Beyond 16 GiB the number of a line would be near to fill 32. */
u64 sl_max_buffer(void)
{
	return min_t(u64, READ_ONCE(max_buffer_mib), 16384) << 20;
}

u64 sl_max_total(void)
{
	return (u64)READ_ONCE(max_total_mib) << 20;
}

void sl_defaults_get(struct sl_defaults *defaults)
{
	*defaults = (struct sl_defaults){
		.mode = READ_ONCE(mode_choice.value),
		.hook = READ_ONCE(hook_choice.value),
		.cache = {
			.inval = READ_ONCE(inval_choice.value),
			.end = READ_ONCE(end_choice.value),
			.write = READ_ONCE(write_choice.value),
			.evict = READ_ONCE(evict),
			.fetch = READ_ONCE(fetch),
			.inject = READ_ONCE(inject),
			.seed = READ_ONCE(seed),
		},
	};
}
