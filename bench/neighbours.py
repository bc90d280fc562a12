"""A small flow beside large ones, and how much memory the largest load takes.

A load takes processors from its neighbour even where it takes nothing else. How much that is shows
in a run where the same load goes through a relay, and only the small flow through telexd.
"""

import time

import servers
from figures import latency, print_table, summary

PING_PONG = ["--size", 16, "--messages", 3_000]
# name, telexd's entrance, options of the generator
LOADS = [
    ("64 MiB messages to 2 subscribers", "for_large",
     ["--size", 64 << 20, "--messages", 4, "--subscribers", 2]),
    ("16 B messages, as many as fit through", "for_large",
     ["--size", 16, "--messages", 3_000_000]),
]
STALLED_CLIENTS = 8
STALLED_LOAD = ["--size", 1024, "--messages", 700_000]
BUDGET = 256 << 20  # telexd's standard


def latencies(generator, bin_folder, folder, rounds):
    def ping_pong(server):
        return summary([generator.run("ping-pong", server, *PING_PONG) for _ in range(rounds)])

    figures = {}
    for reactors in (1, 2):
        with servers.Telex(bin_folder, folder, reactors) as server, \
                servers.relay(bin_folder) as relay:
            of = figures[server.name] = {"alone": ping_pong(server)}
            for name, entrance, load in LOADS:
                for what, through in (("the relay", relay), ("telexd", getattr(server, entrance)())):
                    with generator.beside("throughput", through, *load):
                        time.sleep(1)  # until the load is under way
                        of[f"beside {name} through {what}"] = ping_pong(server)
    columns = list(figures)
    print_table("Ping-pong, 16 B, beside a neighbour", columns,
                {name: [latency(figures[column][name]) for column in columns]
                 for name in figures[columns[0]]})
    return figures


def memory(generator, bin_folder, folder):
    """What telexd takes at most while clients that never read subscribe to a full flow."""
    with servers.Telex(bin_folder, folder) as server:
        generator.run("throughput", server, *STALLED_LOAD)
        before = server.resident_bytes()
        with generator.idle(server.for_stalled(), STALLED_CLIENTS, "--filter", "bench.a"):
            generator.run("throughput", server, *STALLED_LOAD)
        most = server.resident_bytes("VmHWM")
        dropped = server.statistics()["droppedMessages"]
    part = (most - before) / BUDGET
    print_table(f"Memory beside {STALLED_CLIENTS} subscribers that never read, 1 KiB messages",
                ["before", "at most", "part of the budget", "dropped"],
                {"telexd": [f"{before >> 20} MiB", f"{most >> 20} MiB", f"{part:.0%}",
                            str(dropped)]})
    return {"before": before, "most": most, "part_of_budget": part, "dropped": dropped}


def measure(generator, bin_folder, folder, rounds):
    return {
        "latency": latencies(generator, bin_folder, folder, rounds),
        "memory": memory(generator, bin_folder, folder),
    }
