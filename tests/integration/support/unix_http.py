"""HTTP over a unix socket."""

import http.client
import socket

from processes import DEADLINE


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("telex", timeout=DEADLINE)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(DEADLINE)
        self.sock.connect(self._path)
