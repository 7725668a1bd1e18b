# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --with=python3-jsonschema --gpu --timeout=1500
#
# `staleline check` when things go wrong: a soak and what it must notice, a device that vanishes in the middle, a job that
# outlasts the time limit, half of the devices forbidden, a full disk; and the result files of it all against their schema.
# What is printed is left in /out.
#
# The functions below are called through check and expect:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

# all_of FILE EXPRESSION: python, true of each record r that names no missing partner; and there is one
all_of()
{
	python3 - "$@" <<-END
		import json, sys
		file, expression = sys.argv[1:]
		records = [r for r in json.load(open(file))["results"] if r["frames"]]
		bad = [r for r in records if not eval("(" + expression + ")")]
		print(bad or records[:1])
		sys.exit(bool(bad) or not records)
	END
}

# fits FILE...: each is what docs/result.schema.json says
fits()
{
	python3 - "$@" <<-END
		import json, sys
		from jsonschema import Draft202012Validator
		schema = json.load(open("/staleline/docs/result.schema.json"))
		Draft202012Validator.check_schema(schema)
		bad = False
		for file in sys.argv[1:]:
		    for error in Draft202012Validator(schema).iter_errors(json.load(open(file))):
		        print(file, list(error.absolute_path), error.message[:300])
		        bad = True
		sys.exit(bad)
	END
}

# broken_by EXPRESSION: python that breaks the report d; then it doesn't fit
broken_by()
{
	python3 - "$1" <<-END
		import json, sys
		d = json.load(open("/out/soak.json"))
		exec(sys.argv[1])
		json.dump(d, open("/out/broken.json", "w"))
	END
	! fits /out/broken.json
}

soak()
{
	soak_name=$1
	soak_code=$2
	shift 2
	keep "$soak_name" "$soak_code" "$@" --size=64x16 --json="/out/$soak_name.json"
}

# cut_off COMMAND...: SIGTERM once the first order is done, and once more a second later: those two are one.
cut_off()
{
	kept=/out/cut.txt
	"$@" >"$kept" 2>/out/cut.err </dev/null &
	cut_pid=$!
	for _ in $(seq "$LIMIT"); do
		! grep -q ": ok, .* runs" /out/cut.err || break
		sleep 1
	done
	kill -TERM "$cut_pid"
	sleep 1
	kill -TERM "$cut_pid"
	cut_code=0
	wait "$cut_pid" || cut_code=$?
	cat "$kept" /out/cut.err
	echo "exit code $cut_code"
	[ "$cut_code" -eq 3 ]
}

# at_work: waits until a process of staleline has had a dma-buf mapped for three seconds: it performs orders by now.
at_work()
{
	at_work_seen=0
	for _ in $(seq 60); do
		# shellcheck disable=SC2046 # files
		if grep -qs dmabuf $(pgrep -x staleline | sed 's,.*,/proc/&/maps,'); then
			at_work_seen=$((at_work_seen + 1))
		else
			at_work_seen=0
		fi
		[ "$at_work_seen" -lt 3 ] || return 0
		sleep 1
	done
	echo "no dma-buf is mapped"
	return 1
}

# vanishes CARD COMMAND...: the device is pulled out while COMMAND is at it; its exit code is COMMAND's.
vanishes()
{
	vanish_device=$(readlink -f "/sys/class/drm/$1/device")
	while [ ! -e "$vanish_device/remove" ] && [ "$vanish_device" != / ]; do
		vanish_device=$(dirname "$vanish_device")
	done
	shift
	kept=/out/vanish.txt
	"$@" >"$kept" 2>&1 </dev/null &
	vanish_pid=$!
	at_work || return 1
	echo 1 >"$vanish_device/remove"
	vanish_code=0
	wait "$vanish_pid" || vanish_code=$?
	cat "$kept"
	echo "exit code $vanish_code"
	[ "$vanish_code" -eq 3 ] || [ "$vanish_code" -eq 1 ]
}

modprobe -a drm drm_kms_helper
if ! insmod "$(kmod_ko)" mode=noncoherent evict=16384 fetch=4096; then
	not_ok "the module loads"
	done_testing
	exit
fi
card=$(card_by_driver staleline)
module="--exporter=staleline:noncoherent --peer=jobs"

