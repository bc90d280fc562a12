"""WebSocket: Debian's two clients for Python, a headless browser, and plain bytes."""

import asyncio
import http.server
import json
import os
import pathlib
import re
import select
import signal
import socket
import ssl
import tempfile
import threading
import unittest

import websocket
import websockets
from authority import issue, make_authority
from processes import DEADLINE, DaemonTest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from websockets_raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Raw, frame, read_head, request
from wire import Client, connect, read_exactly, read_to_end, telex_pb2

DOCUMENT = pathlib.Path(__file__).resolve().parents[3] / "docs/websocket.md"

CONFIG = """
server: {reactors: 2}
listeners:
  - name: native
    address: "unix://{folder}/telex/telex.sock"
  - name: browsers
    address: ["tcp://127.0.0.1:0", "unix://{folder}/browsers.sock"]
    protocol: json
    websocket: {path: /}
    limits: {max_frame: 64KiB, max_header_bytes: 1KiB}
  - name: protobuf
    address: "tcp://127.0.0.1:0"
    websocket: {path: /telex, subprotocols: [telex, telex2]}
  - name: room
    address: "tcp://127.0.0.1:0"
    protocol: raw
    publish: room
    subscribe: room
    echo: true
    websocket: {path: /, messages: text}
  - name: netcat
    address: "tcp://127.0.0.1:0"
    protocol: raw
    framing: lines
    publish: room
    subscribe: room
    echo: true
  - name: stream
    address: "tcp://127.0.0.1:0"
    protocol: raw
    framing: lines
    publish: lines.in
    subscribe: lines.out
    greeting: "welcome\\n"
    websocket: {path: /}
  - name: echo
    address: "tcp://127.0.0.1:0"
    protocol: raw
    request: $SYS.echo
    websocket: {path: /}
    limits: {max_frame: 1MiB}
  - name: proxied
    address: "tcp://127.0.0.1:0"
    protocol: raw
    publish: "from.{peer}"
    proxy_protocol: {from: 127.0.0.0/8}
    websocket: {path: /}
  - name: public
    address: "tcp://127.0.0.1:0"
    protocol: raw
    request: $SYS.echo
    origins: ["https://app.example.org"]
    websocket: {path: /}
"""


class WebSocketTest(DaemonTest):
    config = CONFIG

    def setUp(self):
        super().setUp()
        self.bus = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.bus.socket.close)

    def url(self, listener, path="/", scheme="ws"):
        return f"{scheme}://127.0.0.1:{self.daemon.port(listener)}{path}"

    def raw(self, listener, upgrade=None, transport="tcp"):
        address = next(one for one in self.daemon.addresses(listener) if one.startswith(f"{transport}://"))
        client = Raw(address, upgrade)
        self.addCleanup(client.socket.close)
        return client

    def open(self, url, **options):
        """A connection of python3-websocket."""
        client = websocket.create_connection(url, timeout=DEADLINE, **options)
        self.addCleanup(client.shutdown)
        return client

    def stats(self):
        return self.bus.stats()


def until_readable(connection, repeat):
    """Repeats a message until something arrives: a subscription takes effect on the other reactor a moment later."""
    repeat()
    while not select.select([connection], [], [], 0.05)[0]:
        repeat()


def until_received(page, text, repeat):
    while True:
        repeat()
        while select.select([page.sock], [], [], 0.05)[0]:
            if page.recv() == text:
                return


def receive_json(client):
    return json.loads(client.recv())


