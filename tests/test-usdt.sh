#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The static probes, as tracing tools find them in the library.
n=0
failed=0
library=.libs/libpapr.so

# probe NAME ARGUMENTS: it is there, and has so many.
probe() {
	n=$((n + 1))
	name="probe_$1_has_$2_arguments"
	if [ -n "$skip" ]; then
		echo "ok $n - $name # SKIP $skip"
	elif echo "$notes" | awk -v name="$1" -v want="$2" '
		$1 == "Provider:" { ours = $2 == "papr" }
		$1 == "Name:" { is_it = ours && $2 == name }
		$1 == "Arguments:" && is_it {
			found++
			if (NF - 1 != want)
				bad = 1
		}
		END { exit !found || bad }'; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		failed=1
	fi
}

skip=
if ! grep -q '^#define HAVE_USDT 1' config.h; then
	skip="configured without static probes"
elif [ ! -e "$library" ]; then
	skip="the library is not shared"
elif ! command -v readelf >/dev/null; then
	skip="there is no readelf"
else
	notes=$(readelf -n "$library" 2>/dev/null)
fi

probe hcall_enter 3
probe hcall_return 4
probe rtas_enter 4
probe rtas_return 3
probe mce 5
echo "1..$n"
exit $failed
