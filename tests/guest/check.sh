# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=2400
#
# `staleline check`: on a machine without a DRM device, on the module, with vgem; a driver that crashes, a time limit, a
# full disk, a signal; KTAP and the result file. The tables are left in /out.
#
# The functions below are called through check and expect:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

module=$(kmod_ko) || module=none-for-this-kernel

# of_record FILE NAME EXPRESSION: python, true of the record r of this name
of_record()
{
	python3 - "$@" <<-END
		import json, sys
		file, name, expression = sys.argv[1:]
		r = next(r for r in json.load(open(file))["results"] if r["name"] == name)
		print(r)
		sys.exit(not eval(expression))
	END
}

# whole FILE: names are unique, every pair has its records, and a verdict is one of those that its kind can have
whole()
{
	python3 - "$1" <<-END
		import json, sys
		report = json.load(open(sys.argv[1]))
		results, pairs = report["results"], report["pairs"]
		assert report["version"] and report["machine"]["kernel"]
		assert len({r["name"] for r in results}) == len(results)
		key = lambda r: (r["exporter"], r["peer"], r["direction"])
		assert {key(r) for r in results} >= {key(p) for p in pairs}
		for p in pairs:
		    assert p["verdict"] in ("ok", "broken", "needs-brackets", "skipped"), p
		for r in results:
		    can = ("noticed", "unnoticed", "not-shown") if r["fault"] else ("ok",)
		    assert r["verdict"] in can + ("broken", "skipped"), r
		    assert (r["by"] is None) == (r["fault"] is None), r
		    assert r["cells"]["checked"] == sum(n for k, n in r["cells"].items() if k != "checked")
		    cardless = ("no cell can show it",)
		    assert r["verdict"] != "noticed" or "card" in r["by"] or r["why"].startswith(cardless), r
		    assert "clock" not in (r["by"] or ()) or r["start"]["blocked"] * 2 > r["frames"], r
		    assert r["verdict"] != "skipped" or r["why"], r
	END
}

# interrupted SIGNAL COMMAND...: a signal once it is at its first pair
interrupted()
{
	interrupted_by=$1
	shift
	"$@" >/out/interrupted.txt 2>&1 &
	interrupted_pid=$!
	sleep 3
	kill -"$interrupted_by" "$interrupted_pid"
	interrupted_code=0
	wait "$interrupted_pid" || interrupted_code=$?
	kept=/out/interrupted.txt
	cat "$kept"
	[ "$interrupted_code" -eq 3 ]
}

# hung_up COMMAND...: the same, started by nohup: it goes on to its end
hung_up()
{
	! interrupted HUP nohup "$@" && [ "$interrupted_code" -eq 0 ]
}

# within SECONDS COMMAND...: a function that ends so soon, under this limit; what it prints has the time
within()
{
	within_seconds=$1
	within_limit=$LIMIT
	within_code=0
	shift
	LIMIT=$within_seconds
	within_since=$(date +%s)
	"$@" || within_code=$?
	echo "it took $(($(date +%s) - within_since)) s of the $within_seconds s that it may take" | tee -a /out/times.txt
	LIMIT=$within_limit
	return "$within_code"
}

# halfway COMMAND...: what it has printed when it begins with the second of its pairs is in /out/halfway.txt; it ends with 0
halfway()
{
	"$@" >/out/all-the-way.txt </dev/null &
	halfway_pid=$!
	for _ in $(seq "$LIMIT"); do
		! grep -q "^# checking 2 of 2" /out/all-the-way.txt || break
		sleep 1
	done
	# Here it works on.
	kill -0 "$halfway_pid" && cp /out/all-the-way.txt /out/halfway.txt
	wait "$halfway_pid" && test -e /out/halfway.txt
}

check "no DRM device: what there is, is checked" keep bare 0 staleline check --json=/out/bare.json
check "udmabuf is clean in order, and shows nothing" row udmabuf egl cpu-write "ok *no-bracket not-shown \[[0-9]*\] *ok"
check "the heap too" row dma-heap:system egl cpu-write "ok *no-bracket not-shown \[[0-9]*\] *ok"
check "and what the CPU reads of it" row dma-heap:system egl cpu-read "ok *read-no-start not-shown \[[0-9]*\] *ok"
check "which is no promise" says "no need for brackets seen in 12 frames of no-bracket at 256x64, which is no promise (R3)"
check "the other way" row udmabuf egl cpu-read "ok *read-no-start not-shown \[[0-9]*\] *ok"
check "what is not there says the mend" row gbm none cpu-write "skipped"
check "the result file is whole" whole /out/bare.json
check "each frame was looked at" of_record /out/bare.json udmabuf.egl.cpu-write.overwrite \
	'r["frames"] == 12 and r["cells"]["fresh"] == 12 * 1024 and r["verdict"] == "ok"'