class Messages(WebSocketTest):
    def test_are_frames_of_the_json_protocol(self):
        page = self.open(self.url("browsers"))
        page.send('{"hello":{}}')
        self.assertIn("welcome", receive_json(page))
        page.send('{"subscribe":{"subscription":1,"filter":"chat.>"}}')
        self.assertEqual(receive_json(page)["subscribed"]["subscription"], "1")
        self.bus.publish("chat.general", "gr\u00fc\u00dfe".encode())
        opcode, data = page.recv_data()
        self.assertEqual(opcode, TEXT)
        self.assertEqual(json.loads(data)["message"]["text"], "gr\u00fc\u00dfe")
        self.bus.subscribe(1, "from.>")
        page.send('{"message":{"subject":"from.page","text":"hello"}}')
        self.assertEqual(self.bus.receive().message.payload, b"hello")

    def test_of_a_unix_socket(self):
        client = self.raw("browsers", transport="unix")
        client.send(TEXT, b'{"hello":{}}')
        opcode, payload = client.receive()
        self.assertEqual(opcode, TEXT)
        self.assertIn("welcome", json.loads(payload))

    def test_are_frames_of_the_native_protocol(self):
        client = self.open(self.url("protobuf", "/telex"), subprotocols=["other", "telex2", "telex"])
        self.assertEqual(client.getsubprotocol(), "telex2")
        client.send_binary(telex_pb2.Frame(hello={"version": 1}).SerializeToString())
        opcode, data = client.recv_data()
        self.assertEqual(opcode, BINARY)
        self.assertTrue(telex_pb2.Frame.FromString(data).HasField("welcome"))

    def test_meet_lines_of_netcat(self):
        page = self.open(self.url("room"))
        netcat = connect(self.daemon.addresses("netcat")[0])
        self.addCleanup(netcat.close)
        until_readable(netcat, lambda: page.send("from the page"))
        self.assertEqual(netcat.makefile("rb").readline(), b"from the page\n")
        until_received(page, "from netcat", lambda: netcat.sendall(b"from netcat\n"))

    def test_that_are_not_text_are_dropped_and_counted(self):
        page = self.open(self.url("room"))
        until_readable(page.sock, lambda: self.bus.publish("room", b"ready"))
        self.bus.publish("room", b"\xff")
        until_received(page, "text", lambda: self.bus.publish("room", b"text"))
        self.assertEqual(dict(self.stats().dropped_messages), {"not_encodable": 1})

    def test_are_a_byte_stream_of_other_framings(self):
        client = self.raw("stream")
        self.assertEqual(client.receive(), (BINARY, b"welcome\n"))
        self.bus.subscribe(1, "lines.in")
        client.send(BINARY, b"one\ntw")
        client.send(TEXT, b"o\n", final=True)
        client.send(BINARY, b"thr", final=False)
        client.send(CONTINUATION, b"ee\n")
        self.assertEqual([self.bus.receive().message.payload for _ in range(3)], [b"one", b"two", b"three"])
        self.bus.publish("lines.out", b"reply")
        self.assertEqual(client.receive(), (BINARY, b"reply\n"))

    def test_of_all_sizes_come_back(self):
        client = self.open(self.url("echo"))
        for size in (0, 1, 125, 126, 127, 65535, 65536, 1 << 20):
            payload = os.urandom(size)
            client.send_binary(payload)
            self.assertEqual(client.recv_data(), (BINARY, payload), size)

    def test_of_an_asynchronous_client(self):
        async def echo(url):
            async with websockets.connect(url, max_size=None, compression="deflate") as client:
                for size in (0, 1000, 100000):
                    await client.send(bytes(size))
                    self.assertEqual(await client.recv(), bytes(size))
                await asyncio.wait_for(await client.ping(b"alive"), DEADLINE)
            return client.close_code

        self.assertEqual(asyncio.run(echo(self.url("echo"))), 1000)

    def test_behind_a_proxy_header(self):
        self.bus.subscribe(1, "from.>")
        connection = connect(self.daemon.addresses("proxied")[0])
        self.addCleanup(connection.close)
        connection.sendall(b"PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n")
        client = Raw(connection)
        client.send(TEXT, b"hello")
        self.assertEqual(self.bus.receive().message.subject, "from.192-0-2-7")


