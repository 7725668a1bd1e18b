# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --with=dbus-daemon,grim,kwin-wayland,python3-dbus,sway --timeout=900
#
# A window on sway's DRM backend, and a person at it: resized, moved, made fullscreen, scaled, and each key pressed. The keyboard
# and the mouse are the kernel's (tests/compositors/person), so what is tried is the whole way through libinput and sway. Judged
# are a picture of what the display shows, the result file, and the place and size that sway tells of the window.
#
# Functions are called by way of check and until:
# shellcheck disable=SC2317,SC2329
# shellcheck source=tests/compositors/lib.sh
. "$(dirname "$0")/lib.sh"

compositor=$(sway --version)

# until_true COMMAND...: tried again and again, two minutes at most
until_true()
{
	until_tries=240
	until "$@" >/dev/null 2>&1; do
		until_tries=$((until_tries - 1))
		if [ "$until_tries" -le 0 ]; then
			echo "never came true in two minutes: $*"
			return 1
		fi
		sleep 0.5
	done
}

person()
{
	echo "$*" >/run/person
}

# tell_sway COMMAND: it answers late while it paints
tell_sway()
{
	until_true timeout 20 swaymsg "$1"
}

# size_to WIDTH HEIGHT: sway keeps the middle where it was, which would leave the display
size_to()
{
	tell_sway "resize set $1 px $2 px, move position 100 px 100 px"
}

# window FORMAT: what sway tells of our window: a format of python with x, y, width, height (in its units) and full. False: no
# window.
window()
{
	timeout 20 swaymsg -t get_tree >/tmp/tree.json || return
	python3 - "$1" <<-'END'
		import json, sys
		def find(node):
		    if node.get("app_id") == "staleline":
		        return node
		    return next(filter(None, map(find, node["nodes"] + node["floating_nodes"])), None)
		node = find(json.load(open("/tmp/tree.json")))
		if not node:
		    sys.exit(1)
		print(sys.argv[1].format(full=node["fullscreen_mode"], **node["rect"]))
	END
}

# window_is FORMAT EXPECTED
window_is()
{
	window_got=$(window "$1")
	echo "sway says $window_got, expected $2"
	[ "$window_got" = "$2" ]
}

begin_pid=

is_gone()
{
	[ -z "$begin_pid" ] || ! kill -0 "$begin_pid" 2>/dev/null
}

# begin NAME OPTION...: a window in the background. Its trace, and each message to and from sway, is /out/NAME.log. One that
# was left behind by a failure ends.
begin()
{
	is_gone || kill -KILL "$begin_pid"
	begin_name=$1
	shift
	WAYLAND_DEBUG=client staleline show --verbose --trace "$@" "--drm-device=/dev/dri/card0" "--json=/out/$begin_name.json" \
		--screenshot-with=scanout >"/out/$begin_name.log" 2>&1 &
	begin_pid=$!
	frames 3 && until_true window "{x}"
}

drawn()
{
	grep -c '^frame ' "/out/$begin_name.log"
}

is_drawn()
{
	[ "$(drawn)" -ge "$1" ]
}

# frames N: so many more
frames()
{
	until_true is_drawn $(($(drawn) + $1))
}

# has_said TEXT: the window, since it was begun
has_said()
{
	grep -q -e "$1" "/out/$begin_name.log"
}

# finish: by the key q; what it says at the end, and its exit code
finish()
{
	person key q
	until_true is_gone || kill -KILL "$begin_pid"
	finish_code=0
	wait "$begin_pid" || finish_code=$?
	grep -v -e '^frame ' -e '^\[' -e 'offered:' "/out/$begin_name.log" | tail -n 20
	return "$finish_code"
}

