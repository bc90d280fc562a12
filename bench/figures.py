"""Summaries of several rounds, and their tables."""

import statistics


def summary(rounds):
    """Returns {key: {median, min, max}} of a list of {key: number}."""
    return {
        key: {
            "median": statistics.median(values := [each[key] for each in rounds]),
            "min": min(values),
            "max": max(values),
        }
        for key in rounds[0]
    }


def median(figure, key):
    return figure[key]["median"]


def rate(figure):
    return f"{median(figure, 'per_second') / 1e6:.2f} M/s, {median(figure, 'cpu_ns'):.0f} ns"


def latency(figure):
    times = f"p50 {median(figure, 'p50_us'):.0f} us, p99 {median(figure, 'p99_us'):.0f} us"
    return f"{times}, {median(figure, 'cpu_ns'):.0f} ns"


def print_table(title, columns, rows):
    """`rows`: {name: [cell]}, in Markdown."""
    print(f"\n{title}\n\n| | " + " | ".join(columns) + " |\n|---" + "|---" * len(columns) + "|")
    for name, cells in rows.items():
        print(f"| {name} | " + " | ".join(cells) + " |")
    print(flush=True)