class Upgrades(WebSocketTest):
    def answer(self, listener, data):
        with connect(self.daemon.addresses(listener)[0]) as connection:
            connection.sendall(data)
            return read_to_end(connection).decode()

    def refused(self):
        return dict(self.stats().refused_websocket_upgrades)

    def test_are_refused_with_a_status(self):
        cases = (
            (request(Origin="https://evil.example"), "403 Forbidden", "origin"),
            (request(Origin="null"), "403 Forbidden", "origin"),
            (request(host="evil.example", Origin="http://localhost"), "421 Misdirected Request", "host"),
            (request("/other"), "404 Not Found", "path"),
            (request(Sec_WebSocket_Version="8"), "426 Upgrade Required", "version"),
            (request(Upgrade=None), "426 Upgrade Required", "not_an_upgrade"),
            (request(Sec_WebSocket_Key="short"), "400 Bad Request", "key"),
            (request().replace(b"GET", b"POST", 1), "405 Method Not Allowed", "method"),
            (request(X="x" * 9000), "431 Request Header Fields Too Large", "head_too_large"),
            (b'{"hello":{}}\n', "400 Bad Request", "not_http"),
        )
        expected = {}
        for data, status, reason in cases:
            answer = self.answer("browsers", data)
            self.assertTrue(answer.startswith(f"HTTP/1.1 {status}\r\n"), answer)
            expected[reason] = expected.get(reason, 0) + 1
        self.daemon.line("reason=upgrade_refused", len(cases))
        self.assertEqual(self.refused(), expected)
        self.assertEqual(self.stats().websocket_upgrades, 0)
        self.daemon.line("permits them: https://evil.example")

    def test_of_another_version_learn_the_right_one(self):
        self.assertIn("\r\nSec-WebSocket-Version: 13\r\n",
                      self.answer("browsers", request(Sec_WebSocket_Version="7")))

    def test_of_pages_of_this_host_are_accepted(self):
        for origin in ("http://localhost:3000", "http://127.0.0.1", "https://[::1]"):
            self.raw("browsers", request(Origin=origin))
        self.raw("public", request(host="gateway.example", Origin="https://app.example.org"))
        self.assertEqual(self.stats().websocket_upgrades, 4)

    def test_of_unknown_subprotocols_are_refused(self):
        self.assertTrue(self.answer("protobuf", request("/telex", Sec_WebSocket_Protocol="mqtt"))
                        .startswith("HTTP/1.1 400 "))
        self.assertNotIn("Sec-WebSocket-Protocol", self.raw("protobuf", request("/telex")).response)

    def test_may_arrive_byte_by_byte_with_their_first_message(self):
        connection = connect(self.daemon.addresses("echo")[0])
        self.addCleanup(connection.close)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request() + frame(BINARY, b"early"):
            connection.sendall(bytes([byte]))
        self.assertIn(" 101 ", read_head(connection))
        self.assertEqual(read_exactly(connection, 7), b"\x82\x05early")

    def test_may_come_together_with_messages(self):
        early = b"".join(frame(BINARY, bytes([i]) * 100) for i in range(50))
        client = self.raw("echo", request() + early)
        for i in range(50):
            self.assertEqual(client.receive(), (BINARY, bytes([i]) * 100))

    def test_that_end_early_are_counted(self):
        connection = connect(self.daemon.addresses("browsers")[0])
        connection.sendall(request()[:20])
        connection.close()
        self.daemon.line("reason=upgrade_refused")
        self.assertEqual(self.refused(), {"incomplete": 1})

    def test_appear_in_metrics(self):
        self.raw("browsers")
        self.assertEqual(self.stats().websocket_upgrades, 1)
        out, _ = self.run_tool("status")
        self.assertIn("websocket upgrades", out)


