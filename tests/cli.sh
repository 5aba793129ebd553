# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034 # $failed is for those who source it
# Sourced by the tests of one subcommand of papr, whose name is $subcommand.
# They print TAP, keep what they need in $dir, and end with "exit $failed".
papr=${PAPR:-./papr}
subcommand=${subcommand:?}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

result() { # STATUS NAME
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		[ ! -s "$dir/out" ] || sed 's/^/# /' "$dir/out"
		echo "not ok - $2"
		failed=1
	fi
}

# run_papr ARGUMENT...: the subcommand.
run_papr() {
	# shellcheck disable=SC2086 # a command with arguments
	$TEST_WRAPPER "$papr" "$subcommand" "$@" </dev/null
}

# says STATUS OUTPUT NAME ARGUMENT...: all that it prints.
says() {
	wanted=$1
	output=$2
	name=$3
	shift 3
	run_papr "$@" >"$dir/out" 2>&1
	[ $? = "$wanted" ] && [ "$(cat "$dir/out")" = "$output" ]
	result $? "$name"
}