# A soak, with lines evicted and fetched early.
# shellcheck disable=SC2086 # two words
set -- check $module
check "a soak" soak soak 0 staleline "$@" --duration=6
check "says what it did" says "not fresh any more; file descriptors"
check "in JSON" all_of /out/soak.json 'r["soak"]["threads"] == 1 and r["soak"]["measured"] and r["soak"]["seconds"] > 3 and
r["soak"]["fds_begin"] == r["soak"]["fds_end"] > 3 and r["soak"]["again"]["checked"] == r["soak"]["again"]["fresh"] > 0 and
r["verdict"] == "ok" and r["soak"]["signals"] == 0'
check "three threads in a storm of signals, as KTAP" soak storm 0 staleline "$@" --duration=10s --threads=3 --interrupt --ktap
check "is passed" grep -q "^ok 1 staleline:noncoherent.jobs@$card.cpu-write.overwrite.64x16 # control clean" /out/storm.txt
check "START was interrupted, and restarted" all_of /out/storm.json \
	'r["soak"]["signals"] > 0 and r["soak"]["start_restarts"] > 0 and r["soak"]["threads"] == 3 and r["cells"]["fresh"] == r["cells"]["checked"]'
check "where no START is, it is 0" soak storm-udmabuf 0 staleline check --exporter=udmabuf --peer=jobs --duration=6 --interrupt
check "and is said to be" says "restarted: START 0, END 0"
check "a touch behind END" env STALELINE_PLANT=touch sh -c 'staleline-late check --exporter=staleline:noncoherent --peer=jobs \
	--duration=6 --size=64x16 --json=/out/touch.json; [ $? -eq 1 ]'
check "is found later, though every cell was fresh at first" grep -q "cells that were fresh are not any more" /out/touch.json
# It is to be counted, and not to run out of them before.
check "a descriptor that stays open" env STALELINE_PLANT=fd sh -c 'ulimit -n 65536; staleline-late check \
	--exporter=staleline:noncoherent --peer=jobs --sync=implicit --duration=6 --size=64x16 --json=/out/fd.json; [ $? -eq 1 ]'
check "is counted" all_of /out/fd.json '"descriptors are left open" in r["why"] and r["soak"]["fds_end"] > r["soak"]["fds_begin"]'
check "memory that is not given back" env STALELINE_PLANT=memory sh -c 'staleline-late check --exporter=staleline:noncoherent \
	--peer=jobs --duration=25 --size=16x1 --json=/out/memory.json; [ $? -eq 1 ]'
check "is measured" all_of /out/memory.json '"memory grows" in r["why"]'
check "SIGINT ends it" keep stopped 3 timeout --preserve-status -s INT 8 staleline "$@" --duration=10m --size=64x16 --json=/out/stopped.json
check "and all that it has is printed" says "all of them fresh: stopped by a signal"
check "and written" all_of /out/stopped.json 'r["frames"] > 0 and r["verdict"] == "skipped"'
expect 0 "under the sanitizers" "not fresh any more" asan "$@" --duration=4 --size=64x16

# Seeds that are cut off: what was found stands, and the orders that were done have said so before.
check "seeds, cut off" cut_off staleline "$@" --seeds=300 --frames=3 --sync=implicit --faults=no-end,late-write --size=64x16 \
	--markdown --json=/out/cut.json
check "what was done had been told" grep -q "cpu-write.overwrite.64x16: ok, 600 runs, 1800 frames, 115200 of 115200 cells fresh$" \
	/out/cut.err
check "is in the table" row "| overwrite | 600 | 1800 | 115200 | 0 | ok |"
check "and in the file" all_of /out/cut.json 'r["order"] != "overwrite" or r["verdict"] == "ok" and r["seeds"]["runs"] == 600'
check "what was not is no verdict" row "| late-write | none | - | 0 of 0 | skipped: stopped by a signal"
check "which is said" grep -q "stopped by a signal: not all was checked" /out/cut.err
check "in the middle of an order, by timeout(1)" keep cut-within 3 timeout --preserve-status 20 staleline "$@" --seeds=10000 \
	--frames=2 --sync=implicit --faults=no-end --size=64x16 --json=/out/cut-within.json
check "what it had of that is told" says "1 skipped"
check "with its frames" all_of /out/cut-within.json 'r["verdict"] == "skipped" and "frames were done: stopped by a signal" in r["why"] and
r["frames"] == 2 * r["seeds"]["runs"] > 0 and r["cells"]["fresh"] == 64 * r["frames"]'

# A job that outlasts the time limit: that pair is broken, the rest still runs.
check "a time limit" keep limit 1 staleline check --exporter=staleline:coherent --peer=jobs --peer=egl --size=64x16 --frames=40 \
	--write-us=1000000 --timeout=30 --json=/out/limit.json
check "is said" says "it took longer than 30.0 s and was ended"
check "what was done before it stands" row "staleline:coherent *jobs@$card *cpu-write *ok"
check "that pair is broken" row "staleline:coherent *jobs@$card *cpu-read *broken"
check "the rest still runs" row "staleline:coherent *egl@$card *cpu-write *ok"

