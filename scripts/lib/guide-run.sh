#!/usr/bin/env bash
# The part of scripts/test-image that runs docs/guide.md as it is written: a watchlist made of the containers that run, the
# first message, and registries as they are on a LAN. It runs in mount, process and network namespaces of its own.
#   guide-run.sh FOLDER IMAGE     with the files of the Debian package in FOLDER/package
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/lib/common.sh
source scripts/lib/containers.sh
PATH=$work/package/usr/bin:$PATH

ip link set lo up
ip address add 10.20.30.40/32 dev lo
printf '127.0.0.1 localhost\n10.20.30.40 registry.lan\n' >"$work/hosts"
mount --bind "$work/hosts" /etc/hosts
mount --bind /dev/null /etc/resolv.conf

# guide NAME: the snippet, in this shell, for it exports what later ones need. Not within a condition, where its first
# failure would not end it.
guide() {
  # shellcheck source=/dev/null
  source <(snippet "$project/docs/guide.md" "$1")
}

# push_state NAME: another image under the tag that the container was started from.
push_state() {
  oci_image "$work/pushed" "$(dpkg --print-architecture)" 2026-01-01T08:00:00Z "$1"
  oci_index "$work/pushed" "$1" "$image_descriptor"
  push_layout "$work/pushed" "$1" team/app:stable
}

received() { grep --quiet --line-regexp "$1" "$work/received"; }
receiver_answers() { (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; }

load_image "$2"
start_registry "$work"
mkdir "$work/configuration"
printf '{}\n' >"$work/configuration/config.json"
tag=$registry_host/team/app:stable
podman push --quiet --tls-verify=false "$image" "docker://$tag"
docker run --quiet --tls-verify=false --detach --name app --volume "$work/configuration:/etc/watcher:ro" "$tag" >/dev/null
cd "$work"

guide watchlist
claim "the watchlist is what runs" test "$(jq --compact-output .watch config.json)" = "[\"$tag\"]"
guide look >"$work/look"
claim "the first look shows it" grep --quiet "^first seen *$tag" "$work/look"
snippet "$project/docs/guide.md" receiver >receiver.py
python3 receiver.py >"$work/received" 2>/dev/null &
wait_for 10 receiver_answers
guide message >"$work/message" 2>&1
claim "the first message is there" wait_for 10 received 'watcher\.test .*'
watcher run >events.jsonl 2>log &
daemon=$!
wait_for 10 watcher health &>/dev/null || die "watcher run does not start: $(tail -n 1 log)"
oci_init "$work/pushed"
push_state second
watcher check >"$work/look"
claim "so is the first real one" wait_for 10 received "watcher.image.changed $tag"
claim "and it is on standard output" jq --exit-status '.type == "watcher.image.changed"' events.jsonl
stop_process "$daemon" 15

# lan_registry PORT [VARIABLE=VALUE…]: the same images at registry.lan.
lan_registry() {
  env REGISTRY_HTTP_ADDR="registry.lan:$1" "${@:2}" docker-registry serve "$work/registry.yml" >"$work/lan-$1.log" 2>&1 &
  wait_for 20 grep --quiet 'listening on' "$work/lan-$1.log" || die "docker-registry at $1: $(tail -n 1 "$work/lan-$1.log")"
}

# lan NAME: the configuration of that snippet works.
lan() {
  rm -f watcher.db*
  snippet "$project/docs/guide.md" "lan-$1" >config.json
  guide look >"$work/look"
  claim "docs/guide.md: $1" grep --quiet '^first seen  *registry.lan:500' "$work/look"
}

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=registry.lan -addext subjectAltName=DNS:registry.lan -days 2 \
  -keyout key.pem -out certificate.pem 2>/dev/null
python3 -W ignore -c 'import crypt; print("reader:" + crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH)))' \
  >htpasswd
echo secret >registry.password
tls=(REGISTRY_HTTP_TLS_CERTIFICATE="$PWD/certificate.pem" REGISTRY_HTTP_TLS_KEY="$PWD/key.pem")
lan_registry 5000
lan_registry 5001 "${tls[@]}"
lan_registry 5002 "${tls[@]}" REGISTRY_AUTH=htpasswd REGISTRY_AUTH_HTPASSWD_REALM=lan \
  REGISTRY_AUTH_HTPASSWD_PATH="$PWD/htpasswd"
lan http
guide certificate >/dev/null
claim "the certificate was got" cmp registry.pem certificate.pem
lan self-signed
lan htpasswd
