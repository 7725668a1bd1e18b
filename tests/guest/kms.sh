# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# kernels: all
#
# The display of staleline.ko: modes, flips, fences, cursor, CRCs, writeback, debugfs scanout; then Weston on it, and a
# fullscreen client whose buffers are scanned out as they are.
#
# The functions below are called through check and expect:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

module=$(kmod_ko) || module=none-for-this-kernel
debugfs=/sys/kernel/debug/dri

# load [PARAMETER...]: anew, with these.
load()
{
	if grep -q '^staleline ' /proc/modules; then
		rmmod staleline || return 1
	fi
	insmod "$module" "$@"
}

# modes_are MODE...: of the connector, in this order
modes_are()
{
	kms --modes | tee /tmp/modes
	[ "$(tr '\n' , </tmp/modes)" = "$(printf '%s,' "$@")" ]
}

usual_modes()
{
	kms --modes >/tmp/modes
	cat /tmp/modes
	[ "$(head -n 1 /tmp/modes)" = "1024x768@60 preferred" ] && [ "$(wc -l </tmp/modes)" -gt 10 ]
}

# held COMMAND...: while a process reads CRCs, and has closed the card; or what $hold says
hold=--hold
held()
{
	mkfifo /tmp/hold
	kms "$hold" </tmp/hold >/tmp/held &
	exec 9>/tmp/hold
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		grep -q held /tmp/held && break
		sleep 0.5
	done
	held_code=0
	"$@" || held_code=$?
	exec 9>&-
	wait $! || held_code=2
	rm /tmp/hold
	return "$held_code"
}

# dri: the folder of our card in debugfs
dri()
{
	dri_card=$(card_of staleline) && echo "$debugfs/${dri_card#card}"
}

# scanout_tells PATTERN: the second line of the picture, soon
scanout_tells()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		head -c 200 "$(dri)/scanout" | head -n 2 | tail -n 1 | grep -a -e "$1" && return
		sleep 1
	done
	return 1
}

# The client's three buffers are the last ones that were made while it ran; Weston's own are there before it.
fullscreen()
{
	full_before=$(sed -n 's/^buffer \([0-9]*\) .*/\1/p' "$(dri)/buffers" | tail -n 1)
	timeout -k 5 "$((LIMIT * slower))" staleline show --fullscreen --exporter=gbm >/tmp/full.log 2>&1 &
	full_client=$!
	full_seen=0
	full_looks=0
	while [ "$full_seen" -lt 2 ] && [ "$full_looks" -lt 600 ] && kill -0 "$full_client" 2>/dev/null; do
		full_looks=$((full_looks + 1))
		full_buffer=$(head -c 200 "$(dri)/scanout" | sed -n 's/^# .* buffer \([0-9]*\) .*/\1/p')
		full_scanouts=$(sed -n "s/^buffer ${full_buffer:-0} .* scanouts \([0-9]*\).*/\1/p" "$(dri)/buffers")
		if [ "${full_buffer:-0}" -gt "$full_before" ] && [ "${full_scanouts:-0}" -gt 0 ]; then
			full_seen=$((full_seen + 1))
		fi
		sleep 0.2
	done
	pkill -INT -x staleline # once: two that come seconds apart, as here they may, are two
	wait "$full_client" || full_seen=0
	cat /tmp/full.log
	echo "$full_seen times a buffer of the client was on the primary plane"
	[ "$full_seen" -gt 1 ] && grep -q '^  cells .* checked, .* fresh$' /tmp/full.log
}

trace=/sys/kernel/debug/tracing

traced()
{
	echo 1 >"$trace"/events/staleline/enable
	kms >/dev/null
	echo 0 >"$trace"/events/staleline/enable
	grep -c 'staleline_flip: frame=[0-9]* primary=[1-9]' "$trace"/trace &&
		grep -c 'staleline_scanout: frame=[0-9]* primary=[1-9]' "$trace"/trace
}

# card_of is vm/weston.sh's.
modprobe vgem
modprobe drm_kms_helper
many=$(yes 64x64 | head -n 33 | paste -sd,)
for wrong in 15x64 8193x64 64x64@0 64x64@121 64 64x 64x64@ 64x64x 4294967360x64 64x64@4294967326 "64x64," abc "$many"; do
	expect 1 "modes=$(echo "$wrong" | cut -c1-12) is refused" "nvalid" insmod "$module" "modes=$wrong"
done
check "loads" load
check "1024x768 is preferred, of more" usual_modes
check "loads with modes" load modes=320x240,640x480@30
check "and has them" modes_are "320x240@60 preferred" 640x480@30
guest_tap "display" kms
check "tracepoints" traced
check "new modes are a hotplug event" kms --hotplug 17x16@1,8192x8192@120
check "and are there" modes_are "17x16@1 preferred" 8192x8192@120
expect 1 "bad ones are refused" "" sh -c 'echo 1x1 >/sys/module/staleline/parameters/modes'
check "and change nothing" grep -q '^17x16@1,8192x8192@120$' /sys/module/staleline/parameters/modes
check "none: the usual ones" kms --hotplug "
"
expect 1 "rmmod is refused while CRCs are read" "in use" held rmmod staleline
hold=--hold-fences
expect 1 "rmmod is refused while a commit's fences live" "in use" held rmmod staleline
check "and not after" load
expect 1 "debugfs scanout: the screen is off" "No data" sh -c "cat $(dri)/scanout"
# The client takes the first card that it finds.
rmmod vgem
if start_weston_drm weston-kms "$(card_of staleline)"; then
	ok "weston comes up on the card"
	check "its picture is a picture" scanout_tells '^# staleline sequence [0-9]* buffer [1-9]'
	check "a fullscreen client's buffers are on the primary plane" fullscreen
	check "weston ends" stop_weston
else
	not_ok "weston comes up on the card" "$(tail -n 20 /out/weston-kms.log)"
fi
check "unloads" rmmod staleline

done_testing
