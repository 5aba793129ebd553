#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# papr advise as its users see it: one line for each mistake, exit statuses,
# and a policy that papr policy takes. Prints TAP.
subcommand=advise
# shellcheck source=tests/cli.sh
. "${srcdir:-.}/tests/cli.sh"
run=$dir/run.json
costs=$dir/costs.json

cat >"$run" <<'EOF'
{"flavour": "KVM-HV", "isa": 310, "hcalls": [
 {"name": "H_PAGE_INIT", "requested": "user", "effective": "user", "user": 9},
 {"name": "H_RANDOM", "requested": "user", "effective": "user", "user": 1}]}
EOF
cat >"$costs" <<'EOF'
{"flavour": "KVM-HV", "isa": 300, "exit-ns": 1, "user-ns": 1, "kernel-ns": 1,
 "calls": []}
EOF
echo '{"hcalls": []}' >"$dir/anywhere.json"
echo '{"hcalls": [5]}' >"$dir/wrong.json"

says 2 "papr advise: one RECORDING is wanted" "it needs a recording"
says 2 "papr advise: --keep H_RANDOMS: no such hypercall; is H_RANDOM meant?" \
    "what is kept must exist" --keep H_RANDOMS "$run"
says 2 "papr advise: power7 is no known host; there are power8, power9, \
power10, nested and pr" "the host must be known" --host power7 "$run"
says 1 "papr advise: $dir/none: No such file or directory" \
    "the recording must be there" "$dir/none"
says 1 "papr advise: $dir/wrong.json: call 1 has no name" \
    "it must be one" "$dir/wrong.json"
says 1 "papr advise: $dir/anywhere.json: it does not say on which host, so \
--host has to" "somebody must say the host" "$dir/anywhere.json"
says 0 "nothing is to be gained: no call has a better place that is known" \
    "... and may by an option" --host power9 "$dir/anywhere.json"
says 1 "papr advise: $dir/none: unable to open $dir/none: No such file or \
directory" "costs must be there" --costs "$dir/none" "$run"
says 1 "papr advise: $run: these are no costs of calls" \
    "they must be costs" --costs "$run" "$run"
says 1 "papr advise: $costs: measured with KVM-HV of ISA 3.00, but the host \
power10 has KVM-HV of ISA 3.10" "of the same kind of host" \
    --costs "$costs" "$run"
says 1 "papr advise: $dir/no/file: No such file or directory" \
    "the policy must have a place" --policy "$dir/no/file" "$run"

run_papr --keep H_RANDOM --policy "$dir/policy" "$run" >"$dir/out" 2>&1
result $? "a recording has its advice"
grep -q '^H_PAGE_INIT  *9 user  *kernel ' "$dir/out"
result $? "... call by call"
grep -q '^H_RANDOM  *1 user  *--keep says so' "$dir/out"
result $? "... but not for what is kept"
# shellcheck disable=SC2086 # a command with arguments
$TEST_WRAPPER "$papr" policy check --host power10 "$dir/policy" >"$dir/out" 2>&1
result $? "its policy is one"
grep -q 'H_RANDOM: user' "$dir/policy" && ! grep -q H_PAGE_INIT "$dir/policy"
result $? "... and follows the advice"
run_papr --json "$run" >"$dir/out" 2>&1 && grep -q '"move": \[' "$dir/out"
result $? "as JSON too"
exit $failed
