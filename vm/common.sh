# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the scripts of vm/ share: where things lie, how they speak, how they become root in a namespace of their own.
# Sourced, not run; the caller has set -eu.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set, so there is no place for the cache}/.cache}/staleline
prog=${0##*/}

# Kernels a guest can have. All else in the guest is trixie.
kernels="6.12 6.1 7.2 debug"
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

# The Debian suite that a kernel is taken from.
suite_of_kernel()
{
	case $1 in
	6.12 | debug | checkers) echo trixie ;;
	6.1) echo bookworm ;;
	7.2) echo sid ;;
	*) return 1 ;;
	esac
}

check_kernel()
{
	case " $kernels " in
	*" $1 "*) ;;
	*) die 2 "--kernel=$1: no such kernel here; known are: $kernels" ;;
	esac
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

# Runs inside the namespace. A program's own devices only; /tmp and all else that is written vanishes, unless the root
# is to be written to.
# shellcheck disable=SC2016
inside_root='
	access=$1 root=$2 folder=$3
	shift 3
	mount --make-rprivate /
	mount --bind "$root" "$root"
	mount -o "remount,bind,$access" "$root"
	mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
	mount -t tmpfs -o mode=1777 tmp "$root/tmp"
	mount -t tmpfs -o mode=755 run "$root/run"
	mount -t tmpfs -o mode=755 dev "$root/dev"
	for node in null zero full random urandom tty; do
		: >"$root/dev/$node"
		mount --bind "/dev/$node" "$root/dev/$node"
	done
	mkdir -m 1777 "$root/dev/shm"
	ln -s /proc/self/fd "$root/dev/fd"
	ln -s fd/0 "$root/dev/stdin"
	ln -s fd/1 "$root/dev/stdout"
	ln -s fd/2 "$root/dev/stderr"
	mount --bind "$folder" "$root/staleline"
	# The shell stays: a timeout(1) that is process 1 itself takes its child for an orphan (coreutils 9.10).
	exec chroot "$root" /bin/sh -c "cd /staleline && \"\$@\"; exit \$?" sh "$@"
'
# A clean one, so that the host's paths and flags don't leak in.
environment=(HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)

# in_root ro|rw ROOT FOLDER COMMAND...: runs it in the root file system ROOT, which it may write to or not, in
# /staleline, which is FOLDER, with $environment.
in_root()
{
	in_namespace env -i "${environment[@]}" /bin/sh -euc "$inside_root" sh "$@"
}

debian_arch()
{
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) die 3 "no guest is known for $(uname -m), only for x86_64 and aarch64" ;;
	esac
}

# hash_of: of what is on stdin
hash_of()
{
	sha256sum | cut -c1-16
}

# kernel_dir KERNEL: named by all that goes into it, as the folder of an image is.
kernel_dir()
{
	local files=("$repo/vm/kernel" "$repo/vm/debian.sh")
	if [ "$1" = debug ]; then
		files+=("$repo/vm/kernel-debug" "$repo/vm/debug.config")
	fi
	printf '%s/kernels/%s-%s' "$cache" "$1" "$({
		printf '%s\n' "$1" "$(debian_arch)"
		cat "${files[@]}"
	} | hash_of)"
}

# image_dir KERNEL WITH: a fresh clone finds it again.
image_dir()
{
	printf '%s/images/%s-%s' "$cache" "$1" "$({
		printf '%s\n' "$suite" "$1" "$2" "$(debian_arch)"
		if [ "$1" != "$default_kernel" ]; then
			kernel_dir "$1"
		fi
		cat "$repo/vm/packages" "$repo/vm/image" "$repo/vm/debian.sh" "$repo/vm/guest-initramfs"
	} | hash_of)"
}
