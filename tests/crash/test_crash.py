# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under full load: nothing acknowledged is lost, nothing done twice."""

import json
import os
import random
import shutil
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import orders
import reconcile
from hybrid import Hybrid
from leave_figures import leave_figures
from line import SESSION, LineLoad
from rest import Client, Connection, accepted

ORDERS = int(os.environ.get("OMS_CRASH_ORDERS", "1500"))
KILLS = int(os.environ.get("OMS_CRASH_KILLS", "2"))
SEED = int(os.environ.get("OMS_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)


def opening_balances(oms: Hybrid) -> dict[tuple[str, str], Decimal]:
    connection = Connection(oms.rest_port)
    rows = connection.json("/v1/balances")["balances"]
    connection.close()
    return {(row["account"], row["asset"]): Decimal(row["balance"]) for row in rows}


def kill_and_recover(oms: Hybrid, client: Client, line: LineLoad, draw: random.Random) -> None:
    """Live and replay agree before, and the journal is whole after."""
    line.wait_working()
    live = oms.live()
    time.sleep(draw.random() * 0.05)
    oms.kill()
    for each in (client, line):
        each.server_is(False)
    report = oms.verify()
    assert report["whole"] and report["last_seq"] >= live["seq"], (report, live)
    replayed = oms.replay(live["seq"])
    assert (replayed["seq"], replayed["hash"]) == (live["seq"], live["hash"])
    assert replayed["unbalanced"] == [] and replayed["faults"] == []
    oms.start()
    for each in (client, line):
        each.server_is(True)


def play(folder: Path, draw: random.Random) -> None:
    orders.write(folder / "orders.csv", ORDERS, draw.randrange(2**31))
    rows = orders.read(folder / "orders.csv")
    oms = Hybrid(folder)
    oms.start()
    try:
        opening = opening_balances(oms)
        client = Client(oms.rest_port)
        line = LineLoad(oms.line_port, draw.randrange(2**31), ORDERS // 5)
        client.start()
        line.start()
        moments = sorted(draw.randrange(1, ORDERS) for _ in range(KILLS))
        begin = time.monotonic()
        given = 0
        for life, moment in enumerate([*moments, ORDERS]):
            # Orders are held back so that there is load at every moment, not only at the first.
            for row in rows[given:min(moment + 300, ORDERS)]:
                client.give(orders.ask_of(row))
            given = max(given, min(moment + 300, ORDERS))
            client.wait_answered(moment, 120)
            cancel_some(client, rows, given)
            if life < KILLS:
                kill_and_recover(oms, client, line, draw)
                reconcile.check_answers(
                    oms, client, draw.sample(sorted(client.answers), min(100, moment)))
        line.stop_placing()
        client.finish(180)
        print(f"{len(client.answers)} requests answered in {time.monotonic() - begin:.1f} s with "
              f"{KILLS} kills, {client.sent_again} sent again; line: {len(line.keys)} orders, "
              f"{line.connects} connections")
        end(oms, client, line, opening)
        leave_figures(f"{KILLS} kills",
                      {"SIGKILLs under load, after which all books agree": oms.kills})
    finally:
        if oms.is_running():
            oms.kill()


def cancel_some(client: Client, rows: list[dict[str, str]], given: int) -> None:
    """Cancels race with executions, and with the kills."""
    for row in rows[:given]:
        if not row["cancel"] or row["key"] + "-cancel" in client.asks:
            continue
        answer = client.answers.get(row["key"])
        if answer is not None and accepted(answer):
            client.give(orders.cancel_of(row, json.loads(answer[1])["order"]))


def end(oms: Hybrid, client: Client, line: LineLoad, opening: dict) -> None:
    reconcile.wait_quiet(oms)
    reconcile.cancel_open(oms)
    reconcile.wait_quiet(oms)
    reconcile.check_answers(oms, client, sorted(client.answers))
    line.wait_caught_up(lambda: tuple(oms.live()["channels"][SESSION].values()))
    books = reconcile.Books(oms)
    line.finish()
    live = oms.live()
    oms.stop()
    assert oms.verify()["whole"]
    replayed = oms.replay()
    at_rest = oms.replay(live["seq"])
    assert (at_rest["seq"], at_rest["hash"]) == (live["seq"], live["hash"])
    assert replayed["unbalanced"] == [] and replayed["faults"] == []
    reconcile.check_orders(client, books)
    reconcile.check_parties(oms, books)
    reconcile.check_balances(books, opening)
    reconcile.check_line(line, books, replayed["channels"])


def test_nothing_is_lost_and_nothing_done_twice(capsys):
    folder = Path(tempfile.mkdtemp(prefix="oms-crash-"))
    try:
        with capsys.disabled():
            print(f"OMS_CRASH_SEED={SEED} OMS_CRASH_ORDERS={ORDERS} OMS_CRASH_KILLS={KILLS}")
            play(folder, random.Random(SEED))
    finally:
        if os.environ.get("OMS_CRASH_KEEP"):
            print(f"kept {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
