#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client of a line session (see ../README.md) with durable numbers of its own.

As a module it serves tests; as a program it places orders and prints what becomes of them:

    line_client.py --port 7001 --session fund --store fund.store --kind trade --account desk \\
                   --product ACME --orders 100 --price 100.00 --wait 10
"""

import argparse
import json
import os
import socket
import sys
import time
import urllib.parse
import zlib
from dataclasses import dataclass, field
from typing import Callable

MAX_LINE_BYTES = 4096


class LineError(Exception):
    """The other side broke a rule of the protocol."""


@dataclass
class Message:
    type: str
    number: int = 0
    fields: dict[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        return self.fields.get(name, default)

    @property
    def duplicate(self) -> bool:
        return self.get("dup") == "1"


def _escape(value: str) -> str:
    return "".join(f"%{byte:02X}" if byte < 0x20 or byte == 0x7F or chr(byte) in "%|" else chr(byte)
                   for byte in value.encode())


def encode(message: Message) -> bytes:
    parts = [str(message.number), message.type]
    parts += [f"{name}={_escape(value)}" for name, value in message.fields.items() if value != ""]
    body = ("|".join(parts) + "|").encode("latin-1")
    return body + f"{zlib.crc32(body):08x}\n".encode()


def decode(line: bytes) -> Message:
    body, bar, checksum = line.rpartition(b"|")
    if not bar or f"{zlib.crc32(body + bar):08x}".encode() != checksum:
        raise LineError(f"wrong checksum: {line!r}")
    number, kind, *pairs = body.split(b"|")
    fields = {}
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        fields[name.decode()] = urllib.parse.unquote_to_bytes(value).decode("utf-8", "replace")
    return Message(kind.decode(), int(number), fields)


class Store:
    """Numbers and sent messages, kept in a file of JSON lines when it has a path."""

    def __init__(self, path: str | None = None):
        self.sent: list[Message] = []  # position + 1 is the number
        self.expected = 1
        self._file = None
        if path is None:
            return
        if os.path.exists(path):
            with open(path, encoding="utf-8") as lines:
                for line in lines:
                    if line.endswith("\n"):
                        self._replay(json.loads(line))
        self._file = open(path, "a", encoding="utf-8")

    def _replay(self, entry: dict) -> None:
        if "expected" in entry:
            self.expected = entry["expected"]
        else:
            self.sent.append(Message(entry["type"], len(self.sent) + 1, entry["fields"]))

    def _write(self, entry: dict) -> None:
        if self._file is not None:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()

    def take_number(self, message: Message) -> Message:
        message.number = len(self.sent) + 1
        self.sent.append(message)
        self._write({"type": message.type, "fields": message.fields})
        return message

    def came(self, number: int) -> None:
        self.expected = number + 1
        self._write({"expected": self.expected})


class LineClient:
    """One session. `on_order` gets every ORDER once, in the order of its numbers."""

    SESSION_TYPES = ("LOGON", "BEAT", "TEST", "RESEND", "SKIP", "REJECT", "LOGOUT")

    def __init__(self, host: str, port: int, session: str, store: Store | None = None,
                 on_order: Callable[[Message], None] | None = None, heartbeat: int = 30):
        self.host, self.port, self.session, self.heartbeat = host, port, session, heartbeat
        self.store = store or Store()
        self.orders: list[Message] = []
        self.rejects: list[Message] = []
        self.on_order = on_order or self.orders.append
        self.socket: socket.socket | None = None
        self.buffer = b""
        self.resend_asked = 0
        self.duplicates = 0

    # ---- the connection ----------------------------------------------------------------------

    def connect(self, timeout: float = 10.0) -> None:
        """Logs on; afterwards both sides have sent again what the other had missed."""
        self.close()
        self.socket = socket.create_connection((self.host, self.port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.resend_asked = b"", 0
        self.send(Message("LOGON", fields={"session": self.session,
                                           "next": str(self.store.expected),
                                           "heartbeat": str(self.heartbeat)}))
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for message in self._receive(deadline - time.monotonic()):
                if message.type != "LOGON":
                    raise LineError(f"{message.type} came before LOGON")
                self._logged_on(message)
                return
        raise TimeoutError("no LOGON came")

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def send(self, message: Message) -> Message:
        """Takes a number, remembers the message, and sends it if there is a connection."""
        self.store.take_number(message)
        if self.socket is not None:
            self.socket.sendall(encode(message))
        return message

    def _logged_on(self, message: Message) -> None:
        if message.number == self.store.expected:
            self.store.came(message.number)
        self._send_again(int(message.get("next")))

    def _send_again(self, first: int) -> None:
        """Everything from this number on; session messages are not worth it."""
        lines = []
        for message in self.store.sent[first - 1:]:
            again = Message(message.type, message.number, dict(message.fields))
            if message.type in self.SESSION_TYPES:
                again = Message("SKIP", message.number, {"next": str(message.number + 1)})
            again.fields["dup"] = "1"
            lines.append(encode(again))
        self.socket.sendall(b"".join(lines))

    def _receive(self, timeout: float, most: int | None = 1) -> list[Message]:
        """Messages that are there; waits for the first."""
        messages = []
        while b"\n" not in self.buffer:
            self.socket.settimeout(max(timeout, 0.001))
            try:
                data = self.socket.recv(1 << 16)
            except (TimeoutError, socket.timeout):
                return messages
            if not data:
                raise ConnectionError("the other side closed the connection")
            self.buffer += data
            if b"\n" not in self.buffer and len(self.buffer) > MAX_LINE_BYTES:
                raise LineError("a line is too long")
        while b"\n" in self.buffer and (most is None or len(messages) < most):
            line, self.buffer = self.buffer.split(b"\n", 1)
            messages.append(decode(line))
        return messages

    def pump(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Reads for so long, or until the condition holds; answers whether it does."""
        deadline = time.monotonic() + seconds
        while not until() and time.monotonic() < deadline:
            for message in self._receive(min(0.05, deadline - time.monotonic()), most=None):
                self._on_message(message)
        return until()

    # ---- the rules ---------------------------------------------------------------------------

    def _on_message(self, message: Message) -> None:
        expected = self.store.expected
        if message.number < expected:
            self.duplicates += 1
            if not message.duplicate:
                raise LineError(f"number {message.number} came again without dup=1")
            return
        if message.number > expected:
            if self.resend_asked != expected:
                self.resend_asked = expected
                self.send(Message("RESEND", fields={"from": str(expected)}))
            return
        if message.type == "SKIP":
            self.store.came(int(message.get("next")) - 1)
            return
        # The caller has it before the number says so: a crash between the two gives it twice.
        if message.type == "ORDER":
            self.on_order(message)
        elif message.type == "REJECT":
            self.rejects.append(message)
        elif message.type == "TEST":
            self.send(Message("BEAT", fields={"next": str(message.number + 1),
                                              "id": message.get("id")}))
        elif message.type == "RESEND":
            self._send_again(int(message.get("from")))
        elif message.type == "LOGOUT":
            raise ConnectionError("logged out: " + message.get("text"))
        self.store.came(message.number)

    # ---- requests ----------------------------------------------------------------------------

    def new(self, key: str, **fields: str) -> Message:
        return self.send(Message("NEW", fields={"key": key, **fields}))

    def amend(self, key: str, target: str, **fields: str) -> Message:
        return self.send(Message("AMEND", fields={"key": key, "target": target, **fields}))

    def cancel(self, key: str, target: str) -> Message:
        return self.send(Message("CANCEL", fields={"key": key, "target": target}))

    def ask(self, key: str, target: str) -> Message:
        return self.send(Message("ASK", fields={"key": key, "target": target}))

    def beat(self) -> Message:
        return self.send(Message("BEAT", fields={"next": str(self.store.expected)}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--session", required=True)
    parser.add_argument("--store", help="file of numbers and sent messages; without it, in memory")
    parser.add_argument("--kind", default="trade")
    parser.add_argument("--account", default="desk")
    parser.add_argument("--product", required=True)
    parser.add_argument("--direction", default="receive")
    parser.add_argument("--quantity", default="10")
    parser.add_argument("--price", default="")
    parser.add_argument("--force", default="")
    parser.add_argument("--orders", type=int, default=1)
    parser.add_argument("--first-key", type=int, default=1)
    parser.add_argument("--wait", type=float, default=5.0)
    asked = parser.parse_args()

    def show(message: Message) -> None:
        print(message.number, " ".join(f"{n}={v}" for n, v in message.fields.items()), flush=True)

    client = LineClient(asked.host, asked.port, asked.session, Store(asked.store), show)
    client.connect()
    for index in range(asked.first_key, asked.first_key + asked.orders):
        client.new(f"{asked.session}-{index}", kind=asked.kind, account=asked.account,
                   product=asked.product, direction=asked.direction, quantity=asked.quantity,
                   price=asked.price, force=asked.force,
                   type="limit" if asked.price else "market")
    client.pump(asked.wait)
    return 0


if __name__ == "__main__":
    sys.exit(main())
