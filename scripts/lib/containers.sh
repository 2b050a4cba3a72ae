# The head of a script that tries the image with podman, in a mount and process namespace of its own, with which
# everything ends that it mounts and starts. Source it after common.sh; it sets `project`, and `work` from the caller's
# first argument.
# shellcheck shell=bash
source scripts/lib/control-root.sh
source scripts/lib/oci.sh
source scripts/lib/registry.sh
source scripts/lib/snippets.sh

project=$PWD
work=$1
trap 'note "failed: $BASH_COMMAND"' ERR

# What podman has is kept in the folder. A program and no function, for others to call.
mkdir "$work/bin"
cat >"$work/bin/podman" <<SH
#!/bin/sh
exec $(command -v podman) --root "$work/podman" --runroot "$work/podman-run" --tmpdir "$work/podman-tmp" \
  --cgroup-manager cgroupfs --events-backend file --runtime crun "\$@"
SH
chmod 755 "$work/bin/podman"
PATH=$work/bin:$PATH

# The commands of the documentation, with podman. Control groups of its own not every machine can give, limits are those
# that this one may give, and the registry is on this machine.
limits=(--cgroups=disabled --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --log-driver k8s-file
  --read-only-tmpfs=false)
docker() {
  case $1 in
    run) podman run --network=host "${limits[@]}" "${@:2}" ;;
    *) podman "$@" ;;
  esac
}

# load_image FILE: sets `image`, its name. Says why when podman cannot start a container on this machine, and ends the
# script, as nothing can be tried then. That another image starts is what tells it from a fault of this one.
load_image() {
  if ! { show_control_groups && control_root | podman import --quiet - control \
    && docker run --rm --read-only control /bin/true; } >"$work/why" 2>&1; then
    note "not tried: podman cannot start a container on this machine ($(tail -n 1 "$work/why" | cut -c 1-160))"
    exit 0
  fi
  image=$(podman load --quiet --input "$1")
  image=${image#Loaded image: }
  claim "it starts" docker run --rm --read-only "$image" --version
}

# crun wants one hierarchy of control groups; where there are others, here is a place to show it one.
show_control_groups() {
  if [[ $(stat --file-system --format %T /sys/fs/cgroup) == cgroup2fs ]]; then return; fi
  umount --recursive /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
}
