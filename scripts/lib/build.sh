# The release binary. Source it after common.sh.
# shellcheck shell=bash

# find_or_build_watcher LOG: sets `watcher` to the binary named by WATCHER, else builds it.
find_or_build_watcher() {
  local began
  if [[ ${WATCHER:-} ]]; then
    watcher=$(realpath "$WATCHER")
    note "using $watcher"
  else
    require_swift
    note "swift build -c release (the first one takes some minutes)"
    began=$(now_ms)
    swift build -c release --product watcher >"$1" 2>&1 || {
      tail -n 40 "$1" >&2
      die "the build failed"
    }
    watcher=$(swift build -c release --show-bin-path)/watcher
    note "built in $(seconds_since "$began") s"
  fi
  note "version $("$watcher" --version)"
}
