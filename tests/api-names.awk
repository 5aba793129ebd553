# SPDX-License-Identifier: BSD-2-Clause
# API(name) for every prototype: the house begins them in the first column,
# where members and comments never do.
/^[a-z].*papr_[a-z0-9_]*\(/ {
	match($0, /papr_[a-z0-9_]*\(/)
	print "API(" substr($0, RSTART, RLENGTH - 1) ")"
}
