"""Listeners behind proxies: the PROXY protocol from plain sockets, and HAProxy in front of telexd."""

import os
import select
import socket
import ssl
import struct
import subprocess
import unittest

from authority import issue, make_authority
from processes import DEADLINE, DaemonTest
from wire import Client, connect, error_pb2, read_exactly, read_to_end, telex_pb2

CONFIG = """
listeners:
  - name: native
    address: "unix://{folder}/telex/telex.sock"
  - name: lines
    address: ["tcp://127.0.0.1:0", "unix://{folder}/lines.sock"]
    protocol: raw
    framing: lines
    publish: "in.{transport}.{peer}.{port}"
    proxy_protocol: {from: [127.0.0.0/8, unix]}
  - name: hidden
    address: ["tcp://127.0.0.1:0", "unix://{folder}/hidden.sock"]
    proxy_protocol: {from: [127.0.0.0/8, unix]}
    limits: {max_unauthenticated: 4}
  - name: elsewhere
    address: "tcp://127.0.0.1:0"
    proxy_protocol: {from: 10.1.0.0/16}
  - name: unaware
    address: "tcp://127.0.0.1:0"
"""

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LINE = b"PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n"
LOCAL = SIGNATURE + b"\x20\0\0\0"


def binary(source, port, fields=b""):
    addresses = socket.inet_aton(source) + socket.inet_aton("192.0.2.1") + struct.pack(">HH", port, 443)
    return SIGNATURE + b"\x21\x11" + struct.pack(">H", len(addresses + fields)) + addresses + fields


class ProxyTest(DaemonTest):
    config = CONFIG

    def setUp(self):
        super().setUp()
        self.bus = Client(self.daemon.addresses("native")[0])
        self.addCleanup(self.bus.socket.close)
        self.bus.subscribe(1, "in.>")

    def connect(self, listener, transport="tcp"):
        address = next(one for one in self.daemon.addresses(listener)
                       if one.startswith(f"{transport}://"))
        connection = connect(address)
        self.addCleanup(connection.close)
        return connection

    def say(self, listener, data, transport="tcp"):
        connection = self.connect(listener, transport)
        connection.sendall(data)
        return connection

    def received(self):
        frame = self.bus.receive()
        return frame.message.subject, frame.message.payload

    def subject_of(self, connection):
        host, port = connection.getsockname()
        return f"in.tcp.{host.replace('.', '-')}.{port}"


class Headers(ProxyTest):
    def test_name_the_peer(self):
        for number, header in enumerate((LINE, binary("192.0.2.7", 56324))):
            for transport in ("tcp", "unix"):
                self.say("lines", header + f"hello {number}\n".encode(), transport)
                self.assertEqual(self.received(),
                                 ("in.tcp.192-0-2-7.56324", f"hello {number}".encode()))

    def test_may_arrive_byte_by_byte(self):
        for header in (LINE, binary("192.0.2.7", 56324, b"\x04\0\x40" + b"x" * 64)):
            connection = self.connect("lines")
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in header + b"slowly\n":
                connection.sendall(bytes([byte]))
            self.assertEqual(self.received(), ("in.tcp.192-0-2-7.56324", b"slowly"))

    def test_of_the_proxy_itself_keep_its_address(self):
        connection = self.say("lines", LOCAL + b"check\n")
        self.assertEqual(self.received(), (self.subject_of(connection), b"check"))
        connection = self.say("lines", b"PROXY UNKNOWN\r\ncheck\n")
        self.assertEqual(self.received(), (self.subject_of(connection), b"check"))
        self.say("lines", LOCAL + b"check\n", "unix")
        self.assertEqual(self.received(), (f"in.unix.uid-{os.getuid()}.-", b"check"))

    def test_appear_in_the_log(self):
        self.say("lines", LINE).close()
        self.assertIn("peer=192.0.2.7:56324", self.daemon.line("connection ended: "))

    def test_are_required(self):
        for data, why in ((b"hello\n", "no PROXY protocol header"),
                          (b"PROXY TCP4 nonsense\r\n", "malformed PROXY protocol header"),
                          (b"PROXY UNKNOWN " + b"x" * 200, "PROXY protocol header too long")):
            with self.say("lines", data) as connection:
                self.assertEqual(read_to_end(connection), b"")
            line = self.daemon.line(f'detail="{why}')
            self.assertIn("reason=proxy_header", line)
            self.assertIn("peer=127.0.0.1:", line)

    def test_must_be_complete(self):
        connection = self.say("lines", LINE[:20])
        connection.shutdown(socket.SHUT_WR)
        self.assertEqual(read_to_end(connection), b"")
        self.daemon.line('reason=proxy_header detail="the connection ended within its PROXY')

    def test_are_refused_from_other_peers(self):
        connection = self.say("elsewhere", LINE)
        frame = telex_pb2.Frame.FromString(read_to_end(connection)[1:])
        self.assertEqual(frame.error.code, error_pb2.NOT_ALLOWED_HERE)
        self.assertIn("of its proxies only", frame.error.text)
        connection.close()
        self.daemon.line("listener=elsewhere peer=127.0.0.1:")

    def test_are_not_understood_without_the_key(self):
        frame = telex_pb2.Frame.FromString(read_to_end(self.say("unaware", LINE))[1:])
        self.assertEqual(frame.error.code, error_pb2.WRONG_PROTOCOL)
        self.assertIn("PROXY", frame.error.text)

    def test_are_taken_from_other_proxies_after_a_reload(self):
        self.reload(CONFIG.replace("10.1.0.0/16", "[10.1.0.0/16, 127.0.0.0/8]"))
        self.assertIsNone(Client(self.say("elsewhere", LINE)).refusal)

    def test_of_checks_are_not_logged(self):
        for data in (b"", LOCAL, b"PROXY UNKNOWN\r\n"):
            connection = self.say("lines", data)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        while sum(self.bus.stats().closed_connections.values()) < 3:
            pass
        self.assertNotIn("connection ended", self.daemon.log())
        self.assertNotIn("lines", self.run_tool("connections", "--closed")[0])


