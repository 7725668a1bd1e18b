// SPDX-License-Identifier: MIT
/*
 * The inner loops for x86-64 CPUs with AVX2. (target_clones would save this file, but chooses by
 * an ifunc, whose resolver runs before the sanitizers are up, and not every libc has them.)
 */
#if defined(__x86_64__)
#define CELLS_VECTOR 32
#define CELLS_TARGET __attribute__((target("avx2")))
#define CELLS_NAME card_cells_avx2
#include "card/cells_loops.h"
#else
extern int card_has_no_avx2; /* a file must hold something */
#endif
