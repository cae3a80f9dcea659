# SPDX-License-Identifier: Apache-2.0
"""Each example, run as its README says."""

import os
import re
import sqlite3
import sys

import pytest
from hybrid import Hybrid
from running import EXAMPLES, OMS, run


@pytest.fixture(name="hybrid", scope="module")
def running_hybrid(tmp_path_factory):
    oms = Hybrid(tmp_path_factory.mktemp("hybrid"))
    oms.start()
    yield oms
    oms.stop()


def first_orders(hybrid, key: str) -> str:
    return run([EXAMPLES / "01_first_orders" / "orders.sh"], OMS=OMS, OMS_KEY=key,
               OMS_URL=f"http://localhost:{hybrid.rest_port}",
               OMS_SOCKET=hybrid.data / "control.sock")


def test_first_orders(hybrid):
    said = first_orders(hybrid, "basket-1")
    assert re.search(r"order \d+ is now filled", said)
    assert re.search(r"order \d+ is now sent", said)
    assert said.count('"code":"OMS-1003"') == 1  # the key with another body
    assert len(set(re.findall(r"^(\d+)\tsent\tonline_order", said, re.MULTILINE))) == 1


@pytest.mark.skipif("OMS_PYTHON" not in os.environ, reason="the Python package is not built")
def test_python_strategy():
    said = run([sys.executable, "-B", EXAMPLES / "03_python_strategy" / "strategy.py"],
               PYTHONPATH=os.environ["OMS_PYTHON"])
    assert "buy 100 at 19.85 refused: With all that is open the account would have 400 XYZ" in said
    assert said.endswith("15 executions of 1500 shares, average price 19.9827, 27 refused\n"
                         "position 300, profit -145.00 USD\n")


def test_own_lifecycle():
    folder = EXAMPLES / "04_own_lifecycle"
    run([OMS, "lifecycle", "check", folder / "click_and_collect.yaml"])
    played = run([OMS, "lifecycle", "test", folder / "click_and_collect.scenario"])
    assert "6 scenarios" in played
    run([OMS, "check", folder])
    said = run([OMS, "demo", folder])
    assert len(re.findall(r"^\d +.* collected +\d+ ms", said, re.MULTILINE)) == 2, said


def keep(hybrid, ledger) -> str:
    return run([EXAMPLES / "05_external_ledger" / "ledger.py",
                hybrid.data / "plugins" / "views" / "views.db", ledger])


def test_external_ledger(hybrid, tmp_path):
    first_orders(hybrid, "basket-2")
    said = keep(hybrid, tmp_path / "ledger.db")
    assert re.search(r"^1200  Securities held +5\d{4} ACME$", said, re.MULTILINE), said
    assert re.search(r"^\d+ postings booked, agrees with oms", said, re.MULTILINE)
    hybrid.kill()
    hybrid.start()
    first_orders(hybrid, "basket-3")
    keep(hybrid, tmp_path / "ledger.db")
    # Nothing twice, nothing left out, whatever was killed in between.
    ledger = sqlite3.connect(tmp_path / "ledger.db")
    unpaired = "count(DISTINCT seq || '.' || position) * 2 - count(*)"
    assert ledger.execute(f"SELECT sum(amount), {unpaired} FROM entries").fetchone() == (0, 0)
    assert ledger.execute("SELECT count(*) FROM entries WHERE number = '9999'").fetchone() == (0,)
    # A ledger that does not agree is told from one that does.
    with ledger:
        ledger.execute("UPDATE entries SET amount = amount + 1 WHERE account = 'shop'")
    assert "DISAGREES" in run([EXAMPLES / "05_external_ledger" / "ledger.py",
                               hybrid.data / "plugins" / "views" / "views.db",
                               tmp_path / "ledger.db"], exit_code=1)
