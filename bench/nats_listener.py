"""Compares the nats listener of telexd with nats-server: the same clients, the same bytes. The relay moves as many bytes."""

import contextlib

import servers
from figures import median, print_table, summary
from peers import IDLE, IDLE_WARM_UP, cell, in_turn, measured

THROUGHPUT = [
    *[(f"1→1, {size} B", size, ["--size", size], messages) for size, messages in
      ((16, 4_000_000), (128, 2_500_000), (1024, 700_000))],
    ("1→20, 128 B", 128, ["--size", 128, "--subscribers", 20], 200_000),
    ("4→4 in pairs, 128 B", 128, ["--size", 128, "--publishers", 4, "--subscribers", 4, "--pairs"], 700_000),
]
REQUESTS = ("request and reply, 128 B", ["--size", 128], 10_000)
CROSSING = ("publisher to native subscriber, 128 B", ["--size", 128], 2_500_000)


def delivery_bytes(size):
    """Of a message of the throughput, in NATS' protocol."""
    return len(f"MSG bench.a 1 {size}\r\n") + size + 2


def throughput(generator, running, relay, rounds):
    figures = {}
    for name, size, options, messages in THROUGHPUT:
        figures[name] = in_turn(generator, running, "throughput", options, messages, rounds)
        as_many_bytes = [delivery_bytes(size) if option == size else option for option in options]
        figures[name] |= in_turn(generator, [relay], "throughput", as_many_bytes, messages, rounds)
        print(f"measured {name}", flush=True)
    return figures


def crossing(generator, telex, rounds):
    """Publishers of NATS and of telex, with a subscriber of telex, in turn."""
    name, options, messages = CROSSING
    to_native = ["--subscriber-protocol", "telex", "--subscriber-target", telex.target]
    results = {"nats": [], "native": []}
    for _ in range(rounds):
        results["nats"] += measured(generator, telex.by_nats(), "throughput", [*options, *to_native], messages)
        results["native"] += measured(generator, telex, "throughput", options, messages)
    return {publisher: summary(of_publisher) for publisher, of_publisher in results.items()}


def idle_bytes(generator, bin_folder, folder):
    """Resident memory of an idle subscribed connection of NATS, on fresh servers."""
    figures = {}
    for start in (lambda: servers.Telex(bin_folder, folder), servers.nats):
        with start() as server:
            of_nats = server.by_nats() if server.protocol == "telex" else server
            with generator.idle(of_nats, IDLE_WARM_UP):
                before = server.resident_bytes()
                with generator.idle(of_nats, IDLE):
                    figures[of_nats.name] = (server.resident_bytes() - before) / IDLE
    return figures


def ratio(figure, other):
    """Cell: the rate and the processor time, or the latencies, as multiples of those of another server."""
    keys = ("per_second", "cpu_ns") if "per_second" in figure else ("p50_us", "p99_us", "cpu_ns")
    return ", ".join(f"{median(figure, key) / median(other, key):.2f}" for key in keys)


def print_loads(figures, names, of_nats_server):
    def rows(cell_of):
        return {scenario: [cell_of(of, name) if name in of else "" for name in names] for scenario, of in figures.items()}

    print_table("Deliveries per second, and the server's CPU time per delivery; latencies of a request", names,
                rows(lambda of, name: cell(of[name])))
    print_table("The same as multiples of nats-server's", names, rows(lambda of, name: ratio(of[name], of[of_nats_server])))


def measure(generator, bin_folder, folder, rounds):
    with contextlib.ExitStack() as stack:
        relay = stack.enter_context(servers.relay(bin_folder))
        telex = [stack.enter_context(servers.Telex(bin_folder, folder, reactors)) for reactors in (1, 2)]
        other = stack.enter_context(servers.nats())
        running = [*(one.by_nats() for one in telex), other]
        figures = throughput(generator, running, relay, rounds)
        name, options, messages = REQUESTS
        figures[name] = in_turn(generator, running, "requests", options, messages, rounds)
        crossed = crossing(generator, telex[0], rounds)
    idle = idle_bytes(generator, bin_folder, folder)
    print_loads(figures, [relay.name, *(server.name for server in running)], other.name)
    print_table("Publisher to native subscriber, 128 B", list(crossed), {"": [cell(figure) for figure in crossed.values()]})
    print_table(f"Resident bytes per connection, {IDLE} idle subscribed connections", ["bytes"],
                {name: [f"{value:.0f}"] for name, value in idle.items()})
    return {"loads": figures, "crossing": crossed, "idle_connection_bytes": idle}
