# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=600
#
# A window that gets other sizes while it is shown, with buffers of the module and against the scripted server of
# tests/protocol, which looks at each commit: is the buffer as large as what was acknowledged, was none destroyed that
# was on the screen, is no frame missing?
#
# Functions are called by way of check and expect:
# shellcheck disable=SC2317,SC2329
# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

# no_more_buffers COMMAND...: when COMMAND is over, so are all its dma-bufs. Says what COMMAND says.
no_more_buffers()
{
	"$@" || return
	[ -r /sys/kernel/debug/dma_buf/bufinfo ] || return
	! grep "staleline [0-9]" /sys/kernel/debug/dma_buf/bufinfo
}

# has_each_sync FILE: three RECORDs of one order, with other names, and in each every cell is fresh.
has_each_sync()
{
	for sync in implicit sync-file syncobj; do
		grep -q "\"sync\": *\"$sync\"" "$1" || return
	done
	for name in overwrite overwrite-2 overwrite-3; do
		grep -q "\"name\": *\"$name\"" "$1" || return
	done
	! grep -E '"(stale|ahead|foreign|torn|unwritten|inexact)": *[1-9]' "$1"
}

# has_exporters NUMBER FILE: so many at least have RECORDs, and in each every cell is fresh.
has_exporters()
{
	[ "$(grep '"exporter":' "$2" | sort -u | wc -l)" -ge "$1" ] || return
	! grep -E '"(stale|ahead|foreign|torn|unwritten|inexact)": *[1-9]' "$2"
}

# passed_over FAULT OTHER COMMAND...: COMMAND performs no FAULT, but OTHER, which comes after it.
passed_over()
{
	over=$1
	performed=$2
	shift 2
	"$@" >/out/passed-over.txt 2>&1
	[ $? -eq 4 ] && grep -q "^$performed: " /out/passed-over.txt && ! grep "^$over: " /out/passed-over.txt
}

check "modules" modprobe -a drm drm_kms_helper
mountpoint -q /sys/kernel/debug || check "debugfs" mount -t debugfs none /sys/kernel/debug
check "staleline.ko" insmod "$(kmod_ko)"
device=/dev/dri/$(card_of staleline)

# 6 frames of each size, the last one twice: 6 * (16 * 192 + 32 * 300 + 44 * 400 + 32 * 300) cells.
cells="cells *239232 checked, 239232 fresh"
for script in resize resize-explicit; do
	expect 0 "every cell is fresh across other sizes, $script" "$cells" \
		no_more_buffers against "$script" staleline show --frames=24 --exporter=staleline:noncoherent --peer=jobs "--json=/out/$script.json"
	check "the result file tells how many sizes there were, $script" grep -q '"sizes": *4' "/out/$script.json"
	check "and the last of them, $script" grep -q '"width": *512' "/out/$script.json"
	expect 0 "and of what the CPU reads, $script" "$cells" \
		against "$script" staleline show --frames=24 --exporter=staleline:noncoherent --peer=jobs --order=read
	expect 0 "and for EGL, $script" "$cells" \
		against "$script" staleline show --frames=24 --exporter=staleline:noncoherent --peer=egl "--drm-device=$device"
	expect 4 "a buffer for each slot and size, however many sizes are told, $script" "12 buffers, [0-9]* timelines, 3 other sizes" \
		against "$script" staleline show --frames=24 --exporter=udmabuf --peer=none
done
odd="staleline show --frames=24 --exporter=udmabuf --peer=egl --order=read"
# shellcheck disable=SC2086
expect 0 "a size that EGL in software can't write is refused, and the one before stays" \
	"should be 512x302, but stays 256x192: .* it draws 4 rows at a time" against resize-odd $odd
# 12 frames of each: 12 * (16 * 192 + 32 * 304) cells.
# shellcheck disable=SC2086
expect 0 "and the next that it can is taken" "cells *153600 checked, 153600 fresh" against resize-odd $odd
expect 0 "also where EGL writes into what the CPU writes" "cells *153600 checked, 153600 fresh" \
	against resize-odd staleline show --frames=24 --exporter=udmabuf --peer=egl --order=update-after-device
