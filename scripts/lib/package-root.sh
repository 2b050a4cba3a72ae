#!/usr/bin/env bash
# The part of scripts/test-package that has a root directory of its own: makes a minimal Debian there, and installs,
# upgrades, removes and purges the package in it. It runs in its own mount and process namespace, with which everything
# ends that it mounts and starts.
#   package-root.sh ROOT OLDER.deb NEWER.deb
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/lib/common.sh

root=$1 older=$2 newer=$3
log=$root.log
config=/etc/watcher/config.json
database=/var/lib/watcher/watcher.db
link=/etc/systemd/system/multi-user.target.wants/watcher.service
export DEBIAN_FRONTEND=noninteractive

# The Debian that the package was built on.
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)

in_root() { chroot "$root" "$@"; }

# as USER COMMAND…
as() { in_root setpriv --reuid "$1" --regid "$(in_root id -g "$1")" --init-groups "${@:2}"; }

# quietly COMMAND…: its output is shown when it fails.
quietly() {
  "$@" >"$log" 2>&1 </dev/null && return
  tail -n 40 "$log" >&2
  die "failed: $*"
}

apt() { quietly in_root apt-get -q -y -o Acquire::Retries=3 "$@"; }

# has PATH MODE OWNER GROUP
has() { [[ $(in_root stat --format '%a %U %G' "$1") == "$2 $3 $4" ]]; }

exists() { [[ -e $root$1 || -L $root$1 ]]; }
is_gone() { ! exists "$1"; }

# fails_with STATUS COMMAND…
fails_with() {
  local status=0
  "${@:2}" 2>/dev/null || status=$?
  ((status == $1))
}

# Each source of this Debian that this machine's apt has: URI, suite, keyring.
apt_sources() {
  local uri release file keyring
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(SOURCESENTRY)' 'Created-By: Packages' 'Component: main' \
    | sort --unique | while read -r uri release file; do
      [[ $release =~ ^$suite(-updates|-security)?$ ]] || continue
      keyring=$(sed -n 's/^Signed-By: *\(\/[^ ]*\)/\1/p; s/.*signed-by=\(\/[^] ]*\).*/\1/p' "${file%:*}" | head -n 1)
      printf '%s %s %s\n' "$uri" "$release" "${keyring:-/usr/share/keyrings/debian-archive-keyring.gpg}"
    done
}

make_root() {
  local sources uri release keyring proxy
  sources=$(apt_sources)
  read -r uri _ keyring < <(awk -v suite="$suite" '$2 == suite' <<<"$sources") \
    || die "debootstrap cannot run: this machine's apt has no source of $suite"
  proxy=$(apt-config dump --no-empty --format '%v' Acquire::http::Proxy)
  if [[ $proxy && $proxy != DIRECT ]]; then export http_proxy=$proxy; fi
  quietly debootstrap --variant=minbase --include=ca-certificates --keyring="$keyring" "$suite" "$root" "$uri"
  while read -r uri release keyring; do
    printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$uri" "$release"
    install -D -m 644 "$keyring" "$root$keyring"
  done <<<"$sources" >"$root/etc/apt/sources.list"
  apt-config dump --no-empty | grep -E '^Acquire::https?::Proxy(::| )' >"$root/etc/apt/apt.conf.d/50proxy" || true
  cp /etc/hosts "$root/etc/hosts"
  mount -t proc proc "$root/proc"
  cp "$older" "$root/older.deb"
  cp "$newer" "$root/newer.deb"
  apt update
}

# As the unit does it, without the sandbox.
runs_idle() {
  local pid
  in_root install -d -o watcher -g watcher -m 750 /var/lib/watcher /var/log/watcher
  chroot "$root" setpriv --reuid watcher --regid watcher --clear-groups \
    env STATE_DIRECTORY=/var/lib/watcher sh -c 'umask 027; exec watcher run' 2>"$log" &
  pid=$!
  wait_for 30 grep --quiet msg=started "$log" || return 1
  stop_process "$pid" 15
  ((stopped_status == 0))
}

rotates() {
  as watcher sh -c 'echo "{}" >/var/log/watcher/events.jsonl'
  in_root logrotate --force /etc/logrotate.d/watcher
  exists /var/log/watcher/events.jsonl.1
}

began=$(now_ms)
make_root
note "$suite from this machine's mirror, after $(seconds_since "$began") s"

step "Installed"
apt install --no-install-recommends /older.deb logrotate
claim "it runs" in_root watcher --version
claim "the system user is there" in_root id watcher
claim "the configuration is for root and the group" has $config 640 root watcher
claim "the program is root's" has /usr/bin/watcher 755 root root
claim "the configuration is valid for the service" as watcher env WATCHER_DATABASE=/tmp/watcher.db watcher config check
claim "the service is enabled" exists $link
in_root systemd-analyze verify --man=no watcher.service 2>&1 | tee "$log"
claim "systemd has nothing to say about the unit" test ! -s "$log"
claim "with an empty watchlist it runs until it is told to stop" runs_idle
claim "the history is for the group" has $database 640 watcher watcher
in_root useradd --groups watcher alice
in_root useradd bob
claim "whose members can ask" as alice watcher status
claim "and others cannot" fails_with 77 as bob watcher status
claim "files of events are rotated" rotates

step "Upgraded"
printf '{"watch": ["registry.example.com/app:1"]}\n' >"$root$config"
in_root chmod 0600 $config
quietly in_root systemctl disable watcher.service
before=$(sha256sum "$root$config" "$root$database")
apt install --no-install-recommends /newer.deb
claim "the version is the new one" \
  test "$(in_root dpkg-query -W -f '${Version}' watcher)" = "$(dpkg-deb --field "$newer" Version)"
claim "the changed configuration and the history are as they were" \
  test "$(sha256sum "$root$config" "$root$database")" = "$before"
claim "so is the mode it was given" has $config 600 root watcher
claim "a disabled service stays disabled" is_gone $link

step "Removed"
apt remove watcher
claim "the program is gone" is_gone /usr/bin/watcher
claim "the configuration and the history are not" \
  test "$(sha256sum "$root$config" "$root$database")" = "$before"

step "Installed again, and purged"
apt install --no-install-recommends /newer.deb
claim "both are taken up again" test "$(sha256sum "$root$config" "$root$database")" = "$before"
echo secret >"$root/etc/watcher/hub.token"
apt purge watcher
for path in $config /var/lib/watcher /var/log/watcher /lib/systemd/system/watcher.service $link; do
  claim "$path is gone" is_gone "$path"
done
claim "a file that somebody put beside the configuration stays" exists /etc/watcher/hub.token

step "Installed anew"
apt install --no-install-recommends /newer.deb
claim "the configuration is the package's again" cmp packaging/config.json "$root$config"
claim "with its mode" has $config 640 root watcher
claim "and the service is enabled" exists $link
note "the root directory took $(seconds_since "$began") s"
