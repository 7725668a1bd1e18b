#!/bin/sh
# SPDX-License-Identifier: MIT
#
# data/lava/: what a lab gets of a check, with a staleline and a lava-test-case that are planted.
#
# The functions below are called through check, and what the definition exports is in a string:
# shellcheck disable=SC2034,SC2317,SC2329
set -u
here=$(dirname "$0")
# shellcheck source=tests/guest/lib.sh
. "$here/guest/lib.sh"
root=$(cd "$here/.." && pwd)
bin=$(mktemp -d)
export CALLS="$bin/calls" CALLS_THEN="$bin/calls-then" OPTIONS_SEEN="$bin/options"

cat >"$bin/lava-test-case" <<'EOF'
#!/bin/sh
echo "$@" >>"$CALLS"
cat >/dev/null # what it is given to read must not be the results
EOF
cat >"$bin/staleline" <<'EOF'
#!/bin/sh
echo "$@" >"$OPTIONS_SEEN"
cat <<KTAP
KTAP version 1
1..4
# a.b.c: 12 frames
# checking 1 of 3: staleline:noncoherent with egl@card0 ...
ok 1 staleline:noncoherent.egl@card0.cpu-write.overwrite # control clean
KTAP
# The first is to be told before the others come.
for _ in $(seq 100); do
	! grep -qs overwrite "$CALLS" || break
	sleep 0.1
done
cat "$CALLS" >"$CALLS_THEN"
cat <<KTAP
ok 2 gbm.none.cpu-write.overwrite # SKIP no GPU
not ok 3 udmabuf.egl@card0.cpu-write.overwrite # control not clean
KTAP
[ "${CUT:-no}" = yes ] || echo "ok 4 a.b.c.no-end # fault noticed"
exit "${CODE:-1}"
EOF
chmod +x "$bin/lava-test-case" "$bin/staleline"
PATH=$bin:$PATH

# The steps of the definition, as lava-test-shell would run them: in the folder of the repository.
steps()
{
	(
		cd "$root" || exit 1
		STALELINE=$bin/staleline STALELINE_OPTIONS='--faults=all --frames=3'
		eval "$(sed -n '/^  steps:/,$s/^    - //p' data/lava/staleline.yaml)"
	)
}

called()
{
	cat "$CALLS"
	grep -qxF -e "$1" "$CALLS"
}

check "the steps of the definition run" steps
check "with the options that were asked for" grep -qxF -e "check --ktap --faults=all --frames=3" "$OPTIONS_SEEN"
check "the first was told before the others came" grep -qx ".*overwrite --result pass" "$CALLS_THEN"
check "a result that is passed" called "staleline-noncoherent.egl-card0.cpu-write.overwrite --result pass"
check "one that is skipped" called "gbm.none.cpu-write.overwrite --result skip"
check "one that failed" called "udmabuf.egl-card0.cpu-write.overwrite --result fail"
check "the last" called "a.b.c.no-end --result pass"
check "it came to its end" called "staleline-check-came-to-its-end --result pass"
check "nothing else" test "$(wc -l <"$CALLS")" -eq 5
: >"$CALLS"
check "cut off" env CUT=yes STALELINE="$bin/staleline" sh "$root/data/lava/check.sh"
check "is told" called "staleline-check-came-to-its-end --result fail"
: >"$CALLS"
check "an error of its own" env CODE=3 STALELINE="$bin/staleline" sh "$root/data/lava/check.sh"
check "is told, too" called "staleline-check-came-to-its-end --result fail"
: >"$CALLS"
check "no such program" env STALELINE=/nowhere sh "$root/data/lava/check.sh"
check "is no pass" called "staleline-check-came-to-its-end --result fail"
rm -r "$bin"
done_testing