f="staleline show --frames=12 --exporter=udmabuf --peer=egl"
# shellcheck disable=SC2086
expect 4 "f: one fault after another, also those for which EGL writes" "^no-start: " against key-f $f --size=512x68
# shellcheck disable=SC2086
check "f: these are passed over where EGL can't write the size" passed_over no-start submit-open against key-f $f --size=512x66
expect 0 "GLES 2 too" "$cells" \
	against resize staleline show --frames=24 --exporter=staleline:noncoherent --peer=egl "--drm-device=$device" --gl=es2
expect 4 "--verbose tells of each" "the card is 712x400 now, as the window asks for" \
	against resize staleline show --frames=24 --exporter=udmabuf --peer=none --verbose
expect 0 "a fault is noticed across other sizes" "no-end: noticed" \
	against resize staleline show --frames=10 --exporter=staleline:noncoherent --peer=jobs --fault=no-end
expect 0 "and so is one that needs a second buffer of the same size" "wrong-buffer: noticed" \
	against resize staleline show --frames=10 --exporter=staleline:noncoherent --peer=jobs --fault=wrong-buffer
expect 0 "a fault of reading, too" "read-no-wait: noticed" \
	against resize staleline show --frames=12 --exporter=staleline:noncoherent --peer=jobs --fault=read-no-wait

# A new buffer that is refused: the run goes on as it was, and says so.
expect 0 "a size that is refused: every cell is fresh" "fresh" \
	no_more_buffers against resize-refused staleline show --frames=24 --exporter=staleline:noncoherent --peer=jobs
expect 4 "and it is told" "the window should be 512x300, but stays 256x192: the compositor refused to import buffer" \
	against resize-refused staleline show --frames=24 --exporter=udmabuf --peer=none
expect 4 "and no frame is lost" "scripted: 24 commits" \
	against resize-refused staleline show --frames=24 --exporter=udmabuf --peer=none
expect 4 "a size that the user asked for stays" "3 buffers, 0 timelines, 0 other sizes" \
	against resize-refused staleline show --frames=24 --exporter=udmabuf --peer=none --size=256x192

expect 4 "under the sanitizers" "3 other sizes" asan_against resize-explicit --frames=24 --exporter=udmabuf --peer=none
expect 0 "under the sanitizers, with the module" "$cells" \
	asan_against resize --frames=24 --exporter=staleline:noncoherent --peer=jobs
expect 4 "under the sanitizers, refused" "scripted: 24 commits" asan_against resize-refused --frames=24 --exporter=udmabuf --peer=none

# The key s: another kind of sync with each, by turns: syncobj, implicit, sync-file, and syncobj again.
for script in key-s key-s-late key-s-resize; do
	expect 0 "s: every cell is fresh by each kind of sync, $script" "sync: sync-file: a key asked for it" \
		no_more_buffers against "$script" staleline show --frames=30 --exporter=staleline:noncoherent --peer=jobs "--json=/out/$script.json"
	check "s: the result file has a RECORD by each, $script" has_each_sync "/out/$script.json"
done
expect 0 "s: what the compositor has not is passed over" "sync: not syncobj: the compositor offers no" \
	against key-s-implicit staleline show --frames=30 --exporter=staleline:noncoherent --peer=jobs
expect 0 "s: a fault is noticed, and waits for its turn" "no-end: noticed" \
	against key-s staleline show --frames=8 --exporter=staleline:noncoherent --peer=jobs --fault=no-end
expect 4 "s: under the sanitizers" "scripted: [0-9]* commits" asan_against key-s --frames=30 --exporter=udmabuf --peer=none

# The key e: another exporter; with s, and across other sizes.
for script in key-e key-e-s; do
	expect 0 "e: every cell is fresh with each exporter, $script" "exporter: [a-z].*: a key asked for it" \
		no_more_buffers against "$script" staleline show --frames=30 --exporter=staleline:noncoherent --peer=jobs "--json=/out/$script.json"
	check "e: the result file has a RECORD for each, $script" has_exporters 3 "/out/$script.json"
done
expect 0 "e: of what the CPU reads, too" "exporter: [a-z].*: a key asked for it" \
	no_more_buffers against key-e staleline show --frames=15 --exporter=staleline:noncoherent --peer=jobs --order=read
expect 4 "e: under the sanitizers" "scripted: [0-9]* commits" asan_against key-e-s --frames=30 --exporter=udmabuf --peer=none
done_testing
