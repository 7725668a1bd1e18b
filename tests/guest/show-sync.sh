# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=900
# kernels: all
#
# The kinds of sync of `staleline show`, with the kernel's own timelines, eventfds and fences, against the scripted server of
# tests/protocol: it checks what a compositor can check, and does what a slow one does. Timelines are the module's; fences
# that outlive the release are vgem's.
#
# Functions are called by way of check and expect:
# shellcheck disable=SC2317,SC2329
# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

small=--size=256x192

# on_vgem COMMAND...: COMMAND with the scripted server on vgem, whose fences the server attaches.
on_vgem()
{
	XDG_RUNTIME_DIR=/tmp scripted fences "--drm=$vgem" -- "$@"
}

# at_most NUMBER FILE CALL: a trace of strace has this call so often at most.
at_most()
{
	at_most_count=$(grep -c "$3" "$2")
	echo "$3: $at_most_count"
	[ "$at_most_count" -le "$1" ]
}

check "modules" modprobe -a drm drm_kms_helper vgem
check "staleline.ko" insmod "$(kmod_ko)"
device=/dev/dri/$(card_of staleline)
vgem=/dev/dri/$(card_by_driver vgem)
# Whose buffers, where a test is not about them: Debian's 6.1 has no udmabuf.
plain=udmabuf
[ -e /dev/udmabuf ] || plain=staleline:coherent

# until_told WORDS COMMAND...: COMMAND until it has said WORDS, however many frames that takes, but a minute at most.
until_told()
{
	told_words=$1
	shift
	told_log=$(mktemp)
	"$@" >"$told_log" 2>&1 &
	told_pid=$!
	told_tenths=0
	while [ "$told_tenths" -lt 600 ] && ! grep -q "$told_words" "$told_log" && kill -0 "$told_pid" 2>/dev/null; do
		sleep 0.1
		told_tenths=$((told_tenths + 1))
	done
	interrupt_it
	told_code=0
	wait "$told_pid" || told_code=$?
	cat "$told_log"
	rm -f "$told_log"
	return "$told_code"
}

for exporter in udmabuf dma-heap staleline:noncoherent gbm; do
	case $exporter in
	udmabuf) [ -e /dev/udmabuf ] ;;
	dma-heap) [ -d /dev/dma_heap ] ;;
	esac || {
		skip "explicit sync of $exporter" "this kernel has none"
		continue
	}
	expect 4 "explicit sync of $exporter: 30 frames with points" "scripted: 30 commits, 30 with points, 3 buffers, 4 timelines" \
		against explicit staleline show --frames=30 $small --peer=none "--exporter=$exporter"
done
expect 0 "explicit sync, and every cell is fresh for jobs of the module" "cells *61440 checked, 61440 fresh" \
	against explicit staleline show --frames=20 $small --exporter=staleline:noncoherent --peer=jobs --json=/out/explicit.json
check "the result file says syncobj" grep -q '"sync": *"syncobj"' /out/explicit.json
expect 0 "explicit sync, a missing END is noticed" "no-end: noticed" \
	against explicit staleline show --frames=20 $small --exporter=staleline:noncoherent --peer=jobs --fault=no-end
expect 0 "explicit sync, a buffer committed while it is pending" "wrong-buffer: noticed" \
	against explicit-again staleline show --frames=20 $small --exporter=staleline:noncoherent --peer=jobs --fault=wrong-buffer
expect 0 "explicit sync, the CPU reads what the peer wrote" "read: ok" \
	against explicit staleline show --frames=20 $small --exporter=staleline:noncoherent --peer=jobs --order=read
expect 4 "the trace tells of the points" \
	"release point signalled (R7) | SYNC START WRITE (R1 R10) ok | write 3072 cells | SYNC END WRITE (R2) ok | submit (R6) ok | acquire point signalled (R24), attach" \
	against explicit staleline show --frames=3 $small --peer=none --exporter=$plain --trace
expect 4 "auto takes explicit sync and says why" "sync: syncobj: the compositor offers it, and $device makes timelines" \
	against explicit staleline show --frames=3 $small --peer=none --exporter=$plain
expect 4 "auto without it says why" "sync: implicit: the compositor offers no wp_linux_drm_syncobj_manager_v1" \
	against implicit staleline show --frames=3 $small --peer=none --exporter=$plain
expect 4 "implicit though explicit is offered" "scripted: 3 commits, 0 with points" \
	against explicit staleline show --frames=3 $small --peer=none --exporter=$plain --explicit-sync=0
expect 4 "explicit sync that can't be had" "--sync=syncobj: the compositor offers no" \
	against implicit staleline show --frames=3 $small --peer=none --exporter=$plain --explicit-sync=1

