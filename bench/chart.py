"""Draws the figures of run.py: deliveries per second against payload size and subscribers, CPU."""

import math
import re
from html import escape

COLOURS = ["#888888", "#0b6e4f", "#17a673", "#7fd1ae", "#c44536", "#d9a441"]
WIDTH, HEIGHT, MARGIN = 420, 300, 56
PANELS = [
    ("deliveries/s against payload bytes", r"^1→1, (\d+) B$", "per_second"),
    ("deliveries/s against subscribers, 128 B", r"^1→(\d+), 128 B$", "per_second"),
    ("server's CPU ns/delivery against payload bytes", r"^1→1, (\d+) B$", "cpu_ns"),
]


def _points(figures, pattern, key, name):
    points = []
    for scenario, of_servers in figures.items():
        match = re.match(pattern, scenario)
        if match:
            points.append((int(match.group(1)), max(of_servers[name][key]["median"], 1)))
    return sorted(points)


def _scale(values, low, high):
    least, most = math.log10(min(values)), math.log10(max(values))
    span = (most - least) or 1
    return lambda value: low + (math.log10(value) - least) / span * (high - low)


def _label(value):
    for limit, unit in ((1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g}{unit}"
    return f"{value:g}"


def _panel(figures, names, offset, title, pattern, key):
    lines = {name: _points(figures, pattern, key, name) for name in names}
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    to_x = _scale(xs, offset + MARGIN, offset + WIDTH - 12)
    to_y = _scale(ys, HEIGHT - 36, 34)
    out = [f'<text x="{offset + MARGIN}" y="20" font-weight="bold">{escape(title)}</text>']
    for x in sorted(set(xs)):
        out.append(f'<text x="{to_x(x):.0f}" y="{HEIGHT - 14}" text-anchor="middle">'
                   f'{_label(x)}</text>')
    for power in range(math.ceil(math.log10(min(ys))), math.floor(math.log10(max(ys))) + 1):
        y = to_y(10 ** power)
        out.append(f'<line x1="{offset + MARGIN}" x2="{offset + WIDTH - 12}" y1="{y:.0f}" '
                   f'y2="{y:.0f}" stroke="#ddd"/><text x="{offset + MARGIN - 6}" y="{y + 4:.0f}" '
                   f'text-anchor="end">{_label(10 ** power)}</text>')
    for name, colour in zip(names, COLOURS):
        path = " ".join(f"{to_x(x):.1f},{to_y(y):.1f}" for x, y in lines[name])
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
    return "\n".join(out)


def draw(figures, names):
    width = WIDTH * len(PANELS)
    panels = [_panel(figures, names, i * WIDTH, title, pattern, key)
              for i, (title, pattern, key) in enumerate(PANELS)]
    legend = [f'<text x="{MARGIN + i * 190}" y="{HEIGHT + 16}" fill="{colour}">'
              f'■ {escape(name)}</text>' for i, (name, colour) in enumerate(zip(names, COLOURS))]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT + 30}" '
            'font-family="sans-serif" font-size="12">'
            f'<rect width="{width}" height="{HEIGHT + 30}" fill="white"/>\n'
            + "\n".join(panels + legend) + "\n</svg>\n")
