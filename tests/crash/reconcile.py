# SPDX-License-Identifier: Apache-2.0
"""Whether clients, kernel and outside parties tell the same story."""

import json
import time
from collections import defaultdict
from decimal import Decimal

from hybrid import Hybrid
from line import SESSION, LineLoad
from orders import Ask
from parties import read_books
from rest import Client, Connection, accepted

VENUES = ("alpha", "beta")
CENTS = {"EUR", "USD"}


def wait_quiet(oms: Hybrid, seconds: float = 120, still: float = 6) -> None:
    """Until nothing was decided for a while, and no party owes an answer."""
    deadline = time.monotonic() + seconds
    seq, since = -1, time.monotonic()
    while time.monotonic() < deadline:
        live = oms.live()
        if live["seq"] != seq:
            seq, since = live["seq"], time.monotonic()
        elif time.monotonic() - since > still and live["routes_unknown"] == 0:
            return
        time.sleep(0.25)
    raise AssertionError(f"it does not come to rest: {oms.live()}")


def cancel_open(oms: Hybrid) -> None:
    """Shares that rest in a book trade whenever somebody comes: then nothing could be compared."""
    connection = Connection(oms.rest_port)
    for row in list(connection.pages("/v1/orders?account=desk&open=true")):
        ask = Ask(f"end-{row['order']}", f"/v1/orders/{row['order']}/cancel", b"{}")
        status, body = connection.post(ask)
        assert status in (200, 409, 422), f"{row['order']}: {status} {body!r}"
    connection.close()


def check_answers(oms: Hybrid, client: Client, keys: list[str]) -> None:
    """What was acknowledged is answered the same, letter for letter."""
    connection = Connection(oms.rest_port)
    for key in keys:
        again = connection.post(client.asks[key])
        assert again == client.answers[key], (
            f"key {key} was answered {client.answers[key]} and is now answered {again}")
    connection.close()


class Books:
    """Everything that the kernel shows over REST, once it is quiet."""

    def __init__(self, oms: Hybrid):
        connection = Connection(oms.rest_port)
        listed = list(connection.pages("/v1/orders"))
        self.orders = {}
        for row in listed:
            order = connection.json(f"/v1/orders/{row['order']}")
            assert int(row["order"]) not in self.orders, f"order {row['order']} is listed twice"
            self.orders[int(row["order"])] = order
        self.balances = {(row["account"], row["asset"]): Decimal(row["balance"])
                         for row in connection.json("/v1/balances")["balances"]}
        connection.close()

    def by_key(self, origin: str) -> dict[str, dict]:
        return {order["key"]: order for order in self.orders.values() if order["origin"] == origin}

    def balance(self, account: str, asset: str) -> Decimal:
        return self.balances.get((account, asset), Decimal(0))


def check_orders(client: Client, books: Books) -> None:
    """Each acknowledged order is there once, and none that nobody asked for."""
    known = books.by_key("web")
    placed = {key: answer for key, answer in client.answers.items()
              if client.asks[key].target == "/v1/orders"}
    for key, answer in placed.items():
        if accepted(answer):
            order = str(json.loads(answer[1])["order"])
            assert key in known, f"order {order} of key {key} was acknowledged and is missing"
            assert known[key]["order"] == order, f"key {key} made two orders"
    unasked = [key for key in known if key not in placed]
    assert not unasked, f"orders that nobody asked for: {unasked[:5]}"
    refused = [key for key in known if not accepted(placed[key])]
    for key in refused:
        # An order that was refused may be kept, but nothing may have come of it.
        assert all(line["done"] == "0" for line in known[key]["lines"]), known[key]


def units(quantity: str, product: str) -> int:
    """As parties count: in the product's smallest unit."""
    return int(Decimal(quantity) * (100 if product in CENTS else 1))


