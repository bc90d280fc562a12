"""Programs whose messages have a block of headers: curl, and the bytes of others on raw listeners."""

import subprocess
import threading
import unittest

from processes import DEADLINE, DaemonTest
from wire import Client, connect, read_exactly, read_to_end

# vscode-jsonrpc 8.2.1.
LSP_MESSAGE = b'{"jsonrpc":"2.0","method":"big","params":{"x":"' + b"x" * 12_000 + b'"}}'
# stomp.py 8.0.0: the first frame, and one with a zero byte in its body.
STOMP_CONNECT = b"STOMP\naccept-version:1.2\nhost:127.0.0.1\nlogin:u\npasscode:p\n\n\0"
STOMP_SEND = b"SEND\ncontent-length:3\ndestination:/queue/a\n\na\0b\0"

CONFIG = """
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - {name: http, address: "tcp://127.0.0.1:0", protocol: raw, framing: http, request: web.body}
  - name: web
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: {preset: http, headers: {keep_head: true}}
    request: web.whole
  - {name: lsp, address: "tcp://127.0.0.1:0", protocol: raw, framing: lsp, request: $SYS.echo}
  - {name: stomp, address: "tcp://127.0.0.1:0", protocol: raw, framing: stomp, publish: stomp}
"""


class HeadersTest(DaemonTest):
    config = CONFIG

    def setUp(self):
        super().setUp()
        self.client = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.client.socket.close)

    def curl(self, listener, path, *options):
        url = f"http://127.0.0.1:{self.daemon.port(listener)}{path}"
        return subprocess.run(["curl", "--silent", "--show-error", "--include", *options, url],
                              capture_output=True, timeout=DEADLINE, check=True).stdout

    def reply_to(self, subject, make_reply, requests=1):
        """Replies to requests in the background; returns the list of their payloads."""
        seen = []
        self.client.subscribe(1, subject)
        self.client.flush()

        def serve():
            for _ in range(requests):
                request = self.client.receive()
                seen.append(request.message.payload)
                self.client.publish(request.reply_to, make_reply(request.message.payload))

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        return seen


class Http(HeadersTest):
    def test_bodies_of_curl_reach_a_responder(self):
        seen = self.reply_to("web.body", bytes.upper)
        out = self.curl("http", "/any/path", "--data", "hello")
        self.assertEqual(seen, [b"hello"])
        self.assertEqual(out, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHELLO")

    def test_a_large_body(self):
        seen = self.reply_to("web.body", lambda body: body)
        self.write("body", "x" * 500_000)
        self.curl("http", "/", "--data-binary", f"@{self.folder}/body")
        self.assertEqual(seen, [b"x" * 500_000])

    def test_a_responder_may_write_the_whole_response(self):
        response = b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\n"
        seen = self.reply_to("web.whole", lambda _: response)
        self.assertEqual(self.curl("web", "/missing"), response)
        self.assertTrue(seen[0].startswith(b"GET /missing HTTP/1.1\r\nHost: "), seen)

    def test_one_connection_takes_several_requests(self):
        self.reply_to("web.body", lambda body: body, requests=2)
        port = self.daemon.port("http")
        out = subprocess.run(
            ["curl", "--silent", "--data", "a", "--write-out", "%{num_connects}",
             f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/"],
            capture_output=True, timeout=DEADLINE, check=True).stdout
        self.assertEqual(out, b"a1a0")

    def test_refuses_chunked_bodies_of_curl(self):
        url = f"http://127.0.0.1:{self.daemon.port('http')}/"
        subprocess.run(["curl", "--silent", "--header", "Transfer-Encoding: chunked", "--data", "a", url],
                       capture_output=True, timeout=DEADLINE, check=False)
        self.assertIn("transfer_encoding", self.daemon.line("reason=bad_frame"))

    def test_refuses_what_hides_a_request(self):
        hidden = b"GET /hidden HTTP/1.1\r\n\r\n"
        for lines in (b"Content-Length: 0\r\nContent-Length: %d\r\n",
                      b"Content-Length: 0\r\nContent-Length : %d\r\n",
                      b"Content-Length: %d\r\n ,0\r\n",
                      b"Content-Length: +%d\r\n"):
            with self.subTest(lines=lines), connect(self.daemon.addresses("http")[0]) as peer:
                peer.sendall(b"POST / HTTP/1.1\r\n" + lines % len(hidden) + b"\r\n" + hidden)
                self.assertEqual(read_to_end(peer), b"")


class OtherHeaders(HeadersTest):
    def test_of_lsp_are_written_as_they_are_read(self):
        message = b"Content-Length: %d\r\n\r\n%b" % (len(LSP_MESSAGE), LSP_MESSAGE)
        with connect(self.daemon.addresses("lsp")[0]) as peer:
            peer.sendall(b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n" + message)
            peer.sendall(message)
            self.assertEqual(read_exactly(peer, 2 * len(message)), 2 * message)

    def test_of_stomp_come_with_zero_bytes_in_the_body(self):
        self.client.subscribe(1, "stomp")
        self.client.flush()
        with connect(self.daemon.addresses("stomp")[0]) as peer:
            peer.sendall(STOMP_CONNECT + b"\n" + STOMP_SEND + b"\n\n" + STOMP_SEND)
            for frame in (STOMP_CONNECT, STOMP_SEND, STOMP_SEND):
                self.assertEqual(self.client.receive().message.payload, frame[:-1])


if __name__ == "__main__":
    unittest.main()
