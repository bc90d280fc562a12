"""Syslog over TCP into a file: telexd with a plain reader of a raw listener, beside rsyslog's imtcp and omfile.

Both get the same lines and write the same bytes. The time is from the first byte sent until the file is whole.
"""

import multiprocessing
import os
import pathlib
import shutil
import socket
import time

from figures import median, print_table, summary
from servers import TICKS, Server, free_port

MESSAGES = 1_000_000
BLOCK = 10_000  # lines in one write
TIME_LIMIT = 300
HEADERS = {
    "RFC 3164": "<13>Nov 29 18:33:00 web1.example nginx[1234]: ",
    "RFC 5424": '<13>1 2026-11-29T18:33:00.123456+00:00 web1.example nginx 1234 req [ex@32473 a="b" c="d"] ',
}
TEXT = "GET /some/path?with=arguments HTTP/1.1 200 4711 in 0.0042 s, line %07d"

TELEX = """\
server: {{reactors: 1}}
log: {{level: error}}
listeners:
  - {{name: in, address: "tcp://127.0.0.1:{port}", protocol: {protocol}, publish: "log.{subject}"{framing}}}
  - {{name: out, address: "tcp://127.0.0.1:{out}", protocol: raw, subscribe: "log.>", framing: lines,
     slow_consumer: {{policy: block, max_block: 1h, max_pending: 4MiB}}}}
"""
RSYSLOG = """\
global(workDirectory="{folder}")
module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="{port}")
template(name="raw" type="string" string="%rawmsg%\\n")
action(type="omfile" file="{file}" template="raw")
"""
# name: protocol, the rest of the subject
TELEX_KINDS = {
    "telexd, raw": ("raw", "{peer}", ", framing: syslog"),
    "telexd, syslog": ("syslog", "{peer}", ""),
    "telexd, syslog, subject of parts": ("syslog", "{severity}.{host}.{app}", ""),
}


def _lines(header, path):
    """Writes the input to a file; returns its size."""
    with open(path, "w", encoding="ascii") as file:
        for first in range(0, MESSAGES, BLOCK):
            file.write("".join(f"{header}{TEXT}\n" % n for n in range(first, first + BLOCK)))
    return os.path.getsize(path)


def _copy_to_file(address, path):
    with socket.create_connection(address) as source, open(path, "wb", buffering=0) as file:
        while block := source.recv(1 << 18):
            file.write(block)


class _FileReader:
    """A process that connects to telexd and writes what comes to a file."""

    def __init__(self, address, path):
        self._process = multiprocessing.get_context("fork").Process(
            target=_copy_to_file, args=(address, path), daemon=True)
        self._process.start()
        self.pid = self._process.pid
        while not os.path.exists(path):
            time.sleep(0.01)
        time.sleep(0.2)  # until it is subscribed

    def stop(self):
        self._process.kill()
        self._process.join()


def _cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _measured(server, port, lines, size, file, reader=None):
    """Sends all lines; returns figures when the file is whole."""
    pids = [server.process.pid] + ([reader.pid] if reader else [])
    before = [_cpu_seconds(pid) for pid in pids]
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as sender, open(lines, "rb") as source:
        sender.sendfile(source)
        while not os.path.exists(file) or os.path.getsize(file) < size:
            if time.monotonic() - begin > TIME_LIMIT:
                raise TimeoutError(f"{server.name} wrote {os.path.getsize(file)} of {size} bytes")
            time.sleep(0.002)
    seconds = time.monotonic() - begin
    used = [_cpu_seconds(pid) - was for pid, was in zip(pids, before)]
    return {"per_second": MESSAGES / seconds, "cpu_ns": used[0] * 1e9 / MESSAGES,
            "all_cpu_ns": sum(used) * 1e9 / MESSAGES}


def _telex(kind, bin_folder, folder, lines, size):
    protocol, subject, framing = TELEX_KINDS[kind]
    port, out, file = free_port(), free_port(), f"{folder}/telex.log"
    config = pathlib.Path(folder, "syslog.yaml")
    config.write_text(TELEX.format(port=port, out=out, protocol=protocol, subject=subject, framing=framing),
                      encoding="utf-8")
    command = [f"{bin_folder}/telexd", "--config", str(config)]
    with Server(kind, protocol, command, f"127.0.0.1:{out}") as server:
        reader = _FileReader(("127.0.0.1", out), file)
        try:
            return _measured(server, port, lines, size, file, reader)
        finally:
            reader.stop()
            os.unlink(file)


def _rsyslog(folder, lines, size):
    port, file = free_port(), f"{folder}/rsyslog.log"
    config = pathlib.Path(folder, "rsyslog.conf")
    config.write_text(RSYSLOG.format(folder=folder, port=port, file=file), encoding="utf-8")
    command = [shutil.which("rsyslogd") or "/usr/sbin/rsyslogd", "-n", "-f", str(config),
               "-i", f"{folder}/rsyslog.pid"]
    with Server("rsyslog", "syslog", command, f"127.0.0.1:{port}") as server:
        # Its messages about itself are in the file as well.
        before = os.path.getsize(file) if os.path.exists(file) else 0
        try:
            return _measured(server, port, lines, before + size, file)
        finally:
            os.unlink(file)


def measure(_generator, bin_folder, folder, rounds):
    figures = {}
    for form, header in HEADERS.items():
        lines = f"{folder}/lines"
        size = _lines(header, lines)
        results = {name: [] for name in ["rsyslog, imtcp to omfile", *TELEX_KINDS]}
        for _ in range(rounds):
            for name, of_one in results.items():
                of_one.append(_telex(name, bin_folder, folder, lines, size) if name in TELEX_KINDS
                              else _rsyslog(folder, lines, size))
        figures[form] = {name: summary(of_one) for name, of_one in results.items()}

    def cell(figure):
        return (f"{median(figure, 'per_second') / 1e6:.2f} M/s, {median(figure, 'cpu_ns'):.0f} ns"
                f" ({median(figure, 'all_cpu_ns'):.0f} with the reader)")

    print_table(f"{MESSAGES:,} syslog messages over TCP into a file: rate, and CPU time a message",
                list(figures), {name: [cell(figures[form][name]) for form in figures]
                                for name in next(iter(figures.values()))})
    return figures
