#!/bin/sh
# SPDX-License-Identifier: MIT
#
# meson compile -C build kmod, as docs/module.md says it, in a build folder of its own: the module, for the kernel whose
# headers are here. Without headers it is skipped, unless STALELINE_NEED_HEADERS is set. Speaks TAP.
# usage: tests/kmod-target.sh
#
# The functions below are called through check and expect:
# shellcheck disable=SC2317,SC2329

set -u
here=$(dirname "$0")
# shellcheck source=tests/guest/lib.sh
. "$here/guest/lib.sh"

LIMIT=300
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# first_headers: of whatever kernel there are some
first_headers()
{
	for headers_dir in "/lib/modules/$(uname -r)/build" /lib/modules/*/build; do
		if [ -e "$headers_dir/include/config/kernel.release" ]; then
			echo "$headers_dir"
			return 0
		fi
	done
	return 1
}

# is_for RELEASE MODULE
is_for()
{
	tr '\0' '\n' <"$2" | grep -aq "^vermagic=$1 "
}

# compile_for HEADERS
compile_for()
{
	meson configure "$work/build" "-Dkernel-dir=$1" && meson compile -C "$work/build" kmod
}

if headers=$(first_headers); then
	check "meson setup" meson setup "$work/build" "$here/.." "-Dkernel-dir=$headers" -Dtests=disabled -Ddocs=disabled
	check "meson compile kmod" meson compile -C "$work/build" kmod
	check "the module, for these headers' kernel" \
		is_for "$(cat "$headers/include/config/kernel.release")" "$work/build/kmod/staleline.ko"
	expect 1 "headers that aren't there are told" "no-such-folder" compile_for /no-such-folder
elif [ -n "${STALELINE_NEED_HEADERS:-}" ]; then
	not_ok "a kernel's headers" "there are none in /lib/modules"
else
	skip "meson compile kmod" "no kernel's headers in /lib/modules"
fi
done_testing
