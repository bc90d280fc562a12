"""UDP: one sender at full rate, to a raw listener and to a plain recvmmsg loop."""

import time

import servers
from figures import median, print_table, summary

SIZE = 64
KINDS = {"one by one": ([], 2_000_000), "batches of 64 (GSO, GRO)": (["--coalesced"], 20_000_000)}


def _flood(generator, server, options, messages):
    before = server.cpu_seconds()
    sent = generator.run("datagrams", server, "--size", SIZE, "--messages", messages, *options)
    time.sleep(0.2)  # until the last ones are read
    return sent["seconds"], server.cpu_seconds() - before


def _figures(received, seconds, cpu_seconds):
    return {"per_second": received / seconds, "cpu_ns": cpu_seconds * 1e9 / max(received, 1)}


def _into_sink(generator, bin_folder, options, messages):
    server = servers.datagram_sink(bin_folder, SIZE)
    time.sleep(0.2)  # it does not report when it listens
    seconds, cpu_seconds = _flood(generator, server, options, messages)
    server.stop()
    return _figures(int(server.process.stdout.read()), seconds, cpu_seconds)


def _into_telexd(generator, server, options, messages):
    before = int(server.statistics()["receivedMessages"])
    seconds, cpu_seconds = _flood(generator, server.by_datagrams(), options, messages)
    # Two requests for statistics are counted, too.
    received = int(server.statistics()["receivedMessages"]) - before - 2
    return _figures(received, seconds, cpu_seconds)


def measure(generator, bin_folder, folder, rounds):
    figures = {}
    with servers.Telex(bin_folder, folder) as server:
        for name, (options, messages) in KINDS.items():
            sink, telexd = [], []
            for _ in range(rounds):
                sink.append(_into_sink(generator, bin_folder, options, messages))
                telexd.append(_into_telexd(generator, server, options, messages))
            figures[name] = {"plain recvmmsg": summary(sink), "telexd": summary(telexd)}

    def cell(figure):
        return (f"{median(figure, 'per_second') / 1e6:.2f} M/s, "
                f"{median(figure, 'cpu_ns'):.0f} ns")

    print_table(f"Received UDP datagrams of {SIZE} B", ["plain recvmmsg", "telexd, raw"],
                {name: [cell(of["plain recvmmsg"]), cell(of["telexd"])]
                 for name, of in figures.items()})
    return figures
