# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What the suites of this folder share beyond lib.sh: our own test programs, and staleline under the sanitizers.
#
# slower is lib.sh's:
# shellcheck disable=SC2154

build=/staleline/build/guest
PATH=$build/tests:$build/docs/examples:$PATH
# A guest may be a slow, emulated machine.
LIMIT=300

# kmod_ko: where staleline.ko for this kernel is: $STALELINE_KO, or what vm/build made for it. False if there is none.
kmod_ko()
{
	for kmod_file in ${STALELINE_KO:+"$STALELINE_KO"} /staleline/build/kmod*/staleline.ko; do
		if [ "$(modinfo -F vermagic "$kmod_file" 2>/dev/null | cut -d' ' -f1)" = "$(uname -r)" ]; then
			echo "$kmod_file"
			return 0
		fi
	done
	return 1
}

# guest_tap NAME PROGRAM [ARGUMENT...]: each result of a TAP program counts as one of this suite's. A program that dies,
# prints fewer results than it planned, or none, is a failure of its own.
guest_tap()
{
	tap_name=$1
	shift
	tap_file=$(mktemp)
	tap_code=0
	timeout -k 5 "$((LIMIT * slower))" "$@" >"$tap_file" 2>"$tap_file.err" </dev/null || tap_code=$?
	tap_plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$tap_file" | head -n 1)
	grep '^ *#' "$tap_file" >"$tap_file.notes"
	tap_results=0
	tap_bad=0
	while IFS= read -r tap_line; do
		tap_text=${tap_line#*ok }
		tap_text=${tap_text#*[0-9] }
		tap_text=${tap_text#- }
		case $tap_line in
		"ok "*) ok "$tap_name: $tap_text" ;;
		"not ok "*)
			tap_bad=$((tap_bad + 1))
			not_ok "$tap_name: $tap_text" "$(tail -n 20 "$tap_file.err" "$tap_file.notes")"
			;;
		*) continue ;;
		esac
		tap_results=$((tap_results + 1))
	done <"$tap_file"
	if [ "$tap_results" -eq 0 ] || [ "${tap_plan:-none}" != "$tap_results" ]; then
		not_ok "$tap_name: runs to its end" "planned ${tap_plan:-nothing}, $tap_results results, exit code $tap_code
$(tail -n 20 "$tap_file" "$tap_file.err")"
	elif [ "$tap_code" -ne 0 ] && [ "$tap_bad" -eq 0 ]; then
		not_ok "$tap_name: exit code" "$tap_code though no result failed
$(tail -n 20 "$tap_file.err")"
	fi
	rm -f "$tap_file" "$tap_file.err" "$tap_file.notes"
}

# sanitized COMMAND...: COMMAND, if it is built with the sanitizers. A leak or an overrun ends it with 99, which no test expects.
# What Mesa, LLVM, fontconfig and the like keep until they are unloaded is not ours: it is suppressed by library.
sanitized()
(
	export ASAN_OPTIONS=exitcode=99:detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:exitcode=99
	export LSAN_OPTIONS=exitcode=99:suppressions=/staleline/tests/guest/lsan.supp:print_suppressions=0
	"$@"
)

# asan ARGUMENT...: the staleline that is built with them.
asan()
{
	sanitized timeout -k 5 "$((LIMIT * slower))" /staleline/build/guest-asan/staleline "$@"
}

# against SCRIPT COMMAND...: COMMAND with the scripted server, whose timelines are the module's: $device.
against()
{
	against_script=$1
	shift
	XDG_RUNTIME_DIR=/tmp scripted "$against_script" "--drm=$device" -- "$@"
}

# asan_against SCRIPT OPTION...: the same with the staleline show that is built with the sanitizers.
asan_against()
{
	asan_script=$1
	shift
	sanitized against "$asan_script" /staleline/build/guest-asan/staleline show "$@"
}

# keep NAME CODE COMMAND...: what COMMAND prints is kept as /out/NAME.txt, for says and row, and its exit code is CODE.
keep()
{
	kept=/out/$1.txt
	keep_code=$2
	keep_got=0
	shift 2
	timeout -k 5 "$LIMIT" "$@" >"$kept" 2>&1 </dev/null || keep_got=$?
	cat "$kept"
	[ "$keep_got" -eq "$keep_code" ]
}

