# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=900
#
# Weston's headless backend with its GL renderer: without a DRM device, with vgem, and with the module; on each it renders
# another way.
# shellcheck source=tests/compositors/lib.sh
. "$(dirname "$0")/lib.sh"

compositor=$(weston --version)
picture_by=weston
small=--size=256x192

# on NAME: anew, as one that crashed is gone
on()
{
	if start_weston "$1" --width=1024 --height=768; then
		# weston_pid is vm/weston.sh's.
		# shellcheck disable=SC2154
		compositor_pid=$weston_pid
	else
		not_ok "weston starts: $1"
	fi
}

on bare
for exporter in udmabuf dma-heap; do
	row "headless, no DRM device" $exporter "fresh|no|-" $small
done
check "weston lives to the end without a device" stop_weston

check "vgem" modprobe vgem
on vgem-1
row "headless, vgem" gbm "fresh|no|-" $small
row "headless, vgem" udmabuf "the compositor died (SEGV)*|-|-" $small
on vgem-2
row "headless, vgem" dma-heap "the compositor died (SEGV)*|-|-" $small
stop_weston
check "vgem unloads" rmmod vgem

check "the module loads" load_module
on module
rows "headless, module" "fresh|no" "the CPU's side" $small
check "weston lives to the end on the module" stop_weston
check "the module unloads" rmmod staleline

# Mesa draws by a render node in software where the driver is called vgem: so it is told that ours is.
check "the module loads with a render node" load_module render=1
export MESA_LOADER_DRIVER_OVERRIDE=vgem
on named-vgem
unset MESA_LOADER_DRIVER_OVERRIDE
rows "headless, module as vgem" "fresh|no" "the device's side" $small
check "weston lives to the end on the module as vgem" stop_weston
check "the module unloads again" rmmod staleline

done_testing
