# SPDX-License-Identifier: Apache-2.0
"""A kernel within this process."""

from __future__ import annotations

import logging
import os
import uuid
import weakref
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from . import _oms, orders, times
from .errors import Error, Refused
from .events import Events, rows_of

_LOG = logging.getLogger("oms")
_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO,
           "debug": logging.DEBUG}
#: Beside the folder that holds this package, where it is built and where it is installed.
_BUILT_PLUGINS = Path(_oms.__file__).resolve().parents[2] / "plugins"
_NEED_KEYS = {"place_order", "amend_order", "cancel_order", "route_order", "cancel_route",
              "amend_route", "raise_event", "post", "resolve_task"}
_REFERENCES = {"orders": "account", "balances": "account", "holds": "account",
               "references": "class", "observations": "product", "channels": "channel",
               "cells": "plugin", "routes": "channel"}
#: When a virtual clock starts unless told: a round number that everybody recognises.
_START = times.to_ns("2026-01-01T00:00:00Z")


class Reply:
    """What an input was answered; it is on stable storage."""

    def __init__(self, answer: _oms.Answer):
        self._answer = answer

    @property
    def accepted(self) -> bool:
        return not self._answer.code

    @property
    def seq(self) -> int:
        """Of the decision, or what a query's rows show."""
        return self._answer.seq

    @property
    def code(self) -> str:
        """Empty when it was accepted, otherwise such as "OMS-1025"."""
        return self._answer.code

    @property
    def reason(self) -> str:
        return self._answer.reason

    @property
    def order(self) -> int:
        """The order that it is about, or that was made."""
        return self._answer.order

    @property
    def id(self) -> int:
        """Of what else was made: a route, a task, a reference."""
        return self._answer.id

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The decision and its effects, or a query's rows, with names and decimal strings."""
        return rows_of(self._answer.json())

    def or_raise(self) -> Reply:
        """Itself when it was accepted; raises Refused otherwise."""
        if self.accepted:
            return self
        raise Refused(self.code, "", self.reason, self._answer.remedy, seq=self.seq)

    def __repr__(self) -> str:
        said = "accepted" if self.accepted else f"{self.code}: {self.reason}"
        return f"<oms.Reply {said}, seq {self.seq}>"


class Kernel:
    """An open kernel; make one with oms.open(). Its methods may be called from any thread.

    Quantities, prices and amounts are text ("12.50"), decimal.Decimal or integers. A float is
    refused, since it holds most decimals only nearly. Names are the configuration's codes.
    """

    def __init__(self, session: _oms.Session, origin: str, actor: str, timeout_ms: int):
        self._session = session
        self._timeout_ms = timeout_ms
        self._origin, self._actor = origin, actor
        # Closed at the latest when Python ends, so that what was taken is committed.
        self._finalizer = weakref.finalize(self, session.close)
        session.own_reference("origin", origin)
        session.own_reference("actor", actor)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops plugins, commits what was taken, closes the journal. Later calls do nothing."""
        self._finalizer()

    # ---- requests -------------------------------------------------------------------------------

    def place(self, order: Mapping[str, Any], *, key: str | None = None) -> Reply:
        """Places an order, written as over REST; raises Refused when the kernel refuses it.

        The same key with the same body gives the same answer, however often it is sent; without
        a key each call is a request of its own.
        """
        return self._request(orders.placed(order), key)

    def amend(self, order: int, *, lines: Sequence[Mapping[str, Any]] = (),
              terms: Mapping[str, Any] | None = None, key: str | None = None) -> Reply:
        """Changes an order: `lines` by their index, as in [{"line": 0, "quantity": "80"}]."""
        products = {row["line"]: row["product"] for row in self.order(order)
                    if row["record"] == "line_row"}
        return self._request(orders.amended(order, lines, terms or {}, products), key)

    def cancel(self, order: int, *, key: str | None = None) -> Reply:
        """Cancels what is left of an order."""
        return self._request([("order", {"record": "cancel_order", "order": order})], key)

    def submit(self, head: Mapping[str, Any], *details: Mapping[str, Any],
               key: str | None = None) -> Reply:
        """Any input, as records of records.def: a head such as {"record": "report", ...}.

        Origin, actor and, where one is needed, key are filled in when they are not there. A
        refusal is a Reply that is not accepted, and raises nothing. A term's number or text is its
        member `value`.
        """
        records = [("head", dict(head))]
        records += [(f"details[{index}]", dict(each)) for index, each in enumerate(details)]
        return self._submit(records, key)

    def observe(self, product: str, field: str, value: Any, *, source: str,
                time: int | str | datetime | None = None) -> None:
        """A value of the world, such as observe("XYZ", "bid", "9.98", source="venue-1").

        Applied before the next input; the last value of a product, source and field counts.
        """
        record = {"record": "observation", "product": product, "field": field, "value": value,
                  "source": source}
        if time is not None:
            record["time"] = times.to_ns(time)
        self._session.observe(record)

    # ---- questions ------------------------------------------------------------------------------

    def query(self, subject: str, reference: str | None = None, *, id: int = 0, after: int = 0,
              limit: int = 0, open_only: bool = False, key: str = "",
              origin: str | None = None) -> list[dict[str, Any]]:
        """Rows of a subject: orders, order, balances, holds, tasks, routes, references, state, ...

        `reference` narrows it: an account of orders, balances and holds, a channel of routes, a
        class of references, a product of observations. `limit` is 100 when left out; the next
        page is behind the last id (`after`).
        """
        record: dict[str, Any] = {"record": "query", "subject": subject, "id": id, "after": after,
                                  "limit": limit, "open_only": int(open_only), "key": key}
        if reference is not None:
            record["reference"] = self._reference_of(subject, reference)
        if key:
            record["origin"] = origin or self._origin
        return Reply(self._session.ask(record, self._timeout_ms)).or_raise().rows

    def order(self, order: int | str) -> list[dict[str, Any]]:
        """All rows of one order, by its id or by the key that it was placed with."""
        if isinstance(order, str):
            return self.query("order", key=order)
        return self.query("order", id=order)

    def reference(self, class_name: str, code: str) -> int:
        """The number by which records name an entry: reference("product", "XYZ")."""
        return self._session.reference(class_name, code)

    def describe(self, reference: int) -> dict[str, Any] | None:
        """Class, code, scale and price_scale of an entry; None when there is none."""
        return self._session.describe(reference)

    # ---- time and events ------------------------------------------------------------------------

    def now(self) -> int:
        """The kernel's clock, ns since 1970 UTC."""
        return self._session.now()

    def advance(self, span: int | str | timedelta) -> int:
        """Moves a virtual clock on, by whole seconds, a timedelta or text such as "250ms".

        What falls due on the way is decided at its own time. Returns the new time.
        """
        return self.advance_to(self.now() + times.span_to_ns(span))

    def advance_to(self, time: int | str | datetime) -> int:
        """Moves a virtual clock to a time; it never goes back."""
        self._session.advance_to(times.to_ns(time))
        return self.now()

    def settle(self) -> None:
        """Returns when everything that was submitted before is decided and durable."""
        self._session.settle()

    def drain(self, most: int = 1024, *, timeout: int | str | timedelta = 0) -> Events:
        """The next decisions, `most` of them at most, and what they effected; oldest first.

        Begins with the first decision of the journal (see `drained_seq`), and goes on where the
        call before ended. Waits for the first one no longer than `timeout`.
        """
        timeout_ms = times.span_to_ns(timeout, "timeout") // 1_000_000
        return Events(self._session.drain(most, timeout_ms))

    @property
    def drained_seq(self) -> int:
        """The last decision that was drained; set it to drain from behind another one."""
        return self._session.drained_seq

    @drained_seq.setter
    def drained_seq(self, seq: int) -> None:
        self._session.drained_seq = seq

    def state_hash(self) -> str:
        """Hex, over the canonical form of the state: equal live and on replay."""
        return self._session.state_hash()

    def status(self) -> dict[str, Any]:
        """Version, epoch, plugins and counters of this process."""
        return self._session.status()

    # ---- how it is done -------------------------------------------------------------------------

    def _request(self, records: list[orders.Record], key: str | None) -> Reply:
        return self._submit(records, key).or_raise()

    def _submit(self, records: list[orders.Record], key: str | None) -> Reply:
        head = records[0][1]
        head.setdefault("origin", self._origin)
        head.setdefault("actor", self._actor)
        if key is not None:
            head["key"] = key
        elif head.get("record") in _NEED_KEYS:
            head.setdefault("key", uuid.uuid4().hex)
        return Reply(self._session.submit(records, self._timeout_ms))

    def _reference_of(self, subject: str, code: str) -> int:
        class_name = _REFERENCES.get(subject)
        if class_name is None:
            raise Error("OMS-6402", "reference", f"{subject} are not narrowed by a name",
                        f"that is for {', '.join(_REFERENCES)}")
        if class_name == "class":
            return _oms.class_number(code)
        return self.reference(class_name, code)


