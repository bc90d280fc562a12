"""Runs the microbenchmarks in sequence."""

import json
import subprocess

from figures import print_table

PROGRAMS = ("framing_bench", "scan_bench", "match_bench", "reactor_bench")


def measure(bin_folder):
    figures = {}
    for program in PROGRAMS:
        done = subprocess.run(
            [f"{bin_folder}/{program}", "--benchmark_format=json"],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for one in json.loads(done.stdout)["benchmarks"]:
            if one["name"].startswith("memory"):
                continue  # counts bytes, not time
            # Some process many items per iteration.
            rate = one.get("items_per_second")
            time = one["real_time" if "real_time" in one["name"] else "cpu_time"]
            figures[f"{program}: {one['name']}"] = 1e9 / rate if rate else time
    print_table("Microbenchmarks, ns", ["ns"],
                {name: [f"{value:.1f}"] for name, value in figures.items()})
    return figures
