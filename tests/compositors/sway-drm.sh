# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --with=dbus-daemon,grim,kwin-wayland,python3-dbus,sway --timeout=900
#
# sway's DRM backend on the module's card: a window, by grim and by what the display shows; and fullscreen, where buffers go
# to the primary plane as they are.
# shellcheck source=tests/compositors/lib.sh
. "$(dirname "$0")/lib.sh"

compositor=$(sway --version)
device=--drm-device=/dev/dri/card0

check "the module loads" load_module
# No seat daemon, no input devices; a renderer that is software is what we ask for.
export LIBSEAT_BACKEND=builtin SEATD_VTBOUND=0 WLR_BACKENDS=drm WLR_DRM_DEVICES=/dev/dri/card0 WLR_RENDERER_ALLOW_SOFTWARE=1
printf 'default_border none\n' >/run/sway.conf
if start_compositor wayland-1 sway -c /run/sway.conf; then
	picture_by=grim
	rows "DRM, window" "fresh|no" "the device's side" --size=256x192 $device
	picture_by=scanout
	rows "DRM, window, scanout" "fresh|no" "the device's side" --size=256x192 $device
	rows "DRM, fullscreen, scanout" "fresh|yes" "the device's side" --size=1024x768 --fullscreen $device
	check "sway lives to the end" stop_compositor
else
	not_ok "sway comes up on the module's card"
fi
check "the module unloads" rmmod staleline

done_testing
