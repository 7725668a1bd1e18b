# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=1500
# long: 32400
#
# `staleline check --seeds=`: every fault that the catalogue says the card can show is noticed by the card in every run,
# and the controls are clean in every run, with lines evicted and fetched early and for both ways of `inval`: 5 seeds of
# 200 frames. `./test --long` takes 50 seeds by each kind of sync, and 2,000 frames of the controls.
#
# That takes hours. So each of these seeds is a process of its own, several side by side, since a run mostly waits for
# jobs that take their time; what is done is told on stderr and lies in /out/WHAT-KIND-SEED.json, whatever becomes of the
# rest. A seed whose file is there is not done again: with vm/run --out=FOLDER, and STALELINE_KINDS="syncobj" or the like
# for some kinds of sync alone, and STALELINE_WHAT=controls or faults, a run that was cut off goes on. The tables are left
# in /out.
#
# The functions below are called through check:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

seeds=5
frames=200
side_by_side=16 # a run alone leaves two thirds of two CPUs idle
LIMIT=1200
if [ "${STALELINE_LONG:-no}" = yes ]; then
	seeds=50
	frames=2000
	LIMIT=7200
fi
# Past what check keeps for itself.
exec 3>&2

# repeated NAME SEEDS FRAMES FILE...: what came out, as tables in /out/NAME-sums.md, held against the catalogue.
repeated()
{
	repeated_name=$1
	repeated_seeds=$2
	repeated_frames=$3
	shift 3
	staleline --list-faults >/out/list-faults.txt
	python3 "$(dirname "$0")/seeds.py" "$repeated_seeds" "$repeated_frames" /out/list-faults.txt "$@" >"/out/$repeated_name-sums.md"
	repeated_code=$?
	cat "/out/$repeated_name-sums.md"
	return "$repeated_code"
}

# one_by_one WHAT FAULTS FRAMES KIND: each seed in a process of its own
one_by_one()
{
	export WHAT="$1" FAULTS="$2" FRAMES="$3" KIND="$4" RUN_LIMIT="$LIMIT"
	# shellcheck disable=SC2016 # for the shell that xargs starts
	seq "$seeds" | xargs -P "$side_by_side" -I SEED sh -c '
		to=/out/$WHAT-$KIND-SEED
		[ ! -s "$to.json" ] || exit 0
		begun=$(cut -d. -f1 /proc/uptime)
		timeout "$RUN_LIMIT" staleline check --exporter=staleline:noncoherent --peer=jobs --size=64x16 --seeds=1 --seed=SEED \
			--sync="$KIND" --faults="$FAULTS" --frames="$FRAMES" --timeout="$RUN_LIMIT" --json="$to.part" >"$to.txt" 2>&1 && mv "$to.part" "$to.json"
		code=$?
		echo "# $WHAT, $KIND, seed SEED: exit code $code, $(($(cut -d. -f1 /proc/uptime) - begun)) s"
		exit "$code"' >&3
}

# long faults|controls KIND: all the seeds
long()
{
	if [ "$1" = faults ]; then
		check "$2: $seeds seeds, each fault" one_by_one faults all 200 "$2"
		check "$2: the card notices what it can, in every run, and the state machine each order of calls" \
			repeated "faults-$2" "$seeds" 200 /out/faults-"$2"-*.json
	else
		check "$2: $seeds seeds, $frames frames of the controls" one_by_one controls none "$frames" "$2"
		check "$2: not one cell" repeated "controls-$2" "$seeds" "$frames" /out/controls-"$2"-*.json
	fi
}

# by_kind: all the seeds in one process, one for each kind of sync, side by side
by_kind()
{
	export SEEDS="$seeds" FRAMES="$frames" RUN_LIMIT="$LIMIT"
	# shellcheck disable=SC2016 # for the shell that xargs starts
	printf '%s\n' implicit sync-file syncobj | xargs -P 3 -I KIND sh -c '
		timeout "$RUN_LIMIT" staleline check --exporter=staleline:noncoherent --peer=jobs --size=64x16 --markdown --seeds="$SEEDS" \
			--sync=KIND --faults=all --frames="$FRAMES" --json=/out/faults-KIND.json >/out/faults-KIND.md 2>/out/faults-KIND.err && exit
		code=$?
		sed "s/^/# KIND: /" /out/faults-KIND.err
		exit "$code"'
}

# run NAME COMMAND...: keeps what it prints on stdout as /out/NAME.md
run()
{
	run_file=/out/$1.md
	shift
	"$@" >"$run_file"
	run_code=$?
	cat "$run_file"
	return "$run_code"
}

modprobe -a drm drm_kms_helper
if insmod "$(kmod_ko)" mode=noncoherent; then
	if [ "$seeds" -eq 5 ]; then
		check "$seeds seeds, each fault, by each kind of sync" by_kind
		for kind in implicit sync-file syncobj; do
			check "$kind: the card notices what it can, in every run, and the state machine each order of calls" \
				repeated "faults-$kind" "$seeds" "$frames" "/out/faults-$kind.json"
		done
	else
		for kind in ${STALELINE_KINDS:-implicit sync-file syncobj}; do
			for what in ${STALELINE_WHAT:-faults controls}; do
				long "$what" "$kind"
			done
		done
	fi
	# The same seed, the same run: what a person takes to look at it again.
	for again in 1 2; do
		check "one seed" run "seed-$again" timeout "$LIMIT" staleline check --exporter=staleline:noncoherent --peer=jobs \
			--size=64x16 --seed=7 --faults=no-end,early-end --frames=10 --markdown
	done
	check "again the same" cmp /out/seed-1.md /out/seed-2.md
	# Who is blind to a mix-up is told in which run.
	expect 1 "a fault that is missed" "wrong-buffer UNNOTICED" staleline-blind check --exporter=staleline:noncoherent \
		--peer=jobs --size=64x16 --seeds=2 --faults=wrong-buffer --frames=5
else
	not_ok "the module loads"
fi
done_testing
