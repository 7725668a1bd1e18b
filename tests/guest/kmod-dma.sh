# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --append=swiotlb=force
# kernels: all
#
# staleline.ko on a machine that really isn't coherent. With swiotlb=force every device's memory is a copy: what the CPU
# stored gets there when an exporter syncs it for the device, and back when it syncs for the CPU, and not before.
# tests/guest/importer is a driver that maps a buffer so, and tells what its device sees.
#
# The functions below are called through check:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

module=$(kmod_ko) || module=none-for-this-kernel

modprobe -a drm drm_kms_helper
if insmod "$module" modes=320x240 && insmod "${module%/*}/importer/staleline-importer.ko"; then
	guest_tap "another device" "$build/tests/kmod_dma"
	guest_tap "another device and the display" "$build/tests/kms_dma"
	check "the importer unloads" rmmod staleline_importer
	check "staleline unloads" rmmod staleline
else
	not_ok "the modules load"
fi
done_testing
