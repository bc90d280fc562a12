"""The servers that are compared: how each is started, where it listens, and what it used."""

import os
import signal
import socket
import subprocess
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running server. `wrapper` goes before its command: strace, valgrind."""

    def __init__(self, name, protocol, command, target, wrapper=()):
        self.name = name
        self.protocol = protocol
        self.target = target
        self.process = subprocess.Popen(
            [*wrapper, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait_until_it_listens()

    def _wait_until_it_listens(self):
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}")
            try:
                if self.target.startswith("unix:"):
                    with socket.socket(socket.AF_UNIX) as probe:
                        probe.connect(self.target[len("unix:"):])
                else:
                    host, port = self.target.split(":")
                    socket.create_connection((host, int(port))).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen at {self.target}")

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))

    def stop(self):
        # A wrapper that has a child reports when that ends.
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


def telex(bin_folder, folder, reactors, unix=False, wrapper=()):
    target = f"unix:{folder}/telex{reactors}.sock" if unix else f"127.0.0.1:{free_port()}"
    address = target.replace("unix:", "unix://") if unix else "tcp://" + target
    name = f"telex, {reactors} reactor{'s' if reactors > 1 else ''}{', unix' if unix else ''}"
    with tempfile.NamedTemporaryFile(
        "w", suffix=".yaml", dir=folder, delete=False, encoding="utf-8"
    ) as config:
        config.write(f"server: {{reactors: {reactors}}}\n"
                     "log: {level: error}\n"
                     f"listeners:\n  - {{name: native, address: \"{address}\"}}\n")
    command = [f"{bin_folder}/telexd", "--config", config.name]
    return Server(name, "telex", command, target, wrapper)


def relay(bin_folder):
    port = free_port()
    return Server("relay", "relay", [f"{bin_folder}/exchange_relay", str(port)], f"127.0.0.1:{port}")


def nats():
    port = free_port()
    command = ["nats-server", "-a", "127.0.0.1", "-p", str(port)]
    return Server("nats-server", "nats", command, f"127.0.0.1:{port}")


def redis():
    port = free_port()
    # A subscriber that lags is kept waiting for, as with the others.
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
               "--client-output-buffer-limit", "pubsub 0 0 0"]
    return Server("redis-server", "redis", command, f"127.0.0.1:{port}")
