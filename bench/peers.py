"""Compares telexd with the relay, nats-server and redis-server: all run, each is loaded in turn."""

import contextlib
import subprocess

import servers
from figures import latency, print_table, rate, summary

# name, options of the generator, messages per publisher
THROUGHPUT = [
    *[(f"1→1, {size} B", ["--size", size], messages) for size, messages in
      ((16, 4_000_000), (128, 2_500_000), (1024, 700_000), (8192, 120_000), (65536, 5_000))],
    *[(f"1→{n}, 128 B", ["--size", 128, "--subscribers", n], 4_000_000 // n) for n in
      (5, 20, 100)],
    ("4→4 in pairs, 128 B",
     ["--size", 128, "--publishers", 4, "--subscribers", 4, "--pairs"], 700_000),
]
PING_PONG = ("ping-pong, 128 B", ["--size", 128], 10_000)
BEATS = ("10,000 clients, a message a second each, 128 B",
         ["--size", 128, "--subscribers", 10_000], 5)
IDLE_WARM_UP = 500
IDLE = 9_000


def start_all(stack, bin_folder, folder):
    def started(server):
        return stack.enter_context(server)

    one = started(servers.Telex(bin_folder, folder))
    return [
        started(servers.relay(bin_folder)), one, started(servers.Telex(bin_folder, folder, 2)),
        one.by_unix_socket(), one.by_json(), started(servers.nats()), started(servers.redis()),
    ]


def measured(generator, server, mode, options, messages):
    """Returns no result if the server closed a connection: servers that drop messages are skipped."""
    try:
        return [generator.run(mode, server, "--messages", messages, *options)]
    except subprocess.CalledProcessError:
        print(f"skipped {server.name}: {mode} {options}")
        return []


def in_turn(generator, running, mode, options, messages, rounds):
    results = {server.name: [] for server in running}
    for _ in range(rounds):
        for server in running:
            some = max(1, round(messages * server.share))
            results[server.name] += measured(generator, server, mode, options, some)
    return {name: summary(of_server) for name, of_server in results.items() if of_server}


def idle_bytes(generator, bin_folder, folder):
    """Measures the resident memory of an idle subscribed connection, on fresh servers."""
    figures = {}
    for start in (lambda: servers.Telex(bin_folder, folder), servers.nats, servers.redis):
        with start() as server, generator.idle(server, IDLE_WARM_UP):
            before = server.resident_bytes()
            with generator.idle(server, IDLE):
                figures[server.name] = (server.resident_bytes() - before) / IDLE
    return figures


def cell(figure):
    return rate(figure) if "per_second" in figure else latency(figure)


def measure(generator, bin_folder, folder, rounds):
    figures = {}
    with contextlib.ExitStack() as stack:
        running = start_all(stack, bin_folder, folder)
        for name, options, messages in THROUGHPUT:
            figures[name] = in_turn(generator, running, "throughput", options, messages, rounds)
            print(f"measured {name}", flush=True)
        spinning = stack.enter_context(servers.Telex(bin_folder, folder, spin="200us"))
        spinning.name += ", spin"
        name, options, messages = PING_PONG
        figures[name] = in_turn(
            generator, [*running, spinning], "ping-pong", options, messages, rounds)
        name, options, messages = BEATS
        of_beats = [server for server in running if server.protocol in ("telex", "nats")]
        figures[name] = in_turn(generator, of_beats, "beats", options, messages, rounds)
    idle = idle_bytes(generator, bin_folder, folder)
    names = [server.name for server in running] + [spinning.name]
    print_table(
        "Deliveries per second, and the server's CPU time per delivery",
        names,
        {scenario: [cell(of[name]) if name in of else ""
                    for name in names] for scenario, of in figures.items()},
    )
    print_table(f"Resident bytes per connection, {IDLE} idle subscribed connections", ["bytes"],
                {name: [f"{value:.0f}"] for name, value in idle.items()})
    return {"loads": figures, "idle_connection_bytes": idle}
