# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --timeout=600
#
# What ./demo does in the guest, on the module, with fewer frames: three orders in one run, and what each must show. Then
# the same run, interrupted.
#
# The functions below are called through check and expect:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

report=/out/report.json

# of_report WHAT: a Python expression over the result file is true. of["no-end"] is the record of this name.
of_report()
{
	python3 - "$1" <<-END
		import json, sys
		file = json.load(open("$report"))
		of = {record["name"]: record for record in file["results"]}
		pairs = {pair["direction"]: pair["verdict"] for pair in file["pairs"]}
		if not eval("(" + sys.argv[1] + ")"):
		    print(json.dumps(file, indent=1))
		    sys.exit(1)
	END
}

is_picture()
{
	[ "$(head -c 4 "$1" | tail -c 3)" = PNG ]
}

# read_keeps_the_rules LOG: the control "read" runs behind no-end, and breaks no rule for all that
read_keeps_the_rules()
{
	grep '^frame' "$1" | grep -v ' fault ' | grep -q 'write what was read' || return 1
	! grep '^frame' "$1" | grep -v ' fault ' | grep BROKEN
}

log=/out/demo.log
demo()
{
	sh /staleline/vm/guest-demo --frames=4 "--json=$report" --trace >"$log" 2>&1
	demo_code=$?
	tail -n 60 "$log"
	return "$demo_code"
}

expect 0 "the demo, 4 frames of each order" "read-no-wait: noticed" demo
check "three records, in order" of_report 'list(of) == ["overwrite", "no-end", "read-no-wait"]'
check "ok, noticed, noticed" of_report '[r["verdict"] for r in file["results"]] == ["ok", "noticed", "noticed"]'
check "four frames of each" of_report 'all(r["frames"] == 4 for r in file["results"])'
check "two pairs: writing needs brackets" of_report \
	'len(file["pairs"]) == 2 and pairs == {"cpu-write": "needs-brackets", "cpu-read": "ok"}'
check "the control of reading is told of" of_report \
	'of["read-no-wait"]["control"]["name"] == "read" and
	of["read-no-wait"]["control"]["cells"]["fresh"] == of["read-no-wait"]["control"]["cells"]["checked"] > 0'
check "in order the screen is fresh" of_report \
	'of["overwrite"]["screenshot"]["fresh"] == of["overwrite"]["screenshot"]["checked"] > 0'
for fault in no-end read-no-wait; do
	check "$fault: some of the screen is stale, and not all" of_report \
		"0 < of['$fault']['screenshot']['stale'] < of['$fault']['screenshot']['checked']"
done
check "which buffer the screen showed is told" of_report 'all("buffer" in r["screenshot_of"] for r in file["results"])'
check "the probe knows the peer's side" of_report 'all("(probed)" in r["peer"] for r in file["results"])'
check "no-end reached the module: no END" of_report 'of["no-end"]["module"]["ends"] == 0'
check "and left nothing behind for the next" of_report 'of["read-no-wait"]["module"]["restarted"] == 0 and
	of["read-no-wait"]["module"]["unbalanced"] == 0'
check "the control behind no-end keeps the rules" read_keeps_the_rules "$log"
for order in overwrite no-end read-no-wait; do
	for picture in "$order" "$order-card" "$order-heatmap" "$order-screen"; do
		check "$picture.png" is_picture "/out/$picture.png"
	done
done
check "no picture of a control that nobody asked for" [ ! -e /out/read.png ]

card=$(card_of staleline) || card=none
check "weston on the module starts" start_weston_drm again "$card"
rm -f $report
# run [OPTION...]: what vm/guest-demo runs, on the module that it has loaded
run()
{
	timeout 200 staleline show --exporter=gbm "--drm-device=/dev/dri/$card" --fullscreen --fault=no-end \
		--fault=read-no-wait --writer=jobs --save-each=/out/again --screenshot-with=scanout --frames=6 \
		"--json=$report" "$@"
}
# A second one, a while later, would end it at once; and on a busy machine two at once are that.
interrupt_once()
{
	pkill -INT -x staleline
}
mkdir -p /out/again
expect 4 "SIGINT in the second order" "stopped" after_frames 7 interrupt_once run
check "what was done is kept, the rest is skipped" of_report '
	list(of) == ["overwrite", "no-end", "read-no-wait"] and of["overwrite"]["verdict"] == "ok" and
	of["no-end"]["verdict"] in ("skipped", "noticed") and of["no-end"]["frames"] < 6 and
	of["read-no-wait"]["verdict"] == "skipped" and of["read-no-wait"]["frames"] == 0'
check "an order without a frame has no picture" [ ! -e /out/again/read-no-wait.png ]

check "weston lives to the end" stop_weston
check "the module unloads" rmmod staleline

done_testing