# says TEXT: what was kept last has it; blanks and line ends count as one blank each. A fixed string.
says()
{
	tr -s ' \n' '  ' <"$kept" >"$kept.flat"
	grep -qF -e "$1" "$kept.flat" || {
		cat "$kept"
		return 1
	}
}

says_not()
{
	! says "$1" >/dev/null
}

# row PATTERN...: a line of what was kept last begins with these, blanks between them.
row()
{
	row_pattern=$1
	shift
	for row_part; do
		row_pattern="$row_pattern *$row_part"
	done
	grep -q "^$row_pattern" "$kept" || {
		cat "$kept"
		return 1
	}
}

# card_by_driver NAME: the card of this driver, whatever bus it is on: card0. False if there is none.
card_by_driver()
{
	for driver_card in /sys/class/drm/card[0-9]*; do
		case $(readlink -f "$driver_card/device/driver")/$(readlink -f "$driver_card") in
		*"$1"*)
			echo "${driver_card##*/}"
			return 0
			;;
		esac
	done
	return 1
}

# fresh_run FRAMES CELLS ARGUMENT...: staleline show draws FRAMES frames of CELLS cells, and each cell of each is fresh, in
# the screenshot too. Numbers, not words: a run that was cut short prints "ok" as well.
fresh_run()
{
	fresh_frames=$1
	fresh_cells=$2
	shift 2
	fresh_log=$(mktemp)
	timeout -k 5 "$((LIMIT * slower))" staleline show --frames="$fresh_frames" --screenshot-with=weston --screenshot-needed "$@" \
		>"$fresh_log" 2>&1
	fresh_code=$?
	cat "$fresh_log"
	[ "$fresh_code" -eq 0 ] && grep -q "^  frames  *$fresh_frames," "$fresh_log" &&
		grep -q "^  cells  *$((fresh_frames * fresh_cells)) checked, $((fresh_frames * fresh_cells)) fresh\$" "$fresh_log" &&
		grep -q "^  screenshot  *$fresh_cells checked, $fresh_cells fresh\$" "$fresh_log"
}

# after_frames N ACTION COMMAND...: runs COMMAND with --trace, and the function ACTION once it has drawn N frames. Its output and exit code are those of COMMAND.
after_frames()
{
	frames_wanted=$1
	frames_action=$2
	shift 2
	frames_log=$(mktemp)
	"$@" --trace >"$frames_log" 2>&1 &
	frames_pid=$!
	while [ "$(grep -c '^frame' "$frames_log")" -lt "$frames_wanted" ] && kill -0 "$frames_pid" 2>/dev/null; do
		sleep 0.2
	done
	"$frames_action"
	frames_code=0
	wait "$frames_pid" || frames_code=$?
	tail -n 20 "$frames_log"
	rm -f "$frames_log"
	return "$frames_code"
}

interrupt_it()
{
	# Twice at once, as timeout(1) and the terminal together do: that is one.
	pkill -INT -x staleline
	pkill -INT -x staleline
}

# weston_pid is vm/weston.sh's.
# shellcheck disable=SC2154
kill_weston()
{
	kill -KILL "$weston_pid"
}

# mallocs_none FRAMES COMMAND...: at least FRAMES steady frames, and in none of them a malloc, calloc or realloc from our
# own text. free is not held against us: a library that ends in a call of it, as cairo_destroy() does, jumps there, and
# the caller seems to be ours.
mallocs_none()
{
	mallocs_frames=$1
	shift
	mallocs_file=$(mktemp)
	STALELINE_MALLOCS=$mallocs_file LD_PRELOAD=$build/tests/mallocs.so timeout -k 5 "$((LIMIT * slower))" "$@"
	cat "$mallocs_file"
	awk -v least="$mallocs_frames" '
		{ good = $1 == "frames" && $2 >= least && $5 == "malloc" && $6 + $8 + $10 == 0 }
		END { exit !good }' "$mallocs_file"
}
