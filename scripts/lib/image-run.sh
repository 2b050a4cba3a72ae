#!/usr/bin/env bash
# The part of scripts/test-image that starts the image, with podman: on a real registry, read-only, without privileges,
# killed and started again. It runs in its own mount and process namespace, with which everything ends that it mounts and
# starts. Says why when podman cannot start a container on this machine, and fails when the image is not as it should be.
#   image-run.sh FOLDER IMAGE TOOLS     with the configuration of the image as FOLDER/config.json, podman-compose in TOOLS
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/lib/common.sh
source scripts/lib/containers.sh
container_log=$work/container.log

load_image "$2"
note "$(podman --version), $(crun --version | sed -n 1p)"

# said STREAM: what the container wrote there.
said() { podman logs watcher 2>"$work/stderr" >"$work/stdout" && cat "$work/$1"; }
said_event() { said stdout | jq --exit-status --slurp 'any(.type == "watcher.image.changed")' >/dev/null; }
has_started() { (($(said stderr | grep --count msg=started) == $1)); }
has_reloaded() { said stderr | grep --quiet msg=reloaded; }
in_container() { podman exec watcher "$@"; }
is_healthy() { in_container "${healthcheck[@]}"; }
states() { in_container watcher history "$tag" --json | jq '.entries | length'; }
has_states() { [[ $(states) == "$1" ]]; }
main_process() { podman inspect --format '{{.State.Pid}}' watcher; }
status_of() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$(main_process)/status"; }

# documented NAME: runs that snippet, about the tag that there is here. Not within a condition, where the first failure
# would not end it.
documented() {
  # shellcheck source=/dev/null
  (source <(snippet "$project/docs/container.md" "$1" | sed "s|amazonlinux:latest|$tag|"))
}

start_registry "$work"
layout=$work/pushed
oci_init "$layout"
for state in first second; do
  oci_image "$layout" "$(dpkg --print-architecture)" 2026-01-01T08:00:00Z "$state"
  oci_index "$layout" $state "$image_descriptor"
done
push_layout "$layout" first app:stable
tag=$registry_host/app:stable
mapfile -t healthcheck < <(jq -r '.config.Healthcheck.Test[1:][]' "$work/config.json")

status=0
docker run --rm --read-only "$image" >"$container_log" 2>&1 || status=$?
claim "without a configuration it ends with 78" test $status = 78
claim "and says where it looked for one" grep --quiet /etc/watcher/config.json "$container_log"
claim "the registry can be asked without one" docker run --rm --read-only "$image" resolve "$tag"

cp config.example.json "$work"
cd "$work"
documented prepare
cat >watcher/config.json <<JSON
{ "defaults": { "interval": "10s" }, "watch": ["$tag"], "sinks": { "log": { "type": "stdout" } } }
JSON
documented run >"$container_log"
claim "it starts" wait_for 30 is_healthy
claim "and records what the tag is" wait_for 30 has_states 1
claim "as user and group 65532" test "$(status_of Uid)" = $'65532\t65532\t65532\t65532'
claim "with no capability" test "$(status_of CapBnd)$(status_of CapEff)" = 00000000000000000000000000000000
claim "and no way to more rights" test "$(status_of NoNewPrivs)" = 1
claim "its root is read-only" grep --quiet ' / / ro' "/proc/$(main_process)/mountinfo"

kill -KILL "$(main_process)"
claim "killed, it is started again" wait_for 30 has_started 2
claim "and has its history" wait_for 30 has_states 1
podman stop --time 20 watcher >/dev/null
claim "it stops on SIGTERM" test "$(podman inspect --format '{{.State.ExitCode}}' watcher)" = 0
push_layout "$layout" second app:stable
podman start watcher >/dev/null
claim "started again, it tells of the change that came meanwhile" wait_for 30 said_event
claim "its history goes back to before" has_states 2
documented ask >"$container_log"
claim "it knows time zones" grep --quiet +09:00 "$container_log"
claim "the configuration was read again" wait_for 15 has_reloaded
claim "events are on standard output and nothing else is" jq --slurp --exit-status 'all(.specversion == "1.0")' \
  <(said stdout)
podman rm --force --time 20 watcher >/dev/null
documented run >"$container_log"
claim "another container has the history of the volume" wait_for 30 has_states 2
podman rm --force --time 20 watcher >/dev/null

# contrib/compose.yml, with the directory beside it that there is already.
cp "$project/contrib/compose.yml" .
printf '{"services": {"watcher": {"network_mode": "host"}}}' >here.yml
"$3/podman-compose" --project-name compose --file compose.yml --file here.yml --podman-run-args="${limits[*]}" \
  up --detach >"$container_log" 2>&1 || die "podman-compose: $(tail -n 5 "$container_log")"
composed() { podman exec compose_watcher_1 watcher history "$tag" --json | jq --exit-status '.entries | length == 1'; }
claim "Compose's file starts it, and it records what the tag is" wait_for 30 composed
claim "read-only, with no capability" jq --exit-status \
  '.[0] | .HostConfig.ReadonlyRootfs and (.EffectiveCaps // [] | . == [])' <(podman inspect compose_watcher_1)