check "a soak where the peer can do nothing of it" keep idle 4 staleline check --exporter=udmabuf --sync=syncobj --duration=10m --threads=2
check "takes no time" says "; 0 of"
expect 4 "nothing but what is not there" "docs/module.md" staleline check --exporter=staleline
expect 0 "under the sanitizers" " ok" asan check --exporter=udmabuf --frames=2

# A driver that crashes, and one that takes too long: that pair is broken, the other stands.
check "a crash" keep crash 1 env STALELINE_CRASH=udmabuf staleline-crash check --exporter=udmabuf --exporter=dma-heap --json=/out/crash.json
check "is that pair's" row udmabuf egl cpu-write "broken"
check "with the signal's name and its last words" says "while its buffers were made and imported: killed by SIGSEGV (Segmentation fault); it said last: driver: these are my last words"
check "the other stands" row dma-heap:system egl cpu-write "ok *no-bracket not-shown \[[0-9]*\] *ok"
check "and the file is whole" whole /out/crash.json
expect 0 "no faults at all" "brackets were never left out" staleline check --exporter=udmabuf --faults=none --frames=2

# A full disk: what was found is printed all the same.
check "a full disk under the result file" keep full 3 staleline check --exporter=udmabuf --frames=2 --json=/dev/full
check "is said" says "No space left"
check "below the verdicts" row udmabuf egl cpu-write ok
expect 3 "a full stdout" "stdout" sh -c 'staleline check --exporter=udmabuf --frames=2 >/dev/full'

