// SPDX-License-Identifier: MIT
/*
 * The peer writes, the CPU reads.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "egl_peer.h"

/* The trailing pixels that no cell covers, as the CPU would have drawn them. */
static bool same_tail(struct bench *b, uint32_t frame)
{
	size_t stride = row_bytes(&b->card);
	bool ok = true;

	elsewhere(b, frame, 0, 0);
	if (!begin(b, ACCESS_READ))
		return false;
	for (uint32_t y = 0; y < b->card.height; y++) {
		const uint8_t *row =
			(const uint8_t *)buffer_pixels(&b->buffer) + y * b->buffer.stride;

		for (uint32_t i = b->card.cols * CARD_CELL_BYTES; i < stride; i++)
			ok &= i % 4 == 3 || row[i] == b->scratch[y * stride + i];
	}
	expect(ok, "the pixels after the last cell differ");
	return end(b, ACCESS_READ) && ok;
}

void test_write(uint32_t width, uint32_t height)
{
	struct bench b;
	struct why why = { "" };
	char name[60];
	bool ok = true;

	snprintf(name, sizeof(name), "the peer writes %ux%u, the CPU reads", width, height);
	if (bench_open(&b, width, height, &why)) {
		skip(name, why.text);
		return;
	}
	for (uint32_t frame = FRAME; ok && frame < FRAME + 10; frame++) {
		struct card_expect e = whole_of(&b, frame);
		struct cell_count count = { 0 };
		int err;

		/* An older card of the CPU's below, so that what is missing shows. */
		ok = begin(&b, ACCESS_WRITE);
		draw(&b, e.serial, frame - 2, card_whole(&b.card));
		ok = ok && end(&b, ACCESS_WRITE);
		err = b.peer.ops->write(&b.peer, b.image, e.serial, frame, &why);
		if (err == -EOPNOTSUPP) {
			skip(name, why.text);
			bench_close(&b);
			return;
		}
		if (!err)
			err = b.peer.ops->finish(&b.peer, &why);
		ok = ok && expect(!err, "write: %s", why.text) && judge(&b, &e);
		cell_count_add(&count, &b.card, frame, b.cpu);
		ok = ok && expect(cell_count_clean(&count), "%llu of %llu cells fresh",
				  (unsigned long long)count.kind[CELL_FRESH],
				  (unsigned long long)count.checked);
		ok = ok && same_tail(&b, frame) && all_fresh(&b, &e);
	}
	result(ok, name);
	bench_close(&b);
}
