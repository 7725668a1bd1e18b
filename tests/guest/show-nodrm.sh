# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=900
#
# `staleline show` on a machine without any DRM device: udmabuf and dma-heap buffers, EGL without a device, Weston's
# headless backend.
# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

small=--size=256x192

guest_tap "exporters udmabuf and dma-heap" exporters --need=udmabuf,dma-heap
for gl in es3 es2; do
	for exporter in udmabuf dma-heap; do
		guest_tap "EGL peer, $gl, $exporter" egl_peer --exporter=$exporter --gl=$gl --need
	done
done
check "the two examples run" sh -c "overwrite && damage"
for example in overwrite damage; do
	check "$example.c has at most 60 lines" test "$(wc -l <docs/examples/$example.c)" -le 60
done

check "weston bare starts" start_weston bare --width=1024 --height=640
for exporter in udmabuf dma-heap; do
	check "120 frames of $exporter in order are fresh, on the screen too" fresh_run 120 3072 $small \
		--exporter=$exporter --screenshot=/out/$exporter-screen.png --json=/out/$exporter.json
	expect 0 "a wrong buffer of $exporter is noticed" "wrong-buffer: noticed" \
		staleline show --frames=20 $small --exporter=$exporter --fault=wrong-buffer
	expect 0 "EGL writes $exporter, the CPU reads" "read: ok" \
		staleline show --frames=20 $small --exporter=$exporter --order=read
	expect 0 "partial updates of $exporter" "partial-update: ok" \
		staleline show --frames=20 $small --exporter=$exporter --order=partial-update
done
expect 0 "auto says why not gbm" "not gbm" staleline show --frames=5 $small
expect 4 "gbm without a DRM device" "no DRM device: /dev/dri holds none" staleline show --frames=5 $small --exporter=gbm
expect 4 "a dma-heap that is not there" "system" staleline show --frames=5 $small --exporter=dma-heap:none
expect 4 "a buffer over udmabuf's limit" "size_limit_mb" staleline show --frames=5 --size=8192x8192 --exporter=udmabuf

# No exporter at all.
mv /dev/udmabuf /dev/udmabuf-gone
mv /dev/dma_heap /dev/dma_heap-gone
expect 4 "no exporter at all" "udmabuf" staleline show --frames=5 $small
expect 4 "that, under the sanitizers" "udmabuf" asan show --frames=5 $small
mv /dev/udmabuf-gone /dev/udmabuf
mv /dev/dma_heap-gone /dev/dma_heap
check "weston bare lives to the end" stop_weston

check "weston plain starts" start_weston plain --renderer=pixman --width=1024 --height=640
expect 4 "a compositor without linux-dmabuf" "linux-dmabuf" staleline show --frames=5 $small
expect 4 "that, under the sanitizers" "linux-dmabuf" asan show --frames=5 $small
check "weston plain lives to the end" stop_weston

# No leak, no overrun, in what goes wrong and in what goes well.
check "weston asan starts" start_weston asan --width=1024 --height=640
expect 0 "a run under the sanitizers" "overwrite: ok" asan show --frames=10 $small --exporter=udmabuf
expect 0 "a fault under the sanitizers" "noticed" asan show --frames=5 $small --fault=wrong-buffer
expect 4 "gbm without a device, under the sanitizers" "no DRM device" asan show --frames=5 $small --exporter=gbm
expect 3 "an unwritable file, under the sanitizers" "/nowhere" asan show --frames=3 $small --json=/nowhere/r
expect 0 "SIGINT, under the sanitizers" "overwrite: ok" after_frames 2 interrupt_it asan show $small
expect 3 "a killed compositor, under the sanitizers" "the compositor closed the connection" \
	after_frames 2 kill_weston asan show $small
stop_weston

done_testing
