# SPDX-License-Identifier: Apache-2.0
"""Buys what has fallen below its average, and sells what has risen above it.

    PYTHONPATH=build/dev/python /usr/bin/python3 examples/03_python_strategy/strategy.py

The kernel is in memory and its clock is the script's: a day of quotes takes a second. Checks,
holds, lifecycle and books are those of an oms that runs.
"""

import csv
from collections import deque
from decimal import Decimal
from pathlib import Path

import oms
from paper_venue import PaperVenue

HERE = Path(__file__).resolve().parent
PRODUCT, ACCOUNT = "XYZ", "fund"


class MeanReversion:
    """Says what to do at a quote; it knows nothing of orders, books or time."""

    def __init__(self, window: int = 20, band: Decimal = Decimal("0.10")):
        self._middles: deque[Decimal] = deque(maxlen=window)
        self._band = band

    def decide(self, bid: Decimal, ask: Decimal, position: int) -> str | None:
        self._middles.append((bid + ask) / 2)
        if len(self._middles) < self._middles.maxlen:
            return None
        average = sum(self._middles) / len(self._middles)
        if ask < average - self._band:
            return "buy"
        if bid > average + self._band and position > 0:
            return "sell"
        return None


def balance(kernel: oms.Kernel, asset: str) -> Decimal:
    return sum((Decimal(row["balance"]) for row in kernel.query("balances", ACCOUNT)
                if row["record"] == "balance_row" and row["asset"] == asset), Decimal(0))


def play(kernel: oms.Kernel, quotes: list[dict[str, str]]) -> dict[str, Decimal | int]:
    venue, strategy = PaperVenue(kernel), MeanReversion()
    opening, refused, told = balance(kernel, "USD"), 0, False
    for quote in quotes:
        bid, ask = Decimal(quote["bid"]), Decimal(quote["ask"])
        kernel.advance_to(quote["time"])
        venue.quote(PRODUCT, bid, ask)
        side = strategy.decide(bid, ask, int(balance(kernel, PRODUCT)))
        if side is None:
            continue
        price = ask if side == "buy" else bid
        try:
            kernel.place({"kind": "trade", "account": ACCOUNT, "lines": [
                {"side": side, "product": PRODUCT, "quantity": "100", "price": price}]})
        except oms.Refused as refusal:  # the fund's own limit: an answer, not a fault
            refused += 1
            if not told:
                print(f"{quote['time']}  {side} 100 at {price} refused: {refusal.reason}")
            told = True
            continue
        told = False
        venue.work()
        print(f"{quote['time']}  {side} 100 at {price}, position {balance(kernel, PRODUCT)}")
    position = balance(kernel, PRODUCT)
    return {"position": position, "refused": refused,
            "profit": balance(kernel, "USD") + position * venue.bid - opening}


def executions(kernel: oms.Kernel):
    """All of the day as one NumPy array, prices as whole cents."""
    kernel.drained_seq = 0
    return kernel.drain(100_000)["executed"]


def main() -> None:
    with open(HERE / "prices.csv", newline="", encoding="utf-8") as file:
        quotes = list(csv.DictReader(file))
    with oms.open(HERE, in_memory=True, clock="virtual", start=quotes[0]["time"]) as kernel:
        result = play(kernel, quotes)
        fills = executions(kernel)
        print(f"{len(fills)} executions of {fills['quantity'].sum()} shares, "
              f"average price {fills['price'].mean() / 100:.4f}, {result['refused']} refused")
        print(f"position {result['position']}, profit {result['profit']} USD")


if __name__ == "__main__":
    main()
