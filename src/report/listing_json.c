// SPDX-License-Identifier: MIT
/*
 * listing_json: the listing as a result file:
 * keys beside "results" and "pairs", see docs/report.md.
 */
#include "report/listing.h"

#include "report/json_parts.h"

uint32_t listing_usable(const struct listing *listing)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < listing->exporter_count; i++)
		n += !listing->exporters[i].err;
	return n;
}

/* null where there is none. */
static void add_word(struct json_object *object, const char *key, const char *text)
{
	json_add_string(object, key, text[0] ? text : NULL);
}

static struct json_object *node_json(const struct listing_node *node)
{
	struct json_object *object;
	char mode[8];

	if (!node->path[0])
		return NULL;
	object = json_object_new_object();
	snprintf(mode, sizeof(mode), "%04o", node->mode & 07777);
	json_add_string(object, "path", node->path);
	json_add_string(object, "owner", node->owner);
	json_add_string(object, "group", node->group);
	json_add_string(object, "mode", mode);
	json_add_bool(object, "opens", !node->err);
	json_add_string(object, "why", node->why.text);
	return object;
}

static const char *gpu_name(enum listing_gpu gpu)
{
	static const char *const names[] = { NULL, "none", "other", "own" };

	return names[gpu];
}

static struct json_object *display_json(const struct listing_display *display)
{
	struct json_object *object;

	if (!display->connectors && !display->writebacks)
		return NULL;
	object = json_object_new_object();
	json_add_number(object, "connectors", display->connectors);
	json_add_number(object, "connected", display->connected);
	json_add_number(object, "writebacks", display->writebacks);
	json_add_bool(object, "master", !display->master_err);
	json_add_bool(object, "crc", display->crc);
	return object;
}

static struct json_object *device_json(const struct listing_device *device)
{
	struct json_object *object = json_object_new_object();
	struct json_object *can = NULL;

	add_word(object, "driver", device->driver);
	add_word(object, "driver_version", device->version);
	add_word(object, "bus", device->bus);
	json_add_string(object, "gpu", gpu_name(device->gpu));
	json_object_object_add(object, "primary", node_json(&device->primary));
	json_object_object_add(object, "render", node_json(&device->render));
	if (device->known) {
		can = json_object_new_object();
		json_add_bool(can, "dumb", device->dumb);
		json_add_bool(can, "prime_export", device->prime_export);
		json_add_bool(can, "prime_import", device->prime_import);
		json_add_bool(can, "syncobj", device->syncobj);
		json_add_bool(can, "syncobj_timeline", device->timeline);
	}
	json_object_object_add(object, "can", can);
	json_object_object_add(object, "display", display_json(&device->display));
	return object;
}

static struct json_object *exporter_json(const struct listing_exporter *exporter)
{
	struct json_object *object = json_object_new_object();

	json_add_string(object, "name", exporter->name);
	add_word(object, "device", exporter->device[0] ? exporter->device : exporter->wanted);
	json_add_bool(object, "works", !exporter->err);
	json_add_string(object, "why", exporter->why.text);
	json_add_number(object, "stride", exporter->stride);
	json_add_number(object, "size", exporter->size);
	json_add_number(object, "limit_mib", exporter->limit_mib);
	return object;
}

static struct json_object *import_json(const struct listing_exporter *exporter,
				       const struct listing_import *import)
{
	struct json_object *object = json_object_new_object();

	json_add_string(object, "exporter", exporter->name);
	add_word(object, "device", exporter->device);
	json_add_bool(object, "works", !import->err && import->fresh == import->cells);
	json_add_number(object, "checked", import->cells);
	json_add_number(object, "fresh", import->fresh);
	json_add_string(object, "why", import->why.text);
	return object;
}

static struct json_object *peer_json(const struct listing_peer *peer, const struct listing *listing)
{
	struct json_object *object = json_object_new_object();
	struct json_object *imports = json_object_new_array(), *egl = NULL;

	json_add_string(object, "name", peer->kind);
	add_word(object, "device", peer->device);
	json_add_bool(object, "works", !peer->err);
	json_add_string(object, "why", peer->why.text);
	if (peer->renderer[0]) {
		egl = json_object_new_object();
		json_add_string(egl, "renderer", peer->renderer);
		json_add_string(egl, "version", peer->version);
		json_add_bool(egl, "software", peer->software);
		json_add_bool(egl, "dma_buf", peer->dma_buf);
		json_add_bool(egl, "modifiers", peer->modifiers);
		json_add_bool(egl, "native_fence", peer->native_fence);
	}
	json_object_object_add(object, "egl", egl);
	for (uint32_t i = 0; i < listing->exporter_count; i++)
		if (peer->imports[i].tried)
			json_object_array_add(
				imports, import_json(&listing->exporters[i], &peer->imports[i]));
	json_object_object_add(object, "imports", imports);
	return object;
}

static void add_kind(struct json_object *sync, const char *key, bool works, const char *why)
{
	struct json_object *object = json_object_new_object();

	json_add_bool(object, "works", works);
	json_add_string(object, "why", why);
	json_object_object_add(sync, key, object);
}

static struct json_object *sync_json(const struct listing_sync *sync)
{
	struct json_object *object = json_object_new_object();

	add_kind(object, "sync_file_export", !sync->sync_file_export,
		 sync->sync_file_export ? sync->sync_file_why.text : "");
	add_kind(object, "sync_file_import", !sync->sync_file_import, sync->sync_file_why.text);
	add_kind(object, "syncobj_timeline", !sync->timeline, sync->timeline_why.text);
	add_kind(object, "syncobj_eventfd", !sync->eventfd, sync->eventfd_why.text);
	return object;
}

static struct json_object *module_json(const struct listing_module *module)
{
	struct json_object *object = json_object_new_object();

	json_add_bool(object, "loaded", module->loaded);
	add_word(object, "version", module->version);
	json_add_number(object, "interface", module->abi);
	add_word(object, "mode", module->mode);
	json_add_string(object, "why", module->why.text);
	return object;
}

/* Of the first that is there: "machine" has room for one. */
static const char *first_renderer(const struct listing *listing)
{
	for (uint32_t i = 0; i < listing->peer_count; i++)
		if (listing->peers[i].renderer[0])
			return listing->peers[i].renderer;
	return "";
}

int listing_write_json(const struct listing *listing, const char *version, const char *path,
		       struct why *why)
{
	struct json_object *root = json_object_new_object();
	struct json_object *devices = json_object_new_array(), *peers = json_object_new_array();
	struct json_object *exporters = json_object_new_array();

	for (uint32_t i = 0; i < listing->device_count; i++)
		json_object_array_add(devices, device_json(&listing->devices[i]));
	for (uint32_t i = 0; i < listing->exporter_count; i++)
		json_object_array_add(exporters, exporter_json(&listing->exporters[i]));
	for (uint32_t i = 0; i < listing->peer_count; i++)
		json_object_array_add(peers, peer_json(&listing->peers[i], listing));
	json_add_string(root, "version", version);
	json_object_object_add(root, "machine",
			       json_machine(&listing->machine, first_renderer(listing)));
	json_object_object_add(root, "devices", devices);
	json_object_object_add(root, "exporters", exporters);
	json_object_object_add(root, "peers", peers);
	json_object_object_add(root, "sync", sync_json(&listing->sync));
	json_object_object_add(root, "module", module_json(&listing->module));
	add_word(root, "stopped", listing->stopped.text);
	/* One shape for every command: a reader of results finds none here. */
	json_object_object_add(root, "results", json_object_new_array());
	json_object_object_add(root, "pairs", json_object_new_array());
	return json_write(root, path, why);
}
