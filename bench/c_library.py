"""Measures libtelex-c beside libnats: 128 bytes from one connection to another. Usage: c_library.py BIN [ROUNDS]

Each round runs both, in turn. Prints messages per second, and the ratio of the medians."""

import pathlib
import statistics
import subprocess
import sys
import tempfile

from servers import Server, free_port

COUNT = 2_000_000
DEADLINE = 60


def rate(program, url):
    return int(subprocess.run([program, url, str(COUNT)], check=True, capture_output=True, text=True,
                              timeout=DEADLINE).stdout)


def telexd(binaries, folder):
    port = free_port()
    config = pathlib.Path(folder) / "telexd.yaml"
    config.write_text(f"listeners: [{{name: bus, address: 'tcp://127.0.0.1:{port}'}}]\n")
    return Server("telexd", "telex", [binaries / "telexd", "--config", config], f"127.0.0.1:{port}",
                  stderr=subprocess.DEVNULL)


def nats():
    port = free_port()
    return Server("nats-server", "nats", ["nats-server", "-a", "127.0.0.1", "-p", str(port)], f"127.0.0.1:{port}",
                  stderr=subprocess.DEVNULL)


def main(binaries, rounds):
    rates = {"libtelex-c": [], "libnats": []}
    with tempfile.TemporaryDirectory() as folder:
        with telexd(binaries, folder) as telex_server, nats() as nats_server:
            for _ in range(rounds):
                rates["libtelex-c"].append(rate(binaries / "telex_rate", f"tcp://{telex_server.target}"))
                rates["libnats"].append(rate(binaries / "nats_rate", f"nats://{nats_server.target}"))
    for name, values in rates.items():
        print(f"{name:12}", *(f"{value:>11,}" for value in values))
    ratio = statistics.median(rates["libtelex-c"]) / statistics.median(rates["libnats"])
    print(f"ratio of the medians: {ratio:.1f}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3)
