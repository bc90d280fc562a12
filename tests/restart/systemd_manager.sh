#!/usr/bin/env bash
# A real systemd manager in namespaces of its own, which end with this script: nothing of the host is seen
# or touched. Runs COMMAND in it, with SYSTEMD_UNIT_PATH leading to the units of FOLDER.
#
#   systemd_manager.sh FOLDER COMMAND...     as root
set -euo pipefail

inside() {
    local folder="$1"
    shift
    mount --make-rprivate /
    mount -t proc proc /proc
    mount -t tmpfs tmpfs /run
    mkdir -p /run/systemd/system /run/user/0
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    ip link set lo up
    export XDG_RUNTIME_DIR=/run/user/0 SYSTEMD_UNIT_PATH="$folder/units:/usr/lib/systemd/user"
    /lib/systemd/systemd --user --unit=lab.target >"$folder/manager.log" 2>&1 &
    local manager=$!
    until systemctl --user is-active --quiet lab.target 2>/dev/null; do
        kill -0 "$manager" || { cat "$folder/manager.log" >&2; exit 1; }
        sleep 0.05
    done
    "$@"
}

if [[ "${1:-}" == --inside ]]; then
    shift
    inside "$@"
    exit
fi

if [[ "${TELEX_PRIVATE_MOUNTS:-}" != 1 ]]; then
    TELEX_PRIVATE_MOUNTS=1 exec unshare --mount "$0" "$@"
fi

# A control group of its own, so that the manager has what it manages; it goes with what was in it.
root="$1/cgroup"
group="$root/telex-test-$$"
mkdir -p "$root"
mount -t cgroup2 cgroup2 "$root"
before="$root$(sed -n 's/^0:://p' /proc/self/cgroup)"
mkdir "$group"
echo $$ >"$group/cgroup.procs"
status=0
unshare --mount --pid --fork --kill-child --cgroup --ipc --uts --net "$0" --inside "$@" || status=$?
echo $$ >"$before/cgroup.procs"
find "$group" -depth -type d -exec rmdir {} + || true
exit "$status"
