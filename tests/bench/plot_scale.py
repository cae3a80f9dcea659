#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws how cost grows, on logarithmic axes, as docs/scale.svg:

    ./dev bench scale --json | tests/bench/plot_scale.py

Needs matplotlib (python3-matplotlib).
"""

import json
import re
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as pyplot  # noqa: E402  (the backend comes first)

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "scale.svg"


def points(figures: list[dict], name: str) -> list[tuple[float, dict]]:
    """What grows, and the figure, of those with this name behind a number."""
    found = [(re.fullmatch(rf"(\d+) {name}", figure["name"]), figure) for figure in figures]
    return [(float(match[1]), figure["value"]) for match, figure in found if match]


def draw(axes, figures: list[dict], name: str, label: str, what: str) -> None:
    chosen = points(figures, name)
    middles = [value["median"] for _, value in chosen]
    spread = [[value["median"] - value["low"] for _, value in chosen],
              [value["high"] - value["median"] for _, value in chosen]]
    axes.errorbar([x for x, _ in chosen], middles, yerr=spread, marker="o", capsize=3)
    axes.set(xlabel=label, ylabel=what, yscale="log", ylim=(min(middles) / 3, max(middles) * 3))
    axes.grid(True, which="both", alpha=0.3)


def main() -> int:
    sections = {section["section"]: section["figures"]
                for section in json.load(sys.stdin)["sections"]}
    if "scale" not in sections:
        print("the run has no part scale", file=sys.stderr)
        return 1
    figures = sections["scale"]
    # The same figures give the same file, and words stay words.
    pyplot.rcParams.update({"svg.hashsalt": "oms", "svg.fonttype": "none"})
    picture, (time, memory, checks) = pyplot.subplots(1, 3, figsize=(12, 3.6))
    draw(time, figures, "orders alive", "orders alive", "ns an input")
    draw(memory, figures, "orders alive, each", "orders alive", "bytes an order")
    draw(checks, figures, "checks in the chain", "checks in the chain", "ns an input")
    time.set_xscale("log")
    memory.set_xscale("log")
    checks.set_xscale("symlog", linthresh=1)
    checks.set_xlim(-0.2, 40)
    picture.tight_layout()
    picture.savefig(PICTURE, metadata={"Date": None})
    return 0


if __name__ == "__main__":
    sys.exit(main())