class Frames(WebSocketTest):
    def test_may_be_divided_anywhere(self):
        data = (frame(BINARY, b"one", final=False) + frame(PING, b"?") + frame(CONTINUATION, b"", final=False)
                + frame(CONTINUATION, b"two") + frame(BINARY, b"x" * 200))
        for at in range(1, len(data)):
            client = self.raw("echo")
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.socket.sendall(data[:at])
            client.socket.sendall(data[at:])
            received = [client.receive() for _ in range(3)]
            self.assertEqual(sorted(received), sorted([(PONG, b"?"), (BINARY, b"onetwo"), (BINARY, b"x" * 200)]))
            client.socket.close()

    def test_that_are_wrong_end_with_a_code(self):
        cases = (
            (frame(BINARY, b"a", mask=b""), 1002),
            (frame(BINARY, b"a", first=0xC2), 1002),
            (frame(3, b"a"), 1002),
            (frame(PING, b"a", final=False), 1002),
            (frame(PING, b"a" * 126), 1002),
            (frame(CONTINUATION, b"a"), 1002),
            (frame(BINARY, b"a", final=False) + frame(TEXT, b"a"), 1002),
            (b"\x82\xfe\x00\x05", 1002),
            (b"\x82\xff\x80" + bytes(7), 1002),
            (frame(CLOSE, b"\x03"), 1002),
            (frame(CLOSE, b"\x03\xed"), 1002),
            (frame(TEXT, b"\xff"), 1007),
            (frame(CLOSE, b"\x03\xe8\xff"), 1007),
            (b"\x82\xff\x00\x00\x00\x00\x00\x20\x00\x00", 1009),
            (frame(BINARY, b"", final=False) + frame(CONTINUATION, b"", final=False) * 65536, 1009),
        )
        for data, code in cases:
            client = self.raw("echo")
            client.socket.sendall(data + b"more bytes that nothing reads")
            self.assertEqual(client.receive_close()[0], code, data[:20])
            client.socket.close()
        self.daemon.line('detail="WebSocket: the frame has no mask"')

    def test_that_are_wrong_have_an_error_of_the_protocol_before_their_code(self):
        client = self.raw("browsers")
        client.send(TEXT, b'{"hello":{}}')
        client.receive()
        client.send(TEXT, b"x" * 70000)
        opcode, payload = client.receive()
        self.assertEqual((opcode, json.loads(payload)["error"]["code"]), (TEXT, "FRAME_TOO_LARGE"))
        self.assertEqual(client.receive_close(), (1009, "frame_too_large"))

    def test_of_a_large_announcement_cost_nothing(self):
        clients = [self.raw("echo") for _ in range(20)]
        before = self.stats().pending_bytes
        for client in clients:
            client.socket.sendall(b"\x82\xff" + (1 << 20).to_bytes(8, "big") + b"mask" + b"x" * 100)
        self.assertLess(self.stats().pending_bytes - before, 20 << 17)

    def test_that_ping_are_answered(self):
        client = self.raw("browsers")
        client.send(PING, b"before hello")
        self.assertEqual(client.receive(), (PONG, b"before hello"))
        client.send(PONG, b"ignored")
        client.send(PING)
        self.assertEqual(client.receive(), (PONG, b""))

    def test_that_ping_without_end_do_not_fill_memory(self):
        client = self.raw("echo")
        client.socket.settimeout(None)
        client.socket.setblocking(False)
        pings = frame(PING, b"p" * 125) * 1000
        sent = 0
        try:
            while sent < 64 << 20:
                sent += client.socket.send(pings[sent % len(pings):])
        except BlockingIOError:
            pass
        self.assertLess(self.stats().pending_bytes, 4 << 20)
        client.socket.setblocking(True)
        client.socket.settimeout(DEADLINE)
        self.assertEqual(client.receive()[0], PONG)


