"""Connections that send the same bytes, each closed with a reset as soon as something is received.

    replay.py HOST PORT TOGETHER HEX      until standard input ends; then prints their number"""

import os
import selectors
import socket
import struct
import sys

RESET = struct.pack("ii", 1, 0)


def begin(selector, target):
    peer = socket.socket()
    peer.setblocking(False)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    peer.connect_ex(target)
    selector.register(peer, selectors.EVENT_WRITE)


def advance(selector, peer, events, data):
    """Returns whether the connection is over."""
    try:
        if events & selectors.EVENT_WRITE:
            peer.send(data)
            selector.modify(peer, selectors.EVENT_READ)
            return False
        peer.recv(65536)
    except OSError:
        pass
    selector.unregister(peer)
    peer.close()
    return True


def main(host, port, together, data):
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for _ in range(together):
        begin(selector, (host, port))
    print("ready", flush=True)
    done = 0
    while True:
        for key, events in selector.select():
            if key.fileobj is sys.stdin:
                os.read(0, 1024)
                print(done, flush=True)
                return
            if advance(selector, key.fileobj, events, data):
                done += 1
                begin(selector, (host, port))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), bytes.fromhex(sys.argv[4]))
