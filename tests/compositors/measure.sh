# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=2400
#
# What docs/performance.md says of times: from START to the commit and from there to the screen, by each kind of sync; and
# what the compositor's CPU has to do for a frame, by a dma-buf of ours and by wl_shm. Counts are asserted. Times are printed,
# in /out/measure.md too: they are this machine's, and only what was measured in one run may be held against each other.
#
# Functions are called by way of check:
# shellcheck disable=SC2317,SC2329
# shellcheck source=tests/compositors/lib.sh
. "$(dirname "$0")/lib.sh"

frames=120

# told FILE: the table's numbers of a result file, in ms: START to commit, commit to presented, and how many were asked.
told()
{
	python3 - "$1" <<-'END'
		import json, sys
		r = json.load(open(sys.argv[1]))["results"][0]
		drawn, shown = r["start_to_commit"], r["presentation"]["commit_to_presented"]
		print(drawn["mean_us"], shown["mean_us"], shown["count"])
	END
}

# has FILE EXPRESSION: python, of the RECORD r and of p, its presentation
has()
{
	python3 - "$@" <<-'END'
		import json, sys
		r = json.load(open(sys.argv[1]))["results"][0]
		p = r["presentation"]
		print(p)
		sys.exit(not eval(sys.argv[2]))
	END
}

# shown FRAMES COMMAND...: a run of so many frames, nobody looking; 4 is the exit code of that. Its result is in /tmp/m.json.
shown()
{
	shown_frames=$1
	shown_code=0
	shift
	rm -f /tmp/m.json
	timeout -k 5 "$LIMIT" "$@" "--frames=$shown_frames" --peer=none --json=/tmp/m.json >/tmp/m.log 2>&1 || shown_code=$?
	[ "$shown_code" -eq 4 ] && has /tmp/m.json "r['frames'] == $shown_frames"
}

# --- by kind of sync ---

# by_sync WHERE SYNC COMMAND...: one row for the table of times
by_sync()
{
	sync_where=$1
	sync_kind=$2
	shift 2
	if ! shown "$frames" "$@" --size=256x192 --no-hud --exporter=udmabuf "--sync=$sync_kind"; then
		not_ok "$sync_where, $sync_kind: $frames frames" "$(tail -n 12 /tmp/m.log)"
		return
	fi
	ok "$sync_where, $sync_kind: $frames frames"
	check "it is that kind of sync, and one frame in 8 was asked about" \
		has /tmp/m.json "r['sync'] == '$sync_kind' and p['presented'] + p['discarded'] == ($frames + 7) // 8"
	# A server that answers each frame can be asked for a time of each.
	check "each has its times" has /tmp/m.json \
		"r['start_to_commit']['count'] == $frames and p['commit_to_presented']['count'] == p['presented'] > 0"
	echo "$sync_where|$sync_kind|$(told /tmp/m.json)" >>/tmp/by-sync
}

# The medians of the rounds, and each as a multiple of implicit sync in the same place.
table_by_sync()
{
	python3 - /tmp/by-sync <<-'END'
		import statistics, sys
		rows = {}
		for line in open(sys.argv[1]):
		    where, kind, numbers = line.strip().split("|")
		    rows.setdefault((where, kind), []).append([int(n) for n in numbers.split()])
		print("| server | --sync= | START to commit | ratio | commit to presented | ratio |")
		print("| --- | --- | --- | --- | --- | --- |")
		medians = {k: [statistics.median(n[i] for n in v) for i in (0, 1)] for k, v in rows.items()}
		for (where, kind), (drawn, shown) in medians.items():
		    usual = medians[where, "implicit"]
		    print("| %s | %s | %.2f ms | %.2f | %.2f ms | %.2f |" % (
		        where, kind, drawn / 1000, drawn / usual[0], shown / 1000, shown / usual[1]))
	END
}

# --- the compositor's CPU ---

# cpu: what it has used so far, user and system, all its threads: ticks of 10 ms
cpu()
{
	awk '{ print $14 + $15 }' "/proc/$compositor_pid/stat"
}

# spent FRAMES COMMAND...: a run, and the ticks that it took the compositor until it rested: what it paints behind our back
# counts. False if the run failed.
spent()
{
	spent_before=$(cpu)
	shown "$@" >/dev/null || return 1
	spent_last=$(cpu)
	while sleep 1.5 && spent_now=$(cpu) && [ "$spent_now" -ne "$spent_last" ]; do
		spent_last=$spent_now
	done
	spent_ticks=$((spent_last - spent_before))
}

