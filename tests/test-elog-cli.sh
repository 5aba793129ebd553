#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# papr elog as its users see it: forms that give each other back, findings,
# differences, one line for each mistake, exit statuses. Prints TAP.
subcommand=elog
data=${srcdir:-.}/tests/data/elog
# shellcheck source=tests/cli.sh
. "${srcdir:-.}/tests/cli.sh"

for text in "$data"/*.txt; do
	name=${text##*/}
	run_papr build --from "$text" --output "$dir/log" &&
	    run_papr decode "$dir/log" >"$dir/text" &&
	    diff -u "$text" "$dir/text" >"$dir/out" 2>&1
	result $? "$name comes back the same as text"

	run_papr decode --json "$dir/log" >"$dir/json" &&
	    run_papr build --from "$dir/json" --output "$dir/again" &&
	    cmp "$dir/log" "$dir/again" >"$dir/out" 2>&1
	result $? "$name comes back the same as JSON"

	run_papr validate "$dir/log" >"$dir/out" 2>&1
	result $? "$name has no error"
done

run_papr build --type slb --subtype multihit --ea 0xc000000001234560 \
    --output "$dir/slb"
result $? "a log is built by meaning"
says 0 "" "it has no finding" validate "$dir/slb"
run_papr build --type slb --subtype parity --ea 0xc000000001234560 --recovered \
    --bare >"$dir/bare"
says 1 "header.disposition: not-recovered -> fully-recovered
main.unrecoverable: true -> false
main.recoverable: false -> true
PH: only in the first
UH: only in the first
PS: only in the first
MC.subtype: multihit -> parity" "differences are told" \
    diff "$dir/slb" "$dir/bare"
says 0 "" "a log does not differ from itself" diff "$dir/slb" "$dir/slb"

run_papr build --type tlb --zero-length --output "$dir/zero"
says 1 "$dir/zero: byte 26, PH: error: the length of the section is 0; \
Linux would never get past it" "a zero length is an error" \
    validate "$dir/zero"
says 2 "$dir/zero: byte 26, PH: the length of the section is 0; Linux would \
never get past it" "and cannot be decoded" decode "$dir/zero"

printf '[header]\nversion = 6\n[main]\ncolour = 1\n' >"$dir/bad"
says 2 "$dir/bad:4: .colour: there is no such field" \
    "a mistake in text has its line" build --from "$dir/bad"
printf '[main]\ncompany = "IBM\n' >"$dir/bad"
says 2 "$dir/bad:2: the value has only one quote, or something behind the \
second" "a quote must end" build --from "$dir/bad"
printf '{ "parts": [ { "part": "main", "format": 1.5 } ] }' >"$dir/bad"
says 2 "$dir/bad: parts[0]: a value is a string, an integer, true or false" \
    "a mistake in JSON has its part" build --from "$dir/bad"
printf '{ "parts": [ ' >"$dir/bad"
says 2 "$dir/bad:1:13: ']' expected near end of file" \
    "JSON that is none has its place" build --from "$dir/bad"
printf '{}' >"$dir/bad"
says 2 "$dir/bad: there is no \"parts\" that is an array" \
    "JSON of something else is refused" build --from "$dir/bad"
says 2 "$dir/none: No such file or directory" "a file must be there" \
    decode "$dir/none"
says 2 "/dev/zero: it is too long for an error log" \
    "a file without an end is refused" validate /dev/zero
says 2 "papr elog build: multihi is none of parity, multihit, indeterminate" \
    "a wrong name brings the right ones" \
    build --type slb --subtype multihi
says 2 "papr elog build: parity is no name here, there are none" \
    "a name where there are none is told so" \
    build --type d-cache --subtype parity
run_papr build slb:multihit --ea 0xc000000001234560 --output "$dir/words"
says 0 "" "the words of papr inject make the same log" \
    diff "$dir/slb" "$dir/words"
says 2 "papr elog build: the subtype is said twice" \
    "a subtype is said once" build slb:multihit --subtype parity
says 2 "papr elog build: --type says what kind of machine check, or --from \
which file" "build needs to know what" build
says 2 "papr elog build: cannot write $dir/no/log: No such file or directory" \
    "an output that cannot be is told" \
    build --type slb --output "$dir/no/log"
says 2 "papr elog: diff takes two files" "diff takes two files" \
    diff "$dir/slb"

# The words in hex, up to what is said of them, against the command's.
doc=${srcdir:-.}/docs/fwnmi.md
sed -n 's/^    0[0-9a-f][0-9a-f]  \(\([0-9a-f]\{8\} \{0,1\}\)*\).*/\1/p' "$doc" |
    tr -d ' \n' >"$dir/words"
run_papr build --type slb --subtype multihit --ea 0xc000000000c0ffee --recovered \
    --processor 1 --log-id 7 --time 1795399200 --output "$dir/log"
od -An -v -tx1 "$dir/log" | tr -d ' \n' >"$dir/bytes"
cmp "$dir/words" "$dir/bytes" >"$dir/out" 2>&1
result $? "the log in docs/fwnmi.md is the one that its command makes"
exit $failed
