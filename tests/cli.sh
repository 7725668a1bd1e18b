#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The command line on a machine without a compositor: what is wrong, said clearly, with its exit code.
# usage: tests/cli.sh PATH-OF-STALELINE
set -u
staleline=$1
here=$(dirname "$0")
# shellcheck source=tests/guest/lib.sh
. "$here/guest/lib.sh"
unset WAYLAND_DISPLAY WAYLAND_SOCKET XDG_RUNTIME_DIR

wrong()
{
	name=$1 text=$2
	shift 2
	expect 2 "$name" "$text" "$staleline" "$@"
}

expect 0 "--help" "usage: staleline" "$staleline" --help
expect 0 "--version" "^staleline [0-9]" "$staleline" --version
expect 0 "show --help" "usage: staleline" "$staleline" show --help
expect 0 "--list-faults" "wrong-buffer (breaks no rule of SYNC; control: overwrite)" "$staleline" --list-faults
wrong "a format that there is none of" "--format=XR99: not a format that there is a card for" --format=XR99
wrong "a format without a name" "--format=: a value must stand there" --format=
wrong "planes that are neither" "--planes=two: not joint or disjoint" show --planes=two
wrong "disjoint planes of a format that has one" "--planes=disjoint: XRGB8888 has one plane; --format=NV12 and P010" show --planes=disjoint
wrong "the same, of YUV" "YUYV has one plane" --format=YUYV --planes=disjoint
wrong "disjoint planes for jobs" "jobs take one dma-buf: not beside --peer=jobs" --format=NV12 --planes=disjoint --peer=jobs
wrong "nor to be written by them" "or --writer=jobs" --format=P010 --planes=disjoint --order=read --writer=jobs
wrong "disjoint planes, and an order about a map" "--fault=private-map: is about the map of one dma-buf" \
	--format=NV12 --planes=disjoint --frames=2 --fault=private-map
expect 4 "disjoint planes that can be tried" "" "$staleline" show --format=NV12 --planes=disjoint
expect 4 "--list-formats where there is nothing" "^ARGB8888 *AR24 *0x34325241 *? *? *?" \
	"$staleline" --list-formats --exporter=udmabuf
wrong "no such sync" "not auto, implicit, sync-file or syncobj" show --sync=explicit
wrong "no such import" "not 0 or 1" show --import-immediate=2
wrong "no such explicit sync" "not 0 or 1" show --explicit-sync=yes
wrong "an order of another kind of sync" "--order=read-by-snapshot: can.t be performed with a compositor" \
	show --order=read-by-snapshot
wrong "a fault of another kind" "--fault=no-release: can.t be performed with a compositor" \
	show --peer=jobs --frames=2 --fault=no-end --fault=no-release
wrong "a fault whose control is of another kind" "--fault=snapshot-early: can.t be performed with a compositor" show --fault=snapshot-early
wrong "whoever can't read on" "--order=overwrite-after-read: needs a peer that reads on while the CPU writes: --peer=jobs" \
	show --order=overwrite-after-read --peer=egl
