# The root directory of the image: the program, and of the packages that it depends on the files that it uses. Source it
# after common.sh; it uses `work`, `root`, `package` and `user` of scripts/image.
# shellcheck shell=bash

make_root() {
  unpack_packages
  mkdir -p "$root"/{data,dev,etc/ssl/certs,etc/watcher,proc,run,sys,tmp,var/lib/dpkg/status.d}
  chmod 750 "$root/data"
  chmod 1777 "$root/tmp"
  used_files | sort --unique >"$work/files"
  tar --create --directory "$unpacked" --files-from "$work/files" | tar --extract --directory "$root"
  put_certificates
  put_users
  put_documents
}

# The package and what it depends on, as this machine's apt finds it for a system on which nothing is installed; root is
# not needed for that. Sets `unpacked`, and leaves a list of files for each package.
unpack_packages() {
  local archive name as_root=() apt=$work/apt options
  unpacked=$work/unpacked
  mkdir -p "$apt"/{state/lists,cache/archives}/partial "$work/lists" "$unpacked"
  # Where this is, apt has its locks.
  : >"$apt/status"
  options=(-o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache"
    -o APT::Sandbox::User="$(id -un)")
  apt_get update "${options[@]}"
  apt_get install "${options[@]}" --yes --no-install-recommends --download-only "$package" base-files tzdata
  for archive in "$package" "$apt"/cache/archives/*.deb; do
    name=$(dpkg-deb --field "$archive" Package)
    dpkg-deb --fsys-tarfile "$archive" | tar --extract --keep-directory-symlink --directory "$unpacked"
    dpkg-deb --fsys-tarfile "$archive" | tar --list | sed 's|^\./||' >"$work/lists/$name"
    dpkg-deb --field "$archive" >"$work/lists/$name.control"
  done
}

# The program, its libraries, time zones for `--local`, and what names the system and its licences.
used_files() {
  local file
  libraries >"$work/libraries"
  while read -r file; do with_targets "$file"; done <"$work/libraries"
  printf '%s\n' usr/bin/watcher etc/debian_version etc/os-release usr/lib/os-release usr/share/common-licenses
  grep '^usr/share/zoneinfo/.*[^/]$' "$work/lists/tzdata" | grep -v '^usr/share/zoneinfo/\(posix\|right\)/'
}

# Which these are says the loader of that root itself.
libraries() {
  local loader folders found
  loader=$(readelf --program-headers "$unpacked/usr/bin/watcher" | sed -n 's/.*program interpreter: \/\(.*\)\]/\1/p')
  folders=$(find "$unpacked"/{,usr/}lib -maxdepth 1 -name '*-linux-gnu*' | paste -sd:)
  found=$("$unpacked/$(with_targets "$loader" | tail -n 1)" --inhibit-cache --library-path "$folders" \
    --list "$unpacked/usr/bin/watcher")
  [[ $found != *"not found"* ]] || die "libraries are missing: $found"
  printf '%s\n' "$loader"
  sed -n "s|.* => $unpacked/\(.*\) (0x.*|\1|p" <<<"$found"
}

# with_targets PATH: a path below that root, and where it leads if it is a link.
with_targets() {
  local path=$1 link
  printf '%s\n' "$path"
  while [[ -L $unpacked/$path ]]; do
    link=$(readlink "$unpacked/$path")
    if [[ $link == /* ]]; then path=${link#/}; else path=$(dirname "$path")/$link; fi
    printf '%s\n' "$path"
  done
}

# As update-ca-certificates makes it of all that Mozilla trusts.
put_certificates() {
  find "$unpacked/usr/share/ca-certificates/mozilla" -name '*.crt' | sort \
    | xargs -d '\n' sed --separate '$a\' >"$root/etc/ssl/certs/ca-certificates.crt"
}

put_users() {
  printf 'root:x:0:0:root:/:/sbin/nologin\nwatcher:x:%d:%d::/data:/sbin/nologin\n' "$user" "$user" >"$root/etc/passwd"
  printf 'root:x:0:\nwatcher:x:%d:\n' "$user" >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
}

# Of each package that a file is of: its licence, and its control file where scanners for vulnerabilities look for it.
put_documents() {
  local list name doc
  printf '%s\n' usr/share/ca-certificates/mozilla/ >>"$work/files"
  for list in "$work"/lists/*; do
    name=${list##*/}
    if [[ $name == *.control ]] || ! grep --quiet --fixed-strings --line-regexp --file "$work/files" "$list"; then
      continue
    fi
    printf '%s\n' "$name" >>"$work/used"
    cp "$list.control" "$root/var/lib/dpkg/status.d/$name"
    doc=usr/share/doc/$name
    mkdir -p "$root/usr/share/doc"
    # The directory may be a link to that of another package of the same source.
    if [[ -L $unpacked/$doc ]]; then
      cp --no-dereference "$unpacked/$doc" "$root/$doc"
      doc=usr/share/doc/$(readlink "$unpacked/$doc")
    fi
    install -D -m 644 "$unpacked/$doc/copyright" "$root/$doc/copyright"
  done
}
