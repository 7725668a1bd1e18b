// SPDX-License-Identifier: MIT
/* screenshot: what the compositor makes of the last frame. */
#include "cmd/screenshot.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "card/alike.h"
#include "card/colour.h"
#include "card/find.h"
#include "report/picture.h"

extern char **environ;

/* A software compositor needs seconds for a large screen. */
enum { TOOL_LIMIT_S = 60, TOOL_POLL_MS = 50 };

struct shot {
	char dir[64];	  /* private: mode 0700; removed with what is in it */
	char file[320];	  /* the picture in it */
	const char *path; /* where the picture goes in the end; NULL: nowhere */
	enum screenshot_tool tool;
	uint32_t shown_serial;		  /* of the buffer that is on the screen: finds the card */
	const struct card_expect *expect; /* what should be there */
};

/* weston-screenshooter chooses the file's name and asks XDG_PICTURES_DIR for the folder only. */
static int start_tool(const struct shot *shot, pid_t *pid)
{
	char folder[96];
	char *const weston[] = { (char *)"env", folder, (char *)"weston-screenshooter", NULL };
	char *const grim[] = { (char *)"grim", (char *)"-t", (char *)"png", (char *)shot->file,
			       NULL };
	char *const *argv = shot->tool == SCREENSHOT_WESTON ? weston : grim;

	snprintf(folder, sizeof(folder), "XDG_PICTURES_DIR=%s", shot->dir);
	return -posix_spawnp(pid, argv[0], NULL, NULL, argv, environ);
}

/* Wait for the tool with a limit, and answer the compositor meanwhile: it may ask for a pong. */
static int wait_tool(struct stage *stage, pid_t pid, int *status, struct why *why)
{
	int64_t deadline = clock_ns() + (int64_t)TOOL_LIMIT_S * 1000000000;
	/* A run that was ended by a signal may still be looked at; one that comes now may not. */
	sig_atomic_t before = *stage->interrupted;
	int err = 0;

	while (!err) {
		pid_t done = waitpid(pid, status, WNOHANG);

		if (done)
			return done < 0 ? -errno : 0;
		if (!clock_ms_left(deadline))
			err = -ETIME;
		else if (*stage->interrupted != before)
			err = -EINTR;
		else
			err = connection_dispatch(&stage->conn, TOOL_POLL_MS, why);
	}
	kill(pid, SIGKILL);
	waitpid(pid, status, 0);
	return err;
}

/* Call for each file in the private folder with its path in shot->file; how many there are. */
static int each_file(struct shot *shot, int (*call)(const char *path))
{
	DIR *dir = opendir(shot->dir);
	struct dirent *entry;
	int found = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(shot->file, sizeof(shot->file), "%s/%s", shot->dir, entry->d_name);
		if (call)
			call(shot->file);
		found++;
	}
	closedir(dir);
	return found;
}

static void remove_folder(struct shot *shot)
{
	each_file(shot, unlink);
	rmdir(shot->dir);
}

static const char *tool_name(enum screenshot_tool tool)
{
	static const char *const names[] = {
		[SCREENSHOT_NONE] = "none",
		[SCREENSHOT_WESTON] = "weston-screenshooter",
		[SCREENSHOT_GRIM] = "grim",
		[SCREENSHOT_SCANOUT] = "the module's scanout",
	};

	return names[tool];
}

/* Where no screenshot can be had the result says why; that is no error of the run. */
static int none_because(struct record *record, const char *tool, const char *why)
{
	snprintf(record->screenshot_why, sizeof(record->screenshot_why), "%s: %.200s", tool, why);
	return 0;
}

/* Only our window's card is kept of a picture of somebody's whole screen. */
static struct picture cut_to_card(const struct picture *screen, const struct card *card, uint32_t x,
				  uint32_t y)
{
	return (struct picture){
		.pixels = screen->pixels + (size_t)y * screen->width + x,
		.width = card->width,
		.height = card->height,
		.stride = screen->stride,
	};
}

