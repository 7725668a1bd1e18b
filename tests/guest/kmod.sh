# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=900
# kernels: all
#
# staleline.ko: loads, does what kmod/staleline_drm.h and docs/module.md say, unloads. The module is built here, where
# the guest has the kernel's headers, if there is none for this kernel yet.
#
# The functions below are called through check and expect:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

build_module()
{
	make -C /staleline/kmod OUT=/tmp/kmod W=1 cmd_checkdoc= >/tmp/kmod.log 2>&1 || {
		cat /tmp/kmod.log
		return 1
	}
	# The build of a module without BTF says so; that is no warning of ours.
	! grep -i 'warning' /tmp/kmod.log
}

if ! module=$(kmod_ko); then
	check "the module builds without a warning" build_module
	module=/tmp/kmod/staleline.ko
fi
program=$build/tests/kmod_test
if [ ! -x "$program" ]; then
	program=${STALELINE_KMOD_TEST:-/share/kmod}
fi
jobs=${program%/*}/kmod_jobs

# load [PARAMETER...]: anew, with these.
load()
{
	if grep -q '^staleline ' /proc/modules; then
		rmmod staleline || return 1
	fi
	insmod "$module" "$@"
}

# parameter NAME VALUE: what /sys tells of it.
parameter()
{
	[ "$(cat "/sys/module/staleline/parameters/$1")" = "$2" ]
}

# held COMMAND...: while a process keeps a dma-buf of ours, and nothing else; or what $holder keeps
holder="$program --hold"
held()
{
	mkfifo /tmp/hold
	# shellcheck disable=SC2086
	$holder </tmp/hold >/tmp/held &
	exec 9>/tmp/hold
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		grep -q held /tmp/held && break
		sleep 0.5
	done
	held_code=0
	"$@" || held_code=$?
	exec 9>&-
	wait $!
	rm /tmp/hold
	return "$held_code"
}

# described: modinfo tells every parameter, with a text
described()
{
	for name in max_total_mib max_buffer_mib render mode inval end write hook evict fetch inject seed modes; do
		modinfo -p "$module" | grep -q "^$name:..*(.*)" || {
			echo "$name"
			return 1
		}
	done
	[ "$(modinfo -p "$module" | wc -l)" -eq 13 ]
}

trace=/sys/kernel/debug/tracing

traced()
{
	echo 1 >"$trace"/events/staleline/enable
	"$program" --sequences=10 >/dev/null
	echo 0 >"$trace"/events/staleline/enable
	grep -c 'staleline_start: buffer=[0-9]* flags=READ|WRITE ret=0' "$trace"/trace &&
		grep -c 'staleline_end: ' "$trace"/trace &&
		grep -c 'staleline_touch: buffer=[0-9]* page=0 read allowed=' "$trace"/trace &&
		grep -c 'staleline_job_submit: job=[0-9]* copy dst=[0-9]* src=[0-9]* flags=' "$trace"/trace &&
		grep -c 'staleline_job_start: job=' "$trace"/trace &&
		grep -c 'staleline_job_done: job=[0-9]* error=0 steps=' "$trace"/trace
}

# refused_then_unloads: rmmod is refused while a job is at work, and works once its fence is gone
refused_then_unloads()
{
	"$jobs" --leave || return 1
	rmmod staleline 2>&1 | grep 'in use' || return 1
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 0.5
		rmmod staleline 2>/dev/null && return 0
	done
	return 1
}

# The limit is low, so that it is met in a small guest.
small=max_total_mib=400
modprobe vgem
modprobe vkms 2>/dev/null # of our kernels the debug one has it
# insmod loads nothing but what it is told.
# shellcheck disable=SC2046
modprobe -a $(modinfo -F depends "$module" | tr , ' ')
check "modinfo tells each parameter" described
for wrong in mode=fast inval=maybe evict=65537 fetch=-1 hook=last seed=x; do
	expect 1 "$wrong is refused" "nvalid\|esult\|range" insmod "$module" $wrong
done
check "loads" load $small
check "is coherent by default" parameter mode coherent
# The debug kernel takes several times as long for each, and has its own in fewer.
sequences=10000
[ "$slower" -eq 1 ] || sequences=1000
guest_tap "module" "$program" --sequences="$sequences"
guest_tap "maps" "${program%_test}_maps"
guest_tap "brackets" "${program%_test}_brackets"
expect 1 "rmmod is refused while a dma-buf lives" "in use" held rmmod staleline
check "it is still there" grep -q '^staleline ' /proc/modules
LIMIT=120
guest_tap "jobs" "$jobs"
holder="$jobs --hold-file"
expect 1 "rmmod is refused while a sync_file lives" "in use" held rmmod staleline
holder="$jobs --hold-point"
expect 1 "rmmod is refused while a syncobj has a fence" "in use" held rmmod staleline
holder="$program --hold"
check "rmmod is refused while a job is at work, and then works" refused_then_unloads
check "loads again" load $small
check "tracepoints" traced
check "debugfs lists buffers" held grep -rq '^buffer [0-9]* size 16384 mode coherent' /sys/kernel/debug/dri/*/buffers
check "loads with other defaults" load $small mode=trap inval=writeback end=clean-always write=poison hook=wait-first \
	evict=1 fetch=65536 seed=18446744073709551615 inject=3
check "which are told" parameter write poison
expect 0 "a new buffer has them" \
	"mode 2 inval 1 end 1 write 2 hook 1 evict 1 fetch 65536 inject 3 seed 18446744073709551615" "$program" --show
guest_tap "module, other defaults" "$program" --sequences=100
check "without a render node" sh -c '! grep -l staleline /sys/class/drm/renderD*/device/uevent'
check "loads with a render node" load $small render=1
check "which is there" sh -c 'grep -l staleline /sys/class/drm/renderD*/device/uevent'
check "unloads" rmmod staleline

done_testing