def check_parties(oms: Hybrid, books: Books) -> None:
    """A party has each intent once, and did what the kernel says that it did."""
    parties = read_books(oms.data)
    assert set(parties) == {"alpha", "beta", "berlin", "munich", "acquirer"}, list(parties)
    executed: dict[tuple[int, int], int] = defaultdict(int)
    shown = {}
    for order in books.orders.values():
        for route in order.get("routes", []):
            shown[int(route["route"])] = (order, route)
    for name, routes in parties.items():
        for number, route in routes.items():
            if number == 0 or not route.places:
                continue
            assert len(route.places) == 1, f"{name} has two orders for route {number}: {route}"
            assert route.acked <= 1, f"{name} took route {number} twice: {route}"
            assert number in shown, f"{name} has route {number}, which the kernel never sent"
            order, row = shown[number]
            assert int(order["order"]) == route.order and row["destination"] == name
            assert len(set(route.executions)) == len(route.executions), f"{name}: {route}"
            for line in row["lines"]:
                done = units(line["done"], line["product"])
                theirs = route.executed[line["line"]]
                assert done == theirs, (
                    f"route {number} at {name}, line {line['line']}: the kernel has {done} done, "
                    f"the party {theirs}; {order}")
                executed[route.order, line["line"]] += theirs
    for number, order in books.orders.items():
        for line in order["lines"]:
            ordered = units(line["ordered"], line["product"])
            assert executed[number, line["line"]] <= ordered, f"too much was done: {order}"
            assert executed[number, line["line"]] == units(line["done"], line["product"]), order
            assert line["over"] in ("0", "0.00"), order


def check_balances(books: Books, opening: dict[tuple[str, str], Decimal]) -> None:
    """Nothing appears or vanishes, and accounts moved by just what was executed."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for (_, asset), balance in books.balances.items():
        sums[asset] += balance
    assert not [asset for asset, total in sums.items() if total != 0], sums
    desk: dict[str, Decimal] = defaultdict(Decimal)
    euros = Decimal(0)
    for order in books.orders.values():
        lines = {line["line"]: line for line in order["lines"]}
        for execution in order.get("executions", []):
            line = lines[execution["line"]]
            quantity = Decimal(execution["quantity"])
            if order["order_kind"] == "trade":
                sign = 1 if line["direction"] == "receive" else -1
                desk[line["product"]] += sign * quantity
                desk["USD"] -= sign * quantity * Decimal(execution["price"])
            elif line["product"] == "EUR":
                euros += quantity
    for asset in ("ACME", "GLOBEX", "USD"):
        expected = opening.get(("desk", asset), Decimal(0)) + desk[asset]
        assert books.balance("desk", asset) == expected, f"desk has not {expected} {asset}"
    assert books.balance("shop", "EUR") == opening.get(("shop", "EUR"), Decimal(0)) + euros


def check_line(load: LineLoad, books: Books, channels: dict) -> None:
    """Each message has one number on either side, and each order one answer and its executions."""
    ours, theirs = len(load.store.sent), load.store.expected - 1
    channel = channels[SESSION]
    assert channel["in_seq"] == ours, f"we sent {ours} messages, they have {channel['in_seq']}"
    assert channel["out_seq"] == theirs, (
        f"they sent {channel['out_seq']} messages, we have {theirs}")
    known = books.by_key(SESSION)
    for key in load.keys:
        told = load.told[key]
        first = [message.get("what") for message in told
                 if message.get("what") in ("accepted", "refused")]
        assert len(first) == 1, f"{key} was answered {first}"
        assert (first[0] == "accepted") == (key in known), f"{key} was {first[0]}"
        if key not in known:
            continue
        executions = [message for message in told if message.get("what") == "executed"]
        names = [message.get("execution") for message in executions]
        assert len(set(names)) == len(names), f"{key} was told an execution twice: {names}"
        done = sum((Decimal(message.get("last")) for message in executions), Decimal(0))
        assert done == Decimal(known[key]["lines"][0]["done"]), (
            f"{key}: we were told of {done}, the kernel has {known[key]}")
    assert set(known) <= set(load.keys), "the session has orders that we did not send"