# Feedback for the window that changes while it is shown.
expect 0 "feedback changes: each buffer is made anew, and every cell stays fresh" "cells *61440 checked, 61440 fresh" \
	against feedback staleline show --frames=20 $small --exporter=staleline:noncoherent --peer=jobs
expect 4 "and it is told" "buffer 6 takes the place of buffer [123]: XR24 LINEAR for device 226:0, fit for scanout" \
	against feedback staleline show --frames=20 $small --peer=none --exporter=$plain
expect 4 "and no frame is lost" "scripted: 20 commits, 20 with points, 6 buffers, 7 timelines" \
	against feedback staleline show --frames=20 $small --peer=none --exporter=$plain
expect 4 "create_immed" "scripted: 5 commits" \
	against implicit staleline show --frames=5 $small --peer=none --exporter=$plain --import-immediate=1
expect 4 "--verbose tells what was offered and taken" "taken: XR24 LINEAR for device 226:128; the CPU needs LINEAR" \
	against implicit staleline show --frames=3 $small --peer=none --exporter=$plain --verbose

# A release point that comes late: looked at, then slept for.
expect 4 "late release points" "scripted: 20 commits, 20 with points" \
	against explicit-late strace -f -o /tmp/late.txt staleline show --frames=20 $small --peer=none --exporter=$plain
case $(uname -r) in
6.1.*) check "a kernel without eventfds for points is looked at now and then" at_most 1 /tmp/late.txt "SYNCOBJ_EVENTFD\|0xcf," ;;
*)
	check "late release points are told by an eventfd" grep -q "SYNCOBJ_EVENTFD\|0xcf," /tmp/late.txt
	check "and by no loop that spins" at_most 120 /tmp/late.txt "poll("
	;;
esac

# Fences in the dma-buf after the release: 300 ms each time, and no wait of ours that blocks.
for sync in implicit sync-file; do
	expect 4 "fences after the release, $sync" "scripted: 12 commits" \
		on_vgem strace -f -o "/tmp/$sync.txt" staleline show --frames=12 $small --peer=none --exporter=gbm "--drm-device=$vgem" "--sync=$sync"
	check "no poll of one buffer alone that blocks, $sync" at_most 0 "/tmp/$sync.txt" "poll(\[{fd=[0-9]*, events=POLLOUT}\], 1, [1-9]"
	check "and no loop that spins, $sync" at_most 200 "/tmp/$sync.txt" "poll("
done

# A buffer that never comes back.
for script in explicit implicit; do
	case $script in
	explicit) waits="the compositor to signal its release point" ;;
	*) waits="wl_buffer.release" ;;
	esac
	late="buffer 1 has not come back for 5 s: it waits for $waits; the window goes on"
	expect 4 "a buffer never comes back, $script" "$late" \
		until_told "$late" against "$script-but-first" staleline show $small --peer=none --exporter=$plain
done

# steady MAX SCRIPT OPTION...: what the median of 300 frames takes: counted, not timed. Where the vDSO can't read the clock that
# the kernel has taken, as in an emulated guest with 6.1, each look at it is a syscall too, and is left out.
steady()
{
	steady_name="a steady frame takes at most $1 syscalls (median of 300): $2 $3"
	steady_max=$1
	steady_script=$2
	shift 2
	case $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource) in
	tsc | kvm-clock | hyperv* | arch_sys_counter) steady_but= ;;
	*) steady_but=--ignore=clock_gettime ;;
	esac
	check "$steady_name" against "$steady_script" syscalls --skip=30 --frames=300 "--max=$steady_max" --status=4 \
		${steady_but:+"$steady_but"} -- staleline show --frames=340 $small --peer=none --exporter=$plain "$@"
}

steady 7 implicit --sync=implicit
steady 8 explicit --sync=syncobj
steady 9 implicit --sync=sync-file
check "a steady frame calls malloc never from our own text, syncobj" \
	against explicit sh -c ". ./tests/guest/lib-staleline.sh; LIMIT=300 slower=$slower;
		mallocs_none 300 staleline show --frames=340 $small --peer=none --exporter=$plain"

expect 4 "explicit sync under the sanitizers" "skipped" asan_against explicit --frames=10 $small --peer=none --exporter=$plain
expect 4 "late release points under the sanitizers" "skipped" asan_against explicit-late --frames=10 $small --peer=none --exporter=$plain
expect 4 "sync_files under the sanitizers" "skipped" asan_against implicit --frames=10 $small --peer=none --exporter=$plain --sync=sync-file
done_testing
