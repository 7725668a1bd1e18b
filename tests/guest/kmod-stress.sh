# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=7200
# kernels: all
#
# staleline.ko under people who mean harm, or are careless: nobody's rights, allocations that fail, ioctls with random
# arguments, four processes that do everything at once and are killed in the middle. After each the module is unloaded,
# and so all of it must be back. On the debug kernel the runs are long; STALELINE_SECONDS, STALELINE_CALLS and
# STALELINE_SEED say otherwise, and STALELINE_ROUNDS="fuzz stress" has these rounds run and no other.
#
# The functions below are called through check:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

case $(uname -r) in
*-debug) seconds=${STALELINE_SECONDS:-120} calls=${STALELINE_CALLS:-1000000} ;;
*) seconds=${STALELINE_SECONDS:-20} calls=${STALELINE_CALLS:-50000} ;;
esac
seed=${STALELINE_SEED:-1}
LIMIT=2400

if ! module=$(kmod_ko); then
	not_ok "there is a module for this kernel" "vm/build makes it"
	done_testing
fi

# unloads: within 15 s, as what a dead process held goes a little later
unloads()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		rmmod staleline && return 0
		sleep 1
	done
	# Who has it?
	for unloads_file in buffers framebuffer gem_names clients; do
		cat /sys/kernel/debug/dri/*/"$unloads_file"
	done
	cat /sys/kernel/debug/dma_buf/bufinfo
	return 1
}

# wanted ROUND: else it is skipped, by name
wanted()
{
	case " ${STALELINE_ROUNDS:-$1} " in
	*" $1 "*) return 0 ;;
	esac
	skip "$1" "not among STALELINE_ROUNDS"
	return 1
}

# round NAME PROGRAM [ARGUMENT...]: with a module of its own, that nothing of the one before is left in
round()
{
	wanted "$1" || return 0
	check "$1: the module loads" insmod "$module" max_total_mib=400
	# As udev makes it.
	chgrp 44 /dev/dri/card*
	chmod 660 /dev/dri/card*
	guest_tap "$@"
	check "$1: the module unloads" unloads
	# Told where it happened; done_testing tells it once more.
	if dmesg | grep -q -E "$splats"; then
		not_ok "$1: the kernel is quiet" "$(dmesg | grep -m 5 -E "$splats")"
	else
		ok "$1: the kernel is quiet"
	fi
}

# memory_cgroup: where cgroups of version 2 that limit memory can be made
memory_cgroup()
{
	mkdir -p /tmp/cgroup
	mount -t cgroup2 cgroup2 /tmp/cgroup && echo +memory >/tmp/cgroup/cgroup.subtree_control
}

# A failed allocation in a page fault is told as "Huh VM_FAULT_OOM": here they were asked to fail. And a commit that has
# to wait for a job of 10 s, which is a job's right, is told as an *ERROR* by the core, which waits no longer than that.
# splats is lib.sh's:
# shellcheck disable=SC2154
splats=$(printf '%s' "$splats" | sed 's/|Huh VM_FAULT//; s/|\\\*ERROR\\\*//')

modprobe vgem
# insmod loads nothing but what it is told.
# shellcheck disable=SC2046
modprobe -a $(modinfo -F depends "$module" | tr , ' ')
round "nobody" kmod_user
round "failed allocations" kmod_fail
# From here on two files import one dma-buf of a heap. The core attaches it once for each, on any driver, and the heap maps
# its pages for the same device twice: what watches the DMA API calls that overlapping, and is told to look elsewhere.
if [ -w /sys/kernel/debug/dma-api/driver_filter ]; then
	echo nobody >/sys/kernel/debug/dma-api/driver_filter
fi
round "fuzz" kmod_fuzz --calls="$calls" --seed="$seed"
round "stress" kmod_stress --seconds="$seconds" --seed="$seed"
# Last, as who is killed for too much memory is told with a call trace, which isn't a complaint.
check "the kernel has nothing to complain of so far" kernel_is_quiet
if ! wanted "memory cgroup"; then
	:
elif memory_cgroup; then
	check "memory cgroup: the module loads" insmod "$module" max_total_mib=400
	guest_tap "memory cgroup" kmod_user --cgroup=/tmp/cgroup
	check "memory cgroup: the module unloads" unloads
	splats=$(printf '%s' "$splats" | sed 's/|Call Trace//')
else
	skip "memory cgroup" "no cgroup of version 2 with memory"
fi

done_testing