wrong "nor its faults" "--fault=wait-in-only: needs a peer that reads on" show --fault=wait-in-only --peer=none
expect 4 "with one that reads on it is tried" "" "$staleline" show --fault=wait-in-only --peer=jobs
wrong "unknown command" "no command 'chek'; there are: show, check, list" chek
expect 0 "--help names list" "staleline list" "$staleline" --help
expect 0 "list --help" "usage: staleline list" "$staleline" list --help
expect 0 "list --version" "^staleline [0-9]" "$staleline" list --version
wrong "list: unknown option" "see staleline list --help" list --frobnicate
wrong "list: a file as a word" "goes into --json=FILE" list --json r.json
wrong "list: a file without a name" "--json=: a value" list --json=
expect 0 "--help names check" "staleline check" "$staleline" --help
expect 0 "help" "usage: staleline" "$staleline" help
expect 0 "help check" "usage: staleline check" "$staleline" help check
wrong "help for no command" "no command" help frobnicate
expect 0 "check --help" "usage: staleline check" "$staleline" check --help
expect 0 "check --version" "^staleline [0-9]" "$staleline" check --version
expect 0 "check --list-faults" "no-bracket (breaks" "$staleline" check --list-faults
wrong "check: unknown option" "see staleline check --help" check --frobnicate
wrong "check: a stray word" "takes options only" check udmabuf
wrong "check: no value" "--frames=: a value must stand there" check --frames=
wrong "check: no frames" "check --frames=0: not a whole number" check --frames=0
wrong "check: a sign" "check --frames=+5: not a whole number" check --frames=+5
wrong "check: a tail" "check --frames=5x: not a whole number" check --frames=5x
wrong "check: more frames than a card counts" "from 1 to 524288" check --frames=524289
wrong "check: too large" "MiB from 1 to 1024" check --max-size=2000
wrong "check: no time" "seconds from 1" check --timeout=0
wrong "check: half a size" "not WIDTHxHEIGHT" check --size=64
wrong "check: a size with a tail" "not WIDTHxHEIGHT" check --size=64x64x
wrong "check: a size with a sign" "not WIDTHxHEIGHT" check --size=64x-64
wrong "check: a size below a cell" "not WIDTHxHEIGHT" check --size=15x1
wrong "check: a size beyond" "not WIDTHxHEIGHT" check --size=16x99999
wrong "check: no such fault" "no fault \"nothing\"; there are: all, none, or some of: wrong-buffer" check --faults=no-end,nothing
wrong "check: a control is no fault" "no fault \"read\"" check --faults=read
wrong "check: an empty name" "no fault \"\"" check --faults=no-end,,no-bracket
wrong "check: no such kind of sync" "check --sync=explicit: not some of implicit, sync-file, syncobj" check --sync=explicit
wrong "check: a kind cut short" "check --sync=sync: not some of" check --sync=sync
wrong "check: a kind and nothing" "check --sync=implicit,: not some of" check --sync=implicit,
wrong "check: a fault of another kind of sync" "no-release can't be performed by any --sync=" check --faults=no-end,no-release --sync=implicit,sync-file
wrong "check: the other way round" "snapshot-early can't be performed" check --sync=syncobj --faults=snapshot-early
expect 0 "check --list-faults tells the kinds" "only by: syncobj sync" "$staleline" check --list-faults
wrong "check: no seed" "check --seed=0: not a whole number" check --seed=0
wrong "check: too many seeds" "from 1 to 10000" check --seeds=10001
wrong "check: a seed with a tail" "check --seeds=5x" check --seeds=5x
wrong "check: no time to write in" "microseconds from 1" check --write-us=0
wrong "check: two formats" "not both" check --ktap --markdown
wrong "check: no time" "check --duration=0: not a time" check --duration=0
wrong "check: a time in weeks" "as 90, 90s, 10m or 8h" check --duration=2w
wrong "check: a unit alone" "not a time" check --duration=m
wrong "check: a sign before a time" "not a time" check --duration=-5m
wrong "check: longer than a month" "30 days" check --duration=721h
wrong "check: no threads" "from 1 to 32" check --duration=1 --threads=0
wrong "check: a storm without a soak" "say --duration=" check --interrupt
wrong "check: threads without a soak" "say --duration=" check --threads=2
wrong "check: faults in a soak" "not beside --faults=" check --duration=1 --faults=no-end
wrong "check: frames in a soak" "not beside --frames=" check --duration=1 --frames=5
wrong "check: seeds in a soak" "not beside --seeds=" check --duration=1 --seeds=5
wrong "check: no such exporter" "there are: auto" check --exporter=ion
wrong "check: auto is no exporter" "name one" check --exporter=auto
wrong "check: no such peer" "egl, jobs or scanout" check --peer=none
# A device node that is there on no machine, so that nothing can be checked wherever this runs.
expect 4 "check: a device that is not there" "/dev/dri/card9999" "$staleline" check --drm-device=/dev/dri/card9999
expect 4 "check: as KTAP nothing is a plan of none" "^1..0 # SKIP" "$staleline" check --ktap --drm-device=/dev/dri/card9999
wrong "check: one file is nothing to compare" "takes two result files" check --compare a.json
expect 3 "check: a file that is not there" "nowhere.json" "$staleline" check --compare /nowhere.json /nowhere.json
expect 3 "check: a folder that can't be made" "make the folder /nowhere/d" "$staleline" check --save=/nowhere/d
wrong "unknown option" "frobnicate" show --frobnicate
wrong "a stray word" "takes options only" show card
wrong "size 0" "--size=0x0" --size=0x0
wrong "size without x" "--size=100" --size=100
wrong "size not a number" "--size=axb" --size=axb
wrong "size with a tail" "--size=100x100x" --size=100x100x
wrong "size with a sign" "--size=+64x64" --size=+64x64
wrong "frames with a blank" "--frames= 5" "--frames= 5"
wrong "size negative" "--size=-5x5" --size=-5x5
wrong "size huge" "16384x16384" --size=99999x99999
wrong "size beyond 64 bits" "16384x16384" --size=99999999999999999999x1
wrong "frames 0" "--frames=0" --frames=0
wrong "frames not a number" "--frames=ten" --frames=ten
wrong "frames empty" "--frames=: a value must stand there" --frames=
wrong "a device without a name" "--drm-device=: a value" --drm-device=
wrong "a screenshot without a tool" "needs --screenshot-with=" --screenshot=s.png
wrong "buffers 1" "2, 3 or 4" --buffers=1
wrong "buffers 5" "2, 3 or 4" --buffers=5
wrong "no such exporter" "there are: auto, staleline, staleline:MODE, gbm, dma-heap" --exporter=ion
wrong "an exporter that takes no argument" "udmabuf" --exporter=udmabuf:x
wrong "a heap outside of its folder" "dma-heap" --exporter=dma-heap:../null
wrong "no such fault" "there are: wrong-buffer" --fault=nothing
wrong "a control is no fault" "no such fault" --fault=overwrite
wrong "a fault is no control" "no such order" --order=wrong-buffer
wrong "a fault with another's control" "its control is --order=overwrite" --fault=wrong-buffer --order=read
wrong "a fault needs a peer" "a peer that looks" --fault=wrong-buffer --peer=none
wrong "reading needs a peer" "peer that writes" --order=read --peer=none
wrong "no such peer" "egl, jobs or none" --peer=vulkan
wrong "a peer that can't be beside a compositor" "DRM master" --peer=scanout
wrong "no such mode of the module" "there are: coherent, noncoherent, trap" --exporter=staleline:fast
wrong "a fault of reading with another's control" "its control is --order=read" --fault=read-no-wait --order=overwrite
wrong "several faults without an end" "several faults need --frames=" --fault=no-end --fault=read-no-wait
wrong "a fault twice" "--fault=no-end: given twice" --frames=1 --fault=no-end --fault=no-bracket --fault=no-end
wrong "no fault to be noticed" "there is no --fault=" --faults-noticed
wrong "a fault of reading needs a writer" "a peer that writes" --fault=read-no-wait --peer=none
for option in --save=a.png --save-card=a.png --save-heatmap=a.png --screenshot=a.png; do
	wrong "$option beside --save-each" "not beside" --save-each=/tmp "$option" --screenshot-with=grim
