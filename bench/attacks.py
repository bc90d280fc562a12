"""Latency of a small flow beside clients that are let in and attack.

The same flow through a relay, beside the same number of bytes in and out through that relay, is what the load alone costs: the
relay only copies bytes, in one thread.
"""

import contextlib
import pathlib
import signal
import subprocess
import sys

import secured
import servers
from figures import median, print_table, summary

ATTACKER = str(pathlib.Path(__file__).with_name("attacker.py"))
PING_PONG = ["--size", 16, "--messages", 2_000]
# Endpoint of telexd, attack on the relay.
ATTACKS = {
    "deliveries": ("target", "relay"),
    "groups": ("target", "relay"),
    "wildcards": ("target", "relay"),
    "pings": ("target", "relay"),
    "lines": ("json", "relay"),
    "lists": ("unix", "relay"),
    "ends": ("target", "relay-ends"),
    "hellos": ("tls", "relay-ends"),
}
NAMES = {
    "deliveries": "10,000 deliveries for each message",
    "groups": "10,000 queue groups for each message",
    "wildcards": "wildcards at as many places as allowed",
    "pings": "pings",
    "lines": "bad lines of JSON",
    "lists": "lists of 100,000 subscriptions",
    "ends": "ends of clients with long queues",
    "hellos": "replayed hellos of TLS",
}


class Telex(servers.Server):
    """telexd with limits and policies as shipped."""

    def __init__(self, bin_folder, folder, reactors):
        self.unix = f"{folder}/attacked{servers.free_port()}.sock"
        self.json, self.tls = (f"127.0.0.1:{servers.free_port()}" for _ in range(2))
        target = f"127.0.0.1:{servers.free_port()}"
        path = f"{folder}/attacked.yaml"
        with open(path, "w", encoding="utf-8") as config:
            config.write(f"""\
server: {{reactors: {reactors}}}
log: {{level: error}}
listeners:
  - {{name: native, address: ["tcp://{target}", "unix://{self.unix}"]}}
  - {{name: json, address: "tcp://{self.json}", protocol: json}}
  - {{name: tls, address: "tcp://{self.tls}", tls: {{certificate: {folder}/tls.pem, key: {folder}/tls.key}}}}
""")
        super().__init__("telexd", "telex", [f"{bin_folder}/telexd", "--config", path], target, last=self.tls)


@contextlib.contextmanager
def attack(name, target, **facts):
    """Attacks while the caller measures. Yields the bytes of a block and of its effect."""
    process = subprocess.Popen([sys.executable, ATTACKER, name, target, *(f"{key}={value}" for key, value in facts.items())],
                               stdout=subprocess.PIPE, text=True)
    try:
        said = process.stdout.readline().split()
        if said[:1] != ["ready"]:
            raise RuntimeError(f"{name} did not begin")
        yield int(said[1]), int(said[2])
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended with {process.returncode}")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


def one_round(generator, name, telex, relay):
    """Returns the latencies of the flow through the relay and through telexd, alone and beside the attack."""
    endpoint, on_relay = ATTACKS[name]
    found = {"telexd alone": generator.run("ping-pong", telex, *PING_PONG)}
    with attack(name, getattr(telex, endpoint)) as (sent, caused):
        found["telexd"] = generator.run("ping-pong", telex, *PING_PONG)
    found["relay alone"] = generator.run("ping-pong", relay, *PING_PONG)
    with attack(on_relay, relay.target, **{"in": sent, "out": caused}):
        found["relay"] = generator.run("ping-pong", relay, *PING_PONG)
    return found


def cell(figure):
    return ", ".join(f"{median(figure, key):.0f}" for key in ("p50_us", "p90_us", "p99_us"))


def ratio(figures, key):
    return median(figures["telexd"], key) / median(figures["relay"], key)


def measure(generator, bin_folder, folder, rounds):
    secured.make_certificate(folder)
    report = {}
    for reactors in (1, 2):
        rows = {}
        for name in ATTACKS:
            found = []
            for _ in range(rounds):
                with Telex(bin_folder, folder, reactors) as telex, servers.relay(bin_folder) as relay:
                    found.append(one_round(generator, name, telex, relay))
            rows[name] = {key: summary([each[key] for each in found]) for key in found[0]}
        report[str(reactors)] = rows
        print_table(f"Ping-pong, 16 B, beside an attack, {reactors} reactor{'s' * (reactors > 1)}: p50, p90, p99 in us",
                    ["relay alone", "relay", "telexd alone", "telexd", "ratio of p90", "ratio of p99"],
                    {NAMES[name]: [*(cell(row[key]) for key in ("relay alone", "relay", "telexd alone", "telexd")),
                                   f"{ratio(row, 'p90_us'):.1f}", f"{ratio(row, 'p99_us'):.1f}"]
                     for name, row in rows.items()})
    return report