/* The card as the screen shows it, in the memory of its format, is judged like any other. */
static int judge_colours(struct stage *stage, const struct card_expect *expect,
			 const struct picture *seen, struct why *why)
{
	const struct card *card = &stage->card;
	size_t stride = (size_t)card->width * buffer_pixel_bytes(card->fourcc);
	uint8_t *mem = malloc(stride * card->rows);

	if (!mem)
		return why_set(why, -ENOMEM, "the card of the screenshot: out of memory");
	for (uint32_t y = 0; y < card->height; y++)
		card_from_colours(card, picture_row(seen, y), card->width, mem + y * stride);
	card_judge(card, expect, mem, stride, stage->map);
	free(mem);
	return 0;
}

static int keep(const struct picture *picture, const struct shot *shot, struct why *why)
{
	return shot->path ? picture_save(picture, shot->path, why) : 0;
}

/* The colours that the card should have, into newly allocated @want->colours. */
static int expected_colours(const struct card *card, const struct card_expect *expect,
			    struct alike_picture *want)
{
	size_t stride = (size_t)card->width * buffer_pixel_bytes(card->fourcc);
	uint32_t *colours = malloc((size_t)card->width * card->height * 4);
	uint8_t *mem = malloc(stride * card->rows);

	if (colours && mem) {
		card_draw(card, expect->serial, expect->rest, card_whole(card), mem, stride);
		card_draw(card, expect->serial, expect->frame, expect->part, mem, stride);
		for (uint32_t y = 0; y < card->height; y++)
			card_colours(card, mem, stride, y, colours + (size_t)y * card->width);
		*want = (struct alike_picture){ colours, card->width, card->height,
						(size_t)card->width * 4 };
		colours = NULL;
	}
	free(mem);
	free(colours);
	return want->colours ? 0 : -ENOMEM;
}

/*
 * Where 8 bits of colour do not tell the format's bits:
 * does it look as it should? That is no verdict, but said.
 */
static int judge_by_colour(struct stage *stage, const struct shot *shot,
			   const struct picture *screen, struct record *record, struct why *why)
{
	const struct alike_picture seen = { screen->pixels, screen->width, screen->height,
					    screen->stride };
	const char *name = stage->options->format->name;
	struct alike_picture want = { NULL };
	struct alike found;
	char text[200];
	bool fits;

	if (expected_colours(&stage->card, shot->expect, &want))
		return why_set(why, -ENOMEM, "the colours of the card: out of memory");
	fits = alike_find(&want, &seen, &found);
	free((void *)want.colours);
	snprintf(text, sizeof(text),
		 "8 bits of colour do not tell the bits of %s, so by colour alone: %u of %u blocks "
		 "of %dx%d pixels are within %d of 255 of what they should be",
		 name, found.alike, found.blocks, ALIKE_BLOCK, ALIKE_BLOCK, ALIKE_TOLERANCE);
	none_because(record, tool_name(shot->tool), fits ? text : "it is smaller than the card");
	if (shot->tool == SCREENSHOT_GRIM && !fits)
		return 0; /* a picture of other windows is not ours to keep */
	if (shot->tool == SCREENSHOT_GRIM) {
		struct picture card = cut_to_card(screen, &stage->card, found.x, found.y);

		return found.alike == found.blocks ? keep(&card, shot, why) : 0;
	}
	return keep(screen, shot, why);
}

static bool shows_bits(const struct card *card)
{
	const uint32_t black = 0;
	uint8_t pixel[8];

	return card_from_colours(card, &black, 1, pixel);
}

static int judge_screen(struct stage *stage, const struct shot *shot, const struct picture *screen,
			struct record *record, struct why *why)
{
	struct picture picture = *screen, card;
	uint32_t x, y;
	int err;

	if (!shows_bits(&stage->card))
		return judge_by_colour(stage, shot, screen, record, why);
	if (!card_find(&stage->card, shot->shown_serial, screen->pixels, screen->width,
		       screen->height, screen->stride, &x, &y)) {
		none_because(
			record, tool_name(shot->tool),
			"no bit-exact cell of the expected buffer is in the picture: the window is "
			"hidden, scaled or colour-managed, or another buffer is shown");
		if (shot->tool == SCREENSHOT_GRIM)
			return 0; /* a picture of other windows is not ours to keep */
		return keep(screen, shot, why);
	}
	card = cut_to_card(screen, &stage->card, x, y);
	err = judge_colours(stage, shot->expect, &card, why);
	if (err)
		return err;
	cell_count_add(&record->screenshot, &stage->card, shot->expect->frame, stage->map);
	record->has_screenshot = true;
	if (shot->tool == SCREENSHOT_GRIM) {
		record->screen_shared = true;
		picture = card;
	}
	return keep(&picture, shot, why);
}

