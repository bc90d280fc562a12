"""Draws the results of run.py as lines on logarithmic axes."""

import math
import re
from html import escape

COLOURS = ["#888888", "#0b6e4f", "#17a673", "#7fd1ae", "#3d5a99", "#c44536", "#d9a441", "#8e44ad"]
WIDTH, HEIGHT, MARGIN = 420, 300, 56
PERCENTILES = {"p50_us": 2, "p90_us": 10, "p99_us": 100, "p999_us": 1000}


class Panel:
    """`lines`: {name: [(x, y)]}, all above 0."""

    def __init__(self, title, lines, x_label=None):
        self.title = title
        self.lines = lines
        self.x_label = x_label or _label


def panels_of(report):
    panels = []
    loads = report.get("peers", {}).get("loads", {})
    if loads:
        panels += [
            Panel("deliveries/s against payload bytes",
                  _lines(loads, r"^1→1, (\d+) B$", "per_second")),
            Panel("server's CPU ns/delivery against payload bytes",
                  _lines(loads, r"^1→1, (\d+) B$", "cpu_ns")),
            Panel("deliveries/s against subscribers, 128 B",
                  _lines(loads, r"^1→(\d+), 128 B$", "per_second")),
            _latency(loads["ping-pong, 128 B"]),
        ]
    curves = report.get("curves", {})
    for key, title in (("subscriptions", "CPU ns/message against subscriptions (left: none)"),
                       ("connections", "CPU ns/message against idle connections (left: none)")):
        if key in curves:
            points = [(max(int(x), 1), of["cpu_ns"]["median"]) for x, of in curves[key].items()]
            panels.append(Panel(title, {"telexd, 1 reactor": points}))
    return panels


def _lines(loads, pattern, key):
    lines = {}
    for scenario, of_servers in loads.items():
        match = re.match(pattern, scenario)
        if match:
            for name, figure in of_servers.items():
                point = (int(match.group(1)), max(figure[key]["median"], 1))
                lines.setdefault(name, []).append(point)
    return {name: sorted(points) for name, points in lines.items()}


def _latency(of_servers):
    names = {x: key.split("_")[0] for key, x in PERCENTILES.items()}
    return Panel(
        "round trip in us, by percentile",
        {name: [(x, figure[key]["median"]) for key, x in PERCENTILES.items()]
         for name, figure in of_servers.items()},
        lambda x: names[x],
    )


def _scale(values, low, high):
    least, most = math.log10(min(values)), math.log10(max(values))
    span = (most - least) or 1
    return lambda value: low + (math.log10(value) - least) / span * (high - low)


def _label(value):
    for limit, unit in ((1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g}{unit}"
    return f"{value:g}"


def _grid_values(least, most):
    """Returns 1, 2 and 5 times the powers of ten in this range."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    return [value for power in powers for value in (10**power, 2 * 10**power, 5 * 10**power)
            if least <= value <= most]


def _draw(panel, left, top, colours):
    xs = [x for points in panel.lines.values() for x, _ in points]
    ys = [y for points in panel.lines.values() for _, y in points]
    to_x = _scale(xs, left + MARGIN, left + WIDTH - 16)
    to_y = _scale(ys, top + HEIGHT - 36, top + 34)
    out = [f'<text x="{left + MARGIN}" y="{top + 20}" font-weight="bold">{escape(panel.title)}'
           '</text>']
    for x in sorted(set(xs)):
        out.append(f'<text x="{to_x(x):.0f}" y="{top + HEIGHT - 14}" text-anchor="middle">'
                   f'{panel.x_label(x)}</text>')
    for value in _grid_values(min(ys), max(ys)):
        y = to_y(value)
        out.append(f'<line x1="{left + MARGIN}" x2="{left + WIDTH - 16}" y1="{y:.0f}" '
                   f'y2="{y:.0f}" stroke="#ddd"/><text x="{left + MARGIN - 6}" y="{y + 4:.0f}" '
                   f'text-anchor="end">{_label(value)}</text>')
    for name, points in panel.lines.items():
        path = " ".join(f"{to_x(x):.1f},{to_y(y):.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colours[name]}" '
                   'stroke-width="2"/>')
    return "\n".join(out)


def draw(panels):
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    width, height = columns * WIDTH, rows * HEIGHT + 50
    drawn = [_draw(panel, i % columns * WIDTH, i // columns * HEIGHT, colours)
             for i, panel in enumerate(panels)]
    legend = [f'<text x="{MARGIN + i % 4 * 300}" y="{rows * HEIGHT + 16 + i // 4 * 20}" '
              f'fill="{colours[name]}">■ {escape(name)}</text>' for i, name in enumerate(names)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            'font-family="sans-serif" font-size="12">'
            f'<rect width="{width}" height="{height}" fill="white"/>\n'
            + "\n".join(drawn + legend) + "\n</svg>\n")
