// SPDX-License-Identifier: MIT
#include <string.h>

#include "cache_ref.h"

static u64 ref_random(struct ref *m)
{
	u64 z = (m->seed += UINT64_C(0x9e3779b97f4a7c15));

	z ^= z >> 30;
	z *= UINT64_C(0xbf58476d1ce4e5b9);
	z ^= z >> 27;
	z *= UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return z;
}

static bool ref_has(const struct ref *m, int line)
{
	return m->cached[line / (int)CACHE_LINES_PER_PAGE];
}

bool ref_dirty(const struct ref *m, int line)
{
	return ref_has(m, line) && memcmp(m->line[line].cpu, m->line[line].base, CACHE_LINE) != 0;
}

bool ref_stale(const struct ref *m, int line)
{
	return ref_has(m, line) &&
	       memcmp(m->line[line].device, m->line[line].base, CACHE_LINE) != 0;
}

static void ref_to_device(struct ref_line *l)
{
	for (int i = 0; i < CACHE_LINE; i++)
		l->device[i] = l->base[i] = l->cpu[i];
}

static void ref_to_cpu(struct ref_line *l)
{
	for (int i = 0; i < CACHE_LINE; i++)
		l->cpu[i] = l->base[i] = l->device[i];
}

void ref_touch(struct ref *m, int page)
{
	struct ref_line *line = &m->line[page * (int)CACHE_LINES_PER_PAGE];

	m->young[page] = true;
	if (m->cached[page])
		return;
	m->cached[page] = true;
	for (unsigned long i = 0; i < CACHE_LINES_PER_PAGE; i++) {
		ref_to_cpu(&line[i]);
		if (m->poisoned)
			memset(line[i].cpu, CACHE_JUNK, CACHE_LINE);
	}
}

void ref_tick(struct ref *m)
{
	for (int i = 0; i < REF_LINES; i++) {
		if (ref_dirty(m, i)) {
			if (m->params.evict && ref_random(m) % 65536 < m->params.evict)
				ref_to_device(&m->line[i]);
		} else if (ref_stale(m, i)) {
			if (m->params.fetch && ref_random(m) % 65536 < m->params.fetch)
				ref_to_cpu(&m->line[i]);
		}
	}
}

static void ref_age(struct ref *m)
{
	for (int page = 0; page < REF_PAGES; page++) {
		bool dirty = false;

		for (int i = 0; i < (int)CACHE_LINES_PER_PAGE; i++)
			dirty |= ref_dirty(m, page * (int)CACHE_LINES_PER_PAGE + i);
		if (!m->young[page] && !dirty)
			m->cached[page] = false;
		m->young[page] = false;
	}
}

void ref_start(struct ref *m, u32 flags, u32 others)
{
	bool reads = flags & CACHE_READ;
	bool poisons = !reads && m->params.write == CACHE_WRITE_POISON && !(others & CACHE_WRITE);

	ref_tick(m);
	if (!reads && !poisons && (m->poisoned || m->params.write == CACHE_WRITE_NONE))
		return;
	m->poisoned = poisons;
	if (!m->poisoned)
		ref_age(m);
	for (int i = 0; i < REF_LINES; i++) {
		if (!ref_has(m, i))
			continue;
		if (m->poisoned)
			memset(m->line[i].cpu, CACHE_JUNK, CACHE_LINE);
		else if (reads && ref_dirty(m, i) && m->params.inval == CACHE_INVAL_WRITEBACK)
			ref_to_device(&m->line[i]);
		else if (reads || !ref_dirty(m, i))
			ref_to_cpu(&m->line[i]);
	}
}

void ref_end(struct ref *m, u32 flags)
{
	bool writes = flags & CACHE_WRITE;

	ref_tick(m);
	for (int i = 0; i < REF_LINES; i++)
		m->stale_read +=
			!writes && m->young[i / (int)CACHE_LINES_PER_PAGE] && ref_stale(m, i);
	if (!writes && m->params.end == CACHE_END_STRICT)
		return;
	for (int i = 0; i < REF_LINES; i++) {
		if (writes && m->poisoned && !ref_has(m, i))
			memset(m->line[i].device, CACHE_JUNK, CACHE_LINE);
		else if ((writes && m->poisoned) || ref_dirty(m, i))
			ref_to_device(&m->line[i]);
	}
	if (writes)
		m->poisoned = false;
}

u32 ref_device(struct ref *m, int first, int n)
{
	u32 dirty = 0;

	for (int i = first; i < first + n; i++) {
		if (!ref_dirty(m, i))
			continue;
		if (m->params.evict && ref_random(m) % 65536 < m->params.evict)
			ref_to_device(&m->line[i]);
		else
			dirty++;
	}
	return dirty;
}
