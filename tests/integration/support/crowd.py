"""Many connections of one process that come again whenever they are closed: until standard input ends.

    crowd.py ADDRESS COUNT [HEX]

Each sends the bytes HEX, then only waits. Prints `ready` when all have been there, and `again` when as many have
come again."""

import errno
import os
import selectors
import socket
import sys


class Crowd:
    def __init__(self, address, count, data):
        self.address, self.count, self.data = address, count, data
        self.selector = selectors.DefaultSelector()
        self.selector.register(sys.stdin, selectors.EVENT_READ)
        self.missing = count
        self.came = 0

    def open_socket(self):
        kind, place = self.address.split("://")
        if kind == "unix":
            peer, target = socket.socket(socket.AF_UNIX), place
        else:
            host, port = place.rsplit(":", 1)
            peer, target = socket.socket(socket.AF_INET), (host, int(port))
        peer.setblocking(False)
        return peer, peer.connect_ex(target)

    def come(self):
        """Returns False if the exchange takes no more connections at the moment."""
        peer, error = self.open_socket()
        if error not in (0, errno.EINPROGRESS):
            peer.close()
            return False
        self.selector.register(peer, selectors.EVENT_READ | selectors.EVENT_WRITE)
        self.missing -= 1
        self.came += 1
        if self.came in (self.count, 2 * self.count):
            print("ready" if self.came == self.count else "again", flush=True)
        return True

    def go(self, peer):
        self.selector.unregister(peer)
        peer.close()
        self.missing += 1

    def on_event(self, peer, events):
        try:
            if events & selectors.EVENT_WRITE:
                self.selector.modify(peer, selectors.EVENT_READ)
                if self.data:
                    peer.send(self.data)
            elif not peer.recv(65536):
                self.go(peer)
        except OSError:
            self.go(peer)

    def run(self):
        while True:
            while self.missing and self.come():
                pass
            for key, events in self.selector.select(0.01 if self.missing else None):
                if key.fileobj is sys.stdin:
                    if not os.read(0, 1024):
                        return
                else:
                    self.on_event(key.fileobj, events)


def main():
    Crowd(sys.argv[1], int(sys.argv[2]), bytes.fromhex("".join(sys.argv[3:]))).run()


if __name__ == "__main__":
    main()
