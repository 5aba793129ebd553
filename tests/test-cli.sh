#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The papr command as its users see it, on any machine: results, one line for
# each mistake, exit statuses. Prints TAP.
papr=${PAPR:-./papr}
examples=${srcdir:-.}/examples
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# status WANTED NAME ARGUMENT...: how papr ends; its words go to $dir.
status() {
	wanted=$1
	name=$2
	shift 2
	$TEST_WRAPPER "$papr" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	if [ $got = "$wanted" ]; then
		echo "ok - $name"
	else
		sed 's/^/# /' "$dir/out" "$dir/err"
		echo "# status $got, not $wanted"
		echo "not ok - $name"
		failed=1
	fi
}

# holds NAME PATTERN FILE: a line of the last output.
holds() {
	if grep -Eq -- "$2" "$dir/$3"; then
		echo "ok - $1"
	else
		sed 's/^/# /' "$dir/$3"
		echo "not ok - $1"
		failed=1
	fi
}

# mistake NAME PATTERN ARGUMENT...: status 2, one line on standard error.
mistake() {
	name=$1
	pattern=$2
	shift 2
	status 2 "$name" "$@"
	holds "... in words" "$pattern" err
	if [ "$(wc -l <"$dir/err")" = 1 ] && [ ! -s "$dir/out" ]; then
		echo "ok - ... in one line"
	else
		echo "not ok - ... in one line"
	fi
}

status 0 "papr --version" --version
holds "it has a number" '^papr [0-9]+\.[0-9]+' out
status 0 "papr --help" --help
holds "it names the commands" '^  policy ' out
mistake "an unknown command" "no command 'boot'" boot

status 0 "papr hcalls" hcalls
holds "it knows H_PAGE_INIT" '^H_PAGE_INIT +0x2c +hcall-copy' out
status 0 "papr hcalls of a set" hcalls --set hcall-tce
holds "it has H_PUT_TCE" '^H_PUT_TCE ' out
status 0 "papr hcalls --json" hcalls --json H_RANDOM
holds "it is an object" '"name": *"H_RANDOM"' out
mistake "a misspelt call" 'H_RANDOM' hcalls H_RANDON
mistake "a misspelt set" 'hcall-tce' hcalls --set hcall-tcee
status 0 "papr rtas" rtas
holds "it knows ibm,os-term" '^ibm,os-term ' out
mistake "a misspelt RTAS call" 'ibm,os-term' rtas ibm,os-trem

for file in "$examples"/*.yaml; do
	case $file in */scenario-*) continue ;; esac
	status 0 "${file##*/} is a policy" policy check "$file"
	for host in power8 power9 power10 nested pr; do
		status 0 "... that can be shown for $host" \
		    policy show --host $host --all "$file"
	done
done
printf 'hcalls:\n  H_RANDON: user\n' >"$dir/bad.yaml"
mistake "a policy with a misspelt call" 'bad.yaml:2:3: .*H_RANDOM' \
    policy check "$dir/bad.yaml"
mistake "a policy that is not there" 'nowhere.yaml' \
    policy check "$dir/nowhere.yaml"
mistake "a host that is not known" 'power10' \
    policy show --host power11 "$examples/demo.yaml"
mistake "papr policy apply without a socket" 'needs --control SOCKET' \
    policy apply "$examples/demo.yaml"
mistake "papr policy check with a socket" 'control is for apply' \
    policy check --control socket "$examples/demo.yaml"
status 0 "papr policy explain" \
    policy explain H_CEDE --host power9 "$examples/demo.yaml"
holds "it says why" 'kernel' out
status 0 "papr policy explain of a call that fails on purpose" \
    policy explain H_RANDOM --host power9 "$examples/faults.yaml"
holds "it says when" '^Fault:   it returns H_HARDWARE, one call in 3$' out

mistake "papr run without a kernel" '--kernel' run
mistake "papr run with a bad size" '--mem' run --kernel x --mem 12Q
mistake "papr lab without a command" 'command' lab run
mistake "papr lab with an unknown host" 'power10' lab run --host power7 -- true
mistake "machine checks for a partition's guests" 'bare metal' \
    lab run --host nested --machine-checks -- true

status 0 "papr control --help" control --help
mistake "papr control without a socket" 'SOCKET' control
mistake "papr control --events without a socket" 'SOCKET' control --events
mistake "papr control with arguments that are no JSON" 'expected' \
    control "$dir/socket" stop '{'
mistake "... that are no object" 'must be an object' \
    control "$dir/socket" stop '[]'
status 1 "papr control where there is no socket" \
    control "$dir/socket" query-status
holds "... in words" 'socket: No such file' err

# A machine with POWER KVM has other answers.
if grep -q '^platform' /proc/cpuinfo; then
	echo "ok - papr probe without POWER KVM # SKIP this is a POWER machine"
else
	status 3 "papr probe without POWER KVM" probe
	holds "it points to the lab" 'papr lab run' err
fi
exit $failed
