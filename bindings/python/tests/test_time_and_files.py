# SPDX-License-Identifier: Apache-2.0
"""The virtual clock, and kernels that outlive their process on files."""

import subprocess
import sys
import textwrap
from datetime import datetime, timedelta, timezone

import oms
import pytest
from conftest import CONFIG, ROOT, bid, deposit, fill, only


def test_what_falls_due_is_decided_on_the_way(kernel):
    order = kernel.place(bid(terms={"time_in_force": "good_till_date",
                                    "expire_time": "2026-01-01T00:10:00Z"})).order
    kernel.advance("9m")
    assert only(kernel.order(order), "order_row")["status"] == "new"
    kernel.advance(timedelta(minutes=2))
    assert only(kernel.order(order), "order_row")["status"] == "expired"
    due = [row for row in kernel.drain(100_000) if row.get("cause") == "timer_due"]
    assert due[0]["time"] == "2026-01-01T00:10:00Z"


def test_time_is_written_in_three_ways(kernel):
    noon = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
    assert kernel.advance_to(noon) == kernel.now() == 1767268800 * 10**9
    assert kernel.advance_to("2026-01-01T12:00:00.000000005Z") == 1767268800 * 10**9 + 5
    assert kernel.advance(1) == 1767268801 * 10**9 + 5
    for wrong in ("noon", datetime(2026, 1, 1), "2026-01-01T12:00:00", "2026-13-01T12:00:00Z"):
        with pytest.raises(oms.Error, match="OMS-6402"):
            kernel.advance_to(wrong)


def test_the_real_clock_is_not_moved():
    with oms.open(CONFIG, in_memory=True) as kernel:
        with pytest.raises(oms.Error, match="OMS-6001"):
            kernel.advance(1)
    with pytest.raises(oms.Error, match="virtual"):
        oms.open(CONFIG, in_memory=True, start=0)


def test_a_file_keeps_everything(tmp_path):
    with oms.open(CONFIG, data=tmp_path) as kernel:
        deposit(kernel)
        order = kernel.place(bid(), key="kept").order
        route = kernel.submit({"record": "route_order", "order": order,
                               "destination": "venue-1"}).id
        fill(kernel, route, "40", "E1")
        shown = kernel.order("kept")
    with oms.open(CONFIG, data=tmp_path) as kernel:
        assert kernel.order("kept") == shown
        assert kernel.place(bid(), key="kept").order == order
        assert kernel.status()["epoch"] == 2
        assert len(kernel.drain(100_000)["executed"]) == 1


def test_the_same_day_gives_the_same_state():
    def play():
        with oms.open(CONFIG, in_memory=True, clock="virtual") as kernel:
            kernel.submit({"record": "post", "reason": "opening", "key": "p"},
                          {"record": "transfer", "from": "street", "to": "desk", "asset": "USD",
                           "amount": "5000.00"})
            for number in range(10):
                kernel.place(bid("10"), key=f"order-{number}")
                kernel.advance("1s")
            return kernel.state_hash()
    assert play() == play()


def test_the_example_of_the_readme_runs():
    text = (ROOT / "bindings" / "python" / "README.md").read_text()
    example = text.split("```python\n")[1].split("```")[0]
    assert len(example.strip().splitlines()) <= 20
    ran = subprocess.run([sys.executable, "-c", example], cwd=ROOT, text=True,
                         capture_output=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("100 [998]\n") and "'4002.00'" in ran.stdout, ran.stdout


def test_a_script_that_forgets_to_close_ends_well():
    script = f"""
        import oms
        kernel = oms.open({str(CONFIG)!r}, in_memory=True)
        print(kernel.status()["epoch"])
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], text=True,
                         capture_output=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (0, "1\n"), ran.stderr
