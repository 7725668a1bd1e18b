# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# How vm/image and vm/kernel make a Debian root file system, and a folder in the cache. Sourced after common.sh.
#
# Much here is quoted for another shell, a hook of mmdebstrap; and common.sh sets repo and cache:
# shellcheck disable=SC2016,SC2154

# Which mirror the host itself uses for Debian's main archive: "Debian" as both origin and label leaves out third
# parties, security and backports. Without downloaded lists apt knows no origin: then a plain release name must do.
find_mirror()
{
	local found=
	if command -v apt-get >/dev/null; then
		found=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)' \
			'Created-By: Packages' 2>/dev/null | awk -F'|' '
			$3 != "main" || $5 ~ /^cdrom:/ { next }
			$1 == "Debian" && $2 == "Debian" && !sure { sure = $5 }
			$1 == "" && $4 ~ /^(bookworm|trixie|forky|duke|sid|stable|testing|unstable)$/ && !guess { guess = $5 }
			END { print (sure ? sure : guess) }') || found=
	fi
	found=${found:-http://deb.debian.org/debian}
	printf '%s' "${found%/}"
}

# What the host's apt needs to reach its mirror (proxy, certificates, credentials) mmdebstrap's apt needs too.
host_apt_options()
{
	local parts
	command -v apt-config >/dev/null || return 0
	apt-config dump Acquire |
		grep -E '^Acquire::(http|https|ftp|tor|Retries|ForceIPv[46]|Proxy|Check-Valid-Until|Check-Date)' || true
	eval "$(apt-config shell auth Dir::Etc::netrc/f parts Dir::Etc::netrcparts/d)"
	if [ -r "${auth:-}" ]; then
		printf 'Dir::Etc::netrc "%s";\n' "$auth"
	fi
	if [ -n "$(ls -A "${parts:-/nonexistent}" 2>/dev/null)" ]; then
		printf 'Dir::Etc::netrcparts "%s";\n' "$parts"
	fi
}

# make_root FOLDER SUITE PACKAGES [OPTION...]: FOLDER/rootfs, a Debian of SUITE with PACKAGES, a list with commas.
make_root()
{
	local work=$1 from=$2 packages=$3
	shift 3
	host_apt_options >"$work/apt.conf"
	# INITRD=No: a kernel package need not make an initramfs, vm/image makes a smaller one. Sid's Release may be past its
	# date. The proxy and the credentials are the host's business; the root must not keep them.
	INITRD=No in_namespace timeout --foreground 1500 mmdebstrap \
		--mode=root --variant=minbase --components=main \
		--architectures="$(debian_arch)" \
		--include="$packages" \
		--aptopt="$work/apt.conf" \
		--aptopt='Apt::Install-Recommends "false"' \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook='rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap' \
		--customize-hook='mkdir -p "$1"/staleline "$1"/share "$1"/out "$1"/run/control' \
		"$@" "$from" "$work/rootfs" "deb $(find_mirror) $from main" || return
	# It may hold a password of the host's proxy.
	rm -f "$work/apt.conf"
}

# once FOLDER MAKER [ARGUMENT...]: makes FOLDER of the cache by MAKER WORK ARGUMENT..., unless it is there: under another
# name, and renamed when whole. One maker at a time.
once()
{
	local dir=$1 maker=$2
	shift 2
	if [ -d "$dir" ]; then
		return 0
	fi
	"$repo/vm/setup"
	check_namespace
	mkdir -p "${dir%/*}" "$cache/logs"
	(
		flock -w 3600 9 || die 125 "another run has been making $dir for an hour; is it stuck?"
		if [ ! -d "$dir" ]; then
			in_namespace rm -rf "$dir.making"
			mkdir "$dir.making"
			say "$dir is not in the cache yet: making it (once)"
			"$maker" "$dir.making" "$@"
			mv "$dir.making" "$dir"
		fi
	) 9>"$dir.lock"
}