class Peers(ProxyTest):
    def hello(self, header, transport="tcp"):
        connection = self.say("hidden", header, transport)
        return Client(connection)

    def test_count_for_their_own_networks(self):
        """A quarter of max_unauthenticated is for one network: one connection."""
        other = self.say("hidden", binary("198.51.100.7", 1))
        same = [self.say("hidden", binary(f"192.0.2.{host}", 1)) for host in (7, 8)]
        refused = select.select(same, [], [], DEADLINE)[0][0]
        frame = telex_pb2.Frame.FromString(read_to_end(refused)[1:])
        self.assertEqual(frame.error.code, error_pb2.TOO_MANY_CONNECTIONS)
        same.remove(refused)
        self.assertIsNone(Client(same[0]).refusal)
        self.assertIsNone(Client(other).refusal)

    def may_watch_events(self, client):
        frame = telex_pb2.Frame()
        frame.subscribe.subscription = 1
        frame.subscribe.filter = "$SYS.event.>"
        client.send(frame)
        return client.receive().HasField("subscribed")

    def test_do_not_have_the_rights_of_the_proxy(self):
        """The proxy runs as the daemon's own user, which is the operator."""
        self.assertTrue(self.may_watch_events(self.hello(LOCAL, "unix")))
        self.assertFalse(self.may_watch_events(self.hello(LINE, "unix")))
        self.assertFalse(self.may_watch_events(self.hello(b"PROXY UNKNOWN\r\n", "unix")))

    def test_cannot_be_on_this_host_unless_the_proxy_is(self):
        connection = self.say("lines", binary("127.0.0.9", 5) + b"here\n")
        self.assertEqual(self.received(), ("in.tcp.127-0-0-9.5", b"here"))
        connection.close()

    def test_are_listed_with_their_address(self):
        self.hello(LINE)
        self.assertIn("192.0.2.7:56324", self.run_tool("connections")[0])


class Secrets(DaemonTest):
    """Whether a password may be sent without TLS, and what wrong ones cost, depends on the real peer."""

    config = """
listeners:
  - name: careful
    address: "tcp://127.0.0.1:0"
    proxy_protocol: {from: 127.0.0.0/8}
  - name: careless
    address: "tcp://127.0.0.1:0"
    plaintext_secrets: true
    proxy_protocol: {from: 127.0.0.0/8}
users:
  - name: sensor
    password: "{hash}"
    publish: {allow: sensor.>}
"""

    def setUp(self):
        hashed = subprocess.run(
            ["argon2", "saltsaltsalt", "-id", "-t", "1", "-k", "1024", "-p", "1", "-e"],
            input=b"secret", capture_output=True, check=True, timeout=DEADLINE).stdout.decode().strip()
        self.config = self.config.replace("{hash}", hashed)
        super().setUp()

    def refusal(self, listener, header, password="secret"):
        """Returns the code of the error that follows a Hello with this password, or None."""
        connection = connect(self.daemon.addresses(listener)[0])
        self.addCleanup(connection.close)
        connection.sendall(header)
        client = Client(connection, user="sensor", password=password)
        return client.refusal and client.refusal.code

    def test_of_remote_peers_are_refused(self):
        self.assertEqual(self.refusal("careful", LINE), error_pb2.NOT_AUTHENTICATED)
        self.assertEqual(self.refusal("careful", b"PROXY UNKNOWN\r\n"), error_pb2.NOT_AUTHENTICATED)
        self.assertIsNone(self.refusal("careful", binary("127.0.0.1", 5)))
        self.assertIsNone(self.refusal("careful", LOCAL))
        self.assertIsNone(self.refusal("careless", LINE))

    def test_that_are_wrong_count_for_the_network_of_the_peer(self):
        codes = [self.refusal("careless", binary("192.0.2.7", 5), "wrong") for _ in range(11)]
        self.assertEqual(codes[-1], error_pb2.AUTHENTICATION_BUSY)
        self.assertEqual(self.refusal("careless", binary("192.0.2.8", 5)), error_pb2.AUTHENTICATION_BUSY)
        self.assertIsNone(self.refusal("careless", binary("198.51.100.7", 5)))