modprobe -a drm drm_kms_helper
if insmod "$module" mode=noncoherent; then
	card=$(card_by_driver staleline)
	check "all that is here, in three minutes" within 180 keep module 0 staleline check --json=/out/module.json --save=/out/save
	for peer in "egl@$card" "jobs@$card"; do
		check "$peer notices a missing bracket" row staleline:noncoherent "$peer" cpu-write "ok *no-bracket noticed *1 frame *needs-brackets"
		check "$peer: a missing START of reading" row staleline:noncoherent "$peer" cpu-read "ok *read-no-start noticed *1 frame *needs-brackets"
		check "$peer: coherent buffers show nothing" row staleline:coherent "$peer" cpu-write "ok *no-bracket not-shown \[[0-9]*\] *- *ok"
		check "$peer: nor the other way" row staleline:coherent "$peer" cpu-read "ok *read-no-start not-shown \[[0-9]*\] *- *ok"
		check "$peer: every cell was fresh in order" of_record /out/module.json "staleline:noncoherent.$peer.cpu-write.overwrite" \
			'r["cells"]["fresh"] == 12 * 1024'
		check "$peer: every cell is stale without" of_record /out/module.json "staleline:noncoherent.$peer.cpu-write.no-bracket" \
			'r["cells"]["stale"] == 12 * 1024 and r["by"] == ["card", "state"] and r["module"]["dirty"] == 1024'
		check "$peer: and read without START" of_record /out/module.json "staleline:noncoherent.$peer.cpu-read.read-no-start" \
			'r["cells"]["stale"] == 12 * 1024 and r["by"] == ["card", "state", "access"] and r["module"]["stale"] == 1024'
		check "$peer: it takes one frame to notice" of_record /out/module.json "staleline:noncoherent.$peer.cpu-write.no-bracket" \
			'r["first_places"][0]["frame"] == 1'
		check "$peer: the probe has looked" of_record /out/module.json "staleline:noncoherent.$peer.cpu-write.overwrite" \
			'"on the device" in r["peer"]'
		check "$peer: a heatmap of what went wrong" test -s "/out/save/staleline-noncoherent.$peer.cpu-write.no-bracket.png"
	done
	check "the result file is whole" whole /out/module.json
	check "no heatmap of what is clean" test ! -e "/out/save/staleline-noncoherent.jobs@$card.cpu-write.overwrite.png"
	check "the machine beside them" grep -q '"llc_size"' /out/save/machine.json
	check "EGL in software has no fence to wait too late for" keep fences 0 staleline check --exporter=staleline:noncoherent --peer=egl \
		--sync=sync-file --faults=read-no-wait,snapshot-early
	check "so that is not shown" says_not UNNOTICED
	check "every fault on the module, in ten minutes" within 600 keep all 0 staleline check --exporter=staleline --faults=all --json=/out/all.json
	check "all are noticed" row staleline:noncoherent "jobs@$card" cpu-write "ok .*needs-brackets"
	check "none is not" says_not UNNOTICED
	check "the result file is whole" whole /out/all.json
	for sync in sync-file syncobj; do
		for direction in cpu-write cpu-read; do
			check "by $sync, $direction" row staleline:noncoherent "jobs@$card" "$direction $sync" "ok .*needs-brackets"
		done
	done
	check "beside itself nothing differs" keep same 0 staleline check --compare /out/all.json /out/all.json
	check "beside another, it does" keep differs 1 staleline check --compare /out/module.json /out/all.json
	check "and which results do is told" says "staleline:noncoherent.jobs@$card.cpu-write.no-release.syncobj"
	# fault NAME EXPRESSION: of a fault of jobs on noncoherent buffers
	fault()
	{
		of_record /out/all.json "staleline:noncoherent.jobs@$card.$1" "r[\"verdict\"] == \"noticed\" and $2"
	}
	check "no-release: ahead, in what was read later" fault cpu-write.no-release.syncobj \
		'0 < r["cells"]["ahead"] < 12 * 1024 and r["cells"]["ahead"] + r["cells"]["fresh"] == 24 * 1024 and r["by"] == ["card", "access"]'
	check "signal-early: stale, in what was read before" fault cpu-write.signal-early.syncobj \
		'0 < r["cells"]["stale"] < 12 * 1024 and r["cells"]["stale"] + r["cells"]["fresh"] == 24 * 1024 and r["by"] == ["card", "access"]'
	check "snapshot-early: stale, in what came later" fault cpu-read.snapshot-early.sync-file \
		'0 < r["cells"]["stale"] < 12 * 1024 and set(r["by"]) >= {"card", "state", "access"}'
	for sync in "" .sync-file; do
		check "wait-in-only$sync: no cell, but the clock" fault "cpu-write.wait-in-only$sync" \
			'r["cells"]["fresh"] == 24 * 1024 and r["by"] == ["access", "clock"] and r["start"]["mean_us"] > r["start"]["bound_us"]'
	done
	check "in-out-poll: the clock alone" fault cpu-write.in-out-poll 'r["cells"]["fresh"] == 24 * 1024 and r["by"] == ["clock"]'
	check "read-no-wait: the clock, too" fault cpu-read.read-no-wait '"clock" in r["by"] and "card" in r["by"]'
	check "no-flag: the kernel, too" fault cpu-write.no-flag 'r["by"] == ["card", "state", "access", "kernel"]'
	check "private-map: the kernel refuses it" fault cpu-write.private-map 'r["by"] == ["card", "kernel"]'
	check "memfd-map: there is none" of_record /out/all.json "staleline:noncoherent.jobs@$card.cpu-write.memfd-map" \
		'r["verdict"] == "skipped" and "not made of a memfd" in r["why"]'
	check "its control waits for the reader" of_record /out/all.json "staleline:noncoherent.jobs@$card.cpu-write.overwrite-after-read" \
		'r["cells"]["fresh"] == 24 * 1024 and r["start"]["mean_us"] < 20000'
	check "a control is performed under what its faults need, too" of_record /out/all.json \
		"staleline:noncoherent.jobs@$card.cpu-write.partial-update" 'r["frames"] == 24 and r["verdict"] == "ok"'
	check "under each of them, and its own" of_record /out/all.json "staleline:noncoherent.jobs@$card.cpu-read.read" \
		'r["frames"] == 36 and r["verdict"] == "ok"'
	check "where none needs anything, once" of_record /out/all.json "staleline:noncoherent.jobs@$card.cpu-write.overwrite" \
		'r["frames"] == 12 and r["verdict"] == "ok"'
	check "a control that is clean only as the module is given" keep write-only 1 staleline-write-only check --sync=implicit \
		--exporter=staleline:noncoherent --peer=jobs --faults=partial-write-flag --json=/out/write-only.json
	check "is broken under what its fault needs" of_record /out/write-only.json \
		"staleline:noncoherent.jobs@$card.cpu-write.partial-update" \
		'r["verdict"] == "broken" and r["cells"]["unwritten"] > 0 and r["first_places"][0]["frame"] == 13'
	check "and the fault says nothing" of_record /out/write-only.json \
		"staleline:noncoherent.jobs@$card.cpu-write.partial-write-flag" 'r["verdict"] == "skipped"'
	check "alone it is clean" keep write-only-alone 0 staleline-write-only check --sync=implicit \
		--exporter=staleline:noncoherent --peer=jobs --faults=none
	staleline check --exporter=staleline:noncoherent --peer=jobs --sync=implicit --faults=none --frames=1000 >/dev/null 2>&1 &
	beside=$!
	check "with another check beside it" keep beside 0 staleline check --exporter=staleline:noncoherent --peer=jobs --sync=implicit \
		--faults=no-bracket,no-start --json=/out/beside.json
	check "which is at work still" kill "$beside"
	check "the counters are of its own buffers" of_record /out/beside.json "staleline:noncoherent.jobs@$card.cpu-write.overwrite" \
		'r["frames"] == 12 and r["module"]["starts"] == 12'
	check "a warm cache is read before each frame of a control" of_record /out/beside.json \
		"staleline:noncoherent.jobs@$card.cpu-write.update-after-device" 'r["frames"] == 12 and r["module"]["starts"] == 24'
	check "and of its fault" of_record /out/beside.json "staleline:noncoherent.jobs@$card.cpu-write.no-start" \
		'r["verdict"] == "noticed" and r["frames"] == 12 and r["module"]["starts"] == 12 and r["module"]["ends"] == 24'
	check "a trap" keep trap 0 staleline check --exporter=staleline:trap --peer=jobs --sync=implicit --faults=read-after-end --json=/out/trap.json
	check "counts what no cell shows" of_record /out/trap.json "staleline:trap.jobs@$card.cpu-read.read-after-end" \
		'r["verdict"] == "noticed" and r["by"] == ["state"]'
	check "who is blind to a mix-up" keep blind 1 staleline-blind check --exporter=staleline:noncoherent --peer=jobs --faults=wrong-buffer
	check "is told so" row staleline:noncoherent "jobs@$card" cpu-write "ok *wrong-buffer UNNOTICED"
	check "in KTAP too" keep blind-ktap 1 staleline-blind check --exporter=staleline:noncoherent --peer=jobs --ktap --faults=wrong-buffer
	check "as a failure" grep -q "^not ok 2 staleline:noncoherent.jobs@$card.cpu-write.wrong-buffer # fault unnoticed\$" /out/blind-ktap.txt
	check "KTAP" keep ktap 0 staleline check --exporter=staleline:noncoherent --peer=jobs --ktap
	check "has its version and plan" says "KTAP version 1 1..12"
	check "a kind of sync is in the name" grep -q "^ok [0-9]* staleline:noncoherent.jobs@$card.cpu-write.no-bracket.syncobj # fault noticed\$" /out/ktap.txt
	check "one kind of sync" keep ktap-one 0 staleline check --exporter=staleline:noncoherent --peer=jobs --ktap --sync=sync-file
	check "alone" says "KTAP version 1 1..4"
	check "a control" grep -q "^ok 1 staleline:noncoherent.jobs@$card.cpu-write.overwrite # control clean\$" /out/ktap.txt
	check "a fault" grep -q "^ok 2 staleline:noncoherent.jobs@$card.cpu-write.no-bracket # fault noticed\$" /out/ktap.txt
	check "of two pairs" halfway staleline check --exporter=staleline --peer=jobs --ktap --sync=implicit --frames=40
	check "what the first came to is printed while the second is at work" \
		grep -q "^ok 4 staleline:noncoherent.jobs@$card.cpu-read.read-no-start # fault noticed\$" /out/halfway.txt
	check "under the plan" grep -qx "1\.\.8" /out/halfway.txt
	check "and no more than that" test "$(grep -c "^ok " /out/halfway.txt)" -eq 4
	check "the rest comes" grep -q "^ok 8 staleline:coherent.jobs@$card.cpu-read.read-no-start # SKIP" /out/all-the-way.txt
	check "a buffer of another exporter, and jobs" keep jobs 0 staleline check --exporter=udmabuf --peer=jobs
	check "shows nothing" row udmabuf "jobs@$card" cpu-read "ok *read-no-start not-shown \[[0-9]*\] *ok"
	check "a buffer of the heap, and jobs" keep heap-jobs 0 staleline check --exporter=dma-heap --peer=jobs
	check "shows nothing, written" row dma-heap:system "jobs@$card" cpu-write "ok *no-bracket not-shown \[[0-9]*\] *ok"
	check "nor read" row dma-heap:system "jobs@$card" cpu-read "ok *read-no-start not-shown \[[0-9]*\] *ok"
	check "of udmabuf too, what no cache hides" keep memfd 0 staleline check --exporter=udmabuf --peer=jobs --json=/out/memfd.json \
		--faults=no-release,signal-early,private-map,memfd-map
	check "is seen on any buffer" row udmabuf "jobs@$card" "cpu-write syncobj" "ok *no-release, private-map noticed;"
	check "a memfd's own map: nobody can" of_record /out/memfd.json "udmabuf.jobs@$card.cpu-write.memfd-map" \
		'r["verdict"] == "not-shown" and r["by"] == [] and r["cells"]["fresh"] == 12 * 1024'
	check "a time limit" keep limit 1 staleline check --exporter=staleline:coherent --peer=jobs --timeout=3 --frames=40
	check "is said" says "it took longer than 3.0 s and was ended"
	check "what was done before it stands" row staleline:coherent "jobs@$card" cpu-write "ok"
	for signal in INT HUP; do
		check "SIG$signal" interrupted "$signal" staleline check --exporter=staleline:noncoherent --peer=jobs --frames=500 \
			--json=/out/interrupted.json
		check "is said" says "stopped by a signal: not all was checked"
		check "and the table is there" row staleline:noncoherent "jobs@$card" cpu-read "skipped"
		check "and the file" whole /out/interrupted.json
		rm -f /out/interrupted.json
	done
	check "SIGHUP after nohup" hung_up staleline check --exporter=staleline:noncoherent --peer=jobs --sync=implicit --frames=40
	check "is none" row staleline:noncoherent "jobs@$card" cpu-read "ok .*needs-brackets"
	mkdir /run/small
	mount -t tmpfs -o size=4k tmpfs /run/small
	check "a full disk under the pictures" keep small 3 staleline check --exporter=staleline:noncoherent --peer=jobs --frames=2 --save=/run/small
	check "is said, too" says "No space left"
	check "the verdicts as well" row staleline:noncoherent "jobs@$card" cpu-write "ok *no-bracket noticed"
	chmod 0600 /dev/udmabuf
	chmod 0666 "/dev/dri/$card" /dev/dma_heap/*
	check "nobody may half of it" keep nobody 0 setpriv --reuid=65534 --regid=65534 --clear-groups "$(command -v staleline)" check --peer=jobs --faults=none
	check "what is forbidden says whose it is" says "open /dev/udmabuf: Permission denied; only user root may"
	check "the rest is checked" row staleline:coherent "jobs@$card" cpu-write ok
	expect 0 "the module, under the sanitizers" "needs-brackets" asan check --exporter=staleline:noncoherent --peer=jobs --faults=all --frames=2
	modprobe vgem
	check "vgem beside it" keep vgem 0 staleline check --drm-device="/dev/dri/$(card_by_driver vgem)" --frames=4
	check "its own buffers show nothing" row "gbm@$(card_by_driver vgem)" "egl@$(card_by_driver vgem)" cpu-write "ok *no-bracket not-shown \[[0-9]*\] *ok"
	check "nor those that the CPU reads" row "gbm@$(card_by_driver vgem)" "egl@$(card_by_driver vgem)" cpu-read "ok *read-no-start not-shown \[[0-9]*\] *ok"
	check "what it can't import says why" says "can't map"
	check "only that device is looked at" says_not "egl@$card"
else
	not_ok "the module loads"
fi
done_testing
