"""Latency of a small flow next to large ones, and the memory of the largest load.

A load always competes for CPU time. The runs in which the same load goes through a relay, and only
the small flow through telexd, show how much that is.
"""

import time

import servers
from figures import latency, print_table, summary

PING_PONG = ["--size", 16, "--messages", 3_000]
# name, endpoint of telexd, options of the generator
LOADS = [
    ("64 MiB messages to 2 subscribers", "for_large",
     ["--size", 64 << 20, "--messages", 4, "--subscribers", 2]),
    ("16 B messages at full rate", "for_large",
     ["--size", 16, "--messages", 3_000_000]),
]
STALLED_CLIENTS = 8
STALLED_LOAD = ["--size", 1024, "--messages", 700_000]
BUDGET = 256 << 20  # telexd's default
# With the default, a subscriber of messages of 64 MiB is cut when it is a little slow.
LARGE_BUDGET = "2GiB"


def latencies(generator, bin_folder, folder, rounds):
    def ping_pong(server):
        return summary([generator.run("ping-pong", server, *PING_PONG) for _ in range(rounds)])

    figures = {}
    for reactors in (1, 2):
        with servers.Telex(bin_folder, folder, reactors, budget=LARGE_BUDGET) as server, \
                servers.relay(bin_folder) as relay:
            of = figures[server.name] = {"alone": ping_pong(server)}
            for name, endpoint, load in LOADS:
                for what, through in (("the relay", relay), ("telexd", getattr(server, endpoint)())):
                    with generator.beside("throughput", through, *load):
                        time.sleep(1)  # until the load has started
                        of[f"next to {name} through {what}"] = ping_pong(server)
    columns = list(figures)
    print_table("Ping-pong, 16 B, next to a load", columns,
                {name: [latency(figures[column][name]) for column in columns]
                 for name in figures[columns[0]]})
    return figures


def memory(generator, bin_folder, folder):
    """Measures telexd's peak memory while stalled clients subscribe to a full flow."""
    with servers.Telex(bin_folder, folder) as server:
        generator.run("throughput", server, *STALLED_LOAD)
        before = server.resident_bytes()
        with generator.idle(server.for_stalled(), STALLED_CLIENTS, "--filter", "bench.a"):
            generator.run("throughput", server, *STALLED_LOAD)
        peak = server.resident_bytes("VmHWM")
        dropped = server.statistics()["droppedMessages"]
    share = (peak - before) / BUDGET
    print_table(f"Memory with {STALLED_CLIENTS} stalled subscribers, 1 KiB messages",
                ["before", "peak", "share of the budget", "dropped"],
                {"telexd": [f"{before >> 20} MiB", f"{peak >> 20} MiB", f"{share:.0%}",
                            str(dropped)]})
    return {"before": before, "peak": peak, "share_of_budget": share, "dropped": dropped}


def measure(generator, bin_folder, folder, rounds):
    return {
        "latency": latencies(generator, bin_folder, folder, rounds),
        "memory": memory(generator, bin_folder, folder),
    }
