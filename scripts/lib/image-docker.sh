#!/usr/bin/env bash
# The part of scripts/test-image that starts the image with Docker itself, which heeds the image's health check. It runs in
# mount, process and network namespaces of its own. Says why when Docker cannot start a container on this machine.
#   image-docker.sh FOLDER IMAGE     with the image's file
set -euo pipefail
cd "$(dirname "$0")/../.."
source scripts/lib/common.sh
source scripts/lib/control-root.sh

work=$1
export DOCKER_HOST=unix://$work/docker.sock

ip link set lo up
mount -t tmpfs tmpfs /run
dockerd --host "$DOCKER_HOST" --data-root "$work/docker" --exec-root "$work/docker-run" --pidfile "$work/docker.pid" \
  --storage-driver vfs --bridge none --iptables=false --ip-forward=false >"$work/docker.log" 2>&1 &
options=(--network host --read-only --cap-drop ALL --security-opt no-new-privileges)
if ! { wait_for 60 docker version && control_root | docker import - control \
  && docker run --rm "${options[@]}" control /bin/true; } &>"$work/why"; then
  note "not tried: Docker cannot start a container on this machine ($(tail -n 1 "$work/why" | cut -c 1-160))"
  exit 0
fi
image=$(docker load --quiet --input "$2")
image=${image#Loaded image: }
claim "it starts" docker run --rm "${options[@]}" "$image" --version
note "Docker $(docker version --format "{{.Server.Version}}")"

health() { docker inspect --format '{{.State.Status}} {{.State.Health.Status}}' watcher; }
is() { [[ $(health) == "$1" ]]; }

mkdir "$work/etc"
printf '{}\n' >"$work/etc/config.json"
docker run --detach --name watcher "${options[@]}" --health-interval 1s \
  --volume "$work/etc:/etc/watcher:ro" --volume watcher-data:/data "$image" >/dev/null
claim "Docker finds it healthy" wait_for 30 is "running healthy"
claim "it has made its database in the volume" docker exec watcher watcher db check
docker stop watcher >/dev/null
claim "it stops on SIGTERM" test "$(docker inspect --format '{{.State.ExitCode}}' watcher)" = 0
