"""Settings in which clients that are let in attack, and what the tests of these attacks share.

    class Work(InsideTest):
        @in_settings(ALL)
        def test_of_something(self):
            hostile = self.neighbour()       # on the victim's reactor
            alone = self.round_trips(200)
            ...

A test runs once in each setting, with a separate daemon and victim. Limits are asserted by counts; times are printed."""

import dataclasses
import functools
import hashlib
import json
import os
import ssl
import subprocess
import sys
import threading
import time

from hostile_test import HostileTest, Victim
from processes import DEADLINE
from wire import Client, admin_pb2, connect, sys_pb2, telex_pb2

MIB = 1 << 20
# Units of work, as in daemon/reactor/work_meter.hpp and ready_queue.hpp.
READ = 128
READ_BYTES = 64  # that many are a unit
WRITTEN_BYTES = 32
FLUSH = 512
FRAME = 8
DELIVERY = 8
NODE = 2
ENTRY = 2  # of a table
SUBSCRIPTION = 128
LIST_ENTRY = 64
REFUSAL = 1_024
MAX_SHARE = 49_152
SLICE = 4_096  # a short one


@dataclasses.dataclass(frozen=True)
class Setting:
    reactors: int
    secured: bool  # TLS over TCP; otherwise a unix socket
    users: bool    # victim and attackers are users, with tokens

    def __str__(self):
        return (f"{self.reactors} reactor{'s' * (self.reactors > 1)}, {'TLS' if self.secured else 'plain'}, "
                f"{'with' if self.users else 'without'} users")


# Each pair of values of two columns occurs.
ALL = (
    Setting(1, secured=False, users=False),
    Setting(1, secured=True, users=True),
    Setting(2, secured=False, users=True),
    Setting(2, secured=True, users=False),
    Setting(4, secured=False, users=False),
    Setting(4, secured=True, users=True),
)
# For attacks that take seconds: each value of each column.
FEW = (ALL[0], ALL[3], ALL[5])
SECURED = tuple(setting for setting in ALL if setting.secured)
WITH_USERS = tuple(setting for setting in ALL if setting.users)


def in_settings(settings):
    """Runs a test method of an InsideTest in each of the settings."""
    def decorate(test):
        @functools.wraps(test)
        def run(self):
            for setting in settings:
                with self.subTest(str(setting)):
                    self.enter(setting)
                    try:
                        test(self)
                    finally:
                        self.leave()
        return run
    return decorate


def frame(name, **fields):
    """Returns the bytes of a control frame."""
    one = telex_pb2.Frame()
    control = getattr(one, name)
    control.SetInParent()
    for field, value in fields.items():
        setattr(control, field, value)
    return Client.encode(one)


def message(subject, payload, **fields):
    return Client.encode(Client.message(subject, payload, **fields))


class Background(threading.Thread):
    """Runs a function, and only this thread uses its sockets meanwhile."""

    def __init__(self, function):
        super().__init__(daemon=True)
        self._function = function
        self._problem = None
        self.start()

    def run(self):
        try:
            self._function()
        except Exception as problem:  # finish() raises it
            self._problem = problem

    def finish(self):
        """Waits for the end; raises what the function raised."""
        self.join(DEADLINE)
        if self._problem is not None:
            raise self._problem
        if self.is_alive():
            raise TimeoutError("the attack does not end")


