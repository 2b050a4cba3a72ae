# A real registry on loopback: Debian's docker-registry with a configuration of its own. Source it after
# common.sh.
# shellcheck shell=bash

# start_registry FOLDER: keeps everything in that folder, listens on a port the kernel picks; sets
# registry_pid and registry_host.
start_registry() {
  mkdir -p "$1/storage"
  registry_log=$1/registry.log
  cat >"$1/registry.yml" <<YAML
version: 0.1
log:
  level: info
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: $1/storage
  delete:
    enabled: true
http:
  addr: 127.0.0.1:0
  secret: loopback-only
YAML
  : >"$registry_log"
  docker-registry serve "$1/registry.yml" >"$registry_log" 2>&1 &
  registry_pid=$!
  wait_for 20 registry_answers || {
    tail -n 20 "$registry_log" >&2
    die "docker-registry did not answer within 20 s"
  }
}

# It logs the address it got; only then is there something to ask.
registry_answers() {
  local line
  line=$(grep -om1 'listening on 127\.0\.0\.1:[0-9]*' "$registry_log") || return 1
  registry_host=${line#listening on }
  curl --silent --fail --max-time 2 --output /dev/null "http://$registry_host/v2/"
}

# push_layout LAYOUT NAME REPOSITORY:TAG: copies the index and all it names, byte for byte.
push_layout() {
  skopeo --insecure-policy copy --quiet --all --preserve-digests --dest-tls-verify=false \
    "oci:$1:$2" "docker://$registry_host/$3"
}