# result EXPRESSION: python, of the last window's RECORDs, all, and of the last of them, r
result()
{
	python3 - "/out/$begin_name.json" "$1" <<-'END'
		import json, sys
		def shown(r, width, height):
		    "The display shows the whole card of this size, and every cell of it is fresh."
		    s = r["screenshot"]
		    size = r["layout"]["width"], r["layout"]["height"]
		    return bool(s) and size == (width, height) and s["fresh"] == s["checked"] == width // 16 * height
		all = json.load(open(sys.argv[1]))["results"]
		r = all[-1]
		for i in all:
		    print(i["name"], i["exporter"], i["sync"], i["verdict"], i["layout"], i["screenshot"], i["presentation"])
		sys.exit(not eval(sys.argv[2]))
	END
}

check "the module loads" load_module
check "uinput" modprobe -a uinput evdev
tests/compositors/person 1024 768 >/out/person.log 2>&1 &
person_pid=$!
check "a keyboard and a mouse" until_true test -p /run/person
# The mouse has to be out of the picture, and hidden, as sway paints it into the picture.
cat >/run/sway.conf <<-END
	default_border none
	seat * hide_cursor 1000
	for_window [app_id="staleline"] floating enable, resize set 320 px 192 px, move position 100 px 100 px
END
export LIBSEAT_BACKEND=builtin SEATD_VTBOUND=0
export WLR_BACKENDS=drm,libinput WLR_DRM_DEVICES=/dev/dri/card0 WLR_RENDERER_ALLOW_SOFTWARE=1
if ! start_compositor wayland-1 sway -c /run/sway.conf; then
	not_ok "sway comes up on the module's card"
	done_testing
fi
SWAYSOCK=$(find "$XDG_RUNTIME_DIR" -name 'sway-ipc.*')
export SWAYSOCK
check "sway has them" until_true sh -c 'swaymsg -t get_inputs | grep -q "mouse of a person"'
person at 1023 767

# --- what it offers ---

check "each of the ten formats is taken by all" sh -c \
	"staleline --list-formats --drm-device=/dev/dri/card0 | tee /out/formats.txt | grep -c 'yes  *yes  *yes' | grep -x 10"
expect 4 "no explicit sync is offered" "--sync=syncobj: the compositor offers no wp_linux_drm_syncobj_manager_v1" \
	staleline show --sync=syncobj --frames=3 --peer=none --exporter=udmabuf

# --- resized while frames run; s and e end a RECORD, each with a picture of its own ---

resized()
{
	begin resized --no-hud --peer=none --exporter=udmabuf --save-each=/out/resized || return
	size_to 640 200 && until_true has_said "the card is 640x200 now" && frames 4 || return
	window_is "{width}x{height}" 640x200 || return
	person key s
	until_true has_said "sync: sync-file: a key asked for it" && frames 3 || return
	size_to 256 400 && until_true has_said "the card is 256x400 now" && frames 4 || return
	window_is "{width}x{height}" 256x400 || return
	person key e
	until_true has_said "exporter: .*: a key asked for it" && frames 3 || return
	size_to 512 320 && until_true has_said "the card is 512x320 now" && frames 4 || return
	window_is "{width}x{height}" 512x320 || return
	finish
}
mkdir -p /out/resized
check "resized three times, with another sync and another exporter" resized
check "each size is on the display, every cell of it fresh" result \
	"[shown(i, w, h) for i, w, h in zip(all, (640, 256, 512), (200, 400, 320))] == [True] * 3"
check "s: another kind of sync; e: another exporter" result \
	"[i['sync'] for i in all] == ['implicit', 'sync-file', 'sync-file'] and all[1]['exporter'] != r['exporter']"

# --- fullscreen by F11, from a floating window with its panel ---

fullscreen()
{
	begin fullscreen --screenshot=/out/fullscreen.png --peer=none --exporter=gbm || return
	size_to 544 192 && until_true has_said "the card is 256x192 now" || return
	person key F11
	until_true has_said "the card is 1024x768 now" && frames 20 || return
	window_is "{full} {width}x{height}" "1 1024x768" || return
	finish
}
check "F11 makes it fullscreen" fullscreen
check "the card is the whole display, every cell of it fresh" result "shown(r, 1024, 768)"
check "and nothing was copied" result "r['presentation']['zero_copy'] > 0"

