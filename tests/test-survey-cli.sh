#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# papr survey as its users see it on any machine: one line for each mistake,
# exit statuses, results that are shown again. What it does to a guest is
# tested in the lab. Prints TAP.
subcommand=survey
# shellcheck source=tests/cli.sh
. "${srcdir:-.}/tests/cli.sh"

if ! run_papr --help >"$dir/help" 2>&1; then
	echo "1..0 # SKIP papr was built without its VMM"
	exit 0
fi

grep -q '^  long-busy-10ms$' "$dir/help"
result $? "--help lists the faults"

says 2 "papr survey: the arguments of papr run are missing" "it needs a guest"
says 2 "papr survey: papr run: --kernel is missing" \
    "the guest needs a kernel" -- --smp 2
says 2 "papr survey: papr run: --help, --control, --dump-fdt, --paused, \
--policy and --stats make no sense in a survey" \
    "the policy is its own" -- --kernel x --policy y
says 2 "papr survey: --dance: there is no such option" \
    "an unknown option" --dance
says 2 "papr survey: --calls: a value is missing" "a value is missing" --calls
says 2 "papr survey: --timeout 0: must be a number from 1 to 86400" \
    "no time" --timeout 0 -- --kernel x
says 2 "papr survey: --faults: 'hard' is none" "a fault that is none" \
    --faults busy,hard -- --kernel x
says 2 "papr survey: --moments: 'night' is none" "a moment that is none" \
    --moments night -- --kernel x
says 2 "papr survey: --alive '(': Unmatched ( or \\(" "a pattern that is none" \
    --alive '(' -- --kernel x
says 2 "papr survey: --show runs nothing: neither --json nor --resume nor a \
guest goes with it" \
    "a guest to be shown" --show x -- --kernel x

echo '{}' >"$dir/bad"
says 2 "papr survey: $dir/bad: this is no report of papr survey" \
    "results that are none" --show "$dir/bad"
echo '{' >"$dir/bad"
run_papr --resume "$dir/bad" -- --kernel x >"$dir/out" 2>&1
[ $? = 2 ] && grep -q "^papr survey: $dir/bad: line [0-9]*: " "$dir/out"
result $? "results that are no JSON have a line"

cat >"$dir/results" <<'JSON'
{ "papr-survey": 1, "guest": "Linux version 7",
  "calls": [ { "name": "H_RANDOM", "rtas": false, "boot": 0, "run": 2 } ],
  "cells": [ { "call": "H_RANDOM", "rtas": false, "fault": "busy",
    "moment": "run", "outcome": "retries", "failed": 10, "calls": 11,
    "normal": 2 } ] }
JSON
says 0 "run H_RANDOM busy: retries (10 of 11 calls failed, 2 are usual)" \
    "results are shown" --show "$dir/results" --markdown "$dir/tables"
# shellcheck disable=SC2016 # Markdown
grep -qF '| `H_RANDOM` | 2 | retries (10/11) |' "$dir/tables"
result $? "... as tables too"
says 1 "run H_RANDOM busy: retries (10 of 11 calls failed, 2 are usual)
papr survey: $dir/no/file cannot be written" "tables with no place" \
    --show "$dir/results" --markdown "$dir/no/file"

if [ -z "$TEST_WRAPPER" ]; then
	says 2 "papr survey: the guest ended before its first heartbeat: \
papr run: $dir/none: No such file or directory" "a kernel that is not there" \
	    -- --kernel "$dir/none"
else
	echo "ok - a kernel that is not there # SKIP cannot start itself here"
fi

exit $failed
