# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced by scripts/check: counts TAP lines, "ok", "not ok" and "ok # SKIP", and
# tells once more at the end what failed.

tap_passed=0
tap_failed=0
tap_skipped=0
tap_reasons=
tap_failures=

# tap_run NAME COMMAND...: one test; its output is shown only if it fails.
tap_run() {
	tap_name=$1
	shift
	if tap_out=$("$@" 2>&1 </dev/null); then
		echo "ok - $tap_name"
	else
		printf '%s\n' "$tap_out" | tail -n 40 | sed 's/^/# /'
		echo "not ok - $tap_name"
	fi
}

# tap_make_check DIR ARGUMENT...: the unit tests of a build, as TAP.
tap_make_check() {
	tap_dir=$1
	shift
	rm -f "$tap_dir"/tests/*.log "$tap_dir"/tests/*.trs
	make -C "$tap_dir" -j"$(nproc)" check "$@" >"$tap_dir/check.log" \
	    2>&1 </dev/null || tap_status=$?
	for tap_trs in "$tap_dir"/tests/*.trs; do
		tap_program=${tap_trs%.trs}
		tap_result=$(sed -n 's/^:global-test-result: //p' "$tap_trs")
		echo "# ${tap_program##*/}: $tap_result"
		tap_program_result "$tap_program.log" "$tap_result"
	done
	# Nothing built, nothing run: that is no success.
	[ -e "$tap_trs" ] || tail -n 40 "$tap_dir/check.log"
	return "${tap_status:-0}"
}

# A program's own TAP; one that has none, or died, is a test itself.
tap_program_result() {
	case $2 in
	PASS)
		grep -E '^(not )?ok|^#' "$1" || echo "ok - ${1##*/}" ;;
	SKIP)
		echo "ok - ${1##*/} # SKIP $(tail -n 1 "$1")" ;;
	*)
		cat "$1"
		grep '^not ok' "$1" | grep -qv '# SKIP' ||
			echo "not ok - ${1##*/}" ;;
	esac
}

tap_count() {
	grep -cE "$1" "$2" || true
}

# cmocka 1.1.5 puts "# SKIP" behind a "not ok", where nothing failed.
tap_skip_is_ok() {
	sed -u 's/^not ok\(.*# SKIP\)/ok\1/'
}

# Each failed test of a log, with the lines that tell why, before or behind it.
tap_failed_lines() {
	grep -a -B 12 -A 12 '^not ok' "$2" | tail -n 150 | sed "s/^/$1: /"
}

# A layer that has no failed test, and failed.
tap_layer_failed() {
	echo "not ok - $1: $2" | tee -a "$tap_log"
	tap_not_ok=1
}

# tap_layer NAME FUNCTION
tap_layer() {
	tap_log=build/check/$1.log
	tap_begin=$(date +%s)
	# The status of what is left of the pipe comes through a file. Behind
	# "if" or before "&&" the shell would not stop at a failure.
	{ set +e
	  ( set -e; "$2" ) 2>&1
	  echo $? >"$tap_log.status"; } | tap_skip_is_ok | tee "$tap_log"
	tap_lines=$tap_log.lines
	grep -aE '^(not )?ok' "$tap_log" >"$tap_lines" || true
	tap_skips=$(tap_count '# (SKIP|skip)' "$tap_lines")
	tap_ok=$(grep -vE '# (SKIP|skip)' "$tap_lines" | grep -c '^ok' || true)
	tap_not_ok=$(tap_count '^not ok' "$tap_lines")
	if [ "$(cat "$tap_log.status")" != 0 ] && [ "$tap_not_ok" = 0 ]; then
		tap_layer_failed "$1" "the layer itself failed"
	fi
	if [ "$tap_ok" = 0 ] && [ "$tap_not_ok" = 0 ]; then
		tap_layer_failed "$1" "nothing ran in a layer that must run"
	fi
	tap_passed=$((tap_passed + tap_ok))
	tap_failed=$((tap_failed + tap_not_ok))
	tap_skipped=$((tap_skipped + tap_skips))
	tap_reasons="$tap_reasons$(sed -n "s/.*# \(SKIP\|skip\)/$1: &/p" \
	    "$tap_lines")
"
	tap_failures="$tap_failures$(tap_failed_lines "$1" "$tap_log")
"
	echo "# $(($(date +%s) - tap_begin)) s"
	echo "$1: $tap_ok passed, $tap_not_ok failed, $tap_skips skipped"
}

tap_summary() {
	if [ "$tap_skipped" -gt 0 ]; then
		echo "== skipped"
		printf '%s' "$tap_reasons" | grep . || true
	fi
	if [ "$tap_failed" -gt 0 ]; then
		echo "== failed"
		printf '%s' "$tap_failures" | grep -a . || true
	fi
	echo "$tap_passed passed, $tap_failed failed, $tap_skipped skipped"
	[ "$tap_failed" = 0 ]
}
