#!/usr/bin/env python3
"""Measures telexd: against other servers, by size, next to a load, beside attacks, and by counting.

    bench/run.py BIN_FOLDER OUT_FOLDER [--rounds N] [--only PART ...]

Prints tables and writes exchange.json and exchange.svg. A result is the median of the rounds; the JSON
also has the minimum and the maximum. Never fails on a result.
"""

import argparse
import json
import pathlib
import resource
import tempfile

import attacks
import chart
import counts
import curves
import datagrams
import durable
import micro
import nats_listener
import neighbours
import peers
import secured
import syslog_files
from generator import Generator

PARTS = {
    "peers": peers.measure,
    "nats": nats_listener.measure,
    "durable": durable.measure,
    "curves": curves.measure,
    "neighbours": neighbours.measure,
    "attacks": attacks.measure,
    "datagrams": datagrams.measure,
    "tls": secured.measure,
    "syslog": syslog_files.measure,
    "counts": lambda generator, bin_folder, folder, rounds:
        counts.measure(generator, bin_folder, folder),
    "micro": lambda generator, bin_folder, folder, rounds: micro.measure(bin_folder),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin_folder")
    parser.add_argument("out_folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    args = parser.parse_args()
    args.out_folder.mkdir(parents=True, exist_ok=True)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    generator = Generator(args.bin_folder)
    report = {"rounds": args.rounds}
    with tempfile.TemporaryDirectory() as folder:
        for part in args.only:
            report[part] = PARTS[part](generator, args.bin_folder, folder, args.rounds)
    (args.out_folder / "exchange.json").write_text(
        json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    panels = chart.panels_of(report)
    if panels:
        (args.out_folder / "exchange.svg").write_text(chart.draw(panels), encoding="utf-8")


if __name__ == "__main__":
    main()
