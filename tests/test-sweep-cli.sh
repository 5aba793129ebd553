#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# papr sweep as its users see it on any machine: plans, one line for each
# mistake, exit statuses. What it does to a guest is tested in the lab. Prints
# TAP.
subcommand=sweep
# shellcheck source=tests/cli.sh
. "${srcdir:-.}/tests/cli.sh"

if ! run_papr --help >"$dir/help" 2>&1; then
	echo "1..0 # SKIP papr was built without its VMM"
	exit 0
fi

grep -q '^  slb:multihit ' "$dir/help"
result $? "--help lists the kinds"

says 2 "papr sweep: the arguments of papr run are missing" "it needs a guest"
says 2 "papr sweep: papr run: --kernel is missing" \
    "the guest needs a kernel" -- --smp 2
says 2 "papr sweep: papr run: --help, --control and --dump-fdt make no sense \
in a sweep" \
    \
    "the control socket is its own" -- --kernel x --control y
says 2 "papr sweep: --dance: there is no such option" \
    "an unknown option" --dance
says 2 "papr sweep: --count: a value is missing" "a value is missing" --count
says 2 "papr sweep: --count 0: must be a number from 1 to 1000000" \
    "nothing to do" \
    --count 0 -- --kernel x
says 2 "papr sweep: --step 6: instructions have 4 bytes" \
    "a step into an instruction" \
    --pc 0x0 --step 6 -- --kernel x
says 2 "papr sweep: --step needs --pc or --symbol" "a step of nothing" \
    --step 4 -- --kernel x
says 2 "papr sweep: --all: neither --count nor an address goes with it" \
    "all and some" --all --count 3 -- --kernel x
says 2 "papr sweep: --pc and --symbol: only one of them" "two places" \
    --pc 0x0 --symbol y -- --kernel x
says 2 "papr sweep: '2': the vCPUs are 0 to 1" "a vCPU that is not there" \
    --cpus 2 -- --kernel x --smp 2
says 2 "papr sweep: --only needs --replay" "one of what" --only 1 -- --kernel x
says 2 "papr sweep: --replay: the plan is in the file, no other option makes \
one" \
    \
    "a plan and another" --replay x --seed 1
says 2 "papr sweep: --alive '(': Unmatched ( or \\(" "a pattern that is none" \
    --alive '(' -- --kernel x
says 2 "papr sweep: $dir/no/file: No such file or directory" \
    "a report with no place" \
    --json "$dir/no/file" -- --kernel x

plan() {
	run_papr --dry-run "$@" -- --kernel x --smp 2 2>&1
}

plan --seed 5 >"$dir/out" && plan --seed 0x5 | cmp - "$dir/out"
result $? "the same seed prints the same plan"
[ "$(grep -c '"kind"' "$dir/out")" = 100 ]
result $? "a hundred are the default"
plan >"$dir/a" && plan >"$dir/b" && ! cmp -s "$dir/a" "$dir/b"
result $? "without a seed there is always another"
plan --all >"$dir/out" && [ "$(grep -c '"kind"' "$dir/out")" = 160 ]
result $? "all are twenty kinds times two times two times two"

plan --seed 5 >"$dir/plan" &&
    run_papr --replay "$dir/plan" --dry-run >"$dir/out" 2>&1 &&
    cmp "$dir/plan" "$dir/out"
result $? "a plan is replayed as it was"
run_papr --replay "$dir/plan" --dry-run -- --kernel y --smp 4 \
    >"$dir/out" 2>&1 &&
    grep -q '"y"' "$dir/out" && ! grep -q '"x"' "$dir/out"
result $? "... with other arguments too"
says 2 "papr sweep: $dir/plan: injection 2: there is no vCPU 1" \
    "... but not with too few vCPUs" --replay "$dir/plan" -- --kernel x
says 2 "papr sweep: --only 100: the plan has 0 to 99" \
    "... nor what is not in it" \
    --replay "$dir/plan" --only 100
echo '{' >"$dir/bad"
run_papr --replay "$dir/bad" >"$dir/out" 2>&1
[ $? = 2 ] && grep -q "^papr sweep: $dir/bad: line [0-9]*: " "$dir/out"
result $? "a plan that is none has a line"

printf '%s\n' "c000000000001000 T first" "c000000000001010 T second" \
    >"$dir/map"
plan --symbol first --symbols "$dir/map" >"$dir/out" &&
    [ "$(grep -c '"at-pc"' "$dir/out")" = 4 ] &&
    grep -q '"at-pc": "0xc00000000000100c"' "$dir/out"
result $? "a function is stepped through to its end"
says 2 "papr sweep: $dir/map does not tell where second ends" \
    "... if that is known" \
    --symbol second --symbols "$dir/map" -- --kernel x

if [ -z "$TEST_WRAPPER" ]; then
	says 2 "papr sweep: the guest ended before its first heartbeat: \
papr run: $dir/none: No such file or directory" "a kernel that is not there" \
	    -- --kernel "$dir/none"
else
	echo "ok - a kernel that is not there # SKIP cannot start itself here"
fi

exit $failed
