# SPDX-License-Identifier: BSD-2-Clause
# Compares docs/save-members.md with the structures that it names:
#
#	awk -f save-members.awk docs/save.md docs/save-members.md HEADER...
#
# HEADERs are all that may have one of them.  A line for each difference.

# Words in backquotes of @text, into the array @into; how many.
function quoted(text, into,	n, parts, i, count) {
	n = split(text, parts, "`")
	for (i = 2; i <= n; i += 2)
		into[++count] = parts[i]
	return count + 0
}

FILENAME ~ /save\.md$/ {
	if (/^\| `/ && quoted($0, words))
		section[words[1]] = 1
	next
}

FILENAME ~ /save-members\.md$/ {
	if (/^## /) {
		quoted($0, words)
		name = words[1]
		sub(/^struct /, "", name)
		header[name] = $NF
		order[++n_structs] = name
	} else if (/^\| `/) {
		split($0, cells, "|")
		n = quoted(cells[2], words)
		for (i = 1; i <= n; i++)
			row[name, words[i]] = cells[3]
		n = quoted(cells[3], said)
		for (i = 1; i <= n; i++)
			if (!(said[i] in section))
				print "there is no section " said[i]
	}
	next
}

# One declaration: all that it declares, and the struct that they are.
function declare(text,	type, n, names, i) {
	type = ""
	if (match(text, /struct [a-z_0-9]+/))
		type = substr(text, RSTART + 7, RLENGTH - 7)
	n = split(text, names, ",")
	for (i = 1; i <= n; i++) {
		gsub(/\[[^]]*\]/, "", names[i])
		sub(/[ \t]+$/, "", names[i])
		sub(/.*[^a-zA-Z_0-9]/, "", names[i])
		if (names[i] != "")
			member[inside, names[i]] = type
	}
}

# Without comments; a structure begins and ends at the left margin.
{
	line = $0
	if (comment && !sub(/^.*\*\//, "", line))
		next
	comment = 0
	gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
	comment = sub(/\/\*.*/, "", line)
}

line ~ /^struct [a-z_0-9]+ \{$/ {
	inside = $2
	where[inside] = FILENAME
	text = ""
	next
}

line ~ /^\}/ {
	inside = ""
}

inside != "" {
	text = text " " line
	while (i = index(text, ";")) {
		declare(substr(text, 1, i - 1))
		text = substr(text, i + 1)
	}
}

END {
	for (i = 1; i <= n_structs; i++) {
		name = order[i]
		if (index(where[name] "$", header[name] "$") == 0)
			print "struct " name " is not in " header[name]
	}
	for (key in member) {
		split(key, of, SUBSEP)
		if (!(of[1] in header))
			continue
		n_members++
		if (!(key in row))
			print "struct " of[1] ": " of[2] " has no row"
		else if (row[key] !~ /^ fixed/ && quoted(row[key], words) &&
			 member[key] in where && !(member[key] in header))
			print "struct " of[1] ": " of[2] " is a struct " \
				member[key] ", which has no table"
	}
	for (key in row)
		if (!(key in member)) {
			split(key, of, SUBSEP)
			print "struct " of[1] " has no " of[2]
		}
	if (n_members < 100)
		print "only " n_members + 0 " members were found"
}