# cost WHAT HOW FEW MANY COMMAND...: ms of the compositor's CPU for a frame, and whether it was copied. The difference of two
# runs: opening, closing and the first frames cancel out.
cost()
{
	cost_what=$1
	cost_how=$2
	cost_few=$3
	cost_many=$4
	cost_expected=$5
	shift 5
	cost_ticks=0
	if ! spent "$cost_few" "$@"; then
		not_ok "$cost_what, $cost_how: $cost_few frames" "$(tail -n 12 /tmp/m.log)"
		return
	fi
	cost_ticks=$spent_ticks
	if ! spent "$cost_many" "$@"; then
		not_ok "$cost_what, $cost_how: $cost_many frames" "$(tail -n 12 /tmp/m.log)"
		return
	fi
	ok "$cost_what, $cost_how: $cost_few and $cost_many frames"
	case $cost_expected in
	"no copy") check "each frame without a copy: $cost_what, $cost_how" has /tmp/m.json "p['zero_copy'] == p['presented'] > 0" ;;
	*) check "each frame copied: $cost_what, $cost_how" has /tmp/m.json "p['zero_copy'] == 0 < p['presented']" ;;
	esac
	echo "$cost_what|$cost_how|$cost_expected|$((cost_many - cost_few)) $((spent_ticks - cost_ticks))" >>/tmp/cost
}

table_of_costs()
{
	python3 - /tmp/cost <<-'END'
		import sys
		rows = {}
		for line in open(sys.argv[1]):
		    what, how, copied, numbers = line.strip().split("|")
		    row = rows.setdefault((what, how, copied), [0, 0])
		    for i, n in enumerate(numbers.split()):
		        row[i] += int(n)
		each = {k: ticks * 10 / frames for k, (frames, ticks) in rows.items()}
		print("| window | buffers | on the way | frames | the compositor's CPU, a frame | of wl_shm's |")
		print("| --- | --- | --- | --- | --- | --- |")
		for (what, how, copied), ms in each.items():
		    shm = next(v for k, v in each.items() if k[0] == what and k[1] == "wl_shm")
		    print("| %s | %s | %s | %d | %.2f ms | 1/%.1f |" % (
		        what, how, copied, rows[what, how, copied][0], ms, shm / ms if ms > 0 else float("inf")))
	END
}

# fresh_screen PROGRAM OPTION...: what the display shows is the card, every cell of it
fresh_screen()
{
	fresh_program=$1
	shift
	timeout -k 5 "$LIMIT" "$fresh_program" show "$@" --frames=5 --peer=none --exporter=udmabuf --screenshot-with=scanout \
		--screenshot-needed "--screenshot=/out/$fresh_program.png"
}

check "the module loads" load_module
rm -f /tmp/by-sync /tmp/cost /out/measure.md

scripted="env XDG_RUNTIME_DIR=/tmp scripted"
for _ in 1 2 3; do
	# It is several words:
	# shellcheck disable=SC2086
	{
		by_sync scripted implicit $scripted implicit -- staleline show
		by_sync scripted sync-file $scripted implicit -- staleline show
		by_sync scripted syncobj $scripted explicit --drm=/dev/dri/card0 -- staleline show
	}
done
# It paints each of them.
frames=48
on_weston_drm kiosk kiosk
for _ in 1 2 3; do
	by_sync "Weston DRM" implicit staleline show
	by_sync "Weston DRM" sync-file staleline show
done

check "weston lives to the end, beside the kinds of sync" stop_weston
check "the module unloads" rmmod staleline

# fullscreen WIDTH HEIGHT: on a display of that size; every cell of it is looked at once, as a buffer that shows something else
# would be no comparison. That warms up what is compiled at its first use, too.
fullscreen()
{
	full_what="fullscreen $1x$2"
	full_cells=$(($1 * $2 / 16))
	check "the module loads for $1x$2" load_module "modes=$1x$2"
	on_weston_drm "kiosk-$1" kiosk
	set -- "--size=$1x$2" --fullscreen
	for full_program in staleline staleline-shm; do
		expect 0 "$full_what, the display shows the card: $full_program" "screenshot *$full_cells checked, $full_cells fresh" \
			fresh_screen "$full_program" "$@"
	done
	for _ in 1 2; do
		cost "$full_what" "dma-buf" 20 220 "no copy" staleline show "$@" --exporter=gbm --drm-device=/dev/dri/card0
		cost "$full_what" "wl_shm" 4 16 copied staleline-shm show "$@" --exporter=udmabuf
	done
	check "weston lives to the end, $full_what" stop_weston
	check "the module unloads again, $full_what" rmmod staleline
}
fullscreen 1024 768
fullscreen 1920 1080

check "the module loads for windows" load_module
on_weston_drm desktop desktop
set -- --size=512x384 --no-hud
# What is compiled at its first use is none of a frame's cost.
for program in staleline staleline-shm; do
	expect 0 "window 512x384, the display shows the card: $program" "screenshot *12288 checked, 12288 fresh" \
		fresh_screen "$program" "$@"
done
for _ in 1 2; do
	cost "window 512x384" "dma-buf" 8 40 copied staleline show "$@" --exporter=gbm --drm-device=/dev/dri/card0
	cost "window 512x384" "wl_shm" 8 40 copied staleline-shm show "$@" --exporter=udmabuf
done
check "weston lives to the end with windows" stop_weston
check "the module unloads" rmmod staleline

{
	table_by_sync
	echo
	table_of_costs
} | tee /out/measure.md | sed 's/^/# /'
check "both tables have all their rows" test "$(grep -c '^|' /out/measure.md)" -eq 15
done_testing