# Half of the devices are not for everybody.
chmod 0600 /dev/udmabuf
chmod 0666 "/dev/dri/$card" /dev/dma_heap/*
check "no permission on half of it" keep nobody 0 setpriv --reuid=65534 --regid=65534 --clear-groups \
	"$(command -v staleline)" check --peer=jobs --faults=none --size=64x16 --frames=2
check "what is forbidden says whose it is" says "open /dev/udmabuf: Permission denied; only user root may"
check "the rest is checked" row "staleline:coherent *jobs@$card *cpu-write *ok"

# A full disk.
mkdir /run/small
mount -t tmpfs -o size=4k tmpfs /run/small
check "a full disk under the result file" keep full 3 staleline check --exporter=staleline:coherent --peer=jobs --frames=2 \
	--size=64x16 --json=/run/small/r.json
check "is said" says "No space left"
check "below the verdicts" row "staleline:coherent *jobs@$card *cpu-write *ok"
check "no half of it is left" test ! -e /run/small/r.json
check "/dev/full under it, and something broken" keep full-broken 1 staleline-blind check --exporter=staleline:noncoherent \
	--peer=jobs --frames=2 --size=64x16 --faults=wrong-buffer --json=/dev/full
check "is both said" says "No space left"
check "a full disk under both" keep full-both 3 staleline check --exporter=staleline:noncoherent --peer=jobs --frames=2 \
	--size=64x16 --json=/dev/full --save=/run/small
check "the verdicts as well" row "staleline:noncoherent *jobs@$card *cpu-write *ok *no-bracket noticed"

# Result files of all kinds against the schema, and broken ones.
check "a check of every fault" keep all 0 staleline check --exporter=staleline --peer=jobs --faults=all --frames=3 --size=64x16 \
	--json=/out/all.json
check "with seeds" keep seeds 0 staleline check --exporter=staleline:noncoherent --peer=jobs --seeds=2 --frames=3 --size=64x16 \
	--json=/out/seeds.json
check "a listing" keep list 0 staleline list --json=/out/list.json
expect 4 "a show without a compositor" "" staleline show --frames=1 --json=/out/show.json
if start_weston w; then
	check "a show" keep show 0 staleline show --frames=4 --exporter=staleline:noncoherent --peer=jobs --fault=no-end \
		--json=/out/show-fault.json
else
	not_ok "Weston starts"
fi
check "all fit the schema" fits /out/soak.json /out/storm.json /out/touch.json /out/stopped.json /out/limit.json /out/all.json /out/cut.json /out/cut-within.json \
	/out/seeds.json /out/list.json /out/show.json /out/show-fault.json
check "a verdict that is none does not" broken_by 'd["results"][0]["verdict"] = "good"'
check "nor a key that nobody knows" broken_by 'd["results"][0]["verdikt"] = "ok"'
check "nor one that is missing" broken_by 'del d["results"][0]["cells"]["fresh"]'
check "nor a number that is a word" broken_by 'd["results"][0]["frames"] = "12"'
check "nor refreshes that are none" broken_by 'd["results"][0]["presentation"]["refreshes"] = 0'
check "nor a time of no frame" broken_by 'd["results"][0]["start_to_commit"] = {"count": 0, "min_us": 0, "mean_us": 0, "max_us": 0}'
check "nor a fault without who noticed" broken_by 'd["results"][0]["fault"] = "no-end"'
check "nor half a file" broken_by 'del d["machine"]'

# A device that vanishes in the middle. Now and then virtio_gpu finds, when it is pulled out, that a buffer is still there
# ("Memory manager not clean during takedown"): it is the kernel's, and nobody can close what an importer holds in time.
known_splat='drm_mm_takedown.*virtio_dev_remove'
modprobe virtio-gpu
sleep 1
card=$(card_by_driver virtio)
if [ -n "$card" ]; then
	check "a device vanishes in the middle" vanishes "$card" timeout -k 5 "$LIMIT" staleline check --exporter=gbm --exporter=udmabuf \
		--drm-device="/dev/dri/$card" --peer=egl --frames=2000 --size=256x64 --timeout=60
	kept=/out/vanish.txt
	check "is no pass of it" sh -c "! grep -q '^gbm@$card *egl@$card *cpu-read *ok' /out/vanish.txt"
	check "and there is a table" says "pairs:"
	check "others are checked all the same" keep after 0 staleline check --exporter=udmabuf --peer=jobs --frames=2 --size=64x16
else
	not_ok "the guest has a virtio GPU"
fi
done_testing
