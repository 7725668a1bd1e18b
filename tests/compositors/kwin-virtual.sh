# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --with=dbus-daemon,grim,kwin-wayland,python3-dbus,sway --gpu --timeout=1200
#
# kwin_wayland --virtual: without a DRM device, on the module, on the module with a render node, on vgem and on a virtio GPU.
# Its screenshots come through D-Bus.

if [ -z "${DBUS_SESSION_BUS_ADDRESS:-}" ]; then
	exec dbus-run-session -- sh "$0"
fi
# shellcheck source=tests/compositors/lib.sh
. "$(dirname "$0")/lib.sh"

compositor=$(kwin_wayland --version 2>/dev/null)
picture_by=grim
small=--size=256x192
export KWIN_SCREENSHOT_NO_PERMISSION_CHECKS=1
PATH=$lib_root/tests/compositors/kwin:$PATH

# on NAME: anew, as one that crashed is gone. It listens long before it answers: the real grim asks it something.
on()
{
	if start_compositor "$1" kwin_wayland --virtual --width 1024 --height 768 --no-lockscreen --no-global-shortcuts \
		--no-kactivities --socket "$1"; then
		timeout 60 /usr/bin/grim /dev/null >/dev/null 2>&1
	else
		not_ok "kwin starts: $1"
	fi
}

on bare
row "virtual, no DRM device" udmabuf "no picture: *no zwp_linux_dmabuf_v1*|not told|-" $small
check "kwin lives to the end without a device" stop_compositor

check "the module loads" load_module
on module
row "virtual, module" gbm "no picture: *no zwp_linux_dmabuf_v1*|not told|-" $small
check "kwin lives to the end on the module" stop_compositor
check "the module unloads" rmmod staleline

check "the module loads with a render node" load_module render=1
on render
row "virtual, module, render=1" gbm "no picture: grim: failed*|*|-" $small
check "its own buffers were refused" grep -q "CREATE_DUMB failed: Permission denied" /out/render.log
check "kwin lives to the end on the module's render node" stop_compositor
check "the module unloads again" rmmod staleline

# There it finds no node to allocate on, and paints into textures.
check "vgem" modprobe vgem
on vgem-1
row "virtual, vgem" gbm "fresh|no|-" $small
row "virtual, vgem" udmabuf "the compositor died (SEGV)*|-|-" $small
on vgem-2
row "virtual, vgem" dma-heap "the compositor died (SEGV)*|-|-" $small
check "vgem unloads" rmmod vgem

check "a virtio GPU" modprobe virtio-gpu
check "the module loads beside it" load_module
on virtio
row "virtual, virtio GPU" gbm "no picture: grim: failed*|*|-" $small
check "its own buffers were refused there, too" grep -q "CREATE_DUMB failed: Permission denied" /out/virtio.log
for exporter in udmabuf dma-heap staleline:coherent; do
	row "virtual, virtio GPU" $exporter "no picture: the compositor refused to import*|not told|-" $small
done
check "kwin lives to the end on the virtio GPU" stop_compositor
done_testing
