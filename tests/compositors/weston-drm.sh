# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=900
#
# Weston's DRM backend on the module's card: a window, by Weston's own screenshot and by what the display shows; and
# fullscreen, where buffers go to the primary plane as they are.
# shellcheck source=tests/compositors/lib.sh
. "$(dirname "$0")/lib.sh"

compositor=$(weston --version)
device=--drm-device=/dev/dri/card0

check "the module loads" load_module
on_weston_drm windows desktop
picture_by=weston
rows "DRM, window" "fresh|no" "the device's side" --size=256x192 $device
picture_by=scanout
rows "DRM, window, scanout" "fresh|no" "the device's side" --size=256x192 $device
check "weston lives to the end with windows" stop_weston

# Without an input device the desktop's panel stays above whatever is fullscreen.
on_weston_drm fullscreen kiosk
rows "DRM, fullscreen, scanout" "fresh|yes" "the device's side" --size=1024x768 --fullscreen $device
check "weston lives to the end" stop_weston
check "the module unloads" rmmod staleline

done_testing
