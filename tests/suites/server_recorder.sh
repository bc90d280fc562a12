#!/bin/sh
# Stands in for a NATS server: writes the command line and the configuration files that it names to $SUITE_RECORD, then
# becomes $SUITE_SERVER, a program that may have arguments.
printf 'start %s\n' "$*" >>"$SUITE_RECORD"
previous=
for argument in "$@"; do
    case "$previous" in
        -c | -config | --config) sed 's/^/config /' "$argument" >>"$SUITE_RECORD" ;;
    esac
    previous="$argument"
done
# shellcheck disable=SC2086 # the arguments of the server are words
exec $SUITE_SERVER "$@"
