# SPDX-License-Identifier: Apache-2.0
"""A client of a line session that places orders all the while and writes down what it is told."""

import importlib.util
import random
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

_PATH = Path(__file__).parents[2] / "plugins" / "connectors" / "line" / "tests" / "line_client.py"
_SPEC = importlib.util.spec_from_file_location("line_client", _PATH)
line_client = importlib.util.module_from_spec(_SPEC)
sys.modules["line_client"] = line_client
_SPEC.loader.exec_module(line_client)

SESSION = "line"


class LineLoad:
    """One session in a thread of its own. It connects again whenever it was cut off."""

    def __init__(self, port: int, seed: int, most: int):
        self.store = line_client.Store()
        self.keys: list[str] = []
        self.told: dict[str, list] = defaultdict(list)
        self.connects = 0
        self.fault: Exception | None = None
        self._draw = random.Random(seed)
        self._most = most
        self._client = line_client.LineClient("127.0.0.1", port, SESSION, self.store, self._take)
        self._up = threading.Event()
        self._placing = True
        self._ended = False
        self._connected = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._up.set()
        self._thread.start()

    def server_is(self, up: bool) -> None:
        if not up:
            self._connected.clear()
        self._up.set() if up else self._up.clear()

    def wait_working(self, seconds: float = 30) -> None:
        """Until it is logged on and an order more is on its way, so that a kill hits both."""
        assert self._connected.wait(seconds), f"the session did not log on in {seconds} s"
        before, deadline = len(self.keys), time.monotonic() + seconds
        while len(self.keys) == before and len(self.keys) < self._most and self.fault is None:
            assert time.monotonic() < deadline, "the session places nothing"
            time.sleep(0.002)

    def wait_caught_up(self, channel, seconds: float = 30) -> None:
        """Until both sides have the same numbers; `channel` asks the kernel for its own."""
        deadline = time.monotonic() + seconds
        while (numbers := channel()) != (len(self.store.sent), self.store.expected - 1):
            assert self.fault is None, self.fault
            assert time.monotonic() < deadline, (
                f"the kernel's numbers are {numbers}; we sent {len(self.store.sent)} and have "
                f"{self.store.expected - 1}; connected {self._connected.is_set()}, asked for "
                f"{self._client.resend_asked} again, {self._client.duplicates} came twice")
            time.sleep(0.1)

    def stop_placing(self) -> None:
        self._placing = False

    def finish(self) -> None:
        self._ended = True
        self._up.set()
        self._thread.join(20)
        self._client.close()
        if self.fault is not None:
            raise self.fault

    def _take(self, message) -> None:
        self.told[message.get("key")].append(message)

    def _run(self) -> None:
        connected = False
        while not self._ended:
            try:
                if not connected:
                    self._up.wait()
                    self._client.connect(5)
                    self.connects += 1
                    connected = True
                    self._connected.set()
                if self._placing and len(self.keys) < self._most:
                    for _ in range(self._draw.randint(1, 8)):
                        self._place()
                self._client.pump(0.02)
            except (OSError, TimeoutError):
                connected = False
                self._connected.clear()
                time.sleep(0.02)
            except Exception as fault:  # a rule of the protocol was broken: that is a finding
                self.fault = fault
                return

    def _place(self) -> None:
        key = f"line-{len(self.keys)}"
        self.keys.append(key)
        price = 1025 * (100 + self._draw.randint(-2, 3)) // 100
        self._client.new(key, kind="trade", account="desk", product="ACME",
                         direction=self._draw.choice(["receive", "deliver"]),
                         quantity=str(self._draw.randint(1, 10)),
                         price=f"{price // 100}.{price % 100:02d}", type="limit",
                         force=self._draw.choice(["immediate_or_cancel", "day"]))
