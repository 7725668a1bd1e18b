# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# vm: --with=trace-cmd,linux-perf
#
# The events of staleline.ko as people look at them: trace-cmd and perf record them around a program with one bracket and
# one touch outside it, and tell them with their fields.
#
# The functions below are called through check:
# shellcheck disable=SC2317,SC2329

# shellcheck source=tests/guest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/guest/lib-staleline.sh
. "$(dirname "$0")/lib-staleline.sh"

module=$(kmod_ko) || module=none-for-this-kernel

by_trace_cmd()
{
	trace-cmd record -o /tmp/trace.dat -e staleline kmod_test --bracket >/tmp/traced &&
		trace-cmd report -i /tmp/trace.dat >/tmp/report
}

by_perf()
{
	perf record -o /tmp/perf.data -e 'staleline:*' kmod_test --bracket >/tmp/traced &&
		perf script -i /tmp/perf.data >/tmp/report
}

# once EVENT FIELDS: of this program's buffer, exactly once in the report
once()
{
	once_buffer=$(sed -n 's/^buffer //p' /tmp/traced)
	[ "$(grep -c "$1: *buffer=$once_buffer $2\$" /tmp/report)" -eq 1 ] || {
		cat /tmp/traced /tmp/report
		return 1
	}
}

modprobe -a drm drm_kms_helper
check "the module loads" insmod "$module"
for tool in trace_cmd perf; do
	check "$tool records and reports" "by_$tool"
	check "$tool: a touch, its page, what it was and what was allowed" once staleline_touch "page=2 write allowed="
	check "$tool: START, its flags and how it went" once staleline_start "flags=READ|WRITE ret=0"
	check "$tool: END" once staleline_end "flags=READ|WRITE ret=0"
done
check "the module unloads" rmmod staleline
done_testing