window_again()
{
	begin window-again --screenshot=/out/window-again.png --peer=none --exporter=gbm || return
	size_to 544 192 && until_true has_said "the card is 256x192 now" || return
	person key F11
	until_true has_said "the card is 1024x768 now" && frames 3 || return
	person key F11
	until_true window_is "{full} {width}x{height}" "0 544x192" && frames 4 || return
	finish
}
check "F11 twice, and it is a window again" window_again
check "with card and panel as before" result "shown(r, 256, 192)"

# --- the other keys ---

keys()
{
	begin keys --screenshot=/out/keys.png --peer=jobs --exporter=staleline:noncoherent || return
	size_to 544 192 && until_true has_said "the card is 256x192 now" && frames 2 || return
	person key h
	until_true window_is "{width}" 256 || return
	person key h
	until_true window_is "{width}" 544 || return
	person key space
	sleep 3
	keys_drawn=$(drawn)
	sleep 3
	echo "paused: $(drawn) frames, $keys_drawn before"
	[ "$(drawn)" -eq "$keys_drawn" ] || return
	person key period
	sleep 3
	echo "one more: $(drawn) frames"
	[ "$(drawn)" -eq $((keys_drawn + 1)) ] || return
	person key space
	frames 3 || return
	person key f
	frames 5 || return
	finish
}
check "h, space, period, space and f" keys
check "f: the control was fresh, and the fault after it is noticed" result \
	"len(all) == 2 and all[0]['verdict'] == 'ok' and r['fault'] and r['verdict'] == 'noticed'"

# --- the output's scale ---

# scaled SCALE: while it is shown
scaled()
{
	begin "scaled-$1" "--screenshot=/out/scaled-$1.png" --no-hud --peer=none --exporter=udmabuf || return
	tell_sway "output * scale $1" && frames 6 || return
	window "{width} {height}" >/tmp/units
	finish
}
for scale in 1.5 2; do
	check "the output's scale becomes $scale" scaled $scale
	check "one pixel of the buffer is one of the display, scale $scale" result \
		"shown(r, *(round(int(n) * $scale) for n in open('/tmp/units').read().split())) and not r['presentation']['scaled']"
	check "scale 1 again" tell_sway "output * scale 1"
done

# --- with the mouse ---

# grabs: how many times sway has taken the pointer for a move or a resize that the window asked for
grabs()
{
	awk '/-> xdg_toplevel.*[.](move|resize)[(]/ { asked = 1 }
		/wl_pointer.*[.]leave[(]/ && asked { taken++; asked = 0 }
		END { print taken + 0 }' "/out/$begin_name.log"
}

has_grabbed()
{
	[ "$(grabs)" -ge "$1" ]
}

# drag X Y TO_X TO_Y: as a hand does, in steps. What is done before sway has taken the pointer doesn't count.
drag()
{
	drag_before=$(grabs)
	person at "$1" "$2"
	sleep 0.5
	person press
	until_true has_grabbed $((drag_before + 1)) || {
		person release
		return 1
	}
	person at $((($1 + $3) / 2)) $((($2 + $4) / 2))
	sleep 0.5
	person at "$3" "$4"
	sleep 0.5
	person release
	person at 1023 767
}

dragged()
{
	begin dragged --screenshot=/out/dragged.png --no-hud --peer=none --exporter=udmabuf || return
	until_true window_is "{x},{y} {width}x{height}" "100,100 320x192" || return
	drag 260 196 360 246 || return
	until_true window_is "{x},{y} {width}x{height}" "200,150 320x192" || return
	drag 517 339 613 403 || return
	until_true window_is "{x},{y} {width}x{height}" "200,150 416x256" && frames 4 || return
	finish
}
check "taken in the middle it is moved, at a corner it is resized" dragged
check "and the display shows every cell of it, fresh" result "shown(r, 416, 256)"

kill "$person_pid"
check "sway lives to the end" stop_compositor
check "the module unloads" rmmod staleline
done_testing
