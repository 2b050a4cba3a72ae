# Podman in a mount and process namespace of its own, with which everything ends that it mounts and starts. Source it after
# common.sh; it uses the caller's `work`.
# shellcheck shell=bash

# What podman has is kept in the folder. There are no control groups of its own, which not every machine can give.
podman() {
  command podman --root "$work/podman" --runroot "$work/podman-run" --tmpdir "$work/podman-tmp" \
    --cgroup-manager cgroupfs --events-backend file --runtime crun "$@"
}

# The commands of the documentation, with podman. Limits are those that this machine may give, and the registry is on
# this machine.
limits=(--cgroups=disabled --network=host --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --log-driver k8s-file
  --read-only-tmpfs=false)
docker() {
  case $1 in
    run) podman run "${limits[@]}" "${@:2}" ;;
    *) podman "$@" ;;
  esac
}

# load_image FILE: sets `image`, its name. Says why when podman cannot start a container on this machine, and ends the
# script, as nothing can be tried then.
load_image() {
  # crun wants one hierarchy of control groups; here is a place to show it one.
  if [[ $(stat --file-system --format %T /sys/fs/cgroup) != cgroup2fs ]]; then
    umount --recursive /sys/fs/cgroup
    mount -t cgroup2 none /sys/fs/cgroup
  fi
  image=$(podman load --quiet --input "$1" | sed -n 's/^Loaded image: //p')
  if docker run --rm --read-only "$image" --version >"$work/version" 2>&1; then return; fi
  note "not tried: podman cannot start a container on this machine ($(tail -n 1 "$work/version" | cut -c 1-160))"
  exit 0
}
