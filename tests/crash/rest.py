# SPDX-License-Identifier: Apache-2.0
"""A client over REST that goes as fast as it can and remembers everything that it was told."""

import json
import queue
import socket
import threading
import time
from typing import Iterator

from orders import Ask

_TIMEOUT_S = 30


class Connection:
    """One keep-alive connection: HTTP/1.1 by hand, since http.client is slower than the server."""

    def __init__(self, port: int):
        self._socket = socket.create_connection(("127.0.0.1", port), _TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""

    def close(self) -> None:
        self._socket.close()

    def post(self, ask: Ask) -> tuple[int, bytes]:
        self._socket.sendall(
            b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Idempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (ask.target.encode(), ask.key.encode(), len(ask.body), ask.body))
        return self._answer()

    def get(self, target: str) -> tuple[int, bytes]:
        self._socket.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % target.encode())
        return self._answer()

    def json(self, target: str) -> dict:
        status, body = self.get(target)
        assert status == 200, f"GET {target}: {status} {body!r}"
        return json.loads(body)

    def pages(self, target: str) -> Iterator[dict]:
        """All items of a list, whatever the page calls them."""
        after = ""
        while True:
            mark = "&" if "?" in target else "?"
            page = self.json(f"{target}{mark}limit=500" + (f"&after={after}" if after else ""))
            items = next(value for value in page.values() if isinstance(value, list))
            yield from items
            after = page.get("next")
            if not after:
                return

    def _answer(self) -> tuple[int, bytes]:
        while (end := self._unread.find(b"\r\n\r\n")) < 0:
            self._receive()
        head = self._unread[:end].lower()
        begin = head.find(b"content-length:")
        length = int(head[begin + 15:].split(b"\r\n", 1)[0]) if begin >= 0 else 0
        while len(self._unread) < end + 4 + length:
            self._receive()
        body = self._unread[end + 4:end + 4 + length]
        self._unread = self._unread[end + 4 + length:]
        return int(head[9:12]), body

    def _receive(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._unread += data


class Client:
    """Sends what it is given over several connections until everything is answered.

    A request that was not answered is sent again under its key, as the contract says. The ledger
    (`answers`) holds what was acknowledged, and that alone.
    """

    def __init__(self, port: int, connections: int = 8):
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asks: dict[str, Ask] = {}
        self.sent_again = 0
        self.busy = 0
        self._port = port
        self._queue: queue.SimpleQueue[Ask] = queue.SimpleQueue()
        self._up = threading.Event()
        self._changed = threading.Condition()
        self._open = 0
        self._ended = False
        self._threads = [threading.Thread(target=self._work, daemon=True)
                         for _ in range(connections)]

    def start(self) -> None:
        self._up.set()
        for thread in self._threads:
            thread.start()

    def give(self, ask: Ask) -> None:
        with self._changed:
            self.asks[ask.key] = ask
            self._open += 1
        self._queue.put(ask)

    def server_is(self, up: bool) -> None:
        self._up.set() if up else self._up.clear()

    def wait_answered(self, count: int, seconds: float) -> None:
        """Until so many were acknowledged."""
        self._wait(lambda: len(self.answers) >= count or self._open == 0, seconds)

    def finish(self, seconds: float) -> None:
        self._wait(lambda: self._open == 0, seconds)
        self._ended = True
        self._up.set()
        for thread in self._threads:
            thread.join(10)

    def _wait(self, done, seconds: float) -> None:
        with self._changed:
            assert self._changed.wait_for(done, seconds), (
                f"{len(self.answers)} of {len(self.asks)} requests were answered in {seconds} s")

    def _work(self) -> None:
        connection = None
        while not self._ended:
            try:
                ask = self._queue.get(timeout=0.05)
            except queue.Empty:
                continue
            try:
                self._up.wait()
                connection = connection or Connection(self._port)
                status, body = connection.post(ask)
            except OSError:
                connection = None
                self._again(ask, "sent_again")
                continue
            if status in (503, 504):  # nothing was taken, or nobody knows
                self._again(ask, "busy")
                continue
            with self._changed:
                self.answers[ask.key] = (status, body)
                self._open -= 1
                self._changed.notify_all()

    def _again(self, ask: Ask, counter: str) -> None:
        with self._changed:
            setattr(self, counter, getattr(self, counter) + 1)
        time.sleep(0.01)
        self._queue.put(ask)


def accepted(answer: tuple[int, bytes]) -> bool:
    return answer[0] in (200, 201)
