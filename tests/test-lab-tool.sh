#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# papr lab itself, from the outside: tests/test-lab-tool.sh PAPR ROOT. Prints
# TAP. Boots a dozen labs, so it is a layer of scripts/check of its own.
papr=$1
root=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

ok() {
	echo "ok - $*"
}

not_ok() {
	sed 's/^/# /' "$dir/out" "$dir/err" | tail -n 20
	echo "not ok - $*"
}

# Seconds, to end a hang: the machine may be slow, and stand still for minutes.
patience=900

# lab STATUS NAME ARGUMENT...: how it ends, some time in any case.
lab() {
	wanted=$1
	name=$2
	shift 2
	timeout $((2 * patience)) "$papr" lab run --timeout $patience "$@" \
	    >"$dir/out" 2>"$dir/err"
	got=$?
	echo "# status $got" >>"$dir/err"
	if [ $got = "$wanted" ]; then ok "$name"; else not_ok "$name"; fi
}

# says NAME PATTERN FILE
says() {
	if grep -q -- "$2" "$dir/$3"; then ok "$1"; else not_ok "$1"; fi
}

# The labs that must not be left are told apart from others of this machine by
# their memory size.
left() {
	cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' |
		grep -q "[q]emu-system-ppc64 .*-m 1923M"	# but not this grep
}

# gone NAME: nothing is left; QEMU gets a moment to die.
gone() {
	for _ in $(seq $patience); do
		left || {
			ok "$1"
			return
		}
		sleep 1
	done
	not_ok "$1"
}

lab 0 "status 0 comes through" --mem 1923M -- true
gone "nothing is left after the end"
lab 7 "status 7 comes through" -- sh -c 'exit 7'
lab 143 "a signal's status comes through" -- sh -c 'kill -TERM $$'
lab 0 "there is a /dev/kvm" -- test -c /dev/kvm

lab 0 "arguments come through as they are" -- \
    printf '%s|' 'a b' "it's" '"q"' '*' '' 'ü' 'x
y'
printf '%s|' 'a b' "it's" '"q"' '*' '' 'ü' 'x
y' >"$dir/want"
if cmp -s "$dir/out" "$dir/want"; then
	ok "... every byte of them"
else
	not_ok "... every byte of them"
fi

mkdir "$dir/tree"
head -c 1000000 /dev/urandom >"$dir/tree/noise"
lab 0 "a tree is laid over the lab's" --root "$dir/tree" -- cat /noise
if cmp -s "$dir/out" "$dir/tree/noise"; then
	ok "a megabyte of noise comes back unchanged"
else
	: >"$dir/out"
	not_ok "a megabyte of noise comes back unchanged"
fi

timeout $patience "$papr" lab run --mem 1923M --timeout 10 -- sleep 1000 \
    >"$dir/out" 2>"$dir/err"
if [ $? = 124 ]; then ok "a time limit ends it"; else not_ok "a time limit ends it"; fi
gone "nothing is left after the time limit"

# end_with SIGNAL: while the command runs.
end_with() {
	"$papr" lab run --mem 1923M -- sh -c 'echo running; sleep 1000' \
	    >"$dir/out" 2>"$dir/err" &
	pid=$!
	for _ in $(seq $patience); do
		! grep -q running "$dir/out" || break
		sleep 1
	done
	says "the command runs" running out
	kill "-$1" $pid
	wait $pid 2>/dev/null
	gone "nothing is left after SIG$1"
}
end_with TERM
end_with KILL

# What QEMU 7.2 cannot do must not look like a failure of the guest: siblings
# that send each other doorbells end it.
lab 125 "a QEMU that dies is the lab's failure" --smp 2 --root "$root" -- \
    papr run --smp cores=1,threads=2 --kernel /boot/vmlinux \
    --initrd /boot/guest-initramfs.cpio.gz \
    --append "console=hvc0 quiet papr.selftest"
says "... and QEMU's own words are shown" "SDOOR" err

# A machine with everything but QEMU.
mkdir "$dir/bin"
ln -s /usr/bin/* "$dir/bin/"
rm "$dir"/bin/qemu-system-*
PATH=$dir/bin "$papr" lab run -- true >"$dir/out" 2>"$dir/err"
if [ $? = 125 ]; then ok "no QEMU: status 125"; else not_ok "no QEMU: status 125"; fi
says "... and the package is named" "qemu-system-ppc" err

env PAPR_CACHE="$dir/cache" http_proxy=http://127.0.0.1:9 \
    https_proxy=http://127.0.0.1:9 \
    "$papr" lab fetch >"$dir/out" 2>"$dir/err"
if [ $? = 4 ]; then ok "no network: status 4"; else not_ok "no network: status 4"; fi
says "... in words" "network" err