static int take_in_folder(struct stage *stage, struct shot *shot, struct record *record,
			  struct why *why)
{
	struct picture screen;
	char text[128];
	int status, err;
	pid_t pid;

	err = start_tool(shot, &pid);
	if (err)
		return none_because(record, tool_name(shot->tool),
				    err == -ENOENT ? "is not installed" : strerror(-err));
	err = wait_tool(stage, pid, &status, why);
	if (err == -ETIME)
		return none_because(record, tool_name(shot->tool), "took longer than a minute");
	if (err == -EINTR || err == -ECHILD)
		return none_because(record, tool_name(shot->tool), "interrupted");
	if (err)
		return err;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) /* env's word for it */
		return none_because(record, tool_name(shot->tool), "is not installed");
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		snprintf(text, sizeof(text), "failed (wait status 0x%x); see what it printed above",
			 (unsigned int)status);
		return none_because(record, tool_name(shot->tool), text);
	}
	if (each_file(shot, NULL) != 1 || picture_load(&screen, shot->file, why))
		return none_because(record, tool_name(shot->tool), "left no picture");
	err = judge_screen(stage, shot, &screen, record, why);
	free(screen.pixels);
	return err;
}

/* There is one staleline card; its debugfs folder may have two names. */
static int find_scanout(glob_t *found)
{
	int ret = glob("/sys/kernel/debug/dri/*/scanout", GLOB_ERR, NULL, found);

	return ret == GLOB_ABORTED ? -EACCES : ret ? -ENOENT : 0;
}

/*
 * What the module's display shows, from its debugfs: no compositor is asked. Reading waits for the
 * next vertical blank, which is short enough not to answer the compositor meanwhile.
 */
static int take_scanout(struct stage *stage, const struct shot *shot, struct record *record,
			struct why *why)
{
	struct picture screen;
	glob_t found = { 0 };
	char comment[128];
	int err = find_scanout(&found);

	if (err) {
		globfree(&found);
		return none_because(record, tool_name(shot->tool),
				    err == -EACCES
					    ? "/sys/kernel/debug/dri can't be read: that takes root"
					    : "no /sys/kernel/debug/dri/*/scanout: is staleline.ko "
					      "loaded, debugfs mounted, and are you root?");
	}
	err = picture_load_ppm(&screen, found.gl_pathv[0], comment, sizeof(comment), why);
	globfree(&found);
	if (err) {
		none_because(record, tool_name(shot->tool),
			     err == -ENODATA ? "its display is off" : why->text);
		why->text[0] = '\0';
		return 0;
	}
	snprintf(record->screenshot_of, sizeof(record->screenshot_of), "%s", comment);
	err = judge_screen(stage, shot, &screen, record, why);
	free(screen.pixels);
	return err;
}

int screenshot_take(struct stage *stage, const struct card_expect *expect, uint32_t shown_serial,
		    const char *path, struct record *record, struct why *why)
{
	const char *tmp = getenv("TMPDIR");
	struct shot shot = {
		.path = path,
		.tool = stage->options->screenshot_with,
		.shown_serial = shown_serial,
		.expect = expect,
	};
	int len, err;

	if (shot.tool == SCREENSHOT_NONE) {
		const char *said = stage->options->screenshot_why;

		snprintf(record->screenshot_why, sizeof(record->screenshot_why), "%s",
			 said ? said : "");
		return 0;
	}
	if (shot.tool == SCREENSHOT_SCANOUT)
		return take_scanout(stage, &shot, record, why);
	len = snprintf(shot.dir, sizeof(shot.dir), "%s/staleline-XXXXXX",
		       tmp && *tmp ? tmp : "/tmp");
	if (len < 0 || (size_t)len >= sizeof(shot.dir))
		return none_because(record, "a private folder for it under $TMPDIR",
				    "its path is too long");
	if (!mkdtemp(shot.dir))
		return none_because(record, "a private folder for it under $TMPDIR",
				    strerror(errno));
	snprintf(shot.file, sizeof(shot.file), "%s/screen.png", shot.dir);
	err = take_in_folder(stage, &shot, record, why);
	remove_folder(&shot);
	return err;
}
