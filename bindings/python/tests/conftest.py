# SPDX-License-Identifier: Apache-2.0
"""A small market and a small shop whose parties the tests play themselves."""

from pathlib import Path

import oms
import pytest

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "tests" / "scenario"


def deposit(kernel, amount="1000000.00", account="desk"):
    kernel.submit({"record": "post", "reason": "opening balance"},
                  {"record": "transfer", "from": "street", "to": account, "asset": "USD",
                   "amount": amount}).or_raise()


def bid(quantity="100", price="10.00", kind="manual", **more):
    return {"kind": kind, "account": "desk",
            "lines": [{"side": "buy", "product": "XYZ", "quantity": quantity, "price": price}],
            **more}


def fill(kernel, route, quantity, name, price="9.98"):
    return kernel.submit({"record": "report", "type": "executed", "route": route,
                          "product": "XYZ", "quantity": quantity, "price": price,
                          "execution_ref": name}).or_raise()


def only(rows, record):
    found = [row for row in rows if row["record"] == record]
    assert len(found) == 1, found
    return found[0]


@pytest.fixture
def kernel():
    with oms.open(CONFIG, in_memory=True, clock="virtual") as opened:
        deposit(opened)
        yield opened
