# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=1200
# kernels: all
#
# User space on staleline.ko: its exporter, the peers on its other side, every order with its faults, the probe, and
# `staleline show` on all of it.
#
# The functions below are called through check and expect:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

module=$(kmod_ko) || module=none-for-this-kernel
# udmabuf's own, on the debug kernel: it maps its pages for the direction of its first START and syncs them for any.
known_splat='syncs DMA memory with different direction.*begin_cpu_udmabuf'

# listen_again: of all that it finds wrong with the DMA API a kernel tells the first alone, unless it is told to go on.
# After each use of udmabuf, or what others do would not be heard of.
listen_again()
{
	[ ! -w /sys/kernel/debug/dma-api/num_errors ] || echo 1 >/sys/kernel/debug/dma-api/num_errors
}

small=--size=256x192
cells=3072

# reload [PARAMETER...]: the module anew, with these
reload()
{
	if grep -q '^staleline ' /proc/modules; then
		rmmod staleline || return 1
	fi
	insmod "$module" "$@"
}

# cells_of RECORD KIND FILE: how many cells of this kind the record of this name has in the result file
cells_of()
{
	python3 - "$@" <<-END
		import json, sys
		name, kind, file = sys.argv[1:]
		print(next(r for r in json.load(open(file))["results"] if r["name"] == name)["cells"][kind])
	END
}

# module_of RECORD KEY FILE: what the module said in this record
module_of()
{
	python3 - "$@" <<-END
		import json, sys
		name, key, file = sys.argv[1:]
		print(next(r for r in json.load(open(file))["results"] if r["name"] == name)["module"][key])
	END
}

# on_udmabuf CODE NAME TEXT COMMAND...: expect, of udmabuf's buffers, which Debian's 6.1 doesn't have
on_udmabuf()
{
	if [ -e /dev/udmabuf ]; then
		expect "$@" --exporter=udmabuf
		listen_again
	else
		skip "$2" "this kernel has no udmabuf"
	fi
}

# between LOW N HIGH
between()
{
	[ "$2" -ge "$1" ] && [ "$2" -le "$3" ]
}

modprobe -a drm drm_kms_helper
check "weston headless starts" start_weston headless --width=1024 --height=640
expect 4 "without the module: what to do" "modprobe staleline" staleline show --frames=1 $small --exporter=staleline
on_udmabuf 4 "without the module: no jobs" "modprobe staleline" staleline show --frames=1 $small --peer=jobs

check "the module loads" reload
guest_tap "exporter staleline" exporters --need=staleline
guest_tap "peers" peers --need=egl,scanout
listen_again

expect 0 "auto takes the module's buffers where there is no GPU" "exporter *staleline /dev/dri/card" \
	staleline show --frames=5 $small
expect 0 "in order, noncoherent, EGL on the card node" "on the device's side (probed)" \
	staleline show --frames=10 $small --exporter=staleline:noncoherent
expect 0 "in order, noncoherent, jobs" "overwrite: ok" \
	staleline show --frames=10 $small --exporter=staleline:noncoherent --peer=jobs
for fault in no-end no-bracket read-no-start read-no-wait; do
	expect 0 "$fault on noncoherent buffers, jobs" "$fault: noticed" \
		staleline show --frames=9 $small --exporter=staleline:noncoherent --peer=jobs --fault=$fault \
		--json=/out/$fault.json --save=/out/$fault.png --save-card=/out/$fault-card.png
	expect 0 "$fault on coherent buffers, jobs" "$fault: not-shown" \
		staleline show --frames=6 $small --exporter=staleline:coherent --peer=jobs --fault=$fault
	on_udmabuf 0 "$fault on udmabuf, jobs" "$fault: not-shown" \
		staleline show --frames=6 $small --peer=jobs --fault=$fault
done
for fault in no-end no-bracket read-no-start; do
	expect 0 "$fault on noncoherent buffers, EGL" "$fault: noticed" \
		staleline show --frames=9 $small --exporter=staleline:noncoherent --fault=$fault
done
expect 0 "read-no-wait with EGL in software can't be shown" "leaves no fence in the buffer" \
	staleline show --frames=6 $small --exporter=staleline:noncoherent --fault=read-no-wait
check "no-end: no cell arrives" [ "$(cells_of no-end stale /out/no-end.json)" -eq $((9 * cells)) ]
check "read-no-start: no cell is read" [ "$(cells_of read-no-start stale /out/read-no-start.json)" -eq $((9 * cells)) ]
some=$(cells_of read-no-wait stale /out/read-no-wait.json)
check "read-no-wait: $some cells are read too early, and not all" between 1 "$some" $((9 * cells - 1))
expect 1 "a build that sees nothing fails" "no-end: unnoticed" \
	staleline-blind show --frames=6 $small --exporter=staleline:noncoherent --peer=jobs --fault=no-end
expect 1 "what can't be shown fails where it must be noticed" "no-end: not-shown" \
	staleline show --exporter=staleline:coherent $small --frames=3 --peer=jobs --fault=no-end --faults-noticed
expect 0 "traps count what has no bracket" "not-shown" \
	staleline show --exporter=staleline:trap $small --frames=3 --peer=jobs --fault=no-bracket --json=/out/trap.json
check "which is told" [ "$(module_of no-bracket trap_write /out/trap.json)" -gt 0 ]
check "and is in the why" grep -q "its traps counted" /out/trap.json
expect 0 "a fault that leaves brackets open, and another behind it" "no-bracket: noticed" \
	staleline show --exporter=staleline:noncoherent $small --frames=6 --peer=jobs --fault=no-end --fault=no-bracket \
	--json=/out/two.json
check "which makes no START: all are of the jobs' own buffer" \
	[ "$(module_of no-bracket starts /out/two.json)" -eq "$(module_of no-bracket ends /out/two.json)" ]
check "and finds none open" [ "$(module_of no-bracket unbalanced /out/two.json)" -eq 0 ]
expect 0 "reading needs a writer only" "read-no-wait: noticed" \
	staleline show --exporter=staleline:noncoherent $small --frames=3 --peer=none --writer=jobs --fault=read-no-wait
evict=/sys/module/staleline/parameters/evict
echo 65536 >"$evict"
expect 0 "where all lines are written back early no-end can't be shown" "none that is dirty" \
	staleline show --exporter=staleline:noncoherent $small --frames=3 --peer=jobs --fault=no-end
echo 20000 >"$evict"
expect 1 "where some are it can, and a build that sees nothing fails" "no-end: unnoticed" \
	staleline-blind show --exporter=staleline:noncoherent $small --frames=3 --peer=jobs --fault=no-end
echo 0 >"$evict"
hook=/sys/module/staleline/parameters/hook
echo wait-first >"$hook"
expect 0 "where START waits before its cache work, read-no-wait can't be shown" "hook=wait-first" \
	staleline show --frames=6 $small --exporter=staleline:noncoherent --peer=jobs --fault=read-no-wait
echo first >"$hook"
expect 0 "the copy that is shown is what was read" "write what was read" \
	staleline show --frames=3 $small --exporter=staleline:noncoherent --peer=jobs --order=read --trace
expect 0 "jobs under the sanitizers" "read-no-wait: noticed" \
	asan show --frames=3 $small --exporter=staleline:noncoherent --peer=jobs --fault=read-no-wait
check "weston lives to the end" stop_weston
check "the module unloads" rmmod staleline

done_testing
