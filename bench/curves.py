"""Measures the cost of a message by the number of subscriptions, connections and reactors."""

import servers
from figures import median, print_table, rate, summary

TABLE_CLIENTS = 100
TABLE = [0, 10_000, 100_000, 1_000_000]
SUBJECTS = 1_000_000
TABLE_BUDGET = "2GiB"  # subscriptions may take half of it
CONNECTIONS = [0, 1_000, 9_000, 19_000]
FLOWS = 4


def _rounds(generator, rounds, mode, server, *options):
    return summary([generator.run(mode, server, *options) for _ in range(rounds)])


def by_subscriptions(generator, bin_folder, folder, rounds):
    """Floods a million subjects in random order, with tables of different sizes."""
    flood = ["--subjects", SUBJECTS, "--messages", 2 * SUBJECTS, "--size", 16]
    figures = {}
    for size in TABLE:
        with servers.Telex(bin_folder, folder, budget=TABLE_BUDGET) as server:
            _rounds(generator, 1, "flood", server, *flood)
            before = server.resident_bytes()
            if size == 0:
                figures[size] = _rounds(generator, rounds, "flood", server, *flood)
                continue
            each = ["--subscriptions", size // TABLE_CLIENTS]
            with generator.idle(server, TABLE_CLIENTS, *each):
                memory = (server.resident_bytes() - before) / size
                figures[size] = _rounds(generator, rounds, "flood", server, *flood)
                figures[size]["bytes_per_subscription"] = memory
    print_table(
        "Messages to random subjects, 16 B, by number of subscriptions (10 % with wildcards)",
        ["rate, CPU time", "bytes per subscription"],
        {f"{size:,}": [rate(of), f"{of.get('bytes_per_subscription', 0):.0f}"]
         for size, of in figures.items()},
    )
    return figures


def by_connections(generator, bin_folder, folder, rounds):
    """One flow, with idle connections that have one subscription each."""
    load = ["--size", 128, "--messages", 2_500_000]
    figures = {}
    for idle in CONNECTIONS:
        with servers.Telex(bin_folder, folder) as server:
            if idle == 0:
                figures[idle] = _rounds(generator, rounds, "throughput", server, *load)
                continue
            with generator.idle(server, idle):
                figures[idle] = _rounds(generator, rounds, "throughput", server, *load)
    print_table("1→1, 128 B, by number of idle subscribed connections",
                ["rate, CPU time"],
                {f"{idle:,}": [rate(of)] for idle, of in figures.items()})
    return figures


def by_reactors(generator, bin_folder, folder, rounds):
    """Independent flows without subscribers: their clients leave both cores to the reactors."""
    load = ["--publishers", FLOWS, "--subjects", 1_000, "--messages", 4_000_000, "--size", 16]
    figures = {}
    for reactors in (1, 2):
        with servers.Telex(bin_folder, folder, reactors) as server:
            figures[reactors] = _rounds(generator, rounds, "flood", server, *load)
    gain = median(figures[2], "per_second") / median(figures[1], "per_second")
    print_table(f"{FLOWS} independent flows, 16 B, by number of reactors (gain: {gain:.2f})",
                ["rate, CPU time"],
                {str(reactors): [rate(of)] for reactors, of in figures.items()})
    return figures


def measure(generator, bin_folder, folder, rounds):
    return {
        "subscriptions": by_subscriptions(generator, bin_folder, folder, rounds),
        "connections": by_connections(generator, bin_folder, folder, rounds),
        "reactors": by_reactors(generator, bin_folder, folder, rounds),
    }
