# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What a guest suite needs to speak TAP. A suite begins with
#	. tests/guest/lib.sh
# and ends with done_testing, without which it counts as failed. It runs as root in the guest, in /staleline, with
# build/guest on its PATH and /out to leave files in. Options for vm/run go into a comment line of the suite:
#	# vm: --with=grim --timeout=900
# With more than one such line the suite runs once for each. A line
#	# kernels: all
# says that ./test --all-kernels runs it on each kernel. All is run on the default one.

# tests/cli.sh comes from outside the guest too.
lib_root=/staleline
for lib_dir in "$(dirname "$0")/.." "$(dirname "$0")/../.."; do
	if [ -f "$lib_dir/vm/weston.sh" ]; then
		lib_root=$lib_dir
	fi
done
# shellcheck source=vm/weston.sh
. "$lib_root/vm/weston.sh"

count=0
failures=0
# Seconds that one command may take; a suite may set another.
LIMIT=${LIMIT:-60}
# The kernel that watches every access is several times slower: a factor for each limit.
slower=1
case $(uname -r) in
*-debug) slower=5 ;;
esac
last_output=$(mktemp)

ok()
{
	count=$((count + 1))
	echo "ok $count - $1"
}

# not_ok NAME [DIAGNOSTIC]
not_ok()
{
	count=$((count + 1))
	failures=$((failures + 1))
	echo "not ok $count - $1"
	if [ -n "${2:-}" ]; then
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

# skip NAME WHY
skip()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# limited COMMAND...: with a time limit, its output in $last_output. A shell function runs without a limit.
limited()
{
	case $(type "$1" 2>/dev/null) in
	*function*) "$@" >"$last_output" 2>&1 </dev/null ;;
	*) timeout -k 5 "$((LIMIT * slower))" "$@" >"$last_output" 2>&1 </dev/null ;;
	esac
}

# how_it_went CODE COMMAND...: the diagnostic of a failed command
how_it_went()
{
	how_code=$1
	shift
	echo "command: $*"
	if [ "$how_code" -eq 124 ]; then
		echo "exit code: 124 (its time limit is $((LIMIT * slower)) s)"
	else
		echo "exit code: $how_code"
	fi
	echo "the end of its output:"
	tail -n 20 "$last_output"
}

# check NAME COMMAND...: passes if COMMAND ends with 0.
check()
{
	check_name=$1
	shift
	check_code=0
	limited "$@" || check_code=$?
	if [ "$check_code" -eq 0 ]; then
		ok "$check_name"
	else
		not_ok "$check_name" "$(how_it_went "$check_code" "$@")"
	fi
	return 0
}

# expect CODE NAME TEXT COMMAND...: passes if COMMAND ends with CODE and says TEXT, a pattern of grep, on stdout or
# stderr. An empty TEXT fits anything.
expect()
{
	expect_code=$1
	expect_name=$2
	expect_text=$3
	shift 3
	check_code=0
	limited "$@" || check_code=$?
	if [ "$check_code" -ne "$expect_code" ]; then
		not_ok "$expect_name" "expected exit code: $expect_code
$(how_it_went "$check_code" "$@")"
	elif [ -n "$expect_text" ] && ! grep -q -e "$expect_text" "$last_output"; then
		not_ok "$expect_name" "expected in its output: $expect_text
$(how_it_went "$check_code" "$@")"
	else
		ok "$expect_name"
	fi
	return 0
}

# Our module's taints: out of tree (4096), unsigned (8192).
allowed_taints=$((4096 + 8192))
# What the kernel says when something is wrong with it: grep's pattern.
splats='WARNING|BUG|Oops|Call Trace|general protection|KASAN|UBSAN|ODEBUG|DMA-API: (device|exceeded|.*error)|stack-protector'
splats="$splats|INFO: (task|rcu|possible|trying|inconsistent|suspicious)|detected stalls|possible .*deadlock|corruption"
splats="$splats|\\*ERROR\\*|refcount_t:|suspected memory leak|kmemleak: [0-9]+ new|Huh VM_FAULT|locking correctness validator"

# What it may say all the same: awk's pattern for a whole splat, from "cut here" to "end trace". Whoever sets it says why.
known_splat=

# dmesg_but_known: what the kernel has said, but for known splats; false if there was one.
dmesg_but_known()
{
	dmesg | awk -v known="$known_splat" '
		function told() { if (known != "" && splat ~ known) forgiven = 1; else print splat; splat = "" }
		/cut here/ { if (splat != "") told(); splat = $0; next }
		splat != "" { splat = splat "\n" $0; if (/end trace/) told(); next }
		{ print }
		END { if (splat != "") told(); exit forgiven }'
}

# kernel_is_quiet: the kernel of this guest has nothing to complain of since it was booted: no splat, no taint but ours,
# lockdep still at work and no leak, where the kernel looks for them.
kernel_is_quiet()
{
	quiet_code=0
	quiet_allowed=$allowed_taints
	# A warning taints (512).
	dmesg_but_known >"$last_output.dmesg" || quiet_allowed=$((allowed_taints | 512))
	if grep -q -E "$splats" "$last_output.dmesg"; then
		echo "dmesg, from the first complaint on:"
		sed -n -E "/$splats/,\$p" "$last_output.dmesg" | head -n 100
		quiet_code=1
	fi
	rm -f "$last_output.dmesg"
	quiet_taints=$(($(cat /proc/sys/kernel/tainted) & ~quiet_allowed))
	if [ "$quiet_taints" -ne 0 ]; then
		echo "the kernel is tainted: $quiet_taints"
		quiet_code=1
	fi
	if [ -e /proc/lockdep_stats ] && ! grep -q 'debug_locks: *1' /proc/lockdep_stats; then
		echo "lockdep has given up"
		quiet_code=1
	fi
	if [ -e /sys/kernel/debug/kmemleak ]; then
		# What is unreferenced and unchanged in two scans and older than five seconds counts.
		echo scan >/sys/kernel/debug/kmemleak
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak
		if grep -q . /sys/kernel/debug/kmemleak; then
			echo "kmemleak:"
			head -n 100 /sys/kernel/debug/kmemleak
			quiet_code=1
		fi
	fi
	return "$quiet_code"
}

# done_testing: the kernel's own word, and the plan, which comes last; the suite ends here.
done_testing()
{
	stop_weston
	# tests/cli.sh runs on any machine, whose kernel's complaints are not ours.
	if [ -e /run/control/argv ]; then
		check "the kernel has nothing to complain of" kernel_is_quiet
	fi
	rm -f "$last_output"
	echo "1..$count"
	if [ "$failures" -gt 0 ]; then
		exit 1
	fi
	exit 0
}
