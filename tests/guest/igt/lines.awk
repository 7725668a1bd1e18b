# SPDX-License-Identifier: MIT
#
# The output of an igt test: a line for each subtest, PASS, SKIP or FAIL with igt's reason. Dynamic subtests are told before
# the one that they are of; only those that didn't pass are told, with its line.

/Test requirement: |Failed assertion: |Test abort|Received signal|Timed out/ {
	reason = $0
	sub(/.*Test requirement: /, "", reason)
	sub(/.*Failed assertion: /, "", reason)
}
/^(Dynamic s|S)ubtest [^ ]+: (SUCCESS|SKIP|FAIL|CRASH)/ {
	match($0, /ubtest [^ ]+: /)
	name = substr($0, RSTART + 7, RLENGTH - 9)
	outcome = substr($0, RSTART + RLENGTH)
	outcome = outcome ~ /^SUCCESS/ ? "PASS" : outcome ~ /^SKIP/ ? "SKIP" : "FAIL"
	if (/^Dynamic/) {
		if (outcome != "PASS")
			dynamic[++n] = outcome " " test "@" name ": " reason
	} else {
		print outcome " " test "@" name (outcome == "PASS" ? "" : ": " reason)
		for (i = 1; i <= n; i++)
			print "  " dynamic[i]
		n = 0
	}
	if (/^S/)
		reason = ""
}
