# SPDX-License-Identifier: Apache-2.0
"""What the simulated parties wrote down in books of their own: what reached them, what they did."""

import urllib.parse
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

# As the parties number them.
PLACE, SIGNAL = 1, 5
ACKED, REFUSED, EXECUTED = 1, 2, 3


@dataclass
class Route:
    """One order at a party."""

    order: int = 0
    places: list[int] = field(default_factory=list)  # the numbers of the requests that placed it
    asked: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # quantity by line
    acked: int = 0
    executed: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    executions: list[str] = field(default_factory=list)
    captures: list[int] = field(default_factory=list)


def read_books(data: Path) -> dict[str, dict[int, Route]]:
    """The routes of each party, by the name of its instance."""
    books = {}
    for book in sorted(data.rglob("*.book")):
        instance = book.relative_to(data).parts[-2]
        books[instance] = _read(book)
    return books


def _read(book: Path) -> dict[int, Route]:
    routes: dict[int, Route] = defaultdict(Route)
    for line in book.read_text(encoding="utf-8").split("\n")[:-1]:
        checksum, _, rest = line.partition(" ")
        assert f"{zlib.crc32(rest.encode()):08x}" == checksum, f"{book} has a damaged line: {line}"
        word, *pairs = rest.split(" ")
        values = {name: urllib.parse.unquote(value)
                  for name, _, value in (pair.partition("=") for pair in pairs)}
        if word == "request":
            _take_request(routes[int(values.get("route", 0))], values)
        elif word == "event":
            _take_event(routes[int(values.get("route", 0))], values)
    return dict(routes)


def _take_request(route: Route, values: dict[str, str]) -> None:
    if int(values.get("verb", 0)) == SIGNAL:
        route.captures.append(int(values.get("quantity", 0)))
    if int(values.get("verb", 0)) != PLACE:
        return
    route.order = int(values.get("order", 0))
    route.places.append(int(values["number"]))
    for line, quantity in _items(values):
        route.asked[line] += quantity


def _take_event(route: Route, values: dict[str, str]) -> None:
    # Told again, or told after it was lost: it happened once.
    if values.get("again") or values.get("told"):
        return
    say = int(values.get("say", 0))
    if say == ACKED:
        route.acked += 1
    if say != EXECUTED:
        return
    route.executions.append(values.get("execution", ""))
    items = list(_items(values))
    for line, quantity in items or [(0, int(values.get("quantity", 0)))]:
        route.executed[line] += quantity


def _items(values: dict[str, str]):
    for item in values.get("items", "").split(";"):
        named = dict(pair.split("=", 1) for pair in item.split() if "=" in pair)
        if named:
            yield int(named.get("l", 0)), int(named.get("q", 0))
