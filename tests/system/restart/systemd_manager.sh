#!/usr/bin/env bash
# Runs COMMAND under a real systemd manager in private namespaces, which end with this script and do not affect the
# host. SYSTEMD_UNIT_PATH contains FOLDER. Exits with 77 and the reason if the machine does not permit the
# namespaces.
#
#   systemd_manager.sh FOLDER COMMAND...     as root
set -euo pipefail

# allowed COMMAND...: runs a step that a container or chroot may not permit.
allowed() {
    local reason
    reason="$("$@" 2>&1)" || {
        printf '%s\n' "${reason:-$1 failed}" >&2
        exit 77
    }
}

inside() {
    local folder="$1"
    shift
    allowed mount --make-rprivate /
    allowed mount -t proc proc /proc
    allowed mount -t tmpfs tmpfs /run
    mkdir -p /run/systemd/system /run/user/0
    allowed mount -t cgroup2 cgroup2 /sys/fs/cgroup
    allowed ip link set lo up
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

namespaces=(--mount --pid --fork --kill-child --cgroup --ipc --uts --net)

if [[ "${TELEX_PRIVATE_MOUNTS:-}" != 1 ]]; then
    allowed unshare "${namespaces[@]}" true
    TELEX_PRIVATE_MOUNTS=1 exec unshare --mount "$0" "$@"
fi

# A separate control group for the manager, removed with its contents.
root="$1/cgroup"
group="$root/telex-test-$$"
mkdir -p "$root"
allowed mount -t cgroup2 cgroup2 "$root"
before="$root$(sed -n 's/^0:://p' /proc/self/cgroup)"
allowed mkdir "$group"
echo $$ >"$group/cgroup.procs"
status=0
unshare "${namespaces[@]}" "$0" --inside "$@" || status=$?
echo $$ >"$before/cgroup.procs"
find "$group" -depth -type d -exec rmdir {} + || true
exit "$status"
