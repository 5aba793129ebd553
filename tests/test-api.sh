#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What programs see of the library: its symbols and its headers.
srcdir=${srcdir:-.}
n=0
failed=0

result() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

# The shared library of this build; a static build has none.
library=.libs/libpapr.so
if [ -e "$library" ]; then
	symbols=$($NM -D --defined-only "$library" |
	    awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }')
	others=$(echo "$symbols" | grep -v '^papr_')
	[ -n "$symbols" ] && [ -z "$others" ]
	result $? "library_exports_its_own_names_alone"
	[ -z "$others" ] || echo "# it exports $others"

	# Every exported name is in a header, or nobody can use it.
	missing=$(echo "$symbols" | while read -r name; do
		grep -q "API($name)" tests/api-names.h || echo "$name"
	done)
	[ -z "$missing" ]
	result $? "exported_names_are_in_the_headers"
	[ -z "$missing" ] || echo "# no header has $missing"
else
	echo "ok 1 - library_exports_its_own_names_alone # SKIP not shared"
	echo "ok 2 - exported_names_are_in_the_headers # SKIP not shared"
	n=2
fi

# The manual names every function, or nobody finds it.
manual=$srcdir/docs/man/libpapr.3
missing=$(sed 's/API(\(.*\))/\1/' tests/api-names.h | while read -r name; do
	grep -q "^\.Fn $name\( \|\$\)" "$manual" || echo "$name"
done)
[ -z "$missing" ]
result $? "the_manual_names_every_function"
[ -z "$missing" ] || echo "# libpapr.3 lacks $missing"

# papr.h is all headers, and says so; the manual has each of them.
missing=$(cd "$srcdir/include/papr" && for header in *.h; do
	[ "$header" != papr.h ] || continue
	grep -q "^#include <papr/$header>" papr.h || echo "$header"
	grep -q "^ \*	$header	" papr.h || echo "$header"
	grep -q "papr/$header" "../../docs/man/libpapr.3" || echo "$header"
done | sort -u)
[ -z "$missing" ]
result $? "every_header_is_in_papr.h_and_in_the_manual"
[ -z "$missing" ] || echo "# missing somewhere: $missing"

for header in "$srcdir"/include/papr/*.h; do
	name=${header##*/}
	echo "#include <papr/$name>" |
	    $CC -std=c11 -pedantic -Wall -Wextra -Werror -fsyntax-only \
		-I"$srcdir/include" -x c -
	result $? "${name}_compiles_alone_as_c"

	if ! command -v g++ >/dev/null; then
		n=$((n + 1))
		echo "ok $n - ${name}_compiles_alone_as_c++ # SKIP no g++"
		continue
	fi
	echo "#include <papr/$name>" |
	    g++ -std=c++11 -Wall -Wextra -Werror -fsyntax-only \
		-I"$srcdir/include" -x c++ -
	result $? "${name}_compiles_alone_as_c++"
done

# A macro or enumerator H_ in a header would clash with the program's own.
! sed 's:/\*.*\*/::' "$srcdir"/include/papr/*.h |
    grep -v '^[[:space:]/]*\*' | grep -qw 'H_[A-Z_]*'
result $? "headers_define_no_names_of_the_specification"
echo "1..$n"
exit $failed
