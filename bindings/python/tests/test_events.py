# SPDX-License-Identifier: Apache-2.0
"""Decisions as NumPy columns."""

import gc
import threading
import time

import numpy as np
import oms
import pytest
from conftest import CONFIG, bid, deposit, fill


def everything(kernel, most):
    batches = []
    while batch := kernel.drain(most):
        batches.append(batch)
    return batches


def test_columns_hold_what_was_decided(kernel):
    kernel.drain(100_000)
    order = kernel.place(bid()).order
    route = kernel.submit({"record": "route_order", "order": order,
                           "destination": "venue-1"}).id
    fill(kernel, route, "40", "E1")
    fill(kernel, route, "60", "E2", price="9.99")
    events = kernel.drain()
    assert events.decisions == 4 and len(events) == len(events.order)
    executed = events["executed"]
    assert executed["quantity"].tolist() == [40, 60] and executed["price"].tolist() == [998, 999]
    assert set(executed["order"]) == {order} and set(executed["route"]) == {route}
    assert executed["product"][0] == kernel.reference("product", "XYZ")
    assert events.texts("executed", "external_ref") == ["E1", "E2"]
    assert executed["seq"].tolist() == events["decision"]["seq"][2:].tolist()
    counted = events["line_counted"][-1]
    assert counted["done"] == 100 and counted["value"]["low"] == 40 * 998 + 60 * 999


def test_the_order_of_records_is_kept(kernel):
    kernel.place(bid())
    events = kernel.drain(100_000)
    rows = events.rows()
    assert len(rows) == len(events)
    for place, row in zip(events.order, rows):
        assert oms.RECORDS[row["record"]] == place["kind"] and row["seq"] == place["seq"]
    assert np.all(np.diff(events.order["seq"].astype(np.int64)) >= 0)
    header = oms.RECORDS["decision"]
    assert events.order[0]["kind"] == header
    assert np.count_nonzero(events.order["kind"] == header) == events.decisions


def test_draining_goes_on_where_it_ended(kernel):
    for _ in range(20):
        kernel.place(bid("1"))
    small = everything(kernel, 7)
    assert all(batch.decisions <= 7 for batch in small)
    seqs = np.concatenate([batch["decision"]["seq"] for batch in small])
    assert seqs.tolist() == list(range(1, len(seqs) + 1))
    kernel.drained_seq = 10
    assert kernel.drain(1)["decision"]["seq"].tolist() == [11]
    assert not oms.Events(kernel.drain(0)._batch)


def test_every_kind_has_a_dtype():
    for name in oms.RECORDS:
        assert oms.dtype(name).itemsize % 8 == 0
    assert oms.dtype("executed")["price"] == np.dtype("<i8")
    with pytest.raises(KeyError):
        oms.dtype("exectued")


def test_arrays_are_read_only_and_outlive_their_kernel():
    kernel = oms.open(CONFIG, in_memory=True, clock="virtual")
    deposit(kernel)
    kernel.place(bid())
    events = kernel.drain(100_000)
    opened = events["order_opened"]
    kernel.close()
    with pytest.raises(ValueError):
        opened["order"][0] = 7
    rows = events.rows()  # names are still known
    assert any(row.get("account") == "desk" for row in rows)
    del events, kernel
    gc.collect()
    assert opened["order"].tolist() == [1]
    with pytest.raises(KeyError):
        oms.Events(_empty())["no such kind"]


def _empty():
    with oms.open(CONFIG, in_memory=True) as kernel:
        return kernel.drain(0)._batch


def test_a_thread_that_waits_lets_others_run(kernel):
    kernel.drain(100_000)
    found = []
    waiter = threading.Thread(target=lambda: found.append(kernel.drain(10, timeout=20)))
    begin = time.monotonic()
    waiter.start()
    kernel.place(bid())
    waiter.join()
    assert found[0].decisions == 1 and time.monotonic() - begin < 10
    assert len(kernel.drain(10, timeout="5ms")) == 0


def test_many_threads_place_orders(kernel):
    def work():
        for _ in range(50):
            kernel.place(bid("1"))
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(len(batch["order_opened"]) for batch in everything(kernel, 1024)) == 200
