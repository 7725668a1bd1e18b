# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=900
#
# `staleline list`: on a machine without a DRM device, with vgem, with the module; as root and as nobody; and with a
# driver that crashes while it is looked at. The tables are left in /out.
#
# The functions below are called through check and expect:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

# nobody NAME CODE: the listing that nobody gets.
nobody()
{
	keep "$1" "$2" setpriv --reuid=65534 --regid=65534 --clear-groups "$(command -v staleline)" list
}

nodes_mode()
{
	chmod "$1" /dev/udmabuf /dev/dma_heap/* /dev/dri/*
}

check "no DRM device: it lists what there is" keep bare 0 staleline list
check "the kernel" says "kernel $(uname -s) $(uname -r), $(uname -m)"
check "no DRM device, and the mend" says "DRM devices none: /dev/dri holds no device. A GPU's driver makes one, and without a GPU \`sudo modprobe vgem\`"
check "gbm has none, with the mend" says "no gbm no DRM device"
check "the heap by its name" says "yes dma-heap:system LINEAR, stride 256, map writable"
check "udmabuf with its limit" says "yes udmabuf LINEAR, stride 256, map writable, at most 64 MiB a buffer"
check "EGL goes without a device" says "yes egl without a DRM device llvmpipe"
check "and reads udmabuf" says "udmabuf 256 of 256 cells fresh"
check "sync_file" says "yes sync_file of implicit fences export and import"
check "no timelines known" says "no syncobj timelines not known: no DRM device could be asked"
check "no module, and the mend" says "no staleline not loaded: \`make -C kmod"
expect 0 "the same as JSON, on stdout" '"devices":\[\]' staleline list --json
expect 0 "under the sanitizers" "2 of 4 exporters" asan list

check "vgem is there" modprobe vgem
vgem=/dev/dri/$(card_by_driver vgem)
check "vgem: it lists" keep vgem 0 staleline list
check "vgem is no GPU" says "): no GPU: the CPU draws $vgem"
check "its node and whose it is" says "$vgem root:$(stat -c %G "$vgem") $(stat -c 0%a "$vgem"), may be opened"
check "what it has" says "has dumb buffers, PRIME export, PRIME import, render node lacks syncobj, syncobj timeline"
check "gbm works on it" says "yes gbm $vgem LINEAR, stride 256"
check "EGL is on it" says "yes egl $vgem llvmpipe"
check "and reads its buffers" says "gbm $vgem 256 of 256 cells fresh"
check "but not the heap's, and it says why" says "dma-heap:system not read import of buffer 1 into $vgem: driver vgem can't map"
check "a reason is given once" says "udmabuf not read, as above"
check "the kernel has eventfds, nobody has syncobjs" says "no syncobj to an eventfd the kernel has it, but no DRM device here"
check "the file beside the table" keep vgem-file 0 staleline list --json=/out/list.json
check "is whole" grep -q '"pairs":\[\]' /out/list.json
check "and says the same" grep -q '"stride":256' /out/list.json
expect 3 "a file that can't be written" "/nowhere/l.json" staleline list --json=/nowhere/l.json
expect 3 "a full disk" "No space left" staleline list --json=/dev/full
expect 3 "a full stdout" "stdout" sh -c 'staleline list >/dev/full'
expect 0 "vgem, under the sanitizers" "3 of 4 exporters" asan list

# Not permitted.
chgrp video /dev/dri/* /dev/udmabuf
nodes_mode 0660
check "nobody may nothing: nothing usable" nobody nobody 4
check "whose group may" says "no udmabuf open /dev/udmabuf: Permission denied; its group video may: \`sudo usermod -a -G video"
check "the device's too" says "$vgem root:video 0660, may not be opened open $vgem: Permission denied; its group video may"
check "its driver can't be asked" says "driver not known"
check "EGL says so as well" says "no egl $vgem EGL: open"
chmod 0666 /dev/udmabuf
check "permission on one of them will do" nobody nobody-udmabuf 0
check "which is listed" says "yes udmabuf LINEAR"
nodes_mode 0600
check "only root may" nobody nobody-root 4
check "that is said" says "only user root may (mode 0600"

# A driver that crashes is named, and all the rest stands.
check "a crash at one exporter's buffer" keep crash 0 env STALELINE_CRASH=dma-heap staleline-crash list
check "is named, with its signal and its last words" says "while it was looked at: killed by SIGSEGV (Segmentation fault); it said last: driver: these are my last words"
check "the one before it stands" says "gbm $vgem 256 of 256 cells fresh"
check "the one behind it too" says "udmabuf not read import of buffer 1 into"
check "a crash of EGL itself" keep crash-open 0 env STALELINE_CRASH=open staleline-crash list
check "is named as well" says "no egl $vgem egl on $vgem: while it was opened: killed by SIGSEGV"
check "and the exporters stand" says "yes udmabuf LINEAR"

# The module.
if insmod "${STALELINE_KO:-/staleline/build/kmod/staleline.ko}" mode=noncoherent; then
	check "the module: it lists" keep module 0 staleline list
	check "loaded, with its mode" says "yes staleline loaded"
	check "its mode, and nothing to complain of" says "mode noncoherent 5 of 5 exporters and"
	check "its buffers" says "yes staleline LINEAR"
	check "jobs are a peer" says "yes jobs /dev/dri/$(card_by_driver staleline)"
	check "jobs read its buffers" says "staleline 256 of 256 cells fresh"
	nodes_mode 0600
	check "nobody may not ask it" nobody module-nobody 4
	check "which is said" says "Module yes staleline loaded"
	check "and why" says "no jobs"
else
	not_ok "the module loads"
fi
done_testing
