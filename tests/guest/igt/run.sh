# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The guest's half of tests/igt: a root of Debian sid with igt-gpu-tools is at /share. A line for each subtest goes to
# /out/igt.txt: PASS, SKIP or FAIL, with igt's reason; CUT for a test that took too long, whose other subtests were not seen.
# Exit code 0 if none failed.

set -u
tests=/usr/libexec/igt-gpu-tools
limit=50

# Those that open any DRM driver: no test of a vendor's hardware, and none that need a real monitor, audio or suspend.
generic="core_auth core_getclient core_getstats core_getversion core_setmaster core_setmaster_vs_auth dumb_buffer \
kms_addfb_basic kms_atomic kms_atomic_interruptible kms_atomic_transition kms_bw kms_color kms_concurrent kms_cursor_crc \
kms_cursor_legacy kms_display_modes kms_flip kms_flip_event_leak kms_getfb kms_hdmi_inject kms_invalid_mode kms_lease \
kms_multipipe_modeset kms_pipe_crc_basic kms_plane kms_plane_alpha_blend kms_plane_cursor kms_plane_lowres \
kms_plane_multiple kms_plane_scaling kms_prime kms_prop_blob kms_properties kms_rmfb kms_rotation_crc kms_scaling_modes \
kms_sequence kms_setmode kms_sysfs_edid_timing kms_universal_plane kms_vblank kms_writeback prime_self_import prime_vgem \
syncobj_basic syncobj_timeline syncobj_wait syncobj_eventfd sw_sync"

for ko in /staleline/build/kmod*/staleline.ko; do
	if [ "$(modinfo -F vermagic "$ko" 2>/dev/null | cut -d' ' -f1)" = "$(uname -r)" ]; then
		module=$ko
	fi
done
modprobe -a drm drm_kms_helper
insmod "$module" || exit 3
# Second, so that ours is card0. prime_vgem and kms_prime want it, and can't load it from within the chroot.
modprobe vgem || exit 3
for dir in dev sys proc; do
	mount --rbind "/$dir" "/share/$dir" || exit 3
done
mount -t tmpfs none /share/tmp
mount -t tmpfs none /share/run

# one NAME: all of its subtests, a line each. Those that suspend the machine are left out: a guest doesn't wake up again.
one()
{
	code=0 which=
	if chroot /share "$tests/$1" --list-subtests 2>/dev/null | grep -q suspend; then
		which='--run-subtest=*,!*suspend*'
	fi
	timeout -k 5 "$limit" chroot /share env IGT_DEVICE=drm:/dev/dri/card0 "$tests/$1" ${which:+"$which"} \
		>"/out/$1.log" 2>&1 || code=$?
	awk -v test="$1" -f /staleline/tests/guest/igt/lines.awk "/out/$1.log" >/tmp/lines
	if [ ! -s /tmp/lines ]; then
		case $code in
		0) echo "PASS $1" ;;
		77) echo "SKIP $1: $(grep -m 1 -i 'requirement\|skip\|no such' "/out/$1.log")" ;;
		*) echo "FAIL $1: exit code $code" ;;
		esac >/tmp/lines
	elif [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
		echo "CUT $1: took longer than $limit s" >>/tmp/lines
	fi
	tee -a /out/igt.txt </tmp/lines
}

rm -f /out/igt.txt
[ $# -gt 0 ] || eval "set -- $generic"
for name; do
	if [ -x "/share$tests/$name" ]; then
		one "$name"
	else
		echo "SKIP $name: not packaged" | tee -a /out/igt.txt
	fi
done
for outcome in PASS SKIP FAIL CUT; do
	echo "== $(grep -c "^$outcome" /out/igt.txt) $outcome"
done
dmesg | grep -E 'WARNING|BUG:|Oops' && exit 1
! grep -q ^FAIL /out/igt.txt
