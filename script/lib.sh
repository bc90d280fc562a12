# shellcheck shell=bash
# Functions shared by the scripts of this folder. Sourced, not run.
set -euo pipefail

telex_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# One build job per core; override with TELEX_JOBS=1 script/test
telex_jobs="${TELEX_JOBS:-$(nproc)}"
# The interpreter of Debian's python3-* packages; another one may come first in PATH.
# shellcheck disable=SC2034 # used by the scripts that source this file
telex_python=/usr/bin/python3
cd "$telex_root"

note() {
    printf '%s\n' "$*"
}

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# need_packages [bootstrap argument]: exits if packages are missing, and prints the command to run.
need_packages() {
    script/bootstrap --check "$@" || exit 1
}

# configure PRESET [cmake arguments]: silent unless it fails.
configure() {
    local preset="$1" log
    shift
    log="build/$preset.configure.log"
    mkdir -p build
    if ! cmake --preset "$preset" -B "build/$preset" "$@" >"$log" 2>&1; then
        cat "$log" >&2
        return 1
    fi
}

# build_tree PRESET [targets]: builds the targets, or everything.
build_tree() {
    local preset="$1"
    shift
    if (($# > 0)); then
        cmake --build "build/$preset" -j "$telex_jobs" --target "$@"
    else
        cmake --build "build/$preset" -j "$telex_jobs"
    fi
}
