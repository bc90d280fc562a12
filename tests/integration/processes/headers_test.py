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
  - name: small
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: {preset: http, max_frame: 10B, headers: {head_limit: 500B}}
    request: web.small
    request_timeout: 100ms
  - name: slow
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: http
    request: web.slow
    limits: {frame_timeout: 100ms}
  - name: posts
    address: tcp://127.0.0.1:0
    protocol: raw
    framing: http
    publish: web.posted
    origins: https://app.example.org
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

    def test_refuses_what_hides_a_request(self):
        hidden = b"GET /hidden HTTP/1.1\r\n\r\n"
        for lines in (b"Content-Length: 0\r\nContent-Length: %d\r\n",
                      b"Content-Length: 0\r\nContent-Length : %d\r\n",
                      b"Content-Length: %d\r\n ,0\r\n",
                      b"Content-Length: +%d\r\n"):
            with self.subTest(lines=lines), connect(self.daemon.addresses("http")[0]) as peer:
                peer.sendall(b"POST / HTTP/1.1\r\n" + lines % len(hidden) + b"\r\n" + hidden)
                self.assertTrue(read_to_end(peer).startswith(b"HTTP/1.1 400 Bad Request\r\n"))


class HttpRefusals(HeadersTest):
    def refused(self, listener, *options):
        """Status and body of what curl gets."""
        url = f"http://127.0.0.1:{self.daemon.port(listener)}/"
        out = subprocess.run(["curl", "--silent", "--show-error", "--write-out", "%{http_code}", *options, url],
                             capture_output=True, timeout=DEADLINE, check=True).stdout.decode()
        return int(out[-3:]), out[:-3]

    def test_chunked_bodies(self):
        self.assertEqual(self.refused("http", "--header", "Transfer-Encoding: chunked", "--data", "a"),
                         (501, "framing error: transfer_encoding\n"))
        self.assertIn("transfer_encoding", self.daemon.line("reason=bad_frame"))

    def test_large_bodies(self):
        self.write("body", "x" * 500_000)
        self.assertEqual(self.refused("small", "--data-binary", f"@{self.folder}/body"),
                         (413, "framing error: too_large\n"))

    def test_large_headers(self):
        self.assertEqual(self.refused("small", "--header", "A: " + "x" * 500),
                         (431, "framing error: head_too_large\n"))

    def test_requests_without_a_responder(self):
        for listener in ("http", "web"):
            self.assertEqual(self.refused(listener),
                             (503, "no client is subscribed to the request's subject\n"))

    def test_requests_without_a_reply_in_time(self):
        self.client.subscribe(1, "web.small")
        self.client.flush()
        self.assertEqual(self.refused("small"), (504, "no reply in time\n"))

    def test_replies_that_cannot_be_written(self):
        self.reply_to("web.whole", lambda _: b"no head")
        self.assertEqual(self.refused("web")[0], 502)

    def test_requests_that_do_not_arrive_in_time(self):
        with connect(self.daemon.addresses("slow")[0]) as peer:
            peer.sendall(b"POST / HTTP/1.1\r\n")
            self.assertTrue(read_to_end(peer).startswith(b"HTTP/1.1 408 Request Timeout\r\n"))


class Pages(HeadersTest):
    """Requests that browsers send for a page, on a listener that publishes and on one that replies."""

    EVIL = ("--header", "Origin: http://evil.example")

    def posted(self, *bodies):
        for body in bodies:
            self.assertEqual(self.client.receive().message.payload, body)

    def test_of_another_site_are_refused(self):
        self.client.subscribe(1, "web.>")
        self.client.flush()
        for page in (self.EVIL, ("--header", "Origin: null"), ("--header", "Sec-Fetch-Site: cross-site")):
            for listener in ("posts", "http"):
                with self.subTest(page=page, listener=listener):
                    out = self.curl(listener, "/", "--data", "evil", *page)
                    self.assertTrue(out.startswith(b"HTTP/1.1 403 Forbidden\r\n"), out)
                    self.assertIn(b"foreign_page", out)
        self.assertIn("foreign_page", self.daemon.line("reason=not_permitted"))
        with connect(self.daemon.addresses("posts")[0]) as peer:
            peer.sendall(b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\ngood")
            self.posted(b"good")

    def test_that_come_later_on_a_connection_are_refused(self):
        self.client.subscribe(1, "web.posted")
        self.client.flush()
        request = b"POST / HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: 1\r\n\r\n%s"
        with connect(self.daemon.addresses("posts")[0]) as peer:
            peer.sendall(request % (b"", b"a") + request % (b"Origin: http://evil.example\r\n", b"b")
                         + request % (b"", b"c"))
            self.assertTrue(read_to_end(peer).endswith(b"permits it\n"))
        self.posted(b"a")
        with connect(self.daemon.addresses("posts")[0]) as peer:
            peer.sendall(request % (b"", b"d"))
            self.posted(b"d")

    def test_of_this_host_get_replies(self):
        self.reply_to("web.body", bytes.upper, requests=2)
        port = self.daemon.port("http")
        for origin in (f"http://127.0.0.1:{port}", "http://localhost:3000"):
            out = self.curl("http", "/", "--data", "own", "--header", f"Origin: {origin}")
            self.assertTrue(out.endswith(b"OWN"), out)

    def test_of_listed_origins_publish(self):
        self.client.subscribe(1, "web.posted")
        self.client.flush()
        with connect(self.daemon.addresses("posts")[0]) as peer:
            peer.sendall(b"POST / HTTP/1.1\r\nHost: gateway.lan\r\nOrigin: https://app.example.org\r\n"
                         b"Content-Length: 6\r\n\r\nlisted")
            self.posted(b"listed")

    def test_that_reach_this_host_by_another_name_are_refused(self):
        out = self.curl("http", "/", "--data", "evil", "--header", "Host: evil.example",
                        "--header", "Origin: http://localhost")
        self.assertTrue(out.startswith(b"HTTP/1.1 403 Forbidden\r\n"), out)


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
