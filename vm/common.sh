# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the scripts of vm/ share: where things lie, how they speak, how they become root in a namespace of their own.
# Sourced, not run; the caller has set -eu.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set, so there is no place for the cache}/.cache}/staleline
prog=${0##*/}

# Kernels a guest can have, and the Debian suite that each is taken from. All else in the guest is trixie.
kernels="6.12 6.1 7.2"
# shellcheck disable=SC2034
default_kernel=6.12
suite=trixie

# qemu is in /usr/bin, but mke2fs is in /usr/sbin, which an ordinary user's PATH on Debian lacks.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say()
{
	printf '%s: %s\n' "$prog" "$*" >&2
}

# die CODE MESSAGE...
die()
{
	local code=$1
	shift
	say "$*"
	exit "$code"
}

# step "what is being done" LOGFILE COMMAND...: says it, does it with its output in LOGFILE, says how long it took.
step()
{
	local what=$1 log=$2 begun=$SECONDS status=0
	shift 2
	say "$what ..."
	"$@" >"$log" 2>&1 </dev/null || status=$?
	if [ "$status" -ne 0 ]; then
		tail -n 25 "$log" >&2
		say "$what: failed (exit code $status) after $((SECONDS - begun)) s; the whole log: $log"
		return "$status"
	fi
	say "$what: done in $((SECONDS - begun)) s"
}

suite_of_kernel()
{
	case $1 in
	6.12) echo trixie ;;
	6.1) echo bookworm ;;
	7.2) echo sid ;;
	*) return 1 ;;
	esac
}

check_kernel()
{
	suite_of_kernel "$1" >/dev/null ||
		die 2 "--kernel=$1: no such kernel here; known are: $kernels"
}

# in_namespace COMMAND...: runs it as root of its own mount and pid namespace, so that no mount and no process outlives
# it. Who isn't root becomes root of a user namespace that has all the ids of a system, and owns what is made as "root".
in_namespace()
{
	local map=()
	if [ "$(id -u)" -ne 0 ]; then
		map=(--map-root-user --map-auto)
	fi
	unshare "${map[@]}" --mount --pid --fork --kill-child -- "$@"
}

# Fails early, with what to do, where an ordinary user can't have a user namespace with many ids.
check_namespace()
{
	local why
	if why=$(in_namespace true 2>&1); then
		return 0
	fi
	say "can't make a namespace to work in: $why"
	if [ "$(id -u)" -ne 0 ]; then
		say "an ordinary user needs user namespaces (sysctl user.max_user_namespaces," \
			"kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns) and a line in" \
			"/etc/subuid and /etc/subgid (as root: usermod --add-subuids 100000-165535" \
			"--add-subgids 100000-165535 $(id -un)); or run this as root"
	fi
	return 3
}

debian_arch()
{
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) die 3 "no guest is known for $(uname -m), only for x86_64 and aarch64" ;;
	esac
}

# image_key KERNEL WITH: names the image by all that goes into it, so that a fresh clone finds it again.
image_key()
{
	local hash
	hash=$({
		printf '%s\n' "$suite" "$1" "$2" "$(debian_arch)"
		cat "$repo/vm/packages" "$repo/vm/image" "$repo/vm/guest-initramfs"
	} | sha256sum)
	printf '%s-%s' "$1" "${hash:0:16}"
}

image_dir()
{
	printf '%s/images/%s' "$cache" "$(image_key "$1" "$2")"
}
