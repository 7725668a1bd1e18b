# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=900
#
# The whole of `staleline show` on a machine whose only DRM device is vgem: GBM buffers from its card node, EGL on it,
# Weston's headless backend with its GL renderer on it.
# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

small=--size=256x192

check "vgem is there" modprobe vgem
guest_tap "exporter gbm" exporters --need=gbm
guest_tap "EGL peer, GLES 3 check shader, gbm" egl_peer --exporter=gbm --gl=es3 --need
guest_tap "EGL peer, GLES 2 pass-through, gbm" egl_peer --exporter=gbm --gl=es2 --need
for format in ARGB8888 XBGR8888 RGB565 XRGB2101010 ABGR16161616F; do
	guest_tap "EGL peer, GLES 3 check shader, gbm, $format" egl_peer --exporter=gbm --gl=es3 --format=$format --need
done
guest_tap "EGL peer, GLES 2 pass-through, gbm, ABGR8888" egl_peer --exporter=gbm --gl=es2 --format=ABGR8888 --need

check "weston whole starts" start_weston whole --width=1024 --height=640
check "120 frames of gbm in order are fresh, on the screen too" fresh_run 120 3072 $small --exporter=gbm \
	--screenshot=/out/gbm-screen.png --json=/out/gbm.json --save=/out/gbm.png
mkdir /out/nothing
expect 3 "a screenshot that is needed and can't be had" "screenshot that was needed" \
	env PATH=/nowhere "$(command -v staleline)" show --frames=3 $small --screenshot=/out/nothing/s.png --screenshot-with=weston \
	--screenshot-needed
expect 0 "120 frames through GLES 2" "GLES 2" staleline show --frames=120 $small --exporter=gbm --gl=es2
expect 0 "partial updates keep the other half" "partial-update: ok" \
	staleline show --frames=30 $small --exporter=gbm --order=partial-update
expect 0 "EGL writes, the CPU reads" "read: ok" staleline show --frames=30 $small --exporter=gbm --order=read
expect 0 "auto takes gbm of the compositor's device" "exporter *gbm /dev/dri/card" staleline show --frames=5 $small
expect 0 "odd sizes" "overwrite: ok" staleline show --frames=5 --size=171x97 --exporter=gbm
expect 0 "the compositor, the exporter and EGL take RGB565" "^RGB565 *RG16 *0x36314752 *yes *yes *yes" \
	staleline --list-formats --exporter=gbm
for format in ARGB8888 XBGR8888 ABGR8888; do
	expect 0 "$format, decoded on the screen too" "screenshot *3072 checked, 3072 fresh" \
		staleline show --frames=5 $small --exporter=gbm "--format=$format" "--screenshot=/out/$format.png" --screenshot-with=weston
done
# More bits than the screen has, or fewer colours: by colour, in 16 x 12 blocks.
for format in XRGB2101010 ABGR16161616F YUYV; do
	expect 0 "$format, its colours are on the screen" "192 of 192 blocks of 16x16 pixels" \
		staleline show --frames=5 $small --exporter=gbm "--format=$format" "--screenshot=/out/$format.png" --screenshot-with=weston
done
expect 0 "RGB565, decoded on the screen too" "screenshot *1536 checked, 1536 fresh" \
	staleline show --frames=5 $small --exporter=gbm --format=RGB565 --screenshot=/out/RGB565.png --screenshot-with=weston
# One colour for two pixels or four: EGL looks at each plane, bit by bit.
for yuv in YUYV:7680 NV12:5760 P010:11520; do
	expect 0 "${yuv%:*}, and every cell is fresh" "cells *${yuv#*:} checked, ${yuv#*:} fresh" \
		staleline show --frames=5 $small --exporter=gbm "--format=${yuv%:*}"
done
expect 4 "YUYV asks for an even width" "one colour for two pixels: choose an even width by" \
	staleline show --frames=5 --size=255x192 --exporter=gbm --format=YUYV
expect 0 "and takes an odd height" "overwrite: ok" staleline show --frames=5 --size=256x191 --exporter=gbm --format=YUYV
expect 4 "NV12 asks for both" "pixels of two rows: choose an even width and height by" \
	staleline show --frames=5 --size=256x191 --exporter=gbm --format=NV12
