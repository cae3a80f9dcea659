# SPDX-License-Identifier: Apache-2.0
"""A venue on paper: it does what it is told, at once, at the quote of the moment."""

from decimal import Decimal


class PaperVenue:
    def __init__(self, kernel, name="paper"):
        self._kernel = kernel
        self._name = name
        self._executions = 0
        self.bid = self.ask = Decimal(0)

    def quote(self, product, bid, ask):
        self.bid, self.ask = bid, ask
        self._kernel.observe(product, "bid", bid, source=self._name)
        self._kernel.observe(product, "ask", ask, source=self._name)

    def work(self):
        """Answers every intent that has become durable since the last time."""
        while events := self._kernel.drain():
            for intent in (row for row in events if row["record"] == "intent"):
                self._answer(intent)

    def _answer(self, intent):
        if intent["action"] != "place":
            return
        order = {row["record"]: row for row in self._kernel.order(intent["order"])}
        line = order["line_row"]
        price = self.ask if line["direction"] == "receive" else self.bid
        self._report(intent, "acked")
        self._executions += 1
        self._report(intent, "executed", product=line["product"], quantity=intent["quantity"],
                     price=price, execution_ref=f"P{self._executions}")

    def _report(self, intent, kind, **said):
        self._kernel.submit({"record": "report", "type": kind, "route": intent["route"], **said})
