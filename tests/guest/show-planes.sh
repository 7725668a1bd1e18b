# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=1500
#
# `staleline show --planes=disjoint`: NV12 and P010 whose planes lie in two dma-bufs, judged by EGL byte for byte, by Weston's
# picture, and by what the module says of the lines of both. A height of 196 rows fills no pages: so the first plane has an
# offset in its dma-buf.
#
# The functions below are called through check:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

module=$(kmod_ko) || module=none-for-this-kernel
apart="--size=256x196 --planes=disjoint"
# A row of either plane has 256 bytes of NV12, 512 of P010; there are 196 and 98 rows.
formats="NV12:1176 P010:2352"

# shown CELLS OPTION...: five frames, and each cell of each is fresh
shown()
{
	shown_cells=$(($1 * 5))
	shift
	# shellcheck disable=SC2086 # two options
	keep shown 0 staleline show --frames=5 $apart "$@" && row "  cells" "$shown_cells checked, $shown_cells fresh" &&
		row "  buffers" "256x196, stride [0-9]*; each plane in a dma-buf of its own"
}

# on_screen OPTION...: and the compositor's picture has its colours
on_screen()
{
	shown "$@" --screenshot=/out/planes.png --screenshot-with=weston && says "192 of 192 blocks of 16x16 pixels"
}

# truth TEXT: the module's word on the last buffer, both dma-bufs together
truth()
{
	row "  module" "noncoherent; last buffer: $1"
}

# calls MAX OPTION...: a steady frame takes so many system calls at most
calls()
{
	calls_max=$1
	shift
	# shellcheck disable=SC2086
	syscalls --skip=10 --frames=60 "--max=$calls_max" --status=4 -- staleline show --frames=80 $apart --peer=none --no-hud \
		--format=NV12 "$@"
}

check "weston bare starts" start_weston bare --width=1024 --height=640
for exporter in udmabuf dma-heap; do
	for format in $formats; do
		check "$exporter, ${format%:*}: fresh, and on the screen" on_screen "${format#*:}" --exporter=$exporter \
			"--format=${format%:*}"
	done
	check "$exporter: by sync_file" shown 1176 --exporter=$exporter --format=NV12 --sync=sync-file
	check "$exporter: updated in halves" shown 1176 --exporter=$exporter --format=NV12 --order=partial-update
	check "$exporter: EGL writes both planes, the CPU reads" shown 1176 --exporter=$exporter --format=NV12 --order=read
done
check "llvmpipe would draw past the end of a plane" keep blocks 4 staleline show --frames=3 --size=256x194 --planes=disjoint \
	--exporter=udmabuf --format=NV12 --order=read
check "and why, in words" says "take a height that is a multiple of 4"
check "linux-dmabuf's create_immed" shown 1176 --exporter=udmabuf --format=NV12 --import-immediate=1
check "GLES 2 refuses the format, not the planes" keep es2 4 staleline show --frames=3 --planes=disjoint --format=NV12 --gl=es2 \
	--exporter=udmabuf
check "auto passes gbm over" shown 1176 --format=NV12
# Three for the other dma-buf: poll, START, END.
check "a steady frame takes three system calls more than of one dma-buf: 10" calls 10 --exporter=udmabuf
expect 0 "the trace tells of both" "SYNC START WRITE (R1 R10) of each dma-buf (R31) ok | write 1176 cells" \
	staleline show --frames=2 --size=256x196 --planes=disjoint --exporter=udmabuf --format=NV12 --trace
expect 0 "under the sanitizers" "overwrite: ok" asan show --frames=5 --planes=disjoint --exporter=udmabuf --format=NV12 \
	--save=/out/asan.png
check "weston bare lives to the end" stop_weston

modprobe drm_kms_helper
check "the module loads" insmod "$module"
check "weston starts beside it" start_weston module --width=1024 --height=640
for format in $formats; do
	check "the module's, ${format%:*}: every cell is fresh" shown "${format#*:}" --exporter=staleline:noncoherent \
		"--format=${format%:*}" --save=/out/planes.png
	check "and no line differs in either dma-buf" truth "[0-9]* lines clean, 0 dirty, 0 stale, 0 both"
	# shellcheck disable=SC2086
	check "${format%:*} without END is noticed" keep no-end 0 staleline show --frames=5 $apart "--format=${format%:*}" \
		--exporter=staleline:noncoherent --fault=no-end
	check "each line that was drawn is dirty, in both" truth "[0-9]* lines clean, ${format#*:} dirty, 0 stale, 0 both"
done
# 98 rows of 4 cells in each of five frames: the second plane, and no other.
# shellcheck disable=SC2086
check "END left out for the second dma-buf alone is noticed" keep one-end 1 staleline-one-end show --frames=5 $apart \
	--format=NV12 --exporter=staleline:noncoherent
check "in the cells of its plane" row "  cells" "5880 checked, 3920 fresh"
check "and in its lines" truth "[0-9]* lines clean, 392 dirty, 0 stale, 0 both"
check "device work of EGL, read by the CPU" shown 1176 --exporter=staleline:noncoherent --format=NV12 --order=read
# shellcheck disable=SC2086
check "gbm says why not" keep gbm 4 staleline show --frames=3 $apart --format=NV12 --exporter=gbm
check "in words" says "GBM makes one buffer object for all planes"
check "weston lives to the end" stop_weston

done_testing
