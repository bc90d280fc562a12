"""Counts instructions, allocations and system calls per message.

A count is the difference between a long run and a short one, which excludes start and stop. Instructions are compared with
those that the tests guard, which count the same path without sockets.
"""

import json
import pathlib
import re

import servers
from figures import print_table

GUARDED = pathlib.Path(__file__).parent.parent / "tests/system/instructions/message_counts.json"
SHORT, LONG = 50_000, 150_000
# name as in GUARDED, endpoint, reactors, mode, options, deliveries per message
SCENARIOS = [
    ("1→1, 16 B", None, 1, "throughput", ["--size", 16], 1),
    ("1→1, 128 B", None, 1, "throughput", ["--size", 128], 1),
    ("1→1, 1 KiB", None, 1, "throughput", ["--size", 1024], 1),
    ("1→20, 128 B, per delivery", None, 1, "throughput",
     ["--size", 128, "--subscribers", 20], 20),
    ("no subscribers, 16 B, one subject", None, 1, "flood", ["--size", 16], 1),
    ("no subscribers, 16 B, unique subjects", None, 1, "flood",
     ["--size", 16, "--subjects", LONG], 1),
    ("1→1, 16 B, 2 reactors", None, 2, "throughput", ["--size", 16], 1),
    ("json, 1→1, 128 B", "by_json", 1, "throughput", ["--size", 128], 1),
]


def _per_message(generator, start, load, deliveries, wrapper, read):
    mode, endpoint, options = load
    counted = []
    for messages in (SHORT, LONG):
        server, report = start(wrapper)
        with server:
            through = getattr(server, endpoint)() if endpoint else server
            some = round(messages * through.share)
            generator.run(mode, through, "--messages", some, *options)
        counted.append((some, read(report.read_text(encoding="utf-8"))))
    (fewer, less), (more, most) = counted
    return (most - less) / (more - fewer) / deliveries


def _calls_of(table):
    """Sums the calls in strace's table: share, seconds, us/call, calls, optional errors, name."""
    rows = [line.split() for line in table.splitlines() if re.match(r" *\d+\.\d\d ", line)]
    return sum(int(row[3]) for row in rows if row[-1] != "total")


def _total_of(pattern):
    return lambda text: int(re.search(pattern, text).group(1).replace(",", ""))


COUNTERS = {
    "instructions": (
        lambda report: ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={report}"],
        _total_of(r"(?:totals|summary): (\d+)")),
    "allocations": (
        lambda report: ["valgrind", "--tool=memcheck", f"--log-file={report}"],
        _total_of(r"total heap usage: ([\d,]+) allocs")),
    "system calls": (
        lambda report: ["strace", "-f", "-c", "-o", str(report)],
        _calls_of),
}


def _of_guarded(name, instructions, guarded):
    return f"{instructions / guarded[name]:.2f}" if name in guarded else ""


def measure(generator, bin_folder, folder):
    report = pathlib.Path(folder, "report")
    guarded = json.loads(GUARDED.read_text(encoding="utf-8"))
    figures = {}
    for name, endpoint, reactors, mode, options, deliveries in SCENARIOS:
        def start(wrapper, reactors=reactors):
            return servers.Telex(bin_folder, folder, reactors, wrapper=wrapper(report)), report

        figures[name] = {
            what: _per_message(generator, start, (mode, endpoint, options), deliveries, *counter)
            for what, counter in COUNTERS.items()
        }
        print(f"counted {name}", flush=True)
    print_table("Per message, user code of telexd", [*COUNTERS, "instructions / guarded"],
                {name: [f"{of['instructions']:,.0f}", f"{of['allocations']:.3f}", f"{of['system calls']:.4f}",
                        _of_guarded(name, of["instructions"], guarded)] for name, of in figures.items()})
    return figures
