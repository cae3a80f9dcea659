# SPDX-License-Identifier: Apache-2.0
"""A CSV of mixed orders from a seed, and what each of its rows asks for over REST."""

import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ["key", "kind", "product", "side", "quantity", "price", "force", "amount", "latitude",
           "longitude", "cancel"]
_SHARES = {"ACME": 1025, "GLOBEX": 4810}  # around which they are quoted, in cents
_ARTICLES = {"SHOE-42": 5990, "SHOE-43": 6490, "LACES": 350}
_TOWNS = [("52.520000", "13.405000"), ("48.137000", "11.575000"), ("50.110000", "8.682000")]


def cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def write(path: Path, count: int, seed: int) -> None:
    """So many orders, half of each world in a random order."""
    draw = random.Random(seed)
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        for number in range(count):
            make = _share if draw.random() < 0.5 else _shop
            rows.writerow({"key": f"{seed}-{number}", **make(draw)})


def read(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _share(draw: random.Random) -> dict[str, str]:
    product = draw.choices(list(_SHARES), [3, 1])[0]
    # Nobody sells what the desk does not have; the rest is sometimes too cheap to be executed.
    side = "sell" if product == "ACME" and draw.random() < 0.4 else "buy"
    price = _SHARES[product] * (100 + draw.randint(-3, 3)) // 100
    return {"kind": "trade", "product": product, "side": side,
            "quantity": str(draw.randint(1, 40)), "price": cents(price),
            "force": draw.choice(["immediate_or_cancel", "day", "fill_or_kill"]),
            "cancel": "yes" if draw.random() < 0.1 else ""}


def _shop(draw: random.Random) -> dict[str, str]:
    product = draw.choice(list(_ARTICLES))
    pieces = draw.randint(1, 3)
    latitude, longitude = draw.choice(_TOWNS)
    return {"kind": "online_order", "product": product, "side": "", "quantity": str(pieces),
            "amount": cents(pieces * _ARTICLES[product]), "latitude": latitude,
            "longitude": longitude}


@dataclass(frozen=True)
class Ask:
    """One request, which is the same however often it is sent."""

    key: str
    target: str
    body: bytes


def ask_of(row: dict[str, str]) -> Ask:
    body = _share_body(row) if row["kind"] == "trade" else _shop_body(row)
    return Ask(row["key"], "/v1/orders", json.dumps(body).encode())


def cancel_of(row: dict[str, str], order: str) -> Ask:
    return Ask(row["key"] + "-cancel", f"/v1/orders/{order}/cancel", b"{}")


def _share_body(row: dict[str, str]) -> dict:
    return {"kind": "trade", "account": "desk",
            "lines": [{"side": row["side"], "product": row["product"],
                       "quantity": row["quantity"], "price": row["price"]}],
            "terms": {"time_in_force": row["force"]}}


def _shop_body(row: dict[str, str]) -> dict:
    money = {"amount": row["amount"], "currency": "EUR"}
    return {"kind": "online_order", "account": "shop",
            "lines": [{"direction": "deliver", "product": row["product"],
                       "quantity": row["quantity"], "terms": {"line_amount": money}},
                      {"direction": "receive", "amount": money, "role": 1}],
            "terms": {"ship_to_latitude": row["latitude"],
                      "ship_to_longitude": row["longitude"]}}
