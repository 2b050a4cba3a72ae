#!/usr/bin/env bash
# The part of scripts/test-package that has a systemd of its own: boots the root directory in which the package is
# installed, with its own process and network namespaces, and tries the service there. Says why when nothing can be
# booted on this machine, and fails when something that was booted is not as it should be.
#   package-boot.sh ROOT
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/lib/common.sh

root=$1
log=$root.boot.log
boot_limit=300 # seconds for all of it

# Runs inside, as a service after everything else; what it says goes to /claims, and the machine stops with it.
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
cp packaging/test/try-service "$root/usr/local/sbin/try-service"
chmod 755 "$root/usr/local/sbin/try-service"
cat >"$root/etc/systemd/system/try-service.service" <<'UNIT'
[Unit]
After=basic.target watcher.service
FailureAction=poweroff-force
SuccessAction=poweroff-force
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/try-service
StandardOutput=file:/claims
StandardError=inherit
TimeoutStartSec=240
UNIT
ln -sf /etc/systemd/system/try-service.service "$root/etc/systemd/system/multi-user.target.wants/"
rm -f "$root/claims"

status=0
timeout --kill-after=10 "$boot_limit" systemd-nspawn --quiet --directory="$root" --register=no --keep-unit \
  --private-network --console=pipe /lib/systemd/systemd systemd.log_color=no </dev/null >"$log" 2>&1 || status=$?
if [[ ! -s $root/claims ]]; then
  note "not tried: systemd does not come up in a container on this machine ($(tail -n 1 "$log" | cut -c 1-160))"
  exit 0
fi
while IFS= read -r line; do note "$line"; done <"$root/claims"
[[ $(tail -n 1 "$root/claims") == "all of it is true" ]] || die "the service under systemd is not as it should be"