class InsideTest(HostileTest):
    """A victim and its attackers, separate users where there are users."""

    SERVER = ""    # further keys of the server: ", key: value"
    LISTENER = ""  # further lines of each listener
    TOKENS = {name: name * 8 for name in ("victim", "hostile", "crowd")}

    def setUp(self):
        super().setUp()
        self.setting = None
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", "server.key", "-out", "server.pem", "-days", "2", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            cwd=self.folder, check=True, capture_output=True, timeout=DEADLINE)
        self.context = ssl.create_default_context(cafile=f"{self.folder}/server.pem")

    # --- a setting ------------------------------------------------------------------------------

    def configuration(self):
        users = ""
        if self.setting.users:
            users = "users:\n" + "".join(
                f"  - name: {name}\n    tokens: \"sha256:{hashlib.sha256(token.encode()).hexdigest()}\"\n"
                f"{self.rights(name)}" for name, token in self.TOKENS.items())
        where = "address: unix://{folder}/NAME.sock"
        if self.setting.secured:
            where = ("address: \"tcp://127.0.0.1:0\"\n"
                     "    tls: {certificate: {folder}/server.pem, key: {folder}/server.key}")
        listeners = "  - {name: ops, address: \"unix://{folder}/ops.sock\"}\n"
        for name, text in {"native": "", **self.listeners()}.items():
            listeners += (f"  - name: {name}\n    {where.replace('NAME', name)}\n" + self.LISTENER + text)
        return (f"server: {{reactors: {self.setting.reactors}{self.SERVER}}}\n{users}listeners:\n{listeners}"
                + self.further_configuration())

    def listeners(self):
        """Further listeners of the setting's transport: {name: keys}."""
        return {}

    def further_configuration(self):
        return ""

    @staticmethod
    def rights(name):
        if name == "victim":  # and its operators
            return (f"    unix_users: \"{os.getuid()}\"\n    publish: {{allow: [\">\", \"$SYS.>\"]}}\n"
                    "    subscribe: {allow: \">\"}\n")
        return "    publish: {allow: [\">\", \"$SYS.echo\"]}\n    subscribe: {allow: \">\"}\n"

    def enter(self, setting):
        self.setting = setting
        self.clients = []
        self.start_daemon(self.configuration())
        self.operator = Client(f"unix://{self.folder}/ops.sock", "operator")
        self.clients.append(self.operator)
        self.victim = Victim(self.client("victim"))
        self.reactor_of_victim = self.reactor_of("victim")

    def leave(self):
        for client in self.clients:
            client.socket.close()
        self.daemon.check_books()
        self.daemon.end()

    # --- clients --------------------------------------------------------------------------------

    def address(self, listener="native"):
        return self.daemon.addresses(listener)[0]

    def connection(self, listener="native"):
        """Returns a connected socket of the setting's transport."""
        plain = connect(self.address(listener))
        if not self.setting.secured:
            return plain
        return self.context.wrap_socket(plain, server_hostname="localhost")

    def token(self, user):
        return {"token": self.TOKENS[user]} if self.setting.users else {}

    def client(self, name="hostile", user=None, listener="native"):
        """`user`: defaults to the user of this name, or to the hostile one."""
        user = user or (name if name in self.TOKENS else "hostile")
        client = Client(self.connection(listener), name, **self.token(user))
        if client.refusal is not None:
            raise AssertionError(client.refusal)
        self.clients.append(client)
        return client

    def neighbour(self, name="hostile", **options):
        """Returns a client on the victim's reactor. The others stay, so that the next one is elsewhere."""
        for number in range(1_000):
            client = self.client(f"{name}-{number}", **options)
            client.name = f"{name}-{number}"
            if self.reactor_of(client.name) == self.reactor_of_victim:
                return client
        raise AssertionError("none of them came to the victim's reactor")

    def ask(self, subject, query=None):
        return self.operator.request(subject, query.SerializeToString() if query else b"").message.payload

    def rows(self, **fields):
        """The list of connections; `fields` of the query."""
        query = admin_pb2.ListConnections(limit=1_000, **fields)
        return admin_pb2.ConnectionList.FromString(self.ask("$SYS.admin.connections", query)).connections

    def row_of(self, name):
        return next(row for row in self.rows() if row.client_name == name)

    def reactor_of(self, name):
        return self.row_of(name).reactor

    def subscribe_to(self, client, filters, **fields):
        """Subscribes with the numbers from 1; returns when all are confirmed."""
        count = 0
        data = bytearray()
        for count, pattern in enumerate(filters, 1):
            data += frame("subscribe", subscription=count, filter=pattern, **fields)
        client.socket.sendall(data)
        for _ in range(count):
            answer = client.receive()
            self.assertTrue(answer.HasField("subscribed"), answer)

    def discard(self, client):
        """Reads what arrives until the connection ends."""
        def read():
            try:
                while client.socket.recv(MIB):
                    pass
            except (OSError, ValueError):
                pass

        threading.Thread(target=read, daemon=True).start()

    def flood(self, client, data, times):
        """Sends in the background."""
        def write():
            for _ in range(times):
                client.socket.sendall(data)

        return Background(write)

    # --- figures --------------------------------------------------------------------------------

    def round_trips(self, count, beside=None):
        """The victim sends and receives, at least `count` times and while the thread `beside` runs. Returns the median and the
        99th percentile in milliseconds."""
        self.victim.times = []
        began = time.monotonic()
        while len(self.victim.times) < count or (beside is not None and beside.is_alive()):
            self.victim.live()
            self.assertLess(time.monotonic() - began, DEADLINE)
        if beside is not None:
            beside.finish()
        times = sorted(self.victim.times)
        return times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3

    def report(self, what, alone, beside):
        print(f"{what}, {self.setting}: p50 {alone[0]:.2f} ms and p99 {alone[1]:.2f} ms alone, p50 {beside[0]:.2f} ms and"
              f" p99 {beside[1]:.2f} ms beside it", file=sys.stderr)

    def stats(self):
        return sys_pb2.ServerStats.FromString(self.ask("$SYS.stats"))

    def reactors(self):
        return self.stats().reactors

    def work(self):
        """Of all reactors."""
        return sum(row.work for row in self.reactors())

    def expect_slices_up_to(self, most):
        """No reactor has ever spent more in a slice: a share, and what one step may exceed it by."""
        for row in self.reactors():
            self.assertLess(row.largest_slice, most, f"reactor {row.reactor}")

    def await_count(self, read, least):
        """Waits until the number that `read` finds in the statistics is at least this; returns the statistics. The victim lives
        meanwhile."""
        until = time.monotonic() + DEADLINE
        while read(stats := self.stats()) < least:
            self.victim.live()
            if time.monotonic() > until:
                raise AssertionError(f"{read(stats)} instead of {least}")
        return stats

    def await_connections(self, count):
        until = time.monotonic() + DEADLINE
        while (stats := self.stats()).connections != count:
            self.victim.live()
            if time.monotonic() > until:
                raise AssertionError(f"{stats.connections} connections instead of {count}")
        return stats


class JsonClient:
    """A connection of protocol json, after its Welcome."""

    def __init__(self, peer, **hello):
        self.socket = peer
        self.file = peer.makefile("rb")
        self.send({"hello": {"version": 1, **hello}})
        if "welcome" not in self.receive():
            raise AssertionError("no welcome")

    @staticmethod
    def encode(frame):
        return json.dumps(frame).encode() + b"\n"

    def send(self, frame):
        self.socket.sendall(self.encode(frame))

    def receive(self):
        return json.loads(self.file.readline())
