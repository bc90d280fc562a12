"""TLS: `telex bench` over tcp and tls in turn, and handshakes by `openssl s_time`."""

import json
import os
import re
import subprocess

import servers
from figures import median, print_table, rate, summary

SIZES = {"16B": 2_000_000, "128B": 1_500_000, "1KiB": 400_000, "8KiB": 60_000, "64KiB": 8_000}
HANDSHAKE_SECONDS = 3


def make_certificate(folder):
    """Creates a self-signed certificate for the name "bench"."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", f"{folder}/tls.key", "-out", f"{folder}/tls.pem", "-days", "2", "-subj",
         "/CN=bench"], check=True, capture_output=True)
    os.chmod(f"{folder}/tls.key", 0o600)


class TelexWithTls(servers.Server):
    """One reactor, one listener without TLS and one with TLS."""

    def __init__(self, bin_folder, folder):
        self._tool = f"{bin_folder}/telex"
        self._ca = f"{folder}/tls.pem"
        self.secured = f"127.0.0.1:{servers.free_port()}"
        target = f"127.0.0.1:{servers.free_port()}"
        path = f"{folder}/tls.yaml"
        with open(path, "w", encoding="utf-8") as config:
            config.write(f"""\
server: {{reactors: 1}}
log: {{level: error}}
listeners:
  - {{name: plain, address: "tcp://{target}", slow_consumer: {{policy: block}}}}
  - name: secured
    address: "tcp://{self.secured}"
    slow_consumer: {{policy: block}}
    tls: {{certificate: {folder}/tls.pem, key: {folder}/tls.key}}
""")
        command = [f"{bin_folder}/telexd", "--config", path]
        super().__init__("telexd", "telex", command, target, last=self.secured)

    def load(self, scheme, size, count):
        """Runs a publisher and a subscriber of libtelex."""
        url = f"tls://{self.secured}" if scheme == "tls" else f"tcp://{self.target}"
        before = self.cpu_seconds()
        done = subprocess.run(
            [self._tool, "bench", "pubsub", "--size", size, "--count", str(count), "--format",
             "json", "--server", url, "--tls-ca", self._ca, "--tls-name", "bench"],
            check=True, capture_output=True, text=True)
        received = json.loads(done.stdout)["received"]
        cpu_seconds = self.cpu_seconds() - before
        return {"per_second": received["messagesPerSecond"],
                "cpu_ns": cpu_seconds * 1e9 / received["messages"]}

    def handshakes(self):
        """Measures sequential handshakes."""
        before = self.cpu_seconds()
        said = subprocess.run(
            ["openssl", "s_time", "-connect", self.secured, "-new", "-time", str(HANDSHAKE_SECONDS)],
            check=True, capture_output=True, text=True).stdout
        count, seconds = re.search(r"(\d+) connections in (\d+) real seconds", said).groups()
        return {"per_second": int(count) / int(seconds),
                "cpu_us": (self.cpu_seconds() - before) * 1e6 / int(count)}


def measure(_generator, bin_folder, folder, rounds):
    make_certificate(folder)
    figures = {size: {"tcp": [], "tls": []} for size in SIZES}
    handshakes = []
    with TelexWithTls(bin_folder, folder) as server:
        for _ in range(rounds):
            for size, count in SIZES.items():
                for scheme, results in figures[size].items():
                    results.append(server.load(scheme, size, count))
            handshakes.append(server.handshakes())
    loads = {size: {scheme: summary(of) for scheme, of in results.items()}
             for size, results in figures.items()}
    shaken = summary(handshakes)

    def ratio(of):
        share = median(of["tls"], "per_second") / median(of["tcp"], "per_second")
        return f"{share:.2f}"

    print_table("TLS 1.3 and plain TCP, 1→1 between two clients of libtelex",
                ["tcp", "tls", "tls / tcp"],
                {size: [rate(of["tcp"]), rate(of["tls"]), ratio(of)] for size, of in loads.items()})
    print_table("Sequential TLS handshakes", ["per second", "CPU time of the server"],
                {"P-256": [f"{median(shaken, 'per_second'):.0f}",
                           f"{median(shaken, 'cpu_us'):.0f} us"]})
    return {"loads": loads, "handshakes": shaken}
