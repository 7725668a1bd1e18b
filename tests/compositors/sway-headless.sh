# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --with=dbus-daemon,grim,kwin-wayland,python3-dbus,sway --timeout=900
#
# sway's headless backend: it wants a render node to draw by, and buffers of a software driver come from the card node only. So
# nothing is painted anywhere here; each way of failing is told apart.
#
# The functions below are called through check:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/compositors/lib.sh
. "$(dirname "$0")/lib.sh"

compositor=$(sway --version)
picture_by=grim
small=--size=256x192
printf 'default_border none\n' >/run/sway.conf
export WLR_BACKENDS=headless WLR_RENDERER_ALLOW_SOFTWARE=1 WLR_LIBINPUT_NO_DEVICES=1

# ends_with WHAT TEXT [VARIABLE=VALUE...]: it doesn't come up, and says so; a pattern of grep
ends_with()
{
	ends_what=$1
	ends_text=$2
	shift 2
	if start_compositor wayland-1 env WLR_RENDERER=gles2 "$@" sway -d -c /run/sway.conf >/dev/null; then
		stop_compositor
		return 1
	fi
	echo "| $compositor | $ends_what | any | does not start: $ends_text | - | - |" >>/out/table.md
	grep -e "$ends_text" /out/wayland-1.log
}

check "no DRM device: no GL renderer" ends_with "headless, no DRM device" "Cannot create GLES2 renderer: no DRM FD available"

check "vgem" modprobe vgem
if start_compositor wayland-1 sway -d -c /run/sway.conf; then
	row "headless, vgem" gbm "no picture: not whole*asked for no frame*|not told|-" $small
	check "its own buffers were refused" grep -q "CREATE_DUMB failed: Permission denied" /out/wayland-1.log
	check "sway lives to the end on vgem" stop_compositor
else
	not_ok "sway comes up on vgem"
fi
check "vgem unloads" rmmod vgem

check "the module loads" load_module
check "the module's card node is no render node" ends_with "headless, module" "is not a DRM render node" \
	WLR_RENDER_DRM_DEVICE=/dev/dri/card0
check "the module unloads" rmmod staleline
check "the module loads with a render node" load_module render=1
check "Mesa has no driver for its render node" ends_with "headless, module, render=1" "Could not initialize EGL"
check "the module unloads again" rmmod staleline

done_testing
