# SPDX-License-Identifier: Apache-2.0
"""The checks of the crash test fail when they should: on books that do not agree."""

import copy
import json
from decimal import Decimal
from types import SimpleNamespace

import parties
import pytest
import reconcile
from orders import Ask
from rest import Client

ORDER = {"order": "1", "order_kind": "trade", "origin": "web", "key": "k", "status": "filled",
         "lines": [{"line": 0, "product": "ACME", "direction": "receive", "ordered": "10",
                    "done": "10", "over": "0"}],
         "routes": [{"route": "7", "destination": "alpha",
                     "lines": [{"line": 0, "product": "ACME", "done": "10"}]}],
         "executions": [{"line": 0, "quantity": "10", "price": "2.00"}]}


def books(**change) -> reconcile.Books:
    made = object.__new__(reconcile.Books)
    made.orders = {1: {**copy.deepcopy(ORDER), **change}}
    made.balances = {("desk", "ACME"): Decimal(10), ("street", "ACME"): Decimal(-10),
                     ("desk", "USD"): Decimal(-20), ("street", "USD"): Decimal(20)}
    return made


def client(answer=(201, json.dumps({"order": "1"}).encode())) -> Client:
    made = Client(0, connections=0)
    made.asks = {"k": Ask("k", "/v1/orders", b"{}")}
    made.answers = {"k": answer}
    return made


def check_parties(monkeypatch, made: reconcile.Books, **change) -> None:
    route = parties.Route(order=1, places=[3], acked=1, executions=["E1"])
    route.executed[0] = 10
    for name, value in change.items():
        setattr(route, name, value)
    there = {name: {} for name in ("beta", "berlin", "munich", "acquirer")}
    monkeypatch.setattr(reconcile, "read_books", lambda _: {"alpha": {7: route}, **there})
    reconcile.check_parties(SimpleNamespace(data=None), made)


def test_books_that_agree_pass(monkeypatch):
    reconcile.check_orders(client(), books())
    check_parties(monkeypatch, books())
    reconcile.check_balances(books(), {})


def test_a_lost_order_is_found():
    empty = books()
    empty.orders = {}
    with pytest.raises(AssertionError, match="acknowledged and is missing"):
        reconcile.check_orders(client(), empty)


def test_an_order_under_another_id_is_found():
    with pytest.raises(AssertionError, match="made two orders"):
        reconcile.check_orders(client(), books(order="2"))


def test_an_order_that_nobody_asked_for_is_found():
    with pytest.raises(AssertionError, match="nobody asked for"):
        nobody = client()
        nobody.asks, nobody.answers = {}, {}
        reconcile.check_orders(nobody, books())


@pytest.mark.parametrize("change, found", [
    ({"places": [3, 4]}, "two orders for route"),
    ({"acked": 2}, "took route 7 twice"),
    ({"executed": {0: 9}}, "the party 9"),
    ({"executed": {0: 20}}, "the party 20"),
    ({"executions": ["E1", "E1"]}, "E1"),
])
def test_a_party_that_disagrees_is_found(monkeypatch, change, found):
    with pytest.raises(AssertionError, match=found):
        check_parties(monkeypatch, books(), **change)


def test_a_route_that_the_kernel_does_not_know_is_found(monkeypatch):
    with pytest.raises(AssertionError, match="never sent"):
        check_parties(monkeypatch, books(routes=[]))


def test_money_that_appears_is_found():
    wrong = books()
    wrong.balances["desk", "USD"] += Decimal("0.01")
    with pytest.raises(AssertionError):
        reconcile.check_balances(wrong, {})


def test_an_account_that_moved_by_something_else_is_found():
    wrong = books()
    wrong.balances["desk", "USD"] -= 5
    wrong.balances["street", "USD"] += 5
    with pytest.raises(AssertionError, match="desk has not"):
        reconcile.check_balances(wrong, {})


def test_a_damaged_line_of_a_book_is_found(tmp_path):
    (tmp_path / "alpha").mkdir()
    (tmp_path / "alpha" / "venue.book").write_text("00000000 event say=1 route=7\n")
    with pytest.raises(AssertionError, match="damaged"):
        parties.read_books(tmp_path)
