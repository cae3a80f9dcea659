# SPDX-License-Identifier: Apache-2.0
"""Orders from Python: placed, changed, filled, refused; and errors that say what to do."""

from decimal import Decimal

import numpy as np
import oms
import pytest
from conftest import CONFIG, bid, fill, only


def test_an_order_is_placed_routed_and_filled(kernel):
    reply = kernel.place(bid())
    assert reply.accepted and reply.order > 0 and reply.code == ""
    route = kernel.submit({"record": "route_order", "order": reply.order,
                           "destination": "venue-1"}).or_raise().id
    fill(kernel, route, "40", "E1")
    fill(kernel, route, "60", "E2", price="9.99")
    rows = kernel.order(reply.order)
    line = only(rows, "line_row")
    assert line["done"] == "100" and line["average_price"] == "9.99"
    assert only(rows, "order_row")["status"] == "filled"
    cash = only([row for row in kernel.query("balances", "desk") if row["asset"] == "USD"],
                "balance_row")
    assert Decimal(cash["balance"]) == Decimal("1000000.00") - 40 * Decimal("9.98") - 60 * Decimal(
        "9.99")


def test_an_amend_and_a_cancel(kernel):
    order = kernel.place(bid()).order
    kernel.amend(order, lines=[{"line": 0, "quantity": "80", "price": "9.50"}])
    rows = kernel.order(order)
    assert only(rows, "line_row")["ordered"] == "80"
    assert only(rows, "term_row")["number"] == "9.50"
    kernel.cancel(order)
    assert only(kernel.order(order), "line_row")["cancelled"] == "80"
    with pytest.raises(oms.Error, match="no line 7"):
        kernel.amend(order, lines=[{"line": 7, "quantity": "1"}])


@pytest.mark.parametrize("quantity", ["100", 100, Decimal(100), Decimal("1E+2"), np.int64(100)])
def test_exact_numbers_are_taken(kernel, quantity):
    order = kernel.place(bid(quantity)).order
    assert only(kernel.order(order), "line_row")["ordered"] == "100"


@pytest.mark.parametrize("quantity", [100.0, 0.1, np.float64(1), np.float32(1)])
def test_a_float_is_refused_with_the_reason(kernel, quantity):
    with pytest.raises(oms.Error) as caught:
        kernel.place(bid(quantity))
    assert caught.value.code == "OMS-6400"
    assert caught.value.place == "lines[0].quantity"
    assert "binary float" in caught.value.reason and "as text" in caught.value.remedy


def test_a_float_is_refused_wherever_it_stands(kernel):
    order = kernel.place(bid()).order
    for wrong in (lambda: kernel.place(bid(price=10.0)),
                  lambda: kernel.place(bid(terms={"display_quantity": 5.0})),
                  lambda: kernel.observe("XYZ", "bid", 9.98, source="venue-1"),
                  lambda: kernel.advance(0.5),
                  lambda: kernel.cancel(float(order)),
                  lambda: kernel.submit({"record": "post", "reason": "x"},
                                        {"record": "transfer", "from": "street", "to": "desk",
                                         "asset": "USD", "amount": 1.0})):
        with pytest.raises(oms.Error) as caught:
            wrong()
        assert caught.value.code == "OMS-6400", str(caught.value)


def test_the_same_key_gives_the_same_answer(kernel):
    first = kernel.place(bid(), key="order-1")
    again = kernel.place(bid(), key="order-1")
    assert (first.seq, first.order) == (again.seq, again.order)
    assert only(kernel.order("order-1"), "order_row")["order"] == first.order
    with pytest.raises(oms.Refused) as caught:
        kernel.place(bid("5"), key="order-1")
    assert caught.value.code == "OMS-1003" and caught.value.remedy


def test_a_refusal_raises_from_a_verb_and_not_from_submit(kernel):
    with pytest.raises(oms.Refused) as caught:
        kernel.place(bid("1000000"))
    assert caught.value.code == "OMS-2001" and caught.value.seq > 0
    reply = kernel.submit({"record": "cancel_order", "order": 4711})
    assert not reply.accepted and reply.code == "OMS-1009" and "no such order" in reply.reason


@pytest.mark.parametrize("change, code, place, hint", [
    ({"account": "dsk"}, "OMS-6204", "order.account", '(did you mean "desk"?)'),
    ({"kind": "manul"}, "OMS-6204", "order.order_kind", '(did you mean "manual"?)'),
    ({"knd": "x"}, "OMS-6404", "order", "'knd'"),
    ({"terms": {"time_in_forse": "day"}}, "OMS-6402", "terms.time_in_forse.field",
     '(did you mean "time_in_force"?)'),
    ({"terms": {"time_in_force": "dai"}}, "OMS-6402", "terms.time_in_force",
     '(did you mean "day"?)'),
    ({"lines": [{"side": "buy", "product": "XYZ", "quantity": "1.5"}]}, "OMS-6402",
     "lines[0].quantity", "more decimals"),
    ({"lines": [{"product": "XYZ", "quantity": "1"}]}, "OMS-6402", "lines[0]", "side"),
])
def test_a_slip_is_answered_with_place_and_remedy(kernel, change, code, place, hint):
    with pytest.raises(oms.Error) as caught:
        kernel.place({**bid(), **change})
    error = caught.value
    assert (error.code, error.place) == (code, place)
    assert hint in error.reason and error.remedy


def test_money_and_terms(kernel):
    order = kernel.place({
        "kind": "online_order", "account": "shop",
        "lines": [
            {"direction": "deliver", "product": "SHOE", "quantity": "1",
             "terms": {"line_amount": {"amount": "59.90", "currency": "EUR"}}},
            {"direction": "receive", "amount": {"amount": "59.90", "currency": "EUR"}, "role": 1},
        ],
        "terms": {"ship_to_latitude": "52.520000", "sales_channel": "web",
                  "promised_by": "2026-01-03T12:00:00+01:00"}}).order
    shown = {row["field"]: row.get("number", row.get("text"))
             for row in kernel.order(order) if row["record"] == "term_row"}
    assert shown == {"line_amount": "59.90", "ship_to_latitude": "52.520000",
                     "sales_channel": "web", "promised_by": "2026-01-03T11:00:00Z"}


def test_all_that_is_wrong_with_a_configuration_is_said_at_once():
    with pytest.raises(oms.Error) as caught:
        oms.open(CONFIG, text="data: x\nkindz: {}\nacounts: {}\n", in_memory=True)
    found = [caught.value, *caught.value.others]
    assert len(found) >= 2 and all(each.code and each.remedy for each in found)
    assert "kindz" in str(caught.value) and "acounts" in str(caught.value)


def test_a_closed_kernel_says_so(kernel):
    kernel.close()
    kernel.close()
    with pytest.raises(oms.Error) as caught:
        kernel.place(bid())
    assert caught.value.code == "OMS-6405"


def test_status_and_references(kernel):
    status = kernel.status()
    assert status["data"] == "memory" and status["instances"]["best"] == "running"
    number = kernel.reference("product", "XYZ")
    assert kernel.describe(number) == {"reference": number, "class": "product", "code": "XYZ",
                                       "scale": 0, "price_scale": 2}
    assert kernel.describe(4711) is None
    codes = [row["code"] for row in kernel.query("references", "destination")
             if row["record"] == "reference_row"]
    assert "venue-1" in codes and "XYZ" not in codes
