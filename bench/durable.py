"""Durable publications: telexd beside JetStream and redis with a sync for each write, and a bare loop of append and fdatasync."""

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time

import servers
from figures import median, print_table, rate, summary

# name, options of the generator, messages per publisher
LOADS = [
    ("128 B, 4,096 under way", ["--size", 128, "--window", 4096], 400_000),
    ("1 KiB, 4,096 under way", ["--size", 1024, "--window", 4096], 100_000),
    ("128 B, 100 subjects, 100 publishers", ["--size", 128, "--window", 64, "--publishers", 100, "--subjects", 100], 4_000),
    ("128 B, one at a time", ["--size", 128], 1_000),
    ("128 B, 64 publishers, one at a time each", ["--size", 128, "--publishers", 64], 400),
]
LOOPS = 1_000


def jetstream(folder):
    """nats-server with a stream in files. It acknowledges before its sync."""
    port = servers.free_port()
    store = tempfile.mkdtemp(dir=folder)
    server = servers.Server(
        "nats-server, JetStream", "nats", ["nats-server", "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", store],
        f"127.0.0.1:{port}", stderr=subprocess.DEVNULL)
    config = json.dumps({"name": "STORED", "subjects": ["stored.>"], "storage": "file", "num_replicas": 1,
                         "retention": "limits", "discard": "old", "max_msgs": -1, "max_bytes": -1, "max_age": 0,
                         "max_consumers": -1})
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b'CONNECT {"verbose":false}\r\nSUB reply 1\r\n'
            + f"PUB $JS.API.STREAM.CREATE.STORED reply {len(config)}\r\n{config}\r\n".encode())
        received = b""
        while b'"config"' not in received:
            received += client.recv(65536)
            if b'"error"' in received:
                raise RuntimeError(received.decode())
    return server


def redis(folder):
    """redis-server that syncs its file before each reply."""
    port = servers.free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tempfile.mkdtemp(dir=folder),
               "--appendonly", "yes", "--appendfsync", "always"]
    return servers.Server("redis-server, appendfsync always", "redis", command, f"127.0.0.1:{port}")


class Telex(servers.Server):
    """telexd with a stream, or one for each subject."""

    def __init__(self, bin_folder, folder, streams=1):
        target = f"127.0.0.1:{servers.free_port()}"
        names = [{"name": "stored", "subjects": ["stored.>"]}] if streams == 1 else [
            {"name": f"stored{number}", "subjects": [f"stored.{number}"]} for number in range(streams)]
        config = {
            "server": {"reactors": 1}, "log": {"level": "error"},
            "listeners": [{"name": "native", "address": f"tcp://{target}", "limits": {"max_connections": 1000}}],
            "storage": {"folder": tempfile.mkdtemp(dir=folder) + "/store"},
            "streams": names,
        }
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=folder, delete=False, encoding="utf-8") as file:
            json.dump(config, file)
        super().__init__(f"telexd, {streams} stream{'s' if streams > 1 else ''}", "telex",
                         [f"{bin_folder}/telexd", "--config", file.name], target)


def bare_loop(folder):
    """Microseconds of an append of 172 B and its fdatasync, one after the other."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(LOOPS):
            begin = time.perf_counter()
            os.write(file.fileno(), b"x" * 172)
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - begin) * 1e6)
    took.sort()
    return {"per_second": 1e6 * LOOPS / sum(took), "p50_us": took[LOOPS // 2], "p99_us": took[LOOPS * 99 // 100],
            "cpu_ns": 0}


def cell(figure):
    text = rate(figure)
    return text if median(figure, "p50_us") == 0 else f"{text}, p50 {median(figure, 'p50_us'):.0f} us"


def measure(generator, bin_folder, folder, rounds):
    figures = {name: {} for name, _, _ in LOADS}
    loops = []
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(server) for server in (
            Telex(bin_folder, folder), Telex(bin_folder, folder, 100), jetstream(folder), redis(folder))]
        for name, options, messages in LOADS:
            results = {server.name: [] for server in running}
            for _ in range(rounds):
                for server in running:
                    results[server.name].append(generator.run("stored", server, "--messages", messages, *options))
                loops.append(bare_loop(folder))
            figures[name] = {server: summary(of_server) for server, of_server in results.items()}
            print(f"measured {name}", flush=True)
    names = [server.name for server in running]
    print_table("Durable publications per second, and the server's CPU time for each", names,
                {name: [cell(of[server]) for server in names] for name, of in figures.items()})
    loop = summary(loops)
    print_table("Append and fdatasync of 172 B", ["median"], {"p50": [f"{median(loop, 'p50_us'):.0f} us"],
                                                              "p99": [f"{median(loop, 'p99_us'):.0f} us"]})
    return {"loads": figures, "loop": loop}
