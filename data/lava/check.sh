#!/bin/sh
# SPDX-License-Identifier: MIT
#
# `staleline check --ktap` on a board of a LAVA lab: each result becomes a test case, by lava-test-case, which LAVA puts on
# the PATH. Where there is none, the calls are printed, to see what a lab would get.
set -u

# report NAME VERDICT
report()
{
	if command -v lava-test-case >/dev/null; then
		lava-test-case "$1" --result "$2"
	else
		echo "lava-test-case $1 --result $2"
	fi
}

# verdict LINE: pass, fail or skip, of a result line of KTAP.
verdict()
{
	case $1 in
	"not ok "*) echo fail ;;
	*"# SKIP"*) echo skip ;;
	*) echo pass ;;
	esac
}

# told: KTAP on stdin, printed; each result is told as it comes: a board that hangs later has told of those before.
told()
{
	while IFS= read -r line; do
		printf '%s\n' "$line"
		case $line in
		"ok "* | "not ok "*) ;;
		*) continue ;;
		esac
		name=${line#not }
		name=${name#ok * }
		# LAVA's names take letters, digits, dots, dashes and underscores.
		name=$(printf '%s' "${name%% #*}" | tr -c 'A-Za-z0-9._-' '-')
		report "$name" "$(verdict "$line")" </dev/null
	done
}

log=$(mktemp)
ended=$(mktemp)
# Options are words.
# shellcheck disable=SC2086
{
	"${STALELINE:-staleline}" check --ktap ${STALELINE_OPTIONS:-}
	echo "$?" >"$ended"
} | tee "$log" | told
code=$(cat "$ended")
results=$(grep -c -E '^(not )?ok ' "$log")

# A plan of N and fewer results: it ended before its end. 4 is kselftest's skip.
planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$log")
rm -f "$log" "$ended"
whole=fail
if [ "${planned:-none}" = "$results" ]; then
	case $code in
	0 | 1) whole=pass ;;
	4) whole=skip ;;
	esac
fi
report staleline-check-came-to-its-end "$whole"
