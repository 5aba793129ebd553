#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Our logs, read by Debian's rtas_event_decode under qemu-user. Prints TAP.
# tests/elog/judge fetches the tool; this test does not use the network.
papr=${PAPR:-./papr}
top=${srcdir:-.}
root=$("$top/tests/elog/judge" --cached 2>/dev/null)
if [ -z "$root" ]; then
	echo "ppc64-diag is not there; tests/elog/judge fetches it"
	exit 77
fi
if ! command -v qemu-ppc64le-static >/dev/null; then
	echo "qemu-ppc64le-static is not there"
	exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# read_log: the log in $dir/log, as the kernel's dump of it is read.
read_log() {
	{
		echo "RTAS: 1 -------- RTAS event begin --------"
		od -An -v --endian=big -tx4 -w16 "$dir/log" |
		    awk '{ print "RTAS " NR - 1 ":" $0 }'
		echo "RTAS: 1 -------- RTAS event end ----------"
	} >"$dir/dump"
	timeout 900 qemu-ppc64le-static -L "$root" \
	    -E LD_LIBRARY_PATH=/usr/lib/powerpc64le-linux-gnu \
	    "$root/usr/sbin/rtas_event_decode" -v -n 1 \
	    <"$dir/dump" >"$dir/out" 2>&1
}

# reads NAME PATTERN...: a line for each, and the end is reached.
reads() {
	name=$1
	shift
	read_log
	for pattern in "$@" 'RTAS Event Dump \(1\) End'; do
		if grep -aEq -- "$pattern" "$dir/out"; then
			continue
		fi
		sed 's/^/# /' "$dir/out"
		echo "# no line has: $pattern"
		echo "not ok - $name"
		failed=1
		return
	done
	echo "ok - $name"
}

# built ARGUMENT...: a machine check by meaning.
built() {
	# shellcheck disable=SC2086 # a command with arguments
	$TEST_WRAPPER "$papr" elog build "$@" --time 1795389763 \
	    --log-id 0x50000001 --output "$dir/log"
}

for type in slb erat tlb d-cache i-cache ra unknown; do
	built --type $type
	reads "a machine check of type $type is read" \
	    'Version: +00000006 +Severity: +00000003 \(Error Sync\)' \
	    'Disposition: +00000002' \
	    'Initiator +00000001 \(CPU\)' \
	    'Type +000000e0 \(Platform Error\)' \
	    'Status: +unrecoverable new' \
	    'Date: +22 Nov 2026' \
	    'Time: +23:22:43' \
	    'Creator ID: +PHyp \(H\)' \
	    'Platform Log ID: +50000001' \
	    'Subsystem ID: +00000010' \
	    'Event Severity: +00000040' \
	    'Primary Reference Code: "B7000000 ' \
	    'Section ID: +MC +Section Length: +00000028'
done
built --type ue --recovered --initiator memory
reads "a recovered memory error is read" \
    'Initiator +00000004 \(Memory\)' \
    'Status: +recoverable new' 'Subsystem ID: +00000020' \
    'Event Severity: +00000010'

# read_text FILE PATTERN...: the log that a text file describes.
read_text() {
	# shellcheck disable=SC2086 # a command with arguments
	$TEST_WRAPPER "$papr" elog build --from "$top/tests/data/elog/$1" \
	    --output "$dir/log"
	name="$1 is read: $2"
	shift
	reads "$name" "$@"
}
read_text qemu-epow.txt 'Action Code: +00000003' 'EPOW Event: +00000001'
read_text qemu-hotplug.txt 'Hotplug Type: +00000002' \
    'Hotplug Action: +00000001'
read_text all-sections.txt 'Resource Type: +00000040 \(Memory Page\)' \
    'Logical Address: +0000000123450000' 'Dump ID: +00000007' \
    'Dump Size: +0000000000001000' 'Model/Type: +9105-22A' \
    'Serial Number: +78A1234' 'Event Type: +00000004' \
    'Error/Event Scope: +00000038' 'RPC Field Length: +00000008' \
    'Section ID: +LP +Section Length: +0000001c' '\[lpar-one\.' \
    'Section ID: +MI +Section Length: +00000010' \
    'Section ID: +CI +Section Length: +00000010'

# Behind a part number librtasevent reads CCIN and serial number a byte early,
# and behind PE's model the serial number a byte late.
read_text all-sections.txt 'FRU Section \(1\)' 'Priority: +H - High priority' \
    'Location Code: +U78AE.001.WZS0001-P1$' \
    'Failing Component: +00000010 \("normal" hardware FRU\)' \
    'FRU Stocking Part: +00RR123$' 'Serial Number: +4YL10JF12345$' \
    'Model/Type: +9105-22A78A1234 ' \
    'Manufacturing Replaceable Unit Fields \(2\)' \
    'MRU Priority: +H +MRU ID: +00001234' \
    'MRU Priority: +L +MRU ID: +00000000' \
    'FRU Section \(2\)' 'Priority: +L - Low' \
    'Failing Component: +00000040' 'Procedure ID: +FSPSP04$' \
    'FRU Section \(3\)' 'Priority: +M - Medium' \
    'Failing Component: +00000090 \(External FRU\)' 'CCIN: +2B44$' \
    'Serial Number: +YL10JF123456$' \
    'Primary Reference Code: "B7005678 ' 'Priority: +B - Medium priority' \
    'Model/Type: +9105-22A \(tttt-mmm\)'
exit $failed
