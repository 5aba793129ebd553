#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# papr inject as its users see it: one line for each mistake, exit statuses,
# the examples. What it does to a guest is tested in the lab. Prints TAP.
subcommand=inject
examples=${srcdir:-.}/examples
# shellcheck source=tests/cli.sh
. "${srcdir:-.}/tests/cli.sh"

if ! run_papr --help >"$dir/help" 2>&1; then
	echo "1..0 # SKIP papr was built without its VMM"
	exit 0
fi

says 2 "papr inject: the SOCKET of a papr run --control is missing" \
    "it needs a socket"
says 2 "papr inject: what to inject is missing, such as slb:multihit" \
    "it needs a type" "$dir/socket"
says 2 "papr inject: one SOCKET and one TYPE[:SUBTYPE] are enough; \
--scenario takes more" "one type at a time" "$dir/socket" slb tlb
says 2 "papr inject: error: foo is none of parity, multihit, indeterminate" \
    "a wrong subtype brings the right ones" "$dir/socket" slb:foo
says 2 "papr inject: disposition: it is said twice" \
    "recovered and not recovered exclude each other" \
    "$dir/socket" slb --recovered --not-recovered
says 2 "papr inject: at-pc: only one of at-hypercall, at-pc, at-symbol and \
at-function can be said" "one moment at a time" \
    "$dir/socket" slb --at-hypercall H_CEDE --at-pc 0x1000
says 2 "papr inject: where do_idle is, a symbol file tells: the guest's \
vmlinux, System.map or /proc/kallsyms" "a symbol needs its file" \
    "$dir/socket" slb --at-symbol do_idle
says 2 "papr inject: $dir/none: No such file or directory" \
    "a symbol file must be there" \
    "$dir/socket" slb --at-symbol do_idle --symbols "$dir/none"
says 2 "papr inject: the log of a machine check of type d-cache cannot give \
an effective address" "what no log can say is refused" \
    "$dir/socket" d-cache --ea 0x1000
says 2 "papr inject: soon is no time up to a day, such as 30, 30s or 500ms" \
    "a time has a form" "$dir/socket" slb --wait --within soon
says 2 "papr inject: --scenario, --nmi, --list and --cancel are one at a time" \
    "one thing at a time" "$dir/socket" --nmi --list
says 2 "papr inject: what is said of an injection goes with SOCKET \
TYPE[:SUBTYPE] alone" "a reset has no type" "$dir/socket" slb --nmi
says 2 "papr inject: --check goes with --scenario" \
    "only scenarios are checked" "$dir/socket" slb --check
says 2 "papr inject: --cancel takes the number of an injection, which --list \
tells" "an id is a number" "$dir/socket" --cancel first
says 1 "papr inject: $dir/socket: No such file or directory" \
    "somebody must listen" "$dir/socket" slb
says 1 "papr inject: $dir/socket: No such file or directory" \
    "for a list as well" "$dir/socket" --list

says 2 "papr inject: an event has fields, such as modifier=temperature, and \
no options" "an event does not wait" "$dir/socket" epow:reset --wait
says 2 "papr inject: modifier: an event has fields, such as \
modifier=temperature" "a field has a value" "$dir/socket" epow:reset modifier
says 2 "papr inject: $dir/none: No such file or directory" \
    "a log must be there" "$dir/socket" "log:$dir/none"
says 1 "papr inject: $dir/socket: No such file or directory" \
    "somebody must listen for an event" "$dir/socket" epow:reset

run_papr "$dir/socket" slb --colour >"$dir/out" 2>&1
[ $? = 2 ] && grep -q colour "$dir/out"
result $? "an unknown option is named"

printf 'steps:\n  - inject: slab\n' >"$dir/bad.yaml"
says 2 "papr inject: $dir/bad.yaml:2:13: error: slab is none of ue, slb, erat, \
unknown, tlb, d-cache, i-cache, ra" "a scenario is checked before all else" \
    "$dir/socket" --scenario "$dir/bad.yaml"
says 2 "papr inject: $dir/none.yaml: No such file or directory" \
    "a scenario must be there" --check --scenario "$dir/none.yaml"
printf '0000000000000000 T do_idle\n' >"$dir/map"
printf 'symbols: map\nsteps: [ stop ]\n' >"$dir/zeros.yaml"
says 2 "papr inject: $dir/zeros.yaml:1:10: $dir/map: all addresses are 0, as \
/proc/kallsyms has them for who is not root; read it as the guest's root, with \
kernel.kptr_restrict at most 1" "addresses of zero are explained" \
    --check --scenario "$dir/zeros.yaml"

for example in scenario-survive scenario-two-cpus; do
	says 0 "" "examples/$example.yaml is a scenario" \
	    --check --scenario "$examples/$example.yaml"
done
exit $failed
