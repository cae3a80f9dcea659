#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps a general ledger outside oms from what its SQL views show.

    ledger.py VIEWS_DB LEDGER_DB

Each posting of oms becomes two entries here, once, however often this runs and whenever it was
killed: the number of the last decision that was booked is kept in the transaction of the entries.
At the end the ledger's own sums are held against the balances that oms shows; it ends with 1 when
they do not agree.
"""

import argparse
import csv
import sqlite3
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

CHART = Path(__file__).resolve().parent / "chart.csv"
SUSPENSE = ("9999", "not in the chart of accounts")

TABLES = """
CREATE TABLE IF NOT EXISTS booked(seq INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS entries(
    seq INTEGER, position INTEGER, side TEXT,   -- the posting of oms, and debit or credit
    number TEXT,                                -- of the account in the chart
    account TEXT, asset TEXT, bucket TEXT,      -- as oms calls it
    amount INTEGER,                             -- in the asset's smallest unit; credits below 0
    PRIMARY KEY (seq, position, side)) WITHOUT ROWID;
"""

# Amounts come as whole numbers: sums of decimals in text would not be exact in SQL.
POSTINGS = """
SELECT p.seq, p.position, p.from_account, p.from_bucket, p.to_account, p.to_bucket, p.asset,
    d.amount
FROM postings p JOIN data_postings d USING (seq, position) WHERE seq > ? ORDER BY seq, position
"""


def read_chart() -> dict[tuple[str, str], tuple[str, str]]:
    with open(CHART, newline="", encoding="utf-8") as file:
        return {(row["account"], row["asset"]): (row["number"], row["name"])
                for row in csv.DictReader(file)}


def look_up(chart, account: str, asset: str) -> tuple[str, str]:
    return chart.get((account, asset)) or chart.get((account, "*")) or SUSPENSE


def book(views: sqlite3.Connection, ledger: sqlite3.Connection, chart) -> tuple[int, int]:
    """Books what is new; returns how many postings that were, and up to which decision."""
    last = ledger.execute("SELECT max(seq) FROM booked").fetchone()[0] or 0
    shown = views.execute("SELECT seq FROM shown").fetchone()[0]
    if shown < last:
        sys.exit(f"the views show decision {shown}, and {last} is booked: is it another journal, "
                 "or are they being built anew? Nothing was booked.")
    entries = []
    for row in views.execute(POSTINGS, (last,)):
        seq, position, giver, out_of, taker, into, asset, amount = row
        entries.append((seq, position, "credit", look_up(chart, giver, asset)[0], giver, asset,
                        out_of, -amount))
        entries.append((seq, position, "debit", look_up(chart, taker, asset)[0], taker, asset,
                        into, amount))
    with ledger:  # entries and mark together, or neither
        ledger.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", entries)
        ledger.execute("DELETE FROM booked")
        ledger.execute("INSERT INTO booked VALUES (?)", (shown,))
    return len(entries) // 2, shown


def sums(ledger: sqlite3.Connection) -> Counter:
    """By account, asset and bucket; added up here, since SQL would overflow at 64 bits."""
    total: Counter = Counter()
    for account, asset, bucket, amount in ledger.execute(
            "SELECT account, asset, bucket, amount FROM entries"):
        total[account, asset, bucket] += amount
    return total


def differences(views: sqlite3.Connection, total: Counter, scales: dict[str, int]) -> list[str]:
    shown = {(account, asset, bucket): int(Decimal(balance).scaleb(scales[asset]))
             for account, asset, bucket, balance in
             views.execute("SELECT account, asset, bucket, balance FROM balances")}
    return [f"{' '.join(key)}: booked {total[key]}, oms shows {shown.get(key, 0)}"
            for key in sorted({*total, *shown}) if total[key] != shown.get(key, 0)]


def print_trial_balance(total: Counter, scales: dict[str, int], chart) -> None:
    lines: Counter = Counter()
    for (account, asset, _), amount in total.items():
        lines[(*look_up(chart, account, asset), asset)] += amount
    for (number, name, asset), amount in sorted(lines.items()):
        if amount:
            print(f"{number}  {name:<32} {Decimal(amount).scaleb(-scales[asset]):>16f} {asset}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("views", type=Path, help="as in data/hybrid/plugins/views/views.db")
    parser.add_argument("ledger", type=Path, help="made when it is not there")
    given = parser.parse_args()
    # Read-only, and all that is read in one transaction belongs together.
    views = sqlite3.connect(f"file:{given.views}?mode=ro", uri=True, isolation_level=None)
    views.execute("BEGIN")
    ledger = sqlite3.connect(given.ledger)
    ledger.executescript(TABLES)
    chart = read_chart()
    postings, seq = book(views, ledger, chart)
    total = sums(ledger)
    scales = dict(views.execute("SELECT code, scale FROM names WHERE class = 'product'"))
    print_trial_balance(total, scales, chart)
    wrong = differences(views, total, scales)
    verdict = "DISAGREES" if wrong else "agrees"
    print(*wrong, f"{postings} postings booked, {verdict} with oms at decision {seq}", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
