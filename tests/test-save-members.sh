#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Each member of the library's structures is saved, or there is a reason.
srcdir=${srcdir:-.}
failed=0

compare() { # TABLES
	${AWK:-awk} -f "$srcdir/tests/save-members.awk" \
	    "$srcdir/docs/save.md" "$1" "$srcdir"/spapr/*.h \
	    "$srcdir"/rtas/*.h "$srcdir"/hcalls/*.h "$srcdir"/fwnmi/*.h
}

result() { # STATUS NAME
	[ "$1" = 0 ] || failed=1
	[ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"
}

said=$(compare "$srcdir/docs/save-members.md" 2>&1)
[ -z "$said" ]
result $? "each_member_is_saved_or_has_a_reason"
[ -z "$said" ] || echo "$said" | sed 's/^/# /'

# A table without a row, with one too many, and of no section.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# shellcheck disable=SC2016 # those of the tables
sed -e 's/^| `last_error` .*//' -e 's/`firmware` `agreed`/`nowhere`/' \
    -e 's/`nmi_log_id`/`nmi_log_ib`/' -e 's/struct agreed/struct agree/' \
    "$srcdir/docs/save-members.md" >"$dir/save-members.md"
compare "$dir/save-members.md" | LC_ALL=C sort >"$dir/said"
cat >"$dir/wanted" <<'END'
struct agree has no any
struct agree has no pvr
struct agree has no vector5
struct agree is not in spapr/firmware.h
struct firmware: agreed is a struct agreed, which has no table
struct papr_vm has no nmi_log_ib
struct papr_vm: last_error has no row
struct papr_vm: nmi_log_id has no row
there is no section nowhere
END
cmp -s "$dir/wanted" "$dir/said"
result $? "a_table_that_is_wrong_is_found_out"
cmp -s "$dir/wanted" "$dir/said" || sed 's/^/# /' "$dir/said"

echo 1..2
exit $failed