class Time(DaemonTest):
    config = None

    def test_for_a_header_is_limited(self):
        make_authority(self.folder)
        issue(self.folder, "server", "first")
        self.start_daemon(f"""
listeners:
  - name: secured
    address: "tcp://127.0.0.1:0"
    proxy_protocol: {{from: 127.0.0.0/8}}
    tls: {{certificate: {self.folder}/server.pem, key: {self.folder}/server.key, handshake_timeout: 100ms}}
""")
        with connect(self.daemon.addresses("secured")[0]) as connection:
            connection.sendall(LINE[:10])
            self.assertEqual(read_to_end(connection), b"")
        self.daemon.line('reason=proxy_header detail="PROXY protocol header timed out"')


class Haproxy(DaemonTest):
    """HAProxy between the client and telexd."""

    config = None

    def setUp(self):
        super().setUp()
        make_authority(self.folder)
        issue(self.folder, "server", "first")
        common = """
    protocol: raw
    framing: lines
    request: $SYS.echo
"""
        self.start_daemon(f"""
listeners:
  - {{name: native, address: "unix://{self.folder}/telex/telex.sock"}}
  - name: plain
    address: ["tcp://127.0.0.1:0", "unix://{self.folder}/plain.sock"]{common}
    proxy_protocol: {{from: [127.0.0.0/8, unix]}}
  - name: secured
    address: "tcp://127.0.0.1:0"{common}
    proxy_protocol: {{from: 127.0.0.0/8}}
    tls: {{certificate: {self.folder}/server.pem, key: {self.folder}/server.key}}
""")

    def through(self, server):
        """Connects from 127.0.0.2 through a HAProxy with this server; returns the socket."""
        front = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(front.close)
        path = self.write("haproxy.cfg", f"""
global
    nbthread 1
defaults
    mode tcp
    timeout connect {DEADLINE}s
    timeout client {DEADLINE}s
    timeout server {DEADLINE}s
listen front
    bind fd@{front.fileno()}
    server telex {server}
""")
        process = subprocess.Popen(["haproxy", "-db", "-f", path], pass_fds=[front.fileno()],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        client = socket.create_connection(front.getsockname(), DEADLINE, ("127.0.0.2", 0))
        self.addCleanup(client.close)
        return client

    def check(self, listener, client, plain=None):
        """`plain`: the socket below TLS."""
        client.sendall(b"through\n")
        self.assertEqual(read_exactly(client, 8), b"through\n")
        host, port = (plain or client).getsockname()
        client.close()
        self.assertIn(f"peer={host}:{port} ", self.daemon.line(f"listener={listener} peer=") + " ")

    def test_version_1(self):
        self.check("plain", self.through(f"127.0.0.1:{self.daemon.port('plain')} send-proxy"))

    def test_version_2(self):
        self.check("plain", self.through(f"127.0.0.1:{self.daemon.port('plain')} send-proxy-v2"))

    def test_version_2_with_further_fields(self):
        self.check("plain", self.through(
            f"127.0.0.1:{self.daemon.port('plain')} send-proxy-v2 proxy-v2-options crc32c,unique-id"))

    def test_over_a_unix_socket(self):
        self.check("plain", self.through(f"unix@{self.folder}/plain.sock send-proxy-v2"))

    def test_checks_are_not_logged(self):
        self.through(f"127.0.0.1:{self.daemon.port('plain')} send-proxy-v2 check inter 20ms")
        self.through(f"127.0.0.1:{self.daemon.port('plain')} send-proxy check inter 20ms")
        self.through(f"127.0.0.1:{self.daemon.port('secured')} send-proxy-v2 check inter 20ms")
        with Client(self.daemon.addresses("native")[0]) as bus:
            while sum(bus.stats().closed_connections.values()) < 20:
                pass
            self.assertNotIn("connection ended", self.daemon.log())

    def test_passes_tls(self):
        for version in ("send-proxy", "send-proxy-v2"):
            client = self.through(f"127.0.0.1:{self.daemon.port('secured')} {version}")
            address = client.getsockname()
            context = ssl.create_default_context(cafile=f"{self.folder}/ca.pem")
            with context.wrap_socket(client, server_hostname="localhost") as secured:
                secured.sendall(b"through\n")
                self.assertEqual(read_exactly(secured, 8), b"through\n")
            self.daemon.line(f"listener=secured peer={address[0]}:{address[1]}")


if __name__ == "__main__":
    unittest.main()
