# Shared by the scripts of this repository: messages, deadlines, finding Swift. Source it, do not run it.
# shellcheck shell=bash

# What fails inside $(…) fails outside, too.
shopt -s inherit_errexit

# Every tool speaks the same language, and nothing on loopback goes through a proxy.
export LC_ALL=C.UTF-8
export no_proxy="127.0.0.1,localhost${no_proxy:+,$no_proxy}"
export NO_PROXY=$no_proxy

say() { printf '%s\n' "$*"; }
note() { printf '    %s\n' "$*"; }

die() {
  printf '%s: error: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# step WORDS…: a numbered heading.
step_number=0
step() {
  step_number=$((step_number + 1))
  printf '\n%d. %s\n' "$step_number" "$*"
}

# claim WORDS COMMAND…: prints the words; ends the test when the command fails.
claim() {
  "${@:2}" >/dev/null || die "not true: $1"
  note "ok: $1"
}

# now_ms: milliseconds of the system clock.
now_ms() {
  local now=${EPOCHREALTIME/[^0-9]/}
  printf '%s' "$((now / 1000))"
}

# seconds_since MS: how long ago that was, as 12.3.
seconds_since() {
  local tenths=$((($(now_ms) - $1) / 100))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# wait_for SECONDS COMMAND…: runs the command until it succeeds; fails when the deadline passes.
wait_for() {
  local deadline=$(($(now_ms) + $1 * 1000))
  shift
  until "$@"; do
    if (($(now_ms) >= deadline)); then return 1; fi
    sleep 0.2
  done
}

# stop_process PID SECONDS: SIGTERM, then SIGKILL when the time is up; sets stopped_status.
stop_process() {
  local pid=$1 status=0
  kill -TERM "$pid" 2>/dev/null || true
  wait_for "$2" process_is_gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || status=$?
  stopped_status=$status
}

# A zombie has ended too: it only waits to be asked for its status.
process_is_gone() {
  local state
  state=$(awk '/^State:/ { print $2 }' "/proc/$1/status" 2>/dev/null) || return 0
  [[ -z $state || $state == Z ]]
}

# free_port: a loopback port nobody listens on.
free_port() {
  local port tries
  for tries in {1..50}; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      printf '%s' "$port"
      return
    fi
  done
  die "no free loopback port after $tries tries"
}

# require_swift: puts a Swift 6.3 or newer toolchain on PATH.
require_swift() {
  if ! command -v swift >/dev/null && [[ -x /opt/swift/usr/bin/swift ]]; then PATH=/opt/swift/usr/bin:$PATH; fi
  command -v swift >/dev/null || die "no swift on PATH; install Swift 6.3 for Debian 12 from https://swift.org/install"
  local text major minor
  text=$(swift --version 2>/dev/null)
  [[ $text =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || die "cannot read the version of $(command -v swift)"
  major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
  if ((major * 100 + minor < 603)); then die "Swift $major.$minor is too old; 6.3 or newer is needed"; fi
}
