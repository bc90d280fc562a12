# Sourced by tests: runs the installed daemon with the shipped configuration in its own folder, on free ports. `telex` finds it.
export XDG_RUNTIME_DIR="$AUTOPKGTEST_TMP/runtime"
export TELEX_PORT=0 TELEX_JSON_PORT=0 TELEX_SYSLOG_PORT=0 TELEX_HTTP_PORT=0
unset RUNTIME_DIRECTORY
mkdir -p -m 700 "$XDG_RUNTIME_DIR"

telexd --config /etc/telex/telexd.yaml 2>"$AUTOPKGTEST_TMP/log" &
daemon=$!
trap 'kill $daemon 2>/dev/null; wait $daemon' EXIT

# wait_for TEXT FILE: until a line of the file has the text, as long as the daemon runs.
wait_for() {
    until grep -q "$1" "$2"; do
        kill -0 "$daemon" || { cat "$AUTOPKGTEST_TMP/log" >&2; exit 1; }
        sleep 0.1
    done
}

wait_for 'ready:' "$AUTOPKGTEST_TMP/log"
