// SPDX-License-Identifier: MIT
/* peer: the kinds there are, and what they share. See peer.h. */
#include "peer/peer.h"

#include <errno.h>
#include <string.h>

const struct peer_ops *const peer_kinds[] = { &peer_egl, &peer_jobs, &peer_scanout, NULL };

const struct peer_ops *peer_find(const char *name)
{
	for (int i = 0; peer_kinds[i]; i++)
		if (!strcmp(peer_kinds[i]->name, name))
			return peer_kinds[i];
	return NULL;
}

int peer_set_sync(struct peer *peer, enum peer_sync sync, struct why *why)
{
	if (peer->ops->set_sync)
		return peer->ops->set_sync(peer, sync, why);
	if (sync == PEER_IMPLICIT)
		return 0;
	return why_set(why, -EOPNOTSUPP,
		       "%s takes and gives no fences here but implicit ones; the module's jobs "
		       "(--peer=jobs) do",
		       peer->path);
}

int peer_resize(struct peer *peer, struct why *why)
{
	if (peer->ops->resize)
		return peer->ops->resize(peer, why);
	return why_set(why, -EOPNOTSUPP, "%s looks at cards of one size only", peer->path);
}

int peer_check_write(struct peer *peer, struct peer_image *image, struct why *why)
{
	return peer->ops->check_write ? peer->ops->check_write(peer, image, why) : 0;
}

int peer_check_buffer(const struct peer *peer, const struct buffer *buffer, struct why *why)
{
	const struct card *card = peer->card;

	if (buffer->width == card->width && buffer->height == card->height &&
	    buffer->fourcc == card->fourcc)
		return 0;
	return why_set(why, -EINVAL,
		       "import of buffer %u: it is %ux%u, format 0x%08x, but the card is %ux%u, "
		       "format 0x%08x",
		       buffer->number, buffer->width, buffer->height, buffer->fourcc, card->width,
		       card->height, card->fourcc);
}

int peer_check_joint(const struct peer *peer, const struct buffer *buffer, struct why *why)
{
	if (!buffer->disjoint)
		return 0;
	return why_set(why, -EOPNOTSUPP,
		       "import of buffer %u: peer %s takes one dma-buf, and its planes lie in two; "
		       "--peer=egl takes each by itself",
		       buffer->number, peer->ops->name);
}

void peer_heat(const struct card *card, const struct cell_verdict *map, uint32_t *heat)
{
	for (size_t i = 0; heat && i < (size_t)card->cols * card->rows; i++)
		heat[i] = cell_colour(map[i]);
}
