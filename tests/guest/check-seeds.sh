# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=1500
# long: 21600
#
# `staleline check --seeds=`: every fault that the catalogue says the card can show is noticed by the card in every run,
# and the controls are clean in every run, with lines evicted and fetched early and for both ways of `inval`. 5 seeds of
# 200 frames; `./test --long` takes 50 seeds, and 2,000 frames of the controls. The tables are left in /out.
#
# The functions below are called through check:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

seeds=5
frames=200
LIMIT=1200
if [ "${STALELINE_LONG:-no}" = yes ]; then
	seeds=50
	frames=2000
	LIMIT=18000
fi

# repeated FILE SEEDS FRAMES: python. What the catalogue promises of each fault, held against what came out.
repeated()
{
	staleline --list-faults >/out/faults.txt
	python3 - "$@" <<-END
		import json, re, sys
		file, seeds, frames = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
		runs = 2 * seeds
		can = {}
		for line in open("/out/faults.txt"):
		    if m := re.match(r"(\S+) \(breaks", line):
		        name = m[1]
		        can[name] = []
		    if m := re.match(r" +noticed by: (.*)", line):
		        can[name] = m[1].strip().split(", ")
		results = json.load(open(file))["results"]
		assert results
		for r in results:
		    s = r["seeds"]
		    if r["verdict"] == "skipped":
		        print(r["fault"], r["why"])
		        assert r["fault"] and "card" not in can[r["fault"]], r
		        continue
		    assert s and s["count"] == seeds and s["runs"] == runs, r
		    if r["fault"] is None:
		        assert r["verdict"] == "ok" and r["frames"] == runs * frames, r
		        assert r["cells"]["fresh"] == r["cells"]["checked"] >= r["frames"] * 64, r
		        assert s["noticed_by"] is None and s["noticed_at"] is None, r
		        continue
		    by = s["noticed_by"]
		    print(r["fault"], by, s["noticed_at"], "can:", can[r["fault"]])
		    if "card" in can[r["fault"]]:
		        assert r["verdict"] == "noticed" and by["card"] == runs, r
		        assert 1 <= s["noticed_at"]["min"] <= s["noticed_at"]["median"] <= s["noticed_at"]["max"] <= frames, r
		    else:
		        assert by["card"] == 0 and s["noticed_at"] is None, r
		    assert by["access"] == (runs if "access" in can[r["fault"]] else 0), r
		faults = {r["fault"] for r in results if r["fault"]}
		if faults:
		    assert faults == set(can), faults ^ set(can)
	END
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
	set -- staleline check --exporter=staleline:noncoherent --peer=jobs --size=64x16 --markdown --seeds="$seeds"
	check "$seeds seeds, each fault" run faults timeout "$LIMIT" "$@" --faults=all --frames=200 --json=/out/faults.json
	check "the card notices what it can, in every run, and the state machine each order of calls" \
		repeated /out/faults.json "$seeds" 200
	if [ "$frames" -ne 200 ]; then
		check "$frames frames of the controls" run controls timeout "$LIMIT" "$@" --faults=none --frames="$frames" \
			--json=/out/controls.json
		check "not one cell" repeated /out/controls.json "$seeds" "$frames"
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
