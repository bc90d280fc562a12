"""Starts the measured servers and reads their CPU time and memory."""

import copy
import json
import os
import signal
import socket
import subprocess
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running server. `wrapper` precedes its command: strace, valgrind."""

    # Share of each load: below 1 if the whole load would take minutes.
    share = 1.0

    def __init__(self, name, protocol, command, target, wrapper=(), last=None, **options):
        """`last`: the address that it opens last, if not `target`; "nowhere" to skip the wait."""
        self.name = name
        self.protocol = protocol
        self.target = target
        self.process = subprocess.Popen(
            [*wrapper, *command], **{"stdout": subprocess.DEVNULL, **options}
        )
        if last != "nowhere":
            self._wait_until_it_listens(*(last or target).split(":"))

    def _wait_until_it_listens(self, host, port):
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}")
            try:
                socket.create_connection((host, int(port))).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen at {host}:{port}")

    def at(self, name, target, protocol=None):
        """Returns the same process at another endpoint."""
        other = copy.copy(self)
        other.name, other.target, other.protocol = name, target, protocol or self.protocol
        return other

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self, field="VmRSS"):
        """`field`: VmHWM is the peak."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))

    def stop(self):
        # A wrapper with a child reports when the child ends.
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children",
                  encoding="ascii") as children:
            pids = [int(pid) for pid in children.read().split()] or [self.process.pid]
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Telex(Server):
    """telexd with one listener of each kind."""

    def __init__(self, bin_folder, folder, reactors=1, wrapper=(), spin="0us",
                 budget="256MiB"):
        self.unix = f"{folder}/telex{free_port()}.sock"
        self.json, self.nats, self.large, self.stalled = (f"127.0.0.1:{free_port()}" for _ in range(4))
        self.udp = f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
        self._tool = f"{bin_folder}/telex"
        target = f"127.0.0.1:{free_port()}"
        with tempfile.NamedTemporaryFile(
            "w", suffix=".yaml", dir=folder, delete=False, encoding="utf-8"
        ) as config:
            config.write(f"""\
server: {{reactors: {reactors}, spin: {spin}, memory_budget: {budget}}}
log: {{level: error}}
listeners:
  - {{name: native, address: "tcp://{target}",
     limits: {{max_connections: 100000, max_subscriptions: 1000000}}}}
  - {{name: unix, address: "unix://{self.unix}"}}
  - {{name: json, address: "tcp://{self.json}", protocol: json}}
  - name: nats
    address: "tcp://{self.nats}"
    protocol: nats
    limits: {{max_connections: 100000}}
    slow_consumer: {{policy: block}}
  - {{name: ingest, address: "udp://{self.udp}", protocol: raw, publish: ingest}}
  - {{name: large, address: "tcp://{self.large}", limits: {{max_frame: 65MiB}},
     slow_consumer: {{policy: block, max_pending: 65MiB}}}}
  # For stalled clients: keeps the maximum for them.
  - name: stalled
    address: "tcp://{self.stalled}"
    slow_consumer: {{policy: block, max_block: 10ms, fallback: drop-oldest, max_pending: 200MiB,
                     max_pending_age: 1h}}
""")
        name = f"telexd, {reactors} reactor{'s' if reactors > 1 else ''}"
        command = [f"{bin_folder}/telexd", "--config", config.name]
        super().__init__(name, "telex", command, target, wrapper, last=self.stalled)

    def by_unix_socket(self):
        return self.at(f"{self.name}, unix", "unix:" + self.unix)

    def by_json(self):
        endpoint = self.at(f"{self.name}, json", self.json, "json")
        endpoint.share = 0.5
        return endpoint

    def by_nats(self):
        return self.at(f"{self.name}, nats", self.nats, "nats")

    def for_large(self):
        return self.at(self.name, self.large)

    def for_stalled(self):
        return self.at(self.name, self.stalled)

    def by_datagrams(self):
        return self.at(self.name, self.udp)

    def statistics(self):
        status = subprocess.run(
            [self._tool, "status", "-s", f"tcp://{self.target}", "--format", "json"],
            check=True, capture_output=True, text=True,
        )
        return json.loads(status.stdout)["stats"]


def relay(bin_folder):
    port = free_port()
    return Server("relay", "relay", [f"{bin_folder}/exchange_relay", str(port)], f"127.0.0.1:{port}")


def datagram_sink(bin_folder, size):
    """Prints the number of datagrams when it is stopped."""
    port = free_port(socket.SOCK_DGRAM)
    command = [f"{bin_folder}/datagram_sink", str(port), str(size)]
    return Server("plain recvmmsg", "telex", command, f"127.0.0.1:{port}", last="nowhere",
                  stdout=subprocess.PIPE, text=True)


def nats():
    port = free_port()
    command = ["nats-server", "-a", "127.0.0.1", "-p", str(port)]
    # Its log goes to standard error.
    return Server("nats-server", "nats", command, f"127.0.0.1:{port}", stderr=subprocess.DEVNULL)


def redis():
    port = free_port()
    # No limit for slow subscribers, as with the other servers.
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
               "--client-output-buffer-limit", "pubsub 0 0 0"]
    return Server("redis-server", "redis", command, f"127.0.0.1:{port}")
