// SPDX-License-Identifier: MIT
/*
 * A staleline that cannot see a wrong buffer or an old one: what is foreign, stale or was never
 * written counts as fresh. Linked in front of the real cell_count_add(), so that a test can show that an unnoticed
 * fault ends in `unnoticed` and exit code 1, and not in silence.
 */
#include "card/card.h"

void __wrap_cell_count_add(struct cell_count *count, const struct card *card, uint32_t frame,
			   const struct cell_verdict *map);
void __real_cell_count_add(struct cell_count *count, const struct card *card, uint32_t frame,
			   const struct cell_verdict *map);

void __wrap_cell_count_add(struct cell_count *count, const struct card *card, uint32_t frame,
			   const struct cell_verdict *map)
{
	__real_cell_count_add(count, card, frame, map);
	count->kind[CELL_FRESH] +=
		count->kind[CELL_FOREIGN] + count->kind[CELL_UNWRITTEN] + count->kind[CELL_STALE];
	count->kind[CELL_STALE] = 0;
	count->kind[CELL_FOREIGN] = 0;
	count->kind[CELL_UNWRITTEN] = 0;
}
