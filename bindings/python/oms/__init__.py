# SPDX-License-Identifier: Apache-2.0
"""An order management system in a Python process: for strategies, back-tests and scripts.

    import oms

    with oms.open("config/hybrid", in_memory=True, clock="virtual") as kernel:
        reply = kernel.place({"kind": "trade", "account": "desk", "lines": [
            {"side": "buy", "product": "XYZ", "quantity": "100", "price": "10.00"}]})
        kernel.advance("30s")
        for row in kernel.order(reply.order):
            print(row)

See oms.open, oms.Kernel and oms.Events.
"""

from .errors import Error, Refused
from .events import RECORDS, Events, dtype
from .kernel import Kernel, Reply, open

__all__ = ["Error", "Events", "Kernel", "RECORDS", "Refused", "Reply", "dtype", "open"]
