"""The daemon without system resources, and among hostile clients. A victim client runs beside them: all its messages
must arrive, and all its requests must get replies."""

import mmap
import os
import resource
import socket
import ssl
import struct
import subprocess
import sys
import time
import unittest

from processes import DEADLINE, TELEXD, DaemonTest
from wire import Client, connect, count_up_to, error_pb2

# Duration of the crowds; increase for meaningful figures.
SECONDS = float(os.environ.get("TELEX_HOSTILE_SECONDS", "5"))
OTHER_UID = 12345


class Victim:
    def __init__(self, client, name="victim"):
        self.client = client
        self.subject = f"{name}.a"
        self.client.subscribe(1, self.subject)
        self.rounds = 0
        self.times = []

    def live(self):
        """Sends a message and a request and receives both."""
        self.rounds += 1
        payload = str(self.rounds).encode()
        began = time.perf_counter()
        self.client.publish(self.subject, payload)
        frame = self.client.receive()
        if frame is None or frame.message.payload != payload:
            raise AssertionError(f"round {self.rounds}: {frame}")
        answer = self.client.request("$SYS.echo", payload, number=self.rounds)
        if answer.message.payload != payload:
            raise AssertionError(f"round {self.rounds}: {answer}")
        self.times.append(time.perf_counter() - began)

    def live_for(self, seconds):
        """Returns the 99th percentile of the round-trip time, in microseconds."""
        self.times = []
        until = time.monotonic() + seconds
        while time.monotonic() < until or len(self.times) < 100:
            self.live()
        return sorted(self.times)[int(len(self.times) * 0.99)] * 1e6


class HostileTest(DaemonTest):
    config = None

    def start_beside_victim(self, config, **options):
        self.start_daemon(config, **options)
        self.victim = Victim(Client(self.daemon.addresses("native")[0]))
        self.addCleanup(self.victim.client.socket.close)

    def resident(self):
        """Resident memory of the daemon in bytes."""
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) << 10
        raise LookupError("no VmRSS")


class Allocations(HostileTest):
    """Every allocation of a session fails once. C++ code falls back to the emergency reserve; a failure in another
    library closes at most that connection."""

    CONFIG = """
server: {reactors: 2}
listeners:
  - {name: native, address: "unix://{folder}/bus.sock"}
  - {name: lines, address: "unix://{folder}/lines.sock", protocol: json}
  - {name: chat, address: "unix://{folder}/chat.sock", protocol: raw, publish: chat,
     subscribe: chat, echo: true}
  - name: secured
    address: "tcp://127.0.0.1:0"
    tls: {certificate: "{folder}/server.pem", key: "{folder}/server.key"}
"""
    # More than any scenario allocates.
    MOST = 5_000

    def setUp(self):
        super().setUp()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", "server.key", "-out", "server.pem", "-days", "2", "-subj",
             "/CN=localhost"],
            cwd=self.folder, check=True, capture_output=True, timeout=DEADLINE)
        with open(f"{self.folder}/control", "w+b") as file:
            file.write(bytes(16))
            file.flush()
            self.control = mmap.mmap(file.fileno(), 16)
        self.environment |= {"LD_PRELOAD": os.environ["FAILING_MALLOC"],
                             "TELEX_FAILING_MALLOC": f"{self.folder}/control"}
        self.start_beside_victim(self.CONFIG)

    def sweep(self, scenario):
        """Runs the scenario repeatedly; each time the next allocation fails."""
        for number in range(1, self.MOST):
            self.control[0:8] = struct.pack("q", number)
            try:
                scenario()
            except TimeoutError:
                raise
            except (OSError, EOFError, AssertionError, AttributeError):
                pass  # refused or disconnected
            self.victim.live()
            left, failures = struct.unpack("qq", self.control[0:16])
            if left > 0:
                break
        self.control[0:8] = bytes(8)
        self.assertGreater(failures, 20, "the scenario allocates")
        self.assertLess(number, self.MOST - 1, "the last one ran without a failure")
        print(f"{failures} allocations failed, each once", file=sys.stderr)

    def test_of_a_native_session(self):
        address = self.daemon.addresses("native")[0]

        def scenario():
            with Client(address) as client:
                client.subscribe(1, "a.>", queue_group="g")
                client.subscribe(2, "a.b", credit=1)
                client.publish("a.b", b"x" * 3000)
                client.publish("a.b", b"y")
                client.flush()
                client.request("$SYS.stats", b"")

        self.sweep(scenario)

    def test_of_a_json_session(self):
        def scenario():
            with connect(f"unix://{self.folder}/lines.sock") as peer:
                peer.sendall(b'{"subscribe":{"subscription":1,"filter":"a"}}\n'
                             b'{"message":{"subject":"a","text":"hello"}}\n')
                while b"hello" not in peer.recv(4096):
                    pass

        self.sweep(scenario)

    def test_of_a_raw_session(self):
        def scenario():
            with connect(f"unix://{self.folder}/chat.sock") as peer:
                peer.sendall(b"one\n" + b"x" * 5000 + b"\n")
                while not peer.recv(10000).endswith(b"x\n"):
                    pass

        self.sweep(scenario)

    def test_of_a_session_with_tls(self):
        context = ssl.create_default_context(cafile=f"{self.folder}/server.pem")
        context.check_hostname = False
        port = self.daemon.port("secured")

        def scenario():
            plain = socket.create_connection(("127.0.0.1", port), DEADLINE)
            with plain, context.wrap_socket(plain) as secured, Client(secured) as client:
                client.request("$SYS.echo", b"hi")

        self.sweep(scenario)


