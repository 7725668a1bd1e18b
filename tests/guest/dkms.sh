# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --with=dkms --timeout=900
#
# staleline.ko by DKMS, as docs/module.md says: installed, loaded by name, gone again.
#
# The functions below are called through check:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"

# It is compiled here, on what may be an emulated machine.
LIMIT=800
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' kmod/dkms.conf)

installed()
{
	dkms status "staleline/$version" | grep -q ': installed'
}

loaded()
{
	modprobe staleline && grep -q '^staleline ' /proc/modules
}

from_dkms()
{
	modinfo -n staleline | grep /updates/dkms/
}

gone()
{
	dkms remove "staleline/$version" --all && ! modprobe staleline
}

check "the sources" cp -r kmod "/usr/src/staleline-$version"
check "dkms install" dkms install "staleline/$version"
check "it is installed" installed
check "modprobe finds it" loaded
check "and it is DKMS's" from_dkms
check "it unloads" rmmod staleline
check "dkms remove" gone

done_testing
