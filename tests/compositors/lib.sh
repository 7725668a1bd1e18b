# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What the runners of this folder share: one compositor each, and a row for each kind of buffer, judged by a picture of what
# it shows. A runner is a guest suite (tests/guest/lib.sh), is run by `./test compositors`, and leaves its rows in
# /out/table.md for docs/compositors.md. What a compositor can't do is in it as what it is: a row that comes out other than is
# expected here is a failure, and news for docs/compositors.md.

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/../guest/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/../guest/lib-staleline.sh"

# How its version says what it is, and which output and device: the runner's.
compositor=
# Its process; and the client's way of taking a picture.
compositor_pid=
picture_by=
# llvmpipe paints in threads of its own, and no fence tells when they are done: a picture may be half of two frames.
export LP_NUM_THREADS=0

load_module()
{
	modprobe -a drm drm_kms_helper && insmod "$(kmod_ko)" "$@"
}

# start_compositor SOCKET COMMAND...: returns when it takes clients, with WAYLAND_DISPLAY set; its log is /out/SOCKET.log.
# False if it ends before.
start_compositor()
{
	start_socket=$1
	shift
	rm -f "$XDG_RUNTIME_DIR/$start_socket" "$XDG_RUNTIME_DIR/$start_socket.lock"
	"$@" >"/out/$start_socket.log" 2>&1 &
	compositor_pid=$!
	start_tries=$((120 * slower))
	until listens "$XDG_RUNTIME_DIR/$start_socket"; do
		start_tries=$((start_tries - 1))
		if ! kill -0 "$compositor_pid" 2>/dev/null || [ "$start_tries" -le 0 ]; then
			tail -n 15 "/out/$start_socket.log"
			stop_compositor
			return 1
		fi
		sleep 0.5
	done
	export WAYLAND_DISPLAY="$start_socket"
}

# on_weston_drm NAME SHELL: Weston with its DRM backend on the card of the module.
on_weston_drm()
{
	if start_weston_drm "$1" card0 "--shell=$2"; then
		# weston_pid is vm/weston.sh's.
		# shellcheck disable=SC2154
		compositor_pid=$weston_pid
	else
		not_ok "weston starts: $1"
	fi
}

# stop_compositor: false if it had died before.
stop_compositor()
{
	stop_code=0
	kill -TERM "$compositor_pid" 2>/dev/null || stop_code=1
	wait "$compositor_pid" 2>/dev/null
	unset WAYLAND_DISPLAY
	return "$stop_code"
}

# how_it_died CODE: the last words of a compositor that is gone, as the shell and the kernel tell them.
how_it_died()
{
	printf 'the compositor died (%s)' "$(kill -l "$1" 2>/dev/null || echo "exit code $1")"
	dmesg | sed -n 's/.*segfault.* in \([^[]*\)\[.*/ in \1/p' | tail -n 1
}

# judge FILE: what the result file says, as three fields: what was shown, without a copy or not, which side.
judge()
{
	python3 - "$1" <<-'END'
		import json, sys
		records = json.load(open(sys.argv[1]))["results"]
		first, last = records[0], records[-1]
		screen, told = first["screenshot"], first["presentation"]
		if screen and screen["fresh"] == screen["checked"] > 0:
		    shown = "fresh"
		elif screen:
		    shown = "%d of %d cells fresh" % (screen["fresh"], screen["checked"])
		else:
		    shown = "no picture: " + (first["screenshot_why"] or first["why"])
		copy = "yes" if told["zero_copy"] else "no" if told["presented"] else "not told"
		side = "-"
		if last["fault"]:
		    side = "not known: " + last["verdict"]
		    for name in ("the device's side", "the CPU's side"):
		        if name + " (seen" in (last["compositor"] or ""):
		            side = name
		print(shown, copy, side, sep="|")
	END
}

# row WHAT EXPORTER EXPECTED [OPTION...]: buffers of EXPORTER, shown; EXPECTED is "SHOWN|WITHOUT A COPY|SIDE", a pattern of case.
# Buffers of staleline:noncoherent are shown in order and then without END, and the module's jobs look from the device's side.
row()
{
	row_what=$1
	row_exporter=$2
	row_expected=$3
	shift 3
	row_peer=--peer=none
	if [ "$row_exporter" = staleline:noncoherent ]; then
		row_peer="--peer=jobs --fault=no-end"
	fi
	row_file=/out/$(echo "$row_what-$row_exporter" | tr -s ' ,:' -)
	# A compositor listens before it answers.
	for row_try in 1 2 3 4 5; do
		rm -f /tmp/row.json
		row_code=0
		# shellcheck disable=SC2086
		timeout -k 5 "$((LIMIT * slower))" staleline show $row_peer --frames=20 "--exporter=$row_exporter" \
			--json=/tmp/row.json "--screenshot-with=$picture_by" "--screenshot=$row_file.png" "$@" \
			>"$row_file.log" 2>&1 || row_code=$?
		grep -q "did not answer within" "$row_file.log" || break
		sleep "$row_try"
	done
	row_got=$(judge /tmp/row.json 2>/dev/null) || row_got="no result (exit code $row_code)|-|-"
	# One that is dying may still be there for a moment.
	sleep 1
	if ! kill -0 "$compositor_pid" 2>/dev/null; then
		row_code=0
		wait "$compositor_pid" || row_code=$?
		row_got="$(how_it_died "$row_code")|-|-"
	fi
	echo "| $compositor | $row_what | $row_exporter | $(echo "$row_got" | sed 's/|/ | /g') |" | tee -a /out/table.md |
		sed 's/^/# /'
	# The pattern is meant to be one.
	# shellcheck disable=SC2254
	case $row_got in
	$row_expected) ok "$compositor, $row_what, $row_exporter: $row_got" ;;
	*)
		not_ok "$compositor, $row_what, $row_exporter" "got $row_got
expected $row_expected
$(tail -n 12 "$row_file.log")"
		;;
	esac
}

# rows WHAT EXPECTED [OPTION...]: the same of all exporters that show what they show anywhere; and EXPECTED of the side.
rows()
{
	rows_what=$1
	rows_expected=$2
	rows_side=$3
	shift 3
	for rows_exporter in gbm udmabuf dma-heap; do
		row "$rows_what" "$rows_exporter" "$rows_expected|-" "$@"
	done
	row "$rows_what" staleline:noncoherent "$rows_expected|$rows_side" "$@"
}
