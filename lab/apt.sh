# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced, not run: Debian packages of another architecture, fetched with an
# apt state of our own. apt checks the archive's signatures, an ordinary user
# can do it, and the machine's dpkg and apt are not touched.
#
# The caller sets $me, the name that its messages begin with.

me=${me:?}
cache=${PAPR_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/papr}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() {
	echo "$me: $*" >&2
}

# die STATUS SENTENCE
die() {
	status=$1
	shift
	say "$*"
	exit "$status"
}

# Only one process fills a folder of the cache; the others wait and find it.
cache_lock() {
	mkdir -p "$cache" || die 1 "cannot make the cache folder $cache"
	exec 9>"$cache/$1.lock" || die 1 "cannot write to the cache $cache"
	flock -n 9 && return
	say "waiting for another process that fills $cache/$1"
	flock 9
}

# The Debian archives among this machine's apt sources. Their origin is known
# only after the machine's own "apt-get update", so their shape decides too;
# a wrong guess fails at the signature.
apt_sources() {
	# shellcheck disable=SC2016 # apt-get expands these
	apt-get indextargets --format \
	    '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' \
	    'Created-By: Packages' | sort -u |
	while read -r uri suite component origin; do
		case $origin in
		Debian | '$(ORIGIN)' | '') ;;
		*) continue ;;
		esac
		case $uri in
		cdrom:*) continue ;;
		*/debian/ | */debian-security/) ;;
		*) continue ;;
		esac
		case $suite in
		*-backports* | *-proposed*) continue ;;
		esac
		[ "$component" = main ] || continue
		echo "deb [signed-by=$keyring] $uri $suite main"
	done
}

# apt_open ARCH: a private apt for ARCH under the cache. The machine's own
# apt.conf still holds (proxies), but none of its hooks.
apt_open() {
	apt_dir=$cache/apt-$1
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/archives/partial"
	: >"$apt_dir/status"
	cat >"$apt_dir/apt.conf" <<-CONF
		#clear APT::Architectures;
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Pre-Invoke;
		#clear DPkg::Pre-Install-Pkgs;
		#clear DPkg::Post-Invoke;
		#clear APT::Default-Release;
		APT::Architecture "$1";
		APT::Architectures:: "$1";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Debug::NoLocking "true";
		Dir::State "$apt_dir";
		Dir::State::Lists "$apt_dir/lists";
		Dir::State::status "$apt_dir/status";
		Dir::State::extended_states "$apt_dir/extended_states";
		Dir::Cache "$apt_dir";
		Dir::Cache::Archives "$apt_dir/archives";
		Dir::Etc::SourceList "$apt_dir/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
	CONF
	command -v apt-get >/dev/null ||
		die 1 "apt-get is needed to fetch Debian's packages"
	[ -r "$keyring" ] ||
		die 1 "$keyring is missing (Debian: debian-archive-keyring)"
	apt_sources >"$apt_dir/sources.list"
	[ -s "$apt_dir/sources.list" ] ||
		die 1 "no Debian archive among this machine's apt sources"
}

# apt_do COMMAND...: when it fails apt's first complaint is shown, which names
# the cause; the rest are its consequences.
apt_do() {
	tool=$1
	shift
	"$tool" -q -c "$apt_dir/apt.conf" "$@" \
	    >"$apt_dir/log" 2>&1 </dev/null && return
	sed -n "s/^[EW]: /$me: apt: /p" "$apt_dir/log" | head -n 1 >&2
	return 1
}

# apt_update WHAT: fetch the package lists. A mirror that is being synced may
# fail for one of its suites: what the others hold is signed all the same.
apt_update() {
	say "reading Debian's package lists for $1"
	apt_do apt-get update --error-on=any && return
	[ -n "$(apt-cache -c "$apt_dir/apt.conf" dumpavail 2>/dev/null |
		head -n 1)" ] || die 4 \
	    "no package lists for $1, nothing cached (is the network there?)"
	say "going on with the package lists that could be read"
}

# apt_unpack DIR PACKAGE...: the packages and what they depend on, unpacked
# into DIR, their names and versions in DIR/versions. Nothing is installed.
apt_unpack() {
	into=$1
	shift
	rm -f "$apt_dir"/archives/*.deb
	size=$(apt-get -q -c "$apt_dir/apt.conf" install --print-uris -y \
	    --no-install-recommends "$@" 2>/dev/null |
	    sed -n 's/^Need to get \(.*\) of archives.*/\1/p')
	say "downloading ${size:-packages}: $*"
	apt_do apt-get install -y --download-only --no-install-recommends \
	    "$@" || die 4 "cannot download $* (is the network there?)"
	mkdir -p "$into"
	for deb in "$apt_dir"/archives/*.deb; do
		dpkg-deb -x "$deb" "$into" || die 1 "cannot unpack $deb"
		# shellcheck disable=SC2016 # dpkg-deb expands these
		dpkg-deb --showformat '${Package} ${Version}\n' -W "$deb"
	done >>"$into/versions"
	rm -f "$apt_dir"/archives/*.deb
}