def open(config: str | os.PathLike[str] | None = None, *, text: str | None = None,
         in_memory: bool = False, clock: str = "real",
         start: int | str | datetime | None = None, data: str | os.PathLike[str] = "",
         plugins: Sequence[str | os.PathLike[str]] = (), control_socket: bool = False,
         origin: str = "python", actor: str = "python", timeout: int | str | timedelta = 10,
         ) -> Kernel:
    """Opens a kernel in this process: reads and checks the configuration, loads its plugins,
    replays its journal, and starts.

    config          the folder of an assembled product or its oms.yaml; with `text`, the folder
                    that relative paths start at
    text            the configuration itself, instead of a file
    in_memory       writes no file: the journal goes when the kernel is closed
    clock           "real", or "virtual": it stands still until `advance`
    start           where a virtual clock starts (the beginning of 2026 when left out)
    data            the folder of the journal, instead of the configured one
    plugins         folders that are searched for plugins first; those that were built with this
                    package, the configured ones and those in $OMS_PLUGIN_PATH come behind them
    control_socket  lets the command line speak with this kernel
    origin, actor   the scope of this client's keys, and its name; defined where missing
    timeout         how long a call waits for an answer

    Raises Error, with all that is wrong with a configuration at once (`others`).
    """
    if clock not in ("real", "virtual"):
        raise Error("OMS-6402", "clock", f"{clock!r} is no clock", 'say "real" or "virtual"')
    if start is not None and clock == "real":
        raise Error("OMS-6402", "start", "the real clock is started by nobody",
                    'say clock="virtual"')
    if config is None and text is None:
        raise Error("OMS-6402", "config", "there is no configuration", "name a folder, or a text")
    begin = None
    if clock == "virtual":
        begin = _START if start is None else times.to_ns(start, "start")
    folders = [os.fspath(folder) for folder in plugins]
    folders.append(str(_BUILT_PLUGINS))
    session = _oms.Session(os.fspath(config if config is not None else "."), text, in_memory,
                           begin, os.fspath(data), folders, control_socket, _log)
    return Kernel(session, origin, actor, times.span_to_ns(timeout, "timeout") // 1_000_000)


def _log(line: str) -> None:
    """A line begins with its time and its level."""
    words = line.split(maxsplit=2)
    _LOG.log(_LEVELS.get(words[1], logging.INFO) if len(words) == 3 else logging.INFO,
             "%s", words[-1] if words else line)