class Ends(WebSocketTest):
    def hello(self):
        client = self.raw("browsers")
        client.send(TEXT, b'{"hello":{}}')
        client.receive()
        return client

    def test_of_a_client_are_answered_with_its_code(self):
        client = self.raw("echo")
        client.send(BINARY, b"last")
        client.send(CLOSE, b"\x0f\xa0done")
        self.assertEqual(client.receive(), (BINARY, b"last"))
        self.assertEqual(client.receive_close(), (4000, ""))
        self.daemon.line("reason=client_closed")

    def test_without_a_code_are_answered(self):
        client = self.raw("echo")
        client.send(CLOSE)
        self.assertEqual(client.receive_close(), (None, ""))

    def test_of_libraries_are_clean(self):
        client = self.open(self.url("echo"))
        client.send_close(1001)
        opcode, data = client.recv_data()
        self.assertEqual((opcode, data[:2]), (CLOSE, b"\x03\xe9"))

    def test_by_an_operator_have_a_reason(self):
        client = self.hello()
        number = next(line.split()[0] for line in self.run_tool("connections")[0].splitlines()
                      if "browsers" in line)
        self.run_tool("kick", number)
        error = json.loads(client.receive()[1])["error"]
        self.assertEqual(error["code"], "KICKED")
        self.assertEqual(client.receive_close(), (1008, "kicked"))

    def test_of_the_daemon_say_that_it_goes(self):
        json_client, raw_client = self.hello(), self.raw("room")
        raw_client.send(TEXT, b"ready")
        raw_client.receive()
        self.daemon.signal(signal.SIGTERM)
        self.assertIn("goodbye", json.loads(json_client.receive()[1]))
        self.assertEqual(raw_client.receive_close()[0], 1001)
        self.assertEqual(json_client.receive_close()[0], 1001)
        self.assertEqual(self.daemon.wait(), 0)

    def test_of_a_slow_consumer_have_a_code(self):
        client = self.hello()
        client.send(TEXT, b'{"subscribe":{"subscription":1,"filter":"flood"}}')
        client.receive()
        payload = b"x" * 32768
        for _ in range(2000):
            self.bus.publish("flood", payload)
        self.bus.flush()
        code = None
        while code is None:
            opcode, data = client.receive()
            if opcode == CLOSE:
                code = int.from_bytes(data[:2], "big")
            else:
                last = json.loads(data)
        self.assertEqual((last["error"]["code"], code), ("SLOW_CONSUMER", 1008))

    def test_at_the_limit_of_connections_say_so(self):
        self.reload(CONFIG.replace("max_frame: 64KiB", "max_connections: 1, max_frame: 64KiB"))
        first = self.hello()
        second = self.raw("browsers")
        self.assertEqual(json.loads(second.receive()[1])["error"]["code"], "TOO_MANY_CONNECTIONS")
        self.assertEqual(second.receive_close()[0], 1013)
        first.send(PING)
        self.assertEqual(first.receive(), (PONG, b""))


class Secure(DaemonTest):
    config = None

    def start(self, timeout="60s"):
        make_authority(self.folder)
        issue(self.folder, "server", "first")
        self.start_daemon(
            "listeners:\n"
            "  - name: echo\n"
            "    address: tcp://127.0.0.1:0\n"
            "    protocol: raw\n"
            "    request: $SYS.echo\n"
            "    websocket: {path: /}\n"
            f"    tls: {{certificate: {self.folder}/server.pem, key: {self.folder}/server.key,"
            f" handshake_timeout: {timeout}}}\n"
            '  - {name: native, address: "unix://{folder}/telex/telex.sock"}\n')

    def test_requests_time_out_with_their_handshake(self):
        self.start("1s")
        context = ssl.create_default_context(cafile=f"{self.folder}/ca.pem")
        with socket.create_connection(("127.0.0.1", self.daemon.port("echo")), DEADLINE) as plain, \
                context.wrap_socket(plain, server_hostname="localhost") as silent:
            silent.sendall(request()[:30])
            self.daemon.line('reason=upgrade_refused detail="the request for WebSocket timed out"')

    def test_websockets_use_tls(self):
        self.start()
        context = ssl.create_default_context(cafile=f"{self.folder}/ca.pem")
        context.set_alpn_protocols(["http/1.1"])

        async def echo(url):
            async with websockets.connect(url, ssl=context, max_size=None) as client:
                for size in (5, 300000):
                    await client.send(bytes(size))
                    await asyncio.wait_for(await client.ping(), DEADLINE)
                    self.assertEqual(await client.recv(), bytes(size))
            return client.close_code

        self.assertEqual(asyncio.run(echo(f"wss://localhost:{self.daemon.port('echo')}/")), 1000)
        self.assertIn("TLSv1.3", self.daemon.line("listener=echo peer="))


PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>connecting</title><ul></ul><script>
const room = new WebSocket("ws://127.0.0.1:%d/");
room.onopen = () => { document.title = "open"; };
room.onmessage = (event) => {
  const line = document.createElement("li");
  line.textContent = event.data;
  document.querySelector("ul").append(line);
};
room.onclose = (event) => { document.title = `closed ${event.code} ${event.reason}`; };
</script>"""


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.server.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Browser(WebSocketTest):
    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.TemporaryDirectory(prefix="telex-chromium-")
        options = Options()
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--host-resolver-rules=MAP other.example 127.0.0.1", f"--user-data-dir={cls.profile.name}"):
            options.add_argument(argument)
        service = Service("/usr/bin/chromedriver", env=os.environ | {"HOME": cls.profile.name})
        cls.browser = webdriver.Chrome(service=service, options=options)

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.profile.cleanup()

    def setUp(self):
        super().setUp()
        self.pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.pages.page = PAGE % self.daemon.port("room")
        thread = threading.Thread(target=self.pages.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.pages.server_close)
        self.addCleanup(self.pages.shutdown)
        self.browser.get("about:blank")

    def until(self, condition):
        WebDriverWait(self.browser, DEADLINE, poll_frequency=0.05).until(lambda _: condition())

    def load(self, host):
        self.browser.get(f"http://{host}:{self.pages.server_address[1]}/")

    def lines(self):
        return self.browser.execute_script(
            "return [...document.querySelectorAll('li')].map((one) => one.textContent)")

    def test_chats_with_netcat(self):
        self.load("localhost")
        self.until(lambda: self.browser.title == "open")
        netcat = connect(self.daemon.addresses("netcat")[0])
        self.addCleanup(netcat.close)
        self.until(lambda: netcat.sendall("gr\u00fc\u00dfe von netcat\n".encode()) or self.lines())
        self.assertEqual(set(self.lines()), {"gr\u00fc\u00dfe von netcat"})
        received = netcat.makefile("rb")
        self.browser.execute_script("room.send('hello from the page')")
        while (line := received.readline()) != b"hello from the page\n":
            self.assertEqual(line, "gr\u00fc\u00dfe von netcat\n".encode())
        self.browser.execute_script("room.send('x'.repeat(100000))")
        self.assertEqual(len(received.readline()), 100001)
        self.daemon.signal(signal.SIGTERM)
        self.until(lambda: self.browser.title == "closed 1001 shutting_down")

    def test_cannot_connect_from_another_origin(self):
        self.load("other.example")
        self.until(lambda: self.browser.title == "closed 1006")
        self.assertEqual(dict(self.stats().refused_websocket_upgrades), {"origin": 1})

    def test_chooses_a_subprotocol(self):
        self.load("localhost")
        self.until(lambda: self.browser.title == "open")
        self.browser.execute_script(
            f"window.other = new WebSocket('ws://127.0.0.1:{self.daemon.port('protobuf')}/telex', ['a', 'telex'])")
        self.until(lambda: self.browser.execute_script("return other.readyState") == 1)
        self.assertEqual(self.browser.execute_script("return other.protocol"), "telex")

    def test_shows_the_page_of_the_documentation(self):
        (page,) = re.findall(r"```html\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
        self.pages.page = page.replace("127.0.0.1:4660", f"127.0.0.1:{self.daemon.port('browsers')}")
        self.load("localhost")
        self.bus.subscribe(1, "chat.page")
        self.browser.find_element(By.ID, "line").send_keys("hello", Keys.ENTER)
        self.assertEqual(self.bus.receive().message.payload, b"hello")
        self.until(lambda: self.lines() == ["chat.page: hello"])


if __name__ == "__main__":
    unittest.main()
