// SPDX-License-Identifier: MIT
/* exporter: the kinds, the choice between them, and the wrappers around a kind. See exporter.h. */
#include "buffer/exporter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buffer/exporter_kinds.h"

/*
 * The module comes first, and its check_auto steps back where there is a GPU: behind gbm it would
 * never have its turn, since GBM allocates on the module's card node too.
 */
const struct exporter_ops *const exporter_kinds[] = {
	&exporter_staleline, &exporter_gbm, &exporter_heap, &exporter_udmabuf, NULL,
};

/* The size of the buffer that a kind must manage to be taken by "auto". */
#define TRIAL_SIZE 64

static int open_kind(struct exporter *exporter, const struct exporter_ops *ops,
		     const struct exporter_wish *wish, const char *arg, struct why *why)
{
	int err;

	*exporter = (struct exporter){ .ops = ops, .disjoint = wish->disjoint };
	why->text[0] = '\0';
	err = ops->open(exporter, wish, arg, why);
	if (err)
		*exporter = (struct exporter){ 0 };
	return err;
}

static int try_alloc(struct exporter *exporter, uint32_t fourcc, struct why *why)
{
	struct buffer buffer;
	int err = exporter_alloc(exporter, TRIAL_SIZE, TRIAL_SIZE, fourcc, &buffer, why);

	if (err)
		return err;
	exporter_free(&buffer);
	exporter->buffers = 0; /* the first real one is number 1 */
	return 0;
}

/*
 * A kind that opens need not work: gbm may be there and refuse dumb buffers, a heap may be empty.
 * So each is tried with a small buffer, and says why not.
 */
static int open_auto(struct exporter *exporter, const struct exporter_wish *wish, uint32_t fourcc,
		     void (*log)(void *data, const char *line), void *data, struct why *why)
{
	char line[sizeof(why->text) + 128];

	for (const struct exporter_ops *const *ops = exporter_kinds; *ops; ops++) {
		int err = (*ops)->check_auto ? (*ops)->check_auto(wish, why) : 0;

		if (!err)
			err = open_kind(exporter, *ops, wish, NULL, why);
		if (!err) {
			char note[sizeof(why->text)]; /* open() may have left one */

			memcpy(note, why->text, sizeof(note));
			err = try_alloc(exporter, fourcc, why);
			if (!err) {
				snprintf(line, sizeof(line), "took %s on %s%s%s", (*ops)->name,
					 exporter->device, note[0] ? " " : "", note);
				log(data, line);
				return 0;
			}
			exporter_close(exporter);
		}
		snprintf(line, sizeof(line), "not %s: %s", (*ops)->name, why->text);
		log(data, line);
	}
	return why_set(why, -ENODEV,
		       "no exporter works here: none gives a buffer. Without a GPU: `sudo modprobe "
		       "udmabuf`, or `sudo modprobe vgem` for a DRM device in software");
}

/* The kind that @name names, and into @arg what stands after ':', or NULL. NULL: no such kind. */
static const struct exporter_ops *find_kind(const char *name, const char **arg)
{
	const char *colon = strchr(name, ':');
	size_t len = colon ? (size_t)(colon - name) : strlen(name);

	*arg = colon ? colon + 1 : NULL;
	for (const struct exporter_ops *const *ops = exporter_kinds; *ops; ops++) {
		if (strlen((*ops)->name) == len && !strncmp((*ops)->name, name, len))
			return *ops;
	}
	return NULL;
}

/* "no such exporter; there are: auto, gbm, dma-heap, dma-heap:NAME, ..." */
static int why_no_kind(struct why *why, const char *name)
{
	char list[200] = "auto";

	for (const struct exporter_ops *const *ops = exporter_kinds; *ops; ops++) {
		size_t len = strlen(list);

		snprintf(list + len, sizeof(list) - len, ", %s", (*ops)->name);
		if (!(*ops)->arg)
			continue;
		len = strlen(list);
		snprintf(list + len, sizeof(list) - len, ", %s:%s", (*ops)->name, (*ops)->arg);
	}
	return why_set(why, -EINVAL, "exporter \"%.100s\": no such exporter; there are: %s", name,
		       list);
}

int exporter_check_name(const char *name, struct why *why)
{
	const struct exporter_ops *ops;
	const char *arg;

	if (!strcmp(name, "auto"))
		return 0;
	ops = find_kind(name, &arg);
	return ops ? ops->check_arg(arg, why) : why_no_kind(why, name);
}

int exporter_open(struct exporter *exporter, const struct exporter_wish *wish, uint32_t fourcc,
		  void (*log)(void *data, const char *line), void *data, struct why *why)
{
	const struct exporter_ops *ops;
	const char *arg;
	int err = exporter_check_name(wish->name, why);

	*exporter = (struct exporter){ 0 };
	if (err)
		return err;
	ops = find_kind(wish->name, &arg);
	if (!ops) /* "auto" */
		return open_auto(exporter, wish, fourcc, log, data, why);
	return open_kind(exporter, ops, wish, arg, why);
}

void exporter_close(struct exporter *exporter)
{
	if (exporter->ops)
		exporter->ops->close(exporter);
	*exporter = (struct exporter){ 0 };
}

int exporter_alloc(struct exporter *exporter, uint32_t width, uint32_t height, uint32_t fourcc,
		   struct buffer *buffer, struct why *why)
{
	int err;

	*buffer = (struct buffer){
		.fd = -1,
		.second = -1,
		.disjoint = exporter->disjoint,
		.number = exporter->buffers + 1,
		.exporter = exporter,
	};
	if (exporter->disjoint && exporter->ops->no_disjoint)
		err = why_set(why, -EOPNOTSUPP, "%s", exporter->ops->no_disjoint);
	else
		err = exporter->ops->alloc(exporter, width, height, fourcc, buffer, why);
	if (err) {
		*buffer = (struct buffer){ .fd = -1 };
		return why_prefix(why, err, "%s on %s: ", exporter->ops->name, exporter->device);
	}
	exporter->buffers++;
	return 0;
}

void exporter_free(struct buffer *buffer)
{
	if (buffer->exporter)
		buffer->exporter->ops->free(buffer->exporter, buffer);
	*buffer = (struct buffer){ .fd = -1 };
}

int exporter_memfd(const struct buffer *buffer, struct why *why)
{
	const struct exporter_ops *ops = buffer->exporter->ops;

	if (buffer->disjoint)
		return why_set(why, -EOPNOTSUPP,
			       "its planes are disjoint: there is no one memfd that it is made of");
	if (ops->memfd)
		return ops->memfd(buffer);
	return why_set(why, -EOPNOTSUPP,
		       "buffers of %s are not made of a memfd; those of udmabuf are", ops->name);
}