done
wrong "the first fault decides the order" "its control is --order=overwrite" --frames=1 --fault=no-end --fault=read-no-wait \
	--order=read
wrong "no such writer" "egl or jobs" --writer=none
wrong "a writer that only reads" "egl or jobs" --writer=scanout
wrong "no such GL" "auto, es3 or es2" --gl=es1
wrong "a tool without a file" "--screenshot=FILE" --screenshot-with=grim
wrong "an option without its value" "requires an argument" --frames
expect 4 "a fault of reading needs no peer that looks" "XDG_RUNTIME_DIR" "$staleline" --frames=1 --fault=read-no-wait \
	--peer=none --writer=jobs

# unread COMMAND...: its standard output is a pipe that nobody reads from; its exit code. Called through expect:
# shellcheck disable=SC2317,SC2329
unread()
{
	unread_code=$(mktemp)
	{
		"$@"
		echo "$?" >"$unread_code"
	} | :
	set -- "$(cat "$unread_code")"
	rm "$unread_code"
	return "$1"
}
unread_file=$(mktemp -d)
expect 3 "check: nobody reads stdout" "write to stdout: it can.t be written" \
	unread "$staleline" check --exporter=staleline --json="$unread_file/r.json" --save="$unread_file"
check "the result file is written all the same" grep -q '"verdict":"skipped"' "$unread_file/r.json"
check "the machine too" grep -q '"llc_size"' "$unread_file/machine.json"
rm -r "$unread_file"

# Each option is told of, in --help and in the manual.
options=$(grep -o '{ "[a-z-]*", [a-z]*_argument' "$here/../src/cmd/check_options.c" | cut -d'"' -f2)
for option in $options; do
	expect 0 "check --help knows --$option" "--$option\b" "$staleline" check --help
	check "the manual knows --$option of check" grep -q -e "--$option\b" "$here/../data/staleline.1.scd"
done
options=$(sed -n 's/^\t{ "\([a-z-]*\)", .*/\1/p' "$here/../src/cmd/options.c")
for option in $options; do
	expect 0 "--help knows --$option" "--$option\b" "$staleline" --help
	check "the manual knows --$option" grep -q -e "--$option\b" "$here/../data/staleline.1.scd"
done

# Each fault is in the manual of the check; and those that access.c doesn't notice are where it says why, and no others.
page=$here/../docs/check.md
sed -n '/^The state machine of .access.c. sees calls/,/^## /p' "$page" | sed 's/:.*//' >"$last_output.unseen"
"$staleline" --list-faults | awk '/^[a-z-]+ \(breaks / { if (name) print name, access; name = $1; access = "no" }
	/^ +noticed by:.* access/ { access = "yes" }
	END { print name, access }' >"$last_output.faults"
check "there are faults" grep -q "^no-start yes$" "$last_output.faults"
while read -r name access; do
	word="\(^\|[^a-z-]\)$name\([^a-z-]\|$\)"
	check "docs/check.md has $name" grep -q "$word" "$page"
	if [ "$access" = no ]; then
		check "and why access.c can't tell" grep -q "$word" "$last_output.unseen"
	else
		expect 1 "and not that access.c can't tell" "" grep -q "$word" "$last_output.unseen"
	fi
done <"$last_output.faults"
rm "$last_output.faults" "$last_output.unseen"

expect 4 "no runtime folder" "XDG_RUNTIME_DIR" "$staleline" --frames=1
XDG_RUNTIME_DIR=$(mktemp -d)
export XDG_RUNTIME_DIR
expect 4 "no compositor" "WAYLAND_DISPLAY" "$staleline" --frames=1
expect 4 "no such compositor" "wayland-nowhere" "$staleline" --frames=1 --display=wayland-nowhere
result=$XDG_RUNTIME_DIR/r.json
expect 4 "a result file even then" "compositor\|WAYLAND_DISPLAY" "$staleline" --frames=1 --json="$result"
check "which says skipped" grep -q '"verdict":"skipped"' "$result"
rm -r "$XDG_RUNTIME_DIR"
done_testing