expect 0 "fullscreen" "overwrite: ok" staleline show --frames=5 --fullscreen --exporter=gbm
expect 0 "two buffers" "overwrite: ok" staleline show --frames=20 $small --buffers=2
expect 0 "four buffers" "overwrite: ok" staleline show --frames=20 $small --buffers=4
expect 0 "a wrong buffer is noticed" "wrong-buffer: noticed" \
	staleline show --frames=20 $small --exporter=gbm --fault=wrong-buffer --json=/out/wrong-buffer.json
expect 0 "one found by the number of a descriptor that another has by now, too" "reused-fd: noticed" \
	staleline show --frames=20 $small --exporter=gbm --fault=reused-fd
expect 1 "a build that cannot see a wrong buffer fails" "wrong-buffer: unnoticed" \
	staleline-blind show --frames=20 $small --exporter=gbm --fault=wrong-buffer
expect 0 "the trace tells the order with its rules" \
	"frame 5 buffer [1-3]: | poll POLLOUT (R5 R16) ok | SYNC START WRITE (R1 R10) ok | write 3072 cells | SYNC END WRITE (R2) ok | submit (R6) ok | egl reads (R6) | attach buffer [1-3], commit (R6)" \
	staleline show --frames=5 $small --exporter=gbm --trace
expect 4 "nobody looks: nothing could be checked" "skipped" staleline show --frames=5 $small --peer=none

# Counted, not timed.
check "a steady frame takes at most 7 syscalls (median of 300)" \
	syscalls --skip=30 --frames=300 --max=7 --status=4 -- staleline show --frames=340 $small --exporter=gbm --peer=none
check "a steady frame calls malloc never from our own text" \
	mallocs_none 300 staleline show --frames=340 $small --exporter=gbm --peer=none
syscalls --skip=10 --frames=60 -- staleline show --frames=80 $small --exporter=gbm >/out/syscalls-egl.txt 2>&1 || true

# The same device under the sanitizers, by both ways of looking.
expect 0 "gbm and GLES 3 under the sanitizers" "overwrite: ok" asan show --frames=5 $small --exporter=gbm --save=/out/asan.png
expect 0 "gbm and GLES 2 under the sanitizers" "overwrite: ok" asan show --frames=5 $small --exporter=gbm --gl=es2
expect 3 "an unwritable picture under the sanitizers" "/nowhere/c.png" \
	asan show --frames=3 $small --exporter=gbm --save=/nowhere/c.png

# Input that is not what it should be.
expect 4 "a DRM device that is none" "/dev/null" staleline show --frames=5 $small --drm-device=/dev/null
expect 4 "a DRM device that is not there" "/dev/dri/card9" staleline show --frames=5 $small --drm-device=/dev/dri/card9
expect 4 "a foreign buffer that this driver cannot map is refused, and kills nobody" "can't map a dma-buf of another exporter" \
	staleline show --frames=5 $small --exporter=udmabuf --drm-device=/dev/dri/card0
expect 3 "an unwritable result file" "/nowhere/r.json" staleline show --frames=5 $small --json=/nowhere/r.json
expect 3 "an unwritable picture" "/nowhere/c.png" staleline show --frames=5 $small --save-card=/nowhere/c.png
expect 0 "SIGINT ends a run with its summary" "overwrite: ok" \
	after_frames 3 interrupt_it timeout 200 staleline show $small
expect 4 "a counted run that is stopped is not whole" "stopped by a signal" \
	after_frames 3 interrupt_it timeout 200 staleline show --frames=9999 $small
expect 0 "a run ended by SIGINT still has its screenshot" "screenshot *3072 checked, 3072 fresh" \
	after_frames 3 interrupt_it timeout 200 staleline show $small --screenshot=/out/int.png --screenshot-with=weston
check "weston lives to the end" stop_weston

check "weston killed starts" start_weston killed --width=1024 --height=640
expect 3 "a compositor that is killed" "the compositor closed the connection" \
	after_frames 3 kill_weston timeout 200 staleline show $small
stop_weston

done_testing
