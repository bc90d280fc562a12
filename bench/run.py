#!/usr/bin/env python3
"""Measures telexd beside other servers, with one generator, in one run, in turn.

    bench/run.py BIN_FOLDER OUT_FOLDER [--rounds N]

Prints a table and writes exchange.json and exchange.svg. A figure is the median of the rounds, with
the smallest and the largest beside it in the JSON. Prints figures; passes or fails nothing.
"""

import argparse
import contextlib
import json
import pathlib
import re
import resource
import statistics
import subprocess
import tempfile

import chart
import servers

PATIENCE_SECONDS = 300

# name, options of the generator, messages by each publisher
THROUGHPUT = [
    *[(f"1→1, {size} B", ["--size", str(size)], messages) for size, messages in
      ((16, 4_000_000), (128, 2_500_000), (1024, 700_000), (8192, 120_000), (65536, 15_000))],
    *[(f"1→{n}, 128 B", ["--size", "128", "--subscribers", str(n)], 4_000_000 // n) for n in
      (5, 20, 100)],
    ("4→4 in pairs, 128 B",
     ["--size", "128", "--publishers", "4", "--subscribers", "4", "--pairs"], 700_000),
]
IDLE_WARM_UP = 500
IDLE = 9_000
PING_PONG = ("ping-pong, 128 B", ["--size", "128"], 10_000)


class Generator:
    def __init__(self, bin_folder):
        self._program = f"{bin_folder}/exchange_load"

    def run(self, mode, server, options, messages):
        command = [self._program, mode, "--protocol", server.protocol, "--target", server.target,
                   "--messages", str(messages), *options]
        before = server.cpu_seconds()
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        result = json.loads(done.stdout)
        count = result.get("deliveries", result.get("round_trips"))
        result["cpu_ns"] = (server.cpu_seconds() - before) * 1e9 / count
        return result

    @contextlib.contextmanager
    def idle(self, server, connections):
        command = [self._program, "idle", "--protocol", server.protocol, "--target", server.target,
                   "--subscribers", str(connections)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"{server.name} does not take {connections} connections")
            yield
            process.stdin.close()


def median_of(rounds, key):
    values = [result[key] for result in rounds]
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def measure(generator, running, rounds):
    """{scenario: {server: {figure: {median, min, max}}}}"""
    scenarios = [("throughput", *scenario) for scenario in THROUGHPUT]
    scenarios.append(("ping-pong", *PING_PONG))
    figures = {}
    for mode, name, options, messages in scenarios:
        results = {server.name: [] for server in running}
        for _ in range(rounds):
            for server in running:
                results[server.name].append(generator.run(mode, server, options, messages))
        figures[name] = {
            server: {key: median_of(of_server, key) for key in of_server[0]}
            for server, of_server in results.items()
        }
        print(f"measured {name}", flush=True)
    return figures


def idle_bytes(generator, running):
    """Resident memory for each idle subscribed connection."""
    figures = {}
    for server in running:
        with generator.idle(server, IDLE_WARM_UP):
            before = server.resident_bytes()
            with generator.idle(server, IDLE):
                figures[server.name] = (server.resident_bytes() - before) / IDLE
    return figures


def count_per_message(generator, bin_folder, folder, wrapper, read):
    """What `wrapper` counts, by message: the difference of a long run and a short one."""
    totals = []
    for messages in (100_000, 300_000):
        report = pathlib.Path(folder, "report")
        server = servers.telex(bin_folder, folder, 1, wrapper=[*wrapper(report)])
        generator.run("throughput", server, ["--size", "16"], messages)
        server.stop()
        totals.append(read(report.read_text(encoding="utf-8")))
    return (totals[1] - totals[0]) / 200_000


def calls_of(table):
    """The calls in strace's table: share, seconds, us/call, calls, errors if any, name."""
    rows = [line.split() for line in table.splitlines() if re.match(r" *\d+\.\d\d ", line)]
    return sum(int(row[3]) for row in rows if row[-1] != "total")


def counts(generator, bin_folder, folder):
    def total_of(pattern):
        return lambda text: int(re.search(pattern, text).group(1).replace(",", ""))

    return {
        "instructions": count_per_message(
            generator, bin_folder, folder,
            lambda report: ["valgrind", "--tool=callgrind", f"--callgrind-out-file={report}"],
            total_of(r"(?:totals|summary): (\d+)")),
        "allocations": count_per_message(
            generator, bin_folder, folder,
            lambda report: ["valgrind", "--tool=memcheck", f"--log-file={report}"],
            total_of(r"total heap usage: ([\d,]+) allocs")),
        "system calls": count_per_message(
            generator, bin_folder, folder,
            lambda report: ["strace", "-f", "-c", "-o", str(report)],
            calls_of),
    }


def print_table(figures, names):
    print("\n| | " + " | ".join(names) + " |\n|---" + "|---" * len(names) + "|")
    for scenario, of_servers in figures.items():
        cells = []
        for name in names:
            figure = of_servers[name]
            if "per_second" in figure:
                rate = figure["per_second"]["median"] / 1e6
                cells.append(f"{rate:.2f} M/s, {figure['cpu_ns']['median']:.0f} ns")
            else:
                cells.append(f"p50 {figure['p50_us']['median']:.0f} us, "
                             f"p99 {figure['p99_us']['median']:.0f} us")
        print(f"| {scenario} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin_folder")
    parser.add_argument("out_folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    generator = Generator(args.bin_folder)
    args.out_folder.mkdir(parents=True, exist_ok=True)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    running = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for start in (
                lambda: servers.relay(args.bin_folder),
                lambda: servers.telex(args.bin_folder, folder, 1),
                lambda: servers.telex(args.bin_folder, folder, 2),
                lambda: servers.telex(args.bin_folder, folder, 1, unix=True),
                servers.nats,
                servers.redis,
            ):
                running.append(start())
            figures = measure(generator, running, args.rounds)
            idle = idle_bytes(generator, [each for each in running if each.name != "relay"])
        finally:
            for server in running:
                server.stop()
        per_message = counts(generator, args.bin_folder, folder)
    names = [server.name for server in running]
    print_table(figures, names)
    print("\ntelexd, one reactor, 16 B, for each message: " +
          ", ".join(f"{value:.4g} {what}" for what, value in per_message.items()))
    print("\nresident bytes for each of " + f"{IDLE} idle subscribed connections: " +
          ", ".join(f"{name} {value:.0f}" for name, value in idle.items()))
    report = {"rounds": args.rounds, "figures": figures, "per_message": per_message,
              "idle_connection_bytes": idle}
    pathlib.Path(args.out_folder, "exchange.json").write_text(
        json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    pathlib.Path(args.out_folder, "exchange.svg").write_text(
        chart.draw(figures, names), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
