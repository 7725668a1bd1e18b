# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# kernels: all
#
# `staleline check --peer=scanout`: a display as the other side of the buffer, by the plain DRM ABI. On the module's display,
# and on vkms where the kernel has it (of ours the debug one): there by writeback, and with vkms' writeback off by CRC.
#
# The functions below are called through check:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

module=$(kmod_ko) || module=none-for-this-kernel

# look CARD OPTION...: what a display makes of the buffers, into /tmp/table
look()
{
	look_card=$1
	look_code=0
	shift
	staleline check --peer=scanout "--drm-device=/dev/dri/$look_card" --frames=3 "$@" >/tmp/table 2>&1 || look_code=$?
	cat /tmp/table
	return "$look_code"
}

# row EXPORTER TEXT: the table has this row, of the CPU writing; a pattern
row()
{
	grep -q "^$1 *scanout@$look_card *cpu-write *$2" /tmp/table || {
		cat /tmp/table
		return 1
	}
}

# read_back_by WAY CARD: the peer says so, in the result file
read_back_by()
{
	staleline check --peer=scanout "--drm-device=/dev/dri/$2" --exporter=gbm --faults=none --frames=1 --json=/tmp/way.json
	grep "\"peer\":.*scanout on .*$1" /tmp/way.json
}

# display CARD: what is right of any display that software makes
display()
{
	check "$1: buffers of its own, by GBM" look "$1" --exporter=gbm
	check "$1: are shown in order, and show nothing without brackets" row "gbm@$1" "ok *no-bracket not-shown \[[0-9]*\] *ok"
	for display_exporter in udmabuf dma-heap; do
		if [ ! -e "/dev/$(echo $display_exporter | tr - _)" ]; then
			skip "$1: buffers of $display_exporter" "this kernel has none"
			continue
		fi
		# EGL, which is looked at first, and the display are two files of one device.
		if [ "$display_exporter-$slower" = dma-heap-5 ]; then
			skip "$1: buffers of dma-heap" "the checker of the DMA API complains of a heap's buffer that two files import"
			continue
		fi
		check "$1: buffers of $display_exporter" look "$1" --exporter=$display_exporter
		check "$1: are shown in order, too" row "${display_exporter}[^ ]*" "ok *no-bracket not-shown \[[0-9]*\] *ok"
	done
	check "$1: buffers of the module" look "$1" --exporter=staleline
	check "$1: need brackets where they are noncoherent" row staleline:noncoherent \
		"ok *no-bracket noticed *1 frame *needs-brackets"
	check "$1: and show nothing where they are coherent" row staleline:coherent "ok *no-bracket not-shown \[[0-9]*\][ -]*ok"
}

modprobe -a drm drm_kms_helper
check "the module loads" insmod "$module"
card=$(card_of staleline)
display "$card"
check "the module's is read back by writeback" read_back_by writeback "$card"

if modprobe vkms 2>/dev/null; then
	card=$(card_of vkms)
	display "$card"
	check "vkms is read back by writeback" read_back_by writeback "$card"
	rmmod vkms
	modprobe vkms enable_writeback=0
	card=$(card_of vkms)
	check "vkms without writeback is read back by CRC" read_back_by CRC "$card"
	display "$card"
	check "vkms unloads" rmmod vkms
else
	skip "vkms" "this kernel has none"
fi
check "the module unloads" rmmod staleline

done_testing
