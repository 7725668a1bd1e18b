# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# Starting and stopping Weston inside the guest, without a screen or on a card. Sourced by vm/guest-demo and
# tests/guest/lib.sh.

weston_pid=

# Whether someone listens on this unix socket: a socket file alone may be left over. The flag is the kernel's
# SO_ACCEPTCON.
listens()
{
	awk -v path="$1" '$4 == "00010000" && $8 == path { found = 1 } END { exit !found }' /proc/net/unix
}

# start_weston NAME [OPTION...]: Weston's headless backend with GL, fullscreen clients, and --debug, which lets
# weston-screenshooter in. Returns when it takes clients, with WAYLAND_DISPLAY set to NAME; its log is in /out.
start_weston()
{
	weston_name=$1
	shift
	launch_weston --backend=headless --width=1280 --height=800 "$@"
}

# card_of DEVICE: the card node of a platform device, as staleline's: card0
card_of()
{
	for card_path in /sys/class/drm/card[0-9]*; do
		grep -q "^MODALIAS=platform:$1\$" "$card_path/device/uevent" 2>/dev/null || continue
		echo "${card_path##*/}"
		return 0
	done
	return 1
}

# start_weston_drm NAME CARD [OPTION...]: the same on the DRM backend, on a card as card0. No seat daemon and no input
# devices are needed for that.
start_weston_drm()
{
	weston_name=$1
	weston_card=$2
	shift 2
	export LIBSEAT_BACKEND=builtin SEATD_VTBOUND=0
	launch_weston --backend=drm --drm-device="$weston_card" --continue-without-input "$@"
}

# The rest of both, with weston_name set.
launch_weston()
{
	weston --renderer=gl --shell=kiosk --idle-time=0 --debug --socket="$weston_name" --log="/out/$weston_name.log" \
		"$@" >"/out/$weston_name.stderr" 2>&1 &
	weston_pid=$!
	# A slow machine under emulation takes ten seconds; a minute means that it hangs.
	weston_tries=600
	until listens "$XDG_RUNTIME_DIR/$weston_name"; do
		weston_tries=$((weston_tries - 1))
		if ! kill -0 "$weston_pid" 2>/dev/null; then
			echo "weston ended before it took clients; the end of its log:" >&2
			tail -n 15 "/out/$weston_name.log" "/out/$weston_name.stderr" >&2
			weston_pid=
			return 1
		fi
		if [ "$weston_tries" -le 0 ]; then
			echo "weston doesn't take clients after 60 s; the end of its log:" >&2
			tail -n 15 "/out/$weston_name.log" >&2
			stop_weston
			return 1
		fi
		sleep 0.1
	done
	export WAYLAND_DISPLAY="$weston_name"
}

# stop_weston: false if it had died before, or had to be killed.
stop_weston()
{
	[ -n "$weston_pid" ] || return 0
	weston_alive=0
	kill -TERM "$weston_pid" 2>/dev/null || weston_alive=1
	weston_tries=100
	while kill -0 "$weston_pid" 2>/dev/null; do
		weston_tries=$((weston_tries - 1))
		if [ "$weston_tries" -le 0 ]; then
			kill -KILL "$weston_pid" 2>/dev/null
			weston_alive=1
			break
		fi
		sleep 0.1
	done
	wait "$weston_pid" 2>/dev/null
	weston_pid=
	unset WAYLAND_DISPLAY
	return "$weston_alive"
}
