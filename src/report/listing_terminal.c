// SPDX-License-Identifier: MIT
/* listing_terminal: the listing as a table for people. Short words in columns, sentences below. */
#include "report/listing.h"

#include <inttypes.h>
#include <string.h>

enum { INDENT = 6 };

/* Where a table is printed: every line of it needs both. */
struct page {
	FILE *out;
	int columns;
};

/* @text, broken at blanks so that it fits, each line behind @indent blanks; the first has them. */
static void wrap(const struct page *page, int indent, const char *text)
{
	int column = indent;

	while (*text) {
		int word = (int)strcspn(text, " ");

		if (column > indent && column + 1 + word > page->columns) {
			fprintf(page->out, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', page->out);
			column++;
		}
		fprintf(page->out, "%.*s", word, text);
		column += word;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', page->out);
}

static void sentence(const struct page *page, int indent, const char *text)
{
	if (!text[0])
		return;
	fprintf(page->out, "%*s", indent, "");
	wrap(page, indent, text);
}

/* "      cpu         Some CPU": a name, and what is to be said of it. */
static void entry(const struct page *page, int indent, const char *name, const char *text)
{
	fprintf(page->out, "%*s%-10s ", indent, "", name);
	wrap(page, indent + 11, text);
}

/* @name and, in a column of its own @width behind, @text; below where the name is too long. */
static void pair(const struct page *page, int indent, int width, const char *name, const char *text)
{
	int column = indent + width + 1;

	if (!text[0]) {
		fprintf(page->out, "%s\n", name);
		return;
	}
	if ((int)strlen(name) > width)
		fprintf(page->out, "%s\n%*s", name, column, "");
	else
		fprintf(page->out, "%-*s ", width, name);
	wrap(page, column, text);
}

/* "  no  udmabuf  ...": the line that a row begins with. */
static void row(const struct page *page, bool good, const char *name, const char *text)
{
	fprintf(page->out, "  %-4s", good ? "yes" : "no");
	pair(page, INDENT, 32, name, text);
}

static void print_machine(const struct page *page, const struct machine *machine)
{
	char text[200], size[32];

	fputs("Machine\n", page->out);
	snprintf(text, sizeof(text), "%s %s, %s", machine->system, machine->kernel, machine->arch);
	entry(page, 2, "kernel", text);
	entry(page, 2, "cpu", machine->cpu[0] ? machine->cpu : "not told");
	if (machine->board[0])
		entry(page, 2, "board", machine->board);
	snprintf(text, sizeof(text), "line %s", machine_size(machine->cache_line, size));
	entry(page, 2, "cache", text);
	snprintf(text, sizeof(text), "%s%s", machine_size(machine->llc_size, size),
		 machine->llc_level == 3   ? ", level 3"
		 : machine->llc_level == 2 ? ", level 2"
		 : machine->llc_level == 4 ? ", level 4"
					   : "");
	entry(page, 2, "last level", text);
	entry(page, 2, "page", machine_size(machine->page_size, size));
}

static void print_node(const struct page *page, const struct listing_node *node)
{
	if (!node->path[0])
		return;
	fprintf(page->out, "%*s%-20s %s:%s %04o, %s\n", INDENT, "", node->path,
		node->owner[0] ? node->owner : "?", node->group[0] ? node->group : "?", node->mode,
		node->err ? "may not be opened" : "may be opened");
	sentence(page, INDENT + 2, node->why.text);
}

/* Add @word to one of two lists, by whether it is so. */
static void sort_in(bool good, const char *word, char can[160], char lacks[160])
{
	char *list = good ? can : lacks;
	size_t len = strlen(list);

	snprintf(list + len, 160 - len, "%s%s", len ? ", " : "", word);
}

static void print_display(const struct page *page, const struct listing_display *display)
{
	char text[200];

	if (!display->connectors && !display->writebacks) {
		entry(page, INDENT, "display", "none");
		return;
	}
	snprintf(text, sizeof(text), "%u connectors, %u connected, %u writeback; %s; %s",
		 display->connectors, display->connected, display->writebacks,
		 display->master_err ? "DRM master can't be had" : "DRM master can be had",
		 display->crc ? "CRC" : "no CRC to be read");
	entry(page, INDENT, "display", text);
}

static const char *gpu_words(enum listing_gpu gpu)
{
	switch (gpu) {
	case LISTING_GPU_OWN:
		return "a GPU";
	case LISTING_GPU_OTHER:
		return "a display that another device's GPU draws for";
	case LISTING_GPU_NONE:
		return "no GPU: the CPU draws";
	case LISTING_GPU_UNKNOWN:
		break;
	}
	return "a GPU or not: not known";
}

static void print_device(const struct page *page, const struct listing_device *device)
{
	char can[160] = "", lacks[160] = "";

	fprintf(page->out, "  %s%s%s%s%s%s: %s\n",
		device->driver[0] ? device->driver : "driver not known",
		device->driver[0] ? " " : "", device->version, device->bus[0] ? " (" : "",
		device->bus, device->bus[0] ? ")" : "", gpu_words(device->gpu));
	print_node(page, &device->primary);
	print_node(page, &device->render);
	if (!device->known)
		return;
	sort_in(device->dumb, "dumb buffers", can, lacks);
	sort_in(device->prime_export, "PRIME export", can, lacks);
	sort_in(device->prime_import, "PRIME import", can, lacks);
	sort_in(device->syncobj, "syncobj", can, lacks);
	sort_in(device->timeline, "syncobj timeline", can, lacks);
	sort_in(device->render.path[0], "render node", can, lacks);
	if (can[0])
		entry(page, INDENT, "has", can);
	if (lacks[0])
		entry(page, INDENT, "lacks", lacks);
	print_display(page, &device->display);
}

static void print_devices(const struct page *page, const struct listing *listing)
{
	fputs("\nDRM devices\n", page->out);
	for (uint32_t i = 0; i < listing->device_count; i++)
		print_device(page, &listing->devices[i]);
	if (!listing->device_count)
		sentence(page, 2,
			 "none: /dev/dri holds no device. A GPU's driver makes one, and without a "
			 "GPU `sudo modprobe vgem` does in software");
}

/* "gbm /dev/dri/card0", "dma-heap:system" */
static const char *exporter_title(const struct listing_exporter *exporter, char title[120])
{
	snprintf(title, 120, "%s%s%s", exporter->name, exporter->wanted[0] ? " " : "",
		 exporter->wanted);
	return title;
}

static void print_exporters(const struct page *page, const struct listing *listing)
{
	char title[120], text[200], limit[48];

	snprintf(text, sizeof(text),
		 "Exporters, each tried with %ux%u XRGB8888: allocated, mapped, written to in "
		 "START and END",
		 LISTING_TRIAL_SIZE, LISTING_TRIAL_SIZE);
	fputc('\n', page->out);
	wrap(page, 0, text);
	for (uint32_t i = 0; i < listing->exporter_count; i++) {
		const struct listing_exporter *exporter = &listing->exporters[i];

		limit[0] = '\0';
		if (exporter->limit_mib)
			snprintf(limit, sizeof(limit), ", at most %" PRIu64 " MiB a buffer",
				 exporter->limit_mib);
		snprintf(text, sizeof(text), "LINEAR, stride %u, map writable%s", exporter->stride,
			 limit);
		row(page, !exporter->err, exporter_title(exporter, title),
		    exporter->err ? "" : text);
		sentence(page, INDENT, exporter->why.text);
	}
}

/* @last: the last sentence that was printed, which need not be said again. */
static void print_import(const struct page *page, const struct listing_exporter *exporter,
			 const struct listing_import *import, const char **last)
{
	bool again = import->err && *last && !strcmp(*last, import->why.text);
	char title[120], text[160];

	if (!import->tried)
		return;
	if (import->err)
		snprintf(text, sizeof(text), "not read%s", again ? ", as above" : "");
	else
		snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " cells fresh%s",
			 import->fresh, import->cells,
			 import->fresh == import->cells ? "" : ": BROKEN, see staleline check");
	fprintf(page->out, "%*s", INDENT + 2, "");
	pair(page, INDENT + 2, 30, exporter_title(exporter, title), text);
	if (again)
		return;
	sentence(page, INDENT + 4, import->why.text);
	if (import->err)
		*last = import->why.text;
}

static void print_peer(const struct page *page, const struct listing_peer *peer,
		       const struct listing *listing)
{
	char title[120], text[320] = "";
	const char *last = NULL;
	bool any = false;

	snprintf(title, sizeof(title), "%s%s%s", peer->kind, peer->device[0] ? " " : "",
		 peer->device);
	if (!peer->device[0] && !strcmp(peer->kind, "egl"))
		snprintf(title, sizeof(title), "egl without a DRM device");
	if (!peer->err && peer->looked && peer->renderer[0])
		snprintf(text, sizeof(text), "%s, %s%s%s%s%s", peer->renderer, peer->version,
			 peer->software ? "; the CPU draws" : "",
			 peer->dma_buf ? "" : "; takes no dma-bufs",
			 peer->modifiers ? "" : "; no modifiers",
			 peer->native_fence ? "; sync_files" : "; no sync_files");
	row(page, !peer->err, title, text);
	sentence(page, INDENT, peer->why.text);
	for (uint32_t i = 0; i < listing->exporter_count; i++)
		any |= peer->imports[i].tried;
	if (any)
		fprintf(page->out, "%*sreads the card that the CPU drew, in buffers of\n", INDENT,
			"");
	for (uint32_t i = 0; i < listing->exporter_count; i++)
		print_import(page, &listing->exporters[i], &peer->imports[i], &last);
}

static void print_sync(const struct page *page, const struct listing_sync *sync)
{
	fputs("\nSync\n", page->out);
	row(page, !sync->sync_file_import, "sync_file of implicit fences",
	    sync->sync_file_import ? "" : "export and import");
	sentence(page, INDENT, sync->sync_file_why.text);
	row(page, !sync->timeline, "syncobj timelines", "");
	sentence(page, INDENT, sync->timeline_why.text);
	row(page, !sync->eventfd, "syncobj to an eventfd", "");
	sentence(page, INDENT, sync->eventfd_why.text);
}

static void print_module(const struct page *page, const struct listing_module *module)
{
	char text[200];

	fputs("\nModule\n", page->out);
	snprintf(text, sizeof(text), "loaded%s%s, interface %u, mode %s",
		 module->version[0] ? ", version " : "", module->version, module->abi,
		 module->mode[0] ? module->mode : "not known");
	row(page, module->loaded, "staleline", module->loaded ? text : "");
	sentence(page, INDENT, module->why.text);
}

void listing_print(FILE *out, const struct listing *listing, int columns)
{
	const struct page page = { .out = out, .columns = columns };
	uint32_t peers = 0;

	print_machine(&page, &listing->machine);
	print_devices(&page, listing);
	print_exporters(&page, listing);
	fputs("\nPeers\n", out);
	for (uint32_t i = 0; i < listing->peer_count; i++) {
		print_peer(&page, &listing->peers[i], listing);
		peers += !listing->peers[i].err;
	}
	print_sync(&page, &listing->sync);
	print_module(&page, &listing->module);
	fprintf(out, "\n%u of %u exporters and %u of %u peers work here\n", listing_usable(listing),
		listing->exporter_count, peers, listing->peer_count);
	sentence(&page, 0, listing->stopped.text);
}