class Exhaustion(HostileTest):
    def test_of_address_space(self):
        """malloc fails for real. The connection with the largest queue is closed, the others continue."""
        def little_space():
            resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))

        self.start_beside_victim("""
server: {memory_budget: 1TiB, reactors: 1}
listeners:
  - name: native
    address: unix://{folder}/bus.sock
    slow_consumer: {policy: drop-newest, max_pending: 1GiB, max_pending_age: 1h}
""", preexec_fn=little_space)
        address = self.daemon.addresses("native")[0]
        with Client(address) as greedy, Client(address) as publisher:
            greedy.subscribe(1, "flood")
            cut = 0
            for number in range(20_000):
                publisher.publish("flood", b"x" * 100_000)
                if number % 100 == 0:
                    self.victim.live()
                    cut = publisher.stats().refusals["OVER_MEMORY_BUDGET"]
                    if cut:
                        break
            self.assertEqual(cut, 1)
        self.victim.live()

    def test_of_threads(self):
        """The daemon reports the failure and exits."""
        self.need_another_user(TELEXD)

        def no_threads():
            resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
            os.setgid(OTHER_UID)
            os.setuid(OTHER_UID)

        daemon = self.launch_daemon('listeners: [{name: native, address: "tcp://127.0.0.1:0"}]',
                                    preexec_fn=no_threads)
        self.assertEqual(daemon.wait(), os.EX_OSERR, daemon.log())
        self.assertIn("Resource temporarily unavailable", daemon.log())

    def test_of_slots_on_one_listener(self):
        """Slots are per listener: operators use another one."""
        self.start_beside_victim("""
listeners:
  - {name: native, address: "unix://{folder}/bus.sock"}
  - {name: crowd, address: "tcp://127.0.0.1:0", limits: {max_connections: 3}}
""")
        address = f"tcp://127.0.0.1:{self.daemon.port('crowd')}"
        crowd = [Client(address) for _ in range(3)]
        with Client(address) as late:
            self.assertEqual(late.refusal.code, error_pb2.TOO_MANY_CONNECTIONS)
        self.victim.live()
        with Client(self.daemon.addresses("native")[0]) as operator:
            self.assertEqual(operator.stats().connections, 5)
        for client in crowd:
            client.socket.close()

    def test_of_time_for_a_frame(self):
        self.start_beside_victim("""
listeners:
  - {name: native, address: "tcp://127.0.0.1:0", limits: {frame_timeout: 100ms}}
""")
        with Client(self.daemon.addresses("native")[0]) as client:
            client.socket.sendall(b"\x64\x12")  # first bytes of a frame of 100 bytes
            said = client.receive().error
            self.assertEqual(said.code, error_pb2.IDLE_TIMEOUT)
            self.assertIn("timed out within a frame", said.text)
        self.victim.live()


