// SPDX-License-Identifier: MIT
/* The inner loops for any CPU: SSE2 on x86-64, NEON on arm64; and which loops to take. */
#define CELLS_VECTOR 16
#define CELLS_TARGET
#define CELLS_NAME card_cells_any
#include "card/cells_loops.h"

const struct card_cells *card_cells_best(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512bw"))
		return &card_cells_avx512;
	if (__builtin_cpu_supports("avx2"))
		return &card_cells_avx2;
#endif
	return &card_cells_any;
}
