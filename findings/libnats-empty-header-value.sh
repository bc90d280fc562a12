#!/usr/bin/env bash
# libnats 3.4.1 takes the line after a header without a value for its value.
#
# A header block "A: \r\nB: two\r\nC: three\r\n" reaches a subscriber as A with the value "B: two", and C: the header B is
# lost. Without the space ("A:\r\n") it is the same. If the last header has no value, the subscriber gets "Protocol Error"
# for every header of the message. nats-server forwards the bytes unchanged, and nats.go and nats.js read three headers.
#
# Needs gcc, python3, apt-get and libssl3. Exits with 1 if the behaviour has changed.
set -euo pipefail

version=3.4.1-1+b1
folder="$(mktemp -d)"
trap 'kill "${server:-$$}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get -qq download "libnats3.4=$version" "libnats-dev=$version" nats-server=2.9.10-1+b3 2>/dev/null
for package in *.deb; do
    dpkg-deb -x "$package" .
done

cat >receive.c <<'END'
#include <nats/nats.h>
#include <stdio.h>

/* Prints the headers of the first message of subject "a". */
int main(int argc, char** argv) {
    natsConnection* connection = NULL;
    natsSubscription* subscription = NULL;
    natsMsg* message = NULL;
    const char** names = NULL;
    int count = 0;
    if (argc != 2 || natsConnection_ConnectTo(&connection, argv[1]) != NATS_OK ||
        natsConnection_SubscribeSync(&subscription, connection, "a") != NATS_OK ||
        natsConnection_Flush(connection) != NATS_OK) {
        return 1;
    }
    puts("ready");
    fflush(stdout);
    natsStatus status = natsSubscription_NextMsg(&message, subscription, 10000);
    if (status == NATS_OK) {
        status = natsMsgHeader_Keys(message, &names, &count);
    }
    if (status != NATS_OK) {
        printf("error=[%s]\n", natsStatus_GetText(status));
    }
    for (int at = 0; at < count; ++at) {
        const char* value = NULL;
        natsMsgHeader_Get(message, names[at], &value);
        printf("%s=[%s]\n", names[at], value);
    }
    return 0;
}
END
libraries=usr/lib/x86_64-linux-gnu
gcc -Iusr/include receive.c -o receive "$libraries/libnats.so.3.4" "-Wl,-rpath,$PWD/$libraries"

cat >publish.py <<'END'
import socket
import sys

# Starts the subscriber's message with the header block of the second argument.
host, port = sys.argv[1].removeprefix("nats://").split(":")
block = b"NATS/1.0\r\n" + sys.argv[2].encode().decode("unicode_escape").encode() + b"\r\n"
with socket.create_connection((host, int(port)), timeout=10) as connection:
    connection.sendall(b'CONNECT {"headers":true,"verbose":false}\r\n'
                       + b"HPUB a %d %d\r\n" % (len(block), len(block) + 2) + block + b"hi\r\nPING\r\n")
    received = b""
    while b"PONG" not in received:
        received += connection.recv(4096)
END

mkdir ports
usr/sbin/nats-server -a 127.0.0.1 -p -1 --ports_file_dir ports 2>/dev/null &
server=$!
# await COMMAND...: until it succeeds, for 10 seconds.
await() {
    for _ in $(seq 100); do
        ! "$@" || return 0
        sleep 0.1
    done
    echo "no result within 10 s: $*"
    exit 2
}

# expect BLOCK HEADERS: the headers that a subscriber prints for the block, in the order of their names.
expect() {
    local found receiver
    : >received
    ./receive "$url" >received &
    receiver=$!
    await grep -q ready received
    python3 publish.py "$url" "$1"
    wait "$receiver"
    found="$(grep -v ready received | sort | tr '\n' ' ')"
    echo "libnats $version: $1 is read as $found"
    [[ "$found" == "$2 " ]] || { echo "changed: expected $2"; exit 1; }
}

await grep -qrs nats:// ports
url="$(grep -oh 'nats://[0-9.:]*' ports/*.ports)"

expect 'A: \r\nB: two\r\nC: three\r\n' 'A=[B: two] C=[three]'
expect 'A:\r\nB: two\r\nC: three\r\n' 'A=[B: two] C=[three]'
expect 'A: one\r\nB: \r\nC: three\r\n' 'A=[one] B=[C: three]'
expect 'A: one\r\nB: two\r\nC: \r\n' 'error=[Protocol Error]'
