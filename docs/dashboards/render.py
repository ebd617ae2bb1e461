#!/usr/bin/env python3
"""Draws dbop.json as an HTML page of SVG charts, from the answers of a Prometheus server to its panels' queries.

usage: render.py PROMETHEUS_URL SECONDS OUTPUT.html [END, in seconds since 1970]
Not Grafana: titles, places and queries are the dashboard's, the drawing is this script's.
"""
import html
import json
import math
import pathlib
import sys
import time
import urllib.parse
import urllib.request

COLOURS = ["#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#8ab8ff", "#ffa6b0"]
COLUMN, ROW, GAP = 60, 36, 8


def ask(server, expr, start, end):
    expr = expr.replace("$__rate_interval", "15s").replace('"$name"', '".*"')
    query = urllib.parse.urlencode({"query": expr, "start": start, "end": end, "step": 2})
    with urllib.request.urlopen(f"{server}/api/v1/query_range?{query}") as answer:
        return json.load(answer)["data"]["result"]


def legend(text, labels):
    for label, value in labels.items():
        text = text.replace("{{" + label + "}}", value)
    return text


def series(server, panel, start, end):
    found = []
    for target in panel["targets"]:
        for result in ask(server, target["expr"], start, end):
            points = [(float(t), float(v)) for t, v in result["values"] if math.isfinite(float(v))]
            if points:
                found.append((legend(target["legendFormat"], result["metric"]), points))
    return found


def shown(value, unit):
    if unit == "s":
        return f"{value * 1000:.3g} ms" if 0 < value < 1 else f"{value:.3g} s"
    return f"{value:.3g}" + (" /s" if unit == "ops" else "")


def chart(panel, found, start, end, width, height):
    unit = panel["fieldConfig"]["defaults"]["unit"]
    left, top = 58, 34
    plot_w, plot_h = width - left - 12, height - top - 66
    most = max((v for _, points in found for _, v in points), default=0) or 1
    scale = 10 ** math.floor(math.log10(most))
    most = next(scale * m for m in (1, 2, 2.5, 5, 10) if scale * m >= most)
    parts = []
    for i in range(5):
        y = top + plot_h - plot_h * i / 4
        parts.append(f'<line x1="{left}" x2="{left + plot_w}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" class="axis" text-anchor="end">{shown(most * i / 4, unit)}</text>')
    for minute in range(math.ceil(start / 60), math.floor(end / 60) + 1):
        x = left + plot_w * (minute * 60 - start) / (end - start)
        label = time.strftime("%H:%M", time.gmtime(minute * 60))
        if x < width - 20:
            parts.append(f'<text x="{x:.1f}" y="{top + plot_h + 14}" class="axis" text-anchor="middle">{label}</text>')
    x, y = left, height - 34
    for i, (name, points) in enumerate(found):
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join(f"{left + plot_w * (t - start) / (end - start):.1f},{top + plot_h * (1 - v / most):.1f}" for t, v in points)
        parts.append(f'<polyline points="{path}" stroke="{colour}"/>')
        if x > left and x + 14 + 5.6 * len(name) > width:
            x, y = left, y + 14
        parts.append(f'<rect x="{x:.0f}" y="{y - 5}" width="10" height="3" fill="{colour}"/>')
        parts.append(f'<text x="{x + 14:.0f}" y="{y}" class="axis">{html.escape(name)}</text>')
        x += 26 + 5.6 * len(name)
    if not found:
        parts.append(f'<text x="{width / 2}" y="{height / 2}" class="axis" text-anchor="middle">no data: it did not happen</text>')
    return "".join(parts)


def panel_svg(server, panel, start, end):
    place = panel["gridPos"]
    width, height = place["w"] * COLUMN - GAP, place["h"] * ROW - GAP
    found = series(server, panel, start, end)
    if panel["type"] == "stat":
        unit = panel["fieldConfig"]["defaults"]["unit"]
        value = shown(found[0][1][-1][1], unit) if found else "no data"
        inside = f'<text x="{width / 2}" y="{height / 2 + 20}" class="stat" text-anchor="middle">{value}</text>'
    else:
        inside = chart(panel, found, start, end, width, height)
    style = f'left:{place["x"] * COLUMN}px;top:{place["y"] * ROW}px;width:{width}px;height:{height}px'
    title = html.escape(panel["title"])
    return f'<svg style="{style}" viewBox="0 0 {width} {height}"><text x="10" y="20" class="title">{title}</text>{inside}</svg>'


def main():
    server, seconds, output = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
    dashboard = json.loads(pathlib.Path(__file__).with_name("dbop.json").read_text())
    end = float(sys.argv[4]) if len(sys.argv) > 4 else time.time()
    svgs = "".join(panel_svg(server, panel, end - seconds, end) for panel in dashboard["panels"])
    style = (
        "body{margin:8px;background:#111217;font:12px sans-serif}svg{position:absolute;margin:8px;background:#181b1f;"
        "border:1px solid #2a2d33}.title{fill:#d8d9da;font-size:14px}.axis{fill:#9fa3a8;font-size:11px}"
        ".grid{stroke:#2a2d33}polyline{fill:none;stroke-width:1.5}.stat{fill:#73bf69;font-size:44px}"
    )
    output.write_text(f'<!DOCTYPE html><meta charset="utf-8"><title>dbop</title><style>{style}</style>{svgs}')


main()
