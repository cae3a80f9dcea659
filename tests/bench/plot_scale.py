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


def line(axes, figures: list[dict], name: str, label: str | None = None) -> list[float]:
    """Draws the figures of that name with their spread; what they are."""
    chosen = points(figures, name)
    middles = [value["median"] for _, value in chosen]
    spread = [[value["median"] - value["low"] for _, value in chosen],
              [value["high"] - value["median"] for _, value in chosen]]
    axes.errorbar([x for x, _ in chosen], middles, yerr=spread, marker="o", capsize=3, label=label)
    return middles


def finish(axes, drawn: list[float], label: str, what: str) -> None:
    axes.set(xlabel=label, ylabel=what, yscale="log", ylim=(min(drawn) / 3, max(drawn) * 3))
    if axes.get_xscale() == "linear":
        axes.set_xscale("log")
    axes.grid(True, which="both", alpha=0.3)
    if axes.get_legend_handles_labels()[1]:
        axes.legend()


def extrapolated(axes, figures: list[dict], name: str, place: str) -> list[float]:
    """Goes on, dashed, from the last that was measured, if there was no room to measure more."""
    last = points(figures, name)[-1]
    guessed = points(figures, name.replace(place, place + ", extrapolated"))
    if not guessed:
        return []
    chosen = [(x, value["median"]) for x, value in [last, *guessed]]
    axes.plot([x for x, _ in chosen], [y for _, y in chosen], "--", marker="o",
              markerfacecolor="white", color="C0", label="extrapolated")
    return [y for _, y in chosen]


def draw(figures: list[dict]) -> None:
    picture, rows = pyplot.subplots(2, 3, figsize=(12, 7))
    time, memory, lines, names, checks, journal = rows.flatten()
    finish(time,
           line(time, figures, "orders alive")
           + extrapolated(time, figures, "orders alive", "alive"),
           "orders alive", "ns an input")
    finish(memory,
           line(memory, figures, "orders alive, each", "an order")
           + line(memory, figures, "accounts, each", "an account")
           + line(memory, figures, "products, each", "a product"),
           "orders, accounts, products", "bytes each")
    finish(lines,
           line(lines, figures, "lines an order", "an order")
           + line(lines, figures, "lines an order, a line", "a line"),
           "lines an order", "ns to place, pay for and source")
    finish(names,
           line(names, figures, "accounts", "accounts")
           + line(names, figures, "products", "products"),
           "accounts, products", "ns an input")
    checks.set_xscale("symlog", linthresh=1)
    finish(checks, line(checks, figures, "checks in the chain"), "checks in the chain",
           "ns an input")
    checks.set_xlim(-0.2, 40)
    replay = "events in the journal, replay"
    finish(journal,
           line(journal, figures, replay) + extrapolated(journal, figures, replay, "journal"),
           "events in the journal", "s to replay it")
    picture.tight_layout()
    picture.savefig(PICTURE, metadata={"Date": None})


def main() -> int:
    sections = {section["section"]: section["figures"]
                for section in json.load(sys.stdin)["sections"]}
    if "scale" not in sections:
        print("the run has no part scale", file=sys.stderr)
        return 1
    # The same figures give the same file, and words stay words.
    pyplot.rcParams.update({"svg.hashsalt": "oms", "svg.fonttype": "none"})
    draw(sections["scale"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
