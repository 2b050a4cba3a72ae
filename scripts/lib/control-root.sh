# What tells whether a container can start on a machine at all. Source it after common.sh; it uses the caller's `work`.
# shellcheck shell=bash

# Writes the archive of a root directory with nothing in it but /bin/true of this machine.
control_root() {
  local root=$work/control libraries
  rm -rf "$root"
  mkdir -p "$root"/{dev,etc,proc,run,sys,tmp}
  mapfile -t libraries < <(ldd /bin/true | grep --only-matching '/[^ ]*')
  cp --parents --dereference /bin/true "${libraries[@]}" "$root"
  tar --create --directory "$root" .
}