class Queues(HostileTest):
    """Queued messages use memory only while they are queued."""

    MIB = 1 << 20
    CONFIG = """
server: {reactors: 2, memory_budget: 1GiB}
listeners:
  - name: native
    address: unix://{folder}/bus.sock
    slow_consumer: {max_pending: 512MiB, max_pending_age: 1h}
"""

    def queue_and_drain(self, address, payload, count):
        """Returns the resident memory while everything was queued."""
        with Client(address) as consumer, Client(address) as publisher:
            consumer.subscribe(1, "data")
            one = publisher.encode(publisher.message("data", payload))
            for _ in range(count // 64):
                publisher.socket.sendall(one * 64)
            publisher.flush()
            queued = self.resident()
            most = (len(payload) + 10) * count
            self.assertGreaterEqual(count_up_to(consumer.socket, len(payload) * count), len(payload) * count)
            self.assertGreaterEqual(queued, most // 2)
        return queued

    def test_that_were_drained_return_their_memory(self):
        self.start_beside_victim(self.CONFIG)
        address = self.daemon.addresses("native")[0]
        # Reactors keep spare blocks for the next messages.
        self.queue_and_drain(address, b"x" * 200, 8 * self.MIB // 200)
        before = self.resident()
        # Small payloads are copied into queue blocks, large ones are referenced.
        # Empty batches between reactors and the allocator's arenas keep up to 15 MiB.
        for size in (200, 20_000):
            queued = self.queue_and_drain(address, b"x" * size, 128 * self.MIB // size // 64 * 64)
            began = time.monotonic()
            while (left := self.resident() - before) >= 24 * self.MIB:
                self.assertLess(time.monotonic() - began, DEADLINE,
                                f"{left >> 20} MiB of {(queued - before) >> 20} are left")
                self.victim.live()
            print(f"messages of {size} bytes: {(queued - before) >> 20} MiB were queued, "
                  f"{left >> 20} MiB are left after {time.monotonic() - began:.1f} s", file=sys.stderr)


class Forgeries(HostileTest):
    def forge(self, source_port, port, payload):
        """A forged UDP packet over IPv4."""
        try:
            raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        except PermissionError:
            self.skipTest("only root can make up packets")
        with raw:
            raw.sendto(struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload,
                       ("127.0.0.1", 0))

    def test_of_datagrams_from_the_listener_itself(self):
        self.start_beside_victim("""
listeners:
  - {name: native, address: "unix://{folder}/bus.sock"}
  - {name: echo, address: "udp://127.0.0.1:0", protocol: raw, request: $SYS.echo}
  - {name: wide, address: "udp://*:0", protocol: raw, request: $SYS.echo}
""")
        for listener in ("echo", "wide"):
            port = self.daemon.port(listener, "udp")
            self.forge(port, port, b"to yourself")
            self.forge(0, port, b"to nobody")
            with connect(f"udp://127.0.0.1:{port}") as honest:
                honest.send(b"to me")
                self.assertEqual(honest.recv(100), b"to me")
        self.victim.live()
        stats = self.victim.client.stats()
        self.assertEqual(stats.refusals["NOT_ALLOWED_HERE"], 4)


# Opens connections and sends a Hello byte by byte, a fixed number of bytes per round.
CROWD = """
import select, socket, sys, time
host, port, count, first = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
peers = []
for number in range(count):
    source = "127.%d.%d.1" % (first + number // 200, number % 200 + 1) if first else "127.0.0.1"
    peer = socket.socket()
    peer.bind((source, 0))
    peer.connect((host, port))
    peer.setblocking(False)
    peer.sendall(b"\\x7f")
    peers.append(peer)
print("here", flush=True)
rest = select.poll()
rest.register(sys.stdin, select.POLLIN | select.POLLHUP)
turn = 0
while not rest.poll(9_000 / max(1, count / 100)):
    for peer in peers[turn:turn + 100]:
        try:
            peer.send(b"\\x0a")
        except OSError:
            pass
    turn = (turn + 100) % count
"""


class Crowds(HostileTest):
    COUNT = 10_000

    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = self.COUNT + 1_000
        if hard < needed:
            self.skipTest(f"{needed} descriptors are needed, {hard} allowed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))

    def gather(self, listener, first):
        tool = self.program(sys.executable, "-c", CROWD, "127.0.0.1",
                            str(self.daemon.port(listener)), str(self.COUNT), str(first),
                            stdin=subprocess.PIPE)
        tool.out.until("here")
        return tool

    def until(self, read, value):
        """Waits for a value in the statistics while the victim runs."""
        deadline = time.monotonic() + DEADLINE
        while (now := read(self.victim.client.stats())) != value:
            self.assertLess(time.monotonic(), deadline, f"{now} instead of {value}")
            self.victim.live()

    def report(self, what, quiet):
        among = self.victim.live_for(SECONDS)
        print(f"{what}: p99 of a round {quiet:.0f} us alone, {among:.0f} us among them "
              f"({among / quiet:.2f}x), {self.resident() >> 20} MiB resident", file=sys.stderr)

    def test_that_send_one_byte_after_the_other(self):
        """All are accepted, none is authenticated."""
        self.start_beside_victim("""
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - {name: square, address: "tcp://127.0.0.1:0",
     limits: {max_connections: 20000, max_unauthenticated: 20000, hello_timeout: 1h,
              frame_timeout: 1h}}
""")
        quiet = self.victim.live_for(SECONDS)
        self.gather("square", 10)
        self.until(lambda stats: stats.connections, self.COUNT + 1)
        self.report(f"{self.COUNT} that send a byte in 9 s", quiet)
        self.until(lambda stats: stats.connections, self.COUNT + 1)
        self.assertLess(self.resident(), 256 << 20, "the budget")

    def test_of_one_network_leave_slots_for_others(self):
        self.start_beside_victim("""
listeners:
  - {name: native, address: "tcp://127.0.0.1:0"}
  - {name: square, address: "tcp://127.0.0.1:0", limits: {hello_timeout: 1h}}
""")
        quiet = self.victim.live_for(1)
        self.gather("square", 0)
        self.until(lambda stats: stats.refusals["TOO_MANY_CONNECTIONS"], self.COUNT - 1_024)
        self.report(f"{self.COUNT} of one network", quiet)
        peer = socket.create_connection(("127.0.0.1", self.daemon.port("square")), DEADLINE,
                                        ("127.9.9.9", 0))
        with Client(peer) as other:
            self.assertEqual(other.request("$SYS.echo", b"hi").message.payload, b"hi")


if __name__ == "__main__":
    unittest.main()
