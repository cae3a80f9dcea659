# SPDX-License-Identifier: Apache-2.0
"""A CSV of mixed orders through REST by an external client at full speed; the books agree."""

import os
import random
import time
from collections import Counter
from pathlib import Path

import orders
import reconcile
from hybrid import Hybrid
from leave_figures import leave_figures
from rest import Client
from test_crash import SEED, opening_balances

ORDERS = int(os.environ.get("OMS_CRASH_ORDERS", "10000"))


def test_mixed_orders_at_full_speed(tmp_path: Path, capsys):
    with capsys.disabled():
        print(f"OMS_CRASH_SEED={SEED} OMS_CRASH_ORDERS={ORDERS}")
        play(tmp_path)


def play(tmp_path: Path) -> None:
    draw = random.Random(SEED)
    orders.write(tmp_path / "orders.csv", ORDERS, draw.randrange(2**31))
    rows = orders.read(tmp_path / "orders.csv")
    oms = Hybrid(tmp_path)
    oms.start()
    try:
        opening = opening_balances(oms)
        client = Client(oms.rest_port, connections=16)
        for row in rows:
            client.give(orders.ask_of(row))
        begin = time.monotonic()
        client.start()
        client.finish(240)
        took = time.monotonic() - begin
        statuses = Counter(status for status, _ in client.answers.values())
        print(f"{ORDERS} orders in {took:.2f} s: {ORDERS / took:.0f} a second; {dict(statuses)}")
        assert len(client.answers) == ORDERS and statuses[201] > ORDERS * 0.9
        assert set(statuses) <= {201, 422}, statuses
        reconcile.wait_quiet(oms)
        reconcile.cancel_open(oms)
        reconcile.wait_quiet(oms)
        books = reconcile.Books(oms)
        oms.stop()
        reconcile.check_orders(client, books)
        reconcile.check_parties(oms, books)
        reconcile.check_balances(books, opening)
        leave_figures("rest load", {"orders over REST at full speed": ORDERS})
    finally:
        if oms.is_running():
            oms.kill()
